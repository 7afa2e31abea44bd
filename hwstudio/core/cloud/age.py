"""How old a price is, judged against a day the caller names; vague dates count as their first."""

from __future__ import annotations

import re
from datetime import date

STALE_DAYS = 90
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def first_day(as_of: str) -> date | None:
    """Return the earliest day ``2026``, ``2026-07`` or ``2026-07-30`` can mean; None = no date."""
    found = _DATE.match(as_of)
    if found is None:
        return None
    year, month, day = (int(part) if part else 1 for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def age_days(as_of: str, today: date) -> int | None:
    """Return the age in days, never below 0 (a clock set wrong); None without a date."""
    day = first_day(as_of)
    return None if day is None else max(0, (today - day).days)


def is_stale(as_of: str, today: date) -> bool:
    """Say whether a price is older than 90 days or has no date."""
    age = age_days(as_of, today)
    return age is None or age > STALE_DAYS


def age_words(as_of: str, today: date) -> str:
    """Return the age for people: ``12 days``, ``4 months``, ``1.7 years``."""
    age = age_days(as_of, today)
    if age is None:
        return "no date"
    if age < 60:
        return f"{age} day" if age == 1 else f"{age} days"
    if age < 365:
        return f"{age / 30.4375:.0f} months"
    return f"{age / 365.25:.1f} years"
