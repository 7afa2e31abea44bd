"""What owning a computer costs over the years: purchase, less its resale, plus electricity.

Computers of different speed are compared at the same work: what the cheapest computer that meets
all wishes, at any budget, does in the hours of ``Usage``. A faster one needs fewer hours for it;
one that would need more than all hours of a week is no answer.

The resale is a share of what was paid, tax included, in tenths of a per cent; parts at hand are
neither paid nor sold. Electricity is that of the busy hours at the wall: the predicted draw of the
GPUs and ``REST_W`` for everything else, over the efficiency of a usual power supply. So the cost of
a build is a share of its price plus an amount of its GPU class alone, and the cheapest build of a
class is also the cheapest to own.

Sums are whole thousandths of a cent, so that no two solvers round differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import cents as to_cents
from hwstudio.core.cost.carbon import operational_kg
from hwstudio.core.cost.ownership import DECLINE_SOURCE, typical_resale_share
from hwstudio.core.optimize.classes import wall_w
from hwstudio.core.optimize.request import HOURS_PER_WEEK, Request
from hwstudio.core.optimize.space import GpuClass

WEEKS_PER_YEAR = 365.25 / 7
PARTS = 1000  # of a cent; also of the resale share
HAIR = 1e-9
TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the usage of a request means, in numbers the solvers share."""

    resale_parts: int  # of a thousand parts of the price
    tariff_per_kwh: Decimal
    hours: float  # at work in all the years, of the computer that sets the work
    hours_per_week: float

    @classmethod
    def of(cls, request: Request) -> Terms:
        """Read the usage.

        Raises:
            UserError: no electricity price is known.
        """
        use = request.usage
        if use.tariff_per_kwh is None:
            raise UserError(
                "The cost of owning cannot be worked out",
                f"no electricity price in {request.currency} is known",
                "Give the price of a kWh",
            )
        parts = int((resale_share(request) * PARTS).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        hours = use.years * WEEKS_PER_YEAR * use.hours_per_week
        return cls(parts, use.tariff_per_kwh, hours, use.hours_per_week)

    def hours_of(self, gpu_class: GpuClass, yardstick: float) -> float:
        """Return a class's busy hours for the work of ``yardstick`` units per second."""
        return self.hours * yardstick / gpu_class.per_second

    def is_done(self, gpu_class: GpuClass, yardstick: float) -> bool:
        """Return whether a week has enough hours for a week's work."""
        needed = self.hours_per_week * yardstick / gpu_class.per_second
        return needed <= HOURS_PER_WEEK * (1 + HAIR)

    def energy_cents(self, gpu_class: GpuClass, request: Request, yardstick: float) -> int:
        """Return the electricity of a class in all the years, in whole cents."""
        kwh = self.hours_of(gpu_class, yardstick) * wall_w(gpu_class, request) / 1000
        cents = Decimal(repr(kwh)) * self.tariff_per_kwh * 100
        return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def resale_share(request: Request) -> Decimal:
    """Return the share of the price that is got back: as typed, else by the usual decline."""
    use = request.usage
    if use.resale_pct is None:
        return typical_resale_share(use.years)
    return Decimal(repr(float(use.resale_pct))) / 100


def bill(terms: Terms, price_cents: int, energy_cents: int) -> int:
    """Return the cost of owning in thousandths of a cent; never falls as the price rises."""
    return price_cents * (PARTS - terms.resale_parts) + energy_cents * PARTS


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipCost:
    """The cost of owning one build over ``years``, for the work ``yardstick`` names."""

    years: float
    busy_hours: float  # in all the years
    kwh: float  # at the wall, in all the years
    purchase: Decimal
    resale: Decimal
    electricity: Decimal
    total: Decimal
    currency: str
    resale_source: str
    tariff_per_kwh: Decimal
    yardstick: str  # the computer whose hours of use set the work
    bill: int  # the total in thousandths of a cent, not rounded

    @property
    def kwh_per_year(self) -> float:
        """Return the energy at the wall in one year."""
        return self.kwh / self.years


def cost_of(
    request: Request, gpu_class: GpuClass, price_cents: int, yardstick: tuple[str, float]
) -> OwnershipCost:
    """Return what a build of a class at a price costs to own.

    ``yardstick``: the computer that sets the work and its units per second.
    """
    terms = Terms.of(request)
    title, speed = yardstick
    energy = terms.energy_cents(gpu_class, request, speed)
    hours = terms.hours_of(gpu_class, speed)
    purchase = Decimal(price_cents) / 100
    resale = to_cents(purchase * terms.resale_parts / PARTS)
    electricity = Decimal(energy) / 100
    is_typed = request.usage.resale_pct is not None
    return OwnershipCost(
        years=request.usage.years,
        busy_hours=hours,
        kwh=hours * wall_w(gpu_class, request) / 1000,
        purchase=purchase,
        resale=resale,
        electricity=electricity,
        total=purchase - resale + electricity,
        currency=request.currency,
        resale_source=TYPED if is_typed else DECLINE_SOURCE,
        tariff_per_kwh=terms.tariff_per_kwh,
        yardstick=title,
        bill=bill(terms, price_cents, energy),
    )


@dataclass(frozen=True, slots=True)
class YearlyUse:
    """Energy and emissions of one year; ``kg_co2e`` None: the grid is not known."""

    hours: float
    kwh: float
    kg_co2e: float | None


def yearly_use(
    request: Request, gpu_class: GpuClass, grid_g_per_kwh: float | None = None
) -> YearlyUse:
    """Return what a year of the usage's own hours at this job draws and emits (location-based).

    Args:
        grid_g_per_kwh: grams of CO2 equivalent a kWh of the user's grid stands for.
    """
    hours = request.usage.hours_per_week * WEEKS_PER_YEAR
    kwh = hours * wall_w(gpu_class, request) / 1000
    kg = None if grid_g_per_kwh is None else float(operational_kg(kwh, grid_g_per_kwh))
    return YearlyUse(hours, kwh, kg)
