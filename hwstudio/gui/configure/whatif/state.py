"""What the Compare and What if pages show, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from hwstudio.core.model.wishes import Usage
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.plan.monte_carlo import Chances, chances
from hwstudio.core.plan.scenario import Outcomes
from hwstudio.core.plan.sensitivity import Flip, Swing
from hwstudio.core.plan.terms import Candidate, Rent, Terms
from hwstudio.core.project.variants import Judged


@dataclass(frozen=True, slots=True)
class Grid:
    """The electricity of a country: grams of CO2e for each kWh, and who says so."""

    code: str
    name: str
    g_per_kwh: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """What is tried out and not kept in the project. None = as it is known."""

    per_second: float | None = None  # of the present build
    memory_pct: float = 0.0  # on the price of memory
    rent_per_hour: float | None = None
    grid: str = ""  # a country's code; "" = not said


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """All figures under one set of terms; builds in the order of ``judged``.

    The draws are made when they are first looked at: a moved slider waits for no unseen figure.
    """

    terms: Terms
    candidates: tuple[Candidate, ...]
    typical: tuple[Outcomes, ...]
    swings: tuple[Swing, ...]  # of the present build, for the chosen outcome

    @cached_property
    def chances(self) -> Chances:
        """Return the draws of all builds."""
        return chances(self.candidates, self.terms)

    @cached_property
    def own_chances(self) -> Chances:
        """Return the draws of the present build: the same as in ``chances``."""
        return chances(self.candidates[:1], self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfState:
    """Everything on the two pages. ``flips`` may be of slightly older terms."""

    judged: tuple[Judged, ...] = ()
    workload: Workload | None = None
    rent: Rent | None = None
    usage: Usage = field(default_factory=Usage)
    tariff: float = 0.0  # in use: typed, or the usual one
    resale_pct: float = 0.0  # in use
    knobs: Knobs = field(default_factory=Knobs)
    outcome: str = "cost"
    weighing: Weighing | None = None
    flips: tuple[Flip, ...] = ()
    trade: tuple[PlannedBuild, ...] = ()
    is_judging: bool = False
    is_trading: bool = False
    trouble: str = ""  # why there are no figures
