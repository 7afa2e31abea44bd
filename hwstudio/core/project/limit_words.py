"""What a power limit does, in one or two sentences."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.base.units import watts
from hwstudio.core.model.wishes import Usage
from hwstudio.core.optimize.ownership import WEEKS_PER_YEAR
from hwstudio.core.project.limit_effect import LimitEffect

SMALL = 0.005


def limit_words(
    free: LimitEffect, now: LimitEffect, usage: Usage, per_kwh: Decimal, currency: str
) -> str:
    """Return what changes from the build as delivered (``free``) to the limit (``now``)."""
    before, after = free.planned.power, now.planned.power
    if now.limit_w is None:
        return (
            f"As delivered: {watts(after.wall_w)} from the wall, {after.wall_a:.1f} A. A lower "
            "limit saves more power than speed."
        )
    said = [f"{watts(after.wall_w)} from the wall instead of {watts(before.wall_w)}"]
    said.append(f"{after.wall_a:.1f} A instead of {before.wall_a:.1f}")
    said += [words for words in (_speed(free, now), _work(free, now)) if words]
    saved_w = before.wall_w - after.wall_w
    hours = usage.hours_per_week * WEEKS_PER_YEAR
    saved = Decimal(str(round(saved_w * hours / 1000, 3))) * per_kwh
    year = (
        f"Electricity: {money(saved, currency, decimals=0)} less a year at "
        f"{usage.hours_per_week:g} h of full load a week and {per_kwh:g} {currency} a kWh."
    )
    return f"Each card at {watts(now.limit_w)}: {', '.join(said)}. {year}"


def _speed(free: LimitEffect, now: LimitEffect) -> str:
    old, new = free.planned.prediction, now.planned.prediction
    if not (old.median and new.median and old.low and new.low and old.high and new.high):
        return ""
    low, high = new.low / old.low, new.high / old.high
    return f"about {new.median / old.median:.0%} of the speed ({low:.0%} to {high:.0%}, estimated)"


def _work(free: LimitEffect, now: LimitEffect) -> str:
    old, new = free.units_per_kwh, now.units_per_kwh
    if not old or not new or abs(new / old - 1) < SMALL:
        return ""
    more = "more" if new > old else "less"
    return f"{abs(new / old - 1):.0%} {more} work for a kWh"
