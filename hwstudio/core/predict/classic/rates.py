"""How fast a processor does the work of each classic method, and how sure that is.

Nobody publishes such rates with a licence to show them. So there are two grounds: what the
benchmark "Classic ML" measured on the user's own computer, or a reckoning from the one processor
hwstudio's own benchmark was run on, scaled by clock, with a range that says how little that is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from hwstudio.core.model.classic_job import ClassicJob, Method
from hwstudio.core.model.part import Cpu
from hwstudio.core.model.prediction import Evidence
from hwstudio.core.predict.classic.work import FEW_COLUMNS

# Operations a second on one core, by ``work.operations``: medians of the benchmark's own tables.
REFERENCE = {
    Method.LINEAR: 31.9e9,
    Method.LOGISTIC: 5.4e9,
    Method.KMEANS: 37.5e9,
    Method.FOREST: 0.178e9,
    Method.BOOSTING: 0.877e9,
    Method.SVM: 7.8e9,
    Method.NEIGHBOURS: 29.0e9,
    Method.PCA: 121e9,
}
REFERENCE_SOURCE = (
    "measured by hwstudio on one AMD EPYC core of a virtual machine, scikit-learn 1.9.1, 2026-11-29"
)
REFERENCE_GHZ = 4.0  # that core's clock is hidden; current server cores boost to 3.5 to 4.5 GHz
# How much slower and faster other tables go than the benchmark's, on one computer: a range of 90 %,
# a little wider than tables made here were, as real data were not tried.
SPREAD = {
    Method.LINEAR: (1.4, 1.4),
    Method.LOGISTIC: (2.0, 2.0),
    Method.KMEANS: (1.6, 1.6),
    Method.FOREST: (1.6, 1.6),
    Method.BOOSTING: (1.5, 1.5),
    Method.SVM: (4.0, 2.0),  # its work grows faster than rows² where the data are hard to part
    Method.NEIGHBOURS: (1.8, 1.8),
    Method.PCA: (1.5, 1.5),
}
IN_A_TREE = (1.8, 6.0)  # of neighbours in few columns: real rows lie closer together than ours
ANOTHER_PROCESSOR = 2.5  # x/÷: cores of one clock differ in vector units, caches and memory
UNKNOWN_PROCESSOR = 3.0
USUAL_GAIN, LEAST_GAIN = 0.75, 0.0  # of cores: n cores are n^gain times as fast
ON_ONE_CORE = (Method.SVM,)  # libsvm has no threads


@dataclass(frozen=True, slots=True)
class Seen:
    """One method as it was measured: operations a second on one core, and what more cores gave."""

    one_core: float
    threads: int = 1
    gain: float | None = None  # exponent; None = only one core was tried


@dataclass(frozen=True, slots=True)
class Ground:
    """What an answer stands on. ``cores``: of the processor; ``factor``: how unsure it is, x/÷."""

    name: str
    cores: int
    memory_bytes: int | None
    seen: Mapping[Method, Seen] = field(default_factory=dict)
    source: str = REFERENCE_SOURCE
    clock_ratio: float = 1.0
    factor: float = UNKNOWN_PROCESSOR

    def evidence(self, method: Method) -> Evidence:
        """Return how good the ground is for a method."""
        return Evidence.MEASURED_HERE if method in self.seen else Evidence.ESTIMATED


@dataclass(frozen=True, slots=True)
class Rate:
    """Operations a second: median and 90 % range."""

    low: float
    median: float
    high: float


def reckoned(cpu: Cpu) -> Ground:
    """Return the ground of a processor of the catalogue: by cores and clock."""
    known = bool(cpu.base_ghz or cpu.boost_ghz)
    clock = (max(cpu.boost_ghz, cpu.base_ghz) + (cpu.base_ghz or cpu.boost_ghz)) / 2
    return Ground(
        name=cpu.name,
        cores=max(1, cpu.cores),
        memory_bytes=None,
        clock_ratio=clock / REFERENCE_GHZ if known else 1.0,
        factor=ANOTHER_PROCESSOR if known else UNKNOWN_PROCESSOR,
    )


def seen_of(rates: Mapping[int, float]) -> Seen | None:
    """Return what operations a second by number of threads say; None without one core's."""
    one = rates.get(1)
    if not one or one <= 0:
        return None
    most = max(rates)
    if most == 1:
        return Seen(one)
    gain = math.log(max(1e-9, rates[most] / one)) / math.log(most)
    return Seen(one, most, min(1.0, max(-0.5, gain)))


def rate(ground: Ground, job: ClassicJob, threads: int) -> Rate:
    """Return how fast a training on ``threads`` cores is."""
    method, seen = job.method, ground.seen.get(job.method)
    is_tree = method is Method.NEIGHBOURS and job.columns <= FEW_COLUMNS
    slower, faster = IN_A_TREE if is_tree else SPREAD[method]
    one = seen.one_core if seen else REFERENCE[method] * ground.clock_ratio
    factor = 1.0 if seen else ground.factor
    low, usual, high = (one * threads**gain for gain in _gains(seen, method, threads))
    return Rate(low / slower / factor, usual, high * faster * factor)


def _gains(seen: Seen | None, method: Method, threads: int) -> tuple[float, float, float]:
    """Return the exponents of more cores: as measured, else from nothing to all of it."""
    if method in ON_ONE_CORE or threads <= 1:
        return 0.0, 0.0, 0.0
    if seen is not None and seen.gain is not None:
        is_tried = threads == seen.threads
        return seen.gain, seen.gain, seen.gain if is_tried else max(seen.gain, 1.0)
    return LEAST_GAIN, USUAL_GAIN, 1.0
