"""Every figure of the present build: typical, and its range in the draws."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.plan.scenario import keeps_up
from hwstudio.core.plan.terms import LOAD_WORDS
from hwstudio.core.plan.words import band_words, outcome_value, outcome_words
from hwstudio.gui.configure.whatif.state import Weighing
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import rows_tip

_SHOWN = (
    "cost", "cost_per_job", "roi", "payback_months", "hours_per_job", "jobs_per_month",
    "busy_hours_per_month", "kwh_per_year", "carbon_kg_per_year", "work_per_kwh", "rent_cost",
)  # fmt: skip
_HOW = {
    "cost": "price less resale, and electricity; nothing else is counted",
    "roi": "(renting the same work - owning) / price",
    "payback_months": "price less resale / (rent - electricity) a month",
    "kwh_per_year": LOAD_WORDS,
    "jobs_per_month": "what the build does in its hours a week at the estimated speed",
}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure."""

    title: str
    typical: str
    band: str
    tip: str


def figure_rows(weighing: Weighing) -> tuple[FigureRow, ...]:
    """Return the figures of the present build that can be said."""
    terms, found = weighing.terms, weighing.typical[0]
    rows = []
    for name in _SHOWN:
        if name == "carbon_kg_per_year" and terms.grid_g_per_kwh is None:
            continue
        text = outcome_value(name, float(getattr(found, name)), terms)
        if name == "busy_hours_per_month" and not keeps_up(found):
            text += ": more than a month has"
        band = band_words(name, weighing.own_chances.band(0, name), terms)
        tip = rows_tip([("Formula", _HOW.get(name, ""))], f"9 of 10 draws: {band}" if band else "")
        rows.append(FigureRow(outcome_words(name, terms), text, band, tip))
    return tuple(rows)


def _title(row: FigureRow) -> str:
    return row.title


def _typical(row: FigureRow) -> str:
    return row.typical


def _band(row: FigureRow) -> str:
    return row.band


def _tip(row: FigureRow) -> str:
    return row.tip


FIGURES = (
    Column("This build", _title, tip=_tip, width=170),
    Column("Typical", _typical, tip=_tip, right=True, stretch=True),
    Column("9 times out of 10", _band, tip=_tip, right=True, stretch=True),
)
