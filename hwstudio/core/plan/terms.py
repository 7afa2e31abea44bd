"""What a plan rests on: the builds weighed, and everything that is not a part of a build.

Every uncertain figure is a band (low, typical, high; 9 times out of 10 it lies inside). Where the
user said nothing the spreads are those of ``core.cost.assumption``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost import assumption
from hwstudio.core.cost.amount import above_zero, exact, share
from hwstudio.core.cost.draw import Band
from hwstudio.core.cost.ownership import typical_resale_share
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.wishes import Usage
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.predict.job import GPU_POWER_SHARE, GPU_POWER_SHARE_HIGH, GPU_POWER_SHARE_LOW

HOURS_PER_WEEK = 168.0
YEARS_SPREAD = 1.0  # either side; assumed: plans to keep a computer move by a year
LEAST_YEARS = 0.5
MOST_YEARS = 30.0
LOAD_WORDS = (
    f"{GPU_POWER_SHARE:.0%} ({GPU_POWER_SHARE_LOW:.0%} to {GPU_POWER_SHARE_HIGH:.0%}) of the "
    "sustained watts at the wall: what published runs drew on average of their limit; off when "
    "it has no work"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One build as figures. Money in the plan's currency, speed in units of the job a second.

    ``load_w`` is the average draw at the wall while it works. ``memory_price`` is what of the
    price its memory kits are; None = none to buy. Candidates that are ``alike`` (the same graphics
    chip) err together in speed, price and watts.
    """

    name: str
    price: Band | None  # None = a part without a price
    speed: Band | None  # None = no estimate
    load_w: Band
    memory_price: Band | None = None
    alike: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rent:
    """A rented computer that could do the same work; price per hour of the whole shape."""

    name: str
    price_per_hour: Band
    speed: Band
    alike: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How builds are used, for how long, and at what prices.

    The work is the same for every build: as many jobs as the build with ``pace_per_s`` does in
    ``hours_per_week``. ``resale_share`` is of the price after the typical years; when it
    ``resale_falls`` it follows the years by the usual curve.
    """

    workload: Workload
    pace_per_s: float
    years: Band
    hours_per_week: Band
    tariff: Band  # per kWh
    resale_share: Band
    resale_falls: bool
    rent: Rent | None = None
    grid_g_per_kwh: float | None = None
    memory_factor: float = 1.0  # on the price of memory kits; 1 = as in the catalogue
    currency: str = "USD"


def band_of(speed: Prediction) -> Band | None:
    """Return a prediction as a band; None when there is none."""
    if not speed.median or not speed.low or not speed.high:
        return None
    return Band(speed.low, speed.median, speed.high)


def candidate_of(name: str, planned: PlannedBuild) -> Candidate:
    """Return the figures of a judged build."""
    build, total, wall_w = planned.build, planned.total, planned.power.wall_w
    is_priced = total.amount > 0 and not total.unpriced
    return Candidate(
        name=name,
        price=Band(*map(float, (total.low, total.amount, total.high))) if is_priced else None,
        speed=band_of(planned.prediction),
        load_w=Band(
            wall_w * GPU_POWER_SHARE_LOW, wall_w * GPU_POWER_SHARE, wall_w * GPU_POWER_SHARE_HIGH
        ),
        memory_price=_memory_of(planned) if is_priced else None,
        alike=build.card.gpu.id if build.card is not None else name,
    )


def _memory_of(planned: PlannedBuild) -> Band | None:
    """Return what the memory kits to buy cost, with the range of their price."""
    kit = planned.build.ram.price if planned.build.ram is not None else None
    if kit is None or not kit.amount or not planned.total.memory:
        return None
    pieces = planned.total.memory / kit.amount  # taxed as in the total
    return Band(*(float(end * pieces) for end in (kit.low, kit.amount, kit.high)))


def terms_of(
    workload: Workload, usage: Usage, pace_per_s: float, usual_tariff: Decimal | float
) -> Terms:
    """Return the terms of a use, without a rental and a grid.

    Args:
        workload: the job all builds do.
        usage: years, hours a week and what else was typed.
        pace_per_s: speed of the build the hours a week are those of, units of the job a second.
        usual_tariff: price of a kWh where none was typed.

    Raises:
        UserError: hours, years, tariff or resale that nobody can mean.
    """
    years = _years(usage.years)
    hours = float(exact(usage.hours_per_week, "The hours a week"))
    if hours > HOURS_PER_WEEK:
        raise UserError("A week has 168 hours", f"got {hours:g}", "Give 0 to 168")
    above_zero(pace_per_s, "The speed")
    stated = usage.tariff_per_kwh
    tariff = float(exact(usual_tariff if stated is None else stated, "The electricity price"))
    use = assumption.USE.around(hours)
    return Terms(
        workload=workload,
        pace_per_s=pace_per_s,
        years=years,
        hours_per_week=Band(use.low, hours, max(hours, min(use.high, HOURS_PER_WEEK))),
        tariff=assumption.TARIFF.around(tariff),
        resale_share=assumption.resale_band(_resale(usage)),
        resale_falls=usage.resale_pct is None,
    )


def _years(years: float) -> Band:
    if not LEAST_YEARS <= years <= MOST_YEARS:
        raise UserError(
            f"The years must lie between {LEAST_YEARS:g} and {MOST_YEARS:g}", f"got {years:g}"
        )
    return Band(max(LEAST_YEARS, years - YEARS_SPREAD), years, years + YEARS_SPREAD)


def _resale(usage: Usage) -> float:
    if usage.resale_pct is None:
        return float(typical_resale_share(usage.years))
    return float(share(usage.resale_pct / 100, "The resale value"))


def with_rent(terms: Terms, rent: Rent | None, price_per_hour: float | None = None) -> Terms:
    """Return the terms with a rental, at another price per hour where one is given.

    Raises:
        UserError: the price is negative or no number.
    """
    if rent is not None and price_per_hour is not None:
        typed = float(exact(price_per_hour, "The cloud price per hour"))
        rent = replace(rent, price_per_hour=assumption.RENT.around(typed), source="typed by you")
    return replace(terms, rent=rent)


def with_speed(candidate: Candidate, per_second: float) -> Candidate:
    """Return a build as if its speed were this one; its range stays, and holds it."""
    old = candidate.speed or Band.certain(per_second)
    typed = float(above_zero(per_second, "The speed"))
    return replace(candidate, speed=Band(min(old.low, typed), typed, max(old.high, typed)))
