"""Events, their words and the way they take to a person."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.sample import Device, Sample
from hwstudio.core.monitor.alerts.defaults import default_rules
from hwstudio.core.monitor.alerts.event import (
    AlertEvent,
    Kind,
    deliver,
    of_document,
    to_document,
)
from hwstudio.core.monitor.alerts.quiet import is_within, minute_of_words
from hwstudio.core.monitor.alerts.rehearse import rehearse, subjects_of
from hwstudio.core.monitor.alerts.words import rule_words, shown, subject_words

EVENT = AlertEvent(
    kind=Kind.RAISED, rule="r", title="T", subject="gpu.0.temperature_c", severity=Severity.ERROR,
    at_s=5.0, since_s=2.0, held_s=3.0, value=91.0, threshold=None, sentence="Hot.",
)  # fmt: skip


def test_an_event_survives_its_json_form():
    assert of_document(json.loads(json.dumps(to_document(EVENT)))) == EVENT


def test_silent_events_are_kept_but_not_told():
    kept, told = [], []

    class Sink:
        def write(self, event):
            kept.append(event.rule)

    quiet = replace(EVENT, rule="q", is_silent=True)
    deliver([EVENT, quiet], Sink(), lambda title, text: told.append((title, text)))
    assert kept == ["r", "q"]
    assert told == [("T", "Hot.")]


def test_a_person_is_told_even_when_the_event_cannot_be_kept():
    told = []

    class Full:
        def write(self, event):
            raise HostError("The history could not be written", "the disk is full")

    deliver([EVENT], Full(), lambda title, text: told.append(text))
    assert told == ["Hot."]


@pytest.mark.parametrize("rule", default_rules(), ids=lambda rule: rule.id)
def test_every_usual_rule_can_be_rehearsed_and_says_that_nothing_is_wrong(rule):
    sample = Sample(
        1.0,
        {"gpu.0.temperature_c": 50.0, "gpu.0.vram_used_bytes": 1e9, "memory.used_bytes": 1e9},
        devices=(Device("gpu.0", "Card", "gpu", {"temperature_c": 87.0}),),
    )
    for event in (rehearse(rule, 9.0, sample), rehearse(rule, 9.0)):
        assert event.kind is Kind.TEST
        assert event.title.startswith("Test: ")
        assert event.sentence.startswith("This is a test. Nothing is wrong.")


def test_a_rule_says_which_sensors_it_is_about():
    sample = Sample(1.0, {"gpu.0.temperature_c": 1.0, "gpu.1.power_w": 1.0, "cpu.busy_share": 0.1})
    rules = {rule.id: rule for rule in default_rules()}
    assert subjects_of(rules["gpu-lost"], sample) == ("gpu.0", "gpu.1")
    assert subjects_of(rules["gpu-hot"], sample) == ("gpu.0.temperature_c",)
    assert subjects_of(rules["recorder-stopped"], sample) == ("recorder",)


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("share", 0.97, "97 %"),
        ("share", 0.975, "97.5 %"),
        ("c", 87.0, "87 °C"),
        ("c", 87.5, "87.5 °C"),
        ("bytes", 2.0**34, "16.0 GiB"),
        ("w", 450.0, "450 W"),
        ("bits", 72.0, "0x48"),
        ("", 16.0, "16"),
        ("", 1.25, "1.25"),
        ("v", 0.9, "0.900 V"),
    ],
)
def test_values_have_their_unit(unit, value, text):
    assert shown(unit, value) == text


def test_devices_are_named_for_people():
    cards = (Device("gpu.0", "RTX", "gpu"), Device("cpu", "Processor", "cpu"))
    assert subject_words("gpu.0.temperature_c", cards) == "GPU 0 (RTX)"
    assert subject_words("gpu.0", cards) == "GPU 0 (RTX)"
    assert subject_words("cpu.busy_share", cards) == "Processor"
    assert subject_words("disk.nvme0n1.busy_share") == "Drive nvme0n1"


def test_rules_are_read_out_in_plain_words():
    rules = {rule.id: rule_words(rule) for rule in default_rules()}
    assert rules["gpu-hot"] == "gpu.*.temperature_c at or above its limit less 2 °C for 30 s"
    assert rules["gpu-idle-but-held"] == (
        "gpu.*.busy_share at or below 3 % while its memory in use is at or above 10 % of its limit "
        "for 30 min"
    )
    assert rules["disk-will-fill"] == (
        "filesystem.*.used_bytes will exceed 98 % of its limit within 24 h for 5 min"
    )


@pytest.mark.parametrize(
    ("minute", "start", "end", "inside"),
    [
        (60, 0, 120, True),
        (120, 0, 120, False),
        (1439, 1320, 360, True),
        (0, 1320, 360, True),
        (360, 1320, 360, False),
        (700, 1320, 360, False),
        (5, 60, 60, True),
    ],
)
def test_quiet_hours_may_cross_midnight(minute, start, end, inside):
    assert is_within(minute, start, end) is inside


def test_times_of_day_are_read():
    assert minute_of_words("22:30") == 1350
    assert minute_of_words("7") == 420
    for wrong in ("24:00", "7:60", "", "ab", "-1:00", "7:", "٧:00"):
        with pytest.raises(UserError):
            minute_of_words(wrong)
