"""When a rule keeps quiet: muted until a time, or within its quiet hours of the local day."""

from __future__ import annotations

import time
from collections.abc import Callable

from hwstudio.core.base.errors import UserError
from hwstudio.core.monitor.alerts.rule import DAY_MINUTES, Rule

LocalMinute = Callable[[float], int]


def local_minute(at_s: float) -> int:
    """Return the minutes after local midnight of a Unix time (the computer's time zone)."""
    local = time.localtime(at_s)
    return local.tm_hour * 60 + local.tm_min


def silence(rule: Rule, at_s: float, minute_of: LocalMinute = local_minute) -> str:
    """Return why the rule says nothing now, or "" when it may speak."""
    if at_s < rule.mute_until_s:
        return "muted"
    if rule.quiet_from is None or rule.quiet_to is None:
        return ""
    minute = minute_of(at_s)
    if is_within(minute, rule.quiet_from, rule.quiet_to):
        return f"quiet hours {clock_words(rule.quiet_from)} to {clock_words(rule.quiet_to)}"
    return ""


def is_within(minute: int, start: int, end: int) -> bool:
    """Say whether a minute of the day lies in [start, end), which may cross midnight.

    Equal ends are the whole day.
    """
    if start < end:
        return start <= minute < end
    return minute >= start or minute < end


def clock_words(minute: int) -> str:
    """Return "22:30" of 1350."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def minute_of_words(text: str) -> int:
    """Return 1350 of "22:30".

    Raises:
        UserError: it is no time of day.
    """
    hours, colon, minutes = text.strip().partition(":")
    if (
        hours.isascii()
        and hours.isdigit()
        and minutes.isascii()
        and (minutes.isdigit() or not colon)
    ):
        total = int(hours) * 60 + int(minutes or 0)
        if int(minutes or 0) < 60 and total < DAY_MINUTES:
            return total
    raise UserError(f"'{text}' is no time of day", "", "Write it as 22:30")
