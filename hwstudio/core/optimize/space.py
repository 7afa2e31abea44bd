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
from hwstudio.core.optimize.base import Base, BaseParts, Bases, Reach
from hwstudio.core.optimize.drive_sets import (
    data_drives,
    drive_sets,
    first_drives,
    most_places,
)
from hwstudio.core.optimize.few import Few, wanted_of
from hwstudio.core.optimize.memory import remember
from hwstudio.core.optimize.prices import Prices
from hwstudio.core.optimize.request import Request
from hwstudio.core.optimize.shell import Shell, mated
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.power.answer import PowerAnswer, power_answer
from hwstudio.core.power.mains import read_mains

P = TypeVar("P", bound=Part)
BASES_KEPT = 10  # each holds a few MB
# What the list of bases does not depend on: the rest of the computer, the job, the ask (base.Ask).
NOT_OF_BASES = frozenset({
    "budget", "workload", "objective", "gpu_counts", "min_vram_bytes", "max_power_w", "gpu_makers",
    "case_form_factors", "min_ram_bytes", "allow_open_frame", "mains", "predictor", "also",
    "min_per_second", "usage", "max_noise_dba", "power_limit_w",
})  # fmt: skip


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
    shell: Shell
    reach: Reach
    # the classes, best first, and the number that makes them so
    classes: tuple[tuple[GpuClass, ...], tuple[float, ...]] | None = None
    learned: Space | None = None  # the same with all cuts found so far
    # class -> itself and the cents up to which it surely has no faultless computer
    given_up: dict[object, tuple[GpuClass, int]] = field(default_factory=dict)
    found: dict[object, Any] = field(default_factory=dict)  # class -> its answer, or "above N"
    bounds: dict[object, int] = field(default_factory=dict)  # class -> a price none undercuts
    judged: dict[object, Any] = field(default_factory=dict)  # class -> its computer, judged
    least: int | None = None  # cents of the cheapest build of all classes
    beside: Stock | None = None  # where requests with fewer wishes are remembered
    tight: tuple[tuple[Gpu, float], ...] | None = None  # chips that may just hold the job, speeds
    _drawn: dict[object, tuple[float, float]] = field(default_factory=dict)
    _carried: dict[object, bool] = field(default_factory=dict)

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
        prices = Prices.of(request, stock.few)
        at_hand = (p.id for g in wanted.groups() for p in g if limits.is_named(p, request.owned))
        kept = tainted.union(at_hand)
        psus = _known(wanted.psus, request, limits.is_psu_known, prices)
        bases = _bases(request, stock, wanted, tainted)
        cases = _known(wanted.cases, request, limits.is_case_known, prices)
        coolers = _known(wanted.coolers, request, limits.is_cooler_known, prices)
        psus = tuple(psu for psu in psus if psu.rated_w <= most)
        bays = most_places(bases.parts.drives, bases.parts.data)
        few = Few(stock.few, request, kept, prices)
        housed, fed = mated(few.cases(cases, bays), few.psus(psus), request.allow_unknown)
        shell = Shell.of(housed, few.coolers(coolers), fed, prices.cents)
        return cls(
            request,
            bases,
            few.cards(_known(wanted.cards, request, limits.is_card_known, prices)),
            shell.cases,
            shell.coolers,
            shell.psus,
            cuts,
            prices,
            shell,
            bases.reach(shell.coolers, shell.cases),
        )

    def draw_w(self, base: Base, card: GpuCard, count: int) -> tuple[float, float]:
        """Return the least watts and the least rating for them, remembered by what they rest on.

        No cooler is in them: one with a pump draws more, which ``carries`` knows.
        """
        key = (*_facts(base), card.tdp_w, card.gpu.vendor_min_psu_w, count)
        if key not in self._drawn:
            answer = self._answer(base, card, count, None)
            self._drawn[key] = (answer.sustained_w, answer.recommended_psu_w)
        return self._drawn[key]

    def is_hopeless(self, card: GpuCard, count: int) -> bool:
        """Return whether the cards alone draw more than any supply, circuit or wish allows."""
        request, circuit = self.request, read_mains(self.request.mains).continuous_w
        caps = [watts for watts in (request.max_power_w, circuit) if watts is not None]
        return self.shell.is_hopeless(card, count, request.power_limit_w, min(caps, default=None))

    def carries(self, base: Base, card: GpuCard, count: int, psu: Psu, cooler: Cooler) -> bool:
        """Return whether supply, wall circuit and wishes allow the build's watts for hours."""
        key = (*_facts(base), card.id, count, psu.id, cooler.cooler_type)  # a pump draws too
        if key not in self._carried:
            answer = self._answer(base, card, count, psu, cooler)
            most = self.request.max_power_w
            is_modest = most is None or answer.sustained_w <= most
            self._carried[key] = is_modest and _is_carried(answer, psu)
        return self._carried[key]

    def _answer(
        self,
        base: Base,
        card: GpuCard,
        count: int,
        psu: Psu | None,
        cooler: Cooler | None = None,
    ) -> PowerAnswer:
        build = replace(
            base.build(),
            card=card,
            card_count=count,
            psu=psu,
            cooler=cooler,
            power_limit_w=self.request.power_limit_w,
        )
        return power_answer(build, mains=self.request.mains)


