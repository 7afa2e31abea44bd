"""The window watches the rules itself while no recorder does, and only then."""

from __future__ import annotations

import pytest

from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.monitor.alerts.event import EVENT_KIND, Kind
from hwstudio.core.monitor.alerts.rule_file import RuleFile
from hwstudio.core.monitor.recorder_control import STOPPED, RecorderState
from hwstudio.gui.monitor.alerts.window_watch import Outlets, WindowWatch
from tests.gui.monitor.alerts.scene import BUSY, NOW, sample


class Made:
    """A watch with a recorder, a clock, and ears."""

    def __init__(self, home, sink=None):
        self.home, self.state, self.at = home, STOPPED, 0.0
        self.told, self.said, self.changes = [], [], []
        RuleFile(home.alerts_file).change(lambda rules: [BUSY, *rules])
        self.watch = WindowWatch(
            home,
            lambda: self.state,
            Outlets(
                sink=sink,
                tell=lambda title, _text: self.told.append(title),
                steady=lambda: self.at,
                wall=lambda: NOW + self.at,
            ),
        )
        self.watch.raised.connect(self.said.append)
        self.watch.changed.connect(lambda: self.changes.append(1))

    def feed(self, busy, step_s=1.0):
        self.at += step_s
        self.watch.feed(sample(NOW + self.at, cpu__busy_share=busy, gpu__0__temperature_c=50.0,
                               gpu__0__throttle_bits=0.0))  # fmt: skip


@pytest.fixture
def made(qtbot, home):
    built = Made(home)
    yield built
    built.watch.leave()


def test_without_a_recorder_the_windows_own_samples_are_watched(made):
    made.feed(0.95)
    assert made.watch.is_watching
    assert [event.rule for event in made.watch.active] == ["busy"]
    assert made.told == ["Busy"]
    assert len(made.said) == 1
    assert made.said[0].startswith("Processor: load is at 95 %")


def test_what_happened_is_kept_in_the_history(made, home):
    made.feed(0.95)
    made.feed(0.2)
    history = ReadingHistory.open(home.monitor_file)
    kinds = [event.document["kind"] for event in history.events(EVENT_KIND)]
    history.close()
    assert kinds == ["raised", "cleared"]
    assert [event.kind for event in made.watch.events] == [Kind.RAISED, Kind.CLEARED]


def test_while_a_recorder_runs_only_its_silence_is_watched(made):
    made.state = RecorderState(is_running=True, sample=sample())
    made.feed(0.95)
    assert not made.watch.is_watching
    assert made.watch.active == ()
    assert made.told == []


def test_a_recorder_takes_over_and_gives_back_without_a_second_message(made, home):
    made.feed(0.95)
    made.state = RecorderState(is_running=True, sample=sample(NOW + 2))
    made.feed(0.95)
    assert made.watch.active == ()
    made.state = STOPPED
    made.feed(0.95)
    assert [event.rule for event in made.watch.active] == ["busy"]
    assert made.told == ["Busy"]


def test_a_killed_recorder_is_told_in_the_window_and_on_the_desktop(made, home):
    home.monitor_live_file.write_bytes(b"left behind")
    made.state = RecorderState(is_running=True, sample=sample())
    made.feed(0.1)
    made.state = STOPPED
    made.feed(0.1, 31.0)
    assert made.told == ["Recording stopped"]
    assert "Recorder has written nothing" in made.said[0]


def test_a_recorder_that_a_person_stopped_is_not_told(made, home):
    home.monitor_live_file.write_bytes(b"left behind")
    made.state = RecorderState(is_running=True, sample=sample())
    made.feed(0.1)
    made.watch.on_recorder_wanted(False)
    made.state = STOPPED
    made.feed(0.1, 60.0)
    assert made.told == []


def test_the_same_sample_is_looked_at_once(made):
    made.feed(0.95)
    first = sample(NOW + made.at, cpu__busy_share=0.1)
    made.watch.feed(first)
    assert [event.rule for event in made.watch.active] == ["busy"]


def test_nothing_new_says_nothing(made):
    made.feed(0.1)
    made.feed(0.1)
    assert made.changes == []


def test_after_leaving_no_sample_is_looked_at_and_the_state_is_kept(made, home):
    made.feed(0.95)
    made.watch.leave()
    made.feed(0.1)
    assert [event.kind for event in made.watch.events] == [Kind.RAISED]
    assert home.alerts_state_file.is_file()


def test_a_broken_recorder_view_does_not_stop_the_samples(qtbot, home):
    def broken():
        raise ZeroDivisionError

    watch = WindowWatch(home, broken, Outlets(tell=lambda *_: None))
    watch.feed(sample())
    assert watch.events == ()


def test_a_history_that_cannot_be_written_does_not_keep_a_person_from_being_told(qtbot, home):
    class Full:
        def write(self, event):
            raise OSError(28, "No space left on device")

    full = Made(home, sink=Full())
    full.feed(0.95)
    full.watch.leave()
    assert full.told == ["Busy"]
    assert len(full.watch.events) == 1
