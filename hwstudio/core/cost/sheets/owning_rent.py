"""The rent side of "Cost of owning": hours, storage and data out a month, and the break-even."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cost.amount import HOURS_PER_MONTH, ZERO, Number
from hwstudio.core.cost.breakeven import MonthlyCase, Payback, payback
from hwstudio.core.cost.energy import electricity_per_hour
from hwstudio.core.cost.owning_plan import OwningPlan
from hwstudio.core.cost.sheets.model import Cell, Reader, Row
from hwstudio.core.cost.sheets.rent_fields import (
    EGRESS_FORMULA,
    EGRESS_PRICE,
    STORAGE_FORMULA,
    STORAGE_PRICE,
    egress_month,
    is_asked,
    storage_month,
)
from hwstudio.core.cost.tco import Tco
from hwstudio.core.cost.useful_hour import meeting_use


@dataclass(frozen=True, slots=True)
class RentSide:
    """The same work rented. Amounts a month; None = not counted."""

    per_gpu_hour: Decimal  # for the work of one own GPU-hour
    hours: Decimal
    storage: Decimal | None
    egress: Decimal | None
    meets: Decimal | None  # busy share of all hours from which owning is cheaper
    payback: Payback

    @property
    def data(self) -> Decimal:
        """Return what is counted of storage and data out."""
        return (self.storage or ZERO) + (self.egress or ZERO)

    @property
    def month(self) -> Decimal:
        """Return the whole rent of a month, as far as it is counted."""
        return self.hours + self.data

    def fair(self, useful_gpu_hours: Decimal) -> Decimal:
        """Return the rent for the work of one GPU-hour, data shared by the month's hours."""
        return self.per_gpu_hour + (self.data / useful_gpu_hours if useful_gpu_hours else ZERO)


def rent_side(plan: OwningPlan, sums: Tco, read: Reader) -> RentSide | None:
    """Return the rent side; None where no rent is given.

    Raises:
        UserError: a speed of zero.
    """
    rent = read.may("rent_per_gpu_hour")
    if rent is None:
        return None
    ratio = read.need("speed_ratio", "The speed of the rented GPU")
    storage, egress = storage_month(read), egress_month(read)
    data = (storage or ZERO) + (egress or ZERO)
    each, busy = rent / ratio, _decimal(plan.busy_hours_per_month)
    count = _decimal(plan.gpu_count)
    found = _payback(plan, sums, each * count, data)
    meets = meeting_use(plan, rent, ratio, data)
    return RentSide(each, each * count * busy, storage, egress, meets, found)


def _payback(plan: OwningPlan, sums: Tco, rent_per_hour: Decimal, data: Decimal) -> Payback:
    """Return when owning has paid (F4), not discounted, without interest on a loan."""
    once = {line.id: line.total or ZERO for line in sums.lines if line.per_month is None}
    net = sum((once.get(name, ZERO) for name in _ONCE), ZERO)
    tariff = ZERO if plan.price_per_kwh is None else plan.price_per_kwh
    busy = electricity_per_hour(plan.load_w, tariff, plan.pue)
    standing = sums.running_per_year / 12 - busy * _decimal(plan.busy_hours_per_month)
    return payback(
        MonthlyCase(
            net_hardware=max(ZERO, net),
            rent_per_hour=rent_per_hour,
            own_per_hour=busy,
            hours_per_month=plan.busy_hours_per_month,
            own_fixed_per_month=max(ZERO, standing),
            rent_fixed_per_month=data,
            life_months=plan.life_months,
        )
    )


_ONCE = ("purchase", "tax", "resale", "setup", "software_once", "disposal")


def _decimal(value: Number) -> Decimal:
    return Decimal(str(value))


def rent_rows(side: RentSide | None, plan: OwningPlan, read: Reader) -> tuple[Row, ...]:
    """Return the lines of the rent side, for under the sum of owning."""
    if side is None:
        return ()
    kept, leaves = is_asked(read)
    lines: list[tuple[str, Decimal | None, str, str]] = [
        ("Rent instead: hours", side.hours, "rent_per_gpu_hour", "rent / speed x busy hours x GPUs")
    ]
    if kept:
        lines.append(("Rent instead: storage", side.storage, STORAGE_PRICE, "GB x price a month"))
    if leaves:
        lines.append(("Rent instead: data out", side.egress, EGRESS_PRICE, "GB x price a month"))
    rows = []
    for name, month, basis, formula in lines:
        total = None if month is None else month * plan.life_months
        year = None if month is None else month * 12
        says = read.says(basis)
        cells = (name, total, year, "", "monthly", "", says)
        rows.append(Row(cells, says, formula, is_muted=total is None))
    return tuple(rows)


