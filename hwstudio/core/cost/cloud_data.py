"""A month of data in a cloud beside the rented hours: what lies there and what leaves it.

A price nobody knows is not counted, and said so: it is never nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.cost.amount import ZERO, exact
from hwstudio.core.cost.data_price import DiskPrice, EgressPrice, disk_prices, egress_prices
from hwstudio.core.cost.egress import egress
from hwstudio.core.model.cloud_row import CloudRow

MONTHS_PER_YEAR = 12
ENTERED = "entered by you"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudData:
    """What is kept at the provider and what leaves it. 1 GB as the provider bills it.

    A price typed (USD) stands for every provider; None = the catalogue's of each.
    """

    stored_gb: float = 0.0
    months_a_year: float = MONTHS_PER_YEAR  # that the data lie there
    out_gb_per_month: float = 0.0
    storage_per_gb_month: float | None = None
    egress_per_gb: float | None = None

    @property
    def is_none(self) -> bool:
        """Say whether no data are kept and none leave."""
        return not (self.out_gb_per_month or (self.stored_gb and self.months_a_year))


@dataclass(frozen=True, slots=True)
class DataLine:
    """One line of a month. ``cost`` None = not counted, ``says`` why or by which price."""

    name: str
    cost: Decimal | None
    says: str


@dataclass(frozen=True, slots=True)
class DataBill:
    """A month at one provider. A line is None where nothing of its kind is asked."""

    storage: DataLine | None = None
    egress: DataLine | None = None

    @property
    def lines(self) -> tuple[DataLine, ...]:
        """Return the lines there are."""
        return tuple(line for line in (self.storage, self.egress) if line is not None)

    @property
    def total(self) -> Decimal:
        """Return the sum of what is counted, USD a month."""
        return sum((line.cost for line in self.lines if line.cost is not None), ZERO)

    @property
    def words(self) -> str:
        """Return ``storage $40.00; data out not counted (why)``, "" without any."""
        unknown = [line for line in self.lines if line.cost is None]
        if len(unknown) == len(self.lines) > 1 and len({line.says for line in unknown}) == 1:
            names = " and ".join(line.name.lower() for line in unknown)
            return f"{names} not counted ({unknown[0].says})"
        return "; ".join(map(_line_words, self.lines))


NO_BILL = DataBill()


@dataclass(frozen=True, slots=True)
class DataPlan:
    """The data wanted and every provider's prices for them."""

    wanted: CloudData = CloudData()
    disks: Mapping[str, DiskPrice] = field(default_factory=dict, hash=False)
    egress: Mapping[str, EgressPrice] = field(default_factory=dict, hash=False)
    _made: dict[tuple[str, float], DataBill] = field(
        default_factory=dict, repr=False, compare=False
    )

    def month(self, provider: str, rented_part: float = 1.0) -> DataBill:
        """Return a month's bill at a provider.

        ``rented_part`` (0..1) of the work is done there: its results leave, all data lie there.

        Raises:
            UserError: an amount that cannot be.
        """
        if self.wanted.is_none:
            return NO_BILL
        key = (provider, rented_part)
        if key not in self._made:
            self._made[key] = self._bill(provider, rented_part)
        return self._made[key]

    def _bill(self, provider: str, part: float) -> DataBill:
        wanted = _checked(self.wanted)
        out = exact(wanted.out_gb_per_month, "The GB out a month") * Decimal(str(part))
        stored = exact(wanted.stored_gb, "The GB kept")
        months = exact(wanted.months_a_year, "The months a year")
        return DataBill(
            self._storage(provider, stored, months) if stored and months else None,
            self._egress(provider, out) if out else None,
        )

    def _storage(self, provider: str, gb: Decimal, months: Decimal) -> DataLine:
        typed, disk = self.wanted.storage_per_gb_month, self.disks.get(provider)
        part = months / MONTHS_PER_YEAR
        if typed is not None:
            price = exact(typed, "The price per GB-month")
            return DataLine("Storage", gb * price * part, f"{price:f} USD per GB-month, {ENTERED}")
        if disk is None:
            return DataLine("Storage", None, f"no price known at {provider}")
        billed = gb
        if disk.step_gb is not None:
            billed = (gb / disk.step_gb).to_integral_value(ROUND_CEILING) * disk.step_gb
        says = f"{disk.product}, {disk.per_gb_month:f} USD per GB-month, {disk.as_of}"
        if billed != gb:
            says += f"; whole disks only: {billed:,f} GB billed"
        return DataLine("Storage", billed * disk.per_gb_month * part, says)

    def _egress(self, provider: str, gb: Decimal) -> DataLine:
        typed, price = self.wanted.egress_per_gb, self.egress.get(provider)
        if typed is not None:
            each = exact(typed, "The price per GB out")
            return DataLine("Data out", gb * each, f"{each:f} USD per GB, {ENTERED}")
        if price is None:
            return DataLine("Data out", None, f"no price known at {provider}")
        bill = egress(gb, price.tiers, price.free_gb)
        free = f", {price.free_gb:,f} GB free" if price.free_gb else ""
        return DataLine("Data out", bill.total, f"tiers of {provider}, {price.as_of}{free}")

    def with_wanted(self, wanted: CloudData) -> DataPlan:
        """Return the same prices for other data."""
        return replace(self, wanted=wanted, _made={})


NO_DATA = DataPlan()


def data_plan(storage: Iterable[CloudRow], leaving: Iterable[CloudRow]) -> DataPlan:
    """Return every provider's prices: tables "storage_price" and "egress" of the catalogue."""
    return DataPlan(disks=disk_prices(storage), egress=egress_prices(leaving))


def _checked(wanted: CloudData) -> CloudData:
    if not 0 <= wanted.months_a_year <= MONTHS_PER_YEAR:
        got = f"got {wanted.months_a_year:g}"
        raise UserError("The months a year must lie between 0 and 12", got)
    return wanted


def _line_words(line: DataLine) -> str:
    if line.cost is None:
        return f"{line.name.lower()} not counted ({line.says})"
    return f"{line.name.lower()} {money(line.cost)}"
