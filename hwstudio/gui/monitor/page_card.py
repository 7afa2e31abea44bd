"""The selected page: charts on one time axis, or a table of every sensor."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from hwstudio.gui.kit.card import Card, EmptyState
from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.kit.ground import Ground
from hwstudio.gui.kit.steady_label import SteadyLabel
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.trace_axis import span_words
from hwstudio.gui.monitor.own_page_desk import OWN
from hwstudio.gui.monitor.plots import CoreBars, PageCharts
from hwstudio.gui.monitor.state import LIVE_SPANS, LONG_SPANS, MonitorState, Picture, TimeRange
from hwstudio.gui.monitor.verdict_card import say

if TYPE_CHECKING:
    from hwstudio.gui.monitor.sensor_table import SensorTable

_SPAN_WORDS = {
    60: "1 minute", 300: "5 minutes", 900: "15 minutes", 3600: "1 hour", 6 * 3600: "6 hours",
    86400: "1 day", 7 * 86400: "7 days", 30 * 86400: "30 days",
}  # fmt: skip
_OTHER = "other"
_CHARTS, _TABLE, _ABSENT = 0, 1, 2
_NEW_PAGE, _EDIT_PAGE = "new", "edit"
_SHORT_S = 300.0  # a live chart this short fills by itself: no word on what is missing before


class PageCard(Card):
    """``range_wanted`` carries a TimeRange, ``page_wanted`` a page's id."""

    range_wanted = Signal(object)
    page_wanted = Signal(str)
    new_page_wanted = Signal()
    edit_wanted = Signal(str)  # a page's id
    sensors_wanted = Signal(bool)
    sensor_chosen = Signal(str)
    restart_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Processor", parent)
        self.page = ChoiceField("Page", [("cpu", "Processor")], "cpu")
        self.page.setToolTip("Which device, or which page of your own, is shown")
        self.sensors_button = QPushButton("All sensors")
        self.sensors_button.setCheckable(True)
        self.sensors_button.setToolTip("Show every sensor with its lowest, mean and highest value")
        self.live = QPushButton("Back to now")
        self.live.hide()
        spans = [(str(s), _SPAN_WORDS[s]) for s in LIVE_SPANS + LONG_SPANS]
        self.span = ChoiceField("Time shown", spans, "60")
        self.span.setToolTip("Time shown. In a chart: wheel = longer or shorter, drag = move")
        for widget in (self.live, self.sensors_button, self.page, self.span):
            self.head.addWidget(widget)
        self.facts = SteadyLabel("", "small", wrap=False)
        self.note = label("", "small")
        self.note.hide()
        self.bars = CoreBars()
        self.charts = PageCharts()
        self._sensors: SensorTable | None = None
        self._table = QWidget()
        QVBoxLayout(self._table).setContentsMargins(0, 0, 0, 0)
        self._absent = EmptyState("info", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._charts_page())
        self._stack.addWidget(self._table)
        self._stack.addWidget(self._absent)
        self.body.addWidget(self._stack, 1)
        self._connect()

    @property
    def sensors(self) -> SensorTable:
        """Return the table of every sensor; made when it is first wanted (1 MB, 4 ms)."""
        if self._sensors is None:
            from hwstudio.gui.monitor.sensor_table import SensorTable

            self._sensors = SensorTable()
            self._sensors.chosen.connect(self.sensor_chosen)
            self._sensors.restart_wanted.connect(self.restart_wanted)
            layout = self._table.layout()
            assert layout is not None  # noqa: S101 - narrows the type for the checker
            layout.addWidget(self._sensors)
        return self._sensors

    def _charts_page(self) -> QWidget:
        made = Ground()
        box = QVBoxLayout(made)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.facts)
        box.addWidget(self.note)
        box.addWidget(self.bars)
        box.addWidget(self.charts, 1)
        return made

    def _connect(self) -> None:
        self.span.chosen.connect(self._on_span)
        self.page.chosen.connect(self._on_page)
        self.live.clicked.connect(self._on_live)
        self.charts.range_wanted.connect(self._on_range)
        self.sensors_button.toggled.connect(self._on_sensors)

    # --- showing -----------------------------------------------------------------------------

    def show_state(self, state: MonitorState, pages: Sequence[tuple[str, str]]) -> None:
        """Show everything but the lines."""
        self._range = state.range
        frame = (
            state.page.title, tuple(pages), state.selected, state.range, state.absent,
            self._is_table, bool(state.facts), bool(state.cores),
        )  # fmt: skip
        # What stands around the charts hardly ever changes: asking each widget costs more.
        if frame != self._frame or self.page.value != state.selected:
            self._frame = frame
            self._show_frame(state, pages)
        if state.absent:
            return
        if self._is_table:
            self.sensors.set_rows(state.sensors)
            return
        self.facts.setText(state.facts)
        self.bars.show_shares(state.cores)
        if state.sample is not None and state.range.is_live:
            self.charts.append(state.sample.taken_s, state.sample.values)

    def _show_frame(self, state: MonitorState, pages: Sequence[tuple[str, str]]) -> None:
        say(self.title, state.page.title)
        more = [(_NEW_PAGE, "New page …")]
        if state.selected.startswith(OWN):
            more.append((_EDIT_PAGE, "Edit this page …"))
        self._selected = state.selected
        self.page.set_options([*pages, *more], state.selected)
        self.live.setVisible(not state.range.is_live)
        self._show_span(state.range.span_s)
        if state.absent:
            self._absent.show_text(state.absent)
            self._stack.setCurrentIndex(_ABSENT)
            return
        self._stack.setCurrentIndex(_TABLE if self._is_table else _CHARTS)
        self.facts.setVisible(bool(state.facts))
        self.bars.setVisible(bool(state.cores))

    _selected = ""
    _range = TimeRange()
    _is_table = False
    _frame: tuple[object, ...] = ()

    def show_picture(self, state: MonitorState, picture: Picture) -> bool:
        """Draw every line anew; say whether the charts are other ones."""
        before = self.charts.charts
        self.charts.show_page(state.page, picture, is_live=state.range.is_live)
        is_told = bool(picture.note) and (not state.range.is_live or state.range.span_s > _SHORT_S)
        say(self.note, picture.note)
        self.note.setVisible(is_told)
        return self.charts.charts is not before

    def _show_span(self, span_s: float) -> None:
        known = {str(s) for s in _SPAN_WORDS}
        name = f"{span_s:.0f}"
        if name in known:
            if self.span.findData(_OTHER) >= 0:
                self.span.removeItem(self.span.findData(_OTHER))
            self.span.set_value(name)
            return
        if self.span.findData(_OTHER) < 0:
            self.span.insertItem(0, "", _OTHER)
        self.span.setItemText(self.span.findData(_OTHER), span_words(span_s))
        self.span.set_value(_OTHER)

    # --- wishes ------------------------------------------------------------------------------

    @Slot(str)
    def _on_span(self, seconds: str) -> None:
        if seconds != _OTHER:
            self.range_wanted.emit(TimeRange(float(seconds)))

    @Slot(str)
    def _on_page(self, page_id: str) -> None:
        if page_id == _NEW_PAGE:
            self.new_page_wanted.emit()
        elif page_id == _EDIT_PAGE:
            self.edit_wanted.emit(self._selected)
        else:
            self.page_wanted.emit(page_id)

    @Slot()
    def _on_live(self) -> None:
        self.range_wanted.emit(TimeRange(self._range.span_s))

    @Slot(float, float, bool)
    def _on_range(self, from_s: float, to_s: float, is_live: bool) -> None:
        self.range_wanted.emit(TimeRange(to_s - from_s, None if is_live else to_s))

    @Slot(bool)
    def _on_sensors(self, is_wanted: bool) -> None:
        self._is_table = is_wanted
        self.sensors_button.setText("Charts" if is_wanted else "All sensors")
        self.sensors_wanted.emit(is_wanted)
        if self._stack.currentIndex() != _ABSENT:
            self._stack.setCurrentIndex(_TABLE if is_wanted else _CHARTS)


def in_order(*widgets: QWidget) -> None:
    """Let the Tab key go through widgets as they stand, whenever each was made."""
    for first, second in pairwise(widgets):
        QWidget.setTabOrder(first, second)
