"""Has HiGHS prove the best build: the whole request as one integer programme.

The plan itself is found by an exact decomposition (solve.py), which is fast. This is the second
opinion: all parts of all kinds are columns of one programme, written apart from the search, and a
solver nobody here wrote proves the optimum. It runs in two stages, both with whole numbers: the
best rank of the objective, then the fewest cents at that rank. Every answer is judged by all rules;
what they forbid becomes a row, and the programme is solved again until nothing is forbidden.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from hwstudio.core.model.build import Build
from hwstudio.core.model.part import (
    Case,
    Cooler,
    Cpu,
    GpuCard,
    Motherboard,
    Part,
    Psu,
    Ram,
)
from hwstudio.core.optimize.brute import complaints
from hwstudio.core.optimize.check import check_all, errors_of
from hwstudio.core.optimize.choices import Choice, choices_of
from hwstudio.core.optimize.classes import merit
from hwstudio.core.optimize.complete import cut_key
from hwstudio.core.optimize.limits import WIDE
from hwstudio.core.optimize.ownership import PARTS
from hwstudio.core.optimize.planner import SAME, cut_of
from hwstudio.core.optimize.programme import (
    INFINITE,
    WHOLE,
    Optimum,
    Programme,
    minimise,
    solver_name,
)
from hwstudio.core.optimize.request import LARGEST_BUDGET, Objective, Request
from hwstudio.core.optimize.requirements import require_computer, require_psu_length
from hwstudio.core.optimize.second_opinion import ownership_parts
from hwstudio.core.optimize.solve import Solution
from hwstudio.core.optimize.space import GpuClass
from hwstudio.core.optimize.stock import Stock, to_money
from hwstudio.core.optimize.watts import require_power

MOST_ROUNDS = 400
ROW_LARGEST = 1e6  # coefficients of a row of sums, so that the solver's tolerance stays small


class Goal(Enum):
    """What a programme is solved for."""

    OBJECTIVE = auto()  # the best class, then its fewest cents
    FAST_OF_CHEAPEST = auto()  # the fewest cents, then the fastest class
    OWNING = auto()  # the least cost of owning, then the fewest cents


class UnprovenError(Exception):
    """The solver stopped early, or the judge's objections did not end."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The optimum HiGHS proved: None for a build means no choice of parts meets the request."""

    build: Build | None
    gpu_class: GpuClass | None
    cents: int
    gap: float
    rounds: int
    columns: int
    rows: int
    owning: int | None = None  # the cost of owning in 1/1000 cents, where that is minimised


@dataclass(frozen=True, slots=True)
class Reached:
    """What a plan claims: a class and a price."""

    gpu_class: GpuClass
    cents: int
    owning: int | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the independent solver agrees with a plan; ``agrees`` None: it came to no end."""

    solver: str
    agrees: bool | None
    objective: Decimal | float | None  # money for the cheapest, units/s or kWh otherwise
    unit: str
    price: Decimal | None
    gap: float | None
    seconds: float
    words: str


def prove(
    request: Request,
    stock: Stock,
    solution: Solution,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> Proof:
    """Solve the request a second time as an integer programme and compare with a plan."""
    started = clock()
    try:
        proven = certify(request, stock)
    except (ArithmeticError, UnprovenError) as stopped:
        words = f"no proof: {stopped}"
        return Proof(solver_name(), None, None, "", None, None, clock() - started, words)
    found = reached(solution)
    agrees = is_same(proven, found, request)
    value, unit = _objective(proven, request)
    words = "agrees" if agrees else _difference(proven, found)
    price = to_money(proven.cents) if proven.build else None
    return Proof(solver_name(), agrees, value, unit, price, proven.gap, clock() - started, words)


def reached(solution: Solution) -> Reached | None:
    """Return the class and the cents of a plan's best build."""
    if not solution.builds:
        return None
    best = solution.builds[0]
    card = best.build.card
    if card is None:
        return None
    gpu_class = GpuClass(card.gpu, best.build.card_count, WIDE, best.prediction)
    owning = best.ownership.bill if best.ownership else None
    return Reached(gpu_class, round(best.total.amount * 100), owning)


def is_same(proven: Certificate, found: Reached | None, request: Request) -> bool:
    """Return whether both reach the same objective for the same price, to the cent."""
    if proven.gpu_class is None or found is None:
        return proven.gpu_class is None and found is None
    apart = abs(merit(proven.gpu_class, request) - merit(found.gpu_class, request))
    is_same_cost = (proven.cents, proven.owning) == (found.cents, found.owning)
    return apart <= SAME and is_same_cost


