"""Which input decides: one moved at a time over its own range, and where the order flips."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hwstudio.core.cost.draw import Band
from hwstudio.core.plan.scenario import (
    HOURS,
    INPUTS,
    LARGER_IS_BETTER,
    OF_BUILD,
    OF_TERMS,
    RESALE,
    YEARS,
    bands_of,
    keeps_up,
    outcomes,
)
from hwstudio.core.plan.terms import HOURS_PER_WEEK, MOST_YEARS, Candidate, Terms

STRONGEST = 8
_HALVINGS = 32
_MOST = {RESALE: 1.0, HOURS: HOURS_PER_WEEK, YEARS: MOST_YEARS}
_BEYOND = 4.0  # an input is followed to so many times, or that part of, its typical value


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """What one input does to an outcome, all others at their typical value."""

    name: str  # one of scenario.INPUTS
    band: Band  # the range it was moved over
    at_low: float  # the outcome at the low end
    at_high: float

    @property
    def size(self) -> float:
        """Return how far the outcome moves."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """The value of one input from which another build is the best."""

    name: str  # one of scenario.INPUTS
    of_build: str  # whose input it is; "" = of all builds
    value: float
    is_above: bool  # the order is another one above the value, else below
    is_in_range: bool  # the value lies within the input's own range
    winner: str  # the build that is best beyond the value


def outcome_of(candidate: Candidate, terms: Terms, outcome: str, **moved: float) -> float:
    """Return one outcome with some inputs moved."""
    return float(getattr(outcomes(candidate, terms, moved), outcome))


def tornado(candidate: Candidate, terms: Terms, outcome: str = "cost") -> tuple[Swing, ...]:
    """Return the strongest inputs of an outcome, strongest first; those without effect are out.

    An outcome that is never (a payback) at one end counts as infinitely far.
    """
    found = []
    for name, band in bands_of(candidate, terms).items():
        low = outcome_of(candidate, terms, outcome, **{name: band.low})
        high = outcome_of(candidate, terms, outcome, **{name: band.high})
        if math.isnan(low) or math.isnan(high) or low == high:
            continue
        found.append(Swing(name=name, band=band, at_low=low, at_high=high))
    found.sort(key=lambda swing: (-swing.size, INPUTS.index(swing.name)))
    return tuple(found[:STRONGEST])


def ranked(
    candidates: Sequence[Candidate], terms: Terms, outcome: str = "cost"
) -> tuple[Candidate, ...]:
    """Return the builds that can do the work, best first by the typical outcome."""
    rated = [(_rating(one, terms, outcome, {}), n) for n, one in enumerate(candidates)]
    return tuple(candidates[n] for rating, n in sorted(rated) if math.isfinite(rating))


def _rating(
    candidate: Candidate, terms: Terms, outcome: str, moved: dict[str, float]
) -> float:  # smaller is better; infinite = cannot do the work
    found = outcomes(candidate, terms, moved)
    value = float(getattr(found, outcome))
    if math.isnan(value) or not keeps_up(found):
        return math.inf
    return -value if outcome in LARGER_IS_BETTER else value


def flips(candidates: Sequence[Candidate], terms: Terms, outcome: str = "cost") -> tuple[Flip, ...]:
    """Return where the best build loses its place, inputs moved one at a time; nearest first.

    An input of a build moves for that build alone (alike builds move together).
    """
    order = ranked(candidates, terms, outcome)
    if len(order) < 2:
        return ()
    best = order[0]
    usual = tuple(_rating(one, terms, outcome, {}) for one in candidates)
    found: list[tuple[float, Flip]] = []
    owners: dict[str, Candidate | None] = {"": None}
    owners.update({one.alike: one for one in reversed(candidates)})
    for owner in owners.values():
        bands = bands_of(best if owner is None else owner, terms)
        for name in OF_TERMS if owner is None else OF_BUILD:
            if name in bands:
                search = _Search(candidates, usual, terms, outcome, best, name, owner)
                found += _flips_of(search, bands)
    found.sort(key=lambda pair: pair[0])
    return tuple(flip for _, flip in found)


@dataclass(frozen=True, slots=True)
class _Search:
    """One input followed away from its typical value."""

    candidates: Sequence[Candidate]
    usual: Sequence[float]  # their ratings with nothing moved
    terms: Terms
    outcome: str
    best: Candidate
    name: str
    owner: Candidate | None

    def winner(self, value: float) -> Candidate:
        """Return the best build with the input at a value."""

        def rating(place: int) -> tuple[float, bool]:
            one = self.candidates[place]
            moved = self._moved(one, value)
            rated = _rating(one, self.terms, self.outcome, moved) if moved else self.usual[place]
            return rated, one is not self.best

        return self.candidates[min(range(len(self.candidates)), key=rating)]

    def _moved(self, one: Candidate, value: float) -> dict[str, float]:
        if self.owner is None or one is self.owner:
            return {self.name: value}
        if one.alike != self.owner.alike:
            return {}
        mine, theirs = bands_of(one, self.terms), bands_of(self.owner, self.terms)
        if self.name not in mine or not theirs[self.name].typical:
            return {}
        return {self.name: mine[self.name].typical * value / theirs[self.name].typical}


def _flips_of(search: _Search, bands: dict[str, Band]) -> list[tuple[float, Flip]]:
    band = bands[search.name]
    found = []
    for is_above, end in ((False, band.low), (True, band.high)):
        for far in _steps(band, end, search.name):
            winner = search.winner(far)
            if winner is not search.best:
                value = _turn(search.winner, search.best, band.typical, far)
                near = abs(value - band.typical) / max(abs(end - band.typical), 1e-12)
                found.append((
                    near,
                    Flip(
                        name=search.name,
                        of_build="" if search.owner is None else search.owner.name,
                        value=value,
                        is_above=is_above,
                        is_in_range=band.low <= value <= band.high,
                        winner=search.winner(value).name,
                    ),
                ))  # fmt: skip
                break
    return found


def _steps(band: Band, end: float, name: str) -> list[float]:
    """Return how far an input is followed: through its range, then to four times or a quarter."""
    if end == band.typical:
        return []
    if end > band.typical:
        far = min(max(end, band.typical * _BEYOND), _MOST.get(name, math.inf))
    else:
        far = min(end, band.typical / _BEYOND)
    inside = [band.typical + (end - band.typical) * part for part in (0.25, 0.5, 0.75, 1.0)]
    return inside + [end + (far - end) * part for part in (0.25, 0.5, 0.75, 1.0)]


def _turn(
    winner: Callable[[float], Candidate], best: Candidate, inside: float, outside: float
) -> float:
    """Return by halving where the best build loses its place, on the far side of it."""
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if winner(middle) is best:
            inside = middle
        else:
            outside = middle
    return outside
