"""How sure the choice is: fixed draws over every uncertain input, for all builds at once.

Speeds and prices are drawn log-normally through low, typical and high, everything else from a
triangle (``core.cost.draw``). One draw of hours, tariff, years, resale and rent holds for every
build; builds with the same graphics chip share the draw of their speed, price and watts, others
are independent of each other.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwstudio.core.cost.draw import Band, draw
from hwstudio.core.plan.scenario import (
    DRAWN_BY_FACTORS,
    LARGER_IS_BETTER,
    OF_BUILD,
    Outcomes,
    bands_of,
    keeps_up,
    outcomes,
)
from hwstudio.core.plan.terms import Candidate, Terms

DRAWS = 2000
SEED = 20261128
Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chances:
    """What the draws came to; builds in the order they were handed in."""

    draws: int
    samples: tuple[Outcomes, ...]  # one of each build, every field a column
    keeps_up: tuple[Column, ...]  # by build: whether the work fits into a month

    def band(self, build: int, outcome: str) -> Band | None:
        """Return the 5 %, 50 % and 95 % marks; None when it cannot be said.

        A payback that never comes is infinite.
        """
        column = getattr(self.samples[build], outcome)
        if np.isnan(column).any():
            return None
        ordered = np.sort(column)
        marks = (0.05, 0.5, 0.95)
        return Band(*(float(ordered[round(mark * (self.draws - 1))]) for mark in marks))

    def wins(self, outcome: str) -> tuple[float, ...]:
        """Return the share of draws in which each build is the best that can do the work.

        Equal builds share a draw.
        """
        rows = [self._ratings(n, outcome) for n in range(len(self.samples))]
        if not rows:
            return ()
        table = np.vstack(rows)
        best = table.min(axis=0)
        is_best = (table == best) & np.isfinite(best)
        each = is_best / np.maximum(is_best.sum(axis=0), 1)
        return tuple(float(share) for share in each.mean(axis=1))

    def _ratings(self, build: int, outcome: str) -> Column:
        column = getattr(self.samples[build], outcome)
        signed = -column if outcome in LARGER_IS_BETTER else column
        is_able = self.keeps_up[build] & ~np.isnan(column)
        rated: Column = np.where(is_able, signed, np.inf)
        return rated


def chances(
    candidates: Sequence[Candidate], terms: Terms, *, draws: int = DRAWS, seed: int = SEED
) -> Chances:
    """Return what all builds come to in the same draws; the same seed gives the same answer."""
    known: dict[tuple[str, str, Band], Column] = {}
    samples = tuple(
        _columns(outcomes(one, terms, _drawn(one, terms, draws, seed, known)), draws)
        for one in candidates
    )
    return Chances(draws, samples, tuple(keeps_up(sample) for sample in samples))


def _drawn(
    candidate: Candidate,
    terms: Terms,
    draws: int,
    seed: int,
    known: dict[tuple[str, str, Band], Column],
) -> dict[str, Any]:
    """Return a column for every known input; the name alone says which random column it is."""
    found = {}
    for name, band in bands_of(candidate, terms).items():
        key = (name, candidate.alike if name in OF_BUILD else "", band)
        if key not in known:
            source = seed ^ zlib.crc32("/".join(key[:2]).encode())
            known[key] = draw([(band, name in DRAWN_BY_FACTORS)], draws, source)[0]
        found[name] = known[key]
    return found


def _columns(found: Outcomes, draws: int) -> Outcomes:
    """Return the outcomes with every field a column, also those that do not vary."""
    values = {field.name: np.asarray(getattr(found, field.name), float) for field in fields(found)}
    return Outcomes(
        **{n: value if value.ndim else np.full(draws, value) for n, value in values.items()}
    )
