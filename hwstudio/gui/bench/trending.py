"""How a test's speed moved over time, with marks where driver, library or hardware changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hwstudio.core.bench.answer import scale, value_text
from hwstudio.core.bench.full_names import full_name
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.trend import Trend, TrendPoint, trends
from hwstudio.core.history.store import History
from hwstudio.gui.bench.plots import from_zero
from hwstudio.gui.bench.words import when_text
from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.kit.plot import LinePlot, Series
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.task import Task
from hwstudio.gui.kit.text import label

NO_TREND = "A trend needs two runs of one test with the same settings whose numbers can be trusted."
LEAST_PLOT_PX = 110
_DAY_S = 86_400.0
_MARK_WORDS = 44  # characters; the table has the whole


@dataclass(frozen=True, slots=True)
class _Row:
    """One point of the trend and its unit."""

    point: TrendPoint
    unit: str


TREND_COLUMNS = (
    Column("When (UTC)", lambda r: r.point.taken_at, lambda r: when_text(r.point.taken_at),
           width=155),
    Column("Median", lambda r: r.point.median, lambda r: value_text(r.point.median, r.unit),
           right=True, width=110),
    Column("Changed before it", lambda r: ", ".join(r.point.changes),
           lambda r: ", ".join(r.point.changes) or "–", tip=lambda r: ", ".join(r.point.changes),
           stretch=True),
)  # fmt: skip


class TrendModel(QObject):
    """Reads the history off the window's thread; ``found`` carries a tuple of Trend."""

    found = Signal(object)

    def __init__(self, history: History, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._task = Task(self)
        self._task.done.connect(self.found)
        self._task.failed.connect(self._on_failed)

    @Slot()
    def look(self) -> None:
        """Read again."""
        self._task.start(self._read)

    def _read(self) -> tuple[Trend, ...]:
        return trends(self._history.results(with_samples=False))

    @Slot(str)
    def _on_failed(self, _sentence: str) -> None:
        self.found.emit(())


class TrendPanel(QWidget):
    """A choice of test, the sentence, the chart, and the same as a table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trends: tuple[Trend, ...] = ()
        self._plots: dict[str, LinePlot] = {}
        self.choice = ChoiceField("Test and machine")
        self.sentence = label("", wrap=True)
        self.table = DataTable("Runs of this trend", TREND_COLUMNS)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        top = QHBoxLayout()
        top.addWidget(self.choice, 2)
        top.addWidget(self.sentence, 3)
        box.addLayout(top)
        self._row = QHBoxLayout()
        self._row.addWidget(self.table, 1)
        box.addLayout(self._row, 1)
        self.choice.chosen.connect(self._on_chosen)
        self.show_trends(())

    @Slot(object)
    def show_trends(self, found: object) -> None:
        """Show what was found, keeping the choice."""
        if not isinstance(found, tuple):
            return
        self._trends = found
        self.choice.set_options([(str(n), _title(each)) for n, each in enumerate(found)])
        self.choice.setVisible(bool(found))
        self._on_chosen(self.choice.value)

    @Slot(str)
    def _on_chosen(self, place: str) -> None:
        for plot in self._plots.values():
            plot.hide()
        if not place.isdigit() or int(place) >= len(self._trends):
            self.sentence.setText("")
            self.table.set_rows((), NO_TREND)
            return
        trend = self._trends[int(place)]
        self.sentence.setText(trend.sentence)
        self.table.set_rows(tuple(_Row(each, trend.unit) for each in reversed(trend.points)))
        self._draw(trend)

    def _draw(self, trend: Trend) -> None:
        factor, unit = scale(trend.unit, (each.median for each in trend.points))
        if trend.unit not in self._plots:
            made = LinePlot(f"Trend, {unit}", "Days", f"Median, {unit}")
            made.mark_position = 0.08  # at the foot, clear of the line
            made.setMinimumHeight(LEAST_PLOT_PX)
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            self._plots[trend.unit] = made
            self._row.insertWidget(0, made, 1)
        plot = self._plots[trend.unit]
        first = trend.points[0].taken_at
        days = [_days(first, each.taken_at) for each in trend.points]
        plot.set_axis_titles(f"Days since {first[:10]}", f"Median, {unit}")
        line = Series(
            name_text(trend.metric, trend.bench),
            days,
            [each.median / factor for each in trend.points],
            0,
            [each.low / factor for each in trend.points],
            [each.high / factor for each in trend.points],
            has_points=True,
        )
        plot.set_series([line])
        from_zero(plot, [line])
        plot.set_marks(
            [
                (day, _short(", ".join(each.changes)))
                for day, each in zip(days, trend.points, strict=True)
                if each.changes
            ]
        )
        plot.show()


def _title(trend: Trend) -> str:
    test = full_name(f"{trend.bench} {trend.metric}")
    return f"{test} ({len(trend.points)} runs, {trend.machine})"


def _short(words: str) -> str:
    return words if len(words) <= _MARK_WORDS else f"{words[: _MARK_WORDS - 1]}…"


def _days(first: str, taken_at: str) -> float:
    """Return the days between two ISO times, 0 where one cannot be read."""
    try:
        span = datetime.fromisoformat(taken_at) - datetime.fromisoformat(first)
    except (ValueError, TypeError):
        return 0.0
    return span.total_seconds() / _DAY_S
