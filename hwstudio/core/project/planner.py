"""Brings a project's wishes, the catalogue and the solver together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, Decimal
from typing import Protocol

from hwstudio.core.base.money import money
from hwstudio.core.model.build import Build, total_of
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.part import Case, GpuCard, Part, PartKind
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.check import check_all
from hwstudio.core.optimize.request import (
    DEFAULT_STORAGE_BYTES,
    LARGEST_BUDGET,
    Objective,
    Request,
)
from hwstudio.core.optimize.slots import lanes_of
from hwstudio.core.optimize.solve import PlannedBuild, Solution, solve
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.power.answer import power_answer
from hwstudio.core.predict.memory import Fit, MemoryPrediction, memory_on, predict_memory
from hwstudio.core.predict.predictor import COUNTED, Predictor
from hwstudio.core.project.answer import (
    Alternative,
    Alternatives,
    Answer,
    Frontier,
    FrontierPoint,
    Remedy,
)
from hwstudio.core.project.assemble import all_priced, build_of, choices_of, swapped
from hwstudio.core.project.state import GPU_COUNTS, Limits, OwnPrice, ProjectState

KINDS = tuple(kind for kind in PartKind if kind is not PartKind.GPU)
CASE_SIZES = (
    ("Mini-ITX", ("Mini ITX Tower", "HTPC")),
    ("Mini tower", ("Micro ATX Mini Tower", "Micro ATX Desktop", "ATX Mini Tower")),
    ("Mid tower", ("Micro ATX Mid Tower", "ATX Mid Tower", "EATX Mid Tower")),
)
MOST_REMEDIES = 3
MOST_KEPT = 64
ROUND_TO = Decimal(10)


class Shelf(Protocol):
    """What the planner needs of the catalogue."""

    def parts(self, kind: PartKind) -> tuple[Part, ...]: ...
    def part(self, part_id: str) -> Part: ...
    def workload(self, workload_id: str) -> Workload: ...


@dataclass(frozen=True, slots=True)
class _Way:
    """One relaxation to try when nothing fits."""

    words: str
    state: ProjectState
    objective: str = ""  # what best meant before the relaxation, given back with the answer


@dataclass(frozen=True, slots=True)
class _Priced:
    """A stock and what it was made of."""

    groups: tuple[tuple[Part, ...], ...]
    own_prices: tuple[OwnPrice, ...]
    stock: Stock
    solutions: dict[Request, Solution] = field(default_factory=dict)  # so undo is instant


def _are_same(old: tuple[object, ...], new: tuple[object, ...]) -> bool:
    """Compare by identity: the catalogue hands out new tuples when a price changed."""
    return all(a is b for a, b in zip(old, new, strict=True))


class ProjectPlanner:
    """Answers projects. Calls may come from several threads; they wait for each other."""

    def __init__(self, shelf: Shelf, predictor: Callable[[], Predictor] = lambda: COUNTED) -> None:
        self._shelf = shelf
        self._newest = predictor
        self._predictor = COUNTED  # the newest when the answer was begun
        self._priced: _Priced | None = None
        self._lock = threading.Lock()

    def answer(self, state: ProjectState, *, keeps_parts: bool) -> Answer:
        """Solve the wishes; judge the project's own parts, or take the best build's.

        Raises:
            UserError: the job is not in the catalogue, or a wish cannot be meant.
        """
        with self._lock:
            self._predictor = self._newest()
            workload = self._shelf.workload(state.workload_id)
            solution = self._solved(state)
            chosen, missing = (
                self._kept(state, workload, solution) if keeps_parts and state.parts else (None, ())
            )
            if chosen is None and solution.builds:
                chosen = solution.builds[0]
            elif chosen is None and state.locked:
                # Parts somebody locked stay on the table even when no whole build fits them.
                chosen, missing = self._kept(state, workload, solution)
            remedies = () if solution.builds else tuple(self._remedies(state))
            return Answer(
                asked=state,
                workload=workload,
                solution=solution,
                chosen=chosen,
                missing=missing,
                remedies=remedies,
            )

    def alternatives(self, state: ProjectState, kind: PartKind) -> Alternatives:
        """Return every part that could stand in a row of the project's build, cheapest first."""
        with self._lock:
            self._predictor = self._newest()
            workload = self._shelf.workload(state.workload_id)
            build = build_of(state, self._shelf.part).build
            job = Job(workload, state.mains, self._predictor)
            now = judged(build, job)
            pieces = next((c.quantity for c in state.parts if c.kind == kind.value), 1)
            parts = [
                p for p in all_priced(self._shelf.parts(kind), state) if is_within(p, state.limits)
            ]
            found = [_alternative(now, part, pieces, job) for part in parts]
            rows = sorted((row for row in found if row is not None), key=_by_price)
            return Alternatives(kind, tuple(rows), len(parts), len(parts) - len(rows))

    def frontier(
        self,
        state: ProjectState,
        budgets: Iterable[Decimal],
        is_stale: Callable[[], bool] = bool,
    ) -> Frontier:
        """Return the fastest build at each budget; an empty frontier when asked to stop.

        The lock is freed between budgets, so an answer never waits for the whole curve.
        """
        points = []
        for budget in budgets:
            if is_stale():
                return Frontier(state, ())
            with self._lock:
                self._predictor = self._newest()
                wished = replace(state, budget=budget, objective=Objective.TIME.value)
                points.append(_frontier_point(budget, self._solved(wished)))
        return Frontier(state, tuple(points))

    # --- solving ---------------------------------------------------------------------------

    def _solved(self, state: ProjectState) -> Solution:
        workload = self._shelf.workload(state.workload_id)
        request = request_of(state, workload, self._predictor)
        priced = self._priced_for(state)
        found = priced.solutions.pop(request, None) or solve(request, priced.stock)
        priced.solutions[request] = found  # newest last
        while len(priced.solutions) > MOST_KEPT:
            del priced.solutions[next(iter(priced.solutions))]
        return found

    def _priced_for(self, state: ProjectState) -> _Priced:
        """Return the parts with their prices; kept, because it remembers searches and answers."""
        groups = tuple(self._shelf.parts(kind) for kind in KINDS)
        kept = self._priced
        if (
            kept is None
            or kept.own_prices != state.own_prices
            or not _are_same(kept.groups, groups)
        ):
            stock = Stock.from_parts(*(all_priced(group, state) for group in groups))
            self._priced = kept = _Priced(groups, state.own_prices, stock)
        return kept

    def _kept(
        self, state: ProjectState, workload: Workload, solution: Solution
    ) -> tuple[PlannedBuild | None, tuple[str, ...]]:
        assembly = build_of(state, self._shelf.part)
        for planned in solution.builds:
            if choices_of(planned.build) == choices_of(assembly.build):
                return planned, assembly.missing
        if not choices_of(assembly.build):
            return None, assembly.missing
        job = Job(workload, state.mains, self._predictor)
        return judged(assembly.build, job), assembly.missing

    # --- ways out --------------------------------------------------------------------------

    def _remedies(self, state: ProjectState) -> Iterator[Remedy]:
        """Yield the single changes that make a build possible; else one that changes all."""
        found = 0
        for way in _single_ways(state):
            if found < MOST_REMEDIES and (remedy := self._tried(way)) is not None:
                found += 1
                yield remedy
        if not found:
            free = replace(state, limits=Limits(), gpu_count=None, locked=())
            way = _Way("Drop all limits and", _with_any_budget(free), free.objective)
            if free != state and (remedy := self._tried(way)) is not None:
                yield remedy

    def _tried(self, way: _Way) -> Remedy | None:
        solution = self._solved(way.state)
        if not solution.builds:
            return None
        if way.state.budget != LARGEST_BUDGET:
            return Remedy(way.words, way.state)
        total = solution.builds[0].total
        needed = (total.amount / ROUND_TO).to_integral_value(ROUND_CEILING) * ROUND_TO
        words = f"{way.words} raise the budget to {money(needed, total.currency, decimals=0)}"
        words = words.strip()
        wanted = replace(way.state, budget=needed, objective=way.objective or way.state.objective)
        return Remedy(words[0].upper() + words[1:], wanted)


