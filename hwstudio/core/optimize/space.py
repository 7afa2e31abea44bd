"""A prepared search: the wanted parts of one request, and everything computed once for it.

Nothing here depends on the budget, so a slider over budgets reuses the same space.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, TypeVar

from hwstudio.core.model.finding import Severity
from hwstudio.core.model.part import Case, Cooler, Gpu, GpuCard, Part, Psu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.base import Base, BaseParts, Bases
from hwstudio.core.optimize.drive_sets import (
    Places,
    data_drives,
    drive_sets,
    first_drives,
    most_places,
)
from hwstudio.core.optimize.prices import Prices
from hwstudio.core.optimize.request import Request
from hwstudio.core.optimize.stock import Stock, cents_of, cheapest_of_each
from hwstudio.core.power.answer import PowerAnswer, power_answer
from hwstudio.core.power.mains import read_mains
from hwstudio.core.power.supply import is_atx3

P = TypeVar("P", bound=Part)
Cents = Callable[[Part], int]
UNLIMITED = 1e6
# What the list of bases does not depend on: the rest of the computer, the job, the ask (base.Ask).
NOT_OF_BASES = frozenset({
    "budget", "workload", "objective", "gpu_counts", "min_vram_bytes", "max_power_w", "gpu_makers",
    "case_form_factors", "min_ram_bytes", "allow_open_frame", "mains", "predictor", "also",
    "min_per_second", "usage", "max_noise_dba", "power_limit_w",
})  # fmt: skip
SPIKE_ORDER = (False, None, True)  # how an ATX version stands millisecond spikes, worst first
EFFICIENCY_ORDER = ("White", "Standard", "Bronze", "Silver", "Gold", "Platinum", "Titanium")


@dataclass(frozen=True, slots=True)
class GpuClass:
    """One GPU model in one number, each on so many lanes: speed is one number for the class."""

    gpu: Gpu
    count: int
    lanes: int
    speed: Prediction

    @property
    def per_second(self) -> float:
        """Return the median speed in units of the workload per second."""
        return self.speed.median or 0.0


@dataclass(slots=True)
class Space:
    """The wanted parts of a request and the memory of what was already worked out."""

    request: Request
    bases: Bases
    cards: dict[str, tuple[GpuCard, ...]]  # by GPU id, cheapest first
    cases: tuple[Case, ...]
    coolers: tuple[Cooler, ...]
    psus: tuple[Psu, ...]
    cuts: frozenset[frozenset[str]]  # combinations the rules turned out to forbid
    prices: Prices
    classes: tuple[GpuClass, ...] | None = None
    learned: Space | None = None  # the same with all cuts found so far
    # class -> itself and the cents up to which it surely has no faultless computer
    given_up: dict[object, tuple[GpuClass, int]] = field(default_factory=dict)
    found: dict[object, Any] = field(default_factory=dict)  # class -> its answer, or "above N"
    bounds: dict[object, int] = field(default_factory=dict)  # class -> a price none undercuts
    judged: dict[object, Any] = field(default_factory=dict)  # class -> its computer, judged
    tight: tuple[tuple[Gpu, float], ...] | None = None  # chips that may just hold the job, speeds
    _power: dict[object, PowerAnswer] = field(default_factory=dict)

    @property
    def is_proven(self) -> bool:
        """Say that no search for a faultless build was given up."""
        return not self.given_up

    @classmethod
    def prepare(
        cls, request: Request, stock: Stock, cuts: frozenset[frozenset[str]] = frozenset()
    ) -> Space:
        """Filter and prune the stock for a request; the budget plays no part in it."""
        wanted = _wanted(request, stock)
        tainted: frozenset[str] = frozenset().union(*cuts)
        volts = read_mains(request.mains).volts
        most = limits.LOW_LINE_MOST_W if volts < limits.HIGH_LINE_V else math.inf
        prices = Prices(request)
        at_hand = (p.id for g in wanted.groups() for p in g if limits.is_named(p, request.owned))
        kept = tainted.union(at_hand)
        psus = [p for p in _known(wanted.psus, request, limits.is_psu_known) if p.rated_w <= most]
        bases = _bases(request, stock, wanted, tainted)
        cases = _known(wanted.cases, request, limits.is_case_known)
        bays = most_places(bases.parts.drives, bases.parts.data)
        return cls(
            request,
            bases,
            _cards(request, wanted, kept, prices),
            few_cases(cases, bays, kept, prices.cents),
            few_coolers(
                _known(wanted.coolers, request, limits.is_cooler_known), kept, prices.cents
            ),
            few_psus(psus, kept, prices.cents),
            cuts,
            prices,
        )

    def power(self, base: Base, card: GpuCard, count: int, psu: Psu | None = None) -> PowerAnswer:
        """Return the power answer of a base with its cards, remembered by what it depends on."""
        key = (
            base.cpu.id,
            base.board.id,
            base.ram.id,
            base.kits,
            base.drives.ids,
            card.id,
            count,
            psu.id if psu else None,
        )
        if key not in self._power:
            build = replace(
                base.build(),
                card=card,
                card_count=count,
                psu=psu,
                power_limit_w=self.request.power_limit_w,
            )
            self._power[key] = power_answer(build, mains=self.request.mains)
        return self._power[key]

    def carries(self, base: Base, card: GpuCard, count: int, psu: Psu) -> bool:
        """Return whether the power supply and the wall circuit carry the build for hours."""
        answer = self.power(base, card, count, psu)
        if psu.rated_w < answer.recommended_psu_w:
            return False
        if answer.wall_limit_w is not None and answer.wall_w > answer.wall_limit_w:
            return False
        return all(f.severity is not Severity.ERROR for f in answer.findings)


def budget_free(request: Request) -> Request:
    """Return the request without its budget: what a space is remembered by."""
    return replace(request, budget=Decimal(1))


def _wanted(request: Request, stock: Stock) -> Stock:
    groups: list[list[Part]] = []
    if limits.unmatched_pins((part for group in stock.groups() for part in group), request):
        return Stock()  # a locked part that cannot be bought leaves nothing to plan
    for group in stock.groups():
        pinned = limits.pinned_among(group, request)
        groups.append([p for p in pinned or group if limits.is_wanted(p, request)])
    return Stock.from_parts(*groups)


def _bases(request: Request, stock: Stock, wanted: Stock, tainted: frozenset[str]) -> Bases:
    """Return the base finder; requests that differ in what no base depends on share one."""
    names = (each.name for each in fields(request) if each.name not in NOT_OF_BASES)
    key = tuple(getattr(request, name) for name in names)
    found: Bases | None = None if tainted else stock.bases.get(key)
    if found is not None:
        return found
    # Locked drives first, what may be bought then: a lock that cannot be kept leaves none.
    firsts, others = (
        [drive for drive in found if limits.is_wanted(drive, request)]
        for found in (first_drives(stock.storages, request), data_drives(stock.storages, request))
    )
    prices = Prices(request)
    # Only tax and pieces at hand make several drives on one line cost other than each alone.
    has_lines = bool(request.tax_pct or request.owned)
    alike = tainted | frozenset(request.owned if not has_lines else (d.id for d in firsts))
    made = Bases(
        BaseParts(
            _known(wanted.cpus, request, limits.is_cpu_known),
            _known(wanted.motherboards, request, limits.is_board_known),
            _known(wanted.rams, request, limits.is_ram_known),
            _known(firsts, request, limits.is_drive_known),
            drive_sets(others, request, prices, alike),
        ),
        request,
        tainted,
    )
    if not tainted:
        stock.bases.clear()
        stock.bases[key] = made
    return made


def _known(
    parts: Sequence[P], request: Request, test: Callable[[P, Request], bool]
) -> tuple[P, ...]:
    prices = Prices(request)
    fit = (p for p in parts if test(p, request))
    return tuple(sorted(fit, key=lambda p: (prices.cents(p), p.id)))


def _cards(
    request: Request, wanted: Stock, tainted: frozenset[str], prices: Prices
) -> dict[str, tuple[GpuCard, ...]]:
    by_gpu: dict[str, list[GpuCard]] = {}
    for card in _known(wanted.cards, request, limits.is_card_known):
        by_gpu.setdefault(card.gpu.id, []).append(card)
    return {
        gpu: cheapest_of_each(
            cards,
            lambda c: (c.conn_16pin, c.conn_8pin + c.conn_6pin, c.conn_eps8, c.vram_bytes),
            lambda c: (
                -(c.length_mm or 0.0),
                -(c.slots or 3.0),
                -c.tdp_w,
                c.pcie_lanes or limits.WIDE,
                1 if c.cooling == "blower" else 0,
            ),
            tainted,
            prices.cents,
        )
        for gpu, cards in by_gpu.items()
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
