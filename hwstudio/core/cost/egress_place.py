"""Egress tiers as the catalogue keeps them: which places there are, and a month's bill there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cost.amount import ZERO, Number
from hwstudio.core.cost.egress import Egress, Tier, egress
from hwstudio.core.model.cloud_row import EgressTier


@dataclass(frozen=True, slots=True)
class EgressPlace:
    """One provider's price list for data that leaves one place."""

    provider: str
    region: str
    tiers: tuple[Tier, ...]
    free_gb: Decimal
    source: str
    as_of: str
    note: str

    @property
    def name(self) -> str:
        """Return ``aws, us-east-1``."""
        return f"{self.provider}, {self.region}"

    @property
    def edges_gb(self) -> tuple[Decimal, ...]:
        """Return every amount at which a price changes, in GB of one month."""
        ends = {Decimal(str(end)) for tier in self.tiers for end in (tier.from_gb, tier.to_gb or 0)}
        return tuple(sorted({*ends, self.free_gb} - {ZERO}))

    @property
    def most_gb(self) -> Decimal | None:
        """Return the amount up to which prices are known; None = any amount."""
        ends = [tier.to_gb for tier in self.tiers]
        return None if None in ends else max(Decimal(str(end)) for end in ends)

    def bill(self, month_gb: Number) -> Egress:
        """Return the bill for one calendar month.

        Raises:
            UserError: more GB than the price list reaches.
        """
        return egress(month_gb, self.tiers, self.free_gb)


def egress_places(rows: Iterable[EgressTier]) -> tuple[EgressPlace, ...]:
    """Return every price list in the table, by provider and region."""
    groups: dict[tuple[str, str], list[EgressTier]] = {}
    for row in rows:
        groups.setdefault((row.provider, row.region), []).append(row)
    return tuple(_place(groups[key]) for key in sorted(groups))


def _place(rows: list[EgressTier]) -> EgressPlace:
    first = min(rows, key=_start)
    free = max((row.free_gb_per_month or 0.0 for row in rows), default=0.0)
    return EgressPlace(
        provider=first.provider,
        region=first.region,
        tiers=tuple(
            Tier(
                Decimal(str(row.tier_from_gb)),
                None if row.tier_to_gb is None else Decimal(str(row.tier_to_gb)),
                row.price_per_gb,
            )
            for row in sorted(rows, key=_start)
        ),
        free_gb=Decimal(str(free)),
        source=first.source,
        as_of=min(row.as_of for row in rows),
        note=first.note,
    )


def _start(row: EgressTier) -> float:
    return row.tier_from_gb
