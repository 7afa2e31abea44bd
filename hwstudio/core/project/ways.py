"""The wishes of a project that can be given up one at a time, in words for a button."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hwstudio.core.model.part import PartKind
from hwstudio.core.optimize.explain_wishes import MANY
from hwstudio.core.optimize.request import DEFAULT_STORAGE_BYTES
from hwstudio.core.project.state import ProjectState


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
