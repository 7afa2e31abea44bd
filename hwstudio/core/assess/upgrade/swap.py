"""What a change is: the parts bought, what they cost, and what they bring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median_low
from typing import TypeVar

from hwstudio.core.assess.upgrade.gains import Gain
from hwstudio.core.model.part import Cpu, GpuCard, Part, PartKind, Psu, Ram, Storage
from hwstudio.core.model.price import Price

WORDS = {
    PartKind.GPU_CARD: "GPU",
    PartKind.RAM: "memory",
    PartKind.STORAGE: "drive",
    PartKind.PSU: "power supply",
    PartKind.CPU: "processor",
}
P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a change costs: 90 % band, date and source; ``kind`` is the price's (estimate ...)."""

    low: Decimal
    typical: Decimal
    high: Decimal
    currency: str
    as_of: str
    source: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Bought:
    """One part of a change. ``check`` says what to look at before buying."""

    part: Part
    words: str  # "Add a 1 TB SSD"
    cost: Cost
    check: str
    name: str = ""  # "1 TB SSD"

    @property
    def kind(self) -> str:
        """Return the kind in one word for people."""
        return WORDS.get(self.part.kind, self.part.kind.value)


@dataclass(frozen=True, slots=True)
class Change:
    """One part more or swapped, or two together.

    ``check``: what to look at before buying, also what the rules could not judge.
    ``gains``: the jobs that become possible or faster, most telling first.
    ``less_vram_bytes``: by how much it lowers GPU memory; 0 = it does not.
    """

    change: str
    part: str  # GPU | memory | drive | processor | GPU + power supply ...
    part_id: str
    gain_points: int
    cost: Cost
    check: str
    gain_exact: float = 0.0
    bought: tuple[Bought, ...] = ()
    gains: tuple[Gain, ...] = ()
    less_vram_bytes: int = 0

    @property
    def short(self) -> str:
        """Return the parts alone: "GeForce RTX 5080 (16 GiB) + 850 W power supply"."""
        return " + ".join(each.name or each.part.name for each in self.bought)

    @property
    def points_per_hundred(self) -> float:
        """Return the points gained for 100 of money."""
        return 100 * self.gain_exact / max(float(self.cost.typical), 1.0)


@dataclass(frozen=True, slots=True)
class Parts:
    """What can be bought."""

    cards: Sequence[GpuCard] = ()
    rams: Sequence[Ram] = ()
    drives: Sequence[Storage] = ()
    psus: Sequence[Psu] = ()
    cpus: Sequence[Cpu] = ()


def worth(change: Change) -> tuple[float, str]:
    """Order changes: most points per money first."""
    return -change.points_per_hundred, change.part_id


def cost_of(price: Price) -> Cost:
    """Return one part's price as a cost."""
    return Cost(
        price.low,
        price.amount,
        price.high,
        price.currency,
        price.as_of,
        price.source,
        price.kind.value,
    )


def sum_of(costs: Sequence[Cost]) -> Cost:
    """Return what several parts cost together: the oldest date counts, bands add."""
    first = costs[0]
    if len(costs) == 1:
        return first
    return Cost(
        sum((cost.low for cost in costs), Decimal(0)),
        sum((cost.typical for cost in costs), Decimal(0)),
        sum((cost.high for cost in costs), Decimal(0)),
        first.currency,
        min(cost.as_of for cost in costs),
        " + ".join(dict.fromkeys(cost.source for cost in costs)),
        "estimate" if any(cost.kind == "estimate" for cost in costs) else first.kind,
    )


def amount(part: Part) -> Decimal:
    """Return a part's price, endless where nobody knows it."""
    return part.price.amount if part.price is not None else Decimal("Infinity")


def middle_of(parts: Sequence[P]) -> P:
    """Return the part with the median price."""
    middle = median_low(sorted(amount(part) for part in parts))
    return min((p for p in parts if amount(p) == middle), key=lambda part: part.id)


def spread_of(parts: Iterable[Part], typical: Part) -> Cost:
    """Return the median price, with the cheapest and dearest tenth of the same size as band."""
    price = typical.price
    assert price is not None  # noqa: S101 - only priced parts come here
    amounts = sorted(amount(part) for part in parts)
    low = amounts[len(amounts) // 10]
    high = amounts[-1 - len(amounts) // 10]
    return Cost(
        min(low, price.low),
        price.amount,
        max(high, price.high),
        price.currency,
        price.as_of,
        price.source,
        price.kind.value,
    )
