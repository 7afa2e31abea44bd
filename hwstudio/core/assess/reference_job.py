"""The jobs a computer's readiness is judged by: what each asks, and how long one waits for it.

They stand in ``resources/assess/jobs.toml``; ``project.reference_jobs`` reads them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hwstudio.core.model.workload import Workload


@dataclass(frozen=True, slots=True)
class Range3:
    """A figure nobody knows exactly: its low end, what is counted, its high end."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a time is worth: 1 up to ``gladly_s``, 0 from ``at_most_s``, by its logarithm between.

    Times are those of the whole job, or of one unit where ``is_per_unit``.
    """

    gladly_s: float
    at_most_s: float
    words: str
    source: str = ""
    is_per_unit: bool = False

    def worth(self, seconds: float) -> float:
        """Return 0 to 1; never more for a longer time."""
        if seconds <= self.gladly_s:
            return 1.0
        if seconds >= self.at_most_s:
            return 0.0
        return math.log(self.at_most_s / seconds) / math.log(self.at_most_s / self.gladly_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataWork:
    """Work of the processor, the memory and the drive alone; 0 = not asked."""

    core_s: float = 0.0  # seconds on one core
    core_doubt: float = 1.0  # times or divided by: how sure that is
    flop: float = 0.0
    read_bytes: float = 0.0
    pictures: float = 0.0
    ram_bytes: float = 0.0
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceJob:
    """One job: of a GPU (``workload``) or of the rest of the computer (``data``)."""

    id: str
    title: str
    yardstick: Yardstick
    disk_bytes: float
    workload: Workload | None = None
    data: DataWork | None = None
    on_processor: bool = False  # the processor alone does it too, slowly
    is_fed_pictures: bool = False  # from the drive, decoded by the processor
    said: str = ""  # "chat with 8B models": how the lead sentence names it, "" = it does not

    def seconds(self, unit_s: float) -> float:
        """Return what the yardstick judges, from the seconds of one unit of the workload."""
        if self.yardstick.is_per_unit or self.workload is None:
            return unit_s
        return unit_s * self.workload.job_units


@dataclass(frozen=True, slots=True)
class JobGroup:
    """Jobs of one kind. ``short``: its name for a narrow column."""

    id: str
    title: str
    short: str
    jobs: tuple[ReferenceJob, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every job rests on beside its own numbers."""

    system_bytes: float  # of memory the operating system keeps
    decode_per_core: Range3  # pictures a second
    picture_bytes: float
    drives: dict[str, Range3]  # kind -> bytes a second
    bandwidth_share: Range3  # of a processor's memory bandwidth, writing text
    compute_share: Range3  # of a processor's arithmetic rate
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceJobs:
    """The groups, what they rest on, and the yardsticks by name (for goals outside the list)."""

    groups: tuple[JobGroup, ...]
    ground: Ground
    yardsticks: dict[str, Yardstick]
