"""The methods of classic machine learning as bars: how long one training takes, quickest first."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from hwstudio.core.bench.answer import value_text
from hwstudio.core.bench.suite.classic_ml import METHODS
from hwstudio.core.model.result import Metric, Result
from hwstudio.gui.kit.bars import Bar, BarChart


class MethodBars(QScrollArea):
    """One bar per method, of its quickest training; scrolls where the card is low."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.chart = BarChart("Time of one training by method")
        room = QWidget()  # between the bars and the scroll bar
        box = QVBoxLayout(room)
        box.setContentsMargins(0, 0, 12, 0)
        box.addWidget(self.chart)
        box.addStretch(1)
        self.setWidget(room)

    def show_result(self, result: Result) -> None:
        """Show a run."""
        self.chart.set_bars(method_bars(result))


def method_bars(result: Result) -> tuple[Bar, ...]:
    """Return one bar per method, the quickest first, with what one core needs beside it."""
    by_method: dict[str, list[Metric]] = {}
    for metric in result.metrics:
        by_method.setdefault(metric.name.partition(" ")[0], []).append(metric)
    best = {method: min(found, key=_median) for method, found in by_method.items()}
    top = max((metric.median for metric in best.values()), default=0.0)
    return tuple(
        Bar(
            METHODS.get(method, method),
            best[method].median,
            _text(by_method[method]),
            top,
            best[method].low,
            best[method].high,
        )
        for method in sorted(best, key=lambda name: best[name].median)
    )


def _text(found: list[Metric]) -> str:
    """Return "12 ms on 2 cores, 20 ms on 1"."""
    parts: list[str] = []
    for metric in sorted(found, key=_median):
        cores = metric.name.rpartition(" ")[2]
        noun = "" if parts else " core" if cores == "1" else " cores"
        parts.append(f"{value_text(metric.median, metric.unit)} on {cores}{noun}")
    return ", ".join(parts)


def _median(metric: Metric) -> float:
    return metric.median
