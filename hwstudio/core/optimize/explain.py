"""Says what stands between the answer and a better one, and why there is none at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib
from hwstudio.core.optimize.classes import holds, is_trusted, merit
from hwstudio.core.optimize.complete import NEVER_CENTS, lower_bound
from hwstudio.core.optimize.limits import HIGH_LINE_V, WIDE
from hwstudio.core.optimize.planner import SAME, Answer, Planner
from hwstudio.core.optimize.request import ANY_COUNT, Objective, Request
from hwstudio.core.optimize.space import GpuClass
from hwstudio.core.power.mains import read_mains
from hwstudio.core.predict.memory import MAYBE, NO_HELP
from hwstudio.core.predict.speed import refused

NO_SPEED = refused("", "not asked for")
STRONG_MAINS = "230V16A"
ALMOST = 0.03  # far inside every prediction's band


def binding_of(planner: Planner, best: Answer) -> tuple[str, ...]:
    """Return the limits that hold the best answer back, most telling first."""
    request = planner.request
    if request.objective is Objective.COST:
        return (_cost_binding(best),)
    better = [
        c for c in planner.classes() if merit(c, request) < merit(best.gpu_class, request) - SAME
    ]
    if not better:
        return ("No other card in the catalogue does this job better within your other limits",)
    following = cheapest_among(planner, better)
    wall = _wall_binding(planner, best)
    if following is None:
        return (*wall, "No complete computer with known facts can be built around a better card")
    return (_budget_binding(request, best, following), *wall)


def _wall_binding(planner: Planner, best: Answer) -> tuple[str, ...]:
    """Say so when a stronger wall circuit alone would allow a better build."""
    request = planner.request
    if read_mains(request.mains).volts >= HIGH_LINE_V:
        return ()
    other = replace(request, mains=STRONG_MAINS)
    found = next(Planner(other, planner.stock).ranked(), None)
    if found is None or merit(found.gpu_class, other) >= merit(best.gpu_class, request) - SAME:
        return ()
    price = money(found.price, request.currency)
    gain = _gain(best, found)
    return (f"The wall circuit: on 230 V / 16 A, {found.title} for {price} would be {gain}",)


def frugal_hint(answers: Sequence[Answer], currency: str) -> tuple[str, ...]:
    """Name the alternative that is almost as fast for clearly less, if one is among the answers."""
    best = answers[0]
    for other in answers[1:]:
        slower = 1 - other.gpu_class.per_second / best.gpu_class.per_second
        saved = best.price - other.price
        if slower <= ALMOST and saved >= best.price / 10:
            words = (
                f"Almost as fast for less: {other.title} is at most {max(slower, 0.01):.0%} "
                "slower, far inside the uncertainty of the estimate, and costs "
                f"{money(saved, currency)} less"
            )
            return (words,)
    return ()


def _cost_binding(best: Answer) -> str:
    return f"The job itself: {best.title} is the cheapest choice that holds it"


def _budget_binding(request: Request, best: Answer, following: Answer) -> str:
    more = money(following.price - request.budget, request.currency)
    price = money(following.price, request.currency)
    return (
        f"The budget: the next better build, {following.title}, costs {price}, {more} above "
        f"the budget, and is {_gain(best, following)}"
    )


def _gain(best: Answer, following: Answer) -> str:
    faster = following.gpu_class.per_second / best.gpu_class.per_second
    if faster < 1:
        return "slower but needs less energy"
    if faster < 1 + ALMOST:
        return "hardly faster"
    return f"about {faster - 1:.0%} faster" if faster < 2 else f"about {faster:.1f} times as fast"


def cheapest_among(planner: Planner, classes: Sequence[GpuClass]) -> Answer | None:
    """Return the cheapest answer of some classes at any price: bound first, then exact."""
    best: Answer | None = None
    limit = NEVER_CENTS
    for gpu_class in sorted(classes, key=lambda c: lower_bound(planner.space, c)):
        if lower_bound(planner.space, gpu_class) > limit:
            break
        choice = planner.cheapest(gpu_class, limit)
        if choice is not None:
            best, limit = Answer(gpu_class, choice), choice.cents - 1
    return best


def why_not(planner: Planner) -> str:
    """Return why nothing was found and the smallest change that helps, in a sentence or two."""
    request = planner.request
    classes = planner.classes()
    if not classes:
        return _no_class(planner)
    cheapest = cheapest_among(planner, classes)
    if cheapest is None:
        helped = _relaxed(planner)
        return "No complete computer with known facts meets all limits" + (
            f": {helped}" if helped else ""
        )
    price = money(cheapest.price, request.currency)
    more = money(cheapest.price - request.budget, request.currency)
    text = (
        f"The budget is too small: the cheapest build that fits this job, with "
        f"{cheapest.title}, costs about {price}; raise the budget by {more} "
        "or choose a smaller model"
    )
    more_ways = [words for words in (_other_setting(planner), _relaxed(planner)) if words]
    return "; or ".join((text, *more_ways))


def _other_setting(planner: Planner) -> str:
    """Return the change of the job that fits the largest card this budget could buy."""
    request, space = planner.request, planner.space
    within = [
        cards[0].gpu
        for cards in space.cards.values()
        if lower_bound(space, GpuClass(cards[0].gpu, 1, WIDE, NO_SPEED)) <= planner.budget_cents
        and is_trusted(request, cards[0].gpu)
    ]
    if not within:
        return ""
    largest = max(within, key=lambda g: (g.vram_bytes, g.id))
    advice = holds(request, largest, 1).advice
    if not advice or advice.startswith(NO_HELP) or advice.endswith(MAYBE):
        return ""
    return f"{advice[:1].lower()}{advice[1:]}, then a {largest.name} holds it"


def _no_class(planner: Planner) -> str:
    """Say why no card qualifies: none is left by the limits, or none holds the job."""
    request, cards = planner.request, planner.space.cards
    if not cards:
        helped = _relaxed(planner)
        return "No card with a price meets the limits" + (f": {helped}" if helped else "")
    largest = max((group[0].gpu for group in cards.values()), key=lambda g: g.vram_bytes)
    memory = holds(request, largest, max(request.gpu_counts))
    if memory.refused:
        return f"The memory need is not known: {memory.refused}"
    need = gib(memory.need_bytes or 0)
    text = (
        f"The memory of the GPUs: this job needs about {need} on each of "
        f"{max(request.gpu_counts)}, and the largest card in question, {largest.name}, has "
        f"{gib(largest.vram_bytes)}"
    )
    return f"{text}. {memory.advice}" if memory.advice else text


def _relaxed(planner: Planner) -> str:
    """Return the first limit whose removal makes the request solvable inside the same budget."""
    for words, request in _relaxations(planner.request):
        found = next(Planner(request, planner.stock).ranked(), None)
        if found is not None:
            price = money(found.price, request.currency)
            return f"{words}: {found.title} for {price} would then do"
    return ""


def _relaxations(request: Request) -> Iterator[tuple[str, Request]]:
    if request.min_vram_bytes:
        yield "lower the memory asked for each GPU", replace(request, min_vram_bytes=0)
    if request.gpu_counts != ANY_COUNT:
        yield "leave the number of GPUs open", replace(request, gpu_counts=ANY_COUNT)
    if request.max_power_w is not None:
        yield "lift the power limit", replace(request, max_power_w=None)
    if request.gpu_makers:
        yield "allow other makers", replace(request, gpu_makers=())
    if read_mains(request.mains).volts < HIGH_LINE_V:
        yield "use a 230 V / 16 A circuit", replace(request, mains=STRONG_MAINS)
    if request.case_form_factors:
        yield "allow any case size", replace(request, case_form_factors=())
    if request.pinned or request.excluded:
        freed = replace(request, pinned=frozenset(), excluded=frozenset())
        yield "release the locked and forbidden parts", freed
