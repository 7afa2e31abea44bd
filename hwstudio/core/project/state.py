"""What a project remembers: the wishes and the chosen parts, never the answers.

Prices, watts and speeds are worked out again when a project is opened, so that an old file
never shows figures of an old catalogue as if they were of today.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from hwstudio.core.optimize.request import LARGEST_BUDGET

BUDGET_LOW = Decimal(1)
BUDGET_HIGH = LARGEST_BUDGET
GPU_COUNTS = (1, 2, 3, 4)
OBJECTIVES = ("time", "cost", "energy")
PRICE_HIGH = Decimal(10_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a build must respect besides the budget. Empty, 0 or None = no such limit."""

    min_vram_bytes: int = 0  # per card
    gpu_maker: str = ""
    case_form_factor: str = ""  # the largest board size the case may be made for
    max_power_w: float | None = None  # at the wall
    min_ram_bytes: int = 0  # system memory
    min_storage_bytes: int = 0  # of the one drive; 0 = the planner's usual size


@dataclass(frozen=True, slots=True)
class Choice:
    """One part of the chosen build; the name is kept for a catalogue that lost the part."""

    kind: str
    part_id: str
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """What the user says one piece of a part costs."""

    part_id: str
    amount: Decimal
    currency: str
    as_of: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectState:
    """One project, immutable: an edit makes a new one. ``gpu_count`` None = the planner chooses."""

    name: str = "Untitled build"
    budget: Decimal = Decimal(3000)
    currency: str = "USD"
    workload_id: str = "resnet50_train"
    objective: str = "time"
    gpu_count: int | None = None
    limits: Limits = field(default_factory=Limits)
    mains: str = "120V15A"
    parts: tuple[Choice, ...] = ()
    locked: tuple[str, ...] = ()  # part kinds the planner must not change
    own_prices: tuple[OwnPrice, ...] = ()
    notes: str = ""

    def own_price(self, part_id: str) -> OwnPrice | None:
        """Return the user's price of a part, if there is one."""
        return next((price for price in self.own_prices if price.part_id == part_id), None)

    def with_own_price(self, price: OwnPrice) -> ProjectState:
        """Return the state with one own price set, in a stable order."""
        kept = [p for p in self.own_prices if p.part_id != price.part_id]
        ordered = sorted([*kept, price], key=lambda p: p.part_id)
        return replace(self, own_prices=tuple(ordered))

    def without_own_price(self, part_id: str) -> ProjectState:
        """Return the state without the own price of a part."""
        kept = tuple(p for p in self.own_prices if p.part_id != part_id)
        return replace(self, own_prices=kept)
