"""How sure the order is: every build's range in the draws, and how often it is the best."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from hwstudio.core.plan.words import band_words, outcome_value
from hwstudio.gui.configure.whatif.copying import CopiedChart
from hwstudio.gui.configure.whatif.state import Weighing
from hwstudio.gui.kit.bars import Bar, BarChart

_BEST_BY = {
    "cost": "cheapest", "cost_per_job": "cheapest", "hours_per_job": "fastest",
    "work_per_kwh": "most efficient", "roi": "best", "payback_months": "soonest",
}  # fmt: skip


class ChancesChart(CopiedChart):
    """A bar of each build: its middle, its 9-out-of-10 range as a whisker, its share of wins."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Range of every build", parent)
        self.bars = BarChart("Range of every build")
        self._rows: list[list[object]] = []
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.addWidget(self.bars)
        inner.addStretch(1)
        area.setWidget(holder)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(area)

    def show_chances(self, weighing: Weighing, outcome: str) -> None:
        """Draw the ranges of an outcome."""
        found, terms = weighing.chances, weighing.terms
        bands = [found.band(n, outcome) for n in range(len(weighing.candidates))]
        ends = [band.high for band in bands if band is not None]
        top = max([end for end in ends if end != float("inf")] or [1.0])
        shares = found.wins(outcome)
        bars, self._rows = [], []
        for number, (one, band) in enumerate(zip(weighing.candidates, bands, strict=True)):
            if band is None:
                bars.append(Bar(one.name, None, "not known", top))
                continue
            best = f"{_BEST_BY.get(outcome, 'best')} in {shares[number] * 100:.0f} %"
            middle = outcome_value(outcome, band.typical, terms)
            text = f"{middle} ({band_words(outcome, band, terms)}), {best}"
            tip = f"9 of 10 of {found.draws:,} draws lie between the ends of the line"
            low, high = max(0.0, min(band.low, top)), max(0.0, min(band.high, top))
            value = max(0.0, min(band.typical, top))
            bars.append(Bar(one.name, value, text, top, low, high, number, tip))
            self._rows.append([one.name, band.low, band.typical, band.high, shares[number]])
        self.bars.set_bars(tuple(bars))
        self.setAccessibleDescription(self.bars.accessibleDescription())

    def copied_rows(self) -> list[list[object]]:
        """Return low, middle and high of every build and its share of wins."""
        return [["build", "5 %", "50 %", "95 %", "share of draws it is the best in"], *self._rows]
