"""Notices at 80, 90 and 100 % of a limit, on what was spent and on what is forecast.

Each is told once in its period. They advise: nothing is ever stopped.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hwstudio.core.base.money import money
from hwstudio.core.cost.budget.forecast import Forecast
from hwstudio.core.cost.budget.limits import LIMIT_NAMES


class Level(StrEnum):
    """How far a limit is used up."""

    WARNING = "warning"
    ACTION = "action"
    STOP = "stop"


LEVEL_SHARES = {
    Level.WARNING: Decimal("0.80"),
    Level.ACTION: Decimal("0.90"),
    Level.STOP: Decimal("1.00"),
}
_ADVICE = {
    Level.WARNING: "Look at what is still planned.",
    Level.ACTION: "Decide now what can wait.",
    Level.STOP: "Start nothing new that costs money. What runs goes on: hwstudio stops nothing.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One crossing. ``key`` is the same for the same crossing of the same period."""

    key: str
    level: Level
    is_forecast: bool
    reached: Decimal
    limit: Decimal
    words: str


def crossed(seen: Forecast, limit: Decimal, currency: str = "USD") -> tuple[Notice, ...]:
    """Return every level the period has crossed, spent first, lowest level first."""
    out: list[Notice] = []
    sums = [(False, seen.spent)]
    if seen.days_left > 0:  # on the last day the forecast is what is spent
        sums.append((True, seen.expected))
    for is_forecast, reached in sums:
        for level, share in LEVEL_SHARES.items():
            if reached >= limit * share:
                out.append(_notice(seen, limit, level, is_forecast, currency))
    return tuple(out)


def untold(found: Collection[Notice], told: Collection[str]) -> tuple[Notice, ...]:
    """Return the notices whose key was not told yet."""
    return tuple(notice for notice in found if notice.key not in told)


def standing(found: Collection[Notice]) -> tuple[Notice, ...]:
    """Return the highest level of each period, spent and forecast apart.

    A forecast that says no more than what is spent already is left out.
    """
    best: dict[tuple[str, bool], Notice] = {}
    for notice in found:
        best[notice.key.rpartition(":")[0].rpartition(":")[0], notice.is_forecast] = notice
    order = list(Level)
    return tuple(
        notice
        for (term, is_forecast), notice in best.items()
        if not is_forecast
        or (term, False) not in best
        or order.index(best[term, False].level) < order.index(notice.level)
    )


def _notice(
    seen: Forecast, limit: Decimal, level: Level, is_forecast: bool, currency: str
) -> Notice:
    span = seen.term.span
    reached = seen.expected if is_forecast else seen.spent
    share = f"{reached / limit * 100:,.0f} % of the {LIMIT_NAMES[span]} limit"
    amount = f"{money(reached, currency, decimals=2)} of {money(limit, currency, decimals=2)}"
    if is_forecast:
        rough = ", a rough guess so early" if seen.is_rough else ""
        words = f"At this rate it becomes {amount} ({share}{rough})."
        day = seen.used_up_on(limit)
        if day is not None and day > seen.today:
            words += f" The limit is reached on {day.isoformat()}."
    else:
        words = f"{amount} is spent ({share})."
    kind = "forecast" if is_forecast else "spent"
    return Notice(
        key=f"{seen.term.key}:{kind}:{int(LEVEL_SHARES[level] * 100)}",
        level=level,
        is_forecast=is_forecast,
        reached=reached,
        limit=limit,
        words=f"{words} {_ADVICE[level]}",
    )
