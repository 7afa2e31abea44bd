"""What an export holds: who was measured, from when to when, which sensors, and the gaps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

SCHEMA = 1
KIND = "hwstudio.readings"
_BREAK_STEPS = 2.5

Row = tuple[float, Sequence[float | None]]  # Unix time and one value per sensor; None = no number


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of Unix time without readings, and why."""

    from_s: float
    to_s: float
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands above the numbers. ``step_s``: how far apart rows are when nothing is missing."""

    host: str
    source: str  # "hwstudio 1.2.0, recorded history"
    from_s: float
    to_s: float
    sensors: tuple[str, ...]
    step_s: float = 1.0
    gaps: tuple[Span, ...] = ()
    titles: tuple[tuple[str, str], ...] = field(default=())  # device id, title


def iso(at_s: float) -> str:
    """Return a Unix time as ``2026-11-20T10:00:00Z``, with milliseconds where there are any."""
    at = datetime.fromtimestamp(round(at_s, 3), UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}{f'.{at.microsecond // 1000:03d}' if at.microsecond else ''}Z"


def number_text(value: float | None) -> str:
    """Return the shortest text that reads back as the same number; nothing for no number."""
    if value is None or not math.isfinite(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(float(value))


def with_gaps(rows: Iterable[Row], width: int, step_s: float) -> Iterator[Row]:
    """Put one empty row into every stretch without rows, so that no chart draws a line across it.

    A stretch is a gap from 2.5 steps on.
    """
    empty: tuple[None, ...] = (None,) * width
    last_s: float | None = None
    for at_s, values in rows:
        if last_s is not None and at_s - last_s > _BREAK_STEPS * step_s:
            yield last_s + step_s, empty
        last_s = at_s
        yield at_s, values
