"""What the sheet "Cost of owning" asks, and the set-ups one can begin with."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.cost.depreciation import CURVE_WORDS, Curve
from hwstudio.core.cost.sheets.model import Field, Preset
from hwstudio.core.cost.sheets.rent_fields import data_fields

HARDWARE, USE, YEARLY, ONCE, MONEY, RENT, AIR = (
    "Hardware",
    "Use and electricity",
    "Costs every year",
    "Costs once",
    "Loan and lost return",
    "Rent and budget to compare",
    "Carbon",
)
_D = Decimal


def _pct(name: str, label: str, group: str, **more: object) -> Field:
    return Field(id=name, label=label, unit="%", high=_D(100), decimals=1, group=group, **more)  # type: ignore[arg-type]


def _left_out(name: str, label: str, unit: str, group: str, tip: str = "") -> Field:
    return Field(id=name, label=label, unit=unit, group=group, is_optional=True, tip=tip)


FIELDS = (
    Field(id="purchase", label="Price before tax", unit="$", default=_D(2000), group=HARDWARE),
    Field(id="gpu_count", label="GPUs in it", default=_D(1), low=_D(1), high=_D(10000),
          group=HARDWARE),
    Field(id="life_years", label="Years kept", unit="years", default=_D(4), low=_D("0.25"),
          high=_D(30), decimals=2, group=HARDWARE),
    Field(id="curve", label="How it loses value", default=Curve.DECLINING.value, group=HARDWARE,
          options=tuple((curve.value, words) for curve, words in CURVE_WORDS.items()),
          tip="Decides how the loss is spread over the years and, where no resale is typed, "
              "what it sells for in the end."),
    Field(id="used_price", label="Used price I know", unit="$", group=HARDWARE, is_optional=True,
          shown_when=("curve", Curve.USED_PRICE.value)),
    Field(id="used_age_years", label="Age it is for", unit="years", default=_D(2), low=_D("0.1"),
          high=_D(30), decimals=1, group=HARDWARE,
          shown_when=("curve", Curve.USED_PRICE.value)),
    _pct("resale_pct", "Sold in the end for", HARDWARE, is_optional=True,
         left_out="by the curve",
         tip="Share of the price with tax. Left out: what the curve says."),
    _pct("tax_pct", "Tax on the price", HARDWARE, default=_D(0)),
    Field(id="busy_hours_per_month", label="Busy hours a month", unit="h", default=_D(120),
          high=_D(730), group=USE, slider_top=_D(730)),
    Field(id="load_w", label="Power while working", unit="W", default=_D(450), high=_D(10) ** 7,
          group=USE, tip="At the wall, the whole computer."),
    Field(id="price_per_kwh", label="Electricity price", unit="$/kWh", default=_D("0.165"),
          high=_D(10), decimals=3, group=USE, is_optional=True),
    _pct("idle_on_pct", "On while idle", USE, default=_D(0),
         tip="Of the hours without work, how many it stays switched on."),
    Field(id="idle_w", label="Power while idle", unit="W", high=_D(10) ** 7, group=USE,
          is_optional=True),
    Field(id="cooling_pct", label="Cooling on top", unit="%", high=_D(300), decimals=1, group=USE,
          is_optional=True, tip="Energy for cooling per energy used, PUE less 1. About 0 at home "
          "in winter, 30 with air conditioning; server rooms 54 on average (Uptime, 2025)."),
    _left_out("maintenance_per_year", "Maintenance and support", "$/year", YEARLY),
    _left_out("insurance_per_year", "Insurance and security", "$/year", YEARLY),
    _left_out("software_per_year", "Software licences", "$/year", YEARLY),
    _left_out("training_per_year", "Training and learning", "$/year", YEARLY),
    _left_out("internet_per_month", "Internet line", "$/month", YEARLY),
    _pct("internet_share_pct", "Your share of the line", YEARLY, default=_D(100),
         tip="Others who use the same line pay the rest."),
    Field(id="admin_hours_per_month", label="Hours looking after it", unit="h/month", group=YEARLY,
          high=_D(730), decimals=1, is_optional=True),
    Field(id="admin_per_hour", label="Value of such an hour", unit="$/h", default=_D(30),
          group=YEARLY, tip="Counts only with the hours above."),
    _left_out("space_per_month", "Space (rent of the room)", "$/month", YEARLY),
    _left_out("setup", "Setting up", "$", ONCE),
    _left_out("software_once", "Software bought once", "$", ONCE),
    _left_out("disposal", "Disposal in the end", "$", ONCE),
    _pct("discount_pct", "Return elsewhere, a year", MONEY, is_optional=True,
         tip="What the money would earn if it were not in the hardware: the opportunity cost. "
             "Also the rate later money is discounted by."),
    _pct("loan_pct", "Share paid by a loan", MONEY, default=_D(0)),
    _pct("loan_rate_pct", "Loan's rate a year", MONEY, default=_D(0)),
    Field(id="loan_months", label="Loan's term", unit="months", default=_D(36), low=_D(1),
          high=_D(600), group=MONEY),
    Field(id="rent_per_gpu_hour", label="Rent per GPU-hour", unit="$/h", high=_D(10) ** 5,
          decimals=3, group=RENT, is_optional=True),
    Field(id="speed_ratio", label="Speed of the rented GPU", unit="x yours", default=_D(1),
          low=_D("0.001"), high=_D(10000), decimals=2, group=RENT),
    *data_fields(RENT),
    _left_out("budget_per_year", "Your budget a year", "$/year", RENT),
    _left_out("benefit_per_year", "What it brings a year", "$/year", RENT),
    Field(id="grid_g_per_kwh", label="Grid carbon", unit="g/kWh", high=_D(5000), group=AIR,
          is_optional=True, tip="CO2e of your electricity, by place."),
    Field(id="embodied_kg", label="Making the hardware", unit="kg CO2e", high=_D(10) ** 7,
          group=AIR, is_optional=True),
)  # fmt: skip

_SETUP_NOTE = (
    "Price, software and setting up are the published ranges and their middle; electricity is "
    "worked out from watts and hours instead."
)


def _setup(name: str, title: str, once: tuple[tuple[int, int], ...]) -> Preset:
    names = ("purchase", "software_once", "setup")
    yearly = {"maintenance_per_year": (200, 500), "insurance_per_year": (100, 300)}
    monthly = {"internet_per_month": (50, 100)}
    ranges = {**dict(zip(names, once, strict=True)), **yearly, **monthly}
    return Preset(
        id=name,
        title=title,
        values={key: (_D(low) + _D(high)) / 2 for key, (low, high) in ranges.items()},
        ranges=ranges,
        says="published range of a buyer's guide, middle taken",
        note=_SETUP_NOTE,
    )


PRESETS = (
    _setup("budget", "Budget set-up", ((1500, 2500), (200, 500), (100, 200))),
    _setup("professional", "Professional set-up", ((3000, 5000), (500, 1000), (300, 500))),
    _setup("enterprise", "Enterprise set-up", ((8000, 15000), (1000, 3000), (500, 1000))),
)
