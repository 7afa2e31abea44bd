"""Apple silicon: the sums on written-down channel samples; never run on a Mac."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.model.reading import Status
from hwstudio.core.probe.apple import AppleProbe, ReportChannel, busy_share, energies_j

GIB = 2**30


def _states(**residency):
    states = tuple(residency.items())
    return ReportChannel("GPU Stats", "GPU Performance States", "GPUPH", "24Mticks", states=states)


def _energy(name, value, unit="mJ"):
    return ReportChannel("Energy Model", "", name, unit, value)


class Reader:
    """Gives its samples in turn."""

    def __init__(self, *samples, statistics=None, temperatures=None):
        self._samples = list(samples)
        self._statistics = statistics or {}
        self._temperatures = temperatures or {}
        self.is_closed = False

    def channels(self):
        return self._samples.pop(0)

    def statistics(self):
        return self._statistics

    def temperatures(self):
        return self._temperatures

    def chip(self):
        return "Apple M3 Max"

    def memory_bytes(self):
        return 64 * GIB

    def close(self):
        self.is_closed = True


def test_load_power_memory_and_temperature_of_the_gpu():
    before = (_states(OFF=1000, P1=100, P2=0), _energy("GPU Energy", 10**9, "nJ"))
    now = (_states(OFF=1250, P1=500, P2=350), _energy("GPU Energy", 25 * 10**9, "nJ"))
    reader = Reader(
        before,
        now,
        statistics={"In use system memory": 9 * GIB},
        temperatures={"GPU MTR Temp Sensor1": 61.0, "GPU MTR Temp Sensor4": 64.5, "NAND": 80.0},
    )
    probe = AppleProbe(reader)
    assert probe.read(10.0).status is Status.STALE
    (gpu,) = probe.read(12.0).value.gpus
    assert (gpu.name, gpu.vendor) == ("Apple M3 Max GPU", "Apple")
    assert gpu.busy_share.value == pytest.approx(0.75)
    assert (gpu.power_w.value, gpu.energy_j.value) == (pytest.approx(12.0), pytest.approx(25.0))
    assert (gpu.vram_total_bytes.value, gpu.vram_used_bytes.value) == (64 * GIB, 9 * GIB)
    assert gpu.temperature_c.value == 64.5
    assert gpu.throttle.status is Status.UNSUPPORTED
    probe.close()
    assert reader.is_closed


def test_power_is_told_for_every_part_the_chip_counts():
    names = ("CPU Energy", "ANE0", "DRAM0")
    before = (*(_energy(name, 1000) for name in names), _energy("EACC_CPU0", 5))
    now = tuple(_energy(name, 1000 + 2000 * (i + 1)) for i, name in enumerate(names))
    probe = AppleProbe(Reader(before, now))
    probe.read(0.0)
    probe.read(2.0)
    assert probe.power_w == {"cpu": 1.0, "ane": 2.0, "dram": 3.0}


def test_a_counter_that_stood_still_is_not_said_to_be_no_power_except_for_the_gpu():
    sample = (_energy("CPU Energy", 500), _energy("GPU Energy", 7, "nJ"))
    probe = AppleProbe(Reader(sample, sample))
    probe.read(0.0)
    probe.read(1.0)
    assert probe.power_w == {"gpu": 0.0}


def test_without_states_the_graphics_drivers_own_load_counts():
    probe = AppleProbe(Reader((), (), statistics={"Device Utilization %": 40}))
    probe.read(0.0)
    (gpu,) = probe.read(1.0).value.gpus
    assert gpu.busy_share.value == pytest.approx(0.4)
    assert "driver" in gpu.busy_share.how


def test_what_a_chip_does_not_show_is_absent():
    probe = AppleProbe(Reader((), ()))
    probe.read(0.0)
    (gpu,) = probe.read(1.0).value.gpus
    for reading in (gpu.busy_share, gpu.power_w, gpu.temperature_c, gpu.vram_used_bytes):
        assert (reading.value, reading.status) == (None, Status.UNSUPPORTED)


@pytest.mark.parametrize(("unit", "joules"), [("mJ", 2.0), ("uJ", 0.002), ("nJ", 2e-6)])
def test_each_unit_of_energy_is_understood(unit, joules):
    assert energies_j([_energy("GPU Energy", 2000, unit)]) == {"gpu": pytest.approx(joules)}


def test_an_unknown_unit_is_not_guessed():
    assert energies_j([_energy("GPU Energy", 2000, "ticks")]) == {}


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)), min_size=3, max_size=3))
def test_a_share_stays_between_none_and_all(pairs):
    names = ("OFF", "P1", "P2")
    before = _states(**{name: old for name, (old, _) in zip(names, pairs, strict=True)})
    now = _states(**{name: old + grown for name, (old, grown) in zip(names, pairs, strict=True)})
    share = busy_share([before], [now])
    assert share is None or 0.0 <= share <= 1.0


def test_counters_that_step_back_give_no_share():
    assert busy_share([_states(OFF=10, P1=10)], [_states(OFF=20, P1=5)]) is None
