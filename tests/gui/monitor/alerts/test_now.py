"""What the newest sample says of a rule, and of an alert that is raised."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.monitor.alerts.defaults import RECORDER
from hwstudio.core.monitor.alerts.rule import Level, Rule, When
from hwstudio.gui.monitor.alerts.choices import choices
from hwstudio.gui.monitor.alerts.now import now_words, standing
from tests.gui.monitor.alerts.scene import BUSY, HOT, NOW, event, sample


def test_a_rule_says_for_whom_it_is_true_now():
    assert now_words(HOT, sample()) == ("True now: GPU 0 (88 °C). It would be raised after 30 s.")
    assert now_words(BUSY, sample()) == "Not true now: Processor (50 %)."
    assert "at once" in now_words(BUSY, sample(cpu__busy_share=0.95))


def test_a_rule_without_sensors_or_readings_says_so():
    assert "Nothing here fits" in now_words(replace(BUSY, sensor="disk.x.busy_share"), sample())
    assert "no readings yet" in now_words(BUSY, None)


def test_a_limit_that_nobody_states_cannot_be_judged():
    rule = replace(HOT, sensor="cpu.busy_share")
    assert "does not state its limit" in now_words(rule, sample())


def test_moments_forecasts_and_silence_have_their_own_words():
    assert "next change" in now_words(replace(BUSY, when=When.CHANGES), sample())
    ahead = replace(BUSY, when=When.WILL_EXCEED, within_s=3600.0)
    assert "10 minutes" in now_words(ahead, sample())
    silent = Rule(id="s", title="S", sensor=RECORDER, when=When.SILENT, hold_s=30.0)
    assert "falls silent" in now_words(silent, sample())


def test_a_raised_alert_is_told_with_the_value_and_the_time_of_now():
    raised = event(rule=HOT, subject="gpu.0.temperature_c", at_s=NOW, threshold=85.0)
    words = standing(raised, HOT, sample(NOW + 120), NOW + 120)
    assert words == "GPU 0: temperature has been at 88 °C for 2 min; it slows down from 87 °C."


def test_a_raised_alert_without_its_rule_or_value_keeps_its_sentence():
    raised = event(rule=HOT, subject="gpu.7.temperature_c")
    assert standing(raised, HOT, sample(), NOW) == raised.sentence
    assert standing(raised, None, sample(), NOW) == raised.sentence


def test_slow_down_reasons_are_words_and_not_a_number():
    rule = Rule(id="b", title="B", sensor="gpu.*.throttle_bits", when=When.BITS, level=Level(0x48))
    raised = event(rule=rule, subject="gpu.0.throttle_bits")
    words = standing(raised, rule, sample(), NOW + 60)
    assert words == "GPU 0: held back by temperature (hardware), for 1 min so far."


def test_every_sensor_and_every_kind_can_be_chosen():
    found = choices(sample())
    by_id = {c.sensor: c for group in found.values() for c in group}
    assert set(sample().values) <= set(by_id)
    assert by_id["gpu.*.temperature_c"].now == "2 there"
    assert by_id["gpu.0.temperature_c"].now == "88 °C"
    assert RECORDER in by_id


def test_two_equal_gpus_are_two_groups():
    assert {"GPU 0 (GPU A)", "GPU 1 (GPU B)"} <= set(choices(sample()))


def test_what_a_rule_watches_is_there_even_when_its_device_is_not():
    found = choices(None, "gpu.9.temperature_c")
    (kept,) = found["This rule"]
    assert (kept.words, kept.now) == ("GPU 9: temperature", "not here now")
