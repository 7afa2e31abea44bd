"""The choice: the cheapest way that keeps every wish, and why each other one lost."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.base.units import duration, percent
from hwstudio.core.cloud.routing.option import KINDS, LOCAL, Route, RouteOption

# Of two that cost the same, hours already paid go before what may run out or be taken away.
_RANK = {kind: place for place, kind in enumerate(("reserved", "local", *KINDS[2:]))}


def spell(hours: float) -> str:
    """Return an estimated span as people say it: ``2.5 days``, ``14 h``, ``5 h 20 min``."""
    if 48 <= hours < 60 * 24:
        days = f"{hours / 24:.1f}" if hours < 240 else f"{hours / 24:.0f}"
        return f"{days.removesuffix('.0')} days"
    step = 1 if hours >= 10 else 1 / 12 if hours >= 1 else 1 / 60
    return duration(max(round(hours / step), 1) * step * 3600) if hours > 0 else "no time"


def cheapest(options: Iterable[RouteOption]) -> RouteOption | None:
    """Return the cheapest feasible option; of equals the sooner one."""
    return min((one for one in options if one.is_feasible and one.cost), key=_order, default=None)


def soonest(options: Iterable[RouteOption]) -> RouteOption | None:
    """Return the option that is surely done first, feasible or not."""
    able = [one for one in options if one.sure_hours is not None]
    return min(able, key=_surely, default=None)


def _order(option: RouteOption) -> tuple[Decimal, int, float]:
    cost = option.cost.median if option.cost else Decimal("Infinity")
    return cost, _RANK.get(option.kind, 9), option.sure_hours or 0.0


def _surely(option: RouteOption) -> float:
    return option.sure_hours if option.sure_hours is not None else float("inf")


def choose(
    options: Iterable[RouteOption], confidence: float, prefer_local_pct: float = 0.0
) -> Route:
    """Return the choice with its reason.

    ``prefer_local_pct``: home is still chosen when it costs up to so many per cent more.
    """
    every = tuple(options)
    best = cheapest(every)
    home = cheapest(one for one in every if one.kind == LOCAL)
    is_preferred = False
    if best is not None and home is not None and best is not home and best.cost and home.cost:
        limit = best.cost.median * (1 + Decimal(str(prefer_local_pct)) / 100)
        if prefer_local_pct > 0 and home.cost.median <= limit:
            best, is_preferred = home, True
    if best is None:
        return Route(options=every, choice=None, reason=_none(every, confidence), lost=_why(every))
    lost = {one.kind: _lost(one, best, prefer_local_pct) for one in every if one is not best}
    reason = _reason(best, every, confidence)
    if is_preferred:
        reason += f" Home was preferred, though it may cost up to {prefer_local_pct:g} % more."
    return Route(options=every, choice=best, reason=reason, lost=lost)


def _why(options: Iterable[RouteOption]) -> dict[str, str]:
    return {one.kind: one.why_not for one in options}


def name_words(option: RouteOption) -> str:
    """Return how the option is called inside a sentence: ``at home on This PC``."""
    return {
        "local": f"at home on {option.name}",
        "reserved": f"in the hours already paid on {option.name}",
        "free_tier": f"free of charge on {option.name}",
        "spot": f"on spot at {option.name}",
        "marketplace": f"on a marketplace machine ({option.name})",
        "on_demand": f"on demand at {option.name}",
    }.get(option.kind, option.name)


def price_words(amount: Decimal) -> str:
    """Return ``$1.20``, and "nothing" for none."""
    return "nothing" if amount == 0 else "under $0.01" if amount < Decimal("0.01") else money(amount)  # fmt: skip # noqa: E501


def _reason(best: RouteOption, options: tuple[RouteOption, ...], confidence: float) -> str:
    cost = best.cost.median if best.cost else Decimal(0)
    able = sum(one.is_feasible for one in options)
    why = "the only way that keeps every wish" if able == 1 else f"the cheapest of the {able} ways that keep every wish"  # fmt: skip # noqa: E501
    about = "" if cost == 0 else "about "
    return (
        f"Run it {name_words(best)}: it costs {about}{price_words(cost)} and is done in about "
        f"{spell(best.finish.median if best.finish else 0)} ({percent(confidence)} sure "
        f"within {spell(best.sure_hours or 0)}), {why}."
    )


def _lost(option: RouteOption, best: RouteOption, prefer_pct: float) -> str:
    if not option.is_feasible:
        return option.why_not
    if option.cost is None or best.cost is None:
        return "its cost is not known"
    more = option.cost.median - best.cost.median
    if more < 0:
        return f"{price_words(-more)} cheaper, but home is preferred up to {prefer_pct:g} %"
    if more == 0:
        return "costs the same"
    return f"costs {price_words(more)} more"


def _none(options: tuple[RouteOption, ...], confidence: float) -> str:
    first = soonest(one for one in options if one.cost)
    if first is None or first.sure_hours is None or first.sure_cost is None:
        return "No way is known to run this job. The table says what stops each."
    return (
        f"No way keeps every wish. The soonest is {name_words(first)}: {percent(confidence)} sure "
        f"within {spell(first.sure_hours)} and {price_words(first.sure_cost)}. "
        "Give it more time or money, or loosen a wish."
    )
