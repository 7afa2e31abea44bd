"""What adding up one bucket over all ranks costs, by its size.

Between two measured sizes the cost is a straight line: a fixed part and a part per byte (the
alpha-beta model, fitted anew for each range of sizes, because buffers, windows and the link's own
credit for bursts make small sums cheaper or dearer than the line of large ones). Below the
smallest size the cost is that size's; beyond the largest its last line goes on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

BITS = 8


@dataclass(frozen=True, slots=True)
class Point:
    """The sum of ``size_bytes`` over all ranks.

    ``rested_s``: after a rest. ``queued_s``: when another sum goes before it. ``stretch``: how
    much longer it takes beside computing; ``slowed_share``: what computing loses meanwhile.
    """

    size_bytes: float
    rested_s: float
    queued_s: float
    stretch: float = 1.0
    slowed_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Link:
    """A link between ``nproc`` ranks; at least one point, by rising size."""

    nproc: int
    points: tuple[Point, ...]

    def at(self, size_bytes: float) -> Point:
        """Return the cost of one size, by straight lines between the measured ones."""
        points = self.points
        if len(points) == 1 or size_bytes <= points[0].size_bytes:
            return points[0]
        upper = next(
            (n for n, each in enumerate(points) if each.size_bytes >= size_bytes), len(points) - 1
        )
        low, high = points[upper - 1], points[upper]
        part = (size_bytes - low.size_bytes) / (high.size_bytes - low.size_bytes)
        inside = min(part, 1.0)

        def line(first: float, last: float, share: float) -> float:
            return first + (last - first) * share

        return Point(
            size_bytes,
            max(0.0, line(low.rested_s, high.rested_s, part)),
            max(0.0, line(low.queued_s, high.queued_s, part)),
            line(low.stretch, high.stretch, inside),
            line(low.slowed_share, high.slowed_share, inside),
        )

    @property
    def bus_bytes_per_s(self) -> float:
        """Return the bus bandwidth at the largest size: bytes x 2(n-1)/n over the time."""
        last = self.points[-1]
        return last.size_bytes * ring_factor(self.nproc) / last.rested_s

    @property
    def latency_s(self) -> float:
        """Return the time of the smallest sum."""
        return self.points[0].rested_s


def ring_factor(nproc: int) -> float:
    """Return how many times its size a buffer crosses each rank's link in a ring: 2(n-1)/n."""
    return 2 * (nproc - 1) / nproc


def ring(nproc: int, bytes_per_s: float, latency_s: float) -> Link:
    """Return a link from its data sheet: a ring makes 2(n-1) hops, and computing loses nothing.

    ``bytes_per_s`` is what one rank sends, ``latency_s`` is one way. NCCL and Gloo use a ring for
    large buffers; NCCL's trees for small ones over many machines are not modelled.
    """
    fixed_s = 2 * (nproc - 1) * latency_s
    sizes = (1.0, 2.0**30)
    costs = [fixed_s + ring_factor(nproc) * size / bytes_per_s for size in sizes]
    points = zip(sizes, costs, strict=True)
    return Link(nproc, tuple(Point(size, cost, cost) for size, cost in points))


def measured_link(nproc: int, probe: Sequence[dict[str, object]]) -> Link:
    """Return the link behind the worker's probe (means of its repeats).

    Means: what a run takes is the sum of its steps, the rare slow sums (a lost packet) included.

    Raises:
        KeyError, TypeError, ValueError: the probe is damaged.
    """
    return Link(nproc, tuple(_point(each) for each in probe))


def _point(found: dict[str, object]) -> Point:
    rested = _mean(found["single_s"])
    row = _mean(found["row_s"])
    queue = int(str(found["queue"]))
    queued = max(0.0, (row - rested) / (queue - 1))
    beside = _mean(found["beside_s"])
    return Point(
        float(str(found["bytes"])),
        rested,
        queued,
        max(1.0, beside / rested),
        min(1.0, max(0.0, _mean(found["slowed_share"]))),
    )


def _mean(values: object) -> float:
    if not isinstance(values, list):
        raise TypeError("not a list")
    return math.fsum(float(value) for value in values) / len(values)
