"""Total cost of owning: every line with its kind, total and year, discounted and not (S12, F1).

The seven costs people forget are lines of their own; one left out is None, "not counted".
Capital: what is paid and got back once, with a loan's payments. Running: the same every month.
What discounting adds to the capital is the line "lost return", so the lines add up to the
equivalent annual cost times the life, to the cent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from hwstudio.core.cost.amount import MONTHS_PER_YEAR, ONE, ZERO, Number, exact, share
from hwstudio.core.cost.cash_flow import capital_flows, present_value
from hwstudio.core.cost.energy import energy_kwh
from hwstudio.core.cost.financing import interest
from hwstudio.core.cost.owning_plan import OwningPlan


class Kind(Enum):
    """The six kinds of cost a chart stacks."""

    VALUE = "Loss in value"
    ELECTRICITY = "Electricity"
    COOLING = "Cooling"
    UPKEEP = "Upkeep and people"
    SERVICES = "Software, internet, space"
    CAPITAL = "Interest and lost return"


class When(Enum):
    """When a line is paid."""

    START = "at the start"
    MONTH = "monthly"
    END = "in the end"
    OVER = "over the life"


# The seven costs that plans forget, by the words people use for them.
HIDDEN = (
    "Electricity and cooling",
    "Maintenance and support",
    "Software licences",
    "Network and connectivity",
    "Insurance and security",
    "Training and education",
    "Opportunity cost",
)


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line. ``total`` over the life, ``per_month`` for what runs; None = not counted."""

    id: str
    name: str
    kind: Kind
    when: When
    total: Decimal | None
    per_month: Decimal | None = None
    hidden: str = ""  # which of the seven it belongs to

    @property
    def is_counted(self) -> bool:
        """Say whether it is in the sums."""
        return self.total is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tco:
    """The sums of a plan. ``total``: all counted lines; ``cash``: without the lost return."""

    lines: tuple[CostLine, ...]
    total: Decimal
    cash: Decimal
    present_value: Decimal
    equivalent_annual_cost: Decimal
    capital_per_year: Decimal
    running_per_year: Decimal
    per_useful_gpu_hour: Decimal | None  # None without any busy hour

    @property
    def not_counted(self) -> tuple[str, ...]:
        """Return the names of the lines that were left out."""
        return tuple(line.name for line in self.lines if line.total is None)

    def hidden(self) -> tuple[tuple[str, Decimal | None], ...]:
        """Return the seven often forgotten costs; None = not counted, in whole."""
        found = []
        for name in HIDDEN:
            known = [
                line.total for line in self.lines if line.hidden == name and line.total is not None
            ]
            found.append((name, sum(known, ZERO) if known else None))
        return tuple(found)


def kwh_per_month(plan: OwningPlan) -> tuple[Decimal, Decimal]:
    """Return the energy at the wall of the busy and of the idle hours, without cooling, kWh."""
    busy = energy_kwh(plan.load_w, plan.busy_hours_per_month)
    idle = ZERO if plan.idle_w is None else energy_kwh(plan.idle_w, plan.idle_hours_per_month)
    return busy, idle


def capital_per_year(plan: OwningPlan) -> Decimal:
    """Return the even yearly cost of what is paid and got back once (F1 without O)."""
    worth = present_value(capital_flows(plan), plan.rate)
    if plan.rate == 0:
        return worth / plan.life_years
    return worth * plan.rate / (ONE - (ONE + plan.rate) ** -plan.life_years)


def tco(plan: OwningPlan) -> Tco:
    """Return every line and sum of a plan."""
    capital = capital_per_year(plan)
    plain = sum(capital_flows(plan), ZERO)
    lines = [spec.line(plan) for spec in _SPECS]
    lost = None if plan.discount_rate is None else capital * plan.life_years - plain
    lines.append(
        CostLine(
            "opportunity", "Lost return on the money", Kind.CAPITAL, When.OVER, lost,
            hidden=HIDDEN[6],
        )
    )  # fmt: skip
    running = sum((line.per_month or ZERO for line in lines), ZERO)
    yearly = capital + running * MONTHS_PER_YEAR
    hours = exact(plan.busy_hours_per_month, "The busy hours") * MONTHS_PER_YEAR
    useful = hours * exact(plan.gpu_count, "The GPU count")
    total = sum((line.total for line in lines if line.total is not None), ZERO)
    flows = [flow + (running if month else ZERO) for month, flow in enumerate(capital_flows(plan))]
    return Tco(
        lines=tuple(lines),
        total=total,
        cash=total - (lost or ZERO),
        present_value=present_value(flows, plan.rate),
        equivalent_annual_cost=yearly,
        capital_per_year=capital,
        running_per_year=running * MONTHS_PER_YEAR,
        per_useful_gpu_hour=yearly / useful if useful else None,
    )


