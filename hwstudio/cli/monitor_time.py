"""Times and spans as people type them: 2026-11-20, 10:30, 24h (ago), now, 90s, 5m."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from datetime import datetime, timedelta

_UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
MOMENT_HELP = "2026-11-20, 2026-11-20T10:30, 10:30 (today), 24h (ago), or now; local time"


def span_s(text: str) -> float:
    """Read a span such as 90, 90s, 5m, 2h, 1d, 1w as seconds (an argparse type)."""
    plain = text.strip().lower()
    number = plain.rstrip("smhdwin")
    unit = plain[len(number) :] or "s"
    try:
        value = float(number) * _UNITS[unit]
    except (ValueError, KeyError):
        value = math.nan
    if not 0 <= value < 1e10:
        raise argparse.ArgumentTypeError(f"'{text}' is no span of time; write 30s, 5m, 2h or 1d")
    return value


def moment(now: Callable[[], datetime] = datetime.now) -> Callable[[str], float]:
    """Return an argparse type that reads a moment as Unix seconds; ``now`` is local time."""

    def read(text: str) -> float:
        found = _moment(text.strip(), now())
        if found is None:
            raise argparse.ArgumentTypeError(f"'{text}' is no time; write {MOMENT_HELP}")
        try:
            return found.timestamp()
        except (OverflowError, OSError, ValueError):
            raise argparse.ArgumentTypeError(f"'{text}' is too far away") from None

    return read


def _moment(text: str, now: datetime) -> datetime | None:
    if text.lower() == "now":
        return now
    if text[-1:].lower() in _UNITS:  # with or without the hyphen, which a shell must quote
        try:
            return now - timedelta(seconds=span_s(text.removeprefix("-")))
        except (argparse.ArgumentTypeError, OverflowError):
            return None
    if text.isascii() and text.count(":") == 1 and len(text) <= 5:
        try:
            at = datetime.strptime(text, "%H:%M")  # noqa: DTZ007 - a time of the local day
        except ValueError:
            return None
        return now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
