"""The rules beside a recorder follow their file and survive restarts, damage and full disks."""

from __future__ import annotations

import errno
import os

import pytest

from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.alerts.event import Kind
from hwstudio.core.monitor.alerts.rule import Level, Rule, When
from hwstudio.core.monitor.alerts.rule_file import RuleFile
from hwstudio.core.monitor.alerts.watcher import AlertPlaces, AlertWatcher

NAME = "cpu.busy_share"
RULE = Rule(id="busy", title="Busy", sensor=NAME, when=When.ABOVE, level=Level(0.9))


class Made:
    """Rules, told texts, kept events, a clock to turn, and a way to (re)start a watcher."""

    def __init__(self, folder):
        self.places = AlertPlaces(folder / "alerts.json", folder / "alerts-state.json")
        self.told, self.kept, self.now = [], [], [0.0]

    def write(self, event):
        self.kept.append(event)

    def start(self):
        def tell(title, text):
            self.told.append(title)

        return AlertWatcher(self.places, self, tell, clock=lambda: self.now[0])


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path)
    RuleFile(made.places.rules).change(lambda _: [RULE])
    return made


def test_what_is_raised_is_kept_and_told_once_even_over_a_restart(made):
    watcher = made.start()
    watcher.watch(Sample(1.0, {NAME: 0.95}))
    again = made.start()
    again.watch(Sample(2.0, {NAME: 0.95}))
    again.watch(Sample(3.0, {NAME: 0.5}))
    assert [event.kind for event in made.kept] == [Kind.RAISED, Kind.CLEARED]
    assert made.told == ["Busy", "Busy"]
    assert again.engine.active == ()


def test_a_changed_file_is_followed_within_five_seconds(made):
    watcher = made.start()
    watcher.watch(Sample(1.0, {NAME: 0.95}))
    RuleFile(made.places.rules).remove("busy")
    made.now[0] = 4.0
    assert watcher.look(Sample(5.0, {NAME: 0.95})) == ()
    made.now[0] = 5.0
    (event,) = watcher.look(Sample(6.0, {NAME: 0.95}))
    assert event.kind is Kind.CLEARED
    assert event.is_silent
    assert watcher.engine.active == ()


@pytest.mark.parametrize("text", ["{", "[]", "\0", '{"schema": 1, "watches": [{}]}'])
def test_a_damaged_state_only_begins_anew(made, text):
    made.places.state.write_text(text, "utf-8")
    made.start().watch(Sample(1.0, {NAME: 0.95}))
    assert made.told == ["Busy"]


def test_rules_of_a_newer_version_are_left_alone_and_the_usual_ones_used(made):
    made.places.rules.write_text('{"schema": 9, "rules": []}', "utf-8")
    watcher = made.start()
    watcher.watch(Sample(1.0, {NAME: 0.95}))
    assert made.places.rules.read_text("utf-8") == '{"schema": 9, "rules": []}'


def test_a_full_disk_is_said_once_and_alerts_go_on(made, monkeypatch, caplog):
    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    watcher = made.start()
    with caplog.at_level("WARNING", "hwstudio.alerts"):
        for at, value in enumerate((0.95, 0.5, 0.95)):
            watcher.watch(Sample(float(at), {NAME: value}))
    assert made.told == ["Busy", "Busy"]  # the third comes too soon after the first
    assert len(caplog.records) == 1
