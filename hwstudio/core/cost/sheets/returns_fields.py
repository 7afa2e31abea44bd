"""What the sheet "Return on it" asks, and the example of a published guide with its sums mended."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.cost.sheets.model import Field, Preset
from hwstudio.core.cost.sheets.rent_fields import data_fields

COST, HARD, SOFT, SAME = (
    "What it costs",
    "Savings in money",
    "Softer benefits",
    "The same either way",
)
YES, NO = "yes", "no"
_D = Decimal


def _money(name: str, label: str, unit: str, group: str, tip: str = "") -> Field:
    return Field(id=name, label=label, unit=unit, default=_D(0), group=group, tip=tip)


def _sure(name: str, group: str) -> Field:
    return Field(id=name, label="How sure", unit="%", default=_D(100), high=_D(100), group=group,
                 tip="The share of it you would bet on; it scales the amount.")  # fmt: skip


FIELDS = (
    Field(id="cost", label="Price of the hardware", unit="$", default=_D(2000), group=COST),
    _money("trade_in", "Old hardware sells for", "$", COST, "Taken off the price."),
    Field(id="life_months", label="Months it is used", unit="months", default=_D(36), low=_D(1),
          high=_D(600), group=COST),
    _money("resale", "Sold in the end for", "$", COST),
    _money("running_per_month", "Running cost a month", "$/month", COST,
           "Electricity and upkeep, as on the sheet Cost of owning."),
    Field(id="discount_pct", label="Return elsewhere, a year", unit="%", default=_D(0),
          high=_D(100), decimals=1, group=COST,
          tip="What the money would earn otherwise; later money is worth less by it."),
    _money("rent_avoided_per_month", "Rent no longer paid", "$/month", HARD),
    *data_fields(HARD),
    _money("other_saving_per_month", "Other savings", "$/month", HARD),
    _sure("hard_sure_pct", HARD),
    Field(id="soft_counted", label="Count these too", default=YES, group=SOFT,
          options=((YES, "Yes, shown apart"), (NO, "No, leave them out"))),
    Field(id="hours_per_week", label="Hours saved a week", unit="h", default=_D(0), high=_D(168),
          decimals=1, group=SOFT),
    Field(id="value_per_hour", label="Value of an hour", unit="$/h", default=_D(30), group=SOFT),
    Field(id="adoption_pct", label="Of it really used", unit="%", default=_D(100), high=_D(100),
          group=SOFT, tip="Saved time is worth something only where it goes into work."),
    _money("advantage_per_month", "Earlier results, sales", "$/month", SOFT),
    _money("innovation_per_month", "New things possible", "$/month", SOFT),
    _sure("soft_sure_pct", SOFT),
    _money("same_work", "Development time", "$", SAME,
           "Costs the same with either choice: it cancels and is in no sum."),
    _money("same_other", "Other shared costs", "$", SAME),
)  # fmt: skip

PRESETS = (
    Preset(
        id="vision_project",
        title="Computer-vision project, 6 months",
        values={
            "cost": _D(4000), "life_months": _D(6), "rent_avoided_per_month": _D(2500),
            "same_work": _D(60000),
        },
        says="published example: $4,000 against $15,000 of cloud, 1,200 h at $50",
        note="The source calls $11,000 a return and adds $60,000 of development to one side's "
        "investment. That time is the same either way and cancels: the return is 275 % and it "
        "pays back in the second month. Electricity and resale are left out as in the source.",
    ),
    Preset(
        id="upgrade_hours",
        title="Faster card: 200 hours a year saved",
        values={
            "cost": _D(300), "life_months": _D(36), "hours_per_week": _D(200) / 52,
            "value_per_hour": _D(50),
        },
        says="published example: $300 more over three years, 200 h a year, $50 an hour",
        note="The source values 200 hours at $2,000; at the $50 an hour it uses elsewhere they "
        "are $10,000.",
    ),
)  # fmt: skip