def _frontier_point(budget: Decimal, solution: Solution) -> FrontierPoint:
    if not solution.builds:
        return FrontierPoint(budget, None, "", "")
    best = solution.builds[0]
    card = best.build.card
    title = f"{best.build.card_count}x {card.gpu.name}" if card is not None else ""
    return FrontierPoint(budget, best.prediction.median, best.prediction.unit, title)


def _single_ways(state: ProjectState) -> Iterator[_Way]:
    yield _Way("", _with_any_budget(state), state.objective)
    limits = state.limits
    if state.locked:
        yield _Way("Unlock all parts", replace(state, locked=()))
    if state.gpu_count is not None:
        yield _Way("Let the number of graphics cards vary", replace(state, gpu_count=None))
    for words, is_set, free in (
        ("Drop the GPU memory limit", limits.min_vram_bytes, {"min_vram_bytes": 0}),
        ("Allow any GPU maker", limits.gpu_maker, {"gpu_maker": ""}),
        ("Allow any case size", limits.case_form_factor, {"case_form_factor": ""}),
        ("Drop the power limit", limits.max_power_w, {"max_power_w": None}),
        ("Allow less memory", limits.min_ram_bytes, {"min_ram_bytes": 0}),
        ("Allow a smaller drive", limits.min_storage_bytes, {"min_storage_bytes": 0}),
    ):
        if is_set:
            yield _Way(words, replace(state, limits=replace(limits, **free)))


