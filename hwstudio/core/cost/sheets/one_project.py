"""The sheet "One project": own hardware or rented, the same work on both sides."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.cost.project import Project, ProjectCost, project_cost
from hwstudio.core.cost.sheets.model import (
    Answer,
    Cell,
    Curves,
    Field,
    Figure,
    Heading,
    Inputs,
    Preset,
    Reader,
    Row,
    Sheet,
)
from hwstudio.core.cost.sheets.money_words import dollars, exact_dollars, hourly

_D = Decimal
OWN, RENT = "Own hardware", "Rented"
FIELDS = (
    Field(id="hours", label="Hours on your hardware", unit="h", default=_D(40), high=_D(10) ** 6,
          decimals=1, group=OWN, slider_top=_D(1000)),
    Field(id="purchase", label="Price of the hardware", unit="$", default=_D(2000), group=OWN),
    Field(id="life_months", label="Months kept", unit="months", default=_D(36), low=_D(1),
          high=_D(600), group=OWN),
    Field(id="hours_per_month", label="Busy hours a month", unit="h", default=_D(40), low=_D(1),
          high=_D(730), group=OWN, tip="All projects together, over the months it is kept."),
    Field(id="resale_pct", label="Sold in the end for", unit="%", default=_D(30), high=_D(100),
          group=OWN),
    Field(id="power_w", label="Power while working", unit="W", default=_D(350), high=_D(10) ** 7,
          group=OWN),
    Field(id="price_per_kwh", label="Electricity price", unit="$/kWh", default=_D("0.165"),
          high=_D(10), decimals=3, group=OWN),
    Field(id="rent_per_hour", label="Rent per hour", unit="$/h", default=_D("3.06"),
          high=_D(10) ** 5, decimals=2, group=RENT),
    Field(id="speed_ratio", label="Speed of the rented one", unit="x yours", default=_D(1),
          low=_D("0.001"), high=_D(10000), decimals=3, group=RENT,
          tip="Own hours that one rented hour replaces, so that both do the same work."),
)  # fmt: skip
_SAYS = "published example; life 36 months, resale 30 %, watts and tariff assumed"


def _example(name: str, title: str, values: dict[str, str], ratio: Decimal, note: str) -> Preset:
    numbers = {key: _D(value) for key, value in values.items()}
    return Preset(
        id=name, title=title, values={**numbers, "speed_ratio": ratio}, says=_SAYS, note=note
    )


_NOTE = (
    "The source charges the whole computer to this one project ({whole} $ an hour) and puts its "
    "electricity at {electricity} $. Spread over its life less resale an hour costs far less. The "
    "source's speed of the rented machine is kept so that both do the same work; enter a measured "
    "one."
)
PRESETS = (
    _example("project_small", "Small project, 40 h", {
        "hours": "40", "purchase": "2000", "life_months": "36", "hours_per_month": "40",
        "resale_pct": "30", "power_w": "350", "price_per_kwh": "0.165", "rent_per_hour": "3.06",
    }, _D(40) / 15, _NOTE.format(whole=50, electricity=10)),
    _example("project_medium", "Medium project, 200 h", {
        "hours": "200", "purchase": "3000", "life_months": "36", "hours_per_month": "200",
        "resale_pct": "30", "power_w": "450", "price_per_kwh": "0.165", "rent_per_hour": "12.24",
    }, _D("2.5"), _NOTE.format(whole=15, electricity=50)),
    _example("project_large", "Large project, 1,000 h", {
        "hours": "1000", "purchase": "4000", "life_months": "36", "hours_per_month": "500",
        "resale_pct": "30", "power_w": "500", "price_per_kwh": "0.165", "rent_per_hour": "32.77",
    }, _D("2.5"), _NOTE.format(whole=4, electricity=300)),
)  # fmt: skip
HEADINGS = (
    Heading("Line"),
    Heading("An own hour, $", is_number=True, decimals=3),
    Heading("This project, $", is_number=True, decimals=2),
    Heading("How"),
)


def answer(inputs: Inputs) -> Answer:
    """Return both sides of one project."""
    read = Reader(inputs)
    case = Project(
        hours=read.or_zero("hours"),
        purchase=read.need("purchase", "The price of the hardware"),
        resale_share=read.share("resale_pct") or Decimal(0),
        life_months=read.need("life_months", "The months it is kept"),
        hours_per_month=read.need("hours_per_month", "The busy hours per month"),
        power_w=read.or_zero("power_w"),
        price_per_kwh=read.or_zero("price_per_kwh"),
        rent_per_hour=read.need("rent_per_hour", "The rent per hour"),
        speed_ratio=read.need("speed_ratio", "The speed of the rented machine"),
    )
    cost = project_cost(case)
    return Answer(
        sentence=_sentence(case, cost),
        kind="ok" if cost.saved >= 0 else "warn",
        detail=(
            f"The hardware costs {dollars(Decimal(case.purchase))}, is kept "
            f"{case.life_months:,.0f} months at {case.hours_per_month:,.0f} busy hours each, and "
            f"sells for {case.resale_share * 100:.0f} % of it. Charged to this project alone it "
            f"would be {exact_dollars(cost.own_if_alone)}."
        ),
        figures=_figures(cost),
        headings=HEADINGS,
        rows=_rows(case, cost),
        curves=_curves(case),
        cells=_cells(),
        document=_document(case, cost),
    )


def _sentence(case: Project, cost: ProjectCost) -> str:
    hours = f"{Decimal(case.hours):,.0f} h"
    own, rent = exact_dollars(cost.own), exact_dollars(cost.rent)
    if cost.own == cost.rent:
        return f"For {hours} of work both cost {own}."
    less, more = (
        ("own hardware", "renting") if cost.saved > 0 else ("renting", "own hardware")
    )  # fmt: skip
    low, high = (own, rent) if cost.saved > 0 else (rent, own)
    close = abs(cost.saved) * 5 < max(cost.own, cost.rent)
    word = "is a little cheaper" if close else "is cheaper"
    return f"For {hours} of work {less} {word}: {low} against {high} for {more}."


def _figures(cost: ProjectCost) -> tuple[Figure, ...]:
    return (
        Figure("Own, a useful hour", hourly(cost.own_per_hour), "",
               f"wear {hourly(cost.wear_per_hour)}, "
               f"electricity {hourly(cost.electricity_per_hour)}",
               "(price - resale) / (months x busy hours a month) + W / 1000 x price of a kWh"),
        Figure("Rent for the same work", hourly(cost.rent_per_own_hour), "",
               f"{cost.rented_hours:,.1f} rented hours", "rent per hour / speed"),
        Figure("Own, this project", exact_dollars(cost.own), "", "", "own hour x hours"),
        Figure("Rent, this project", exact_dollars(cost.rent), "", "", "rent x rented hours"),
    )  # fmt: skip


def _rows(case: Project, cost: ProjectCost) -> tuple[Row, ...]:
    return (
        Row(("Wear of the own hardware", cost.wear_per_hour, cost.wear,
             "price less resale, over all busy hours of its life")),
        Row(("Electricity", cost.electricity_per_hour, cost.electricity,
             f"{Decimal(case.power_w):,.0f} W at {case.price_per_kwh} $/kWh")),
        Row(("Own, together", cost.own_per_hour, cost.own, ""), is_sum=True),
        Row(("Rent for the same work", cost.rent_per_own_hour, cost.rent,
             f"{cost.rented_hours:,.1f} h at {case.rent_per_hour} $"), is_sum=True),
        Row(("If this project alone paid the hardware",
             cost.own_if_alone / Decimal(case.hours) if case.hours else None,
             cost.own_if_alone, "only right if it is thrown away afterwards, at its resale value"),
            is_muted=True),
    )  # fmt: skip


def _curves(case: Project) -> Curves:
    from dataclasses import replace

    uses = tuple(Decimal(step) for step in (5, 10, 20, 40, 80, 120, 160, 240, 320, 480, 600, 730))
    costs = [project_cost(replace(case, hours_per_month=use)) for use in uses]
    mark = (float(case.hours_per_month), "your use")
    rent = float(costs[0].rent_per_own_hour)
    return Curves(
        "Cost of an own hour by use",
        "Busy hours a month",
        "Cost, $/h",
        tuple(map(float, uses)),
        (
            ("Own", tuple(float(cost.own_per_hour) for cost in costs)),
            ("Rent for the same work", (rent,) * len(uses)),
        ),
        (mark,),
        max(rent, float(project_cost(case).own_per_hour)) * 4,
        is_falling=True,
    )


def _cells() -> tuple[Cell, ...]:
    return (
        Cell("wear_per_hour", "Wear of an own hour",
             "purchase*(1-resale_pct/100)/(life_months*hours_per_month)"),
        Cell("electricity_per_hour", "Electricity of an own hour", "power_w/1000*price_per_kwh"),
        Cell("own_per_hour", "Own, a useful hour", "wear_per_hour+electricity_per_hour"),
        Cell("own", "Own, this project", "own_per_hour*hours"),
        Cell("rented_hours", "Rented hours for the same work", "hours/speed_ratio"),
        Cell("rent", "Rent, this project", "rent_per_hour*rented_hours"),
        Cell("rent_per_own_hour", "Rent for the work of an own hour", "rent_per_hour/speed_ratio"),
        Cell("saved", "Owning saves", "rent-own"),
    )  # fmt: skip


def _document(case: Project, cost: ProjectCost) -> dict[str, object]:
    return {
        "own_per_useful_hour": cost.own_per_hour,
        "rent_per_useful_hour": cost.rent_per_own_hour,
        "wear_per_hour": cost.wear_per_hour,
        "electricity_per_hour": cost.electricity_per_hour,
        "electricity": cost.electricity,
        "own": cost.own,
        "rent": cost.rent,
        "rented_hours": cost.rented_hours,
        "saved": cost.saved,
        "own_if_alone": cost.own_if_alone,
        "life_months": case.life_months,
        "resale_share": case.resale_share,
    }


PROJECT = Sheet(
    id="project",
    title="One project",
    about="Own hardware or rented for one project, with wear and resale, at equal work.",
    fields=FIELDS,
    presets=PRESETS,
    answer=answer,
)
