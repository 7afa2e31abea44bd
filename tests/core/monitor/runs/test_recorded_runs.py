"""A run over a real history of readings: its energy is the counter's, its holes have reasons."""

from __future__ import annotations

import math
import random
from decimal import Decimal

import pytest

from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs import words
from hwstudio.core.monitor.runs.facts import facts_of
from hwstudio.core.monitor.runs.money import Tariff
from hwstudio.core.monitor.runs.tracks import sensors_of, tracks_of

# A midnight UTC that begins a block of 32 days.
MIDNIGHT = 1_758_240_000 // (32 * 86400) * (32 * 86400)
TARIFF = Tariff(Decimal("0.165"), "USD", "somebody, 2026")
GIB = 2**30


class Replay:
    """What a GPU did, second by second, and what its counter said: the truth to compare with."""

    def __init__(self, seconds, *, off=(), seed=7):
        noise = random.Random(seed)
        self.counter = {}
        self.samples = {}
        joules = 5e6
        for second in range(seconds):
            watts = 300 + 80 * math.sin(second / 37) + noise.gauss(0, 30)
            joules += watts
            at = MIDNIGHT + second
            self.counter[at] = round(joules)
            if not any(first <= second < last for first, last in off):
                self.samples[at] = {
                    "gpu.0.energy_j": round(joules),
                    "gpu.0.power_w": watts,
                    "gpu.0.busy_share": 0.5 if second % 2 else 1.0,
                    "gpu.0.vram_used_bytes": 20.0 * GIB if second == 50 else 18.0 * GIB,
                    "gpu.0.vram_total_bytes": 24.0 * GIB,
                    "cpu.busy_share": 0.25,
                }

    def used_j(self, first, last):
        return self.counter[MIDNIGHT + last] - self.counter[MIDNIGHT + first]


@pytest.fixture
def recorded(tmp_path):
    """Writes samples through the recorder's own writer and opens them for reading."""
    opened = []

    def make(samples, *, compact=False):
        file = tmp_path / "monitor.db"
        writer = ReadingWriter.open(file)
        writer.begin("boot", 1.0)
        for at, values in samples.items():
            writer.add(at, values)
        assert writer.flush()
        while compact and writer.compact_some(max(samples) + 7200, 1.0):
            pass
        writer.close()
        history = ReadingHistory.open(file)
        opened.append(history)
        return history

    yield make
    for history in opened:
        history.close()


def a_run(first, last, **more):
    started, ended = MIDNIGHT + first, None if last is None else MIDNIGHT + last
    return Run(id="r", title="A run", started_s=started, ended_s=ended, **more)


@pytest.mark.parametrize(
    ("seconds", "first", "last", "basis_s"),
    [(900, 100, 800, 1), (9000, 300, 8700, 10)],
)
def test_the_energy_of_a_run_is_exactly_what_the_counter_grew_by(
    recorded, seconds, first, last, basis_s
):
    replay = Replay(seconds)
    facts = facts_of(a_run(first, last), recorded(replay.samples, compact=True), 0.0, TARIFF)
    assert facts.basis_s == basis_s
    assert facts.summary.energy_j.value == pytest.approx(replay.used_j(first, last), abs=1e-6)
    assert facts.summary.energy_j.how == "energy counter"
    expected = Decimal(replay.used_j(first, last)) / 3_600_000 * Decimal("0.165")
    assert float(facts.summary.cost.value.amount) == pytest.approx(float(expected))


def test_energy_used_while_nothing_was_recorded_is_in_the_counter_all_the_same(recorded):
    replay = Replay(9000, off=[(4000, 4720)])
    facts = facts_of(a_run(300, 8700), recorded(replay.samples), 0.0, TARIFF)
    assert facts.summary.energy_j.value == pytest.approx(replay.used_j(300, 8700), abs=1e-6)
    assert facts.recorded_share == pytest.approx(1 - 720 / 8400, abs=0.005)
    (hole,) = facts.holes
    assert hole.seconds == pytest.approx(720, abs=25)
    assert "12 min nothing was recording" in words.recorded_words(facts)


