"""A prepared search: the wanted parts of one request, and everything computed once for it.

Nothing here depends on the budget, so a slider over budgets reuses the same space.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from hwstudio.core.model.finding import Severity
from hwstudio.core.model.part import Case, Cooler, Gpu, GpuCard, Part, Psu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.base import Base, BaseParts, Bases
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.stock import Stock, cents_of, cheapest_of_each
from hwstudio.core.power.answer import PowerAnswer, power_answer
from hwstudio.core.power.mains import read_mains
from hwstudio.core.power.supply import is_atx3

P = TypeVar("P", bound=Part)
UNLIMITED = 1e6
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
    classes: tuple[GpuClass, ...] | None = None
    learned: Space | None = None  # the same with all cuts found so far
    is_proven: bool = True  # False once the search for a faultless build was given up
    found: dict[object, Any] = field(default_factory=dict)  # class -> its answer, or "above N"
    _power: dict[object, PowerAnswer] = field(default_factory=dict)

    @classmethod
    def prepare(
        cls, request: Request, stock: Stock, cuts: frozenset[frozenset[str]] = frozenset()
    ) -> Space:
        """Filter and prune the stock for a request; the budget plays no part in it."""
        wanted = _wanted(request, stock)
        tainted: frozenset[str] = frozenset().union(*cuts)
        volts = read_mains(request.mains).volts
        most = limits.LOW_LINE_MOST_W if volts < limits.HIGH_LINE_V else math.inf
        psus = [p for p in _known(wanted.psus, request, limits.is_psu_known) if p.rated_w <= most]
        return cls(
            request,
            _bases(request, stock, wanted, tainted),
            _cards(request, wanted, tainted),
            few_cases(_known(wanted.cases, request, limits.is_case_known), tainted),
            few_coolers(_known(wanted.coolers, request, limits.is_cooler_known), tainted),
            few_psus(tuple(psus), tainted),
            cuts,
        )

    def power(self, base: Base, card: GpuCard, count: int, psu: Psu | None = None) -> PowerAnswer:
        """Return the power answer of a base with its cards, remembered by what it depends on."""
        key = (
            base.cpu.id,
            base.board.id,
            base.ram.id,
            base.kits,
            base.drive.id,
            card.id,
            count,
            psu.id if psu else None,
        )
        if key not in self._power:
            build = replace(base.build(), card=card, card_count=count, psu=psu)
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
    """Return the base finder; requests that differ only in mains or objective share one."""
    key = replace(
        budget_free(request), mains="", objective=Objective.TIME, max_power_w=None, gpu_counts=(1,)
    )
    if not tainted and key in stock.bases:
        found: Bases = stock.bases[key]
        return found
    coolers = few_coolers(_known(wanted.coolers, request, limits.is_cooler_known), tainted)
    forms = {f for c in wanted.cases if limits.is_case_known(c, request) for f in c.mb_form_factors}
    boards = [b for b in wanted.motherboards if b.form_factor in forms]  # others have no case
    made = Bases(
        BaseParts(
            _known(
                [c for c in wanted.cpus if any(limits.cools(k, c) for k in coolers)],
                request,
                limits.is_cpu_known,
            ),
            _known(boards, request, limits.is_board_known),
            _known(wanted.rams, request, limits.is_ram_known),
            _known(wanted.storages, request, limits.is_drive_known),
        ),
        tainted,
        allow_unknown=request.allow_unknown,
    )
    if not tainted:
        stock.bases.clear()
        stock.bases[key] = made
    return made


def _known(
    parts: Sequence[P], request: Request, test: Callable[[P, Request], bool]
) -> tuple[P, ...]:
    return tuple(sorted((p for p in parts if test(p, request)), key=lambda p: (cents_of(p), p.id)))


def _cards(
    request: Request, wanted: Stock, tainted: frozenset[str]
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
        )
        for gpu, cards in by_gpu.items()
    }


def _at_least(value: float | None) -> float:
    """Unknown limits only get here when the user allows them, and then never refuse."""
    return UNLIMITED if value is None else value


@lru_cache(maxsize=16)
def few_cases(cases: tuple[Case, ...], tainted: frozenset[str]) -> tuple[Case, ...]:
    """Return the cases no other case replaces, cheapest first."""
    return cheapest_of_each(
        cases,
        lambda c: (frozenset(c.mb_form_factors), frozenset(c.psu_form_factors)),
        lambda c: (
            _at_least(c.max_gpu_length_mm),
            _at_least(c.max_cooler_height_mm),
            _at_least(c.expansion_slots),
            _at_least(c.max_psu_length_mm),
            min(1, (c.bays_25 or 0) + (c.bays_35 or 0)),
        ),
        tainted,
    )


@lru_cache(maxsize=16)
def few_coolers(coolers: tuple[Cooler, ...], tainted: frozenset[str]) -> tuple[Cooler, ...]:
    """Return the coolers no other cooler replaces, cheapest first."""
    return cheapest_of_each(
        coolers,
        lambda c: (frozenset(c.sockets), c.cooler_type),
        lambda c: (-(c.height_mm or 0.0), limits.cooling_w(c)),
        tainted,
    )


@lru_cache(maxsize=16)
def few_psus(psus: tuple[Psu, ...], tainted: frozenset[str]) -> tuple[Psu, ...]:
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
    )
