"""The parts one can buy, as plain tuples, and the cut down to those worth considering."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from operator import ge
from typing import Any, TypeVar

from hwstudio.core.base.money import CENT
from hwstudio.core.model.part import (
    Case,
    Cooler,
    Cpu,
    GpuCard,
    Motherboard,
    Part,
    Psu,
    Ram,
    Storage,
)

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """All parts the planner may choose from. ``spaces`` remembers prepared searches."""

    cards: tuple[GpuCard, ...] = ()
    cpus: tuple[Cpu, ...] = ()
    motherboards: tuple[Motherboard, ...] = ()
    rams: tuple[Ram, ...] = ()
    storages: tuple[Storage, ...] = ()
    psus: tuple[Psu, ...] = ()
    cases: tuple[Case, ...] = ()
    coolers: tuple[Cooler, ...] = ()
    spaces: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    bases: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    few: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    spaces_kept: int = field(default=4, compare=False, repr=False)

    @classmethod
    def from_parts(cls, *groups: Iterable[Part]) -> Stock:
        """Sort parts of any kinds into a stock; kinds the planner does not buy are left out."""
        by_type: dict[type[Part], list[Any]] = {}
        for group in groups:
            for part in group:
                by_type.setdefault(type(part), []).append(part)
        return cls(
            cards=tuple(by_type.get(GpuCard, ())),
            cpus=tuple(by_type.get(Cpu, ())),
            motherboards=tuple(by_type.get(Motherboard, ())),
            rams=tuple(by_type.get(Ram, ())),
            storages=tuple(by_type.get(Storage, ())),
            psus=tuple(by_type.get(Psu, ())),
            cases=tuple(by_type.get(Case, ())),
            coolers=tuple(by_type.get(Cooler, ())),
        )

    def groups(self) -> tuple[tuple[Part, ...], ...]:
        """Return the parts kind by kind."""
        return (
            self.cards,
            self.cpus,
            self.motherboards,
            self.rams,
            self.storages,
            self.psus,
            self.cases,
            self.coolers,
        )


def cents_of(part: Part) -> int:
    """Return the price in whole cents, so that sums are exact integers."""
    if part.price is None:
        raise ValueError(part.id)  # unpriced parts never reach the search
    return round(part.price.amount * 100)


def to_money(cents: int) -> Decimal:
    """Return cents as an amount."""
    return Decimal(cents) * CENT


def cheapest_of_each(
    parts: Iterable[P],
    same: Callable[[P], object],
    better: Callable[[P], Sequence[float]],
    tainted: frozenset[str] = frozenset(),
    cents: Callable[[P], int] = cents_of,
    rivals_needed: int = 1,
) -> tuple[P, ...]:
    """Return the parts fewer than ``rivals_needed`` others beat, cheapest first.

    A part is beaten when another with equal ``same`` costs no more and is at least as good in
    every number of ``better`` (larger is better). Whatever build holds the beaten part stays
    valid and gets no dearer with the other one, so leaving it out loses no optimum. ``tainted``
    ids take part in a forbidden combination: they are kept, but replace nothing. ``cents`` is
    what one piece costs; a dearer piece must never be the cheaper one in numbers.
    """
    kept: dict[object, list[tuple[Sequence[float], P]]] = {}
    out = []
    for part in sorted(parts, key=lambda p: (cents(p), p.id)):
        mine = better(part)
        rivals = kept.setdefault(same(part), [])
        beaten_by = (True for theirs, _ in rivals if all(map(ge, theirs, mine)))
        if len(tuple(islice(beaten_by, rivals_needed))) == rivals_needed:
            continue
        if part.id not in tainted:
            rivals.append((mine, part))
        out.append(part)
    return tuple(out)
