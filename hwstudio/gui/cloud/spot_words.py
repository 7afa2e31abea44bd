"""Spot in words: how often to save, what interruptions add, and what other rates would do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.base.units import duration
from hwstudio.core.cost.options import ON_DEMAND, SPOT, Rental, Work, job_cost
from hwstudio.core.cost.spot_terms import SCENARIO_HOURS, band_hours
from hwstudio.core.model.provider_names import provider_name


def spot_words(rentals: Iterable[Rental], work: Work) -> str:
    """Return the spot rental's scenarios; "" without one."""
    by_kind: dict[str, Rental] = {}
    for rental in rentals:
        by_kind.setdefault(rental.kind, rental)
    spot = by_kind.get(SPOT)
    if spot is None or not spot.speed.median:
        return "No spot price here."
    offer, terms = spot.offer, spot.terms
    band = offer.interruption_band
    known = band if band_hours(band) is not None else ""
    text = (
        f"Spot at {provider_name(offer.provider)}: interrupted about every "
        f"{duration(terms.hours_between(band) * 3600)}, so save about every "
        f"{duration(terms.save_every_s(band))}; {spot.overhead - 1:.0%} more billed time."
    )
    text += f" One job: {', '.join(_scenarios(spot, work))}."
    if known:
        text += f" Interrupted a month, as published: {known} of such machines."
    elif terms.mtbi_hours is None:
        text += " No rate is published for it; 6 h is assumed."
    return text + _against(spot, by_kind.get(ON_DEMAND), work)


def _scenarios(spot: Rental, work: Work) -> Iterable[str]:
    for hours in SCENARIO_HOURS:
        one = replace(spot, terms=replace(spot.terms, mtbi_hours=hours))
        try:
            cost = job_cost(one, work)
        except UserError:
            cost = None
        shown = "never done" if cost is None else money(cost)
        yield f"{shown} if interrupted every {hours:g} h"


def _against(spot: Rental, firm: Rental | None, work: Work) -> str:
    if firm is None or not firm.speed.median:
        return ""
    rented, other = job_cost(spot, work), job_cost(firm, work)
    if rented is None or other is None:
        return ""
    return f" On demand: {money(other)}."