def _difference(proven: Certificate, found: Reached | None) -> str:
    mine = f"{proven.cents / 100:,.2f}" if proven.build else "no build"
    other = f"{found.cents / 100:,.2f}" if found else "no build"
    return f"differs: the solver found {mine}, the plan {other}"


def _objective(proven: Certificate, request: Request) -> tuple[Decimal | float | None, str]:
    if proven.gpu_class is None:
        return None, ""
    if request.objective is Objective.COST:
        return to_money(proven.cents), request.currency
    if proven.owning is not None:
        return to_money(proven.owning) / PARTS, request.currency
    if request.objective is Objective.ENERGY:
        return merit(proven.gpu_class, request), "kWh"
    return proven.gpu_class.per_second, f"{request.workload.unit}/s"


def certify(request: Request, stock: Stock) -> Certificate:
    """Return the proven optimum of the whole request.

    Raises:
        UnprovenError: the judge still objected after many rounds.
        ArithmeticError: the solver stopped without a proof.
    """
    work: float | None = None
    if request.objective is Objective.OWNERSHIP:
        at_any_price = replace(request, objective=Objective.COST, budget=LARGEST_BUDGET)
        first = _certified(at_any_price, stock, Goal.FAST_OF_CHEAPEST)
        if first.gpu_class is None:
            return first
        work = first.gpu_class.per_second
    return _certified(request, stock, Goal.OBJECTIVE if work is None else Goal.OWNING, work)


def _certified(
    request: Request, stock: Stock, goal: Goal, work: float | None = None
) -> Certificate:
    cuts: list[frozenset[str]] = []
    tainted: frozenset[str] = frozenset()
    for rounds in range(1, MOST_ROUNDS + 1):
        model = _Model(request, stock, tainted, cuts)
        best = model.solve(goal, work or 0.0)
        size = (rounds, model.programme.size, len(model.programme.rows))
        if best is None:
            return Certificate(None, None, 0, 0.0, *size)
        build, gpu_class = model.read(best)
        cut = objection(build, request)
        if cut is None:
            owning = model.owning(best, work) if work is not None else None
            return Certificate(build, gpu_class, model.cents(best), best.gap, *size, owning)
        cuts.append(cut)
        tainted |= cut
    raise UnprovenError(f"the rules still objected after {MOST_ROUNDS} rounds")


def objection(build: Build, request: Request) -> frozenset[str] | None:
    """Return the combination the rules or the planner's own limits forbid, None for a fine one."""
    errors = errors_of(check_all(build, request.mains))
    if errors:
        return cut_of(build, errors[0], request.mains)
    return cut_key(build) if complaints(build, request) else None


