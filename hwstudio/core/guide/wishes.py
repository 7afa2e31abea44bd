"""What a guide hands to the planner: wishes, of which each may be left as it is."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideWishes:
    """None = leave what the user has. Sizes are bytes; the budget is US dollars before tax.

    ``gpu_count`` 0 lets the planner choose the number. ``min_vram_bytes`` is per graphics card.
    """

    title: str = ""
    workload_id: str | None = None
    budget: Decimal | None = None
    objective: str | None = None  # time | cost | energy
    gpu_count: int | None = None
    min_vram_bytes: int | None = None
    max_power_w: float | None = None
    min_ram_bytes: int | None = None
    min_storage_bytes: int | None = None
    mains: str | None = None  # a wall circuit such as 230V16A

    def with_more(self, other: GuideWishes) -> GuideWishes:
        """Return these wishes with what ``other`` says put over them; sizes never shrink."""
        said = {f.name: getattr(other, f.name) for f in fields(other)}
        changes = {name: value for name, value in said.items() if value not in (None, "")}
        for name in ("min_vram_bytes", "min_ram_bytes", "min_storage_bytes"):
            mine = getattr(self, name)
            if name in changes and mine is not None:
                changes[name] = max(mine, changes[name])
        return replace(self, **changes)
