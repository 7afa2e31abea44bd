"""A predicted number with its interval and the evidence it stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Evidence(StrEnum):
    """How good the ground is, best first."""

    MEASURED_HERE = "measured here"
    MEASURED_ELSEWHERE = "measured elsewhere"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Median and 90 % interval in ``unit``; ``refused`` says why there is none instead."""

    median: float | None
    low: float | None
    high: float | None
    unit: str
    evidence: Evidence
    formula: str  # in words, with the inputs' names
    inputs: dict[str, str] = field(default_factory=dict)  # input name -> value with unit and source
    bottleneck: str = ""  # compute | memory bandwidth | communication | memory capacity
    refused: str = ""
