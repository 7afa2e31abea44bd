"""Rules in words: what they watch, what they promise, when they are quiet."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from hwstudio.core.monitor.alerts.defaults import default_rules
from hwstudio.core.monitor.alerts.rule import Level, Rule, When
from hwstudio.gui.monitor.alerts.units import span_parts, span_value, span_words
from hwstudio.gui.monitor.alerts.words import (
    FOR_GOOD_S,
    bits_words,
    next_midnight,
    promise_words,
    quiet_words,
    title_words,
    watched_words,
)
from tests.gui.monitor.alerts.scene import BUSY, HOT, NOW


def test_a_rule_says_whom_what_and_for_how_long():
    assert watched_words(HOT) == "Any GPU: temperature is at or above its limit less 2 °C for 30 s"
    assert watched_words(BUSY) == "Processor: load is at or above 90 %"


def test_the_promise_reads_as_one_sentence():
    rule = Rule(
        id="x", title="X", sensor="gpu.0.temperature_c", when=When.ABOVE, level=Level(84.0),
        hold_s=30.0,
    )  # fmt: skip
    assert promise_words(rule) == (
        "Tells you when GPU 0 temperature is at or above 84 °C for 30 s."
    )


@pytest.mark.parametrize("rule", default_rules(), ids=lambda rule: rule.id)
def test_no_rule_that_comes_along_shows_a_raw_name(rule):
    for words in (watched_words(rule), promise_words(rule), title_words(rule)):
        assert "*" not in words
        assert "_" not in words
        assert "  " not in words


def test_a_pattern_nobody_has_words_for_is_shown_as_it_is():
    odd = replace(BUSY, sensor="gpu.[01].busy_share")
    assert watched_words(odd).startswith("GPU [01]")
    assert "*.0" in watched_words(replace(BUSY, sensor="*.0.busy_share"))


def test_reasons_are_joined_and_unknown_bits_shown_as_a_number():
    assert bits_words(0x8) == "hardware slowdown"
    assert bits_words(0x8 | 0x40) == "hardware slowdown or temperature (hardware)"
    assert bits_words(0x1000) == "0x1000"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (30, "30 s"), (90, "90 s"), (120, "2 min"), (86400, "1 day"), (7200, "2 h")],
)
def test_a_span_is_said_exactly(seconds, words):
    assert span_words(seconds) == words
    assert span_value("x", *span_parts(seconds)) == seconds


def test_mute_and_quiet_hours_are_said_together():
    rule = replace(BUSY, quiet_from=22 * 60, quiet_to=7 * 60, mute_until_s=NOW + FOR_GOOD_S)
    assert quiet_words(rule, NOW) == "Muted for good, quiet 22:00 to 07:00"
    assert quiet_words(replace(BUSY, mute_until_s=NOW - 1), NOW) == ""


def test_tomorrow_begins_at_local_midnight():
    midnight = next_midnight(NOW)
    assert NOW < midnight <= NOW + 25 * 3600
    local = time.localtime(midnight)
    assert (local.tm_hour, local.tm_min, local.tm_sec) == (0, 0, 0)
