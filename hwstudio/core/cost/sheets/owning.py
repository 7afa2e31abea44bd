"""The sheet "Cost of owning": from inputs to the plan, its sums, charts and words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

from hwstudio.core.cost.amount import HOURS_PER_MONTH, ZERO
from hwstudio.core.cost.carbon import operational_kg
from hwstudio.core.cost.depreciation import CURVE_SOURCE, Curve
from hwstudio.core.cost.financing import Loan
from hwstudio.core.cost.owning_plan import OwningPlan
from hwstudio.core.cost.owning_years import years_of
from hwstudio.core.cost.sheets.model import (
    Answer,
    Curves,
    Figure,
    Heading,
    Inputs,
    Reader,
    Row,
    Sheet,
    Stack,
)
from hwstudio.core.cost.sheets.money_words import dollars, hourly, percent, years_words
from hwstudio.core.cost.sheets.owning_book import LINE_FORMULAS, cells, months
from hwstudio.core.cost.sheets.owning_fields import FIELDS, PRESETS
from hwstudio.core.cost.sheets.owning_rent import (
    RentSide,
    rent_document,
    rent_rows,
    rent_side,
    rent_words,
)
from hwstudio.core.cost.tco import CostLine, Kind, Tco, When, kwh_per_month, tco
from hwstudio.core.cost.useful_hour import cost_curve, utilisation_of

_SHARES = tuple(Decimal(step) / 100 for step in (*range(1, 10), *range(10, 101, 2)))
_CURVE_TOP = 4  # times the rent or the cost at hand: beyond, the left end hides the rest
# The input a line rests on, to say who gave it.
_BASIS = {
    "purchase": "purchase", "tax": "tax_pct", "resale": "resale_pct",
    "electricity_busy": "price_per_kwh", "electricity_idle": "idle_w", "cooling": "cooling_pct",
    "setup": "setup", "maintenance": "maintenance_per_year", "admin": "admin_hours_per_month",
    "insurance": "insurance_per_year", "training": "training_per_year", "disposal": "disposal",
    "software_once": "software_once", "software": "software_per_year",
    "internet": "internet_per_month", "space": "space_per_month", "interest": "loan_rate_pct",
    "opportunity": "discount_pct",
}  # fmt: skip
HEADINGS = (
    Heading("Cost"),
    Heading("Total, $", is_number=True),
    Heading("A year, $", is_number=True),
    Heading("Range, $"),
    Heading("Paid"),
    Heading("Hidden"),
    Heading("Who says"),
)


def plan_of(inputs: Inputs, which: str = "value") -> OwningPlan:
    """Return the plan; ``which`` = value, or low or high of the ranges.

    Raises:
        UserError: an input that cannot be.
    """
    read = Reader(inputs, which)
    loan_share = read.share("loan_pct") or ZERO
    life = read.need("life_years", "The years it is kept")
    return OwningPlan(
        purchase=read.need("purchase", "The price of the hardware"),
        life_months=max(1, round(life * 12)),
        tax_share=read.share("tax_pct") or ZERO,
        setup=read.may("setup"),
        software_once=read.may("software_once"),
        disposal=read.may("disposal"),
        resale_share=read.share("resale_pct"),
        curve=Curve(read.word("curve") or Curve.DECLINING.value),
        used_price=read.may("used_price"),
        used_age_years=read.may("used_age_years"),
        discount_rate=read.share("discount_pct"),
        loan=Loan(
            financed_share=loan_share,
            yearly_rate=read.share("loan_rate_pct") or ZERO,
            months=int(read.or_zero("loan_months")) if loan_share else 0,
        ),
        load_w=read.or_zero("load_w"),
        idle_w=read.may("idle_w"),
        busy_hours_per_month=read.or_zero("busy_hours_per_month"),
        idle_on_share=read.share("idle_on_pct") or ZERO,
        price_per_kwh=read.may("price_per_kwh"),
        cooling_share=read.share("cooling_pct"),
        internet_per_month=read.may("internet_per_month"),
        internet_share=read.share("internet_share_pct") or ZERO,
        maintenance_per_year=read.may("maintenance_per_year"),
        insurance_per_year=read.may("insurance_per_year"),
        admin_hours_per_month=read.may("admin_hours_per_month"),
        admin_per_hour=read.or_zero("admin_per_hour"),
        software_per_year=read.may("software_per_year"),
        training_per_year=read.may("training_per_year"),
        space_per_month=read.may("space_per_month"),
        gpu_count=read.need("gpu_count", "The number of GPUs"),
    )


def answer(inputs: Inputs) -> Answer:
    """Return the cost of owning, its lines, charts and formulas."""
    plan, read = plan_of(inputs), Reader(inputs)
    sums = tco(plan)
    band = _band(inputs)
    rent = rent_side(plan, sums, read)
    sentence, kind = _sentence(plan, sums, rent)
    return Answer(
        sentence=sentence,
        kind=kind,
        detail=f"{_detail(plan, sums, band)} {rent_words(rent)}".strip(),
        figures=_figures(plan, sums, band, read),
        headings=HEADINGS,
        rows=(*_rows(plan, sums, read, band), *rent_rows(rent, plan, read)),
        stack=_stack(plan, sums),
        curves=_curves(plan, rent),
        cells=cells(),
        months=months(plan.life_months),
        document=_document(plan, sums, band, read, rent),
    )


def _band(inputs: Inputs) -> tuple[Tco, Tco] | None:
    """Return the sums at the low and at the high end of the ranges; None without any."""
    if all(entry.low is None and entry.high is None for entry in inputs.values()):
        return None
    return tco(plan_of(inputs, "low")), tco(plan_of(inputs, "high"))


# --- words -----------------------------------------------------------------------------------


def _sentence(plan: OwningPlan, sums: Tco, rent: RentSide | None) -> tuple[str, str]:
    years = years_words(plan.life_years)
    start = f"Owning it costs {dollars(sums.total)} in {years}"
    hours = Decimal(plan.busy_hours_per_month)
    if sums.per_useful_gpu_hour is None:
        return f"{start}. Without any busy hour there is no cost per useful hour.", "warn"
    text = (
        f"{start}: {hourly(sums.per_useful_gpu_hour)} a useful GPU-hour at {hours:,.0f} h a month."
    )
    if rent is None:
        return text, "info"
    fair = rent.fair(hours * Decimal(plan.gpu_count))
    price = f"{hourly(fair)}{' with its data' if rent.data else ''}"
    meets = rent.meets
    is_cheaper = sums.per_useful_gpu_hour <= fair
    if meets is None:
        if is_cheaper:
            return f"{text} Cheaper than renting at {price}.", "ok"
        return f"{text} Renting at {price} is cheaper at any use.", "warn"
    above = f"{percent(meets)} use ({meets * HOURS_PER_MONTH:,.0f} h)"
    if not meets:
        return f"{text} Cheaper than renting at {price}, at any use.", "ok"
    if is_cheaper:
        return f"{text} Cheaper than renting at {price}: owning wins above {above}.", "ok"
    return f"{text} Renting at {price} is cheaper below {above}.", "warn"


def _detail(plan: OwningPlan, sums: Tco, band: tuple[Tco, Tco] | None) -> str:
    parts = []
    if band:
        parts.append(f"Likely {dollars(band[0].total)} to {dollars(band[1].total)}.")
    forgotten = [line for line in sums.lines if line.hidden and line.total is None]
    if forgotten:
        count = len(forgotten)
        parts.append(
            f"{count} of the {'cost' if count == 1 else 'costs'} people forget "
            f"{'is' if count == 1 else 'are'} not counted."
        )
    parts.append(f"Sold in the end for {dollars(plan.resale)}.")
    return " ".join(parts)


def _figures(
    plan: OwningPlan, sums: Tco, band: tuple[Tco, Tco] | None, read: Reader
) -> tuple[Figure, ...]:
    hour = sums.per_useful_gpu_hour
    use = f"{percent(utilisation_of(plan))} of all hours busy"
    spread = f"{dollars(band[0].total)} to {dollars(band[1].total)}" if band else ""
    return (
        Figure("Total over its life", dollars(sums.total), "", spread,
               "sum of all counted lines; the lost return included where it is counted"),
        Figure("A year", dollars(sums.equivalent_annual_cost), "", _budget(sums, read),
               "(C0 - S/(1+d)^L) x d / (1 - (1+d)^-L) + O; without a return elsewhere "
               "(C0 - S)/L + O"),
        Figure("Per useful GPU-hour", "" if hour is None else hourly(hour), "", use,
               "(yearly cost with electricity) / (12 x busy hours a month x GPUs)"),
        _carbon(plan, read),
    )  # fmt: skip


def _budget(sums: Tco, read: Reader) -> str:
    budget = read.may("budget_per_year")
    if budget is None:
        return "equivalent annual cost"
    left = budget - sums.equivalent_annual_cost
    return (
        f"within the budget, {dollars(left)} left"
        if left >= 0
        else f"{dollars(-left)} over the budget"
    )


def yearly_carbon(plan: OwningPlan, read: Reader) -> tuple[Decimal | None, Decimal | None]:
    """Return kg CO2e a year of use (location-based) and of making, spread over the life."""
    grid, made = read.may("grid_g_per_kwh"), read.may("embodied_kg")
    kwh = sum(kwh_per_month(plan), ZERO) * plan.pue * 12
    return (
        None if grid is None else operational_kg(kwh, grid),
        None if made is None else made / plan.life_years,
    )


def _carbon(plan: OwningPlan, read: Reader) -> Figure:
    used, made = yearly_carbon(plan, read)
    formula = "kWh x grid (location-based); making spread over the years kept"
    known = [part for part in (used, made) if part is not None]
    if not known:
        return Figure("Carbon a year", "", "", "not counted: give the grid", formula)
    notes = (
        f"use {used:,.0f}" if used is not None else "use not counted",
        f"making {made:,.0f}" if made is not None else "making not counted",
    )
    return Figure("Carbon a year", f"{sum(known, ZERO):,.0f}", "kg", ", ".join(notes), formula)


# --- table and charts ------------------------------------------------------------------------


def _rows(
    plan: OwningPlan, sums: Tco, read: Reader, band: tuple[Tco, Tco] | None
) -> tuple[Row, ...]:
    rows = [_row(line, plan, read, _ends(line, band)) for line in sums.lines]
    total = (
        "All together", sums.total, sums.equivalent_annual_cost,
        "" if band is None else f"{band[0].total:,.0f} to {band[1].total:,.0f}",
        When.OVER.value, "", "",
    )  # fmt: skip
    return (*rows, Row(total, formula="sum of the lines that are counted", is_sum=True))


def _ends(line: CostLine, band: tuple[Tco, Tco] | None) -> str:
    if band is None:
        return ""
    low, high = (
        next(one.total for one in side.lines if one.id == line.id) for side in band
    )  # fmt: skip
    return "" if low is None or high is None or low == high else f"{low:,.0f} to {high:,.0f}"


def _row(line: CostLine, plan: OwningPlan, read: Reader, ends: str) -> Row:
    says = read.says(_BASIS[line.id])
    if line.id == "resale" and plan.resale_share is None:
        says = CURVE_SOURCE[plan.curve]
    if line.id == "interest" and line.total is None:
        says = "no loan"
    year = None if line.total is None else line.total / plan.life_years
    forgotten = "yes" if line.hidden else ""
    return Row(
        (line.name, line.total, year, ends, line.when.value, forgotten, says),
        says,
        LINE_FORMULAS[line.id][1],
        is_muted=line.total is None,
    )


def _stack(plan: OwningPlan, sums: Tco) -> Stack:
    years = years_of(plan, sums)
    kinds = [
        (kind.value, tuple(float(year.by_kind[kind]) for year in years))
        for kind in Kind
        if any(year.by_kind[kind] for year in years)
    ]
    names = tuple(
        f"{year.number}" if year.months == 12 else f"{year.number} ({year.months} m)"
        for year in years
    )
    return Stack("Cost by year", "Year", "Cost, $", names, tuple(kinds))


def _curves(plan: OwningPlan, rent: RentSide | None) -> Curves:
    own = tuple(math.nan if one is None else float(one) for one in cost_curve(plan, _SHARES))
    lines = [("Own", own)]
    marks: list[tuple[float, str]] = []
    here = float(utilisation_of(plan)) * 100
    if here:
        marks.append((here, "your use"))
    anchor = own[-1]
    if rent is not None:
        month = HOURS_PER_MONTH * Decimal(plan.gpu_count)
        fair = tuple(float(rent.fair(part * month)) for part in _SHARES)
        lines.append(("Rent for the same work", fair))
        anchor = max(anchor, fair[-1])
        if rent.meets:
            meets = float(rent.meets) * 100
            marks.append((meets, f"even at {meets:.0f} %"))
    return Curves(
        "Cost of a useful GPU-hour by use",
        "Busy share of all hours, %",
        "Cost, $/GPU-hour",
        tuple(float(part) * 100 for part in _SHARES),
        tuple(lines),
        tuple(marks),
        anchor * _CURVE_TOP,
        is_falling=True,
    )


# --- for scripts -----------------------------------------------------------------------------


def _document(
    plan: OwningPlan,
    sums: Tco,
    band: tuple[Tco, Tco] | None,
    read: Reader,
    rent: RentSide | None,
) -> Mapping[str, object]:
    used, made = yearly_carbon(plan, read)
    budget, benefit = read.may("budget_per_year"), read.may("benefit_per_year")
    year = sums.equivalent_annual_cost
    return {
        "total": sums.total,
        "total_low": band[0].total if band else sums.total,
        "total_high": band[1].total if band else sums.total,
        "cash_total": sums.cash,
        "present_value": sums.present_value,
        "equivalent_annual_cost": year,
        "per_useful_gpu_hour": sums.per_useful_gpu_hour,
        "life_months": plan.life_months,
        "month_hours": HOURS_PER_MONTH,
        "resale": plan.resale,
        "depreciation": plan.curve.value,
        "lines": [
            {
                "id": line.id, "name": line.name, "kind": line.kind.value,
                "when": line.when.value, "counted": line.is_counted, "total": line.total,
                "hidden": line.hidden or None, "says": read.says(_BASIS[line.id]),
            }
            for line in sums.lines
        ],
        "hidden_costs": [
            {"name": name, "counted": value is not None, "total": value}
            for name, value in sums.hidden()
        ],
        "years": [
            {
                "year": one.number, "months": one.months, "total": one.total,
                "by_kind": {kind.value: amount for kind, amount in one.by_kind.items()},
            }
            for one in years_of(plan, sums)
        ],
        **rent_document(rent),
        "within_budget": None if budget is None else year <= budget,
        "net_benefit_per_year": None if benefit is None else benefit - year,
        "carbon_use_kg_per_year": used,
        "carbon_making_kg_per_year": made,
    }  # fmt: skip


OWNING = Sheet(
    id="tco",
    title="Cost of owning",
    about="Everything a computer costs until it is sold, by year and by useful hour.",
    fields=FIELDS,
    presets=PRESETS,
    answer=answer,
)
