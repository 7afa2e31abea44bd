"""What the Runs page shows: frozen values, made by its viewmodel, drawn by its view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.asked import Taught
from hwstudio.core.monitor.runs.facts import RunFacts
from hwstudio.gui.monitor.pages import PageSpec
from hwstudio.gui.monitor.state import Picture

NO_PAGE = PageSpec("run", "", (), ())


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run in the list; ``facts`` are None until they are worked out."""

    run: Run
    facts: RunFacts | None = None


@dataclass(frozen=True, slots=True)
class RunsState:
    """``log`` is a training log that is looked at without a run."""

    rows: tuple[RunRow, ...] = ()
    selected: str = ""
    log: Path | None = None
    page: PageSpec = NO_PAGE
    is_recording: bool = False
    has_history: bool = False
    is_whole: bool = True  # the charts show the whole run
    taught: Taught | None = None  # what the selected run taught the estimates

    @property
    def row(self) -> RunRow | None:
        """Return the selected run."""
        return next((row for row in self.rows if row.run.id == self.selected), None)


@dataclass(frozen=True, slots=True)
class StartWish:
    """What a person wants of a new run."""

    title: str
    pid: int | None = None
    devices: tuple[str, ...] = ()
    log_path: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A predicted range, in the unit of what is drawn."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class RunPicture:
    """The lines of the charts of one run."""

    run_id: str = ""
    picture: Picture = field(default_factory=lambda: Picture(0.0, 1.0))
    bands: Mapping[str, Band] = field(default_factory=dict)  # by quantity
