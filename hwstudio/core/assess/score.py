"""The readiness score: reference jobs in groups, weighted by the goal, and where points are lost.

Low and high are what the score would be were every prediction at that end of its interval and
every unknown part as bad, or as good, as it can be.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hwstudio.core.assess.attribution import whole
from hwstudio.core.assess.limits import TITLES, Cause
from hwstudio.core.assess.outcome import JobOutcome, JobPoints
from hwstudio.core.assess.reference_job import JobGroup

FORMULA = (
    "Each of about 24 jobs earns 0 to 1: the chance that it fits, times what its predicted time is "
    "worth (1 when it is as fast as one would like, 0 when nobody would wait, each doubling of the "
    "speed between counts the same). The mean of a group's jobs, times the group's weight, are its "
    "points; the weights follow the goal, or are yours, and add up to 100. A lost point belongs to "
    "what takes it: each limit is taken away in every possible order, and what that brings is "
    "averaged (Shapley). Memory or a drive that could not be looked at does not lower the score, "
    "only the low end of its range; a GPU that is not known counts half-way between the worst and "
    "the best."
)
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class PartScore:
    """One group's points of ``max``, with the reason in a sentence."""

    name: str
    points: int
    max: int
    reason: str
    is_known: bool = True
    exact: float = 0.0  # before rounding
    low: int = 0  # the group's own band in points
    high: int = 0
    id: str = ""


@dataclass(frozen=True, slots=True)
class LostPoints:
    """What one cause takes: whole points, and exactly."""

    cause: Cause
    title: str
    points: int
    exact: float
    reason: str


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100; the points of the parts add up to ``total``, ``lost`` to 100 - total."""

    total: int
    low: int
    high: int
    parts: tuple[PartScore, ...]
    exact: float = 0.0
    lost: tuple[LostPoints, ...] = ()


Judged = Sequence[tuple[JobGroup, Sequence[JobPoints]]]


def score_of(judged: Judged, weights: Mapping[str, int]) -> Score:
    """Return the score without what is lost to what: enough to compare machines by."""
    exact = {
        group.id: _mean([p.counted for p in all_]) * weights[group.id] for group, all_ in judged
    }
    total = round(math.fsum(exact.values()))
    points = whole(exact, total, weights)
    parts = tuple(_part(group, all_, weights[group.id], points) for group, all_ in judged)
    low = math.fsum(_mean([p.low for p in all_]) * weights[g.id] for g, all_ in judged)
    high = math.fsum(_mean([p.high for p in all_]) * weights[g.id] for g, all_ in judged)
    return Score(total, round(low), round(high), parts, math.fsum(exact.values()))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def _part(
    group: JobGroup, judged: Sequence[JobPoints], weight: int, points: Mapping[str, int]
) -> PartScore:
    exact = _mean([p.counted for p in judged]) * weight
    low, high = (_mean([getattr(p, end) for p in judged]) * weight for end in ("low", "high"))
    mine = points[group.id]
    return PartScore(
        name=group.title,
        points=mine,
        max=weight,
        reason=_reason(judged),
        exact=exact,
        low=min(round(low), mine),
        high=max(round(high), mine),
        id=group.id,
    )


def _reason(judged: Sequence[JobPoints]) -> str:
    good = sum(p.counted >= 0.5 for p in judged)
    some = sum(0 < p.counted < 0.5 for p in judged)
    none = len(judged) - good - some
    said = [f"{good} of {len(judged)} jobs run well"]
    if some:
        said.append(f"{some} slowly or barely")
    if none:
        said.append(f"{none} not at all")
    return ", ".join(said)


def lost_points(
    outcomes: Sequence[JobOutcome],
    groups: Sequence[JobGroup],
    weights: Mapping[str, int],
    total: int,
) -> tuple[LostPoints, ...]:
    """Return what each cause takes, most first; whole points add up to ``100 - total``."""
    worth = {group.id: weights[group.id] / len(group.jobs) for group in groups}
    exact = {
        cause: math.fsum(worth[o.group] * o.lost.get(cause, 0.0) for o in outcomes)
        for cause in Cause
    }
    points = whole(exact, 100 - total)
    found = [
        LostPoints(
            cause, TITLES[cause], points[cause], exact[cause], _lost_reason(cause, outcomes, worth)
        )
        for cause in Cause
    ]
    return tuple(sorted(found, key=lambda one: (-one.points, -one.exact, one.cause)))


def _lost_reason(cause: Cause, outcomes: Sequence[JobOutcome], worth: Mapping[str, float]) -> str:
    """Return the jobs that lose most to a cause."""
    hit = sorted(
        (o for o in outcomes if o.lost.get(cause, 0.0) * worth[o.group] >= 0.05),
        key=lambda o: (-o.lost[cause] * worth[o.group], o.id),
    )
    if not hit:
        return "Takes no points"
    named = "; ".join(o.title for o in hit[:_MOST_NAMED])
    more = f"; {len(hit) - _MOST_NAMED} more" if len(hit) > _MOST_NAMED else ""
    return f"Most with: {named}{more}"
