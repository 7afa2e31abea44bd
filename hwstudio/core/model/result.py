"""What a benchmark run found, and under which conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a run ended."""

    FINISHED = "finished"
    FAILED = "failed"  # it said why
    CRASHED = "crashed"  # it died
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"
    COULD_NOT_START = "could not start"


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured quantity: median with a 95 % interval over ``n`` samples."""

    name: str
    unit: str
    median: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One stored run. One that did not finish has the metrics of the points it finished."""

    id: str  # unique, stable across machines
    bench: str
    method_version: int
    taken_at: str  # ISO UTC
    machine: str  # host name and main device, for people
    device: str
    params: dict[str, Any]
    outcome: Outcome
    words: str  # the outcome in a sentence
    verdict: str  # see core.bench.verdict; "" where nothing was judged
    verdict_reason: str
    metrics: tuple[Metric, ...] = ()
    samples: dict[str, list[float]] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceResult:
    """A published measurement of somebody else's machine."""

    row_id: str
    device: str
    gpu_id: str | None
    device_count: int
    test: str
    framework: str
    dtype: str
    size_or_batch: str
    metric: str
    value: float
    unit: str
    measured: str
    verdict: str
    note: str
    source: str
