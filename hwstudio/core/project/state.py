"""What a project remembers: the wishes and the chosen parts, never the answers.

Prices, watts and speeds are worked out again when a project is opened, so that an old file
never shows figures of an old catalogue as if they were of today.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from hwstudio.core.model.wishes import DataDrives, Exchange, Usage
from hwstudio.core.optimize.request import DEFAULT_STORAGE_BYTES, LARGEST_BUDGET

BUDGET_LOW = Decimal(1)
BUDGET_HIGH = LARGEST_BUDGET
GPU_COUNTS = (1, 2, 3, 4, 5, 6, 7, 8)
OBJECTIVES = ("time", "cost", "energy", "ownership")
MOST_VARIANTS = 5
PRICE_HIGH = Decimal(10_000_000)


@dataclass(frozen=True, slots=True)
class Brand:
    """Of a kind of part only this maker will do; several rows of a kind are several makers."""

    kind: str
    maker: str


@dataclass(frozen=True, slots=True)
class Said:
    """One answer given in the wizard; ``answer`` may be "not_sure". Unasked ones are absent."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A build put aside to be compared, with the power limit of its cards."""

    name: str
    parts: tuple[Choice, ...]
    power_limit_w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a build must respect besides the budget. Empty, 0 or None = no such limit."""

    min_vram_bytes: int = 0  # per card
    gpu_maker: str = ""
    case_form_factor: str = ""  # the largest board size the case may be made for
    max_power_w: float | None = None  # at the wall
    max_hours: float | None = None  # the whole job must be done in so many hours
    max_noise_dba: float | None = None  # of the processor's cooler; no data say it of other parts
    new_only: bool = False  # no part whose only price is a second-hand one
    min_ram_bytes: int = 0
    min_storage_bytes: int = DEFAULT_STORAGE_BYTES  # of the first drive
    brands: tuple[Brand, ...] = ()  # kinds not named take any maker
    forbidden: tuple[str, ...] = ()  # part ids never to be used


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
    also: tuple[str, ...] = ()  # further jobs the computer must hold
    tax_pct: Decimal = Decimal(0)  # added to every price; the budget includes it
    owned: tuple[str, ...] = ()  # part ids at hand, once for each piece: used, cost nothing
    power_limit_w: float | None = None  # set on every graphics card; None = as delivered
    usage: Usage = field(default_factory=Usage)
    data_drives: DataDrives | None = None  # beside the first drive
    exchange: Exchange | None = None  # for a currency the catalogue has no prices in
    said: tuple[Said, ...] = ()  # in the wizard
    step: str = ""  # of the wizard, where it was left
    ticked: tuple[str, ...] = ()  # checklist items done by hand
    variants: tuple[Variant, ...] = ()  # builds put aside, at most MOST_VARIANTS

    def answer_to(self, question: str) -> str:
        """Return what was said in the wizard ("" = nothing yet)."""
        return next((s.answer for s in self.said if s.question == question), "")

    def with_answer(self, question: str, answer: str) -> ProjectState:
        """Return the state with one answer of the wizard; "" takes it back."""
        kept = tuple(s for s in self.said if s.question != question)
        more = (Said(question, answer),) if answer else ()
        return replace(self, said=(*kept, *more))

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
