"""What a month-by-month plan is made of: what is bought, and where the money comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import ZERO, above_zero, exact, share

MOST_MONTHS = 120
LEAST_CONTINGENCY, MOST_CONTINGENCY = Decimal("0.10"), Decimal("0.15")
USUAL_CONTINGENCY = Decimal("0.12")


class Kind(StrEnum):
    """What a payment is for; grants, credits and leases are bound to some of these."""

    HARDWARE = "hardware"
    CLOUD = "cloud"
    SOFTWARE = "software"
    PEOPLE = "people"
    DATA = "data"
    OPERATIONS = "operations"
    OTHER = "other"


class SourceKind(StrEnum):
    """Where money comes from."""

    CASH = "cash"
    GRANT = "grant"
    CREDITS = "credits"
    LEASE = "lease"
    LOAN = "loan"


BOUND = (SourceKind.GRANT, SourceKind.CREDITS, SourceKind.LEASE)  # pay bills, never become cash
OWED = (SourceKind.LEASE, SourceKind.LOAN)  # are paid back


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something bought in a month (0 = the plan's first), before tax.

    ``pay_after_months`` is the payment term (1 = 30 days net), ``instalments`` equal monthly
    parts, ``repeats`` how many months in a row it is bought.
    """

    name: str
    kind: Kind
    cost: Decimal
    month: int = 0
    phase: str = ""
    tax_share: Decimal = ZERO
    pay_after_months: int = 0
    instalments: int = 1
    repeats: int = 1

    def __post_init__(self) -> None:
        above_zero(self.cost, f"The cost of '{self.name}'")
        share(self.tax_share, f"The tax on '{self.name}'")
        _check_whole(self.month, 0, MOST_MONTHS - 1, f"The month of '{self.name}'")
        _check_whole(self.pay_after_months, 0, 24, f"The payment term of '{self.name}'")
        _check_whole(self.instalments, 1, MOST_MONTHS, f"The instalments of '{self.name}'")
        _check_whole(self.repeats, 1, MOST_MONTHS, f"The months of '{self.name}'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Money that becomes available in a month; ``last_month`` = unused money is lost after it.

    ``kinds`` limits what it may pay (empty = everything; cash and loans pay everything).
    A loan or lease is paid back in ``term_months`` equal parts at ``rate_per_year``; a lease only
    for what it paid. ``every_month``: the amount comes each month until ``last_month`` (cash).
    """

    name: str
    kind: SourceKind
    amount: Decimal
    first_month: int = 0
    last_month: int | None = None
    kinds: frozenset[Kind] = frozenset()
    rate_per_year: Decimal = ZERO
    term_months: int = 12
    every_month: bool = False

    def __post_init__(self) -> None:
        above_zero(self.amount, f"The amount of '{self.name}'")
        share(self.rate_per_year, f"The interest of '{self.name}'")
        _check_whole(self.first_month, 0, MOST_MONTHS - 1, f"The first month of '{self.name}'")
        _check_whole(self.term_months, 1, 360, f"The term of '{self.name}'")
        if self.last_month is not None and self.last_month < self.first_month:
            raise UserError(
                f"'{self.name}' ends before it begins",
                f"month {self.last_month + 1} is before month {self.first_month + 1}",
            )
        if self.every_month and self.kind is not SourceKind.CASH:
            raise UserError(
                f"'{self.name}' cannot come every month", "", "Only cash can; name the others once"
            )

    def may_pay(self, kind: Kind, month: int) -> bool:
        """Say whether it may pay for this kind in this month."""
        is_open = month >= self.first_month and (
            self.last_month is None or month <= self.last_month
        )
        return is_open and (not self.kinds or kind in self.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan of some months. ``floor`` is the cash that must always be left."""

    start: date
    months: int
    items: tuple[Item, ...] = ()
    sources: tuple[Source, ...] = ()
    floor: Decimal = ZERO
    contingency_share: Decimal = USUAL_CONTINGENCY
    currency: str = "USD"
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        _check_whole(self.months, 1, MOST_MONTHS, "The length of the plan")
        exact(self.floor, "The cash floor")
        share(self.contingency_share, "The reserve for surprises")

    def month_name(self, number: int) -> str:
        """Return ``2026-12`` for a month by its number from 0."""
        count = self.start.year * 12 + self.start.month - 1 + number
        return f"{count // 12:04d}-{count % 12 + 1:02d}"


def _check_whole(value: int, low: int, high: int, name: str) -> None:
    if not low <= value <= high:
        raise UserError(f"{name} cannot be {value}", "", f"Give {low} to {high}")
