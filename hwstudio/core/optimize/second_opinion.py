"""The wishes of a request once more, for the oracle and the integer programme.

Written from the words of ``Request``, apart from the search's own filters and prices, so that a
slip there is found out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from hwstudio.core.base.money import CENT
from hwstudio.core.cost.ownership import typical_resale_share
from hwstudio.core.model.build import Build
from hwstudio.core.model.part import Cooler, Gpu, GpuCard, Part
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.price import PriceKind
from hwstudio.core.optimize.classes import wall_w
from hwstudio.core.optimize.request import Request
from hwstudio.core.optimize.space import GpuClass
from hwstudio.core.predict.memory import Fit, memory_on

P = TypeVar("P", bound=Part)
Bill = dict[tuple[str, int], int | None]  # part and pieces -> cents

HAIR = 1e-9  # relative; questions are often computed, e.g. from a deadline in hours


def is_late(speed: Prediction, request: Request) -> bool:
    """Return whether a speed stays below the one to reach."""
    asked, reached = request.min_per_second, speed.median
    return asked > 0 and (reached is None or asked - reached > asked * HAIR)


def are_held(request: Request, gpu: Gpu, count: int) -> bool:
    """Return whether so many of a GPU surely hold every job of a request, one at a time."""
    for job in (request.workload, *request.also):
        if memory_on(job, gpu, count, is_advised=False).verdict is not Fit.FITS:
            return False
    return True


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


def bill_cents(build: Build, request: Request, known: Bill | None = None) -> int | None:
    """Return the price of a whole build, in cents; None when a piece cannot be bought.

    ``known`` remembers the lines of one request over many builds.
    """
    known, total = {} if known is None else known, 0
    for line in build.lines():
        key = (line.part.id, line.quantity)
        if key not in known:
            known[key] = line_cents(line.part, line.quantity, request)
        cents = known[key]
        if cents is None:
            return None
        total += cents
    return total


def is_wished(part: Part, request: Request) -> bool:
    """Return whether makers, noise and age of the price are as wished; parts at hand need no price.

    A cooler that states no noise is only quiet enough when unknown facts are allowed.
    """
    if isinstance(part, Cooler) and request.max_noise_dba is not None:
        loud = math.inf if part.noise_dba is None else part.noise_dba
        if loud > request.max_noise_dba and not (loud == math.inf and request.allow_unknown):
            return False
    if owned_pieces(part, request):
        return True
    wished = [maker.lower() for kind, maker in request.brands if kind == part.kind]
    is_used = part.price is not None and part.price.kind == PriceKind.USED
    return not (request.new_only and is_used) and (not wished or part.maker.lower() in wished)


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


def ownership_parts(
    gpu_class: GpuClass, price_cents: int, work_per_s: float, request: Request
) -> int | None:
    """Return the cost of owning in 1/1000 cents for the work of a computer of ``work_per_s``.

    None when a week has too few hours for a week's work.
    """
    use = request.usage
    weekly_h = use.hours_per_week * work_per_s / gpu_class.per_second
    if weekly_h > 168 * (1 + HAIR) or use.tariff_per_kwh is None:
        return None
    kept = 1 - (
        typical_resale_share(use.years)
        if use.resale_pct is None
        else Decimal(str(use.resale_pct)) / 100
    )
    kept_of_1000 = 1000 - int(((1 - kept) * 1000).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    kwh = Decimal(str(weekly_h * use.years * 365.25 / 7 * wall_w(gpu_class, request) / 1000))
    energy = (kwh * use.tariff_per_kwh).quantize(CENT, rounding=ROUND_HALF_UP)
    return price_cents * kept_of_1000 + int(energy * 100_000)
