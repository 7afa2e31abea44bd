"""Walks the GPU classes of a request from best to worst and finds each one's cheapest computer."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.model.build import Build
from hwstudio.core.model.finding import Finding
from hwstudio.core.optimize.check import check_all, errors_of
from hwstudio.core.optimize.classes import classes_of, merit
from hwstudio.core.optimize.complete import (
    Choice,
    cheapest_build,
    cut_key,
    lower_bound,
)
from hwstudio.core.optimize.limits import WIDE
from hwstudio.core.optimize.memory import LISTS_KEPT, remember
from hwstudio.core.optimize.ownership import Terms, bill
from hwstudio.core.optimize.prices import NEVER_CENTS
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.space import GpuClass, Space, budget_free
from hwstudio.core.optimize.stock import Stock, to_money

MOST_REPAIRS = 40
SAME = 1e-9
Cost = Callable[[GpuClass, int], int]


@dataclass(frozen=True, slots=True)
class Answer:
    """A class with its cheapest computer."""

    gpu_class: GpuClass
    choice: Choice

    @property
    def price(self) -> Decimal:
        """Return the price of the whole computer."""
        return to_money(self.choice.cents)

    @property
    def title(self) -> str:
        """Return "2x GeForce RTX 4090"."""
        count, name = self.gpu_class.count, self.gpu_class.gpu.name
        return f"{count}x {name}" if count > 1 else name


class Planner:
    """Solves one request over one space, remembering each class's cheapest computer."""

    def __init__(self, request: Request, stock: Stock) -> None:
        self.request = request
        self.stock = stock
        self.space = self._space()

    def _space(self) -> Space:
        key = budget_free(self.request)
        kept = self.stock.spaces
        if key not in kept:
            while len(kept) >= self.stock.spaces_kept:
                kept.pop(next(iter(kept)))
            kept[key] = Space.prepare(self.request, self.stock)
        space: Space = kept[key]
        return space

    @property
    def budget_cents(self) -> int:
        """Return the budget in whole cents."""
        return int(self.request.budget * 100)

    def classes(self) -> tuple[GpuClass, ...]:
        """Return the possible classes, best first; worked out once per space."""
        return self._sorted()[0]

    def better_than(self, worth: float) -> tuple[GpuClass, ...]:
        """Return the classes whose merit is below ``worth``, best first."""
        classes, merits = self._sorted()
        return classes[: bisect_left(merits, worth)]

    def _sorted(self) -> tuple[tuple[GpuClass, ...], tuple[float, ...]]:
        """Return the classes, best first, and their merits."""
        if self.space.classes is None:
            ranked = sorted(
                ((merit(c, self.request), c) for c in self._all_classes()),
                key=lambda pair: (pair[0], lower_bound(self.space, pair[1]), pair[1].gpu.id),
            )
            self.space.classes = tuple(c for _, c in ranked), tuple(worth for worth, _ in ranked)
        return self.space.classes

    def _all_classes(self) -> tuple[GpuClass, ...]:
        """Return the classes in any order; requests with the same cards and speeds share them."""
        asked, cards = self.request, self.space.cards
        lanes = tuple((gpu, max(c.pcie_lanes or WIDE for c in cards[gpu])) for gpu in cards)
        speeds = (asked.workload, asked.predictor, asked.also, asked.min_per_second)
        key = ("classes", lanes, speeds, asked.gpu_counts, asked.allow_unknown, asked.gpu_makers)
        found: tuple[GpuClass, ...] | None = self.stock.few.get(key)
        if found is None:
            found = classes_of(self.space, self.stock.few)
            remember(self.stock.few, key, found, LISTS_KEPT)
        return found

    def cheapest(self, gpu_class: GpuClass, limit: int = NEVER_CENTS) -> Choice | None:
        """Return the class's cheapest faultless computer up to ``limit`` cents, remembered."""
        if lower_bound(self.space, gpu_class) > limit:
            return None
        key = key_of(gpu_class)
        known = self.space.found.get(key)
        if isinstance(known, Choice):
            return known if known.cents <= limit else None
        if isinstance(known, int) and known >= limit:
            return None
        found = self._faultless(gpu_class, limit)
        self.space.found[key] = found if found is not None else limit
        return found

    def _faultless(self, gpu_class: GpuClass, limit: int) -> Choice | None:
        """Search until the judge has nothing against the answer; each objection becomes a cut."""
        space, tried = self.space.learned or self.space, 0
        for _ in range(MOST_REPAIRS):
            found = cheapest_build(space, gpu_class, limit)
            if found is None:
                return None
            errors = errors_of(check_all(found.build, self.request.mains))
            if not errors:
                return found
            tried = found.cents
            cut = cut_of(found.build, errors[0], self.request.mains)
            space = Space.prepare(self.request, self.stock, space.cuts | {cut})
            self.space.learned = space  # what is forbidden is so for every class
        self.space.given_up[key_of(gpu_class)] = (gpu_class, tried)
        return None

    def is_proven(self, best: Answer) -> bool:
        """Say that no class whose search was given up can hold a better or cheaper answer."""
        if self.request.objective is Objective.OWNERSHIP:
            # A dearer class may still cost less to own.
            return all(least > self.budget_cents for _, least in self.space.given_up.values())
        mine = merit(best.gpu_class, self.request)
        for other, least in self.space.given_up.values():
            gain = mine - merit(other, self.request)
            is_rival = least <= self.budget_cents if gain > SAME else least < best.choice.cents
            if is_rival and gain >= -SAME:
                return False
        return True

    def ranked(self) -> Iterator[Answer]:
        """Yield affordable answers, best first, one per GPU model and number."""
        seen: set[tuple[str, int]] = set()
        for answer in self.every():
            key = (answer.gpu_class.gpu.id, answer.gpu_class.count)
            if key not in seen:
                seen.add(key)
                yield answer

    def every(self) -> Iterator[Answer]:
        """Yield affordable answers, best first, a model and number once for each link width."""
        if self.request.objective is Objective.OWNERSHIP:
            return self._by_ownership()
        if self.request.objective is Objective.COST:
            return self._by_price(_plain, self.classes())
        return self._by_merit()

    def _by_merit(self) -> Iterator[Answer]:
        budget, first = self.budget_cents, 0
        classes, merits = self._sorted()
        while first < len(classes):
            last = bisect_right(merits, merits[first] + SAME, first)
            yield from self._affordable(classes[first:last], budget)
            first = last

    def _affordable(self, group: Sequence[GpuClass], budget: int) -> list[Answer]:
        """Return the answers of classes of equal merit, cheapest first."""
        found = [(self.cheapest(c, budget), c) for c in group]
        answers = [Answer(c, choice) for choice, c in found if choice is not None]
        return sorted(answers, key=lambda a: (a.choice.cents, a.gpu_class.gpu.id))

    def yardstick(self) -> Answer | None:
        """Return the cheapest answer at any price, the fastest of them: it sets the work."""
        best: Answer | None = None
        for gpu_class in sorted(self.classes(), key=lambda c: lower_bound(self.space, c)):
            limit = best.choice.cents if best else NEVER_CENTS
            if lower_bound(self.space, gpu_class) > limit:
                break
            choice = self.cheapest(gpu_class, limit)
            if choice is not None:
                other = Answer(gpu_class, choice)
                best = other if best is None else min(best, other, key=_cheap_then_fast)
        return best

    def _by_ownership(self) -> Iterator[Answer]:
        terms, first = Terms.of(self.request), self.yardstick()
        if first is None:
            return
        work = first.gpu_class.per_second

        energy = {id(c): terms.energy_cents(c, self.request, work) for c in self.classes()}

        def bill_of(gpu_class: GpuClass, cents: int) -> int:
            return bill(terms, cents, energy[id(gpu_class)])

        yield from self._by_price(bill_of, [c for c in self.classes() if terms.is_done(c, work)])

    def _by_price(self, cost: Cost, classes: Sequence[GpuClass]) -> Iterator[Answer]:
        """Yield by cost, then by price: a class is out once its bounds pass the next to be yielded.

        Where owning costs nothing (no hours of use, all of the price got back), price decides.
        """

        def least(gpu_class: GpuClass) -> tuple[int, int]:
            bound = lower_bound(self.space, gpu_class)
            return cost(gpu_class, bound), bound

        def rank(answer: Answer) -> tuple[int, int, float]:
            return cost(answer.gpu_class, answer.choice.cents), *_cheap_then_fast(answer)

        waiting = sorted(classes, key=least)
        ready: list[Answer] = []
        for index, gpu_class in enumerate(waiting):
            choice = self.cheapest(gpu_class, self.budget_cents)
            if choice is not None:
                ready.append(Answer(gpu_class, choice))
            following = waiting[index + 1 :]
            bound = least(following[0]) if following else (0, 0)
            ready.sort(key=rank)
            while ready and (rank(ready[0])[:2] < bound or not following):
                yield ready.pop(0)
        yield from ready


