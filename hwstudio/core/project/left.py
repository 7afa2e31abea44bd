"""How many parts of each kind the present wishes leave to choose from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hwstudio.core.model.part import Cooler, GpuCard, Part, PartKind, Ram, Storage
from hwstudio.core.model.price import PriceKind
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.choices import KITS
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.predict.memory import Fit, memory_on
from hwstudio.core.predict.predictor import COUNTED
from hwstudio.core.project.assemble import all_priced
from hwstudio.core.project.jobs import find_job
from hwstudio.core.project.planner import Shelf, request_of
from hwstudio.core.project.state import ProjectState

KINDS = limits.KINDS_BOUGHT
_TESTS: dict[PartKind, Callable[[Any, Request], bool]] = {
    PartKind.GPU_CARD: limits.is_card_known,
    PartKind.CPU: limits.is_cpu_known,
    PartKind.MOTHERBOARD: limits.is_board_known,
    PartKind.RAM: limits.is_ram_known,
    PartKind.STORAGE: limits.is_drive_known,
    PartKind.PSU: limits.is_psu_known,
    PartKind.CASE: limits.is_case_known,
    PartKind.COOLER: limits.is_cooler_known,
}


@dataclass(frozen=True, slots=True)
class KindLeft:
    """Of ``total`` parts of a kind in the catalogue, ``left`` respect the wishes."""

    kind: PartKind
    left: int
    total: int


@dataclass(frozen=True, slots=True)
class PartsLeft:
    """The counts kind by kind; a kind with none left is why nothing fits."""

    kinds: tuple[KindLeft, ...]

    @property
    def left(self) -> int:
        return sum(kind.left for kind in self.kinds)

    @property
    def total(self) -> int:
        return sum(kind.total for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked, and for which jobs."""

    state: ProjectState
    request: Request
    jobs: tuple[Workload, ...]


class LeftCounter:
    """Counts for one shelf; remembers which chips hold which job. Not for two threads at once."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._holds: dict[tuple[object, ...], bool] = {}

    def count(self, state: ProjectState) -> PartsLeft:
        """Return the parts that have a price within the budget and respect every wish alone.

        What only a whole computer shows (does it all fit together, is it fast enough) is the
        solver's question, so fewer than these can be in an answer.

        Raises:
            UserError: the job is not in the catalogue, or a wish cannot be meant.
        """
        jobs = tuple(find_job(self._shelf, job) for job in (state.workload_id, *state.also))
        # What best means leaves no part out, and the cost of owning would ask for a tariff.
        request = request_of(replace(state, objective=Objective.TIME.value), jobs[0], COUNTED)
        asked = _Asked(state, request, jobs)
        return PartsLeft(tuple(self._kind(kind, asked) for kind in KINDS))

    def _kind(self, kind: PartKind, asked: _Asked) -> KindLeft:
        state, request = asked.state, asked.request
        parts = self._shelf.parts(kind)
        test = _TESTS[kind]
        offered = all_priced(parts, state)
        left = sum(
            1
            for part in limits.pinned_among(offered, request) or offered
            if limits.is_wanted(part, request)
            and respects(part, state)
            and is_affordable(part, state)
            and test(part, request)
            and (not isinstance(part, GpuCard) or self._holds_jobs(part, asked))
        )
        return KindLeft(kind, left, len(parts))

    def _holds_jobs(self, card: GpuCard, asked: _Asked) -> bool:
        counts = sorted(set(asked.request.gpu_counts), reverse=True)
        key = (card.gpu.id, asked.state.workload_id, asked.state.also, tuple(counts))
        if key not in self._holds:
            self._holds[key] = any(
                all(
                    memory_on(job, card.gpu, count, is_advised=False).verdict is Fit.FITS
                    for job in asked.jobs
                )
                for count in counts
            )
        return self._holds[key]


def respects(part: Part, state: ProjectState) -> bool:
    """Say whether a part respects the limits that concern it alone; what is at hand always does."""
    wished = state.limits
    if limits.is_named(part, wished.forbidden):
        return False
    if limits.is_named(part, state.owned):
        return True
    makers = {brand.maker for brand in wished.brands if brand.kind == part.kind.value}
    if makers and part.maker not in makers:
        return False
    if wished.new_only and part.price is not None and part.price.kind is PriceKind.USED:
        return False
    if isinstance(part, Ram):
        return part.capacity_bytes * max(KITS) >= wished.min_ram_bytes
    if isinstance(part, Storage):
        return part.capacity_bytes >= wished.min_storage_bytes
    if isinstance(part, Cooler) and wished.max_noise_dba is not None:
        return part.noise_dba is not None and part.noise_dba <= wished.max_noise_dba
    return True


def is_affordable(part: Part, state: ProjectState) -> bool:
    """Say whether one piece alone stays within the budget; what is at hand costs nothing."""
    if limits.is_named(part, state.owned):
        return True
    if part.price is None:
        return False
    return part.price.amount * (1 + state.tax_pct / Decimal(100)) <= state.budget
