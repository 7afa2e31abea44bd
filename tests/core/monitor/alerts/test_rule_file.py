"""The rules on disk: whole, safe against two writers, and never lost to damage."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.monitor.alerts.defaults import default_rules
from hwstudio.core.monitor.alerts.rule import Also, Level, Rule, When, checked
from hwstudio.core.monitor.alerts.rule_file import RuleFile, of_document, to_document
from hwstudio.core.monitor.alerts.words import rule_words


def _rule(**wish):
    return Rule(**{"id": "mine", "title": "Mine", "sensor": "cpu.busy_share", "when": When.ABOVE,
                   "level": Level(0.9), **wish})  # fmt: skip


def test_the_usual_rules_all_make_sense_and_have_words():
    rules = default_rules()
    assert len({rule.id for rule in rules}) == len(rules)
    for rule in rules:
        assert checked(rule) is rule
        assert rule.advice
        assert rule_words(rule).startswith(rule.sensor)


@pytest.mark.parametrize("rule", [*default_rules(), _rule(also=Also("x_w", When.BELOW, Level(3)))])
def test_a_rule_survives_its_json_form(rule):
    assert of_document(json.loads(json.dumps(to_document(rule)))) == rule


def test_without_a_file_there_are_the_usual_rules(tmp_path):
    assert RuleFile(tmp_path / "alerts.json").load() == default_rules()


def test_what_is_added_muted_and_removed_stays_so(tmp_path):
    file = RuleFile(tmp_path / "alerts.json")
    file.add(_rule())
    assert file.load() == (*default_rules(), _rule())
    file.mute("mine", 99.0)
    assert file.load()[-1].mute_until_s == 99.0
    file.mute("all", 5.0)
    assert {rule.mute_until_s for rule in file.load()} == {5.0}
    file.remove("mine")
    assert [r.id for r in file.load()] == [r.id for r in default_rules()]
    with pytest.raises(UserError, match="no alert rule"):
        file.remove("mine")


def test_another_process_notices_a_change(tmp_path):
    mine, other = RuleFile(tmp_path / "alerts.json"), RuleFile(tmp_path / "alerts.json")
    mine.load()
    assert not mine.is_changed()
    other.add(_rule())
    assert mine.is_changed()
    mine.load()
    assert not mine.is_changed()


@pytest.mark.parametrize("text", ["{", "[]", '{"rules": 3}', "\0\0", '{"schema": 1}', "[" * 9999])
def test_a_damaged_file_is_kept_aside_and_the_usual_rules_stand_in(tmp_path, text):
    path = tmp_path / "alerts.json"
    for number in (1, 2):
        path.write_text(text, "utf-8")
        file = RuleFile(path)
        assert file.load() == default_rules()
        assert "kept" in file.trouble
        assert (tmp_path / f"alerts.damaged-{number}.json").read_text("utf-8") == text
    assert not path.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"when": "sometimes"},
        {"hold_s": "long"},
        {"hold_s": -1},
        {"id": "Not A Name"},
        {"level": 3},
        {"level": {"number": float("nan")}},
        {"is_enabled": "yes"},
        {"title": "two\nlines"},
        {"quiet_from": 30},
        {"band": True},
    ],
)
def test_one_bad_rule_is_left_out_and_the_file_is_copied(tmp_path, change):
    path = tmp_path / "alerts.json"
    rows = [to_document(_rule()), to_document(_rule()) | {"id": "bad"} | change]
    path.write_text(json.dumps({"schema": 1, "rules": rows}), "utf-8")
    file = RuleFile(path)
    assert file.load() == (_rule(),)
    assert file.load() == (_rule(),)
    assert "left out" in file.trouble
    copies = list(tmp_path.glob("alerts.damaged*.json"))
    assert [c.read_bytes() for c in copies] == [path.read_bytes()]


def test_a_file_of_a_newer_version_is_left_alone(tmp_path):
    path = tmp_path / "alerts.json"
    path.write_text('{"schema": 2, "rules": []}', "utf-8")
    for act in (RuleFile(path).load, lambda: RuleFile(path).add(_rule())):
        with pytest.raises(UserError, match="newer"):
            act()
    assert path.read_text("utf-8") == '{"schema": 2, "rules": []}'


def test_a_full_disk_costs_nothing_that_was_there(tmp_path, monkeypatch):
    path = tmp_path / "alerts.json"
    file = RuleFile(path)
    file.add(_rule())
    before = path.read_bytes()

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HostError, match="the disk is full"):
        file.add(_rule(id="second"))
    assert path.read_bytes() == before
    assert [p for p in Path(tmp_path).iterdir() if p.name.endswith(".part")] == []


def test_rules_that_make_no_sense_are_refused_in_words(tmp_path):
    file = RuleFile(tmp_path / "alerts.json")
    for wrong in (
        _rule(when=When.WILL_EXCEED),
        _rule(when=When.BITS, level=Level(0.5)),
        _rule(when=When.SILENT),
        _rule(quiet_from=3),
        _rule(sensor=" "),
        _rule(also=Also("x_w", When.LOST, Level(1))),
        _rule(repeat_s=1e12),
    ):
        with pytest.raises(UserError):
            file.add(wrong)
    with pytest.raises(UserError, match="same name"):
        file.change(lambda rules: (*rules, replace(rules[0])))
    assert not (tmp_path / "alerts.json").exists()
