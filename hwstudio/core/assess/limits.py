"""What holds one job back on one device, in a form in which each limit can be taken away.

Points of a job = product of the gates x worth of its time. Taking every limit away leaves 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum

from hwstudio.core.assess.reference_job import ReferenceJob


class Cause(StrEnum):
    """What a point can be lost to."""

    VRAM = "vram"
    COMPUTE = "compute"
    BANDWIDTH = "bandwidth"
    LINK = "link"
    POWER = "power"
    PROCESSOR = "processor"
    RAM = "ram"
    STORAGE = "storage"
    SOFTWARE = "software"


TITLES: dict[Cause, str] = {
    Cause.VRAM: "GPU memory",
    Cause.COMPUTE: "GPU computing speed",
    Cause.BANDWIDTH: "GPU memory speed",
    Cause.LINK: "Link between GPUs",
    Cause.POWER: "Power and cooling",
    Cause.PROCESSOR: "Processor",
    Cause.RAM: "Main memory",
    Cause.STORAGE: "Storage",
    Cause.SOFTWARE: "Software",
}
NOTHING: frozenset[Cause] = frozenset()
Gate = tuple[float, float, float]  # at the low end, counted, at the high end


@dataclass(frozen=True, slots=True)
class Limits:
    """``parts_s`` follow one another, ``feeds_s`` run beside them (seconds of one unit).

    ``gates``: 0 to 1, the chance that the job runs at all as far as this cause goes.
    """

    parts_s: Mapping[Cause, float] = field(default_factory=dict)
    feeds_s: Mapping[Cause, float] = field(default_factory=dict)
    gates: Mapping[Cause, float] = field(default_factory=dict)

    def unit_s(self, removed: Set[Cause] = NOTHING) -> float:
        """Return the seconds of one unit without the removed limits."""
        steps = math.fsum(s for cause, s in self.parts_s.items() if cause not in removed)
        return max(steps, *(s for cause, s in self.feeds_s.items() if cause not in removed), 0.0)

    def points(self, job: ReferenceJob, removed: Set[Cause] = NOTHING) -> float:
        """Return 0 to 1."""
        chance = math.prod(gate for cause, gate in self.gates.items() if cause not in removed)
        return chance * job.yardstick.worth(job.seconds(self.unit_s(removed))) if chance else 0.0

    @property
    def causes(self) -> frozenset[Cause]:
        """Return what could be taken away."""
        timed = {cause for cause, s in (*self.parts_s.items(), *self.feeds_s.items()) if s > 0}
        return frozenset(timed | {cause for cause, gate in self.gates.items() if gate < 1})
