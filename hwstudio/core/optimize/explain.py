"""Says what stands between the answer and a better one, and why there is none at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal

from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib, significant
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.optimize.blame import (
    NO_SPEED,
    STRONG_MAINS,
    can_be_built,
    cheapest_among,
    is_hopeless,
    lifts,
    way_out,
)
from hwstudio.core.optimize.classes import holds, is_trusted, merit, verdict_of
from hwstudio.core.optimize.complete import lower_bound
from hwstudio.core.optimize.limits import HIGH_LINE_V, WIDE, unmatched_pins
from hwstudio.core.optimize.planner import Answer, Planner
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.space import GpuClass
from hwstudio.core.power.mains import read_mains
from hwstudio.core.predict.memory import MAYBE, NO_HELP, Fit

ALMOST = 0.03  # far inside every prediction's band
SURER = 1.25  # times as high must a lower end be to be worth a sentence
FIRM = 0.4  # of the median at least; a lower end below says little of any card
WORTH = 0.05  # a smaller gain is not worth a sentence


def binding_of(planner: Planner, best: Answer) -> tuple[str, ...]:
    """Return the limits that hold the best answer back, most telling first."""
    request = planner.request
    if request.objective is Objective.COST:
        return (_cost_binding(best),)
    mine = merit(best.gpu_class, request)
    better = [c for c in planner.classes() if merit(c, request) < mine - WORTH * abs(mine)]
    tight = tight_hint(planner, best)
    if not better:
        words = "No other card in the catalogue does this job clearly better within your limits"
        return (words, *tight)
    following = cheapest_among(planner, better)
    wall = _wall_binding(planner, best)
    if following is None:
        words = "No complete computer with known facts can be built around a better card"
        return (*wall, words, *tight)
    return (_budget_binding(request, best, following), *wall, *tight)


def _wall_binding(planner: Planner, best: Answer) -> tuple[str, ...]:
    """Say so when a stronger wall circuit alone would allow a better build."""
    request = planner.request
    if read_mains(request.mains).volts >= HIGH_LINE_V:
        return ()
    other = replace(request, mains=STRONG_MAINS)
    found = next(Planner(other, planner.stock).ranked(), None)
    mine = merit(best.gpu_class, request)
    if found is None or merit(found.gpu_class, other) >= mine - WORTH * abs(mine):
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


def surer_hint(answers: Sequence[Answer]) -> tuple[str, ...]:
    """Name the alternative that is sure to do clearly more: plans are ranked by the median."""
    best = answers[0]
    lowest = best.gpu_class.speed.low or 0.0
    others = [a for a in answers[1:] if _is_surer(a.gpu_class.speed, lowest)]
    if not others:
        return ()
    surest = max(others, key=lambda a: a.gpu_class.speed.low or 0.0)
    speed = surest.gpu_class.speed
    ground = best.gpu_class.speed.inputs.get("ground", "")
    why = f" ({ground})" if ground else ""
    words = (
        f"Surer: {surest.title}, hardly below {significant(speed.low or 0.0, 2)} {speed.unit}; "
        f"{best.title} may do only {significant(lowest, 2)}{why}"
    )
    return (words,)


def _is_surer(speed: Prediction, lowest: float) -> bool:
    low, median = speed.low or 0.0, speed.median or 0.0
    return low > SURER * lowest and low > FIRM * median


def _cost_binding(best: Answer) -> str:
    return f"The job itself: {best.title} is the cheapest choice that holds it"


def _budget_binding(request: Request, best: Answer, following: Answer) -> str:
    more = whole(following.price - request.budget, request.currency)
    price = money(following.price, request.currency)
    return (
        f"The budget: the next better build, {following.title}, costs {price}, {more} above "
        f"the budget, and is {_gain(best, following)}"
    )


def _gain(best: Answer, following: Answer) -> str:
    faster = following.gpu_class.per_second / best.gpu_class.per_second
    if faster < 1:
        return "slower but needs less energy"
    if faster < 1 + WORTH:
        return "as fast for less energy"
    return f"about {faster - 1:.0%} faster" if faster < 2 else f"about {faster:.1f} times as fast"


def whole(amount: Decimal, currency: str) -> str:
    """Return an amount rounded up to whole units: what to add is never said too small."""
    return money(amount.to_integral_value(ROUND_CEILING), currency, decimals=0)


def tight_hint(planner: Planner, best: Answer | None = None) -> tuple[str, ...]:
    """Name the memory size left out only because the job may, but need not, fit it.

    With a ``best`` answer only cards that would be clearly faster are worth a word.
    """
    request, found = planner.request, []
    for gpu in _affordable_gpus(planner):
        if 1 not in request.gpu_counts or verdict_of(request, gpu, 1) is not Fit.TIGHT:
            continue
        speed = request.predictor.speed(request.workload, gpu).median or 0.0
        if best is None or speed > (1 + WORTH) * best.gpu_class.per_second:
            found.append(gpu)
    if not found:
        return ()
    largest = max(found, key=lambda g: (g.vram_bytes, g.bandwidth_bytes_per_s or 0.0, g.id))
    size = gib(largest.vram_bytes).replace(".0 ", " ")
    words = f"{size} cards such as {largest.name} may just fit this job"
    return (f"{words}; hwstudio plans only what surely fits",)


def _affordable_gpus(planner: Planner) -> list[Gpu]:
    """Return the trusted GPUs a computer inside the budget could be built around."""
    space = planner.space
    gpus = [cards[0].gpu for cards in space.cards.values()]
    return [
        gpu
        for gpu in gpus
        if lower_bound(space, GpuClass(gpu, 1, WIDE, NO_SPEED)) <= planner.budget_cents
        and is_trusted(planner.request, gpu)
    ]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was found: the limits that bind, and a sentence or two with what would help."""

    binding: tuple[str, ...]
    words: str


