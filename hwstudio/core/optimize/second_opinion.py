"""The wishes of a request once more, for the oracle and the integer programme.

Written from the words of ``Request``, apart from the search's own filters and prices, so that a
slip there is found out.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from hwstudio.core.base.money import CENT
from hwstudio.core.model.build import Build
from hwstudio.core.model.part import GpuCard, Part
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.optimize.request import Request

P = TypeVar("P", bound=Part)

HAIR = 1e-9  # relative; questions are often computed, e.g. from a deadline in hours


def is_late(speed: Prediction, request: Request) -> bool:
    """Return whether a speed stays below the one to reach."""
    asked, reached = request.min_per_second, speed.median
    return asked > 0 and (reached is None or asked - reached > asked * HAIR)


def _names(part: Part) -> tuple[str, ...]:
    return (part.id, part.gpu.id) if isinstance(part, GpuCard) else (part.id,)


def owned_pieces(part: Part, request: Request) -> int:
    """Return how many pieces of a part are at hand."""
    return sum(1 for name in request.owned if name in _names(part))


def line_cents(part: Part, pieces: int, request: Request) -> int | None:
    """Return what so many pieces cost with tax, in cents; None when they cannot be bought."""
    missing = pieces - owned_pieces(part, request)
    if missing <= 0:
        return 0
    price = part.price
    if price is None or price.currency != request.currency or price.amount < 0:
        return None
    net = (price.amount * 100).quantize(Decimal(1)) / 100 * missing
    tax = (net * request.tax_pct / 100).quantize(CENT, rounding=ROUND_HALF_UP)
    return int((net + tax) * 100)


def bill_cents(build: Build, request: Request) -> int | None:
    """Return the price of a whole build, in cents; None when a piece cannot be bought."""
    lines = [line_cents(line.part, line.quantity, request) for line in build.lines()]
    return None if None in lines else sum(cents for cents in lines if cents is not None)


def choosable(parts: Iterable[P], request: Request) -> list[P]:
    """Return the parts of one kind that may be used: those at hand or locked, else all."""
    every = list(parts)
    owned = {p.id for p in every if owned_pieces(p, request)}
    locked = {p.id for p in every if any(name in request.pinned for name in _names(p))}
    for some in (owned & locked, locked, owned):
        if some:
            return [p for p in every if p.id in some]
    return every


def are_all_there(parts: Iterable[Part], request: Request) -> bool:
    """Return whether every locked part and every part at hand is among the parts."""
    there = {name for part in parts for name in _names(part)}
    return there.issuperset(request.pinned) and there.issuperset(request.owned)
