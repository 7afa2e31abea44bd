"""The recorder without its process: what it keeps, shows and survives."""

from __future__ import annotations

import threading

import pytest

from hwstudio.core.model.reading import Status, absent
from hwstudio.core.model.sample import of_shape
from hwstudio.core.monitor.live_channel import LiveReader
from hwstudio.core.monitor.recorder import Files, Recorder
from hwstudio.core.monitor.sampler import Clocks, Sampler
from hwstudio.core.probe.fake import FakeProbe
from hwstudio.core.probe.feed import Feed
from hwstudio.core.probe.live import CpuUse, MemoryUse

NONE = absent(Status.UNSUPPORTED, "test", "not offered")
CPU = CpuUse(0.5, (0.25, 0.75), NONE, NONE, NONE)


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Sink:
    """Keeps in memory what the history would."""

    def __init__(self):
        self.notice = ""
        self.kept, self.gaps, self.devices, self.begun, self.is_closed = [], [], [], [], False
        self.pruned, self.rounds = 0, 0

    def begin(self, boot_id, interval_s):
        self.begun.append((boot_id, interval_s))

    def add(self, taken_s, values):
        self.kept.append((taken_s, dict(values)))

    def gap(self, from_s, to_s, why):
        self.gaps.append((from_s, to_s, why))

    def remember_devices(self, devices):
        self.devices.append(devices)

    def compact_some(self, now_s, budget_s):
        return False

    def prune(self, now_s, budget_s):
        self.pruned += 1
        return self.pruned < self.rounds

    def size_bytes(self):
        return 12345

    def close(self):
        self.is_closed = True


@pytest.fixture
def made(tmp_path):
    clock, sink = Clock(), Sink()
    feeds = [
        Feed(FakeProbe("cpu", [CPU]), clock),
        Feed(FakeProbe("memory", [MemoryUse(100, 40, 60, 0, 0)]), clock),
    ]
    sampler = Sampler(feeds, clocks=Clocks(clock, clock))
    files = Files(tmp_path / "live", tmp_path / "stop")
    return Recorder(files, sink, sampler=sampler, clock=clock), sink, clock, files


def test_every_sample_is_kept_and_shown(made):
    recorder, sink, clock, files = made
    for _ in range(3):
        recorder.step()
        clock.now += 1
    assert [taken_s for taken_s, _ in sink.kept] == [1000.0, 1001.0, 1002.0]
    shown, numbers = LiveReader(files.live).read()
    sample = of_shape(shown["sample"], numbers)
    assert (sample.taken_s, sample.values["memory.used_bytes"]) == (1002.0, 40.0)
    assert shown["size_bytes"] == 12345


def test_devices_are_told_once_and_again_only_when_they_change(made):
    recorder, sink, clock, _ = made
    for _ in range(5):
        recorder.step()
        clock.now += 1
    assert len(sink.devices) == 1
    assert {device.id for device in sink.devices[0]} == {"cpu", "memory"}


def test_a_sleep_of_the_computer_is_kept_as_a_gap(made):
    recorder, sink, clock, _ = made
    recorder.step()
    clock.now += 3600
    recorder.step()
    assert sink.gaps == [(1000.0, 4600.0, "the computer slept or was too busy")]


def test_a_rule_that_breaks_does_not_end_the_recording(made):
    recorder, sink, clock, _ = made

    class Broken:
        def watch(self, sample):
            raise RuntimeError("a bad rule")

        def save(self):
            return None

    recorder._watchers = (Broken(),)
    recorder.step()
    clock.now += 1
    recorder.step()
    assert len(sink.kept) == 2


def test_a_live_file_that_cannot_be_written_is_said_and_the_history_goes_on(made, monkeypatch):
    recorder, sink, clock, _ = made

    def refuse(_document, _numbers):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recorder._live, "publish", refuse)
    recorder.step()
    clock.now += 1
    recorder.step()
    assert len(sink.kept) == 2
    assert "No space left" in recorder.status()["notice"]


def test_what_the_history_has_to_say_is_shown(made):
    recorder, sink, _, files = made
    sink.notice = "The disk is full."
    recorder.step()
    assert LiveReader(files.live).read().document["notice"] == "The disk is full."


def test_the_stop_file_ends_it_and_everything_is_closed(made, tmp_path):
    recorder, sink, clock, files = made
    recorder._clock = clock  # stands still: every sample is due at once
    files.stop.write_bytes(b"")
    thread = threading.Thread(target=recorder.run)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
    assert sink.is_closed
    assert sink.begun[0][1] == 1.0
    assert not files.live.exists()


def test_old_history_is_pruned_every_quarter_of_an_hour(made):
    recorder, sink, clock, _ = made
    for _ in range(4):
        recorder.step()
        clock.now += 500
    assert sink.pruned == 1


def test_a_large_pruning_goes_on_with_each_sample_until_it_is_done(made):
    recorder, sink, clock, _ = made
    sink.rounds = 3
    clock.now += 1000
    for _ in range(5):
        recorder.step()
        clock.now += 1
    assert sink.pruned == 3
