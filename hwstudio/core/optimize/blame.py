"""Which limits stand in the way when nothing is found: the fewest whose lifting lets a build be.

Lifting a limit never takes a build away, so more lifted never means less found. A
smallest set is sought by halving (QuickXplain, Junker 2004): none of the limits it names may stay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hwstudio.core.optimize.classes import LANE_MODES, is_trusted, verdict_of
from hwstudio.core.optimize.complete import NEVER_CENTS, lower_bound
from hwstudio.core.optimize.limits import HIGH_LINE_V, WIDE, is_named
from hwstudio.core.optimize.planner import Answer, Planner
from hwstudio.core.optimize.request import (
    ANY_COUNT,
    LARGEST_BUDGET,
    LARGEST_GPU_COUNT,
    Request,
)
from hwstudio.core.optimize.space import GpuClass
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.power.mains import read_mains
from hwstudio.core.predict.memory import Fit
from hwstudio.core.predict.speed import refused

STRONG_MAINS = "230V16A"
NO_SPEED = refused("", "not asked for")
EVERY_COUNT = tuple(range(1, LARGEST_GPU_COUNT + 1))
RAISE_THE_BUDGET = "raise the budget"


@dataclass(frozen=True, slots=True)
class Lift:
    """One limit to lift: what to do in words, and the request without it."""

    words: str
    of: Callable[[Request], Request]


def lifts(request: Request, stock: Stock) -> tuple[Lift, ...]:
    """Return the user's own limits that can be lifted one by one, the usual suspects first."""
    found: list[Lift] = []

    def lift(words: str, **changes: object) -> None:
        found.append(Lift(words, lambda r: replace(r, **changes)))  # type: ignore[arg-type]

    if request.min_vram_bytes:
        lift("lower the memory asked for each GPU", min_vram_bytes=0)
    if not set(ANY_COUNT) <= set(request.gpu_counts):
        counts = tuple(sorted({*request.gpu_counts, *ANY_COUNT}))
        lift("leave the number of GPUs open", gpu_counts=counts)
    if request.max_power_w is not None:
        lift("lift the power limit", max_power_w=None)
    if request.gpu_makers:
        lift("allow other makers", gpu_makers=())
    if read_mains(request.mains).volts < HIGH_LINE_V:
        lift("use a 230 V / 16 A circuit", mains=STRONG_MAINS)
    if request.case_form_factors:
        lift("allow any case size", case_form_factors=())
    if request.min_ram_bytes:
        lift("ask for less memory", min_ram_bytes=0)
    found.extend(_release(pin, stock) for pin in sorted(request.pinned))
    if request.excluded:
        lift("allow the forbidden parts", excluded=frozenset())
    return tuple(found)


def last_lifts(request: Request) -> tuple[Lift, ...]:
    """Return the limits nobody need have set: they are lifted when nothing else helps."""
    found = []
    if request.min_storage_bytes:
        found.append(Lift("ask for less storage", lambda r: replace(r, min_storage_bytes=0)))
    if request.released_since:
        found.append(Lift("let in older parts", lambda r: replace(r, released_since=0)))
    if not request.allow_unknown:
        words = "let in parts with unknown facts"
        found.append(Lift(words, lambda r: replace(r, allow_unknown=True)))
    if not set(EVERY_COUNT) <= set(request.gpu_counts):
        words = f"allow up to {LARGEST_GPU_COUNT} GPUs"
        found.append(Lift(words, lambda r: replace(r, gpu_counts=EVERY_COUNT)))
    found.append(Lift(RAISE_THE_BUDGET, lambda r: replace(r, budget=LARGEST_BUDGET)))
    return tuple(found)


def _release(pin: str, stock: Stock) -> Lift:
    parts = (part for group in stock.groups() for part in group)
    part = next((part for part in parts if is_named(part, {pin})), None)
    name = pin if part is None else part.name if part.id == pin else pin
    return Lift(f"release the locked {name}", lambda r: replace(r, pinned=r.pinned - {pin}))


