"""One build under one set of terms: what the same work costs, takes and uses.

The formulas are those of ``core.cost`` (ownership without discounting F1, electricity F2,
break-even F4, return F12, carbon F13), written for single numbers and columns of draws alike;
tests hold them against the exact ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from hwstudio.core.base.units import HOURS_PER_MONTH
from hwstudio.core.cost.draw import Band
from hwstudio.core.cost.ownership import DECLINE_EXPONENT_PER_YEAR
from hwstudio.core.model.workload import Workload
from hwstudio.core.plan.terms import Candidate, Terms
from hwstudio.core.predict.job import JOULES_PER_KWH, saving_share

WEEKS_PER_MONTH = 365 / 12 / 7
_MONTHS = 12.0
_DECLINE = float(DECLINE_EXPONENT_PER_YEAR)

SPEED, PRICE, MEMORY, LOAD = "speed", "price", "memory", "load"
HOURS, TARIFF, YEARS, RESALE = "hours", "tariff", "years", "resale"
RENT_PRICE, RENT_SPEED = "rent_price", "rent_speed"
OF_BUILD = (SPEED, PRICE, MEMORY, LOAD)
OF_TERMS = (HOURS, TARIFF, YEARS, RESALE, RENT_PRICE, RENT_SPEED)
INPUTS = (*OF_BUILD, *OF_TERMS)
DRAWN_BY_FACTORS = frozenset({SPEED, PRICE, MEMORY, RENT_PRICE, RENT_SPEED})  # log-normal

Values = Mapping[str, Any]  # by input: a float, or an array of draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What came out; floats, or arrays of draws. NaN = cannot be said (no rental, no grid)."""

    cost: Any  # of owning over the years: purchase less resale, and electricity
    cost_per_job: Any
    hours_per_job: Any
    jobs_per_month: Any
    busy_hours_per_month: Any
    kwh_per_year: Any
    carbon_kg_per_year: Any
    rent_cost: Any  # of renting the same work over the years
    roi: Any  # (renting - owning) / price; 0.5 = 50 %
    payback_months: Any  # inf = never
    work_per_kwh: Any  # units of the job
    work_per_money: Any  # units of the job for one unit of money, over the years
    per_second: Any


NAMES = tuple(field.name for field in fields(Outcomes))
LARGER_IS_BETTER = frozenset({"roi", "work_per_kwh", "work_per_money", "per_second"})


def job_hours(workload: Workload, per_second: Any) -> Any:
    """Return the hours of one whole job, as ``predict.job.predict_job_time`` counts them."""
    around = workload.around
    reached = per_second
    if around.feed_per_s:
        reached = np.minimum(per_second, around.feed_per_s)
    stretch = 1.0 + saving_share(workload)
    seconds = workload.job_units * around.runs / reached * stretch + around.setup_s * around.runs
    return seconds / 3600.0


def bands_of(candidate: Candidate, terms: Terms) -> dict[str, Band]:
    """Return every input that is known, with its band.

    The memory kits stand beside the other parts: their price has moved by itself, and far more.
    A rented computer with the same chip has no speed of its own: it errs as the build does.
    """
    rent = terms.rent
    found: dict[str, Band | None] = {
        SPEED: candidate.speed,
        PRICE: _beside_memory(candidate),
        MEMORY: candidate.memory_price,
        LOAD: candidate.load_w,
        HOURS: terms.hours_per_week,
        TARIFF: terms.tariff,
        YEARS: terms.years,
        RESALE: terms.resale_share,
        RENT_PRICE: rent.price_per_hour if rent is not None else None,
        RENT_SPEED: rent.speed if rent is not None and rent.alike != candidate.alike else None,
    }
    return {name: band for name, band in found.items() if band is not None}


def _beside_memory(candidate: Candidate) -> Band | None:
    """Return the price of all parts but the memory kits; bands add, so they subtract."""
    whole, memory = candidate.price, candidate.memory_price
    if whole is None or memory is None:
        return whole
    ends = ("low", "typical", "high")
    return Band(*(max(0.0, getattr(whole, end) - getattr(memory, end)) for end in ends))


def typical(candidate: Candidate, terms: Terms) -> dict[str, float]:
    """Return every known input at its typical value."""
    return {name: band.typical for name, band in bands_of(candidate, terms).items()}


def outcomes(candidate: Candidate, terms: Terms, values: Values | None = None) -> Outcomes:
    """Return what a build comes to; ``values`` replace the typical ones."""
    at = {**typical(candidate, terms), **(values or {})}
    speed = at.get(SPEED, np.nan)
    price = at.get(PRICE, np.nan) + at.get(MEMORY, 0.0) * terms.memory_factor
    pace_hours = job_hours(terms.workload, terms.pace_per_s)
    hours = job_hours(terms.workload, speed)
    months = _MONTHS * at[YEARS]
    with np.errstate(divide="ignore", invalid="ignore"):
        jobs = at[HOURS] * WEEKS_PER_MONTH / pace_hours
        busy = jobs * hours
        kwh_month = busy * at[LOAD] / 1000.0
        power_month = kwh_month * at[TARIFF]
        net = price * (1.0 - _resale(terms, at))
        cost = net + power_month * months
        rent_month = jobs * _rented_hours(candidate, terms, at) * at.get(RENT_PRICE, np.nan)
        saved = rent_month - power_month
        grid = np.nan if terms.grid_g_per_kwh is None else terms.grid_g_per_kwh
        return Outcomes(
            cost=cost,
            cost_per_job=_over(cost, jobs * months),
            hours_per_job=hours,
            jobs_per_month=jobs,
            busy_hours_per_month=busy,
            kwh_per_year=kwh_month * _MONTHS,
            carbon_kg_per_year=kwh_month * _MONTHS * grid / 1000.0,
            rent_cost=rent_month * months,
            roi=_over(rent_month * months - cost, price),
            payback_months=np.where(
                np.isnan(saved), np.nan, np.where(saved > 0, _over(net, saved), np.inf)
            )[()],
            work_per_kwh=speed * JOULES_PER_KWH / at[LOAD],
            work_per_money=_over(jobs * months * terms.workload.job_units, cost),
            per_second=speed,
        )


def _over(above: Any, below: Any) -> Any:
    """Divide; by nothing it cannot be said (a week without work has no cost of a job)."""
    return np.where(np.asarray(below) == 0, np.nan, np.divide(above, below))[()]


def _resale(terms: Terms, at: Values) -> Any:
    """Return the share of the price got back; kept longer it is worth less, by the usual curve."""
    share = at[RESALE]
    if terms.resale_falls:
        share = share * 10.0 ** (-_DECLINE * (at[YEARS] - terms.years.typical))
    return np.clip(share, 0.0, 1.0)


def _rented_hours(candidate: Candidate, terms: Terms, at: Values) -> Any:
    rent = terms.rent
    if rent is None:
        return np.nan
    if rent.alike == candidate.alike and candidate.speed is not None:
        speed = rent.speed.typical * at[SPEED] / candidate.speed.typical
    else:
        speed = at.get(RENT_SPEED, rent.speed.typical)
    return job_hours(terms.workload, speed)


def keeps_up(found: Outcomes) -> Any:
    """Say whether the work fits into a month that runs day and night."""
    return np.asarray(found.busy_hours_per_month) <= float(HOURS_PER_MONTH)
