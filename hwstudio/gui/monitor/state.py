"""What the Monitor tab shows: frozen values, made by the viewmodel, drawn by the view."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.limits.evidence import Verdict
from hwstudio.core.monitor.recorder_control import STOPPED, RecorderState
from hwstudio.core.probe.live import ProcessUse
from hwstudio.gui.monitor.pages import PageSpec

NO_PAGE = PageSpec("cpu", "Processor", (), ())
SPARK = 60  # samples in a tile's small line
LIVE_SPANS = (60, 300, 900, 3600)
LONG_SPANS = (6 * 3600, 86400, 7 * 86400, 30 * 86400)


@dataclass(frozen=True, slots=True)
class TileState:
    """One tile. ``values`` are drawn between 0 and ``top``; NaN is a gap."""

    id: str  # cpu | memory | disks | network | temperature | gpu | gpu.0 ...
    title: str
    value: str
    unit: str = ""
    note: str = ""
    values: array[float] = field(default_factory=lambda: array("d"))
    top: float = 1.0
    limit: float | None = None
    colour: int = 0
    tip: str = ""


@dataclass(frozen=True, slots=True)
class SensorRow:
    """One sensor in the table: texts for people, and the numbers for sorting and copying."""

    id: str
    name: str
    unit: str
    now: float | None
    low: float | None
    mean: float | None
    high: float | None
    texts: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Trace:
    """One line's data: Unix seconds and values in SI; NaN is a gap."""

    times_s: array[float]
    values: array[float]
    low: array[float] | None = None
    high: array[float] | None = None


@dataclass(frozen=True, slots=True)
class TimeRange:
    """What the charts show. ``to_s`` None = up to now, and moving with it."""

    span_s: float = 60.0
    to_s: float | None = None

    @property
    def is_live(self) -> bool:
        return self.to_s is None


@dataclass(frozen=True, slots=True)
class Picture:
    """The lines of the page over the shown range, by sensor."""

    from_s: float
    to_s: float
    traces: Mapping[str, Trace] = field(default_factory=dict)
    gaps: tuple[tuple[float, float, str], ...] = ()
    note: str = ""  # what is missing of the range, in words
    first_s: float | None = None  # the oldest reading that is kept; None = not asked


@dataclass(frozen=True, slots=True)
class MonitorState:
    """Everything on the screen but the lines of the charts."""

    verdict: Verdict
    sample: Sample | None = None
    tiles: tuple[TileState, ...] = ()
    selected: str = "cpu"
    page: PageSpec = NO_PAGE
    absent: str = ""  # why the page has nothing to show
    facts: str = ""
    cores: tuple[float, ...] = ()
    sensors: tuple[SensorRow, ...] = ()
    processes: tuple[ProcessUse, ...] = ()
    process_note: str = ""
    range: TimeRange = field(default_factory=TimeRange)
    is_paused: bool = False
    recorder: RecorderState = STOPPED
