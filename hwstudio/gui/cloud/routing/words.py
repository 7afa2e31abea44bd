"""The page's words: short, plain, and where each figure comes from."""

from __future__ import annotations

from hwstudio.core.base.money import money
from hwstudio.core.base.units import percent
from hwstudio.core.cloud.routing.choose import price_words, spell
from hwstudio.core.cloud.routing.option import (
    KIND_NAMES,
    LOCAL,
    MARKET,
    ON_DEMAND,
    SPOT,
    RouteOption,
)
from hwstudio.gui.cloud.routing.state import PresetRow, RoutingState
from hwstudio.gui.kit.tip import rows_tip

WAITING = "Working out where this job runs best …"
COUNTED = (
    "Times are estimated. Pale: waiting, then blue: working. The thin line holds 9 of 10 cases."
)
REPLAY_KINDS = (  # kind, title, width of the column in pixels
    (SPOT, "Spot, $", 80),
    (ON_DEMAND, "On demand, $", 112),
    (MARKET, "Marketplace, $", 124),
    (LOCAL, "At home, $", 98),
)


def headline(state: RoutingState) -> str:
    """Return the sentence on top; the old answer stays while a new one is worked out."""
    if state.problem:
        return state.problem
    return state.route.reason if state.route else WAITING


def way_name(option: RouteOption) -> str:
    """Return ``On demand``."""
    return KIND_NAMES[option.kind]


def cost_tip(option: RouteOption) -> str:
    """Return the cost by cause."""
    if option.cost is None:
        return rows_tip([], option.why_not[:1].upper() + option.why_not[1:])
    rows = [(f"{part.name}: {money(part.cost.median)}", part.note or " ") for part in option.parts]
    low, high = money(option.cost.low), money(option.cost.high)
    return rows_tip(
        [*rows, ("Date", option.price_as_of), ("Source", option.source)],
        f"{low} to {high} in 9 of 10 cases, before tax",
    )


def time_tip(option: RouteOption) -> str:
    """Return what the time is made of."""
    if option.finish is None:
        return cost_tip(option)
    rows = [(name, spell(hours)) for name, hours in option.waits]
    chance = "" if option.chance is None else percent(option.chance)
    return rows_tip(
        [*rows, ("In time", chance), ("Speed", option.evidence), ("Note", option.note)],
        f"{spell(option.finish.low)} to {spell(option.finish.high)} in 9 of 10 cases",
    )


def preset_verdict(row: PresetRow) -> tuple[str, str, str]:
    """Return where a typical job runs, what it costs and when it is done."""
    if row.route is None:
        return row.why_none, "–", "–"
    best = row.route.choice
    if best is None or best.cost is None or best.finish is None:
        return "no way keeps every wish", "–", "–"
    return f"{way_name(best)}: {best.name}", price_words(best.cost.median), spell(best.finish.median)  # fmt: skip # noqa: E501
