"""What could be given up when nothing fits: one wish at a time, in words for a button."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal

from hwstudio.core.base.money import money
from hwstudio.core.model.build import Total
from hwstudio.core.model.part import PartKind
from hwstudio.core.optimize.explain_wishes import MANY
from hwstudio.core.optimize.request import DEFAULT_STORAGE_BYTES, LARGEST_BUDGET, Objective
from hwstudio.core.project.answer import Remedy
from hwstudio.core.project.state import ProjectState

ROUND_TO = Decimal(10)
Least = Callable[[ProjectState], Total | None]  # the price of the cheapest build, if any


@dataclass(frozen=True, slots=True)
class Way:
    """One relaxation to try when nothing fits."""

    words: str
    state: ProjectState
    objective: str = ""  # what best meant before the relaxation, given back with the answer


def tried(way: Way, least: Least) -> Remedy | None:
    """Return the way if it leads somewhere: something fits when the cheapest does."""
    total = least(way.state)
    if total is None:
        return None
    if way.state.budget != LARGEST_BUDGET:
        return Remedy(way.words, way.state) if total.amount <= way.state.budget else None
    needed = (total.amount / ROUND_TO).to_integral_value(ROUND_CEILING) * ROUND_TO
    words = f"{way.words} raise the budget to {money(needed, total.currency, decimals=0)}"
    words = words.strip()
    wanted = replace(way.state, budget=needed, objective=way.objective or way.state.objective)
    return Remedy(words[0].upper() + words[1:], wanted)


def single_ways(state: ProjectState) -> Iterator[Way]:
    """Yield the single changes worth trying, the budget first."""
    yield Way("", with_any_budget(state), state.objective)
    limits = state.limits
    if state.locked:
        yield Way("Unlock all parts", replace(state, locked=()))
    if state.gpu_count is not None:
        yield Way("Let the number of graphics cards vary", replace(state, gpu_count=None))
    for words, is_set, free in (
        ("Drop the GPU memory limit", limits.min_vram_bytes, {"min_vram_bytes": 0}),
        ("Allow any GPU maker", limits.gpu_maker, {"gpu_maker": ""}),
        ("Allow any case size", limits.case_form_factor, {"case_form_factor": ""}),
        ("Drop the power limit", limits.max_power_w, {"max_power_w": None}),
    ):
        if is_set:
            yield Way(words, replace(state, limits=replace(limits, **free)))
    for words, freed in without_each_wish(state):
        yield Way(words, freed)


def pairs_with_budget(state: ProjectState) -> Iterator[Way]:
    """Yield each single change together with whatever budget it then takes."""
    for way in single_ways(state):
        if way.words:
            yield Way(f"{way.words} and", with_any_budget(way.state), way.state.objective)


def all_dropped(free: ProjectState) -> tuple[Way, ...]:
    """Return the ways of wishes without limits: within their budget, else with a larger one."""
    larger = Way("Drop all limits and", with_any_budget(free), free.objective)
    return Way("Drop all limits", free), larger


def with_any_budget(state: ProjectState) -> ProjectState:
    """The cheapest build without a budget says how much budget is needed."""
    return replace(state, budget=LARGEST_BUDGET, objective=Objective.COST.value)


def without_each_wish(state: ProjectState) -> Iterator[tuple[str, ProjectState]]:
    """Yield the project without one wish about the parts to buy or the jobs to hold."""
    limits = state.limits
    for words, is_set, free in (
        ("Drop the noise limit", limits.max_noise_dba, {"max_noise_dba": None}),
        ("Allow second-hand parts", limits.new_only, {"new_only": False}),
        ("Ask for less memory", limits.min_ram_bytes, {"min_ram_bytes": 0}),
        (
            "Ask for a smaller drive",
            limits.min_storage_bytes > DEFAULT_STORAGE_BYTES,
            {"min_storage_bytes": DEFAULT_STORAGE_BYTES},
        ),
        ("Allow the forbidden parts", limits.forbidden, {"forbidden": ()}),
    ):
        if is_set:
            yield words, replace(state, limits=replace(limits, **free))
    for kind in sorted({brand.kind for brand in limits.brands}):
        kept = tuple(brand for brand in limits.brands if brand.kind != kind)
        words = f"Allow any maker of {MANY[PartKind(kind).value]}"
        yield words, replace(state, limits=replace(limits, brands=kept))
    if state.data_drives is not None:
        yield "Do without the drives for data", replace(state, data_drives=None)
    if state.also:
        yield "Drop the further jobs", replace(state, also=())
    if state.owned:
        yield "Buy new in place of the parts at hand", replace(state, owned=())
