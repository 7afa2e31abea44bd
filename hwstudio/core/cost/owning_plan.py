"""What a person says about hardware they own or would buy: every input of its cost.

None means "not counted": the line stays in every table and says so. It is never zero by default.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import HOURS_PER_MONTH, ONE, ZERO, Number, exact, share
from hwstudio.core.cost.depreciation import Curve, Decline, resale_of
from hwstudio.core.cost.financing import Loan

MOST_MONTHS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class OwningPlan:
    """Money in one currency, shares 0..1, watts at the wall, a month of 730 hours."""

    purchase: Number  # before tax
    life_months: int
    tax_share: Number = 0
    setup: Number | None = None  # once
    software_once: Number | None = None
    disposal: Number | None = None  # at the end: taking away, erasing, transport
    resale_share: Number | None = None  # of the price with tax; None = what the curve says
    curve: Curve = Curve.DECLINING
    used_price: Number | None = None
    used_age_years: Number | None = None
    discount_rate: Number | None = None  # what the money would earn elsewhere, a year
    loan: Loan = field(default_factory=Loan)
    load_w: Number = 0
    idle_w: Number | None = None  # on, but without work
    busy_hours_per_month: Number = 0
    idle_on_share: Number = 0  # of the hours it has nothing to do, how many it stays on
    price_per_kwh: Number | None = None
    cooling_share: Number | None = None  # energy for cooling per energy used: PUE - 1
    internet_per_month: Number | None = None
    internet_share: Number = 1  # of a line that others use too
    maintenance_per_year: Number | None = None
    insurance_per_year: Number | None = None
    admin_hours_per_month: Number | None = None
    admin_per_hour: Number = 0
    software_per_year: Number | None = None
    training_per_year: Number | None = None
    space_per_month: Number | None = None
    gpu_count: Number = 1

    def __post_init__(self) -> None:
        if not 1 <= self.life_months <= MOST_MONTHS:
            raise UserError(
                "The months it is kept must lie between 1 and 600", f"got {self.life_months}"
            )
        if self.loan.financed_share and self.loan.months > self.life_months:
            raise UserError(
                "The loan runs longer than the hardware is kept",
                f"{self.loan.months} months against {self.life_months}",
                "Keep it longer or pay the loan back sooner",
            )
        if exact(self.busy_hours_per_month, "The busy hours per month") > HOURS_PER_MONTH:
            raise UserError(
                "A month has 730 hours on average", f"got {self.busy_hours_per_month} busy ones"
            )

    @property
    def life_years(self) -> Decimal:
        """Return the life in years."""
        return Decimal(self.life_months) / 12

    @property
    def paid(self) -> Decimal:
        """Return the price with tax."""
        price = exact(self.purchase, "The purchase price")
        return price * (ONE + exact(self.tax_share, "The tax"))

    @property
    def decline(self) -> Decline:
        """Return how it loses value."""
        typed = self.resale_share
        return Decline(
            purchase=self.paid,
            life_years=self.life_years,
            curve=self.curve,
            resale=None if typed is None else self.paid * share(typed, "The resale share"),
            used_price=self.used_price,
            used_age_years=self.used_age_years,
        )

    @property
    def resale(self) -> Decimal:
        """Return what it sells for at the end."""
        return resale_of(self.decline)

    @property
    def rate(self) -> Decimal:
        """Return the discount rate; zero where the lost return is not counted."""
        given = self.discount_rate
        return ZERO if given is None else exact(given, "The discount rate")

    @property
    def idle_hours_per_month(self) -> Decimal:
        """Return the hours it is on without work."""
        busy = exact(self.busy_hours_per_month, "The busy hours per month")
        return (HOURS_PER_MONTH - busy) * share(self.idle_on_share, "The share of idle time on")

    @property
    def pue(self) -> Decimal:
        """Return energy drawn from the grid per energy used (1 where cooling is not counted)."""
        extra = self.cooling_share
        return ONE if extra is None else ONE + exact(extra, "The share for cooling")
