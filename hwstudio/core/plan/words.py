"""Inputs, outcomes and answers in words, the same in the window and on the command line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hwstudio.core.base.money import money
from hwstudio.core.base.units import duration, significant
from hwstudio.core.cost.draw import Band
from hwstudio.core.plan.monte_carlo import Chances
from hwstudio.core.plan.scenario import (
    HOURS,
    LOAD,
    MEMORY,
    OF_BUILD,
    PRICE,
    RENT_PRICE,
    RENT_SPEED,
    RESALE,
    SPEED,
    TARIFF,
    YEARS,
)
from hwstudio.core.plan.sensitivity import Flip, Swing
from hwstudio.core.plan.terms import Candidate, Terms

INPUT_WORDS = {
    SPEED: "speed estimate",
    PRICE: "price of the parts without memory",
    MEMORY: "price of the memory",
    LOAD: "power draw",
    HOURS: "hours of use",
    TARIFF: "electricity price",
    YEARS: "years it is kept",
    RESALE: "resale value",
    RENT_PRICE: "price of renting",
    RENT_SPEED: "speed of the rented computer",
}
_BEST = {
    "cost": "cheapest over the years",
    "cost_per_job": "cheapest for each job",
    "per_second": "fastest",
    "work_per_kwh": "most efficient",
    "roi": "best against renting",
}
NEVER = "never"
UNKNOWN = "–"


def years_words(years: float) -> str:
    """Return ``3 years``, ``1 year``, ``2.5 years``."""
    return f"{years:g} year" if years == 1 else f"{years:g} years"


def outcome_words(name: str, terms: Terms) -> str:
    """Return what an outcome is called: ``Cost over 3 years``."""
    unit = terms.workload.unit
    return {
        "cost": f"Cost over {years_words(terms.years.typical)}",
        "cost_per_job": "Cost of one job",
        "hours_per_job": "Time for one job",
        "jobs_per_month": "Jobs a month",
        "busy_hours_per_month": "Busy hours a month",
        "kwh_per_year": "Electricity a year",
        "carbon_kg_per_year": "CO2e a year",
        "rent_cost": f"Renting for {years_words(terms.years.typical)}",
        "roi": "Return against renting",
        "payback_months": "Pays back after",
        "work_per_kwh": f"{unit.capitalize()} per kWh",
        "work_per_money": f"{unit.capitalize()} for {money(1, terms.currency, decimals=0)}",
        "per_second": "Expected speed",
    }[name]


def outcome_value(name: str, value: float, terms: Terms) -> str:
    """Return an outcome with its unit; "–" when it cannot be said."""
    if math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return NEVER
    if name in ("cost", "rent_cost", "cost_per_job"):
        return money(value, terms.currency)
    if name == "roi":
        return f"{value * 100:+,.0f} %".replace("-", "\N{MINUS SIGN}")
    if name == "hours_per_job":
        return duration(value * 3600)
    if name == "payback_months":
        return f"{value:,.1f} months" if value < 100 else f"{value / 12:,.0f} years"
    unit = {
        "kwh_per_year": " kWh",
        "carbon_kg_per_year": " kg",
        "busy_hours_per_month": " h",
        "per_second": f" {terms.workload.unit}/s",
    }.get(name, "")
    return f"{significant(value)}{unit}"


def band_words(name: str, band: Band | None, terms: Terms) -> str:
    """Return ``$3,000 to $4,100``; "" when it cannot be said."""
    if band is None:
        return ""
    low, high = (outcome_value(name, value, terms) for value in (band.low, band.high))
    return low if low == high else f"{low} to {high}"


def input_value(name: str, value: float, terms: Terms) -> str:
    """Return an input with its unit: ``$0.62 per kWh``."""
    if name == TARIFF:
        return f"{money(value, terms.currency, decimals=3 if value < 1 else 2)} per kWh"
    if name == RENT_PRICE:
        return f"{money(value, terms.currency)} an hour"
    if name in (PRICE, MEMORY):
        return money(value, terms.currency)
    if name == RESALE:
        return f"{value * 100:.0f} %"
    unit = {
        SPEED: f" {terms.workload.unit}/s",
        RENT_SPEED: f" {terms.workload.unit}/s",
        LOAD: " W",
        HOURS: " h a week",
        YEARS: " years",
    }[name]
    return f"{significant(value)}{unit}"


def decider_words(swings: Sequence[Swing], outcome: str, terms: Terms) -> str:
    """Return the sentence that names the input that decides."""
    what = outcome_words(outcome, terms)
    what = what if what.startswith("CO2") else what[0].lower() + what[1:]
    if not swings:
        return f"Nothing uncertain moves the {what}."
    top = swings[0]
    low, high = (input_value(top.name, end, terms) for end in (top.band.low, top.band.high))
    at_low, at_high = (outcome_value(outcome, end, terms) for end in (top.at_low, top.at_high))
    return (
        f"The {INPUT_WORDS[top.name]} decides: from {low} to {high} "
        f"the {what} goes from {at_low} to {at_high}."
    )


def flip_words(flip: Flip, terms: Terms, outcome: str = "cost") -> str:
    """Return where another build becomes the best: ``Above $0.62 per kWh ...``."""
    side = "above" if flip.is_above else "below"
    value = input_value(flip.name, flip.value, terms)
    whose = f" of {_inside(flip.of_build)}" if flip.name in OF_BUILD and flip.of_build else ""
    best = _BEST.get(outcome, "best")
    tail = "" if flip.is_in_range else " (outside its usual range)"
    return (
        f"With the {INPUT_WORDS[flip.name]}{whose} {side} {value}{tail}, "
        f"{_inside(flip.winner)} is the {best}."
    )


def _inside(name: str) -> str:
    """Return the name of a build as it stands inside a sentence."""
    return f"this{name[4:]}" if name.startswith("This ") else name


def robust_words(
    candidates: Sequence[Candidate], found: Chances, outcome: str = "cost", of: int = 0
) -> str:
    """Return how sure it is that a build is the best: ``cheapest in 83 % of 2,000 draws``."""
    if len(candidates) < 2:
        return ""
    shares = found.wins(outcome)
    best = _BEST.get(outcome, "best")
    draws = f"{found.draws:,} draws"
    words = f"{candidates[of].name} is the {best} in {shares[of] * 100:.0f} % of {draws}"
    rival = max(range(len(shares)), key=lambda n: (shares[n], -n))
    if rival != of:
        words += f"; {candidates[rival].name} in {shares[rival] * 100:.0f} %"
    return f"{words}."
