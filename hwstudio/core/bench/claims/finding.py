"""What is said about a published number."""

from __future__ import annotations

from dataclasses import dataclass

OK = "ok"
IMPOSSIBLE = "impossible"
SUSPECT_HIGH = "suspect_high"
SUSPECT_LOW = "suspect_low"
NO_HARDWARE = "no_hardware"
ABOVE_WIRE = "above_wire_but_real"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with its reason in a sentence, and the two numbers it compares.

    ``limit`` is what the value is held against (same unit as the claim's SI value), None where the
    verdict rests on no single number.
    """

    verdict: str
    reason: str
    limit: float | None = None