def why_not(planner: Planner) -> Refusal:
    """Return why nothing was found and the smallest change that helps."""
    request = planner.request
    parts = (part for group in planner.stock.groups() for part in group)
    missing = unmatched_pins(parts, request)
    if missing:
        words = f"Locked, but nothing to buy in the catalogue: {', '.join(missing)}; release it"
        return Refusal((words.split(":", maxsplit=1)[0],), words)
    classes = planner.classes()
    cheapest = cheapest_among(planner, classes) if classes else None
    if cheapest is None:
        return _beyond_the_budget(planner, classes)
    price = money(cheapest.price, request.currency)
    more = whole(cheapest.price - request.budget, request.currency)
    text = (
        f"The budget is too small: the cheapest build that fits this job, with "
        f"{cheapest.title}, costs about {price}; raise the budget by {more} "
        "or choose a smaller model"
    )
    more_ways = [words for words in (_other_setting(planner), _relaxed(planner)) if words]
    words = ". ".join(("; or ".join((text, *more_ways)), *tight_hint(planner)))
    return Refusal(("The budget is too small",), words)


def _beyond_the_budget(planner: Planner, classes: Sequence[GpuClass]) -> Refusal:
    """Say why no money helps, and the fewest limits to lift."""
    text, hints = _no_computer(planner, classes) if classes else _no_class(planner)
    head = text.split(":", maxsplit=1)[0]
    if is_hopeless(planner.request, planner.stock):
        return Refusal((head,), ". ".join((text, *hints)))
    way = way_out(planner)
    if way is None:
        words = "No computer of the catalogue's parts does this job, whatever the limits"
        return Refusal((head,), ". ".join((text, *hints, words)))
    price = money(way.answer.price, planner.request.currency)
    helps = (
        f"{_sentence(way.words)}: the cheapest build that would do then, {way.answer.title}, "
        f"costs about {price}"
    )
    return Refusal((head, _sentence(way.words)), ". ".join((text, *hints, helps)))


def _no_computer(planner: Planner, classes: Sequence[GpuClass]) -> tuple[str, tuple[str, ...]]:
    """Say what the job needs, and that no computer carries those cards."""
    request = planner.request
    least = min(classes, key=lambda c: (c.gpu.vram_bytes * c.count, c.count, c.gpu.id))
    need = _need(request, least.gpu, least.count)
    text = (
        f"No complete computer with known facts meets all limits: the job needs {need}, and no "
        f"computer for such cards stays inside the other limits ({request.mains} wall circuit)"
    )
    return text, ()


def _no_class(planner: Planner) -> tuple[str, tuple[str, ...]]:
    """Say why no card qualifies: none is left, none was measured, none holds the job, no speed."""
    request = planner.request
    gpus = [group[0].gpu for group in planner.space.cards.values()]
    if not gpus:
        parts = (part for group in planner.stock.groups() for part in group)
        if not any(p.price is not None and p.price.currency == request.currency for p in parts):
            return f"No part has a price in {request.currency}", ()
        return "No card with a price meets the limits", ()
    trusted = [gpu for gpu in gpus if is_trusted(request, gpu)]
    if not trusted:
        words = "nobody has measured this kind of work on a card in question or its relatives"
        return f"The speed is not known: {words}", ()
    most = max(request.gpu_counts)
    largest = max(trusted, key=lambda g: (g.vram_bytes, g.id))
    memory = holds(request, largest, most)
    if memory.refused:
        return f"The memory need is not known: {memory.refused}", ()
    counts = request.gpu_counts
    if any(verdict_of(request, gpu, n) is Fit.FITS for gpu in trusted for n in counts):
        why = request.predictor.speed(request.workload, largest, count=most).refused
        return f"The speed is not known: {why or 'nothing backs an estimate'}", ()
    may = "" if memory.verdict is Fit.NO else f" and may need up to {gib(memory.high or 0)} on each"
    text = (
        f"The memory of the GPUs: this job needs {_need(request, largest, most)}{may}, and the "
        f"largest card in question, {largest.name}, has {gib(largest.vram_bytes)}"
    )
    return text, tuple(words for words in (memory.advice, *tight_hint(planner)) if words)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _need(request: Request, gpu: Gpu, count: int) -> str:
    """Return "about 40.0 GiB on each of 4 GPUs (160.0 GiB in total)"."""
    need = holds(request, gpu, count).need_bytes or 0
    if count == 1:
        return f"about {gib(need)} on one GPU"
    return f"about {gib(need)} on each of {count} GPUs ({gib(need * count)} in total)"


def _other_setting(planner: Planner) -> str:
    """Return the change of the job that fits the largest card this budget could buy."""
    request, within = planner.request, _affordable_gpus(planner)
    if not within:
        return ""
    largest = max(within, key=lambda g: (g.vram_bytes, g.id))
    advice = holds(request, largest, 1).advice
    if not advice or advice.startswith(NO_HELP) or advice.endswith(MAYBE):
        return ""
    return f"{advice[:1].lower()}{advice[1:]}, then a {largest.name} holds it"


def _relaxed(planner: Planner) -> str:
    """Return the first limit whose lifting makes the request solvable inside the same budget."""
    for one in lifts(planner.request, planner.stock):
        other = Planner(one.of(planner.request), planner.stock)
        if can_be_built(other):
            found = next(other.ranked(), None)
            if found is not None:
                price = money(found.price, planner.request.currency)
                return f"{one.words}: {found.title} for {price} would then do"
    return ""