def rent_words(side: RentSide | None) -> str:
    """Return when owning pays back against the rent, and what of the rent is not counted."""
    if side is None:
        return ""
    lacking = [
        name
        for name, cost in (("storage", side.storage), ("data out", side.egress))
        if cost is None
    ]
    text = side.payback.words
    if lacking:
        text += f" Of the rent, {' and '.join(lacking)} not counted: no price is given."
    return text


def rent_document(side: RentSide | None) -> dict[str, Decimal | None]:
    """Return the rent side for scripts; None = not counted, or never."""
    meets = None if side is None else side.meets
    return {
        "rent_hours_per_month": None if side is None else side.hours,
        "rent_storage_per_month": None if side is None else side.storage,
        "rent_egress_per_month": None if side is None else side.egress,
        "rent_per_month": None if side is None else side.month,
        "break_even_months": None if side is None else side.payback.months,
        "break_even_busy_hours": None if side is None else side.payback.busy_hours,
        "owning_wins_above_use": meets,
        "owning_wins_above_hours_per_month": None if meets is None else meets * HOURS_PER_MONTH,
    }


def rent_cells() -> tuple[Cell, ...]:
    """Return the workbook's cells of the rent side and of the break-even, all live."""
    given = 'IF(ISBLANK(rent_per_gpu_hour),"not counted",{})'
    saved = "rent_per_month-own_running_per_month"
    return (
        Cell("rent_hours_per_month", "Rent of the same work, a month",
             "N(rent_per_gpu_hour)/speed_ratio*busy_hours_per_month*gpu_count"),
        Cell("rent_storage_per_month", "Storage at the provider, a month", STORAGE_FORMULA),
        Cell("rent_egress_per_month", "Data out, a month", EGRESS_FORMULA),
        Cell("rent_per_month", "Renting, a month",
             "rent_hours_per_month+rent_storage_per_month+rent_egress_per_month"),
        Cell("own_running_per_month", "Running your own, a month", "running_per_year/12"),
        Cell("once_net", "Paid once, less what it sells for",
             "paid+line_setup+line_software_once+line_disposal+line_resale"),
        Cell("break_even_months", "Break-even: owning pays back after, months",
             given.format(f'IF({saved}<=0,"never",once_net/({saved}))'),
             "paid once, less resale / (rent a month - running a month); not discounted"),
        Cell("break_even_busy_hours", "The same in busy hours",
             given.format(f'IF({saved}<=0,"never",once_net/({saved})*busy_hours_per_month)')),
        Cell("busy_hour", "Electricity of a busy hour",
             "N(price_per_kwh)*load_w/1000*(1+N(cooling_pct)/100)"),
        Cell("idle_hour", "Electricity of an hour without work",
             "N(price_per_kwh)*N(idle_w)*idle_on_pct/100/1000*(1+N(cooling_pct)/100)"),
        Cell("standing_per_year", "A year without any electricity",
             "equivalent_annual_cost"
             "-(line_electricity_busy+line_electricity_idle+line_cooling)/kept_years"),
        Cell("gained_per_hour", "Saved by a busy hour at home",
             "N(rent_per_gpu_hour)/speed_ratio*gpu_count-busy_hour+idle_hour"),
        Cell("even_hours", "Busy hours a month at which both cost the same",
             "IF(gained_per_hour<=0,9999,(standing_per_year/12+730*idle_hour"
             "-rent_storage_per_month-rent_egress_per_month)/gained_per_hour)"),
        Cell("owning_wins_above_hours_per_month", "Owning is cheaper above, busy hours a month",
             given.format('IF(even_hours>730,"never",IF(even_hours<0,0,even_hours))'),
             "yearly cost with the return elsewhere, against the rent for the same work"),
    )  # fmt: skip
