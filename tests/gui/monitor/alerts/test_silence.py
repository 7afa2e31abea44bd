"""A recorder that falls silent is noticed; one that was ended is not."""

from __future__ import annotations

import pytest

from hwstudio.core.monitor.alerts.event import Kind
from hwstudio.core.monitor.alerts.rule_file import RuleFile
from hwstudio.core.monitor.recorder_control import STOPPED, RecorderState
from hwstudio.gui.monitor.alerts.silence import SilenceWatch
from tests.gui.monitor.alerts.scene import NOW, sample


class Clocked:
    """A silence watch with a clock to turn."""

    def __init__(self, folder):
        self.rules, self.live, self.at = folder / "alerts.json", folder / "live.bin", 0.0
        self.live.write_bytes(b"x")
        self.watch = SilenceWatch(self.rules, self.live)

    def look(self, state, step_s=1.0):
        self.at += step_s
        return self.watch.look(state, NOW + self.at, self.at)

    def speak(self, interval_s=1.0):
        at_s = NOW + self.at
        return self.look(RecorderState(is_running=True, interval_s=interval_s, sample=sample(at_s)))


@pytest.fixture
def clocked(tmp_path):
    return Clocked(tmp_path)


def test_a_recorder_that_was_killed_is_told_once_after_thirty_seconds(clocked):
    clocked.speak()
    assert clocked.look(STOPPED, 29) == ()
    (raised,) = clocked.look(STOPPED, 1)
    assert raised.kind is Kind.RAISED
    assert "has written nothing for 30 s" in raised.sentence
    assert clocked.look(STOPPED, 1) == ()
    assert [event.rule for event in clocked.watch.active] == ["recorder-stopped"]


def test_one_that_hangs_while_it_still_counts_as_running_is_told_too(clocked):
    clocked.speak()
    hanging = RecorderState(is_running=True, sample=sample(NOW))
    assert [e.kind for e in clocked.look(hanging, 31)] == [Kind.RAISED]


def test_writing_again_clears_it(clocked):
    clocked.speak()
    clocked.look(STOPPED, 31)
    assert [event.kind for event in clocked.speak()] == [Kind.CLEARED]
    assert clocked.watch.active == ()


def test_a_recorder_that_ended_as_asked_is_no_alarm(clocked):
    clocked.speak()
    clocked.live.unlink()
    assert clocked.look(STOPPED, 60) == ()
    assert clocked.look(STOPPED, 60) == ()


def test_a_person_who_ends_it_gets_no_alarm_even_if_its_file_stays(clocked):
    clocked.speak()
    clocked.watch.was_ended()
    assert clocked.look(STOPPED, 60) == ()


def test_where_none_ever_ran_nothing_is_said(clocked):
    assert clocked.look(STOPPED, 100) == ()


def test_a_slow_recorder_is_given_its_time(clocked):
    clocked.speak(interval_s=60.0)
    assert clocked.look(STOPPED, 100) == ()
    assert len(clocked.look(STOPPED, 100)) == 1


def test_a_rule_that_is_switched_off_is_followed(clocked):
    clocked.speak()
    RuleFile(clocked.rules).change(lambda rules: [r for r in rules if r.id != "recorder-stopped"])
    assert clocked.look(STOPPED, 60) == ()
