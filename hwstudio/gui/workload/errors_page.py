"""How far off estimates were: the error of every kind of work, and its points one by one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.units import gib, significant
from hwstudio.core.predict.fitted.points import CheckPoint, CheckPoints
from hwstudio.core.predict.fitted.software_words import publisher_words
from hwstudio.gui.kit.scatter import Dot, ScatterPlot
from hwstudio.gui.kit.steady_label import SteadyLabel
from hwstudio.gui.workload.giving_table import GivingTable
from hwstudio.gui.workload.state import ErrorRow
from hwstudio.gui.workload.tables import CASE_WORDS, ERROR_COLUMNS, ERRORS_GIVE_WAY, told_errors

WORDS = (
    "Before the estimates were shipped, they were tested on published measurements they had never "
    "seen. This is how far off they were; the ranges shown come from here."
)
NONE_SHOWN = "The measurements behind this row carry no licence to be shown one by one."
PEAK = "peak "
_PLOT_WIDTH = 260


class ErrorsPage(QWidget):
    """A table and, beside it, predicted against measured for the row chosen."""

    def __init__(self, load: Callable[[], CheckPoints], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._load = load
        self._points: CheckPoints | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.note = SteadyLabel(WORDS, "small")
        self.note.setToolTip(WORDS)
        outer.addWidget(self.note)
        row = QHBoxLayout()
        row.setSpacing(16)
        self.table = GivingTable("How far off estimates were", ERROR_COLUMNS, ERRORS_GIVE_WAY)
        row.addWidget(self.table, 1)
        self.plot = ScatterPlot("Predicted against measured", "Measured", "Predicted")
        self.plot.setFixedWidth(_PLOT_WIDTH)
        self.plot.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        row.addWidget(self.plot)
        outer.addLayout(row, 1)
        self.table.row_selected.connect(self._on_row)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.table.shown_rows() and not self.table.selected_rows():
            self.table.selectRow(0)

    def set_rows(self, rows: tuple[ErrorRow, ...]) -> None:
        """Show the errors; they stay the same for a fit."""
        told = told_errors(rows)
        if told != self.table.shown_rows():
            self.table.set_rows(told, "No tests are known.")

    @Slot(object)
    def _on_row(self, row: object) -> None:
        if not isinstance(row, ErrorRow):
            return
        try:
            if self._points is None:
                self._points = self._load()  # 100 KB: a few milliseconds
        except HwstudioError as error:
            self.plot.set_dots(())
            self.note.setText(error.sentence)
            return
        found = self._points.of(row.kind, row.case, is_many=row.devices != "one")
        unit = unit_of(found)
        self.plot.set_dots([dot_of(point) for point in found])
        inside = sum(point.is_inside for point in found)
        self.note.setText(
            f"{row.kind.capitalize()}, {CASE_WORDS[row.case]} never seen, {unit}: {inside} of "
            f"{len(found)} lie inside the range that was told (blue); dashed: both are equal."
            if found
            else NONE_SHOWN
        )


def unit_of(points: tuple[CheckPoint, ...]) -> str:
    """Return the unit of all points, or that they have several."""
    units = {"GiB" if point.unit.startswith(PEAK) else point.unit for point in points}
    return units.pop() if len(units) == 1 else "each in its own unit"


def dot_of(point: CheckPoint) -> Dot:
    """Return a point as it is drawn; memory in GiB."""
    is_memory = point.unit.startswith(PEAK)
    scale = 2.0**-30 if is_memory else 1.0
    texts = [
        gib(round(value)) if is_memory else f"{significant(value, 3)} {point.unit}"
        for value in (point.measured, point.predicted)
    ]
    return Dot(
        point.measured * scale,
        point.predicted * scale,
        "accent" if point.is_inside else "warn",
        f"{point.model} on {point.device} ({publisher_words(point.source)})\nmeasured {texts[0]}\n"
        f"predicted {texts[1]}",
    )