# --- the lines -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Spec:
    """One line of the account and how it is computed."""

    id: str
    name: str
    kind: Kind
    when: When
    amount: Callable[[OwningPlan], Decimal | None]  # once, or a month
    hidden: str = ""

    def line(self, plan: OwningPlan) -> CostLine:
        amount = self.amount(plan)
        is_monthly = self.when is When.MONTH
        total = amount * plan.life_months if amount is not None and is_monthly else amount
        return CostLine(
            self.id, self.name, self.kind, self.when, total,
            amount if is_monthly else None, self.hidden,
        )  # fmt: skip


def _given(value: Number | None, name: str, per: Number = 1) -> Decimal | None:
    return None if value is None else exact(value, name) / Decimal(str(per))


def _energy(plan: OwningPlan, kwh: Decimal) -> Decimal | None:
    price = _given(plan.price_per_kwh, "The electricity price")
    return None if price is None else kwh * price


def _idle(plan: OwningPlan) -> Decimal | None:
    return None if plan.idle_w is None else _energy(plan, kwh_per_month(plan)[1])


def _cooling(plan: OwningPlan) -> Decimal | None:
    if plan.cooling_share is None:
        return None
    return _energy(plan, sum(kwh_per_month(plan), ZERO) * (plan.pue - ONE))


def _internet(plan: OwningPlan) -> Decimal | None:
    month = _given(plan.internet_per_month, "The internet line")
    return None if month is None else month * share(plan.internet_share, "Your share of the line")


def _admin(plan: OwningPlan) -> Decimal | None:
    hours = _given(plan.admin_hours_per_month, "The hours of looking after it")
    return None if hours is None else hours * exact(plan.admin_per_hour, "The value of an hour")


def _interest(plan: OwningPlan) -> Decimal | None:
    return interest(plan.loan, plan.paid) if plan.loan.financed_share else None


def _tax(plan: OwningPlan) -> Decimal:
    return plan.paid - exact(plan.purchase, "The purchase price")


_SPECS = (
    _Spec("purchase", "Purchase", Kind.VALUE, When.START, lambda p: p.paid - _tax(p)),
    _Spec("tax", "Tax", Kind.VALUE, When.START, _tax),
    _Spec("resale", "Sold in the end", Kind.VALUE, When.END, lambda p: -p.resale),
    _Spec("electricity_busy", "Electricity, working", Kind.ELECTRICITY, When.MONTH,
          lambda p: _energy(p, kwh_per_month(p)[0]), HIDDEN[0]),
    _Spec("electricity_idle", "Electricity, idle", Kind.ELECTRICITY, When.MONTH,
          _idle, HIDDEN[0]),
    _Spec("cooling", "Cooling", Kind.COOLING, When.MONTH, _cooling, HIDDEN[0]),
    _Spec("setup", "Setting up", Kind.UPKEEP, When.START,
          lambda p: _given(p.setup, "Setting up")),
    _Spec("maintenance", "Maintenance and support", Kind.UPKEEP, When.MONTH,
          lambda p: _given(p.maintenance_per_year, "Maintenance", 12), HIDDEN[1]),
    _Spec("admin", "Hours of looking after it", Kind.UPKEEP, When.MONTH, _admin, HIDDEN[1]),
    _Spec("insurance", "Insurance and security", Kind.UPKEEP, When.MONTH,
          lambda p: _given(p.insurance_per_year, "Insurance", 12), HIDDEN[4]),
    _Spec("training", "Training and learning", Kind.UPKEEP, When.MONTH,
          lambda p: _given(p.training_per_year, "Training", 12), HIDDEN[5]),
    _Spec("disposal", "Disposal", Kind.UPKEEP, When.END,
          lambda p: _given(p.disposal, "Disposal")),
    _Spec("software_once", "Software, once", Kind.SERVICES, When.START,
          lambda p: _given(p.software_once, "Software"), HIDDEN[2]),
    _Spec("software", "Software licences", Kind.SERVICES, When.MONTH,
          lambda p: _given(p.software_per_year, "Software", 12), HIDDEN[2]),
    _Spec("internet", "Internet, your share", Kind.SERVICES, When.MONTH, _internet, HIDDEN[3]),
    _Spec("space", "Space", Kind.SERVICES, When.MONTH,
          lambda p: _given(p.space_per_month, "Space")),
    _Spec("interest", "Interest on the loan", Kind.CAPITAL, When.OVER, _interest),
)  # fmt: skip
