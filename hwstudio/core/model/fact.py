"""A fact: one value with its unit, and who says so, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """What a second source says of the same cell. ``agrees``: equal, or within 2 %."""

    value: Any
    source: str
    as_of: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """One catalogue cell. ``confidence``: seen | recalled | derived | estimated | assumed."""

    name: str
    value: Any
    unit: str
    source: str
    as_of: str
    confidence: str = "seen"
    note: str = ""
    licence: str = ""
    second: tuple[Said, ...] = ()
