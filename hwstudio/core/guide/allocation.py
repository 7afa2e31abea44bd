"""Where the money of a build goes, and how far that is from what a profile recommends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.model.build import Build
from hwstudio.core.model.part import PartKind

WITHIN = 0.05  # a share that is this near follows the profile
OTHER = "other"
GROUPS = ("gpu", "cpu", "ram", "storage", OTHER)
GROUP_OF = {
    PartKind.GPU_CARD: "gpu",
    PartKind.CPU: "cpu",
    PartKind.RAM: "ram",
    PartKind.STORAGE: "storage",
}
TITLE = {
    "gpu": "Graphics cards",
    "cpu": "Processor",
    "ram": "Memory",
    "storage": "Drives",
    OTHER: "Board, supply, case, cooler",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A kind of task with the share of the budget for each group of parts; they add up to 1."""

    id: str
    title: str
    words: str
    shares: Mapping[str, float]
    wishes: GuideWishes
    good_for: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        if set(self.shares) != set(GROUPS):
            raise UserError(f"The profile {self.title} does not name every group of parts")
        if round(sum(self.shares.values()), 6) != 1:
            raise UserError(f"The shares of the profile {self.title} do not add up to 100 %")


@dataclass(frozen=True, slots=True)
class Share:
    """One group of parts: what a profile asks, what a build spends; shares of 1."""

    group: str
    wanted: float
    spent: float
    amount: Decimal

    @property
    def off(self) -> float:
        """How much more (or, below 0, less) than asked, in shares."""
        return self.spent - self.wanted

    @property
    def follows(self) -> bool:
        """Say whether it is within five points of the profile."""
        return abs(self.off) <= WITHIN + 1e-9


@dataclass(frozen=True, slots=True)
class Allocation:
    """The money of a build by group; ``unpriced`` names parts that no price is known of."""

    shares: Mapping[str, float]
    amounts: Mapping[str, Decimal]
    total: Decimal
    currency: str
    unpriced: tuple[str, ...] = ()


def allocation_of(build: Build) -> Allocation | None:
    """Return the share of the price each group takes; None when nothing in it has a price."""
    amounts = dict.fromkeys(GROUPS, Decimal(0))
    unpriced, currency = [], "USD"
    for line in build.lines():
        price = line.part.price
        if price is None:
            unpriced.append(line.part.name)
            continue
        amounts[GROUP_OF.get(line.part.kind, OTHER)] += price.amount * line.quantity
        currency = price.currency
    total = sum(amounts.values(), Decimal(0))
    if not total:
        return None
    shares = {group: float(amount / total) for group, amount in amounts.items()}
    return Allocation(shares, amounts, total, currency, tuple(unpriced))


def against(allocation: Allocation, profile: Profile) -> tuple[Share, ...]:
    """Hold where the money goes against a profile."""
    return tuple(
        Share(group, profile.shares[group], allocation.shares[group], allocation.amounts[group])
        for group in GROUPS
    )


def follows(shares: Iterable[Share]) -> bool:
    """Say whether every group is within five points."""
    return all(share.follows for share in shares)


def money_for(profile: Profile, budget: Decimal) -> dict[str, Decimal]:
    """Return what a profile gives each group of parts of a budget; it adds up to the budget."""
    cent = Decimal("0.01")
    parts = {
        group: (budget * Decimal(str(profile.shares[group]))).quantize(cent)
        for group in GROUPS
        if group != OTHER
    }
    return {**parts, OTHER: budget - sum(parts.values(), Decimal(0))}
