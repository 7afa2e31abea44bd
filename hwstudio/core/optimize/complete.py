"""The cheapest whole computer around given GPUs: an exact search with a bound.

The search walks cards, bases, cases, coolers and power supplies from cheap to dear and stops a
walk as soon as the cheapest possible rest cannot beat the best build found. Only partial builds
whose lower bound reaches the incumbent are left out, so the result is the true minimum over the
lists; the lists were cut only where another part replaces the one left out (see stock.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from hwstudio.core.model.build import Build
from hwstudio.core.model.card_limit import limited_w
from hwstudio.core.model.part import Case, Cooler, GpuCard, Motherboard, Psu
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.base import Ask, Base, card_slots_of, needed_ram
from hwstudio.core.optimize.prices import NEVER_CENTS
from hwstudio.core.optimize.request import SMALLEST_RAM_BYTES
from hwstudio.core.optimize.shell import fits_under, houses, takes_psu
from hwstudio.core.optimize.space import GpuClass, Space
from hwstudio.core.rules.engine import has_error


@dataclass(frozen=True, slots=True)
class Choice:
    """A whole computer and its price in cents."""

    build: Build
    cents: int


def ask_of(space: Space, gpu_class: GpuClass, card: GpuCard) -> Ask:
    """Return what this many of a card ask of the base."""
    smallest = max(SMALLEST_RAM_BYTES, space.request.min_ram_bytes)
    ram = needed_ram(card.vram_bytes, gpu_class.count, smallest)
    lanes = gpu_class.lanes if gpu_class.count > 1 else 1
    return Ask(gpu_class.count, lanes, ram, card_slots_of(card.slots))


def cheapest_build(
    space: Space,
    gpu_class: GpuClass,
    limit_cents: int = NEVER_CENTS,
) -> Choice | None:
    """Return the cheapest build of the class that costs at most ``limit_cents``, or None."""
    best: Choice | None = None
    limit = limit_cents
    for card in space.cards.get(gpu_class.gpu.id, ()):
        too_narrow = (card.pcie_lanes or limits.WIDE) < gpu_class.lanes
        if (gpu_class.count > 1 and too_narrow) or space.is_hopeless(card, gpu_class.count):
            continue
        found = _Walk(space, gpu_class.count, card).cheapest(
            space.bases.of(ask_of(space, gpu_class, card), space.reach), limit
        )
        if found is not None:
            best, limit = found, found.cents - 1
    return best


def may_house(space: Space, classes: Sequence[GpuClass], limit_cents: int) -> bool:
    """Return whether some base inside a limit has room for the smallest card of the classes.

    One look at what all of them need at least: where it fails, none of them has a computer. The
    base is asked for the fewest cards, lanes, slots and memory, so that none carries less.
    """
    pairs = [(c, card) for c in classes for card in space.cards.get(c.gpu.id, ())]
    asks = [ask_of(space, gpu_class, card) for gpu_class, card in pairs]
    if not asks:
        return False
    least = Ask(
        min(ask.count for ask in asks),
        min(ask.lanes for ask in asks),
        min(ask.ram_bytes for ask in asks),
        min(ask.card_slots for ask in asks),
    )
    shortest = min(card.length_mm or 0.0 for _, card in pairs)
    for base in space.bases.of(least, space.reach):
        if base.cents > limit_cents:
            break
        if space.shell.room_mm(base) >= shortest:
            return True
    return False


def lower_bound(space: Space, gpu_class: GpuClass) -> int:
    """Return a price in cents no build of this class can undercut, remembered."""
    key = (gpu_class.gpu.id, gpu_class.count)
    if key not in space.bounds:
        space.bounds[key] = _bound(space, gpu_class)
    return space.bounds[key]


def _bound(space: Space, gpu_class: GpuClass) -> int:
    """Add up the cheapest of each kind that could stand beside these cards at all."""
    cards, count = space.cards.get(gpu_class.gpu.id, ()), gpu_class.count
    if not cards or not space.cases or not space.coolers or not space.bases.parts.data:
        return NEVER_CENTS
    cents, smallest = space.prices.cents, max(SMALLEST_RAM_BYTES, space.request.min_ram_bytes)
    rest = cents(space.cases[0]) + cents(space.coolers[0]) + _least_data(space)
    limit_w = space.request.power_limit_w
    return min(
        cents(card, count)
        + space.bases.least_cents(count, needed_ram(card.vram_bytes, count, smallest))
        + space.shell.least_psu_for(limited_w(card.tdp_w, limit_w) * count, cents)
        + rest
        for card in cards
    )


def _least_data(space: Space) -> int:
    """Return what the drives for data cost at least: a cent less where tax is rounded together."""
    sets = space.bases.parts.data
    cents = (space.prices.cents(s.drive, s.count) for s in sets if s.drive is not None)
    return max(0, min(cents, default=0) - 1)


def cut_key(build: Build) -> frozenset[str]:
    """Return the part ids a cut is matched against, with "2 cards" and "1 kits" for numbers."""
    ids = {line.part.id for line in build.lines()}
    if build.card is not None:
        ids.add(f"{build.card_count} cards")
    if build.ram is not None:
        ids.add(f"{build.ram_kits} kits")
    return frozenset(ids)


@dataclass(frozen=True, slots=True)
class _Rest:
    """What may stand around a base; ``able``: supplies not found too weak, by kind of cooler."""

    coolers: list[Cooler]
    psus: list[Psu]
    cuts: frozenset[frozenset[str]]
    able: dict[str, list[Psu]] = field(default_factory=dict)


class _Walk:
    """The search around one card in one number."""

    def __init__(self, space: Space, count: int, card: GpuCard) -> None:
        self._space, self._shell = space, space.shell
        self._count = count
        self._card = card
        self._cents = space.prices.cents
        self._cases = self._shell.cases_for(card)

    def cheapest(self, bases: tuple[Base, ...], limit: int) -> Choice | None:
        """Return the cheapest build up to ``limit`` cents; ``bases`` come cheapest first."""
        if not self._cases:
            return None
        best: Choice | None = None
        fixed, shell = self._cents(self._card, self._count), self._shell
        least_rest = self._cents(self._cases[0]) + shell.least_cooler + shell.least_psu
        length = self._card.length_mm or 0.0
        for base in bases:
            if fixed + base.cents + least_rest > limit:
                break
            if length > shell.room_mm(base):
                continue
            found = self._around(base, fixed + base.cents, limit)
            if found is not None:
                best, limit = found, found.cents - 1
        return best

    def _around(self, base: Base, spent: int, limit: int) -> Choice | None:
        """Return the cheapest case, cooler and power supply around a base."""
        cuts = self._open_cuts(base)
        if frozenset() in cuts:
            return None  # cards and base alone are a forbidden combination
        coolers = [c for c in self._shell.coolers_of(base) if {c.id} not in cuts]
        if not coolers:
            return None
        needed_w = self._needed_w(base)
        psus = [
            p
            for p in self._shell.psus_for(base, self._card, self._count, needed_w)
            if {p.id} not in cuts
        ]
        if not psus:
            return None
        least = self._cents(coolers[0]) + self._cents(psus[0])
        is_over = spent + self._cents(self._cases[0]) + least > limit
        if is_over or not self._has_places(base.board):
            return None
        best: Choice | None = None
        rest = _Rest(coolers, psus, cuts)
        for case in self._cases:
            total = spent + self._cents(case)
            if total + least > limit:
                break
            if not houses(case, base) or {case.id} in cuts:
                continue
            found = self._inside(case, base, rest, total, limit)
            if found is not None:
                best, limit = found, found.cents - 1
        return best

    def _needed_w(self, base: Base) -> float:
        """Return the watts to look for in a power supply; infinite above the user's own limit."""
        sustained, needed = self._space.draw_w(base, self._card, self._count)
        most = self._space.request.max_power_w
        return math.inf if most is not None and sustained > most else needed

    def _inside(
        self,
        case: Case,
        base: Base,
        rest: _Rest,
        spent: int,
        limit: int,
    ) -> Choice | None:
        """Return the cheapest cooler and power supply that go into a case.

        Whether a supply carries the watts no case changes: one that does not is asked once a base.
        """
        allow = self._space.request.allow_unknown
        best: Choice | None = None
        for cooler in rest.coolers:
            if spent + self._cents(cooler) + self._cents(rest.psus[0]) > limit:
                break
            able = rest.able.setdefault(cooler.cooler_type, list(rest.psus))  # a pump draws too
            if not able or not fits_under(cooler, case):
                continue
            for psu in tuple(able):
                total = spent + self._cents(cooler) + self._cents(psu)
                if total > limit:
                    break
                if any(cut <= {case.id, cooler.id, psu.id} for cut in rest.cuts):
                    continue
                if not takes_psu(case, psu, allow_unknown=allow):
                    continue
                if not self._is_fine(base, psu, cooler):
                    able.remove(psu)
                    continue
                best = Choice(self._build(base, case, cooler, psu), total)
                limit = total - 1
                break
        return best

    def _has_places(self, board: Motherboard) -> bool:
        """Return whether a board whose slots are not told can hold the cards at all."""
        is_told = board.cpu_slot_modes is not None and board.gpu_slot_pitch is not None
        return self._count == 1 or is_told or holds_cards(board, self._card, self._count)

    def _is_fine(self, base: Base, psu: Psu, cooler: Cooler) -> bool:
        return self._space.carries(base, self._card, self._count, psu, cooler)

    def _build(self, base: Base, case: Case, cooler: Cooler, psu: Psu) -> Build:
        return replace(
            base.build(),
            card=self._card,
            card_count=self._count,
            case=case,
            cooler=cooler,
            psu=psu,
            power_limit_w=self._space.request.power_limit_w,
        )

    def _open_cuts(self, base: Base) -> frozenset[frozenset[str]]:
        """Return what each cut still asks of case, cooler and power supply around a base.

        A cut that names another card or another base part is none here.
        """
        space = self._space
        if not space.cuts:
            return frozenset()
        chosen = cut_key(replace(base.build(), card=self._card, card_count=self._count))
        return frozenset(rest for cut in space.cuts if (rest := cut - chosen) <= space.shell.ids)


@lru_cache(maxsize=16384)
def holds_cards(board: Motherboard, card: GpuCard, count: int) -> bool:
    """Return whether no rule objects to so many cards on a board, remembered."""
    if not _are_fine(card, count):
        return False
    together = Build(motherboard=board, card=card, card_count=count)
    return not has_error(together, touching="motherboard")


@lru_cache(maxsize=4096)
def _are_fine(card: GpuCard, count: int) -> bool:
    return not has_error(Build(card=card, card_count=count))