@dataclass(frozen=True, slots=True)
class WayOut:
    """The limits to lift together, and the cheapest build that then is possible."""

    lifts: tuple[Lift, ...]
    answer: Answer

    @property
    def words(self) -> str:
        """Return what to lift, in words."""
        return together(self.lifts)


def is_hopeless(request: Request, stock: Stock) -> bool:
    """Return whether no limit is to blame: nothing has a price in this money, or no speed is known.

    A job of a kind nobody timed has no speed on any card; five are asked.
    """
    priced = {part.price.currency for group in stock.groups() for part in group if part.price}
    if request.currency not in priced:
        return True
    gpus = {card.gpu.id: card.gpu for card in stock.cards}.values()
    fastest = sorted(gpus, key=lambda g: -(g.bandwidth_bytes_per_s or 0.0))[:5]
    request.predictor.prepare(request.workload, fastest, 1)
    return not any(request.predictor.speed(request.workload, gpu).median for gpu in fastest)


def together(some: Sequence[Lift]) -> str:
    """Return "leave the number of GPUs open and use a 230 V / 16 A circuit"."""
    said = [one.words for one in some]
    return " and ".join((", ".join(said[:-1]), said[-1]) if said[1:] else said)


def way_out(planner: Planner) -> WayOut | None:
    """Return the fewest limits to lift so that a build is possible; None when none ever is."""
    request, stock = planner.request, planner.stock

    def is_possible(some: Sequence[Lift]) -> bool:
        return can_be_built(Planner(lifted(request, some), stock))

    every = (*lifts(request, stock), *last_lifts(request))
    if not is_possible(every):
        return None
    chosen = tuple(smallest(every, is_possible))
    freed = Planner(lifted(request, chosen), stock)
    answer = cheapest_among(freed, freed.classes(), freed.budget_cents)
    return WayOut(chosen, answer) if answer is not None else None


def lifted(request: Request, some: Sequence[Lift]) -> Request:
    """Return the request without some of its limits."""
    for one in some:
        request = one.of(request)
    return request


def smallest(every: Sequence[Lift], is_enough: Callable[[Sequence[Lift]], bool]) -> list[Lift]:
    """Return a set of which nothing can be left out; earlier ones rather than later ones."""

    def needed(kept: list[Lift], rest: list[Lift], *, has_grown: bool) -> list[Lift]:
        if has_grown and is_enough(kept):
            return []
        if len(rest) == 1:
            return rest
        half = len(rest) // 2
        first, second = rest[:half], rest[half:]
        of_second = needed([*kept, *first], second, has_grown=True)
        of_first = needed([*kept, *of_second], first, has_grown=bool(of_second))
        return [*of_first, *of_second]

    return needed([], list(every), has_grown=True)


def can_be_built(planner: Planner) -> bool:
    """Return whether any faultless computer that holds the job lies inside the budget.

    Speeds are not asked, which saves most of the time of a plan.
    """
    space, request = planner.space, planner.request
    classes = [
        GpuClass(cards[0].gpu, count, lanes, NO_SPEED)
        for cards in space.cards.values()
        if is_trusted(request, cards[0].gpu)
        for count in sorted(set(request.gpu_counts))
        if verdict_of(request, cards[0].gpu, count) is Fit.FITS
        for lanes in (LANE_MODES[-1:] if count > 1 else (WIDE,))
    ]
    bounds = sorted((lower_bound(space, c), c.count, c.gpu.id, c) for c in classes)
    within = [c for bound, _, _, c in bounds if bound <= planner.budget_cents]
    return any(planner.cheapest(c, planner.budget_cents) is not None for c in within)


def cheapest_among(
    planner: Planner, classes: Sequence[GpuClass], limit: int = NEVER_CENTS
) -> Answer | None:
    """Return the cheapest answer of some classes up to ``limit`` cents: bound first, then exact."""
    best: Answer | None = None
    for gpu_class in sorted(classes, key=lambda c: lower_bound(planner.space, c)):
        if lower_bound(planner.space, gpu_class) > limit:
            break
        choice = planner.cheapest(gpu_class, limit)
        if choice is not None:
            best, limit = Answer(gpu_class, choice), choice.cents - 1
    return best
