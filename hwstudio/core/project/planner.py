"""Brings a project's wishes, the catalogue and the solver together."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.build import Total
from hwstudio.core.model.part import Case, Cooler, GpuCard, Part, PartKind
from hwstudio.core.model.price import PriceKind
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.explain_wishes import aside
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.request import (
    ANY_COUNT,
    DEFAULT_STORAGE_BYTES,
    Objective,
    Request,
)
from hwstudio.core.optimize.robust import Robust
from hwstudio.core.optimize.solve import PlannedBuild, Solution, solve
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.optimize.why_part import why_not_part
from hwstudio.core.predict.job import job_seconds, speed_for
from hwstudio.core.predict.predictor import COUNTED, Predictor
from hwstudio.core.project.alternatives import alternatives_in
from hwstudio.core.project.answer import (
    Alternatives,
    Answer,
    Frontier,
    Remedy,
)
from hwstudio.core.project.assemble import all_priced, build_of, choices_of
from hwstudio.core.project.grown import Frontiers, Grown, ignore
from hwstudio.core.project.jobs import find_job
from hwstudio.core.project.judging import Job, judged
from hwstudio.core.project.places import Place, place_of
from hwstudio.core.project.seen import circumstances, with_seen
from hwstudio.core.project.state import Limits, ProjectState
from hwstudio.core.project.ways import (
    Least,
    all_dropped,
    pairs_with_budget,
    single_ways,
    tried,
    with_any_budget,
)

KINDS = tuple(kind for kind in PartKind if kind is not PartKind.GPU)
CASE_SIZES = (
    ("Mini-ITX", ("Mini ITX Tower", "HTPC")),
    ("Mini tower", ("Micro ATX Mini Tower", "Micro ATX Desktop", "ATX Mini Tower")),
    ("Mid tower", ("Micro ATX Mid Tower", "ATX Mid Tower", "EATX Mid Tower")),
)
MOST_REMEDIES = 3
MOST_KEPT = 64


class Shelf(Protocol):
    """What the planner needs of the catalogue."""

    def parts(self, kind: PartKind) -> tuple[Part, ...]: ...
    def part(self, part_id: str) -> Part: ...
    def workload(self, workload_id: str) -> Workload: ...
    def ai_models(self) -> tuple[AiModel, ...]: ...


@dataclass(frozen=True, slots=True)
class _Priced:
    """A stock and what it was made of."""

    groups: tuple[tuple[Part, ...], ...]
    terms: tuple[object, ...]  # the user's own prices, and the currency with its rate
    stock: Stock
    solutions: dict[Request, Solution] = field(default_factory=dict)  # so undo is instant


def _are_same(old: tuple[object, ...], new: tuple[object, ...]) -> bool:
    """Compare by identity: the catalogue hands out new tuples when a price changed."""
    return all(a is b for a, b in zip(old, new, strict=True))


def _terms_of(state: ProjectState) -> tuple[object, ...]:
    return (state.own_prices, state.currency if state.exchange else "", state.exchange)


class ProjectPlanner:
    """Answers projects. Calls may come from several threads; they wait for each other."""

    def __init__(
        self,
        shelf: Shelf,
        predictor: Callable[[], Predictor] = lambda: COUNTED,
        tariff: Callable[[str], Decimal | None] = lambda _currency: None,
    ) -> None:
        """``tariff``: the price of a kWh in a currency, for projects that name none."""
        self._shelf = shelf
        self._tariff = tariff
        self._newest = predictor
        self._predictor = COUNTED  # the newest when the answer was begun
        self._priced: _Priced | None = None
        self._frontiers = Frontiers()
        self._lock = threading.Lock()

    def answer(self, state: ProjectState, *, keeps_parts: bool) -> Answer:
        """Solve the wishes; judge the project's own parts, or take the best build's.

        Raises:
            UserError: the job is not in the catalogue, or a wish cannot be meant.
        """
        with self._lock:
            self._predictor = self._newest()
            workload = find_job(self._shelf, state.workload_id)
            solution = self._solved(state)
            chosen, missing = (
                self._kept(state, workload, solution) if keeps_parts and state.parts else (None, ())
            )
            if chosen is None and solution.builds:
                chosen = solution.builds[0]
            elif chosen is None and state.locked:
                # Parts somebody locked stay on the table even when no whole build fits them.
                chosen, missing = self._kept(state, workload, solution)
            remedies = () if solution.builds else tuple(self._remedies(state, self._least))
            return Answer(
                asked=state,
                workload=workload,
                solution=solution,
                chosen=with_seen(chosen, state),
                missing=missing,
                remedies=remedies,
                robust=self.robust(state),
            )

    def alternatives(
        self, state: ProjectState, kind: PartKind, place: Place | None = None
    ) -> Alternatives:
        """Return every part that could stand in a row of the project's build, cheapest first.

        ``place`` None: the row of the kind; of drives the first, where others hold the data.
        """
        with self._lock:
            self._predictor = self._newest()
            workload = find_job(self._shelf, state.workload_id)
            build = build_of(state, self._shelf.part).build
            row = place or place_of(state, kind)
            parts = (p for p in self._shelf.parts(kind) if is_within(p, state.limits))
            return alternatives_in(
                build, row, all_priced(parts, state), self._job(state, workload), state.data_drives
            )

    def why_not(self, state: ProjectState, part_id: str) -> str:
        """Return in a sentence why a part is not in the best build."""
        with self._lock:
            self._predictor = self._newest()
            stock = aside(self._priced_for(state).stock)
            return why_not_part(Planner(self._request(state, self._predictor), stock), part_id)

    def frontier(
        self,
        state: ProjectState,
        is_stale: Callable[[], bool] = bool,
        tell: Callable[[Frontier], None] = ignore,
    ) -> Frontier:
        """Work out the best build at every budget; one that is not ready when asked to stop.

        It has a memory of its own: an answer never waits for it. Budgets near the state's come
        first. ``tell`` is handed what is known a few times a second.
        """
        with self._lock:
            self._predictor = self._newest()
            request = self._request(state, self._predictor)
            priced = self._priced_for(state)
        grown = self._frontiers.find(request, priced)
        if grown is None:
            grown = Grown(request, priced)
            for told in grown.grow(state, is_stale):
                tell(told)
            if is_stale():
                return grown.shown(state)
            least = self._least_of(grown)
            grown.warm(lambda poor: tuple(self._remedies(poor, least, has_time=False)), state)
            self._frontiers.keep(grown)
        return grown.shown(state)

    def at_once(self, state: ProjectState, *, keeps_parts: bool) -> Answer | None:
        """Return what ``answer`` would, from the remembered frontier; None = it must be asked."""
        if keeps_parts and state.parts:
            return None
        grown = self._grown(state)
        if grown is None:
            return None
        solution = grown.solution(state.budget)
        if not solution.builds and (state.locked or state.limits.max_hours is not None):
            return None  # what else would do takes another search
        return Answer(
            asked=state,
            workload=grown.request.workload,
            solution=solution,
            chosen=with_seen(solution.builds[0] if solution.builds else None, state),
            remedies=() if solution.builds else tuple(self._remedies(state, self._least_of(grown))),
            robust=grown.robust(state.budget),
        )

    def robust(self, state: ProjectState) -> Robust | None:
        """Return how firm the best build is; None where nothing fits or no frontier is known."""
        grown = self._grown(state)
        return None if grown is None else grown.robust(state.budget)

    def _grown(self, state: ProjectState) -> Grown | None:
        """Return the frontier of a state's wishes, if it is known and still holds."""
        priced = self._priced
        if not self._frontiers or priced is None or priced.terms != _terms_of(state):
            return None
        if not _are_same(priced.groups, tuple(self._shelf.parts(kind) for kind in KINDS)):
            return None
        return self._frontiers.find(self._request(state, self._newest()), priced)

    def _least_of(self, grown: Grown) -> Callable[[ProjectState], Total | None]:
        """Return who says what the cheapest build for other wishes costs, from a frontier."""

        def least(state: ProjectState) -> Total | None:
            return grown.least(self._request(state, grown.request.predictor))

        return least

    def _also(self, state: ProjectState) -> tuple[Workload, ...]:
        return tuple(find_job(self._shelf, job) for job in state.also if job != state.workload_id)

    def _job(self, state: ProjectState, workload: Workload) -> Job:
        return Job(
            workload, state.mains, self._predictor, state.tax_pct, state.owned, self._also(state),
            circumstances(state),
        )  # fmt: skip

    def _request(self, state: ProjectState, predictor: Predictor) -> Request:
        return request_of(
            state, find_job(self._shelf, state.workload_id), predictor,
            also=self._also(state), tariff=self._tariff_of(state),
        )  # fmt: skip

    def _tariff_of(self, state: ProjectState) -> Decimal | None:
        """Return the price of a kWh: of the project's currency, else the dollar's exchanged."""
        known = self._tariff(state.currency)
        if known is not None or state.exchange is None:
            return known
        usd = self._tariff("USD")
        return None if usd is None else usd * state.exchange.per_usd

    # --- solving ---------------------------------------------------------------------------

    def _solved(self, state: ProjectState) -> Solution:
        request = self._request(state, self._predictor)
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
        if kept is None or kept.terms != _terms_of(state) or not _are_same(kept.groups, groups):
            stock = Stock.from_parts(*(all_priced(group, state) for group in groups))
            self._priced = kept = _Priced(groups, _terms_of(state), stock)
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
        job = self._job(state, workload)
        return judged(assembly.build, job), assembly.missing

    # --- ways out --------------------------------------------------------------------------

    def _least(self, state: ProjectState) -> Total | None:
        """Return what the cheapest build for these wishes costs at any budget."""
        builds = self._solved(with_any_budget(state)).builds
        return builds[0].total if builds else None

    def _remedies(
        self, state: ProjectState, least: Least, *, has_time: bool = True
    ) -> Iterator[Remedy]:
        """Yield the single changes that make a build possible, else such with another budget.

        Where one wish and the budget are not enough, all limits are dropped.
        """
        found = 0
        if has_time and (more_time := self._more_time(state)) is not None:
            found += 1
            yield more_time
        free = replace(state, limits=Limits(), gpu_count=None, locked=(), owned=(), also=())
        dropped = all_dropped(free) if free != state else ()
        for ways, most in (
            (single_ways(state), MOST_REMEDIES),
            (pairs_with_budget(state), MOST_REMEDIES),
            (dropped, 1),
        ):
            for way in ways:
                if found < most and (remedy := tried(way, least)) is not None:
                    found += 1
                    yield remedy
            if found:
                return

    def _more_time(self, state: ProjectState) -> Remedy | None:
        """Return the deadline the fastest build within all other limits meets, in whole hours."""
        if state.limits.max_hours is None:
            return None
        unhurried = replace(state, limits=replace(state.limits, max_hours=None))
        solution = self._solved(replace(unhurried, objective=Objective.TIME.value))
        speed = solution.builds[0].prediction.median if solution.builds else None
        if not speed:
            return None
        hours = math.ceil(job_seconds(find_job(self._shelf, state.workload_id), speed) / 3600)
        wanted = replace(state, limits=replace(state.limits, max_hours=float(hours)))
        return Remedy(f"Give the job {hours:,} h", wanted)


