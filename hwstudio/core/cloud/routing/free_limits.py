"""Reads the limits of free services out of the catalogue's words; what it cannot read is None."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RANGE = r"(\d+(?:\.\d+)?)(?:\s*-\s*(\d+(?:\.\d+)?))?"
_WEEK = re.compile(_RANGE + r"\s*GPU h/week")
_DAY = re.compile(_RANGE + r"\s*h GPU per day")
_SESSION = re.compile(_RANGE + r"\s*h\b")
_KEEPS = re.compile(r"(\d+)\s*GB")
_CARD = re.compile(r"(?:(\d+)x )?\b([TPVALK]\d{1,4}|H100|RTX \d{4})\b(?: (\d+) GB)?")
HOURS_PER_WEEK, HOURS_PER_DAY = 168.0, 24.0


@dataclass(frozen=True, slots=True)
class Quota:
    """Hours of GPU in each period, and of one session, as the careful and the hopeful read it."""

    period_hours: float
    quota_hours: tuple[float, float]
    session_hours: tuple[float, float]

    def wall_hours(self, work_hours: float, restart_hours: float, *, is_careful: bool) -> float:
        """Return hours until the work is done when the quota is used as soon as it is there."""
        pick = 0 if is_careful else 1
        quota, session = self.quota_hours[pick], self.session_hours[pick]
        before = max(0, -int(-work_hours // quota) - 1)  # whole periods that are used up
        restarts = max(before, -int(-work_hours // session) - 1)
        return before * self.period_hours + work_hours - before * quota + restarts * restart_hours


@dataclass(frozen=True, slots=True)
class FreeCard:
    """A card a free service may lend."""

    count: int
    name: str
    memory_gb: str = ""


def quota_of(quota: str, session: str) -> Quota | None:
    """Return the limits in numbers, or None where the words have none."""
    for pattern, period in ((_WEEK, HOURS_PER_WEEK), (_DAY, HOURS_PER_DAY)):
        found = pattern.search(quota)
        if found:
            hours = _span(found)
            one = _SESSION.search(session)
            return Quota(period, hours, _span(one) if one else hours)
    return None


def _span(found: re.Match[str]) -> tuple[float, float]:
    low = float(found[1])
    return low, float(found[2]) if found[2] else low


def cards_of(accelerator: str) -> tuple[FreeCard, ...]:
    """Return the cards named before any remark in brackets: ``P100 16 GB or 2x T4 16 GB``."""
    words = accelerator.partition("(")[0]
    return tuple(
        FreeCard(int(found[1] or 1), found[2], found[3] or "") for found in _CARD.finditer(words)
    )


def keeps_gb(storage: str) -> float | None:
    """Return the GB of results a service keeps; None where it does not say."""
    found = _KEEPS.search(storage)
    return float(found[1]) if found else None
