"""What the Monitor tab shows: frozen values, made by the viewmodel, drawn by the view."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from hwstudio.core.monitor.verdict import Verdict
from hwstudio.core.probe.live import ProcessUse

SPARK = 60  # samples in a tile's small line


@dataclass(frozen=True, slots=True)
class TileState:
    """One tile. ``values`` are drawn between 0 and ``top``; None is a gap."""

    id: str  # cpu | memory | disks | network | temperature | gpu | gpu.0 ...
    title: str
    value: str
    unit: str = ""
    note: str = ""
    values: tuple[float | None, ...] = ()
    top: float = 1.0
    limit: float | None = None
    colour: int = 0
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: raw values as sampled, shown times ``scale``. NaN is a gap."""

    name: str
    values: array[float]
    scale: float = 1.0
    colour: int = 0


@dataclass(frozen=True, slots=True)
class ChartState:
    """One chart of a device, from 0 to ``top`` in the unit its title says."""

    title: str
    lines: tuple[Line, ...]
    top: float


@dataclass(frozen=True, slots=True)
class Detail:
    """The selected device: charts on one time axis, facts in words, or why there is nothing."""

    id: str
    title: str
    charts: tuple[ChartState, ...] = ()
    times_s: array[float] = field(default_factory=lambda: array("d"))  # 0 = now
    facts: str = ""
    cores: tuple[float, ...] = ()
    absent: str = ""


@dataclass(frozen=True, slots=True)
class MonitorState:
    """Everything on the screen."""

    verdict: Verdict
    tiles: tuple[TileState, ...] = ()
    selected: str = "cpu"
    detail: Detail = field(default_factory=lambda: Detail("cpu", "Processor"))
    processes: tuple[ProcessUse, ...] = ()
    process_note: str = ""
    span_s: int = 60
    is_paused: bool = False
