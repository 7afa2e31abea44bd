"""A rule while it is written: texts as typed, read back as a rule or as what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.sensor import device_of
from hwstudio.core.monitor.alerts.defaults import RECORDER
from hwstudio.core.monitor.alerts.quiet import clock_words, minute_of_words
from hwstudio.core.monitor.alerts.rule import (
    FORECASTS,
    MOMENTS,
    WITHOUT_LEVEL,
    Level,
    Rule,
    When,
    checked,
)
from hwstudio.gui.monitor.alerts.units import (
    number,
    span_parts,
    span_value,
    typed_text,
    typed_value,
)
from hwstudio.gui.monitor.alerts.words import sensor_for, title_words

_ID_LETTERS = 50
_MASK = float(0x8 | 0x40 | 0x80)  # what hardware itself slows a GPU down for


class Base(StrEnum):
    """What a threshold stands on."""

    FIXED = "fixed"
    LESS = "less"  # the device's own limit less something
    PART = "part"  # a part of the device's own limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The fields of the dialog."""

    sensor: str = ""
    when: When = When.ABOVE
    base: Base = Base.FIXED
    threshold: str = ""
    bits: int = int(_MASK)
    hold: tuple[str, str] = ("30", "s")  # number and unit
    within: tuple[str, str] = ("1", "d")
    band: str = "0"
    repeat: tuple[str, str] = ("1", "h")
    quiet_from: str = ""
    quiet_to: str = ""
    severity: Severity = Severity.WARNING
    title: str = ""
    advice: str = ""
    keeps_also: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """Which field cannot be used ("" = the whole), and why, in a sentence."""

    field: str
    sentence: str


def whens_for(sensor: str) -> tuple[When, ...]:
    """Return the conditions that make sense of a sensor."""
    if sensor == RECORDER:
        return (When.SILENT,)
    about = sensor_for(sensor)
    if about.unit == "bits":
        return (When.BITS, When.CHANGES, When.LOST)
    if about.is_counter:
        return (When.GROWS, When.ABOVE, When.LOST)
    return (
        When.ABOVE, When.BELOW, When.EQUALS, When.WILL_EXCEED, When.WILL_FALL, When.CHANGES,
        When.LOST,
    )  # fmt: skip


def draft_of(rule: Rule) -> Draft:
    """Return a rule as the dialog shows it."""
    level, unit = rule.level, sensor_for(rule.sensor).unit
    base = Base.FIXED
    threshold = typed_text(level.number, unit)
    if level.of_limit:
        base = Base.PART if level.share != 1 else Base.LESS
        part = f"{level.share * 100:.10g}"
        threshold = part if base is Base.PART else typed_text(level.margin, unit)
    quiet = ["" if m is None else clock_words(m) for m in (rule.quiet_from, rule.quiet_to)]
    is_mask = rule.when is When.BITS
    return Draft(
        sensor=rule.sensor,
        when=rule.when,
        base=base,
        threshold="" if rule.when in WITHOUT_LEVEL or is_mask else threshold,
        bits=int(level.number) if is_mask else int(_MASK),
        hold=span_parts(rule.hold_s),
        within=span_parts(rule.within_s) if rule.within_s else Draft().within,
        band=typed_text(rule.band, unit),
        repeat=span_parts(rule.repeat_s),
        quiet_from=quiet[0],
        quiet_to=quiet[1],
        severity=rule.severity,
        title=rule.title,
        advice=rule.advice,
    )


def rule_of(draft: Draft, old: Rule | None, taken: Collection[str]) -> Rule | Problem:
    """Return the rule the fields say, or the first field that cannot be used.

    Args:
        draft: the fields.
        old: the rule that is edited; its name, mute and switch stay.
        taken: names that a new rule may not have.
    """
    if not draft.sensor:
        return Problem("sensor", "Choose what to watch.")
    read = _Reader(draft)
    made = read.rule(old)
    if read.problem is not None:
        return read.problem
    made = replace(made, title=draft.title.strip() or title_words(made))
    if old is None:
        made = replace(made, id=_free_id(made.title, taken))
    try:
        return checked(made)
    except UserError as error:
        return Problem("", _capital(f"{error.why or error.what}."))


