"""Says what stands between the answer and a better one, and why there is none at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from hwstudio.core.base.money import money
from hwstudio.core.base.units import duration, gib, significant
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.optimize.blame import Blame, may_help
from hwstudio.core.optimize.classes import holds_all, is_trusted, merit, needs_most
from hwstudio.core.optimize.complete import lower_bound
from hwstudio.core.optimize.explain_speed import speed_words, too_slow
from hwstudio.core.optimize.explain_wishes import (
    WORTH,
    gain_words,
    owning_words,
    wishes_binding,
    without_each_limit,
    without_each_wish,
)
from hwstudio.core.optimize.limits import HIGH_LINE_V, WIDE, unmatched_pins
from hwstudio.core.optimize.planner import Answer, Planner
from hwstudio.core.optimize.prices import NEVER_CENTS
from hwstudio.core.optimize.request import ANY_COUNT, Objective, Request
from hwstudio.core.optimize.space import GpuClass
from hwstudio.core.optimize.wish_list import STRONG_MAINS
from hwstudio.core.power.mains import read_mains
from hwstudio.core.predict.job import job_seconds
from hwstudio.core.predict.memory import MAYBE, NO_HELP, Fit
from hwstudio.core.predict.speed import refused

NO_SPEED = refused("", "not asked for")
THEN_DO = "would then do"
IF_LONGER = "if the job may take longer"  # what was found need not reach the speed that was asked
ALMOST = 0.03  # far inside every prediction's band
SURER = 1.25  # times as high must a lower end be to be worth a sentence
FIRM = 0.4  # of the median at least; a lower end below says little of any card


def binding_of(planner: Planner, best: Answer) -> tuple[str, ...]:
    """Return the limits that hold the best answer back, most telling first."""
    request = planner.request
    if request.objective is Objective.COST:
        return (_cost_binding(planner, best), *wishes_binding(planner, best))
    if request.objective is Objective.OWNERSHIP:
        return (owning_words(planner, best), *wishes_binding(planner, best))
    mine = merit(best.gpu_class, request)
    better = planner.better_than(mine - WORTH * abs(mine))
    tight = (*wishes_binding(planner, best), *tight_hint(planner, best))
    if not better:
        words = "No other card in the catalogue does this job clearly better within your limits"
        return (words, *tight)
    following = cheapest_among(planner, better)
    wall = _wall_binding(planner, best)
    if following is None:
        words = "No complete computer with known facts can be built around a better card"
        return (*wall, words, *tight)
    return (_budget_binding(request, best, following), *wall, *tight)


def looked_into(request: Request) -> Iterator[Request]:
    """Yield the other requests that ``binding_of`` answers to say what holds a build back."""
    if read_mains(request.mains).volts < HIGH_LINE_V:
        yield replace(request, mains=STRONG_MAINS)


def _wall_binding(planner: Planner, best: Answer) -> tuple[str, ...]:
    """Say so when a stronger wall circuit alone would allow a better build."""
    request = planner.request
    if read_mains(request.mains).volts >= HIGH_LINE_V:
        return ()
    other = next(looked_into(request))
    found = next(Planner(other, planner.stock).ranked(), None)
    mine = merit(best.gpu_class, request)
    if found is None or merit(found.gpu_class, other) >= mine - WORTH * abs(mine):
        return ()
    price = money(found.price, request.currency)
    gain = gain_words(best, found)
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


def _cost_binding(planner: Planner, best: Answer) -> str:
    request = planner.request
    if request.min_per_second:
        freed = Planner(replace(request, min_per_second=0.0), planner.stock)
        other = next(freed.ranked(), None)
        if other is not None and other.choice.cents < best.choice.cents:
            asked = speed_words(request, best.gpu_class.speed.unit)
            price = money(other.price, request.currency)
            return f"The speed to reach: {asked}; without it {other.title} for {price} would do"
    return f"The job itself: {best.title} is the cheapest choice that holds it"


def _budget_binding(request: Request, best: Answer, following: Answer) -> str:
    more = whole(following.price - request.budget, request.currency)
    price = money(following.price, request.currency)
    return (
        f"The budget: the next better build, {following.title}, costs {price}, {more} above "
        f"the budget, and is {gain_words(best, following)}"
    )


def whole(amount: Decimal, currency: str) -> str:
    """Return an amount rounded up to whole units: what to add is never said too small."""
    return money(amount.to_integral_value(ROUND_CEILING), currency, decimals=0)


def tight_hint(planner: Planner, best: Answer | None = None) -> tuple[str, ...]:
    """Name the memory size left out only because the job may, but need not, fit it.

    With a ``best`` answer only cards that would be clearly faster are worth a word.
    """
    least = 0.0 if best is None else (1 + WORTH) * best.gpu_class.per_second
    found = [
        gpu
        for gpu, speed in _tight(planner)
        if (best is None or speed > least) and _is_affordable(planner, gpu)
    ]
    if not found:
        return ()
    largest = max(found, key=lambda g: (g.vram_bytes, g.bandwidth_bytes_per_s or 0.0, g.id))
    size = gib(largest.vram_bytes).replace(".0 ", " ")
    words = f"{size} cards such as {largest.name} may just fit this job"
    return (f"{words}; hwstudio plans only what surely fits",)


def _tight(planner: Planner) -> tuple[tuple[Gpu, float], ...]:
    """Return the trusted GPUs the job may, but need not, fit, and their speed; remembered."""
    space, request = planner.space, planner.request
    if space.tight is None:
        gpus = (cards[0].gpu for cards in space.cards.values() if 1 in request.gpu_counts)
        space.tight = tuple(
            (gpu, request.predictor.speed(request.workload, gpu).median or 0.0)
            for gpu in gpus
            if needs_most(request, gpu, 1)[1].verdict is Fit.TIGHT and is_trusted(request, gpu)
        )
    return space.tight


def _is_affordable(planner: Planner, gpu: Gpu) -> bool:
    """Say that a computer inside the budget might be built around the GPU."""
    bound = lower_bound(planner.space, GpuClass(gpu, 1, WIDE, NO_SPEED))
    return bound <= planner.budget_cents


def _affordable_gpus(planner: Planner) -> list[Gpu]:
    """Return the trusted GPUs a computer inside the budget could be built around."""
    gpus = (cards[0].gpu for cards in planner.space.cards.values())
    return [g for g in gpus if _is_affordable(planner, g) and is_trusted(planner.request, g)]


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


def cheapest_of(planner: Planner) -> Answer | None:
    """Return the cheapest answer of a request at any price."""
    return cheapest_among(planner, planner.classes())


def why_not(planner: Planner, blame: Blame | None = None) -> str:
    """Return why nothing was found and the smallest change that helps, in a sentence or two.

    ``blame``: the wishes that cannot be met together; lifting others is then not tried.
    """
    request = planner.request
    parts = (part for group in planner.stock.groups() for part in group)
    missing = unmatched_pins(parts, request)
    if missing:
        return f"Locked, but nothing to buy in the catalogue: {', '.join(missing)}; release it"
    classes = planner.classes()
    if request.min_per_second and (words := too_slow(planner, cheapest_of)):
        return words
    if not classes:
        if not request.min_per_second:
            return _no_class(planner, blame)
        freed = Planner(replace(request, min_per_second=0.0), planner.stock)
        return why_not(freed).replace(THEN_DO, f"{THEN_DO}, {IF_LONGER}")
    cheapest = cheapest_among(planner, classes)
    if cheapest is None:
        return _no_computer(planner, classes, blame)
    price = money(cheapest.price, request.currency)
    more = whole(cheapest.price - request.budget, request.currency)
    in_time = ""
    if request.min_per_second:
        seconds = job_seconds(request.workload, request.min_per_second)
        in_time = f" and does all of it in {duration(seconds)}"
    text = (
        f"The budget is too small: the cheapest build that fits this job{in_time}, with "
        f"{cheapest.title}, costs about {price}; raise the budget by {more} "
        f"or {'give the job more time' if in_time else 'choose a smaller model'}"
    )
    more_ways = [words for words in (_other_setting(planner), _relaxed(planner, blame)) if words]
    return ". ".join(("; or ".join((text, *more_ways)), *tight_hint(planner)))


def _no_computer(planner: Planner, classes: Sequence[GpuClass], blame: Blame | None) -> str:
    """Say what the job needs, that no computer carries those cards, and what would do."""
    request = planner.request
    least = min(classes, key=lambda c: (c.gpu.vram_bytes * c.count, c.count, c.gpu.id))
    need, where = _need(request, least.gpu, least.count), read_mains(request.mains).words
    text = _too_many(planner, min(c.count for c in classes)) or (
        f"No complete computer with known facts meets all limits: the job needs {need}, and no "
        f"computer for such cards stays inside the other limits (wall socket: {where})"
    )
    way = _relaxed(planner, blame) or _anywhere(planner)
    return f"{text}. {_sentence(way)}"


def _too_many(planner: Planner, count: int) -> str:
    """Return that no board takes so many cards; "" where one has the slots."""
    most = max((board.x16_slots_physical for board in planner.stock.motherboards), default=0)
    if most >= count:
        return ""
    return f"No motherboard of the catalogue has {count} long slots for cards; the most is {most}"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _need(request: Request, gpu: Gpu, count: int) -> str:
    """Return "about 40.0 GiB on each of 4 GPUs (160.0 GiB in total)"."""
    job, memory = needs_most(request, gpu, count)
    need = memory.need_bytes or 0
    which = "" if job is request.workload else f" for {job.title}, which it must hold too"
    if count == 1:
        return f"about {gib(need)} on one GPU{which}"
    return f"about {gib(need)} on each of {count} GPUs ({gib(need * count)} in total){which}"


def _anywhere(planner: Planner) -> str:
    """Return the cheapest build that would do at any price, also on another circuit."""
    request = planner.request
    counts = tuple(sorted({*request.gpu_counts, *ANY_COUNT}))
    freed = replace(
        request, mains=STRONG_MAINS, gpu_counts=counts, max_power_w=None, min_vram_bytes=0
    )
    other = Planner(freed, planner.stock)
    found = cheapest_among(other, other.classes())
    if found is None:
        return "no computer of the catalogue's parts does this job, not even on 230 V / 16 A"
    price = money(found.price, request.currency)
    is_stronger = read_mains(request.mains).volts < HIGH_LINE_V
    where = " on a 230 V / 16 A circuit" if is_stronger else ""
    return f"the cheapest build that would do, {found.title}, costs about {price}{where}"


def _other_setting(planner: Planner) -> str:
    """Return the change of the job that fits the largest card this budget could buy."""
    request, within = planner.request, _affordable_gpus(planner)
    if not within:
        return ""
    largest = max(within, key=lambda g: (g.vram_bytes, g.id))
    advice = needs_most(request, largest, 1)[1].advice
    if not advice or advice.startswith(NO_HELP) or advice.endswith(MAYBE):
        return ""
    return f"{advice[:1].lower()}{advice[1:]}, then a {largest.name} holds it"


def _no_class(planner: Planner, blame: Blame | None) -> str:
    """Say why no card qualifies: none is left, none was measured, none holds the job, no speed."""
    request = planner.request
    gpus = [group[0].gpu for group in planner.space.cards.values()]
    if not gpus:
        return _no_card(planner, blame)
    trusted = [gpu for gpu in gpus if is_trusted(request, gpu)]
    largest = max(trusted or gpus, key=lambda g: g.vram_bytes)
    memory = needs_most(request, largest, max(request.gpu_counts))[1]
    if memory.refused:
        return f"The memory need is not known: {memory.refused}"
    why = _no_speed(request, trusted)
    if why:
        helped = _relaxed(planner, blame)
        return f"The speed is not known: {why}" + (f". {_sentence(helped)}" if helped else "")
    need = _need(request, largest, max(request.gpu_counts))
    text = (
        f"The memory of the GPUs: this job needs {need}, and the largest card in question, "
        f"{largest.name}, has {gib(largest.vram_bytes)}"
    )
    more = (memory.advice, _sentence(_anywhere(planner)), *tight_hint(planner))
    return ". ".join((text, *(words for words in more if words)))


def _no_card(planner: Planner, blame: Blame | None) -> str:
    """Say that no card is left by the limits, or that nothing is sold in this money at all."""
    currency = planner.request.currency
    parts = (part for group in planner.stock.groups() for part in group)
    if not any(part.price is not None and part.price.currency == currency for part in parts):
        return f"No part has a price in {currency}"
    helped = _relaxed(planner, blame)
    said = "No card with a price meets the limits"
    return f"{said}. {_sentence(helped)}" if helped else said


def _no_speed(request: Request, trusted: Sequence[Gpu]) -> str:
    """Return why the speed of cards that hold the jobs is not known; "" where none holds them."""
    if not trusted:
        return "nobody has measured this kind of work on a card in question or its relatives"
    able = [(g, n) for g in trusted for n in request.gpu_counts if holds_all(request, g, n)]
    if not able:
        return ""
    gpu, count = max(able, key=lambda pair: (pair[0].vram_bytes, pair[1], pair[0].id))
    why = request.predictor.speed(request.workload, gpu, count=count).refused
    return why or "nothing backs an estimate"


def _relaxed(planner: Planner, blame: Blame | None) -> str:
    """Return the first limit whose removal makes the request solvable inside the same budget."""
    for words, request in relaxations(planner.request):
        if not may_help(planner.request, request, blame):
            continue
        found = next(Planner(request, planner.stock).ranked(), None)
        if found is not None:
            price = money(found.price, request.currency)
            return f"{words}: {found.title} for {price} {THEN_DO}"
    return ""


def relaxations(request: Request) -> Iterator[tuple[str, Request]]:
    """Yield the limits to lift one by one, with words for each, as ``why_not`` tries them."""
    if request.min_vram_bytes:
        yield "lower the memory asked for each GPU", replace(request, min_vram_bytes=0)
    yield from _other_counts(request)
    yield from without_each_limit(request)
    if read_mains(request.mains).volts < HIGH_LINE_V:
        yield "use a 230 V / 16 A circuit", replace(request, mains=STRONG_MAINS)
    yield from without_each_wish(request)
    yield from _other_marks(request)


def _other_counts(request: Request) -> Iterator[tuple[str, Request]]:
    """Yield other numbers of GPUs, the nearest to the one wished for first."""
    wished = set(request.gpu_counts)
    if set(ANY_COUNT) <= wished:
        return
    others = (count for count in ANY_COUNT if count not in wished)
    for count in sorted(others, key=lambda n: (min(abs(n - each) for each in wished), n)):
        words = f"ask for {count} GPU{'' if count == 1 else 's'}"
        yield words, replace(request, gpu_counts=(count,))


def _other_marks(request: Request) -> Iterator[tuple[str, Request]]:
    """Yield the request without the parts that were forbidden or locked, whichever there are."""
    none: frozenset[str] = frozenset()
    if request.excluded:
        yield "allow the forbidden parts", replace(request, excluded=none)
    if request.pinned:
        yield "release the locked parts", replace(request, pinned=none)
    if request.pinned and request.excluded:
        freed = replace(request, pinned=none, excluded=none)
        yield "release the locked parts and allow the forbidden ones", freed
