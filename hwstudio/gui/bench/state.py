"""What the Benchmark tab shows, as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hwstudio.core.bench.compare import Comparison
from hwstudio.core.bench.devices import Surroundings
from hwstudio.core.bench.launch import Interpreter
from hwstudio.core.bench.spec import Bench
from hwstudio.core.model.result import Result
from hwstudio.core.project.expected_range import ExpectedRange
from hwstudio.gui.bench.check import Check
from hwstudio.gui.bench.plan import CHOSEN, tests_of


class Phase(StrEnum):
    """Where a run is."""

    IDLE = "idle"
    RUNNING = "running"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class LiveSeries:
    """The samples of one point so far."""

    name: str
    unit: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LiveRun:
    """How far a row is. ``end_s`` is when all of it should be over, on the monotonic clock.

    ``test`` counts from 1; ``tests`` is 0 where the row begins again until its time is over.
    ``done`` and ``total`` are the points of the test that runs.
    """

    label: str = ""
    done: int = 0
    total: int = 0
    test: int = 0
    tests: int = 1
    title: str = ""
    share: float = 0.0
    end_s: float | None = None
    series: tuple[LiveSeries, ...] = ()
    bench: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to say in place: kind as the kit's notices, an optional action."""

    kind: str
    text: str
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchState:
    """Everything on the screen.

    ``plan`` is the id of a profile, or "chosen" for the tests in ``chosen``; ``own`` are the
    settings that were changed, by test. ``check`` is the row that runs or ran last;
    ``is_check_shown`` says whether it stands in the answer, or a single run.
    """

    bench: Bench  # whose settings are shown
    values: dict[str, Any] = field(default_factory=dict)
    plan: str = "quick"
    chosen: tuple[str, ...] = ()
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    is_quick: bool = True
    surroundings: Surroundings | None = None  # None: still looking
    phase: Phase = Phase.IDLE
    live: LiveRun = field(default_factory=LiveRun)
    check: Check | None = None
    is_check_shown: bool = False
    shown: Result | None = None
    results: tuple[Result, ...] = ()  # this computer's, newest first, without samples
    others: tuple[Result, ...] = ()  # of other machines, from files
    compared: tuple[str, ...] = ()  # ids of the runs to put side by side
    earlier: tuple[Comparison, ...] = ()
    published: tuple[Comparison, ...] = ()
    expected: Mapping[str, ExpectedRange] = field(default_factory=dict)
    message: Message | None = None

    @property
    def is_running(self) -> bool:
        return self.phase is not Phase.IDLE

    @property
    def tests(self) -> tuple[Bench, ...]:
        """Return what the button would start."""
        tests = tests_of(self.plan)
        return tests if self.plan != CHOSEN else tuple(t for t in tests if t.id in self.chosen)

    @property
    def interpreter(self) -> Interpreter | None:
        """Return the Python to measure with, None while there is none."""
        around = self.surroundings
        return None if around is None or around.why_not else around.interpreter

    @property
    def can_run(self) -> bool:
        """Say whether the button may start something: at least one of its tests runs here."""
        found = self.interpreter
        if self.phase is not Phase.IDLE or found is None:
            return False
        return any(not found.lacks(test.needs) for test in self.tests)
