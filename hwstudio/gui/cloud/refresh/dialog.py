"""Refresh prices: who is asked, and what that changed. The window stays usable meanwhile."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from hwstudio.gui.cloud.refresh.sources import SourceList
from hwstudio.gui.cloud.refresh.state import RefreshState
from hwstudio.gui.cloud.refresh.tables import ADDED, CHANGED, FAILED, REJECTED
from hwstudio.gui.cloud.refresh.viewmodel import RefreshViewModel
from hwstudio.gui.cloud.refresh.words import rest_words, summary_words
from hwstudio.gui.cloud.viewmodel import CloudViewModel
from hwstudio.gui.kit.card import Card, EmptyState, Notice, Sentence
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label
from hwstudio.gui.shell.context import Context

FILES = "Prices (*.csv *.zip *.json);;All files (*)"
_OFF = "hwstudio may not use the network. A file can be taken all the same."
_NOBODY = "Switch a source on, or take a file."
_WHY = (
    "The prices came with hwstudio, each with its date. Here you take newer ones. Every row is "
    "judged first; what cannot be a price is listed and left out, and what you have stays when "
    "a source fails."
)


class RefreshDialog(QDialog):
    """Sources on the left, the outcome on the right."""

    def __init__(self, context: Context, cloud: CloudViewModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Refresh prices")
        self.resize(1040, 620)
        self._context = context
        self.model = RefreshViewModel(context.studio, cloud, self)
        self._build()
        self._connect()
        self._on_changed(self.model.state)

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(label("Refresh prices", "title"))
        self.age = label("", "muted", wrap=True)
        box.addWidget(self.age)
        self.notice = Notice()
        box.addWidget(self.notice)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._left())
        row.addWidget(self._right(), 1)
        box.addLayout(row, 1)

    def _left(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(320)
        box = QVBoxLayout(side)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.sources = SourceList()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(self.sources)
        box.addWidget(area, 1)
        self.start = QPushButton("Refresh now")
        self.start.setProperty("primary", True)
        self.file = QPushButton("From a file…")
        self.stop = QPushButton("Stop")
        buttons = QHBoxLayout()
        for button in (self.start, self.file, self.stop):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(4)
        self.reading = label("", "small", wrap=True)
        box.addLayout(buttons)
        box.addWidget(self.progress)
        box.addWidget(self.reading)
        return side

    def _right(self) -> QWidget:
        card = Card()
        self.empty = EmptyState("refresh", _WHY)
        self.sentence = Sentence()
        self.verdict = label("", "lead", wrap=True)
        self.rest = label("", "muted", wrap=True)
        self.lists = QTabWidget()
        self.lists.setDocumentMode(True)
        self.lists.tabBar().setObjectName("tabs")
        self.lists.tabBar().setDrawBase(False)
        self.changed_prices = DataTable("Changed prices", CHANGED)
        self.new_offers = DataTable("New offers", ADDED)
        self.rejected_rows = DataTable("Rejected rows", REJECTED)
        self.failed_sources = DataTable("Sources that gave nothing", FAILED)
        for table, title in self._tables():
            self.lists.addTab(table, title)
        for widget in (self.empty, self.sentence, self.verdict, self.rest):
            card.body.addWidget(widget)
        card.body.addWidget(self.lists, 1)
        return card

    def _tables(self) -> tuple[tuple[DataTable, str], ...]:
        return (
            (self.changed_prices, "Changed"),
            (self.new_offers, "New"),
            (self.rejected_rows, "Not believed"),
            (self.failed_sources, "No answer"),
        )

    def _connect(self) -> None:
        model = self.model
        model.changed.connect(self._on_changed)
        model.refreshed.connect(self._context.shared.prices_changed)
        self.sources.switched.connect(model.switch)
        self.sources.moved.connect(model.set_address)
        self.start.clicked.connect(model.refresh)
        self.stop.clicked.connect(model.stop)
        self.file.clicked.connect(self._on_file)
        self.notice.acted.connect(self._on_settings)

    def showEvent(self, event: QShowEvent) -> None:
        """Take over what was changed elsewhere."""
        super().showEvent(event)
        self.model.look_again()

    @Slot(object)
    def _on_changed(self, state: RefreshState) -> None:
        self.age.setText(f"Prices in use: {state.age}.")
        self.sources.show_chosen(state.chosen)
        self._show_notice(state)
        self.start.setEnabled(not state.is_busy and state.is_allowed and bool(state.chosen.on))
        self.start.setToolTip("" if state.chosen.on else _NOBODY)
        self.file.setEnabled(not state.is_busy)
        for widget in (self.stop, self.progress, self.reading):
            widget.setVisible(state.is_busy)
        what = state.reading or "starting"
        self.reading.setText(f"Reading {what} …" if state.reading else "Starting …")
        self.progress.setAccessibleName(f"Refreshing: {what}")
        self._show_outcome(state)

    def _show_notice(self, state: RefreshState) -> None:
        if state.problem:
            self.notice.say("warn", state.problem)
        elif not state.is_allowed:
            self.notice.say("info", _OFF, "Settings")
        else:
            self.notice.clear()

    def _show_outcome(self, state: RefreshState) -> None:
        document = state.document
        self.empty.setVisible(not document)
        for widget in (self.sentence, self.rest, self.lists):
            widget.setVisible(bool(document))
        self.verdict.setVisible(bool(document and state.verdict))
        self.verdict.setText(state.verdict)
        if not document:
            return
        self.sentence.setText(summary_words(document))
        self.rest.setText(rest_words(document))
        lists = ("changes", "new_offers", "rejected", "failed")
        empty = ("No price changed.", "No offer is new.", "Every row was sound.", "All answered.")
        for number, (name, words) in enumerate(zip(lists, empty, strict=True)):
            table, title = self._tables()[number]
            table.set_rows(tuple(document[name]), words)
            self.lists.setTabText(number, f"{title} ({len(document[name]):,})")

    @Slot()
    def _on_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Take prices from a file", "", FILES)
        if name:
            self.model.refresh_file(Path(name))

    @Slot()
    def _on_settings(self) -> None:
        self._context.open_settings()
        self.model.look_again()
