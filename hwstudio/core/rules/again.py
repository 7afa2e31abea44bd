"""Asks the rules about builds that differ in one kind of part only, as a list of alternatives does.

Which kinds a rule looks at is watched while it judges the first build. A rule that did not look
at the kind in question says the same of every other build, so only the rest is asked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import CardGroup, Circumstances
from hwstudio.core.model.finding import Finding
from hwstudio.core.model.part import (
    Case,
    Cooler,
    Cpu,
    Motherboard,
    Part,
    PartKind,
    Psu,
    Ram,
    Storage,
)
from hwstudio.core.rules.engine import ask, rules_for, worst_first
from hwstudio.core.rules.subject import Subject


@dataclass(frozen=True)
class Watched(Subject):
    """A build that notes in ``seen`` of which kinds of part anything was asked."""

    seen: set[str] = field(default_factory=set)

    @cached_property
    def chosen(self) -> dict[str, tuple[Part, ...]]:
        return Subject(self.build, self.around).chosen  # sorting the parts is no look at them

    def has(self, *kinds: str) -> bool:
        self.seen.update(kinds)
        return super().has(*kinds)

    def values(self, path: str) -> tuple[Any, ...]:
        self.seen.add(path.split(".", maxsplit=1)[0])
        return super().values(path)

    def told_drives(self, paths: tuple[str, ...]) -> Subject | None:
        self.seen.update(path.split(".")[0] for path in paths)
        told = super().told_drives(paths)
        return told and Watched(told.build, told.around, self.seen)

    @property
    def cards(self) -> tuple[CardGroup, ...]:
        self.seen.add("gpu_card")
        return self.around.cards(self.build)

    @property
    def psus(self) -> tuple[Psu, ...]:
        self.seen.add("psu")
        return self.around.psus(self.build)

    @property
    def drives(self) -> tuple[Storage, ...]:
        self.seen.add("storage")
        return super().drives

    @property
    def cpu(self) -> Cpu:
        self.seen.add("cpu")
        return super().cpu

    @property
    def board(self) -> Motherboard:
        self.seen.add("motherboard")
        return super().board

    @property
    def ram(self) -> Ram:
        self.seen.add("ram")
        return super().ram

    @property
    def case(self) -> Case:
        self.seen.add("case")
        return super().case

    @property
    def cooler(self) -> Cooler:
        self.seen.add("cooler")
        return super().cooler


class Again:
    """What the rules say of a build, and of builds with another part of one kind in it."""

    def __init__(self, build: Build, around: Circumstances | None, kind: PartKind) -> None:
        self._around = around or Circumstances()
        self._kept: dict[int, tuple[Finding, ...]] = {}  # by rule, of which nothing will change
        subject = Subject(build, self._around)
        for rule in rules_for(subject):
            watched = Watched(build, self._around)
            found = ask(rule, watched)
            if kind.value not in (*rule.parts, *watched.seen):
                self._kept[id(rule)] = found

    def about(self, build: Build) -> Iterator[Finding]:
        """Yield all there is to find about a build with another part of the kind, in any order."""
        subject = Subject(build, self._around)
        for rule in rules_for(subject):
            kept = self._kept.get(id(rule))
            yield from ask(rule, subject) if kept is None else kept

    def check(self, build: Build) -> tuple[Finding, ...]:
        """Return what ``engine.check`` does of a build with another part of the kind."""
        return worst_first(self.about(build))
