"""Builds put aside in a project: kept, renamed, taken back, and judged side by side for one job."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.build import Build
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.predict.predictor import Predictor
from hwstudio.core.project.answer import Answer
from hwstudio.core.project.assemble import build_of, choices_of
from hwstudio.core.project.jobs import find_job
from hwstudio.core.project.judging import Job, judged
from hwstudio.core.project.planner import Shelf
from hwstudio.core.project.state import Choice, ProjectState, Variant

SIDE_BY_SIDE = 5  # the present build and four more
MOST_ASIDE = SIDE_BY_SIDE - 1
LONGEST_NAME = 60
PRESENT = "This build"


@dataclass(frozen=True, slots=True)
class Judged:
    """One build of a comparison; ``place`` is its number among those put aside, else None."""

    name: str
    planned: PlannedBuild
    place: int | None = None
    missing: tuple[str, ...] = ()  # parts the catalogue no longer has

    @property
    def parts(self) -> tuple[Choice, ...]:
        """Return the parts as a project remembers them."""
        return choices_of(self.planned.build)


def put_aside(state: ProjectState, name: str) -> ProjectState:
    """Return the project with its present build kept under a name of its own.

    Raises:
        UserError: there is no build, it is kept already, or no room is left.
    """
    if not state.parts:
        raise UserError("There is no build to put aside", "", "Find a build first")
    same = next((v for v in state.variants if _is_same(v, state)), None)
    if same is not None:
        raise UserError(f'This build is put aside already, as "{same.name}"')
    if len(state.variants) >= MOST_ASIDE:
        raise UserError(
            f"{SIDE_BY_SIDE} builds stand side by side at most", "", "Remove one of them first"
        )
    kept = Variant(_own_name(name, state.variants), state.parts, state.power_limit_w)
    return replace(state, variants=(*state.variants, kept))


def _is_same(variant: Variant, state: ProjectState) -> bool:
    return (variant.parts, variant.power_limit_w) == (state.parts, state.power_limit_w)


def _own_name(name: str, others: Iterable[Variant]) -> str:
    """Return a name nobody else has: "2x RTX 5070", then "2x RTX 5070 (2)"."""
    clean = " ".join(name.split())[:LONGEST_NAME] or "Build"
    taken = {variant.name for variant in others}
    number, found = 1, clean
    while found in taken:
        number += 1
        found = f"{clean} ({number})"
    return found


def renamed(state: ProjectState, place: int, name: str) -> ProjectState:
    """Return the project with one kept build under another name; an empty name changes nothing."""
    old = _at(state, place)
    if not name.strip() or name.strip() == old.name:
        return state
    others = [v for n, v in enumerate(state.variants) if n != place]
    return _with(state, place, replace(old, name=_own_name(name, others)))


def removed(state: ProjectState, place: int) -> ProjectState:
    """Return the project without one kept build."""
    _at(state, place)
    return replace(state, variants=state.variants[:place] + state.variants[place + 1 :])


def taken(state: ProjectState, place: int) -> ProjectState:
    """Return the project with a kept build as its present one; it stays put aside as well."""
    kept = _at(state, place)
    return replace(state, parts=kept.parts, power_limit_w=kept.power_limit_w)


def _at(state: ProjectState, place: int) -> Variant:
    if not 0 <= place < len(state.variants):
        raise UserError("There is no such build put aside")
    return state.variants[place]


def _with(state: ProjectState, place: int, variant: Variant) -> ProjectState:
    found = list(state.variants)
    found[place] = variant
    return replace(state, variants=tuple(found))


class Answers(Protocol):
    """What finds builds: the project's planner."""

    def answer(self, state: ProjectState, *, keeps_parts: bool) -> Answer:
        """Solve a project's wishes."""
        ...


class Comparer:
    """Judges a project's builds for one job. Called from a background thread."""

    def __init__(self, shelf: Shelf, predictor: Callable[[], Predictor]) -> None:
        self._shelf, self._predictor = shelf, predictor

    def compared(
        self, state: ProjectState, rivals: Iterable[PlannedBuild] = (), workload_id: str = ""
    ) -> tuple[Judged, ...]:
        """Return the present build and those put aside; where it stands alone, ``rivals`` join.

        A present build that is put aside as well stands there once, as "NAME (now)".
        ``workload_id`` "" is the project's own job.

        Raises:
            UserError: the job is not in the catalogue.
        """
        workload = find_job(self._shelf, workload_id or state.workload_id)
        job = Job(workload, state.mains, self._predictor(), state.tax_pct, state.owned)
        same = next((n for n, v in enumerate(state.variants) if _is_same(v, state)), None)
        found = []
        if state.parts:
            name = PRESENT if same is None else f"{state.variants[same].name} (now)"
            found.append(self._judged(name, state, job, same))
        for place, variant in enumerate(state.variants):
            if place != same:
                found.append(self._judged(variant.name, taken(state, place), job, place))
        if len(found) == 1:
            found += self._rivals(rivals, found[0].planned.build, job)
        return tuple(found[:SIDE_BY_SIDE])

    def _judged(self, name: str, state: ProjectState, job: Job, place: int | None) -> Judged:
        assembly = build_of(state, self._shelf.part)
        return Judged(name, judged(assembly.build, job), place, assembly.missing)

    def _rivals(self, rivals: Iterable[PlannedBuild], present: Build, job: Job) -> list[Judged]:
        builds = [rival.build for rival in rivals if rival.build != present]
        return [Judged(title_of(build), judged(build, job)) for build in builds]


def chip_name(name: str) -> str:
    """Return a GPU's name without the words everybody leaves out: ``RTX 4090``."""
    return name.removeprefix("GeForce ").removeprefix("Radeon ").removesuffix(" Generation")


def title_of(build: Build) -> str:
    """Return what a build is called by its cards, shortly: ``RTX 4090``, ``2x RTX 5070``."""
    if build.card is None or not build.card_count:
        return "No graphics card"
    name = chip_name(build.card.gpu.name)
    return name if build.card_count == 1 else f"{build.card_count}x {name}"


def builds_of(
    planner: Answers, asked: Iterable[ProjectState], is_stale: Callable[[], bool] = bool
) -> tuple[PlannedBuild, ...]:
    """Return the different builds that the answers to all projects hold; () when stopped."""
    found: list[PlannedBuild] = []
    for state in asked:
        if is_stale():
            return ()
        answer = planner.answer(state, keeps_parts=False)
        known = [planned.build for planned in found]
        found += [one for one in answer.solution.builds if one.build not in known]
    return tuple(found)
