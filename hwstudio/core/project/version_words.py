"""What a project holds in rows of words, and what differs between two of its versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib, significant
from hwstudio.core.power.mains import read_mains
from hwstudio.core.project.state import Choice, Limits, ProjectState

Names = Callable[[str], str]  # the title of a job, by its id
NONE = "none"
_OBJECTIVES = {
    "time": "fastest", "cost": "cheapest", "energy": "least energy", "ownership": "least to own",
}  # fmt: skip
_KINDS = {
    "gpu_card": "Graphics card",
    "cpu": "Processor",
    "cooler": "CPU cooler",
    "motherboard": "Motherboard",
    "ram": "Memory",
    "storage": "Drive",
    "psu": "Power supply",
    "case": "Case",
}
# Told in rows of their own; where the step of the wizard was left is nobody's change.
_TOLD = {
    "name", "workload_id", "also", "budget", "currency", "objective", "gpu_count", "mains",
    "tax_pct", "limits", "parts", "notes", "own_prices", "variants", "power_limit_w", "step",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """One row: what, how it was, how it is now."""

    what: str
    then: str
    now: str

    @property
    def differs(self) -> bool:
        """Say whether it changed."""
        return self.then != self.now


def compared(then: ProjectState, now: ProjectState, titles: Names) -> tuple[Compared, ...]:
    """Return both projects row by row, what differs first."""
    old, new = dict(_rows(then, titles)), dict(_rows(now, titles))
    names = list(dict.fromkeys([*old, *new]))
    rows = [Compared(name, old.get(name, NONE), new.get(name, NONE)) for name in names]
    others = [f.name for f in fields(ProjectState) if f.name not in _TOLD]
    if any(getattr(then, name) != getattr(now, name) for name in others):
        rows.append(Compared("Use, answers and further rows", "as it was", "changed since"))
    return tuple(sorted(rows, key=lambda row: not row.differs))


def _rows(state: ProjectState, titles: Names) -> Iterator[tuple[str, str]]:
    yield "Name", state.name
    yield "Job", titles(state.workload_id)
    yield "Further jobs", ", ".join(map(titles, state.also)) or NONE
    yield "Budget", money(state.budget, state.currency)
    yield "Best means", _OBJECTIVES.get(state.objective, state.objective)
    yield "Number of GPUs", str(state.gpu_count or "as needed")
    yield "Wall socket", read_mains(state.mains).words
    yield "Tax", f"{state.tax_pct.normalize():f} %"
    yield "Limits", ", ".join(_limits(state.limits)) or NONE
    for kind, title in _KINDS.items():
        own = [choice for choice in state.parts if choice.kind == kind]
        yield title, ", ".join(map(_counted, own)) or NONE
    limit_w = state.power_limit_w
    yield "Power limit", f"{significant(limit_w)} W" if limit_w is not None else "as delivered"
    yield "Own prices", str(len(state.own_prices) or NONE)
    yield "Builds put aside", ", ".join(each.name for each in state.variants) or NONE
    yield "Notes", " ".join(state.notes.split()) or NONE


def _counted(choice: Choice) -> str:
    return choice.name if choice.quantity == 1 else f"{choice.quantity}x {choice.name}"


def _limits(limits: Limits) -> Iterator[str]:
    if limits.min_vram_bytes:
        yield f"{gib(limits.min_vram_bytes)} on each GPU"
    if limits.gpu_maker:
        yield f"GPU by {limits.gpu_maker}"
    if limits.case_form_factor:
        yield f"case for {limits.case_form_factor}"
    if limits.max_power_w is not None:
        yield f"at most {significant(limits.max_power_w)} W"
    if limits.max_hours is not None:
        yield f"done in {significant(limits.max_hours)} h"
    if limits.max_noise_dba is not None:
        yield f"at most {significant(limits.max_noise_dba)} dB(A)"
    if limits.new_only:
        yield "new parts only"
    if limits.min_ram_bytes:
        yield f"{gib(limits.min_ram_bytes)} of memory"
    yield f"drive of {gib(limits.min_storage_bytes)}"
    for brand in limits.brands:
        yield f"{_KINDS.get(brand.kind, brand.kind).lower()} by {brand.maker}"
    if limits.forbidden:
        yield f"{len(limits.forbidden)} parts ruled out"


def age_words(taken_at: datetime, now: datetime) -> str:
    """Return how long ago something was: ``40 s ago``, ``3 min ago``, ``12 days ago``."""
    age_s = max(timedelta(0), now - taken_at).total_seconds()
    for limit_s, unit_s, unit in ((90, 1, "s"), (5400, 60, "min"), (129_600, 3600, "h")):
        if age_s < limit_s:
            return f"{age_s / unit_s:.0f} {unit} ago"
    return f"{age_s / 86_400:.0f} days ago"
