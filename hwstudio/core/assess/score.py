"""The readiness score: five parts, each 0 to 1 on a log scale, weighted by the goal.

An unknown part is given the mean share of the known ones, so it moves the band and not the score;
the band runs from "the unknown parts are worth nothing" to "they are perfect".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hwstudio.core.assess.goal import Need, Span

FORMULA = (
    "Score = sum of five parts. Points of a part = its weight x log(value / least) / log(full / "
    "least), between 0 and its weight. Least and full follow from the chosen goal. An unknown "
    "part counts as the average of the known ones and widens the range."
)


@dataclass(frozen=True, slots=True)
class Share:
    """How good one part is. ``low``/``high`` differ when it is not known exactly."""

    value: float | None  # 0..1; None = unknown
    reason: str
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class PartScore:
    """One part's points of ``max``, with the reason in a sentence."""

    name: str
    points: int
    max: int
    reason: str
    is_known: bool = True
    exact: float = 0.0  # before rounding, to rank changes by
    low: int = 0  # the part's own band in points
    high: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100; the points of the parts add up to ``total`` exactly."""

    total: int
    low: int
    high: int
    parts: tuple[PartScore, ...]

    @property
    def exact(self) -> float:
        return sum(part.exact for part in self.parts)


def log_share(value: float, span: Span) -> float:
    """Return where ``value`` lies between least (0) and full (1), on a log scale."""
    if value <= span.least or value <= 0:
        return 0.0
    return min(1.0, math.log(value / span.least) / math.log(span.full / span.least))


def known(value: float, reason: str) -> Share:
    """Return a share that is known exactly."""
    return Share(value, reason, value, value)


def unknown(reason: str) -> Share:
    """Return a share nobody knows."""
    return Share(None, reason)


def score_of(shares: dict[str, Share], need: Need) -> Score:
    """Return the score; part names are the keys of ``need.weights``."""
    neutral = _neutral(shares, need)
    parts = tuple(
        _part(name, weight, shares[name], neutral) for name, weight in need.weights.items()
    )
    return Score(
        sum(part.points for part in parts),
        sum(part.low for part in parts),
        sum(part.high for part in parts),
        parts,
    )


def _part(name: str, weight: int, share: Share, neutral: float) -> PartScore:
    value = neutral if share.value is None else share.value
    return PartScore(
        name=name,
        points=round(weight * value),
        max=weight,
        reason=share.reason,
        is_known=share.value is not None,
        exact=weight * value,
        low=round(weight * share.low),
        high=round(weight * share.high),
    )


def _neutral(shares: dict[str, Share], need: Need) -> float:
    """Return the mean share of what is known, one half when nothing is."""
    weighed = [(need.weights[n], s.value) for n, s in shares.items() if s.value is not None]
    total = sum(weight for weight, _ in weighed)
    return sum(weight * value for weight, value in weighed) / total if total else 0.5