class _Model:
    """One programme with its columns."""

    def __init__(
        self, request: Request, stock: Stock, tainted: frozenset[str], cuts: list[frozenset[str]]
    ) -> None:
        self.request = request
        self.programme = Programme()
        self.choices = choices_of(request, stock, tainted, self.programme.column)
        require_computer(self.programme, self.choices, request)
        require_psu_length(self.programme, self.choices, allow_unknown=request.allow_unknown)
        require_power(self.programme, self.choices, request)
        for cut in cuts:
            self.programme.not_all(self._columns_of(cut))

    def _columns_of(self, cut: frozenset[str]) -> list[list[int]]:
        """Return the columns each part of a cut stands for."""
        out = []
        for group in self.choices.groups():
            if group is self.choices.drives:
                out += self._drives_of(cut)
                continue
            mine = [choice for choice in group if choice.part.id in cut]
            if mine and isinstance(mine[0].part, GpuCard | Ram):
                unit = "cards" if isinstance(mine[0].part, GpuCard) else "kits"
                mine = [choice for choice in mine if f"{choice.count} {unit}" in cut]
            if mine:
                out.append([choice.column for choice in mine])
        return out

    def _drives_of(self, cut: frozenset[str]) -> list[list[int]]:
        """Return the columns of drives that hold every drive a cut names."""
        known = {c.column: {c.part.id, *(d.id for d in c.further)} for c in self.choices.drives}
        named = cut.intersection(*[set().union(*known.values())])
        mine = [column for column, ids in known.items() if named <= ids]
        return [mine] if named and mine else []

    def solve(self, goal: Goal, work: float) -> Optimum | None:
        """Return the optimum of a goal; ``work``: units per second whose hours set the work."""
        if not all(self.choices.groups()):
            return None
        if goal is Goal.FAST_OF_CHEAPEST:
            return self._two_sums(self._prices(), self._ranks(lambda c: -c.per_second))
        if goal is Goal.OWNING:
            late = [c.column for c in self.choices.cards if self._energy(c, work) is None]
            self.programme.row(dict.fromkeys(late, 1.0), 0.0, 0.0)
            return self._two_sums(self._bills(work), self._prices())
        return self._best_rank()

    def _two_sums(self, first: dict[int, int], then: dict[int, int]) -> Optimum | None:
        """Return the smallest second sum among all choices with the smallest first sum."""
        best = minimise(self.programme, first)
        if best is None:
            return None
        scale = max(1.0, max(first.values()) / ROW_LARGEST)
        terms = {column: value / scale for column, value in first.items() if value}
        self.programme.row(terms, -INFINITE, (best.value + WHOLE) / scale)
        last = minimise(self.programme, then)
        if last is None:
            raise ArithmeticError("the second stage found nothing at the sum of the first")
        return replace(last, gap=max(best.gap, last.gap))

    def _prices(self) -> dict[int, int]:
        return {c.column: c.cents for group in self.choices.groups() for c in group}

    def _energy(self, card: Choice[GpuCard], work: float) -> int | None:
        return ownership_parts(card.gpu_class, 0, work, self.request) if card.gpu_class else None

    def _bills(self, work: float) -> dict[int, int]:
        """Return what each choice adds to the cost of owning, in 1/1000 cents."""
        a_cent = self._share_kept()
        bills = {column: cents * a_cent for column, cents in self._prices().items()}
        for card in self.choices.cards:
            bills[card.column] += self._energy(card, work) or 0
        return bills

    def _share_kept(self) -> int:
        """Return what one cent of price adds to the cost of owning, in 1/1000 cents."""
        one = next(c.gpu_class for c in self.choices.cards if c.gpu_class)
        work = one.per_second
        more, less = (ownership_parts(one, cents, work, self.request) for cents in (1, 0))
        return (more or 0) - (less or 0)

    def owning(self, best: Optimum, work: float) -> int:
        """Return the cost of owning a solution in 1/1000 cents."""
        bills = self._bills(work)
        return sum(bills[column] for column in best.chosen)

    def _best_rank(self) -> Optimum | None:
        """Return the fewest cents at the best rank of the objective."""
        ranks = self._ranks(lambda c: merit(c, self.request))
        best = minimise(self.programme, ranks)
        if best is None:
            return None
        worse = [column for column, rank in ranks.items() if rank != best.value]
        self.programme.row(dict.fromkeys(worse, 1.0), 0.0, 0.0)
        cheapest = minimise(self.programme, self._prices())
        if cheapest is None:
            raise ArithmeticError("the second stage found nothing at the rank of the first")
        return replace(cheapest, gap=max(best.gap, cheapest.gap))

    def _ranks(self, value_of: Callable[[GpuClass], float]) -> dict[int, int]:
        """Return the place of each class's value, 0 the best; values too close share one."""
        merits = {c.column: value_of(c.gpu_class) for c in self.choices.cards if c.gpu_class}
        ranks: dict[int, int] = {}
        rank, first = -1, -math.inf
        for column, value in sorted(merits.items(), key=lambda pair: pair[1]):
            if value > first + SAME:
                rank, first = rank + 1, value
            ranks[column] = rank
        return ranks

    def _chosen(self, best: Optimum) -> list[Choice[Part]]:
        wanted = set(best.chosen)
        return [c for group in self.choices.groups() for c in group if c.column in wanted]

    def cents(self, best: Optimum) -> int:
        """Return the price of a solution."""
        return sum(choice.cents for choice in self._chosen(best))

    def read(self, best: Optimum) -> tuple[Build, GpuClass | None]:
        """Return a solution as a computer."""
        chosen: dict[type[Part], Any] = {type(c.part): c.part for c in self._chosen(best)}
        card = next(c for c in self.choices.cards if c.column in best.chosen)
        kits = next(c.count for c in self.choices.rams if c.column in best.chosen)
        drive = next(c for c in self.choices.drives if c.column in best.chosen)
        build = Build(
            card=card.part,
            card_count=card.count,
            cpu=chosen[Cpu],
            motherboard=chosen[Motherboard],
            ram=chosen[Ram],
            ram_kits=kits,
            storage=(drive.part, *drive.further),
            psu=chosen[Psu],
            case=chosen[Case],
            cooler=chosen[Cooler],
            power_limit_w=self.request.power_limit_w,
        )
        return build, card.gpu_class