def _facts(base: Base) -> tuple[object, ...]:
    """Return all of a base that its power depends on."""
    cpu, ram = base.cpu, base.ram
    drives = (base.drives.first, *base.drives.data.pieces)
    return (
        (cpu.max_power_w, cpu.tdp_w, cpu.socket),
        (ram.modules * base.kits, ram.dimm_type),
        tuple(drive.power_active_w for drive in drives),
    )


def _is_carried(answer: PowerAnswer, psu: Psu) -> bool:
    if psu.rated_w < answer.recommended_psu_w:
        return False
    if answer.wall_limit_w is not None and answer.wall_w > answer.wall_limit_w:
        return False
    return all(f.severity is not Severity.ERROR for f in answer.findings)


def budget_free(request: Request) -> Request:
    """Return the request without its budget: what a space is remembered by."""
    return replace(request, budget=Decimal(1))


def _wanted(request: Request, stock: Stock) -> Stock:
    if limits.unmatched_pins((part for group in stock.groups() for part in group), request):
        return Stock()  # a locked part that cannot be bought leaves nothing to plan
    return Stock.from_parts(*(wanted_of(group, request, stock.few) for group in stock.groups()))


def _bases(request: Request, stock: Stock, wanted: Stock, tainted: frozenset[str]) -> Bases:
    """Return the base finder; requests that differ in what no base depends on share one."""
    names = (each.name for each in fields(request) if each.name not in NOT_OF_BASES)
    key = tuple(getattr(request, name) for name in names)
    own = (wanted.cpus, wanted.motherboards, wanted.rams, stock.storages)
    tainted &= frozenset(part.id for group in own for part in group)
    key = (*key, tainted)
    found: Bases | None = stock.bases.get(key)
    if found is not None:
        return found
    # Locked drives first, what may be bought then: a lock that cannot be kept leaves none.
    firsts, others = (
        [drive for drive in found if limits.is_wanted(drive, request)]
        for found in (first_drives(stock.storages, request), data_drives(stock.storages, request))
    )
    prices = Prices.of(request, stock.few)
    # Only tax and pieces at hand make several drives on one line cost other than each alone.
    has_lines = bool(request.tax_pct or request.owned)
    alike = tainted | frozenset(request.owned if not has_lines else (d.id for d in firsts))
    made = Bases(
        BaseParts(
            _known(wanted.cpus, request, limits.is_cpu_known, prices),
            _known(wanted.motherboards, request, limits.is_board_known, prices),
            _known(wanted.rams, request, limits.is_ram_known, prices),
            _known(firsts, request, limits.is_drive_known, prices),
            drive_sets(others, request, prices, alike),
        ),
        request,
        tainted,
        prices,
    )
    remember(stock.bases, key, made, BASES_KEPT)
    return made


def _known(
    parts: Sequence[P], request: Request, test: Callable[[P, Request], bool], prices: Prices
) -> tuple[P, ...]:
    fit = (p for p in parts if test(p, request))
    return tuple(sorted(fit, key=lambda p: (prices.cents(p), p.id)))
