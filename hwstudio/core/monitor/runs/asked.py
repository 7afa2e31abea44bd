"""Which question a run's prediction answered, and what the run then taught, as plain JSON.

The question is kept as the plain values that whoever predicts made of it; this floor gives them no
meaning.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from hwstudio.core.base.units import significant


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A job of the library on a GPU of the catalogue, and the speed that was expected of it.

    Speeds are units of the job per second of all GPUs together.
    """

    workload_id: str
    gpu_id: str
    conditions: str  # "batch 128 per GPU, amp_fp16"
    job_title: str  # "90 epochs of ImageNet-1k (115 M images)"
    unit: str  # images | sequences | tokens
    units: float  # of the whole job
    units_per_step: float  # of all GPUs together
    question_units: float  # of the question's own unit in one unit of the job
    expected_per_s: float
    low_per_s: float
    high_per_s: float
    question: Mapping[str, Any] = field(default_factory=dict)

    @property
    def range_words(self) -> str:
        """Return "700 to 1,000 images/s"."""
        low, high = significant(self.low_per_s, 2), significant(self.high_per_s, 2)
        return f"{low} to {high} {self.unit}/s"


@dataclass(frozen=True, slots=True)
class Taught:
    """What a run taught. ``measured_at`` (ISO) tells its measurement from others."""

    units_per_s: float
    how: str
    measured_at: str


def taught_words(asked: Asked, taught: Taught) -> str:
    """Return "This run taught the estimates: 0.9 x of what was expected"."""
    ratio = significant(taught.units_per_s / asked.expected_per_s, 2)
    speed = significant(taught.units_per_s, 3)
    return (
        f"This run taught the estimates: {ratio} x of what was expected "
        f"({speed} {asked.unit}/s, {taught.how})"
    )


_NUMBERS = (
    *("units", "units_per_step", "question_units"),
    *("expected_per_s", "low_per_s", "high_per_s"),
)
_WORDS = ("workload_id", "gpu_id", "conditions", "job_title", "unit")


def asked_document(asked: Asked) -> dict[str, Any]:
    """Return plain JSON."""
    return {**asdict(asked), "question": dict(asked.question)}


def asked_of_document(raw: Any) -> Asked | None:
    """Return what was asked; None in a run of an older version, or where it cannot be read."""
    try:
        values: dict[str, Any] = {name: str(raw[name]) for name in _WORDS}
        values |= {name: _positive(raw[name]) for name in _NUMBERS}
        return Asked(**values, question=dict(raw["question"]))
    except (KeyError, TypeError, ValueError):
        return None


def taught_document(taught: Taught) -> dict[str, Any]:
    """Return plain JSON."""
    return asdict(taught)


def taught_of_document(raw: Any) -> Taught | None:
    """Return what was taught; None where nothing was."""
    try:
        return Taught(_positive(raw["units_per_s"]), str(raw["how"]), str(raw["measured_at"]))
    except (KeyError, TypeError, ValueError):
        return None


def _positive(raw: Any) -> float:
    value = float(raw)
    if not (math.isfinite(value) and value > 0):
        raise ValueError("not a positive number")
    return value
