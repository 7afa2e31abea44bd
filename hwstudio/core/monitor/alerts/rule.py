"""One alert rule: a sensor pattern, a condition, how long it must hold and when to be quiet.

Units are the sensor's own (SI); times are seconds; shares are 0..1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.finding import Severity

DAY_MINUTES = 24 * 60
_MOST_ID = 60
_MOST_TEXT = 300
_MOST_S = 400 * 86400.0
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


class When(StrEnum):
    """What must be true of the sensor."""

    ABOVE = "above"  # at the threshold or higher
    BELOW = "below"  # at the threshold or lower
    EQUALS = "equals"
    BITS = "bits"  # any of the threshold's bits is set
    LOST = "lost"  # the sensor or device was there and went away
    CHANGES = "changes"  # a value other than the one before
    GROWS = "grows"  # a counter of errors went up
    WILL_EXCEED = "will-exceed"  # the trend reaches the threshold from below within ``within_s``
    WILL_FALL = "will-fall"  # the trend reaches it from above
    SILENT = "silent"  # no sample at all came


LEVELS = frozenset({When.ABOVE, When.BELOW})
FORECASTS = frozenset({When.WILL_EXCEED, When.WILL_FALL})
WITHOUT_LEVEL = frozenset({When.LOST, When.CHANGES, When.GROWS, When.SILENT})
# These happen; they do not last, so nothing clears them.
MOMENTS = frozenset({When.CHANGES, When.GROWS})


@dataclass(frozen=True, slots=True)
class Level:
    """A threshold: a number, or a share of the device's own limit less a margin.

    With ``of_limit`` the number comes from the driver (``Device.limits``) or, where that says
    nothing, from the sensor beside it that holds the size: ``share * limit - margin``.
    """

    number: float = 0.0
    of_limit: bool = False
    share: float = 1.0
    margin: float = 0.0

    def of(self, limit: float | None) -> float | None:
        """Return the threshold, or None where it needs a limit that nobody states."""
        if not self.of_limit:
            return self.number
        return None if limit is None else limit * self.share - self.margin


@dataclass(frozen=True, slots=True)
class Also:
    """A second thing that must be true of the same device at the same time."""

    quantity: str  # "vram_used_bytes"
    when: When  # above or below
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What to watch and what to say. ``sensor`` is an id, a device or a pattern with * and ?."""

    id: str
    title: str
    sensor: str
    when: When
    level: Level = Level()
    band: float = 0.0  # clears only this far back from the threshold
    hold_s: float = 0.0  # so long it must be true without a break
    within_s: float = 0.0  # how far a forecast looks
    also: Also | None = None
    severity: Severity = Severity.WARNING
    advice: str = ""  # what to do, one sentence
    repeat_s: float = (
        3600.0  # quiet time between two messages about the same thing; 0 = never again
    )
    quiet_from: int | None = None  # minutes after local midnight; from > to crosses midnight
    quiet_to: int | None = None
    mute_until_s: float = 0.0  # Unix time
    is_enabled: bool = True


def checked(rule: Rule) -> Rule:
    """Return the rule when it makes sense.

    Raises:
        UserError: a field is empty, out of range, or does not go with the condition.
    """
    _check_words(rule)
    for name, value in _numbers(rule):
        if not math.isfinite(value):
            raise _wrong(rule, f"its {name} is not a number")
    for name, seconds in (("hold", rule.hold_s), ("repeat", rule.repeat_s)):
        if not 0 <= seconds <= _MOST_S:
            raise _wrong(rule, f"its {name} time must be 0 s to 400 days")
    if rule.band < 0:
        raise _wrong(rule, "its band cannot be negative")
    if rule.when in FORECASTS and not 60 <= rule.within_s <= 90 * 86400:
        raise _wrong(rule, "a forecast looks 1 minute to 90 days ahead")
    if rule.when is When.BITS and (rule.level.of_limit or not _is_mask(rule.level.number)):
        raise _wrong(rule, "the bits are a whole number above 0")
    if rule.when is When.SILENT and rule.hold_s <= 0:
        raise _wrong(rule, "it must say after how many seconds of silence")
    if rule.also is not None and rule.also.when not in LEVELS:
        raise _wrong(rule, "the second condition is above or below")
    _check_quiet(rule)
    return rule


def _check_quiet(rule: Rule) -> None:
    if (rule.quiet_from is None) != (rule.quiet_to is None):
        raise _wrong(rule, "quiet hours need a beginning and an end")
    for minutes in (rule.quiet_from, rule.quiet_to):
        if minutes is not None and not 0 <= minutes < DAY_MINUTES:
            raise _wrong(rule, "quiet hours are times of day")


def _numbers(rule: Rule) -> list[tuple[str, float]]:
    levels = [rule.level] + ([rule.also.level] if rule.also else [])
    return [
        ("band", rule.band),
        ("hold time", rule.hold_s),
        ("repeat time", rule.repeat_s),
        ("mute time", rule.mute_until_s),
        ("look ahead", rule.within_s),
        *(("threshold", number) for lv in levels for number in (lv.number, lv.share, lv.margin)),
    ]


def _check_words(rule: Rule) -> None:
    if not 0 < len(rule.id) <= _MOST_ID or not _LETTERS.issuperset(rule.id):
        raise UserError(
            f"An alert rule cannot be called {rule.id[:_MOST_ID]!r}",
            "its name is 1 to 60 small letters, digits and hyphens",
            "For example: gpu-hot",
        )
    if not rule.title.strip() or not rule.sensor.strip():
        raise _wrong(rule, "it needs a title and a sensor")
    for text in (rule.title, rule.sensor, rule.advice):
        if len(text) > _MOST_TEXT or not text.isprintable():
            raise _wrong(rule, f"its texts are one line of at most {_MOST_TEXT} letters")


def _is_mask(number: float) -> bool:
    return number == int(number) and 0 < number < 2**53


def _wrong(rule: Rule, why: str) -> UserError:
    return UserError(
        f"The alert rule '{rule.id}' cannot be used", why, "See: hwstudio monitor alerts add --help"
    )
