"""Formulas of owning, by name: F1 yearly cost, F2 electricity, F4 break-even, F11, F12, F13."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hwstudio.core.cost.amount import HOURS_PER_YEAR, Number
from hwstudio.core.cost.breakeven import break_even
from hwstudio.core.cost.carbon import embodied_kg, job_energy_kwh, operational_kg
from hwstudio.core.cost.depreciation import Curve, Decline, resale_of, value_after
from hwstudio.core.cost.energy import electricity_per_hour, energy_kwh, yearly_energy_kwh
from hwstudio.core.cost.examples.given import WATTS, YEARS, Given
from hwstudio.core.cost.finance import Investment, evaluate
from hwstudio.core.cost.ownership import (
    Ownership,
    declining_value,
    equivalent_annual_cost,
    us_five_year_value,
)

Answers = dict[str, Any]
PRICE = ("hardware_usd", "purchase_usd", "purchase_price_usd", "capex_usd", "price_usd",
         "hardware_cost_usd", "initial_cost_usd", "investment_usd", "cost_usd", "hardware",
         "purchase", "capex", "investment")  # fmt: skip
RESALE = ("resale_usd", "residual_usd", "salvage_usd", "resale_value_usd", "residual_value_usd",
          "resale")  # fmt: skip
TARIFF = ("electricity_usd_per_kwh", "usd_per_kwh", "price_usd_per_kwh", "tariff_usd_per_kwh",
          "electricity_price_usd_per_kwh", "kwh_price_usd", "price_per_kwh")  # fmt: skip
LOAD = ("load", "busy", "power", "gpu", "wall", "system", "")
CLOUD = ("cloud_usd_per_hour", "rent_usd_per_hour", "on_demand_usd_per_hour",
         "cloud_per_hour", "price_usd_per_hour")  # fmt: skip
_DAYS = (30, 100, 200, 300, 365)


def rate(given: Given) -> Decimal:
    """Return the yearly discount rate as a share."""
    return given.share("discount_rate", "discount", "rate", "interest_rate", "wacc") or Decimal(0)


def resale(given: Given, price: Decimal) -> Decimal:
    """Return the resale value, given as money or as a share of the price."""
    part = given.share("resale_share", "resale", "residual_share", "residual", "salvage_share")
    money = given.may(*RESALE[:-1])
    if money is not None:
        return money
    return price * part if part is not None and part <= 1 else part or Decimal(0)


def pue(given: Given) -> Number:
    """Return the cooling factor; 1 where none is given."""
    found = given.may("pue", "cooling_factor")
    extra = given.share("cooling_share")
    return found if found is not None else Decimal(1) + (extra or Decimal(0))


def price(given: Given) -> Decimal:
    """Return the purchase with tax and set-up."""
    base = given.need(*PRICE)
    tax = given.share("tax", "tax_rate", "tax_share") or Decimal(0)
    return base * (1 + tax) + given.or_(0, "setup_usd", "installation_usd")


def f1(given: Given) -> Answers:
    """Equivalent annual cost."""
    bought = price(given)
    years = given.need_sized(YEARS, "life", "lifetime", "useful_life", "amortisation", "")
    fixed = given.or_(
        0, "fixed_usd_per_year", "opex_usd_per_year", "maintenance_usd_per_year",
        "annual_opex_usd", "o_usd_per_year", "fixed_per_year",
    )  # fmt: skip
    cost = equivalent_annual_cost(
        Ownership(
            purchase=bought,
            resale=resale(given, bought),
            life_years=years,
            discount_rate=rate(given),
            fixed_per_year=fixed,
        )
    )
    names = ("eac_usd_per_year", "eac_usd", "eac", "equivalent_annual_cost_usd",
             "annual_cost_usd", "usd_per_year")  # fmt: skip
    return {
        **dict.fromkeys(names, cost),
        "eac_usd_per_month": cost / 12,
        "usd_per_month": cost / 12,
        "usd_per_hour": cost / HOURS_PER_YEAR,
    }


def f2(given: Given) -> Answers:
    """Electricity of an hour, of the hours given, and of a year."""
    power = given.need_sized(WATTS, *LOAD)
    tariff, factor = given.need(*TARIFF), pue(given)
    hour = electricity_per_hour(power, tariff, factor)
    found: Answers = {
        "electricity_usd_per_hour": hour, "usd_per_hour": hour, "usd_per_busy_hour": hour,
        "busy_usd_per_hour": hour,
    }  # fmt: skip
    idle = given.sized(WATTS, "idle")
    if idle is not None:
        found["idle_usd_per_hour"] = electricity_per_hour(idle, tariff, factor)
    hours = given.may("hours", "busy_hours", "hours_per_month", "hours_per_year")
    if hours is not None:
        kwh = energy_kwh(power, hours, factor)
        found |= {"kwh": kwh, "electricity_usd": kwh * tariff, "usd": kwh * tariff}
    busy = given.share("utilisation", "utilization", "use", "busy_share")
    if busy is not None:
        year = yearly_energy_kwh(power, busy, factor)
        found |= {
            "kwh_per_year": year, "electricity_usd_per_year": year * tariff,
            "electricity_usd_per_month": year * tariff / 12,
        }  # fmt: skip
    return found


def f4(given: Given) -> Answers:
    """Break-even in busy hours, months and, where the use is given, days."""
    bought = price(given)
    net = bought - resale(given, bought)
    local = given.may(
        "local_usd_per_hour", "own_usd_per_hour", "running_usd_per_hour",
        "on_prem_usd_per_hour", "opex_usd_per_hour", "local_per_hour",
    )  # fmt: skip
    if local is None:
        watts = given.sized(WATTS, *LOAD)
        tariff = given.may(*TARIFF)
        local = Decimal(0)
        if watts is not None and tariff is not None:
            local = electricity_per_hour(watts, tariff, pue(given))
    cloud = given.need(*CLOUD)
    answer = break_even(net, cloud, local, given.or_(1, "speed_ratio", "k", "speedup"))
    found: Answers = {
        "break_even_hours": answer.hours,
        "hours": answer.hours,
        "break_even_months_730h": answer.months_730h,
        "break_even_months_720h": answer.months_720h,
        "months_730h": answer.months_730h,
        "months_720h": answer.months_720h,
        "never": answer.is_never,
    }
    return found | _calendar(given, answer.hours, cloud)


def _calendar(given: Given, hours: Decimal | None, cloud: Decimal) -> Answers:
    """Return the crossing in days and months at the use given, and rents up to some days."""
    busy = given.share("utilisation", "utilization", "use", "busy_share")
    month = given.may("hours_per_month", "busy_hours_per_month")
    found: Answers = {}
    if month:
        found["break_even_months"] = None if hours is None else hours / month
    if busy:
        per_day = Decimal(24) * busy
        days = None if hours is None else hours / per_day
        found |= {"break_even_days_exact": days, "break_even_days": days}
        wanted = given.may("days")
        for count in {*_DAYS, *(() if wanted is None else (int(wanted),))}:
            found[f"cloud_usd_{count}_days"] = cloud * per_day * count
    return found


_CURVES = {
    "straight": Curve.STRAIGHT, "straight_line": Curve.STRAIGHT, "linear": Curve.STRAIGHT,
    "declining": Curve.DECLINING, "declining_balance": Curve.DECLINING, "epoch": Curve.DECLINING,
    "us": Curve.US_TABLE, "us_five_year": Curve.US_TABLE, "macrs": Curve.US_TABLE,
    "macrs_5": Curve.US_TABLE, "us_5_year": Curve.US_TABLE,
}  # fmt: skip


def f11(given: Given) -> Answers:
    """Value after some years on one curve, or on all three where none is named."""
    bought = price(given)
    age = given.need_sized(YEARS, "age", "after", "t", "")
    if given.has(("life_years", "life_months")):
        life = given.need_sized(YEARS, "life")
    else:
        life = Decimal(5)
    end = resale(given, bought)
    straight = value_after(
        Decline(purchase=bought, life_years=life, curve=Curve.STRAIGHT, resale=end), age
    )
    values = {
        Curve.STRAIGHT: straight,
        Curve.DECLINING: declining_value(bought, age),
        Curve.US_TABLE: us_five_year_value(bought, int(age)),
    }
    named = str(given.raw("method", "curve", "depreciation") or "").strip().casefold()
    chosen = _CURVES.get(named.replace(" ", "_").replace("-", "_"))
    if chosen is None:
        chosen = Curve.STRAIGHT if given.has(("life_years", "life_months")) else Curve.DECLINING
    value = values[chosen]
    return {
        "value_usd": value, "value": value, "residual_usd": value,
        "loss_usd": bought - value,
        "straight_line_usd": values[Curve.STRAIGHT],
        "declining_usd": values[Curve.DECLINING],
        "us_five_year_usd": values[Curve.US_TABLE],
        "share_left": value / bought if bought else None,
        "resale_usd": resale_of(Decline(purchase=bought, life_years=life, resale=end)),
    }  # fmt: skip


def f12(given: Given) -> Answers:
    """Net present value, payback, ROI and internal rate of monthly savings."""
    bought = price(given)
    savings = _savings(given)
    answer = evaluate(
        Investment(
            purchase=bought,
            monthly_savings=savings,
            resale=resale(given, bought),
            discount_rate=rate(given),
        )
    )
    irr = answer.internal_rate
    gain = sum(savings, Decimal(0)) - bought
    return {
        "npv_usd": answer.net_present_value, "npv": answer.net_present_value,
        "payback_months": answer.payback_month, "payback_month": answer.payback_month,
        "roi": answer.roi, "roi_pct": None if answer.roi is None else answer.roi * 100,
        "irr": irr, "irr_pct": None if irr is None else irr * 100,
        "net_gain_usd": gain, "savings_usd": gain,
    }  # fmt: skip


def _savings(given: Given) -> list[Decimal]:
    flows = given.raw("monthly_savings_usd", "monthly_savings", "savings_usd_by_month")
    if isinstance(flows, list):
        return [Decimal(str(flow)) for flow in flows]
    years = given.sized(YEARS, "life", "lifetime", "horizon", "")
    months = round((years or Decimal(0)) * 12)
    cloud = given.may("cloud_usd_per_month", "rent_usd_per_month")
    if cloud is not None:
        saved = cloud - given.or_(0, "local_usd_per_month", "running_usd_per_month")
    else:
        year = given.may("saving_usd_per_year", "savings_usd_per_year", "annual_savings_usd")
        saved = year / 12 if year is not None else given.need(
            "saving_usd_per_month", "savings_usd_per_month", "monthly_saving_usd"
        )  # fmt: skip
    return [saved] * months


def f13(given: Given) -> Answers:
    """Energy and CO2e: of the devices, with the building, and of making the device."""
    count = given.or_(1, "gpu_count", "gpus", "n", "devices", "device_count")
    power = (
        given.need_sized(WATTS, *LOAD[:-1], "")
        if given.sized(WATTS, *LOAD) is not None
        else given.need("watts_per_gpu", "w_per_gpu", "tdp_w", "watts_per_device")
    )
    hours = given.need("gpu_hours", "device_hours", "hours", "busy_hours")
    factor = pue(given)
    bare = job_energy_kwh(count, power, hours)
    hall = job_energy_kwh(count, power, hours, factor)
    found: Answers = {"kwh_it": bare, "kwh_facility": hall, "kwh": hall}
    grid = given.may("gco2e_per_kwh", "g_per_kwh", "gco2_per_kwh", "grid_g_per_kwh",
                     "carbon_g_per_kwh")  # fmt: skip
    if grid is not None:
        for name, kwh in (("it", bare), ("facility", hall)):
            found[f"tco2e_{name}"] = operational_kg(kwh, grid) / 1000
            found[f"kgco2e_{name}"] = operational_kg(kwh, grid)
        found |= {"kgco2e": operational_kg(hall, grid), "tco2e": operational_kg(hall, grid) / 1000}
    making = given.may("embodied_kg", "device_kg", "embodied_kgco2e")
    if making is not None:
        life = given.need("life_hours", "lifetime_hours")
        found["embodied_kgco2e"] = embodied_kg(making, hours, life) * count
    tariff = given.may(*TARIFF)
    if tariff is not None:
        found["electricity_usd"] = hall * tariff
    return found
