"""One way to run a job: whether it can, when it is done, what it costs and why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

LOCAL, RESERVED, FREE, SPOT, MARKET, ON_DEMAND = (
    "local",
    "reserved",
    "free_tier",
    "spot",
    "marketplace",
    "on_demand",
)
KINDS = (LOCAL, RESERVED, FREE, SPOT, MARKET, ON_DEMAND)
KIND_NAMES = {
    LOCAL: "At home",
    RESERVED: "Hours already paid",
    FREE: "Free service",
    SPOT: "Spot",
    MARKET: "Marketplace",
    ON_DEMAND: "On demand",
}


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours from now, or of work: 5 %, 50 % and 95 % of cases lie below."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Money:
    """USD, in the cases of Hours."""

    low: Decimal
    median: Decimal
    high: Decimal

    def __add__(self, other: Money) -> Money:
        return Money(self.low + other.low, self.median + other.median, self.high + other.high)


NOTHING = Money(Decimal(0), Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class CostPart:
    """One cause of the cost; ``note`` says how it was reckoned or what is assumed."""

    name: str
    cost: Money
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteOption:
    """A way to run the job. ``why_not`` "" = feasible. None = not known.

    ``sure_hours`` and ``sure_cost`` are not exceeded with the confidence that was asked for.
    """

    kind: str
    name: str
    why_not: str = ""
    finish: Hours | None = None
    sure_hours: float | None = None
    chance: float | None = None  # of keeping the deadline, 0..1
    cost: Money | None = None
    sure_cost: Decimal | None = None
    carbon_kg: float | None = None
    parts: tuple[CostPart, ...] = ()
    waits: tuple[tuple[str, float], ...] = ()  # hours before the work begins, by cause
    evidence: str = ""
    note: str = ""
    price_as_of: str = ""
    source: str = ""

    @property
    def is_feasible(self) -> bool:
        """Say whether it keeps every wish."""
        return not self.why_not


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The answer. ``lost`` says for each kind that was not chosen why."""

    options: tuple[RouteOption, ...]
    choice: RouteOption | None
    reason: str
    lost: dict[str, str]
