"""What planning a project gives back: the chosen build judged, its rivals, and ways out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from hwstudio.core.model.part import Part, PartKind
from hwstudio.core.project.state import ProjectState

if TYPE_CHECKING:
    from hwstudio.core.model.workload import Workload
    from hwstudio.core.optimize.robust import Robust
    from hwstudio.core.optimize.solve import PlannedBuild, Solution


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change of the wishes that makes a build possible, found by trying it."""

    words: str  # "Raise the budget to $1,240"
    state: ProjectState


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to ``asked``. ``chosen`` is None when no part is chosen and none can be."""

    asked: ProjectState
    workload: Workload
    solution: Solution
    chosen: PlannedBuild | None
    missing: tuple[str, ...] = ()  # parts of the project the catalogue no longer has
    remedies: tuple[Remedy, ...] = ()
    robust: Robust | None = None  # how firm the best is; None until the frontier is known

    @property
    def rank(self) -> int | None:
        """Return which of the solver's builds is the chosen one (0 = best), None = none of them."""
        for number, planned in enumerate(self.solution.builds):
            if self.chosen is not None and planned.build == self.chosen.build:
                return number
        return None


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """A step: from this budget on, and up to the next step, this is the best build."""

    budget: Decimal  # its price
    per_second: float
    unit: str
    title: str
    height: float  # how good it is by what best means, the larger the better; only to be compared


@dataclass(frozen=True, slots=True)
class Frontier:
    """What more money buys, for the wishes of ``asked``: every step, cheapest first.

    While it grows the steps are those of the GPU choices looked at so far (``done`` of ``total``).
    """

    asked: ProjectState
    points: tuple[FrontierPoint, ...]
    done: int = 0
    total: int = 0
    is_ready: bool = False

    def at(self, budget: Decimal) -> FrontierPoint | None:
        """Return the step a budget stands on; None = nothing fits."""
        return next((p for p in reversed(self.points) if p.budget <= budget), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One part that could stand in a row, with what it would change."""

    part: Part
    quantity: int
    price_change: Decimal | None  # of the whole build; None = one of the prices is unknown
    speed_change: float | None  # share; None = no estimate
    power_change_w: float  # sustained
    verdict: str  # of the rules for the whole build: ok | warn | unknown
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The compatible parts for one row, cheapest first; ``tried`` is how many were checked."""

    kind: PartKind
    rows: tuple[Alternative, ...]
    tried: int
    refused: int  # parts a rule forbids in this build
