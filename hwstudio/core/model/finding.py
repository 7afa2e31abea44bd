"""What a compatibility rule says about a build."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Worst first. UNKNOWN is a missing fact and is never shown as fine."""

    ERROR = "error"
    WARNING = "warning"
    UNKNOWN = "unknown"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's verdict, in a sentence a newcomer understands."""

    rule: str  # "R18"
    severity: Severity
    parts: tuple[str, ...]  # part kinds concerned, e.g. ("gpu_card", "case")
    text: str  # "The card is 336 mm long, the case takes 320 mm: 16 mm too long."
    advice: str = ""
    source: str = ""
