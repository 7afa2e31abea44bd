"""Windows' GPU counters: the sums on written-down samples; never run on Windows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.model.reading import Status
from hwstudio.core.probe.windows_gpu import (
    ADAPTER_MEMORY,
    ENGINES,
    PROCESS_MEMORY,
    PROCESS_SHARED,
    GpuAdapter,
    WindowsGpuProbe,
    instance_of,
    loads_of,
)

GIB = 2**30
RADEON = GpuAdapter(0x1_0000D1A2, "AMD Radeon RX 7900 XTX", 0x1002, 24 * GIB, "31.0.24027.1012")
IRIS = GpuAdapter(0xE5F1, "Intel(R) Iris(R) Xe Graphics", 0x8086, 128 * 2**20)
AT = "luid_0x00000001_0x0000D1A2_phys_0"
AT_IRIS = "luid_0x00000000_0x0000E5F1_phys_0"


class Reader:
    """Gives the same sample again and again."""

    def __init__(self, rows, adapters=(RADEON, IRIS)):
        self.rows = rows
        self.found = adapters
        self.is_closed = False

    def read(self):
        return self.rows

    def adapters(self):
        return self.found

    def close(self):
        self.is_closed = True


ROWS = {
    ENGINES: (
        (f"pid_1000_{AT}_eng_0_engtype_3D", 20.0),
        (f"pid_2000_{AT}_eng_0_engtype_3D", 35.0),
        (f"pid_2000_{AT}_eng_4_engtype_Compute_0", 80.0),
        (f"pid_2000_{AT}_eng_8_engtype_VideoEncode", 12.5),
        (f"pid_1000_{AT_IRIS}_eng_0_engtype_3D", 3.0),
        ("something else", 99.0),
    ),
    ADAPTER_MEMORY: ((AT, 20.0 * GIB), (AT_IRIS, 0.0)),
    PROCESS_MEMORY: ((f"pid_2000_{AT}", 18.0 * GIB), (f"pid_1000_{AT}", 0.0)),
    PROCESS_SHARED: ((f"pid_1000_{AT_IRIS}", 64.0 * 2**20),),
}


def test_an_instance_name_says_process_adapter_and_engine():
    found = instance_of(f"pid_1000_{AT}_eng_3_engtype_VideoDecode")
    assert (found.pid, found.luid, found.engine, found.kind) == (
        1000,
        0x1_0000D1A2,
        "0 3",
        "VideoDecode",
    )
    assert instance_of(AT).pid is None
    assert instance_of("_Total") is None


def test_the_headline_is_the_busiest_engine_not_the_sum():
    probe = WindowsGpuProbe(Reader(ROWS))
    assert probe.read(0.0).status is Status.STALE
    found = probe.read(1.0).value
    radeon, iris = found.gpus
    assert radeon.busy_share.value == pytest.approx(0.8)
    assert radeon.encoder_share.value == pytest.approx(0.125)
    assert radeon.decoder_share.status is Status.UNSUPPORTED
    assert iris.busy_share.value == pytest.approx(0.03)
    assert (radeon.vendor, radeon.driver, iris.vendor) == ("AMD", "31.0.24027.1012", "Intel")


def test_memory_is_the_adapters_own_or_said_to_be_shared():
    probe = WindowsGpuProbe(Reader(ROWS))
    probe.read(0.0)
    found = probe.read(1.0).value
    radeon, iris = found.gpus
    assert (radeon.vram_used_bytes.value, radeon.vram_total_bytes.value) == (20 * GIB, 24 * GIB)
    assert iris.vram_used_bytes.why == "shares the main memory"
    assert [(p.pid, p.gpu_index, p.vram_bytes) for p in found.processes] == [
        (2000, 0, 18 * GIB),
        (1000, 1, 64 * 2**20),
    ]


def test_each_process_has_its_busiest_engine():
    probe = WindowsGpuProbe(Reader(ROWS))
    probe.read(0.0)
    probe.read(1.0)
    radeon = "luid-10000d1a2"
    assert probe.shares[2000, radeon] == pytest.approx(0.8)
    assert probe.shares[1000, radeon] == pytest.approx(0.2)


def test_what_the_counters_do_not_tell_is_unsupported():
    probe = WindowsGpuProbe(Reader(ROWS))
    probe.read(0.0)
    (radeon, _) = probe.read(1.0).value.gpus
    for reading in (radeon.temperature_c, radeon.power_w, radeon.throttle, radeon.energy_j):
        assert (reading.value, reading.status) == (None, Status.UNSUPPORTED)


def test_an_adapter_that_no_process_uses_is_idle_but_without_the_counter_nothing_is_said():
    probe = WindowsGpuProbe(Reader({ENGINES: ()}, (RADEON,)))
    probe.read(0.0)
    assert probe.read(1.0).value.gpus[0].busy_share.value == 0.0
    probe = WindowsGpuProbe(Reader({}, (RADEON,)))
    probe.read(0.0)
    assert probe.read(1.0).value.gpus[0].busy_share.status is Status.UNSUPPORTED


def test_without_an_adapter_the_reason_is_said():
    found = WindowsGpuProbe(Reader(ROWS, ())).read(0.0)
    assert (found.status, found.why) == (Status.UNSUPPORTED, "no GPU found: DirectX lists none")


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(0, 3), st.floats(0, 100)),
        max_size=40,
    )
)
def test_shares_stay_between_none_and_all(rows):
    named = tuple((f"pid_{p}_{AT}_eng_{e}_engtype_3D", percent) for p, e, percent in rows)
    loads = loads_of(named)
    assert all(0.0 <= share <= 1.0 for share in (*loads.busy.values(), *loads.by_process.values()))