def test_use_and_memory_are_what_was_recorded_and_peaks_survive_means(recorded):
    replay = Replay(9000)
    facts = facts_of(a_run(0, 8999), recorded(replay.samples), 0.0, TARIFF)
    busy = facts.summary.stats["gpu.0.busy_share"]
    assert busy.mean == pytest.approx(0.75, abs=0.01)
    assert (busy.lowest, busy.peak) == (0.5, 1.0)
    assert facts.summary.stats["gpu.0.vram_used_bytes"].peak == 20 * GIB
    assert facts.sizes["gpu.0"] == 24 * GIB
    said = words.sentence(facts)
    assert "GPU 0 was in use 75 % of the time, at most 20.0 of 24 GiB" in said
    assert "GPU energy counter" in said
    assert "at $0.165 per kWh" in said


def test_a_run_from_before_the_recorder_says_what_is_needed(recorded):
    history = recorded(Replay(60).samples)
    facts = facts_of(a_run(-9000, -5000), history, 0.0, TARIFF)
    assert not facts.has_readings
    assert facts.summary.energy_j.value is None
    assert "press Record" in words.sentence(facts)


def test_a_run_that_goes_on_is_told_up_to_its_last_reading(recorded):
    replay = Replay(600)
    facts = facts_of(a_run(100, None), recorded(replay.samples), MIDNIGHT + 608.0, TARIFF)
    assert facts.span.end_s == MIDNIGHT + 599
    assert facts.holes == ()
    assert "so far" in words.sentence(facts)
    late = facts_of(a_run(100, None), recorded(replay.samples), MIDNIGHT + 900.0, TARIFF)
    assert late.span.end_s == MIDNIGHT + 900
    assert late.holes[0].seconds == pytest.approx(301, abs=2)


def test_only_the_gpus_of_a_run_count(recorded):
    samples = {
        at: {**values, "gpu.1.power_w": 100.0, "gpu.1.busy_share": 0.0}
        for at, values in Replay(600).samples.items()
    }
    history = recorded(samples)
    assert facts_of(a_run(0, 500), history, 0.0, TARIFF).gpus == ("gpu.0", "gpu.1")
    one = facts_of(a_run(0, 500, devices=("gpu.1",)), history, 0.0, TARIFF)
    assert one.gpus == ("gpu.1",)
    assert one.summary.energy_j.value == pytest.approx(100 * 500)
    assert one.summary.energy_j.how == "power over time"


def test_a_computer_without_a_gpu_tells_of_its_processor(recorded):
    samples = {MIDNIGHT + n: {"cpu.busy_share": 0.5, "memory.used_bytes": 4.0 * GIB,
                              "memory.total_bytes": 16.0 * GIB} for n in range(100)}  # fmt: skip
    facts = facts_of(a_run(0, 99), recorded(samples), 0.0, TARIFF)
    assert words.sentence(facts) == (
        "No GPU was recorded; the processor was in use 50 % of the time, "
        "4.00 of 16 GiB of memory at most."
    )


def test_sensors_that_say_nothing_about_a_run_are_not_read():
    known = ("cpu.busy_share", "cpu.core.0.busy_share", "gpu.0.power_w", "gpu.1.power_w",
             "network.eth0.send_bytes_per_s", "gpu.0.fan_share")  # fmt: skip
    assert sensors_of(known, ("gpu.0",)) == ("cpu.busy_share", "gpu.0.power_w")


def test_seconds_that_were_thinned_out_leave_the_minutes(recorded):
    history = recorded(Replay(4000).samples)

    class WithoutSeconds:
        series, trace, gaps = history.series, history.trace, history.gaps

        def raws(self, names, from_s, to_s):
            return {}

    span = facts_of(a_run(200, 3800), history, 0.0, TARIFF).span
    found = tracks_of(WithoutSeconds(), span)
    assert found.basis_s == 60
    facts = facts_of(a_run(200, 3800), WithoutSeconds(), 0.0, TARIFF)
    exact = Replay(4000).used_j(200, 3800)
    assert facts.summary.energy_j.value == pytest.approx(exact, rel=0.01)