def request_of(
    state: ProjectState,
    workload: Workload,
    predictor: Predictor = COUNTED,
    *,
    also: tuple[Workload, ...] = (),
    tariff: Decimal | None = None,
) -> Request:
    """Return the question a project asks; ``tariff`` counts where the project names none.

    Raises:
        UserError: a wish cannot be meant.
    """
    limits, use = state.limits, state.usage
    locked = [c for c in state.parts if c.kind in state.locked]
    counts = ANY_COUNT if state.gpu_count is None else (state.gpu_count,)
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
        excluded=frozenset(limits.forbidden),
        mains=state.mains,
        predictor=predictor,
        also=also,
        min_per_second=_speed_asked(limits, workload),
        max_noise_dba=limits.max_noise_dba,
        new_only=limits.new_only,
        brands=tuple((brand.kind, brand.maker) for brand in limits.brands),
        owned=state.owned,
        tax_pct=state.tax_pct,
        usage=use if use.tariff_per_kwh is not None else replace(use, tariff_per_kwh=tariff),
        data_drives=state.data_drives,
        power_limit_w=state.power_limit_w,
    )


def _speed_asked(limits: Limits, workload: Workload) -> float:
    return 0.0 if limits.max_hours is None else speed_for(workload, limits.max_hours * 3600)


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
    makers = {b.maker.casefold() for b in limits.brands if b.kind == part.kind.value}
    if part.id in limits.forbidden or (makers and part.maker.casefold() not in makers):
        return False
    if limits.new_only and part.price is not None and part.price.kind is PriceKind.USED:
        return False
    if isinstance(part, Cooler) and limits.max_noise_dba is not None:
        return part.noise_dba is not None and part.noise_dba <= limits.max_noise_dba
    if isinstance(part, GpuCard):
        maker = limits.gpu_maker
        return part.vram_bytes >= limits.min_vram_bytes and maker in ("", part.gpu.maker)
    if isinstance(part, Case):
        forms = case_sizes(limits.case_form_factor)
        return not forms or part.form_factor in forms
    return True
