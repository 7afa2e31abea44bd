"""What keeps a graphics card fed: the processor that prepares data and the drive they lie on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

CARD, PROCESSOR, DRIVE, TOLD = "card", "processor", "drive", "told"
ROOM_FOR_SYSTEM = 0.75  # of the memory is left for files that are kept; the job takes the rest


@dataclass(frozen=True, slots=True)
class DataSet:
    """What a job reads over and over. ``total_bytes`` None: not known, or read once only."""

    title: str
    sample_bytes: float
    total_bytes: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Loading:
    """What one core of a measured computer prepares a second, and where that is from."""

    per_core_per_s: float
    words: str


@dataclass(frozen=True, slots=True)
class Feeding:
    """The parts of a build that feed its cards; None = not known, so it limits nothing."""

    cores: int | None = None
    link_bytes_per_s: float | None = None  # the most the drive's link carries
    ram_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What one job asks of them. ``told_per_s``: the user said so many samples arrive."""

    data: DataSet | None = None
    loading: Loading | None = None
    told_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """Samples a second, and what they are held back by."""

    per_s: float
    limit: str  # card | processor | drive | told


def stays_in_memory(data: DataSet, ram_bytes: int | None) -> bool:
    """Say whether a data set is read from the drive once, and from memory ever after."""
    if data.total_bytes is None or ram_bytes is None:
        return False
    return data.total_bytes <= ram_bytes * ROOM_FOR_SYSTEM


def processor_per_s(job: Job, feeding: Feeding) -> float:
    """Return the samples a second the processor prepares; infinite where nobody measured."""
    if job.loading is None or feeding.cores is None:
        return math.inf
    return job.loading.per_core_per_s * feeding.cores


def drive_per_s(job: Job, feeding: Feeding) -> float:
    """Return the most samples a second the drive's link brings; infinite where not known."""
    data = job.data
    if data is None or feeding.link_bytes_per_s is None or not data.sample_bytes:
        return math.inf
    if stays_in_memory(data, feeding.ram_bytes):
        return math.inf
    return feeding.link_bytes_per_s / data.sample_bytes


def reached(card_per_s: float, job: Job, feeding: Feeding) -> Reach:
    """Return what a build really reaches: the slowest of card, processor, drive and what was said.

    A part nobody knows a figure of limits nothing, so the answer is the most that can be.
    """
    ways: Iterable[tuple[float, str]] = (
        (card_per_s, CARD),
        (processor_per_s(job, feeding), PROCESSOR),
        (drive_per_s(job, feeding), DRIVE),
        (math.inf if job.told_per_s is None else job.told_per_s, TOLD),
    )
    return Reach(*min(ways, key=lambda way: way[0]))
