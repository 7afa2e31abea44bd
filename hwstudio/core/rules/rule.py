"""What a rule is: when it applies, which facts it needs, and the function that judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwstudio.core.model.finding import Severity

if TYPE_CHECKING:
    from hwstudio.core.rules.subject import Subject


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule has to say; the engine adds the rule's id, parts and source."""

    severity: Severity
    text: str
    advice: str = ""


def error(text: str, advice: str = "") -> Said:
    """It will not work, or not fit."""
    return Said(Severity.ERROR, text, advice)


def warning(text: str, advice: str = "") -> Said:
    """It works worse than expected, or only with care."""
    return Said(Severity.WARNING, text, advice)


def unknown(text: str, advice: str = "") -> Said:
    """A fact is missing, so nothing can be promised."""
    return Said(Severity.UNKNOWN, text, advice)


def info(text: str, advice: str = "") -> Said:
    """Good to know; nothing is wrong."""
    return Said(Severity.INFO, text, advice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One compatibility rule.

    It applies when all ``parts`` are chosen. ``fields`` ("case.max_gpu_length_mm") must all be
    known before ``judge`` is asked, else the engine reports the missing ones; what ``judge``
    reads beyond them it must take as possibly None. ``is_essential``: without an answer to this
    rule nobody can say the build works.
    """

    id: str
    asks: str  # completes "Not checked: ..."
    parts: tuple[str, ...]
    fields: tuple[str, ...]
    judge: Callable[[Subject], Iterable[Said]]
    source: str
    worst: Severity = Severity.ERROR
    is_essential: bool = False
    skips_open_frame: bool = False  # nothing to bump into
