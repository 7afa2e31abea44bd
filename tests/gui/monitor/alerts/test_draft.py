"""What is typed becomes the rule it says, or a problem at the field that is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.model.finding import Severity
from hwstudio.core.monitor.alerts.defaults import RECORDER, default_rules
from hwstudio.core.monitor.alerts.rule import Level, Rule, When
from hwstudio.gui.monitor.alerts.draft import Base, Draft, Problem, draft_of, rule_of, whens_for
from hwstudio.gui.monitor.alerts.units import typed_text, typed_value
from tests.gui.monitor.alerts.scene import BUSY, GIB

DRAFT = Draft(sensor="gpu.0.temperature_c", threshold="84")


@pytest.mark.parametrize("rule", default_rules(), ids=lambda rule: rule.id)
def test_a_rule_that_is_opened_and_saved_unchanged_stays_the_same(rule):
    assert rule_of(draft_of(rule), rule, frozenset()) == rule


@given(
    value=st.floats(-1e6, 1e12, allow_nan=False),
    unit=st.sampled_from(["share", "bytes", "bytes_per_s", "hz", "c", "w", "j", ""]),
)
def test_a_threshold_survives_its_way_through_the_field(value, unit):
    again = typed_value("x", typed_text(value, unit), unit)
    assert again == pytest.approx(value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("sensor", "typed", "number"),
    [
        ("cpu.busy_share", "84", 0.84),
        ("cpu.busy_share", "84 %", 0.84),
        ("gpu.0.vram_used_bytes", "20", 20 * GIB),
        ("disk.sda.read_bytes_per_s", "1.5", 1.5e6),
        ("gpu.0.power_w", "300", 300.0),
        ("gpu.0.sm_clock_hz", "1,200", 1.2e9),
    ],
)
def test_a_threshold_is_typed_in_the_units_people_use(sensor, typed, number):
    made = rule_of(Draft(sensor=sensor, threshold=typed), None, frozenset())
    assert isinstance(made, Rule)
    assert made.level == Level(number)


def test_a_threshold_can_stand_on_the_devices_own_limit():
    less = rule_of(replace(DRAFT, base=Base.LESS, threshold="2"), None, frozenset())
    part = rule_of(replace(DRAFT, base=Base.PART, threshold="97"), None, frozenset())
    assert less.level == Level(of_limit=True, margin=2.0)
    assert part.level == Level(of_limit=True, share=0.97)


def test_a_new_rule_gets_a_title_and_a_name_of_its_own():
    made = rule_of(DRAFT, None, frozenset({"gpu-0-temperature-high"}))
    assert made.title == "GPU 0 temperature high"
    assert made.id == "gpu-0-temperature-high-2"


def test_an_edited_rule_keeps_its_name_its_mute_and_its_switch():
    old = replace(BUSY, mute_until_s=5.0, is_enabled=False)
    made = rule_of(replace(draft_of(old), title="Very busy"), old, frozenset({"busy"}))
    assert (made.id, made.mute_until_s, made.is_enabled) == ("busy", 5.0, False)
    assert made.title == "Very busy"


def test_what_goes_missing_is_the_device_and_not_one_of_its_sensors():
    made = rule_of(replace(DRAFT, when=When.LOST), None, frozenset())
    assert made.sensor == "gpu.0"
    every = rule_of(Draft(sensor="gpu.*.temperature_c", when=When.LOST), None, frozenset())
    assert every.sensor == "gpu.*"


def test_the_second_condition_goes_with_its_sensor_or_its_tick():
    old = next(rule for rule in default_rules() if rule.also is not None)
    draft = draft_of(old)
    assert rule_of(draft, old, frozenset()).also == old.also
    assert rule_of(replace(draft, keeps_also=False), old, frozenset()).also is None
    assert rule_of(replace(draft, sensor="cpu.busy_share"), old, frozenset()).also is None


@pytest.mark.parametrize(
    ("changes", "field", "part"),
    [
        ({"sensor": ""}, "sensor", "Choose what to watch"),
        ({"threshold": "hot"}, "threshold", "'hot' is no number"),
        ({"threshold": ""}, "threshold", "it is empty"),
        ({"threshold": "nan"}, "threshold", "no number"),
        ({"hold": ("x", "s")}, "hold", "no number"),
        ({"band": "-"}, "band", "no number"),
        ({"quiet_from": "22:00"}, "quiet_to", "a beginning and an end"),
        ({"quiet_from": "25:00", "quiet_to": "07:00"}, "quiet_from", "no time of day"),
        ({"when": When.WILL_EXCEED, "within": ("1", "s")}, "", "1 minute to 90 days"),
        ({"band": "-3"}, "", "cannot be negative"),
        ({"hold": ("500", "d")}, "", "400 days"),
        ({"title": "x" * 400}, "", "300 letters"),
    ],
)
def test_a_wrong_field_is_named(changes, field, part):
    found = rule_of(replace(DRAFT, **changes), None, frozenset())
    assert isinstance(found, Problem)
    assert found.field == field
    assert part in found.sentence
    assert "--help" not in found.sentence


def test_no_ticked_reason_is_a_problem():
    bits = Draft(sensor="gpu.0.throttle_bits", when=When.BITS, bits=0)
    assert rule_of(bits, None, frozenset()).field == "bits"


def test_only_conditions_that_make_sense_are_offered():
    assert whens_for(RECORDER) == (When.SILENT,)
    assert When.ABOVE not in whens_for("gpu.0.throttle_bits")
    assert whens_for("gpu.0.ecc_uncorrected_errors_count")[0] is When.GROWS
    assert When.WILL_EXCEED in whens_for("filesystem.root.used_bytes")


def test_severity_and_advice_are_taken_as_typed():
    draft = replace(DRAFT, severity=Severity.ERROR, advice=" Open a window ")
    made = rule_of(draft, None, frozenset())
    assert (made.severity, made.advice) == (Severity.ERROR, "Open a window")