class _Reader:
    """Reads field by field and keeps the first problem."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.problem: Problem | None = None

    def rule(self, old: Rule | None) -> Rule:
        """Return the rule with what could be read."""
        draft = self._draft
        base = old or Rule(id="new", title="New", sensor=draft.sensor, when=draft.when)
        is_level = draft.when not in WITHOUT_LEVEL and draft.when is not When.BITS
        sensor = _subject(draft)
        keeps_also = draft.keeps_also and sensor == base.sensor
        return replace(
            base,
            sensor=sensor,
            when=draft.when,
            level=self._level(base.level),
            hold_s=self._hold(),
            within_s=self._within(),
            band=self._band() if is_level and draft.when not in FORECASTS else 0.0,
            repeat_s=self._span("repeat", "The quiet time", draft.repeat),
            quiet_from=self._minute("quiet_from", draft.quiet_from, draft.quiet_to),
            quiet_to=self._minute("quiet_to", draft.quiet_to, draft.quiet_from),
            also=base.also if keeps_also else None,
            severity=draft.severity,
            advice=draft.advice.strip(),
        )

    def _wrong(self, field: str, sentence: str) -> None:
        if self.problem is None:
            self.problem = Problem(field, sentence)

    def _level(self, old: Level) -> Level:
        draft = self._draft
        if draft.when in WITHOUT_LEVEL:
            return Level()
        if draft.when is When.BITS:
            if not draft.bits:
                self._wrong("bits", "Tick at least one reason.")
            return Level(float(draft.bits))
        if draft.base is Base.PART:
            return self._part(old)
        value = self._typed("threshold", "The threshold", draft.threshold)
        if draft.base is Base.LESS:
            return Level(of_limit=True, margin=value)
        return Level(value)

    def _part(self, old: Level) -> Level:
        """Read a share of the limit; a margin beside it can only come from the file and stays."""
        try:
            share = number("The part of the limit", self._draft.threshold.strip().removesuffix("%"))
        except UserError as error:
            self._wrong("threshold", error.sentence)
            return old
        margin = old.margin if old.of_limit and old.share != 1 else 0.0
        return Level(of_limit=True, share=float(f"{share / 100:.12g}"), margin=margin)

    def _typed(self, field: str, name: str, text: str) -> float:
        try:
            return typed_value(name, text, sensor_for(self._draft.sensor).unit)
        except UserError as error:
            self._wrong(field, error.sentence)
            return 0.0

    def _band(self) -> float:
        text = self._draft.band
        return self._typed("band", "The band", text) if text.strip() else 0.0

    def _hold(self) -> float:
        if self._draft.when in MOMENTS:
            return 0.0
        return self._span("hold", "How long it must hold", self._draft.hold)

    def _within(self) -> float:
        is_forecast = self._draft.when in FORECASTS
        return self._span("within", "The look ahead", self._draft.within) if is_forecast else 0.0

    def _span(self, field: str, name: str, typed: tuple[str, str]) -> float:
        try:
            return span_value(name, *typed)
        except UserError as error:
            self._wrong(field, error.sentence)
            return 0.0

    def _minute(self, field: str, text: str, other: str) -> int | None:
        if not text.strip():
            if other.strip():
                self._wrong(field, "Quiet hours need a beginning and an end.")
            return None
        try:
            return minute_of_words(text)
        except UserError as error:
            self._wrong(field, error.sentence)
            return None


def _subject(draft: Draft) -> str:
    """Return what the rule watches: a device goes missing, not one of its sensors."""
    about = sensor_for(draft.sensor)
    if draft.when is When.LOST and about.unit:
        return device_of(draft.sensor)
    return draft.sensor


def _free_id(title: str, taken: Collection[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:_ID_LETTERS].strip("-") or "rule"
    name, count = plain, 1
    while name in taken:
        count += 1
        name = f"{plain}-{count}"
    return name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
