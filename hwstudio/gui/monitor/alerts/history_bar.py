"""Above the events: search, stretch of time, how many there are, and a copy of them."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.kit.icon import set_icon
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.theme_access import current_theme, tokens
from hwstudio.gui.monitor.alerts.state import DAY_S, SPANS
from hwstudio.gui.monitor.alerts.tables import EventsTable
from hwstudio.gui.monitor.verdict_card import say


class HistoryBar(QWidget):
    """``span_changed`` carries seconds, 0 for all."""

    text_changed = Signal(str)
    span_changed = Signal(float)

    def __init__(self, table: EventsTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = label("", "small")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search what happened")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(180)
        options = [(f"{span_s:.0f}", words) for span_s, words in SPANS]
        self.span = ChoiceField("Time shown", options, f"{7 * DAY_S:.0f}")
        self.copy = QPushButton("Copy as CSV")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        for widget in (self.note, self.search, self.span, self.copy):
            row.addWidget(widget)
        self.search.textChanged.connect(self.text_changed)
        self.span.chosen.connect(self._on_span)
        self.copy.clicked.connect(table.copy_csv)
        theme = current_theme()
        if theme is not None:
            theme.changed.connect(self._recolour)
        self._recolour()

    def show_note(self, text: str) -> None:
        """Show how many events there are."""
        say(self.note, text)

    @Slot(str)
    def _on_span(self, seconds: str) -> None:
        self.span_changed.emit(float(seconds))

    @Slot()
    def _recolour(self) -> None:
        set_icon(self.copy, "copy", tokens().muted)
