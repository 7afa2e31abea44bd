"""AMD GPUs on synthetic sysfs trees; nothing here says that a real card was read."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.model.reading import Status
from hwstudio.core.probe import device_file
from hwstudio.core.probe.amd_metrics import HARDWARE, POWER, THERMAL, held_of, metrics_of
from hwstudio.core.probe.drm_probe import AMD, DrmProbe
from hwstudio.core.probe.gpu_fields import READINGS
from hwstudio.core.probe.source import Source
from tests.fake_sysfs.machines import (
    APU,
    GIB,
    INSTINCT,
    RX_7900_XTX,
    amdgpu_client,
    metrics_1_3,
    metrics_1_6,
)
from tests.fake_sysfs.tree import Tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pread")


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "root")


@pytest.fixture
def probe(tree):
    made = DrmProbe(AMD, Source(tree.root))
    yield made
    made.close()


def test_a_radeon_card_is_read_with_the_units_of_the_rest(tree, probe):
    tree.card(RX_7900_XTX)
    tree.write("/usr/share/libdrm", {"amdgpu.ids": "744C,\tC8,\tAMD Radeon RX 7900 XTX"})
    (gpu,) = probe.read(0.0).value.gpus
    assert (gpu.name, gpu.vendor, gpu.driver, gpu.bus_id) == (
        "AMD Radeon RX 7900 XTX",
        "AMD",
        "amdgpu",
        "0000:03:00.0",
    )
    found = {name: getattr(gpu, name).value for name in READINGS}
    assert found["busy_share"] == pytest.approx(0.97)
    assert found["memory_busy_share"] == pytest.approx(0.61)
    assert (found["vram_total_bytes"], found["vram_used_bytes"]) == (24 * GIB, 20 * GIB)
    assert (found["temperature_c"], found["slowdown_c"], found["shutdown_c"]) == (58, 100, 105)
    assert found["memory_temperature_c"] == 76
    assert (found["power_w"], found["power_limit_w"]) == (327, 339)
    assert (found["sm_clock_hz"], found["max_sm_clock_hz"]) == (2.526e9, 3.22e9)
    assert found["memory_clock_hz"] == 1.249e9
    assert found["fan_share"] == pytest.approx(0.4)
    assert (found["throttle"], found["throttle_bits"]) == ((), 0)


def test_what_a_card_lacks_is_unsupported_in_words_and_never_zero(tree, probe):
    tree.card(RX_7900_XTX)
    (gpu,) = probe.read(0.0).value.gpus
    for name in ("energy_j", "nvlink_active_count", "pcie_send_bytes_per_s", "encoder_share"):
        reading = getattr(gpu, name)
        assert (reading.value, reading.status) == (None, Status.UNSUPPORTED)
        assert reading.why


def test_the_link_is_that_of_the_slot_not_the_one_inside_the_card(tree, probe):
    tree.card(RX_7900_XTX)
    (gpu,) = probe.read(0.0).value.gpus
    assert (gpu.pcie_generation.value, gpu.pcie_width.value) == (3, 8)
    assert (gpu.pcie_max_generation.value, gpu.pcie_max_width.value) == (4, 16)


def test_the_pcie_traffic_file_that_stops_for_a_second_is_never_opened(tree, probe, monkeypatch):
    folder = tree.card(RX_7900_XTX)
    (folder / "pcie_bw").write_text("1 2 256\n")
    opened = []
    real = device_file.os.open
    monkeypatch.setattr(
        device_file.os, "open", lambda place, flags: opened.append(str(place)) or real(place, flags)
    )
    probe.read(0.0)
    assert opened
    assert not any("pcie_bw" in place for place in opened)


def test_a_card_that_sleeps_is_not_touched(tree, probe, monkeypatch):
    tree.card(replace(RX_7900_XTX, runtime_status="suspended"))
    monkeypatch.setattr(device_file.os, "open", None)  # any reading of the card would fail
    (gpu,) = probe.read(0.0).value.gpus
    assert {getattr(gpu, name).status for name in READINGS} == {Status.STALE}
    assert "asleep" in gpu.busy_share.why


def test_a_card_that_wakes_up_is_read_again(tree, probe):
    tree.card(replace(RX_7900_XTX, runtime_status="suspended"))
    probe.read(0.0)
    tree.card(RX_7900_XTX)
    (gpu,) = probe.read(1.0).value.gpus
    assert gpu.busy_share.value == pytest.approx(0.97)


def test_graphics_inside_a_processor_count_the_main_memory_they_may_use(tree, probe):
    tree.card(APU)
    (gpu,) = probe.read(0.0).value.gpus
    assert gpu.vram_total_bytes.value == GIB // 2 + 15 * GIB
    assert gpu.vram_used_bytes.value == GIB // 2 - 2**20 + 2 * GIB
    assert gpu.power_w.value == pytest.approx(9.031)
    assert gpu.memory_clock_hz.value == 2.8e9
    assert gpu.slowdown_c.status is Status.UNSUPPORTED


def test_an_instinct_card_has_an_energy_counter_and_names_the_limits_that_acted(tree, probe):
    folder = tree.card(INSTINCT)
    (first,) = probe.read(0.0).value.gpus
    assert first.energy_j.value == 1000.0
    assert first.throttle.status is Status.STALE
    (folder / "gpu_metrics").write_bytes(metrics_1_6(2**16 * 1750, (0, 9, 0, 0, 3)))
    (gpu,) = probe.read(1.0).value.gpus
    assert gpu.energy_j.value == 1750.0
    assert gpu.throttle.value == ("power limit", "temperature (memory)")
    assert gpu.throttle_bits.value == POWER | THERMAL
    assert gpu.temperature_c.value == 71


def test_a_lost_card_loses_its_readings_and_the_other_one_goes_on(tree, probe, monkeypatch):
    tree.card(RX_7900_XTX)
    tree.card(APU)
    probe.read(0.0)
    real = device_file.os.pread

    def pread(fd, size, offset):
        place = device_file.os.readlink(f"/proc/self/fd/{fd}")
        if "0000:03:00.0" in place:
            raise OSError(19, "No such device")
        return real(fd, size, offset)

    monkeypatch.setattr(device_file.os, "pread", pread)
    lost, live = probe.read(1.0).value.gpus
    assert lost.busy_share.status is Status.LOST
    assert lost.busy_share.why == "the device is gone"
    assert live.busy_share.value == pytest.approx(0.12)


def test_a_driver_that_was_loaded_anew_is_read_through_its_new_files(tree, probe, monkeypatch):
    tree.card(RX_7900_XTX)
    probe.read(0.0)

    def gone(*_):
        raise OSError(19, "No such device")

    with monkeypatch.context() as patch:
        patch.setattr(device_file.os, "pread", gone)
        assert probe.read(1.0).value.gpus[0].busy_share.status is Status.LOST
    opened = []
    real = device_file.os.open
    monkeypatch.setattr(
        device_file.os, "open", lambda place, flags: opened.append(place.name) or real(place, flags)
    )
    assert probe.read(2.0).value.gpus[0].busy_share.is_ok
    assert {"gpu_busy_percent", "temp1_input"} <= set(opened)


def test_cards_are_numbered_by_slot_and_followed_when_they_come_and_go(tree, probe):
    tree.card(APU)
    assert [gpu.bus_id for gpu in probe.read(0.0).value.gpus] == ["0000:c4:00.0"]
    tree.card(RX_7900_XTX)
    assert len(probe.read(5.0).value.gpus) == 1
    found = probe.read(11.0).value.gpus
    assert [(gpu.index, gpu.bus_id) for gpu in found] == [(0, "0000:03:00.0"), (1, "0000:c4:00.0")]


def test_the_processes_on_a_card_come_with_memory_and_share(tree, probe):
    tree.card(RX_7900_XTX)
    tree.client(41, 9, "renderD128", amdgpu_client(7, 1_000_000_000, 4 * 2**20))
    probe.read(0.0)
    tree.client(41, 9, "renderD128", amdgpu_client(7, 3_500_000_000, 4 * 2**20))
    found = probe.read(5.0).value
    assert [(p.pid, p.gpu_index, p.vram_bytes) for p in found.processes] == [(41, 0, 4 * GIB)]
    assert probe.shares[41, "0000:03:00.0"] == pytest.approx(0.5)


def test_memory_of_compute_processes_comes_from_the_compute_driver(tree, probe):
    tree.card(RX_7900_XTX)
    kfd = "/sys/class/kfd/kfd"
    tree.write(f"{kfd}/topology/nodes/0", {"gpu_id": 0, "properties": "location_id 0"})
    tree.write(
        f"{kfd}/topology/nodes/1", {"gpu_id": 51114, "properties": "location_id 768\ndomain 0"}
    )
    tree.write(f"{kfd}/proc/4242", {"vram_51114": 19 * GIB})
    (found,) = probe.read(0.0).value.processes
    assert (found.pid, found.gpu_index, found.vram_bytes) == (4242, 0, 19 * GIB)


def test_without_a_card_the_reason_is_said(probe):
    found = probe.read(0.0)
    assert (found.status, found.why) == (
        Status.UNSUPPORTED,
        "no AMD GPU with a driver found",
    )


# --- the binary table ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bit", "nvml", "word"),
    [
        (0, POWER, "power limit"),
        (7, POWER, "power limit"),
        (16, 0, "current limit"),
        (36, THERMAL, "temperature (driver)"),
        (40, THERMAL, "temperature (voltage regulator)"),
        (47, HARDWARE, "temperature (hardware)"),
        (57, 0, "reliability limit"),
        (56, 0, "another limit of the firmware"),
    ],
)
def test_each_throttle_bit_has_its_words_and_a_bit_of_nvml_only_where_it_means_the_same(
    bit, nvml, word
):
    table = metrics_of(metrics_1_3(1 << bit))
    assert table.held.value.words == (word,)
    assert table.held.value.bits == nvml


def test_a_table_filled_with_ones_says_nothing():
    assert metrics_of(metrics_1_3(2**64 - 1)).held.status is Status.UNSUPPORTED


def test_an_unknown_form_of_the_table_is_named_and_not_guessed():
    table = metrics_of(b"\x10\x00\x01\x09" + bytes(12))
    assert "1.9" in table.held.why
    assert table.energy_j.value is None


@given(st.binary(max_size=200))
def test_no_content_of_the_table_breaks_the_reader(raw):
    table = metrics_of(raw)
    assert table is None or table.held.value is not None or table.held.why


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_more_throttle_bits_never_mean_fewer_limits(one, other):
    both = held_of(one | other)
    assert set(held_of(one).words) | set(held_of(other).words) == set(both.words)
    assert held_of(one).bits | held_of(other).bits == both.bits
