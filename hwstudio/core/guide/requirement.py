"""A finished build against the least and the better component of a kind of work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hwstudio.core.guide.presets import Minimum
from hwstudio.core.guide.storage_plan import HDD, NVME, kind_of
from hwstudio.core.model.build import Build

COUNTED, BYTES, WATTS = "counted", "bytes", "watts"
TITLE = {
    "cores": "Processor cores",
    "threads": "Processor threads",
    "vram_bytes": "Memory of one graphics card",
    "ram_bytes": "System memory",
    "primary_bytes": "NVMe drives",
    "secondary_bytes": "Further drives",
    "psu_w": "Power supply",
}
UNIT = {
    "cores": COUNTED,
    "threads": COUNTED,
    "vram_bytes": BYTES,
    "ram_bytes": BYTES,
    "primary_bytes": BYTES,
    "secondary_bytes": BYTES,
    "psu_w": WATTS,
}


class Verdict(StrEnum):
    """How a build stands against a minimum."""

    BETTER = "better"
    ENOUGH = "enough"
    SHORT = "short"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Compared:
    """One component: what is asked and what the build has, in the key's unit."""

    minimum: Minimum
    has: float | None
    verdict: Verdict


def compared(build: Build, minimums: Iterable[Minimum]) -> tuple[Compared, ...]:
    """Hold a build against minimums; a part that is not chosen is unknown, never short."""
    return tuple(_compared(build, minimum) for minimum in minimums)


def _compared(build: Build, minimum: Minimum) -> Compared:
    has = _has(build, minimum.key)
    if has is None:
        return Compared(minimum, None, Verdict.UNKNOWN)
    if has < minimum.least:
        return Compared(minimum, has, Verdict.SHORT)
    is_better = minimum.better is not None and has >= minimum.better
    return Compared(minimum, has, Verdict.BETTER if is_better else Verdict.ENOUGH)


def _has(build: Build, key: str) -> float | None:
    if key in ("cores", "threads"):
        return None if build.cpu is None else getattr(build.cpu, key)
    if key == "vram_bytes":
        return None if build.card is None else build.card.vram_bytes
    if key == "ram_bytes":
        return None if build.ram is None else build.ram_bytes
    if key == "psu_w":
        return None if build.psu is None else build.psu.rated_w * build.psu_count
    if not build.storage:
        return None
    primary = [d.capacity_bytes for d in build.storage if kind_of(d) == NVME]
    if key == "primary_bytes":
        return sum(primary)
    others = [d.capacity_bytes for d in build.storage if kind_of(d) != NVME]
    return sum(others)


def needs_hard_disk(build: Build) -> bool:
    """Say whether a build has no slow, large drive at all."""
    return all(kind_of(drive) != HDD for drive in build.storage)
