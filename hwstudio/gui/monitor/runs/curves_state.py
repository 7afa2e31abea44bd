"""What the card of training curves shows and what a person wishes to see of them."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path

from hwstudio.core.monitor.curves.series import Axis

ALL = "all"
CURVE = "curve:"  # begins the key of a chart of one curve's name
MOST_LINES = 8  # of one chart: more cannot be told apart
DEFAULT_SMOOTHING = 0.6


@dataclass(frozen=True, slots=True)
class CurvesWish:
    """What is to be drawn. ``window`` is a stretch of the axis, None = all of it."""

    axis: Axis = Axis.STEP
    smoothing: float = DEFAULT_SMOOTHING
    shown: str = ALL
    hidden: frozenset[str] = frozenset()  # runs
    window: tuple[float, float] | None = None
    pixels: int = 600
    total_steps: float | None = None  # as a person said; None = as the log says


@dataclass(frozen=True, slots=True)
class CurveLine:
    """One line of a chart; NaN in ``ys`` is a gap. A faint one stands behind, without a name."""

    name: str
    colour: int
    xs: array[float]
    ys: array[float]
    is_faint: bool = False
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class CurveMark:
    """Something to show at ``x``; kind is muted, warn or error."""

    x: float
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class Group:
    """One chart."""

    key: str
    title: str
    lines: tuple[CurveLine, ...]
    marks: tuple[CurveMark, ...] = ()
    left_out: int = 0  # curves that found no place


@dataclass(frozen=True, slots=True)
class LogRun:
    """One run of the log."""

    name: str
    kind: str
    points: int
    colour: int


@dataclass(frozen=True, slots=True)
class CurveRow:
    """One curve in the table."""

    run: str
    name: str
    role: str
    points: int
    step: float
    first: float
    last: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence about a curve; kind is muted, warn or error."""

    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CurvesPicture:
    """Everything the card shows of one log at one moment."""

    path: Path
    wish: CurvesWish = field(default_factory=CurvesWish)
    runs: tuple[LogRun, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    groups: tuple[Group, ...] = ()
    rows: tuple[CurveRow, ...] = ()
    span: tuple[float, float] = (0.0, 1.0)
    said: tuple[Said, ...] = ()
    left: str = ""  # how long the rest takes
    pace: str = ""
    wants_total: bool = False  # the log does not say how many steps there will be
    notices: tuple[str, ...] = ()
    has_times: bool = False
    is_behind: bool = False
