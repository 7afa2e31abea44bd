"""One training step as a timeline: gradients leave bucket by bucket while backward goes on.

Buckets are added up one after another, in the order in which they are ready. While a sum runs,
computing is slower and so is the sum, by what the link's probe saw. When backward is over, the
step waits for the last bucket; then comes the rest (copying back, the optimiser).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from hwstudio.core.bench.scaling.link import Link, Point


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one rank without talking: when each bucket is ready, and the whole."""

    step_s: float
    ready_s: tuple[float, ...]
    bucket_bytes: tuple[float, ...]

    def times(self, factor: float) -> Step:
        """Return the same step, everything ``factor`` times as long."""
        ready = tuple(each * factor for each in self.ready_s)
        return Step(self.step_s * factor, ready, self.bucket_bytes)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What the simulated step took, and what of it was waiting for the link."""

    step_s: float
    waited_s: float  # backward over, buckets still under way


def simulate(step: Step, link: Link) -> Timeline:
    """Run one step against a link."""
    if not step.ready_s:
        return Timeline(step.step_s, 0.0)
    walk = _Walk(step.ready_s[-1])
    ended_s = -math.inf
    for ready_s, size_bytes in zip(step.ready_s, step.bucket_bytes, strict=True):
        ready_at = walk.when(ready_s)
        walk.compute_to(ready_s)
        cost = link.at(size_bytes)
        # Its own course from when it was ready, but never faster than the row it stands in.
        after_rest_s = cost.rested_s - (walk.now_s - ready_at)
        in_row_s = cost.queued_s - (walk.now_s - ended_s)
        walk.send(max(after_rest_s, in_row_s, 0.0), cost)
        ended_s = walk.now_s
    rest_s = step.step_s - step.ready_s[-1]
    return Timeline(walk.now_s + rest_s, walk.now_s - walk.when(step.ready_s[-1]))


class _Walk:
    """The wall's time beside how far computing has come, on its own undisturbed time."""

    def __init__(self, backward_s: float) -> None:
        self._backward_s = backward_s
        self._computed_s = 0.0
        self.now_s = 0.0
        self._turns = [(0.0, 0.0)]  # (computed, wall) where the pace changed

    def when(self, computed_s: float) -> float:
        """Return the wall's time at which computing had come, or will come undisturbed, so far."""
        if computed_s >= self._computed_s:
            earliest = self._turns[-1][1] if computed_s == self._computed_s else self.now_s
            return earliest + computed_s - self._computed_s
        for (low, begin), (high, end) in itertools.pairwise(self._turns):
            if low <= computed_s <= high:
                return begin + (end - begin) * ((computed_s - low) / (high - low))
        return self.now_s

    def compute_to(self, computed_s: float) -> None:
        """Compute with the link at rest."""
        if computed_s > self._computed_s:
            self.now_s += computed_s - self._computed_s
            self._computed_s = computed_s
            self._turns.append((computed_s, self.now_s))

    def send(self, left_s: float, cost: Point) -> None:
        """Add up one bucket: beside computing as long as there is any, then alone."""
        work_s = self._backward_s - self._computed_s
        if work_s > 0:
            pace = 1 - cost.slowed_share
            beside_s = left_s * cost.stretch
            if pace * beside_s > work_s:
                beside_s = work_s / pace
                self._computed_s = self._backward_s
            else:
                self._computed_s += beside_s * pace
            self.now_s += beside_s
            self._turns.append((self._computed_s, self.now_s))
            left_s -= beside_s / cost.stretch
        self.now_s += max(0.0, left_s)
