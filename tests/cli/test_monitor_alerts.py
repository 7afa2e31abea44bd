"""``hwstudio monitor alerts``: rules, muting, a test message and the history, in the terminal."""

from __future__ import annotations

import argparse
import json
import time

import pytest

from hwstudio.cli.monitor_alerts import add_alerts
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.alerts.defaults import default_rules
from hwstudio.core.monitor.alerts.event import AlertEvent, Kind, StoredEvents
from hwstudio.core.monitor.alerts.notify import Notifier
from hwstudio.core.monitor.alerts.rule import Level, When
from hwstudio.core.monitor.alerts.rule_file import RuleFile


@pytest.fixture
def run(home, capsys):
    def go(*words):
        parser = argparse.ArgumentParser()
        add_alerts(parser.add_subparsers())
        args = parser.parse_args(["alerts", *words])
        out = Output(is_json=getattr(args, "json", False), home=str(home.root))
        try:
            assert args.run(args, out) == 0
        finally:
            out.close()
        return capsys.readouterr()

    return go


def _rules(home):
    return {rule.id: rule for rule in RuleFile(home.alerts_file).load()}


def test_the_usual_rules_are_listed_with_words(run):
    text = run("list").out
    for rule in default_rules():
        assert rule.id in text
    found = json.loads(run("list", "--json").out)
    assert found["rules"][0]["state"] == "on"
    assert found["rules"][0]["words"]


@pytest.mark.parametrize(
    ("when", "text", "level"),
    [
        ("above", "87", Level(87.0)),
        ("above", "95%", Level(0.95)),
        ("below", "1,000", Level(1000.0)),
        ("bits", "0x48", Level(72.0)),
        ("above", "limit", Level(of_limit=True)),
        ("above", "limit-3", Level(of_limit=True, margin=3.0)),
        ("above", "limit*0.97", Level(of_limit=True, share=0.97)),
        ("will-exceed", "98%", Level(0.98)),
    ],
)
def test_thresholds_are_read_as_people_write_them(run, home, when, text, level):
    run("add", "mine", "gpu.*.x_c", when, text)
    assert _rules(home)["mine"].level == level


def test_a_rule_is_added_with_all_it_can_have(run, home):
    run("add", "mine", "gpu.*.temperature_c", "above", "limit-5", "--for", "2m", "--band", "3",
        "--repeat", "2h", "--severity", "error", "--advice", "Open a window",
        "--quiet", "22:00-06:30", "--title", "Warm")  # fmt: skip
    rule = _rules(home)["mine"]
    assert (rule.when, rule.hold_s, rule.band, rule.repeat_s) == (When.ABOVE, 120.0, 3.0, 7200.0)
    assert (rule.quiet_from, rule.quiet_to, rule.severity) == (1320, 390, Severity.ERROR)
    assert (rule.title, rule.advice) == ("Warm", "Open a window")
    run("add", "mine", "cpu.busy_share", "lost")
    assert _rules(home)["mine"].when is When.LOST


@pytest.mark.parametrize(
    "words",
    [
        ("add", "mine", "cpu.busy_share", "above"),
        ("add", "mine", "cpu.busy_share", "above", "hot"),
        ("add", "mine", "cpu.busy_share", "above", "limit/2"),
        ("add", "mine", "cpu.busy_share", "lost", "3"),
        ("add", "Not OK", "cpu.busy_share", "above", "3"),
        ("add", "mine", "cpu.busy_share", "above", "3", "--quiet", "22"),
        ("remove", "nothing"),
        ("disable", "nothing"),
        ("mute", "nothing"),
        ("mute", "gpu-hot", "--until", "2001-01-01"),
        ("test", "nothing"),
        ("history", "--from", "now", "--to", "24h"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(run, home, words):
    with pytest.raises(UserError):
        run(*words)
    assert not home.alerts_file.exists()


def test_rules_are_switched_and_removed(run, home):
    run("disable", "gpu-hot")
    assert not _rules(home)["gpu-hot"].is_enabled
    assert "off" in run("list").out
    run("enable", "gpu-hot")
    assert _rules(home)["gpu-hot"].is_enabled
    run("remove", "gpu-hot")
    assert "gpu-hot" not in _rules(home)


def test_muting_ends_by_itself_or_by_hand(run, home):
    now_s = time.time()
    assert "muted until" in run("mute", "all", "--for", "2h").out
    assert {round((r.mute_until_s - now_s) / 3600) for r in _rules(home).values()} == {2}
    run("mute", "gpu-hot", "--off")
    assert _rules(home)["gpu-hot"].mute_until_s == 0.0


def test_a_test_message_is_marked_and_shown(run, monkeypatch):
    told = []
    monkeypatch.setattr(Notifier, "tell", lambda self, title, text: told.append(title) is None)
    found = json.loads(run("test", "gpu-hot", "--json").out)
    assert found["kind"] == "test"
    assert found["shown_on_desktop"] is True
    assert told == ["Test: GPU near its own temperature limit"]
    assert "Nothing is wrong" in run("test", "gpu-hot", "--no-desktop").out
    assert len(told) == 1


def test_a_desktop_that_shows_nothing_is_said(run, monkeypatch):
    monkeypatch.setattr(Notifier, "tell", lambda *_: False)
    assert "could not be shown" in run("test", "gpu-hot").err


def test_the_history_of_alerts_is_shown(run, home):
    assert "No alert" in run("history").out
    writer = ReadingWriter.open(home.monitor_file)
    writer.begin("boot", 1.0)
    now_s = time.time()
    writer.add(now_s, Sample(now_s, {"cpu.busy_share": 0.1}).values)
    for rule in ("a", "b"):
        StoredEvents(writer.add_event).write(
            AlertEvent(
                kind=Kind.RAISED, rule=rule, title="T", subject="cpu.busy_share",
                severity=Severity.INFO, at_s=now_s, since_s=now_s, held_s=0.0, value=1.0,
                threshold=0.5, sentence=f"It is {rule}.",
            )
        )  # fmt: skip
    writer.flush()
    writer.close()
    text = run("history").out
    assert "It is a." in text
    assert "It is b." in text
    found = json.loads(run("history", "--rule", "b", "--from", "1h", "--json").out)
    assert [event["rule"] for event in found["events"]] == ["b"]
