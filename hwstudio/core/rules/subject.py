"""A build as the rules see it: parts that are there, facts that may be missing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, TypeVar

from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import CardGroup, Circumstances
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

T = TypeVar("T")

# A cooler thicker than this is a typing error in the source (55.6 for 2.5), not a card.
_THICKEST_SLOTS = 6
# A cooler that stands over its slots by this much (1 mm) still leaves the next slot usable.
_SLOT_TOLERANCE = 0.06


@dataclass(frozen=True)
class Subject:
    """One build with its circumstances; the properties raise only for parts not chosen."""

    build: Build
    around: Circumstances = field(default_factory=Circumstances)

    @cached_property
    def chosen(self) -> dict[str, tuple[Part, ...]]:
        """Return the chosen parts by kind; cards once per model, PSUs once per unit."""
        build = self.build
        single = {
            "cpu": build.cpu,
            "motherboard": build.motherboard,
            "ram": build.ram if build.ram_kits > 0 else None,
            "case": build.case,
            "cooler": build.cooler,
        }
        found: dict[str, tuple[Part, ...]] = {k: (p,) for k, p in single.items() if p is not None}
        many: dict[str, tuple[Part, ...]] = {
            "gpu_card": tuple(group.card for group in self.cards),
            "psu": self.psus,
            "storage": build.storage,
        }
        return found | {kind: parts for kind, parts in many.items() if parts}

    def has(self, *kinds: str) -> bool:
        """Return whether all these kinds of part are chosen."""
        return all(kind in self.chosen for kind in kinds)

    def values(self, path: str) -> tuple[Any, ...]:
        """Return a field of every chosen part of a kind; "" and () count as not known."""
        known = self._read.get(path)
        if known is None:
            kind, names = _steps(path)
            known = tuple([_dig(part, names) for part in self.chosen.get(kind, ())])
            self._read[path] = known
        return known

    def value(self, path: str) -> Any:
        """Return a field of the first chosen part of a kind, None when not known."""
        found = self.values(path)
        return found[0] if found else None

    def missing(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of the paths that some chosen part does not state."""
        return tuple([path for path in paths if None in self.values(path)])

    def told_drives(self, paths: tuple[str, ...]) -> Subject | None:
        """Return the build with only the drives that state ``paths``; None where that is no help.

        It is none where another part does not state its own, or where no drive states them.
        """
        names = [_steps(path)[1] for path in paths if path.startswith("storage.")]
        drives = tuple(d for d in self.drives if all(_dig(d, each) is not None for each in names))
        if not names or not drives or len(drives) == len(self.drives):
            return None
        told = Subject(replace(self.build, storage=drives), self.around)
        return None if told.missing(paths) else told

    @cached_property
    def _read(self) -> dict[str, tuple[Any, ...]]:
        """Hold what was read already: several rules ask for the same facts."""
        return {}

    @cached_property
    def cards(self) -> tuple[CardGroup, ...]:
        """Return the groups of equal cards."""
        return self.around.cards(self.build)

    @property
    def card_count(self) -> int:
        return sum(group.count for group in self.cards)

    def each_card(self) -> Iterator[GpuCard]:
        """Yield every single card."""
        for group in self.cards:
            for _ in range(group.count):
                yield group.card

    @cached_property
    def psus(self) -> tuple[Psu, ...]:
        """Return every power supply."""
        return self.around.psus(self.build)

    @property
    def drives(self) -> tuple[Storage, ...]:
        return self.build.storage

    @property
    def cpu(self) -> Cpu:
        return _there(self.build.cpu)

    @property
    def board(self) -> Motherboard:
        return _there(self.build.motherboard)

    @property
    def ram(self) -> Ram:
        return _there(self.build.ram)

    @property
    def case(self) -> Case:
        return _there(self.build.case)

    @property
    def cooler(self) -> Cooler:
        return _there(self.build.cooler)

    @property
    def kits(self) -> int:
        """Return how many memory kits there are."""
        return self.build.ram_kits if self.has("ram") else 0

    @property
    def modules(self) -> int | None:
        """Return how many memory modules there are, when known."""
        per_kit = self.value("ram.modules")
        return None if per_kit is None else per_kit * self.kits

    @property
    def is_open(self) -> bool:
        """Return whether cards hang free of case and slots."""
        return self.around.is_open_frame is True

    @property
    def is_on_risers(self) -> bool:
        """Return whether every card but at most one stands on a riser cable."""
        return self.is_open or (
            0 < self.card_count <= self.around.riser_count + 1 and self.around.riser_count > 0
        )


def thickness(card: GpuCard) -> int | None:
    """Return how many slots a card covers, None when not known."""
    slots: float | None = card.slots
    if slots is None or not 0 < slots <= _THICKEST_SLOTS:
        return None
    return max(1, math.ceil(slots - _SLOT_TOLERANCE))


def airflow(card: GpuCard) -> str | None:
    """Return blower, passive, liquid or open_air; None when not known."""
    text = (card.cooling or "").lower()
    for word, kind in (
        ("blower", "blower"),
        ("passive", "passive"),
        ("fanless", "passive"),
        ("system", "passive"),
        ("hybrid", "liquid"),
        ("water", "liquid"),
        ("liquid", "liquid"),
        ("fan", "open_air"),
        ("open", "open_air"),
    ):
        if word in text:
            return kind
    return None


@cache
def _steps(path: str) -> tuple[str, tuple[str, ...]]:
    """Return the kind and the names of a path; rules ask for the same few again and again."""
    kind, *names = path.split(".")
    return kind, tuple(names)


def _dig(part: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        part = getattr(part, name, None)
    return None if part == "" or part == () else part


def _there(part: T | None) -> T:
    if part is None:
        raise LookupError("a rule asked for a part that is not chosen")
    return part
