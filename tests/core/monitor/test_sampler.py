"""The sampler: steady, pausable, honest about gaps, and never held up by one sensor."""

from __future__ import annotations

import threading
import time

import pytest

from hwstudio.core.model.reading import Status, absent
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.sampler import Clocks, Sampler
from hwstudio.core.probe.fake import FakeProbe, HangingProbe
from hwstudio.core.probe.feed import Feed, ThreadFeed
from hwstudio.core.probe.live import CpuUse, MemoryUse

NONE = absent(Status.UNSUPPORTED, "test", "not offered")
CPU = CpuUse(0.5, (0.25, 0.75), NONE, NONE, NONE)
MEMORY = MemoryUse(100, 40, 60, 0, 0)


class Clock:
    """Time that a test moves."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def _feeds(*probes, clock=time.monotonic):
    return [Feed(probe, clock) for probe in probes]


def _wait(done, seconds=5.0):
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        time.sleep(0.01)
    assert done()


def test_a_tick_fills_the_ring_and_the_latest_snapshot():
    clock = Clock()
    sampler = Sampler(
        _feeds(FakeProbe("cpu", [CPU]), FakeProbe("memory", [MEMORY]), clock=clock),
        clocks=Clocks(clock, clock),
    )
    sampler.tick()
    found = sampler.ring.since(0)
    assert found.columns["cpu.busy_share"][0] == 0.5
    assert found.columns["cpu.max_core_share"][0] == 0.75
    assert found.columns["memory.used_bytes"][0] == 40
    assert sampler.latest.cpu.value is CPU
    assert sampler.sample.values["memory.available_bytes"] == 60


def test_a_probe_that_fails_leaves_the_others_alone():
    probes = (FakeProbe("cpu", [RuntimeError("broken")]), FakeProbe("memory", [MEMORY]))
    sampler = Sampler(_feeds(*probes))
    sampler.tick()
    found = sampler.latest
    assert found.cpu.status is Status.LOST
    assert found.memory.value is MEMORY


def test_a_hanging_probe_does_not_hold_up_the_others():
    hanging = HangingProbe("gpus")
    feeds = [ThreadFeed(hanging, deadline_s=0.05), *_feeds(FakeProbe("cpu", [CPU]))]
    sampler = Sampler(feeds, interval_s=0.02)
    sampler.start()
    try:
        _wait(lambda: sampler.ring.end >= 10)
        _wait(lambda: sampler.latest.gpus.status is Status.LOST)
        assert "no answer" in sampler.latest.gpus.why
        assert sampler.latest.cpu.is_ok
    finally:
        hanging.released.set()
        sampler.stop()


def test_it_stops_at_once_and_closes_every_probe():
    probe = FakeProbe("cpu", [CPU])
    sampler = Sampler(_feeds(probe), interval_s=60)
    sampler.start()
    _wait(lambda: sampler.ring.end == 1)
    sampler.stop()
    sampler.stop()
    assert probe.is_closed
    assert not any(t.name == "hwstudio-sampler" for t in threading.enumerate())


def test_pausing_stops_reading_and_the_pause_is_a_gap():
    probe = FakeProbe("cpu", [CPU])
    sampler = Sampler(_feeds(probe), interval_s=0.02)
    sampler.start()
    try:
        _wait(lambda: sampler.ring.end >= 2)
        sampler.pause()
        assert sampler.is_paused
        time.sleep(0.05)
        reads = probe.reads
        time.sleep(0.1)
        assert probe.reads == reads
        sampler.resume()
        _wait(lambda: probe.reads > reads)
        assert [gap.why for gap in sampler.gaps] == ["paused"]
    finally:
        sampler.stop()


def test_a_sleeping_computer_leaves_a_gap():
    clock = Clock()
    sampler = Sampler(_feeds(FakeProbe("cpu", [CPU]), clock=clock), clocks=Clocks(clock, clock))
    sampler.tick()
    clock.now += 600
    sampler.tick()
    (gap,) = sampler.gaps
    assert gap.to_s - gap.from_s == 600
    values = list(sampler.ring.since(0).columns["cpu.busy_share"])
    assert values[0] == values[2] == 0.5
    assert values[1] != values[1]  # the empty sample that breaks the line


def test_ticks_stay_on_the_grid_and_late_ones_are_dropped():
    clock, due_times = Clock(), []
    sampler = Sampler(
        _feeds(FakeProbe("cpu", [CPU]), clock=clock), interval_s=1.0, clocks=Clocks(clock, clock)
    )
    original = sampler.tick

    def wait(due_s):
        due_times.append(due_s)
        clock.now = max(clock.now, due_s) + 0.01  # a little late, as threads are
        return len(due_times) < 7

    def tick():
        original()
        if len(due_times) == 3:
            clock.now += 2.4  # the third takes long

    sampler._wait_until, sampler.tick = wait, tick
    sampler._run()
    # The second comes early: shares and rates need two reads. From there on it is a grid.
    assert due_times == pytest.approx([100.0, 100.26, 101.26, 104.26, 105.26, 106.26, 107.26])


def test_costs_are_known():
    sampler = Sampler(_feeds(FakeProbe("cpu", [CPU])))
    sampler.tick()
    cost_s, cadence_s = sampler.costs_s["cpu"]
    assert cost_s >= 0
    assert cadence_s == 1.0


class Recorder:
    """Stands in for a recorder process: shows the sample it was given."""

    def __init__(self):
        self.shown = None

    def __call__(self):
        return self.shown


def _following(recorder, *probes):
    clock = Clock()
    feeds = _feeds(*probes, clock=clock)
    return Sampler(feeds, clocks=Clocks(clock, clock), follow=recorder), clock


def test_while_a_recorder_runs_its_samples_are_shown_and_no_sensor_is_asked_twice():
    recorder, cpu = Recorder(), FakeProbe("cpu", [CPU])
    sampler, clock = _following(recorder, cpu)
    recorder.shown = Sample(100.0, {"cpu.busy_share": 0.9})
    sampler.tick()
    assert sampler.is_following
    assert sampler.sample.values == {"cpu.busy_share": 0.9}
    assert cpu.reads == 0
    clock.now += 1
    sampler.tick()  # the same sample again is not a new moment
    assert list(sampler.ring.since(0).times_s) == [100.0]


def test_beside_a_recorder_the_table_of_processes_is_read_a_second_time_at_once():
    waiting = absent(Status.STALE, "test", "a share needs two reads")
    recorder, table = Recorder(), FakeProbe("processes", [waiting, NONE])
    sampler, clock = _following(recorder, table)
    recorder.shown = Sample(100.0, {"cpu.busy_share": 0.9})
    sampler.tick()
    assert sampler._next(clock.now) == pytest.approx(100.25)
    clock.now += 0.25
    sampler.tick()
    assert table.reads == 2
    assert sampler._next(clock.now) == pytest.approx(101.06)


def test_when_the_recorder_ends_the_own_sensors_take_over_without_a_hole():
    recorder, cpu = Recorder(), FakeProbe("cpu", [CPU])
    sampler, clock = _following(recorder, cpu)
    recorder.shown = Sample(100.0, {"cpu.busy_share": 0.9})
    sampler.tick()
    recorder.shown = None
    clock.now += 1
    sampler.tick()
    assert not sampler.is_following
    found = sampler.ring.since(0)
    assert list(found.columns["cpu.busy_share"]) == [0.9, 0.5]
    assert sampler.gaps == ()


def test_the_process_table_is_read_only_while_somebody_wants_it():
    table = FakeProbe("processes", [NONE])
    sampler = Sampler(_feeds(FakeProbe("cpu", [CPU]), table))
    sampler.wants_processes = False
    sampler.tick()
    assert table.reads == 0
    sampler.wants_processes = True
    sampler.tick()
    assert table.reads == 1


def test_a_wall_clock_that_is_set_is_followed_and_a_small_correction_is_not():
    steady, wall = Clock(), Clock()
    sampler = Sampler(_feeds(FakeProbe("cpu", [CPU]), clock=steady), clocks=Clocks(steady, wall))
    for passed_s, moved_s in ((0, 0), (1, 1.3), (1, 3600)):
        steady.now += passed_s
        wall.now += moved_s
        sampler.tick()
    times = list(sampler.ring.since(0).times_s)
    assert times[1] - times[0] == 1
    assert times[2] == wall.now


def test_while_nobody_looks_a_recorder_is_followed_less_often_and_at_once_when_somebody_does():
    recorder = Recorder()
    sampler, clock = _following(recorder, FakeProbe("cpu", [CPU]))
    recorder.shown = Sample(100.0, {"cpu.busy_share": 0.9})
    sampler.tick()
    assert sampler._next(clock.now) == pytest.approx(101.06)
    sampler.set_watched(is_watched=False)
    assert sampler._next(clock.now) == pytest.approx(105.0)
    sampler.set_watched(is_watched=True)
    assert sampler._wait_until(clock.now + 5)  # does not wait the five seconds out
