"""What the guides' windows are given, so that they know neither window nor view model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from hwstudio.core.catalog.cloud_tables import CloudRow
from hwstudio.core.guide.supply import Loading
from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.build import Build
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import Cpu, Gpu, GpuCard, Part, PartKind, Ram, Storage
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.predictor import COUNTED, Predictor
from hwstudio.core.project.guides.figures import Answering
from hwstudio.core.project.state import Choice, ProjectState


def nothing_measured() -> Loading | None:
    """Return no measurement."""
    return None


def no_tariff(_currency: str) -> Decimal | None:
    """Return no price."""
    return None


def nowhere(_page_id: str) -> None:
    """Open no page."""


def counted() -> Predictor:
    """Return the predictor that needs no file."""
    return COUNTED


class GuideShelf(Protocol):
    """What the guides read of the catalogue."""

    def rams(self) -> tuple[Ram, ...]: ...
    def storages(self) -> tuple[Storage, ...]: ...
    def cards(self) -> tuple[GpuCard, ...]: ...
    def cpus(self) -> tuple[Cpu, ...]: ...
    def part(self, part_id: str) -> Part: ...
    def workload(self, workload_id: str) -> Workload: ...
    def workloads(self) -> tuple[Workload, ...]: ...
    def ai_models(self) -> tuple[AiModel, ...]: ...
    def gpus(self) -> tuple[Gpu, ...]: ...
    def offers(self) -> tuple[Offer, ...]: ...
    def table(self, name: str) -> tuple[CloudRow, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideContext:
    """The catalogue, the planner, the plan as it stands, and where wishes go.

    ``build`` is None while no build is chosen; ``use_part`` puts one part into the plan,
    ``put`` a whole project with its parts, under the name of a step. ``loading`` reads what a
    core of this computer was measured to prepare; ``predictor`` says who answers for speeds,
    ``tariff`` what a kWh costs in a currency where the plan names nothing; ``read`` opens a page
    of Learn by its id.
    """

    shelf: GuideShelf
    planner: Answering
    state: Callable[[], ProjectState]
    build: Callable[[], Build | None]
    apply: Callable[[GuideWishes], None]
    use_part: Callable[[PartKind, Choice], None]
    put: Callable[[ProjectState, str], None]
    loading: Callable[[], Loading | None] = nothing_measured
    predictor: Callable[[], Predictor] = counted
    tariff: Callable[[str], Decimal | None] = no_tariff
    read: Callable[[str], None] = nowhere

    def titles(self) -> dict[str, str]:
        """Return the workloads' titles by id."""
        return {workload.id: workload.title for workload in self.shelf.workloads()}