def _with_any_budget(state: ProjectState) -> ProjectState:
    """The cheapest build without a budget says how much budget is needed."""
    return replace(state, budget=LARGEST_BUDGET, objective=Objective.COST.value)


def request_of(state: ProjectState, workload: Workload, predictor: Predictor = COUNTED) -> Request:
    """Return the question a project asks.

    Raises:
        UserError: a wish cannot be meant.
    """
    limits = state.limits
    locked = [c for c in state.parts if c.kind in state.locked]
    counts = GPU_COUNTS if state.gpu_count is None else (state.gpu_count,)
    card = next((c for c in locked if c.kind == PartKind.GPU_CARD.value), None)
    return Request(
        budget=state.budget,
        workload=workload,
        currency=state.currency,
        objective=Objective(state.objective),
        gpu_counts=(card.quantity,) if card is not None else counts,
        min_vram_bytes=limits.min_vram_bytes,
        max_power_w=limits.max_power_w,
        min_ram_bytes=limits.min_ram_bytes,
        min_storage_bytes=limits.min_storage_bytes or DEFAULT_STORAGE_BYTES,
        gpu_makers=(limits.gpu_maker,) if limits.gpu_maker else (),
        case_form_factors=case_sizes(limits.case_form_factor),
        pinned=frozenset(c.part_id for c in locked),
        mains=state.mains,
        predictor=predictor,
    )


def case_sizes(largest: str) -> tuple[str, ...]:
    """Return the case forms up to a size; () for no limit or a size nobody knows."""
    found: list[str] = []
    for name, forms in CASE_SIZES:
        found += forms
        if name == largest:
            return tuple(found)
    return ()


def is_within(part: Part, limits: Limits) -> bool:
    """Say whether a part respects the limits of a project."""
    if isinstance(part, GpuCard):
        maker = limits.gpu_maker
        return part.vram_bytes >= limits.min_vram_bytes and maker in ("", part.gpu.maker)
    if isinstance(part, Case):
        forms = case_sizes(limits.case_form_factor)
        return not forms or part.form_factor in forms
    return True


@dataclass(frozen=True, slots=True)
class Job:
    """What a build is judged for: the work, the wall circuit, and who says how fast it is."""

    workload: Workload
    mains: str
    predictor: Predictor = COUNTED


def judged(build: Build, job: Job) -> PlannedBuild:
    """Return a build, however it came about, with everything that can be said about it."""
    card, count = build.card, build.card_count
    gpu = card.gpu if card is not None and count else None
    return PlannedBuild(
        build,
        total_of(build),
        power_answer(build, mains=job.mains),
        check_all(build, job.mains),
        job.predictor.speed(job.workload, gpu, count=max(1, count), lanes_per_gpu=lanes_of(build)),
        _memory(job.workload, card, max(1, count)),
    )


def _memory(workload: Workload, card: GpuCard | None, count: int) -> MemoryPrediction:
    if card is None:
        return predict_memory(workload, 0, count)
    return memory_on(workload, replace(card.gpu, vram_bytes=card.vram_bytes), count)


def _alternative(now: PlannedBuild, part: Part, quantity: int, job: Job) -> Alternative | None:
    """Return one part's effect on the build, or None when a rule forbids it."""
    build = swapped(now.build, part, quantity)
    is_current = choices_of(build) == choices_of(now.build)
    planned = now if is_current else judged(build, job)
    if not is_current and (_new_errors(now, planned) or planned.memory.verdict is Fit.NO):
        return None
    old, new = now.prediction.median, planned.prediction.median
    is_priced = not planned.total.unpriced and not now.total.unpriced
    return Alternative(
        part=part,
        quantity=quantity,
        price_change=planned.total.amount - now.total.amount if is_priced else None,
        speed_change=new / old - 1 if old and new else None,
        power_change_w=planned.power.sustained_w - now.power.sustained_w,
        verdict=worst_of(planned.findings),
        is_current=is_current,
    )


def _new_errors(now: PlannedBuild, then: PlannedBuild) -> bool:
    """Errors the build had before do not speak against a part."""
    old = {f.rule for f in now.findings if f.severity is Severity.ERROR}
    return any(f.severity is Severity.ERROR and f.rule not in old for f in then.findings)


def worst_of(findings: Iterable[Finding]) -> str:
    """Return error, warn, unknown or ok."""
    found = {finding.severity for finding in findings}
    for severity, word in (
        (Severity.ERROR, "error"),
        (Severity.WARNING, "warn"),
        (Severity.UNKNOWN, "unknown"),
    ):
        if severity in found:
            return word
    return "ok"


def _by_price(row: Alternative) -> tuple[bool, Decimal, str]:
    price = row.part.price
    return price is None, price.amount if price else Decimal(0), row.part.name
