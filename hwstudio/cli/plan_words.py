"""What ``hwstudio plan`` prints: documents and tables of weighed builds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hwstudio.cli.output import Output
from hwstudio.core.plan.monte_carlo import Chances, chances
from hwstudio.core.plan.scenario import NAMES, Outcomes, keeps_up, outcomes
from hwstudio.core.plan.sensitivity import flips, tornado
from hwstudio.core.plan.terms import Candidate, Terms
from hwstudio.core.plan.words import (
    INPUT_WORDS,
    band_words,
    decider_words,
    flip_words,
    outcome_value,
    outcome_words,
    robust_words,
)

_SHOWN = (
    "per_second", "cost", "cost_per_job", "roi", "payback_months", "hours_per_job",
    "kwh_per_year", "carbon_kg_per_year", "work_per_kwh",
)  # fmt: skip
_WINS = ("cost", "per_second", "work_per_kwh", "roi")
_MOST_TURNS = 5


def _number(value: Any) -> float | None:
    """Return a number for JSON; None when it cannot be said, or is never."""
    found = float(value)
    return found if math.isfinite(found) else None


def _figures(found: Outcomes) -> dict[str, Any]:
    return {name: _number(getattr(found, name)) for name in NAMES} | {
        "keeps_up": bool(keeps_up(found))
    }


def _bands(found: Chances, build: int) -> dict[str, Any]:
    bands = {name: found.band(build, name) for name in NAMES}
    return {
        name: {"low": _number(b.low), "median": _number(b.typical), "high": _number(b.high)}
        for name, b in bands.items()
        if b is not None
    }


def _terms_document(terms: Terms) -> dict[str, Any]:
    rent = terms.rent
    return {
        "workload": terms.workload.id,
        "currency": terms.currency,
        "years": terms.years,
        "hours_per_week": terms.hours_per_week,
        "tariff_per_kwh": terms.tariff,
        "resale_share": terms.resale_share,
        "memory_factor": terms.memory_factor,
        "grid_g_per_kwh": terms.grid_g_per_kwh,
        "rent": None
        if rent is None
        else {
            "name": rent.name,
            "price_per_hour": rent.price_per_hour,
            "speed": rent.speed,
            "source": rent.source,
        },
    }


def weighed_document(builds: Sequence[Candidate], terms: Terms, outcome: str) -> dict[str, Any]:
    """Return the builds side by side: figures, ranges, shares of draws, what decides."""
    found = chances(builds, terms)
    swings = tornado(builds[0], terms, outcome)
    wins = {name: found.wins(name) for name in _WINS}
    return {
        "terms": _terms_document(terms),
        "outcome": outcome,
        "draws": found.draws,
        "builds": [
            {
                "name": one.name,
                "price": one.price,
                "speed": one.speed,
                "load_w": one.load_w,
                "figures": _figures(outcomes(one, terms)),
                "ranges": _bands(found, place),
                "best_share": {name: shares[place] for name, shares in wins.items()},
            }
            for place, one in enumerate(builds)
        ],
        "tornado": [
            {
                "input": swing.name,
                "low": swing.band.low,
                "high": swing.band.high,
                "at_low": _number(swing.at_low),
                "at_high": _number(swing.at_high),
            }
            for swing in swings
        ],
        "decides": decider_words(swings, outcome, terms),
        "flips": flips(builds, terms, outcome),
        "robust": robust_words(builds, found, outcome),
    }


def whatif_document(
    before: tuple[Candidate, Terms], after: tuple[Sequence[Candidate], Terms], outcome: str
) -> dict[str, Any]:
    """Return the figures before and after, and all that is said of the changed case."""
    builds, terms = after
    return {"before": _figures(outcomes(*before))} | weighed_document(builds, terms, outcome)


def say_comparison(builds: Sequence[Candidate], terms: Terms, outcome: str, out: Output) -> None:
    """Print the builds as columns."""
    found = chances(builds, terms)
    typical = [outcomes(one, terms) for one in builds]
    rows = []
    for name in _SHOWN:
        values = [float(getattr(one, name)) for one in typical]
        if not all(math.isnan(value) for value in values):
            texts = [outcome_value(name, value, terms) for value in values]
            rows.append([outcome_words(name, terms), *texts])
    for name, words in (("cost", "Cheapest in"), ("per_second", "Fastest in")):
        rows.append([words, *(f"{share * 100:.0f} % of draws" for share in found.wins(name))])
    out.table(["", *(one.name for one in builds)], rows, right=range(1, len(builds) + 1))
    out.line()
    _say_what_decides(builds, terms, outcome, found, out)


def say_whatif(
    before: tuple[Candidate, Terms],
    after: tuple[Sequence[Candidate], Terms],
    outcome: str,
    out: Output,
) -> None:
    """Print before, after and the range, then the tornado."""
    builds, terms = after
    found = chances(builds, terms)
    old, new = outcomes(*before), outcomes(builds[0], terms)
    rows = []
    for name in _SHOWN:
        values = [(float(getattr(one, name)), of) for one, of in ((old, before[1]), (new, terms))]
        if not math.isnan(values[1][0]):
            texts = [outcome_value(name, value, of) for value, of in values]
            band = band_words(name, found.band(0, name), terms)
            rows.append([outcome_words(name, terms), *texts, band])
    out.table(["", "as it is", "what if", "9 times out of 10"], rows, right=(1, 2, 3))
    out.line(f"\nWhat moves the {outcome_words(outcome, terms)}, strongest first")
    out.table(
        ["input", "at its low end", "at its high end"],
        [
            [
                INPUT_WORDS[swing.name],
                outcome_value(outcome, swing.at_low, terms),
                outcome_value(outcome, swing.at_high, terms),
            ]
            for swing in tornado(builds[0], terms, outcome)
        ],
        right=(1, 2),
    )
    out.line()
    _say_what_decides(builds, terms, outcome, found, out)


def _say_what_decides(
    builds: Sequence[Candidate], terms: Terms, outcome: str, found: Chances, out: Output
) -> None:
    out.line(decider_words(tornado(builds[0], terms, outcome), outcome, terms))
    words = robust_words(builds, found, outcome)
    if words:
        out.line(words)
    for flip in flips(builds, terms, outcome)[:_MOST_TURNS]:
        out.line(flip_words(flip, terms, outcome))
