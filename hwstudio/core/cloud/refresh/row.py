"""What a source says, as it says it; and what is left of it once it was judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawOffer:
    """One row of a source, every figure still text; "" = the source does not say.

    Prices are USD per hour for the whole shape. ``row`` names the place in the source that a
    person can look up (a file and the number of its row, or an id).
    """

    row: str
    provider: str
    instance: str
    region: str
    accelerator: str
    variant: str = ""
    count: str = ""
    memory_gb: str = ""  # of one accelerator, GiB
    vcpus: str = ""
    host_memory_gb: str = ""
    price: str = ""
    spot: str = ""
    spot_kind: str = "listed"
    price_1y: str = ""
    price_3y: str = ""
    offer_type: str = "on-demand"
    as_of: str = ""  # the day it was read as current
    valid_from: str = ""  # the day the price began to hold, where the source says so
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshOffer:
    """A judged offer. Prices are USD per hour for the whole shape; None = not said."""

    provider: str
    instance: str
    region: str
    accelerator: str
    variant: str
    count: float
    memory_bytes: int | None
    vcpus: float | None
    host_memory_bytes: int | None
    price: Decimal | None
    spot: Decimal | None
    spot_kind: str
    price_1y: Decimal | None
    price_3y: Decimal | None
    offer_type: str
    as_of: str
    valid_from: str
    note: str
    source: str  # the id of the source
    fetched_at: str  # UTC

    @property
    def key(self) -> Key:
        """Return what makes two rows the same offer at two times."""
        return key_of(self.provider, self.instance, self.region)


def key_of(provider: str, instance: str, region: str) -> Key:
    """Return the key of an offer; letters' case does not matter."""
    return provider.casefold(), instance.casefold(), region.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """How often AWS takes back a spot machine of a type in a region, and what spot saves."""

    instance: str
    region: str
    saving_pct: float  # of the on-demand price
    label: str  # "<5%", "5-10%" ... ">20%": share taken back in the last month
    as_of: str
    source: str
    fetched_at: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row, or one price of it, that was not taken."""

    row: str
    why: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A source, or one provider of it, that gave nothing; what was known of it stays."""

    source: str
    provider: str  # "" = the whole source
    why: str


@dataclass(slots=True)
class Haul:
    """All that one source brought.

    ``whole`` names the providers whose every offer was read: only of those can an offer be gone.
    """

    offers: list[RawOffer] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
