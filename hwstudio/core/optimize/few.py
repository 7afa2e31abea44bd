"""The lists of parts cut down to what no other part replaces, remembered between requests.

Requests of one question differ in one or two wishes (what would it be without the noise limit?),
and most lists are the same in all of them. A list is remembered by all it is made from: which
parts, their prices, and which of them may not replace others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hwstudio.core.model.part import Case, Cooler, GpuCard, Part, Psu
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.drive_sets import Places
from hwstudio.core.optimize.memory import LISTS_KEPT, remember
from hwstudio.core.optimize.prices import Prices
from hwstudio.core.optimize.request import Request
from hwstudio.core.optimize.stock import cents_of, cheapest_of_each
from hwstudio.core.power.supply import is_atx3

P = TypeVar("P", bound=Part)
Cents = Callable[[Part], int]
UNLIMITED = 1e6
SPIKE_ORDER = (False, None, True)  # how an ATX version stands millisecond spikes, worst first
EFFICIENCY_ORDER = ("White", "Standard", "Bronze", "Silver", "Gold", "Platinum", "Titanium")


def wanted_of(group: Sequence[P], request: Request, kept: dict[Any, Any]) -> Sequence[P]:
    """Return the parts of one kind that may be used: locked ones, or all that can be had."""
    kind = group[0].kind.value if group else ""
    makers = tuple(pair for pair in request.brands if pair[0] == kind)
    key = (
        ("wanted", kind, makers, request.pinned, request.excluded, request.owned),
        (request.currency, request.new_only, request.released_since),
    )
    if key not in kept:
        pinned = limits.pinned_among(group, request)
        found = tuple(p for p in pinned or group if limits.is_wanted(p, request))
        remember(kept, key, found, LISTS_KEPT)
        return found
    wanted: Sequence[P] = kept[key]
    return wanted


@dataclass(frozen=True, slots=True)
class Few:
    """Cuts lists down under one request. ``tainted`` ids are kept and replace nothing."""

    kept: dict[Any, Any]
    request: Request
    tainted: frozenset[str]
    prices: Prices

    def _remembered(
        self, name: str, parts: Sequence[P], cut: Callable[..., Any], *more: object
    ) -> Any:
        ids = tuple(part.id for part in parts)
        mine = self.tainted.intersection(ids)
        key = (name, ids, mine, self.request.tax_pct, self.request.owned, more)
        found = self.kept.get(key)
        if found is None:
            found = cut(parts, *more, self.tainted, self.prices.cents)
            remember(self.kept, key, found, LISTS_KEPT)
        return found

    def cases(self, parts: Sequence[Case], bays: Places) -> tuple[Case, ...]:
        """Return the cases no other case replaces, cheapest first."""
        found: tuple[Case, ...] = self._remembered("cases", parts, few_cases, bays)
        return found

    def coolers(self, parts: Sequence[Cooler]) -> tuple[Cooler, ...]:
        """Return the coolers no other cooler replaces, cheapest first."""
        found: tuple[Cooler, ...] = self._remembered("coolers", parts, few_coolers)
        return found

    def psus(self, parts: Sequence[Psu]) -> tuple[Psu, ...]:
        """Return the power supplies no other one replaces, cheapest first."""
        found: tuple[Psu, ...] = self._remembered("psus", parts, few_psus)
        return found

    def cards(self, parts: Sequence[GpuCard]) -> dict[str, tuple[GpuCard, ...]]:
        """Return by GPU id the cards no other card of that GPU replaces, cheapest first."""
        found: dict[str, tuple[GpuCard, ...]] = self._remembered("cards", parts, few_cards)
        return found


def few_cards(
    cards: Sequence[GpuCard], tainted: frozenset[str], cents: Cents = cents_of
) -> dict[str, tuple[GpuCard, ...]]:
    """Return by GPU id the cards no other card of that GPU replaces, cheapest first."""
    by_gpu: dict[str, list[GpuCard]] = {}
    for card in cards:
        by_gpu.setdefault(card.gpu.id, []).append(card)
    return {
        gpu: cheapest_of_each(
            same,
            lambda c: (c.conn_16pin, c.conn_8pin + c.conn_6pin, c.conn_eps8, c.vram_bytes),
            lambda c: (
                -(c.length_mm or 0.0),
                -(c.slots or 3.0),
                -c.tdp_w,
                c.pcie_lanes or limits.WIDE,
                1 if c.cooling == "blower" else 0,
            ),
            tainted,
            cents,
        )
        for gpu, same in by_gpu.items()
    }


def _at_least(value: float | None) -> float:
    """Unknown limits only get here when the user allows them, and then never refuse."""
    return UNLIMITED if value is None else value


def few_cases(
    cases: Sequence[Case], bays: Places, tainted: frozenset[str], cents: Cents = cents_of
) -> tuple[Case, ...]:
    """Return the cases no other case replaces, cheapest first; more than ``bays`` are no better."""
    return cheapest_of_each(
        cases,
        lambda c: (frozenset(c.mb_form_factors), frozenset(c.psu_form_factors)),
        lambda c: (
            _at_least(c.max_gpu_length_mm),
            _at_least(c.max_cooler_height_mm),
            _at_least(c.expansion_slots),
            _at_least(c.max_psu_length_mm),
            min(bays.large, c.bays_35 or 0),
            min(bays.bays, (c.bays_25 or 0) + (c.bays_35 or 0)),
        ),
        tainted,
        cents,
    )


def few_coolers(
    coolers: Sequence[Cooler], tainted: frozenset[str], cents: Cents = cents_of
) -> tuple[Cooler, ...]:
    """Return the coolers no other cooler replaces, cheapest first."""
    return cheapest_of_each(
        coolers,
        lambda c: (frozenset(c.sockets), c.cooler_type),
        lambda c: (-(c.height_mm or 0.0), limits.cooling_w(c)),
        tainted,
        cents,
    )


def few_psus(
    psus: Sequence[Psu], tainted: frozenset[str], cents: Cents = cents_of
) -> tuple[Psu, ...]:
    """Return the power supplies no other one replaces, cheapest first."""
    return cheapest_of_each(
        psus,
        lambda p: (p.form_factor, p.length_mm is None),
        lambda p: (
            p.rated_w,
            _at_least(p.conn_16pin),
            _at_least(p.conn_pcie8),
            _at_least(p.conn_eps8),
            _at_least(p.conn_sata),
            -(p.length_mm or 0.0),
            EFFICIENCY_ORDER.index(p.efficiency) if p.efficiency in EFFICIENCY_ORDER else -1,
            SPIKE_ORDER.index(is_atx3(p.atx_spec)),
        ),
        tainted,
        cents,
    )
