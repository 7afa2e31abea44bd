"""Gives Python 3.10 the two names of 3.11 that hwstudio's own files use.

Only the process of a run kit does this, before anything else of hwstudio is imported.
"""

from __future__ import annotations

import datetime as dt
import enum


def complete() -> None:
    """Add ``datetime.UTC`` and ``enum.StrEnum`` where they are missing."""
    for room, name, made in (
        (dt, "UTC", dt.timezone.utc),  # noqa: UP017  (that is what is missing)
        (enum, "StrEnum", _text_enum()),
    ):
        if not hasattr(room, name):
            setattr(room, name, made)


def _text_enum() -> type:
    class StrEnum(str, enum.Enum):  # noqa: UP042  (that is what is missing)
        def __str__(self) -> str:
            return str(self.value)

        def __format__(self, how: str) -> str:
            return format(str(self.value), how)

    return StrEnum