def _plain(_gpu_class: GpuClass, cents: int) -> int:
    return cents


def _cheap_then_fast(answer: Answer) -> tuple[int, float]:
    return answer.choice.cents, -answer.gpu_class.per_second


def key_of(gpu_class: GpuClass) -> tuple[str, int, int]:
    """Return what a class is remembered by."""
    return gpu_class.gpu.id, gpu_class.count, gpu_class.lanes


def cut_of(build: Build, error: Finding, mains: str) -> frozenset[str]:
    """Return the combination an error forbids.

    Only the parts the finding names, when they alone raise it again; else the whole build, which
    is always right, only slower.
    """
    named = named_parts(build, error)
    again = errors_of(check_all(named, mains))
    if any(found.rule == error.rule for found in again):
        return cut_key(named)
    return cut_key(build)


def named_parts(build: Build, error: Finding) -> Build:
    """Return the build with only the parts a finding names."""
    kinds = set(error.parts)
    has_card = bool(kinds & {"gpu", "gpu_card"})
    return Build(
        cpu=build.cpu if "cpu" in kinds else None,
        motherboard=build.motherboard if "motherboard" in kinds else None,
        ram=build.ram if "ram" in kinds else None,
        ram_kits=build.ram_kits,
        card=build.card if has_card else None,
        card_count=build.card_count if has_card else 0,
        storage=build.storage if "storage" in kinds else (),
        psu=build.psu if "psu" in kinds else None,
        case=build.case if "case" in kinds else None,
        cooler=build.cooler if "cooler" in kinds else None,
        power_limit_w=build.power_limit_w,
    )
