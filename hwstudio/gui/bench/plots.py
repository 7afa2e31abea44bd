"""The charts of the Benchmark tab: samples while it runs, speed by size when it is done."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from hwstudio.core.bench.answer import scale
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.model.result import Result
from hwstudio.gui.bench.method_bars import MethodBars
from hwstudio.gui.bench.size_plot import SizePlot, sizes
from hwstudio.gui.bench.state import LiveRun, LiveSeries
from hwstudio.gui.kit.plot import LinePlot, Series

_UNIT_OF = {
    "torch_matmul": "FLOP/s",
    "memory_bandwidth": "B/s",
    "storage": "B/s",
    "llm_decode": "tokens/s",
}
MOST_LINES = 4  # more cannot be told apart while they move
HEADROOM = 0.32  # per row of names, of the highest value: the legend stands above it
_NAMES_PX, _LETTER_PX, _MARK_PX = 640, 7, 44  # of a row of names, a letter, a line's mark
X_NAME = {
    "": "Matrix size n",
    "data_loading": "Loading processes",
    "cpu_cores": "Cores at work",
    "inference_latency": "Asked at once",
}
Y_NAME = {
    "FLOP/s": "Speed",
    "B/s": "Bandwidth",
    "1": "Share of the ideal",
    "samples/s": "Pictures",
    "tokens/s": "Tokens",
    "IOPS": "Requests",
    "s": "Time",
}


class BenchPlots(QStackedWidget):
    """Shows one chart at a time; each unit has axes of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._made: dict[tuple[str, str], LinePlot] = {}
        self._own: dict[str, SizePlot | MethodBars] = {}  # by benchmark
        self.setMinimumHeight(120)
        # A chart's own wish is 480 px: more than a small window has under the sentence.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._nothing = QWidget()
        self.addWidget(self._nothing)

    @property
    def has_chart(self) -> bool:
        """Say whether there is anything to see."""
        return self.currentWidget() is not self._nothing

    def get_ready(self) -> None:
        """Make the usual live chart before it is wanted: that takes longer than a frame."""
        self._plot("live", "FLOP/s", "GFLOP/s", is_live=True)

    def show_live(self, live: LiveRun) -> None:
        """Show the samples of the points measured last."""
        if not live.series:
            self.setCurrentWidget(self._nothing)
            return
        unit = live.series[0].unit
        last = [each for each in live.series if each.unit == unit][-MOST_LINES:]
        self._show_samples(last, live.bench, is_live=True)

    def show_result(self, result: Result) -> None:
        """Show speed by size; a run without sizes shows its samples."""
        if sizes(result) or (result.bench == "classic_ml" and result.metrics):
            self._show_own(result)
            return
        lines = _by_size(result)
        if lines:
            unit = result.metrics[0].unit
            shown = _scale(result)[1]
            plot = self._plot(X_NAME.get(result.bench, X_NAME[""]), unit, shown, is_live=False)
            plot.legend_columns = names_beside(lines)
            plot.set_series(lines)
            from_zero(plot, lines)
            self.setCurrentWidget(plot)
            return
        samples = _samples(result)
        if any(len(each.values) > 1 for each in samples):  # a single point is no chart
            self._show_samples(samples[:MOST_LINES], result.bench, is_live=False)
        else:
            self.setCurrentWidget(self._nothing)

    def _show_own(self, result: Result) -> None:
        if result.bench not in self._own:
            made = MethodBars() if result.bench == "classic_ml" else SizePlot(result.bench)
            self._own[result.bench] = made
            self.addWidget(made)
        self._own[result.bench].show_result(result)
        self.setCurrentWidget(self._own[result.bench])

    def _show_samples(self, found: list[LiveSeries], bench: str, *, is_live: bool) -> None:
        unit = found[0].unit
        factor, shown = scale(unit, (value for each in found for value in each.values))
        plot = self._plot("live" if is_live else "sample", unit, shown, is_live=is_live)
        lines = [
            Series(
                name_text(each.name, bench),
                range(1, len(each.values) + 1),
                [value / factor for value in each.values],
                number,
                has_points=len(each.values) < 40 and not is_live,
            )
            for number, each in enumerate(found)
        ]
        plot.legend_columns = names_beside(lines)
        plot.set_series(lines)
        from_zero(plot, lines)
        self.setCurrentWidget(plot)

    def _plot(self, kind: str, unit: str, shown: str, *, is_live: bool) -> LinePlot:
        key = (kind, shown)
        if key not in self._made:
            x_title = kind if kind in X_NAME.values() else "Sample"
            words = (Y_NAME.get(unit, "Value"), shown)
            y_title = ", ".join(filter(None, words))
            name = f"{y_title} by {x_title.lower()}"
            self._made[key] = LinePlot(name, x_title, y_title, is_live=is_live)
            self.addWidget(self._made[key])
        return self._made[key]


def from_zero(plot: LinePlot, lines: list[Series]) -> None:
    """Begin the axis at zero, so that a difference looks as large as it is."""
    tops = [max(line.high if line.high is not None else line.y, default=0.0) for line in lines]
    top = max((*tops, *(max(line.y, default=0.0) for line in lines)), default=0.0)
    if top > 0:
        room = HEADROOM * names_rows(lines) if len(lines) > 1 else 0.1
        plot.set_range(y=(0.0, top * (1 + room)))


def names_beside(lines: list[Series]) -> int:
    """Return how many names of lines stand in one row of the legend."""
    longest = max((len(line.name) for line in lines), default=0) * _LETTER_PX + _MARK_PX
    return max(1, min(len(lines), _NAMES_PX // longest))


def names_rows(lines: list[Series]) -> int:
    """Return how many rows the legend has."""
    return math.ceil(len(lines) / names_beside(lines))


def _scale(result: Result) -> tuple[float, str]:
    """Return the scale of the points of the first unit."""
    unit = result.metrics[0].unit if result.metrics else ""
    return scale(unit, (each.median for each in result.metrics if each.unit == unit))


def _by_size(result: Result) -> list[Series]:
    """Return one line per precision, from points named like "fp32 2048"."""
    lines: dict[str, list[tuple[int, float, float, float]]] = {}
    unit = result.metrics[0].unit if result.metrics else ""
    factor = _scale(result)[0]
    for metric in result.metrics:
        if metric.unit != unit:
            continue  # one axis, one unit
        precision, _, size = metric.name.partition(" ")
        if size.isdigit():
            lines.setdefault(precision, []).append(
                (int(size), metric.median / factor, metric.low / factor, metric.high / factor)
            )
    found = []
    for number, (precision, points) in enumerate(lines.items()):
        sizes, middle, low, high = zip(*sorted(points), strict=True)
        found.append(Series(precision, sizes, middle, number, low, high, has_points=True))
    return found if any(len(line.x) > 1 for line in found) else []


def _samples(result: Result) -> list[LiveSeries]:
    """Return the samples of the points of the first unit, each with its unit."""
    units = {
        name: str(about.get("unit", ""))
        for name, about in result.conditions.get("series", {}).items()
    }
    units |= {metric.name: metric.unit for metric in result.metrics}
    usual = _UNIT_OF.get(result.bench, "")  # a run that died told no units
    known = [
        LiveSeries(name, units.get(name, usual), tuple(values))
        for name, values in result.samples.items()
        if values and (name in units or not units)
    ]
    return [each for each in known if each.unit == known[0].unit]
