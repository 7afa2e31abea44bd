"""The sums of "Cost of owning" as spreadsheet formulas: a second opinion a person can follow.

They use the spreadsheet's own PV and PMT, not our formulas, so that one checks the other. Names in
them are those of the inputs and of cells further up; an input left out is an empty cell.
"""

from __future__ import annotations

from hwstudio.core.cost.sheets.model import Cell, Months
from hwstudio.core.cost.sheets.owning_rent import rent_cells

_RESALE = (
    'IF(ISBLANK(resale_pct),IF(curve="used_price",'
    "paid*(used_price/paid)^(life_years/used_age_years),paid*10^(-0.14*life_years)),"
    "paid*resale_pct/100)"
)
# Line id -> (formula of the total over the life, the same in words).
LINE_FORMULAS: dict[str, tuple[str, str]] = {
    "purchase": ("purchase", "price before tax"),
    "tax": ("purchase*tax_pct/100", "price x tax"),
    "resale": (f"-{_RESALE}", "value at the end of the life on the chosen curve, or as typed"),
    "electricity_busy": (
        "N(price_per_kwh)*load_w*busy_hours_per_month/1000*life_months",
        "watts x busy hours / 1000 x price of a kWh x months",
    ),
    "electricity_idle": (
        "N(price_per_kwh)*idle_w*(730-busy_hours_per_month)*idle_on_pct/100/1000*life_months",
        "idle watts x (730 - busy hours) x share on / 1000 x price of a kWh x months",
    ),
    "cooling": (
        "(line_electricity_busy+line_electricity_idle)*cooling_pct/100",
        "electricity x cooling on top (PUE less 1)",
    ),
    "setup": ("N(setup)", "as given"),
    "maintenance": ("maintenance_per_year/12*life_months", "a year x years"),
    "admin": (
        "admin_hours_per_month*admin_per_hour*life_months",
        "hours a month x value of an hour x months",
    ),
    "insurance": ("insurance_per_year/12*life_months", "a year x years"),
    "training": ("training_per_year/12*life_months", "a year x years"),
    "disposal": ("N(disposal)", "as given"),
    "software_once": ("N(software_once)", "as given"),
    "software": ("software_per_year/12*life_months", "a year x years"),
    "internet": (
        "internet_per_month*internet_share_pct/100*life_months",
        "a month x your share x months",
    ),
    "space": ("space_per_month*life_months", "a month x months"),
    "interest": ("loan_payment*loan_months-borrowed", "all payments less the sum borrowed"),
    "opportunity": (
        "capital_per_year*life_years-capital_paid",
        "what discounting adds: capital x return elsewhere, as the annuity counts it",
    ),
}
_NAMES = {
    "purchase": "Purchase", "tax": "Tax", "resale": "Sold in the end",
    "electricity_busy": "Electricity, working", "electricity_idle": "Electricity, idle",
    "cooling": "Cooling", "setup": "Setting up", "maintenance": "Maintenance and support",
    "admin": "Hours of looking after it", "insurance": "Insurance and security",
    "training": "Training and learning", "disposal": "Disposal",
    "software_once": "Software, once", "software": "Software licences",
    "internet": "Internet, your share", "space": "Space", "interest": "Interest on the loan",
    "opportunity": "Lost return on the money",
}  # fmt: skip
_RUNNING = ("electricity_busy", "electricity_idle", "cooling", "maintenance", "admin",
            "insurance", "training", "software", "internet", "space")  # fmt: skip


def cells() -> tuple[Cell, ...]:
    """Return the named cells in the order they rest on each other."""
    before = (
        Cell("life_months", "Months kept", "ROUND(life_years*12,0)"),
        Cell("kept_years", "Years kept, in whole months", "life_months/12"),
        Cell("paid", "Price with tax", "purchase*(1+tax_pct/100)"),
        Cell("borrowed", "Borrowed", "paid*loan_pct/100"),
        Cell("loan_payment", "Loan payment a month",
             "IF(borrowed=0,0,PMT(loan_rate_pct/100/12,loan_months,-borrowed))"),
        Cell("discount", "Return elsewhere, a year", "N(discount_pct)/100"),
        Cell("month_rate", "The same a month", "(1+discount)^(1/12)-1"),
    )  # fmt: skip
    names = [name for name in LINE_FORMULAS if name != "opportunity"]
    lines = tuple(_line(name) for name in names)
    running = "+".join(f"line_{name}" for name in _RUNNING)
    once = "line_setup+line_software_once"
    after = (
        Cell("capital_paid", "Paid and got back once, with the loan",
             f"paid-borrowed+{once}+loan_payment*IF(borrowed=0,0,loan_months)"
             "+line_disposal+line_resale"),
        Cell("capital_today", "The same in today's money",
             f"paid-borrowed+{once}+IF(borrowed=0,0,PV(month_rate,loan_months,-loan_payment))"
             "+(line_disposal+line_resale)/(1+discount)^kept_years"),
        Cell("capital_per_year", "The same a year", "PMT(discount,kept_years,-capital_today)"),
        Cell("running_per_year", "Running a year", f"({running})/kept_years"),
        _line("opportunity"),
        Cell("total", "Total over its life",
             "+".join(f"line_{name}" for name in LINE_FORMULAS)),
        Cell("equivalent_annual_cost", "Equivalent annual cost",
             "capital_per_year+running_per_year"),
        Cell("present_value", "Cost in today's money",
             "capital_today+PV(month_rate,life_months,-running_per_year/12)"),
        Cell("per_useful_gpu_hour", "Per useful GPU-hour",
             'IF(busy_hours_per_month=0,"no use",'
             "equivalent_annual_cost/(12*busy_hours_per_month*gpu_count))"),
    )  # fmt: skip
    return (*before, *lines, *after, *rent_cells())


def _line(name: str) -> Cell:
    formula = LINE_FORMULAS[name][0].replace("life_years", "kept_years")
    return Cell(f"line_{name}", _NAMES[name], formula, LINE_FORMULAS[name][1])


_ONCE = (
    "IF({m}=0,paid-borrowed+line_setup+line_software_once,0)"
    "+IF({m}=life_months,line_disposal+line_resale,0)"
)


def months(count: int) -> Months:
    """Return the cash flow by month: what leaves the account, and its worth today."""
    return Months(
        count,
        (
            ("Month", "{m}"),
            ("Once, $", _ONCE),
            ("Loan, $", "IF(AND({m}>0,borrowed>0,{m}<=loan_months),loan_payment,0)"),
            ("Running, $", "IF({m}=0,0,running_per_year/12)"),
            ("Out of pocket, $", "B{row}+C{row}+D{row}"),
            ("Worth today, $", "E{row}/(1+month_rate)^A{row}"),
        ),
    )
