"""What the Benchmark tab shows, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hwstudio.core.bench.compare import Comparison
from hwstudio.core.bench.devices import Surroundings
from hwstudio.core.bench.spec import Bench
from hwstudio.core.model.result import Result


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
    """How far a run is. ``end_s`` is when it should be over, on the monotonic clock."""

    label: str = ""
    done: int = 0
    total: int = 0
    end_s: float | None = None
    series: tuple[LiveSeries, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """Something to say in place: kind as the kit's notices, an optional action."""

    kind: str
    text: str
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchState:
    """Everything on the screen."""

    bench: Bench
    values: dict[str, Any] = field(default_factory=dict)
    is_quick: bool = True
    surroundings: Surroundings | None = None  # None: still looking
    phase: Phase = Phase.IDLE
    live: LiveRun = field(default_factory=LiveRun)
    shown: Result | None = None
    results: tuple[Result, ...] = ()  # all runs, newest first, without samples
    earlier: tuple[Comparison, ...] = ()
    published: tuple[Comparison, ...] = ()
    message: Message | None = None

    @property
    def is_running(self) -> bool:
        return self.phase is not Phase.IDLE

    @property
    def can_run(self) -> bool:
        """Say whether the button may start a run."""
        return (
            self.phase is Phase.IDLE
            and self.surroundings is not None
            and self.surroundings.interpreter is not None
            and not self.surroundings.why_not
        )
