"""The only place that asks what time it is, so tests can say it."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime


def utc_now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's date in UTC."""
    return utc_now().date()


def iso_now() -> str:
    """Return the current time as ``2026-11-20T12:34:56Z``."""
    return utc_now().strftime("%Y-%m-%dT%H:%M:%SZ")


def monotonic_s() -> float:
    """Return a clock in seconds that never runs backwards."""
    return time.monotonic()
