"""What a rule watches, when it is quiet and what an event was, in words for people."""

from __future__ import annotations

import time
from dataclasses import dataclass

from hwstudio.core.model.finding import Severity
from hwstudio.core.model.sensor import Sensor, device_of, sensor_of
from hwstudio.core.monitor.alerts.event import Kind
from hwstudio.core.monitor.alerts.quiet import clock_words
from hwstudio.core.monitor.alerts.rule import Rule, When
from hwstudio.core.monitor.alerts.words import level_words, quantity_words, subject_words
from hwstudio.core.monitor.labels import THROTTLE_WORDS
from hwstudio.gui.monitor.alerts.units import span_words

FOR_GOOD_S = 10 * 365 * 86400.0
_LONG_S = FOR_GOOD_S / 2
ANY = {
    "gpu": "any GPU",
    "disk": "any drive",
    "network": "any network adapter",
    "temperature": "any temperature sensor",
    "filesystem": "any disk",
    "cpu": "any processor",
}
SEVERITY = {
    Severity.ERROR: "Problem",
    Severity.WARNING: "Warning",
    Severity.UNKNOWN: "Unknown",
    Severity.INFO: "Note",
}
KINDS = {
    Kind.RAISED: "Raised",
    Kind.CLEARED: "Over",
    Kind.REPEATED: "Still so",
    Kind.TEST: "Test",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A rule taken apart: "any GPU", "temperature", "is at or above 84 °C"."""

    who: str
    what: str
    condition: str


def sensor_for(pattern: str) -> Sensor:
    """Return what an id or a pattern is about; stars count as a name."""
    return sensor_of(pattern.replace("*", "x").replace("?", "x"))


def who_words(pattern: str) -> str:
    """Return the device of a pattern: "GPU 0", "any GPU"; the pattern itself where it is odd."""
    device = device_of(pattern)
    kind, _, rest = device.partition(".")
    if "*" not in device and "?" not in device:
        return subject_words(pattern)
    return ANY.get(kind, device) if rest == "*" else device


def _what_words(pattern: str) -> str:
    sensor = sensor_for(pattern)
    what = quantity_words(sensor.quantity, sensor.unit)
    inner = pattern[len(device_of(pattern)) + 1 :].rpartition(".")[0]
    if inner == "core.*":
        return f"{what} of any thread"
    if inner.startswith("core."):
        return f"{what} of thread {inner.removeprefix('core.')}"
    return f"{what} of {inner}" if inner else what


def phrase(rule: Rule) -> Phrase:
    """Return a rule in its parts."""
    condition = _condition(rule)
    if rule.when is When.SILENT:
        return Phrase("the recorder", "", condition)
    if rule.when is When.LOST:
        kind, _, rest = rule.sensor.partition(".")
        who = ANY.get(kind, rule.sensor) if rest == "*" else who_words(rule.sensor)
        return Phrase(who, "", condition)
    return Phrase(who_words(rule.sensor), _what_words(rule.sensor), condition)


def sensor_words(pattern: str) -> str:
    """Return a sensor or a pattern in words: ``GPU 0: temperature``."""
    who = who_words(pattern)
    text = f"{who}: {_what_words(pattern)}" if "." in pattern else who
    return text[:1].upper() + text[1:]


def _condition(rule: Rule) -> str:
    level = level_words(rule.level, sensor_for(rule.sensor).unit)
    within = span_words(rule.within_s)
    return {
        When.ABOVE: f"is at or above {level}",
        When.BELOW: f"is at or below {level}",
        When.EQUALS: f"is exactly {level}",
        When.BITS: f"show {bits_words(int(rule.level.number))}",
        When.LOST: "goes missing",
        When.CHANGES: "changes",
        When.GROWS: "grows",
        When.WILL_EXCEED: f"is on the way to {level} within {within}",
        When.WILL_FALL: f"is on the way down to {level} within {within}",
        When.SILENT: f"has written nothing for {span_words(rule.hold_s)}",
    }[rule.when]


def bits_words(bits: int) -> str:
    """Return the reasons of a mask, joined by "or"; bits without a name as their number."""
    named = [words for bit, words in THROTTLE_WORDS if bits & bit]
    rest = bits
    for bit, _ in THROTTLE_WORDS:
        rest &= ~bit
    if rest:
        named.append(f"0x{rest:x}")
    return " or ".join([", ".join(named[:-1]), named[-1]]) if len(named) > 1 else "".join(named)


def _tail(rule: Rule) -> str:
    parts = []
    if rule.also is not None:
        also = sensor_of(rule.also.quantity)
        side = "at or above" if rule.also.when is When.ABOVE else "at or below"
        name = quantity_words(also.quantity, also.unit)
        parts.append(f" while its {name} is {side} {level_words(rule.also.level, also.unit)}")
    if rule.hold_s and rule.when not in (When.SILENT, When.CHANGES, When.GROWS):
        parts.append(f" for {span_words(rule.hold_s)}")
    return "".join(parts)


def watched_words(rule: Rule) -> str:
    """Return what a rule watches: ``Any GPU: temperature is at or above 84 °C for 30 s``."""
    said = phrase(rule)
    middle = f": {said.what}" if said.what else ""
    text = f"{said.who}{middle} {said.condition}{_tail(rule)}"
    return text[:1].upper() + text[1:]


def promise_words(rule: Rule) -> str:
    """Return what a rule will do: ``Tells you when GPU 0 temperature is at or above 84 °C.``"""
    said = phrase(rule)
    words = " ".join(part for part in (said.who, said.what, said.condition) if part)
    return f"Tells you when {words}{_tail(rule)}."


def title_words(rule: Rule) -> str:
    """Return a title for a rule that has none yet."""
    said = phrase(rule)
    end = {
        When.ABOVE: "high", When.BELOW: "low", When.EQUALS: "reached", When.BITS: "",
        When.LOST: "missing", When.CHANGES: "changed", When.GROWS: "growing",
        When.WILL_EXCEED: "will be high", When.WILL_FALL: "will be low", When.SILENT: "stopped",
    }[rule.when]  # fmt: skip
    who = said.who.removeprefix("any ").removeprefix("the ")
    text = " ".join(part for part in (who, said.what, end) if part)
    return text[:1].upper() + text[1:]


# --- times ---------------------------------------------------------------------------------------


def moment_words(at_s: float, now_s: float | None = None) -> str:
    """Return a local time: ``14:02`` today when ``now_s`` is given, else with its date."""
    local = time.localtime(at_s)
    if now_s is not None and local[:3] == time.localtime(now_s)[:3]:
        return time.strftime("%H:%M", local)
    return time.strftime("%Y-%m-%d %H:%M" if now_s is not None else "%Y-%m-%d %H:%M:%S", local)


def quiet_words(rule: Rule, now_s: float) -> str:
    """Return until when a rule is muted and its quiet hours; "" when it speaks at any time."""
    parts = []
    if rule.mute_until_s - now_s > _LONG_S:
        parts.append("muted for good")
    elif rule.mute_until_s > now_s:
        parts.append(f"muted until {moment_words(rule.mute_until_s, now_s)}")
    if rule.quiet_from is not None and rule.quiet_to is not None:
        parts.append(f"quiet {clock_words(rule.quiet_from)} to {clock_words(rule.quiet_to)}")
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def next_midnight(now_s: float) -> float:
    """Return when tomorrow begins here, as Unix time."""
    local = time.localtime(now_s)
    return time.mktime((local.tm_year, local.tm_mon, local.tm_mday + 1, 0, 0, 0, 0, 0, -1))
