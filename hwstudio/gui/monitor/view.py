"""The Monitor tab: verdict, tiles, the selected device's charts, processes."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.monitor.sampler import Sampler
from hwstudio.core.monitor.snapshot import document
from hwstudio.gui.kit.card import ICON_OF, Card, EmptyState, Sentence
from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.kit.icon import IconLabel, set_icon
from hwstudio.gui.kit.screen import Screen
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.monitor.plots import CoreBars, PlotStack
from hwstudio.gui.monitor.state import Detail
from hwstudio.gui.monitor.tables import ProcessTable
from hwstudio.gui.monitor.tile import Tile
from hwstudio.gui.monitor.viewmodel import SPANS, MonitorViewModel
from hwstudio.gui.shell.context import Context

_TILES_PER_ROW = 8
_SPAN_WORDS = {60: "1 minute", 300: "5 minutes", 900: "15 minutes", 3600: "1 hour"}


class MonitorView(Screen):
    """Live readings."""

    def __init__(self, context: Context, sampler: Sampler | None = None) -> None:
        super().__init__(
            "Monitor", "What this computer is doing now and what holds it back.", has_controls=False
        )
        self._context = context
        self._tiles: dict[str, Tile] = {}
        self.model = MonitorViewModel(sampler or Sampler(), self)
        self._build()
        self._connect()

    # --- layout ------------------------------------------------------------------------------

    def _build(self) -> None:
        self.pause = self.set_primary("Pause")
        self.copy = self.add_more("Copy readings as JSON")
        self.how = self.add_more("How the verdict is made")
        self.answer.addWidget(self._verdict_card())
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        self.answer.addLayout(self._grid)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._detail_card())
        split.addWidget(self._process_card())
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([720, 480])
        self.answer.addWidget(split, 1)
        self._show_pause(is_paused=False)

    def _verdict_card(self) -> QWidget:
        card = Card()
        row = QHBoxLayout()
        row.setSpacing(12)
        self._icon = IconLabel("info", tokens().muted, 20)
        self._kind = ""
        self.sentence = Sentence("Reading the first values.")
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.sentence, 1)
        card.body.addLayout(row)
        return card

    def _detail_card(self) -> QWidget:
        card = Card("Processor")
        self._detail = card
        self.span = ChoiceField("Time shown", [(str(s), _SPAN_WORDS[s]) for s in SPANS], "60")
        card.head.addWidget(self.span)
        self._facts = label("", "small")
        self._facts.setMinimumWidth(0)
        self.bars = CoreBars()
        self.plots = PlotStack()
        self._absent = EmptyState("info", "")
        charts = QWidget()
        box = QVBoxLayout(charts)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._facts)
        box.addWidget(self.bars)
        box.addWidget(self.plots, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(charts)
        self._stack.addWidget(self._absent)
        card.body.addWidget(self._stack, 1)
        return card

    def _process_card(self) -> QWidget:
        card = Card("Processes")
        self._note = label("", "small")
        card.head.addWidget(self._note)
        self.processes = ProcessTable()
        card.body.addWidget(self.processes, 1)
        return card

    # --- wiring ------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._on_tile)
        self.pause.clicked.connect(self._on_pause)
        self.copy.triggered.connect(self._on_copy)
        self.how.triggered.connect(self._on_how)
        self.span.chosen.connect(self._on_span)
        self.notice.acted.connect(self.notice.clear)
        self.model.changed.connect(self._on_changed)
        self._context.theme.changed.connect(self._on_theme_changed)

    @Slot()
    def _on_pause(self) -> None:
        self.model.toggle_pause()
        self._show_pause(is_paused=self.model.sampler.is_paused)

    @Slot(object)
    def _on_tile(self, tile: QAbstractButton) -> None:
        if isinstance(tile, Tile):
            self.model.select(tile.state.id)

    @Slot(str)
    def _on_span(self, seconds: str) -> None:
        self.model.set_span(int(seconds))

    @Slot()
    def _on_copy(self) -> None:
        latest = self.model.sampler.latest
        if latest is not None:
            QGuiApplication.clipboard().setText(json.dumps(document(latest), indent=2))
            self._context.status("Readings copied")

    @Slot()
    def _on_how(self) -> None:
        self.notice.say("info", self.model.state.verdict.evidence, "Close")

    @Slot()
    def _on_theme_changed(self) -> None:
        self._kind = ""
        self._show_pause(is_paused=self.model.sampler.is_paused)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        state = self.model.state
        self._show_verdict()
        self._show_tiles()
        self._show_detail(state.detail, state.span_s)
        has_gpu = any(tile.id.startswith("gpu.") for tile in state.tiles)
        self.processes.set_rows(state.processes, has_gpu=has_gpu)
        _say(self._note, state.process_note)

    # --- showing -----------------------------------------------------------------------------

    def _show_pause(self, *, is_paused: bool) -> None:
        self.pause.setText("Resume" if is_paused else "Pause")
        set_icon(self.pause, "play" if is_paused else "pause", tokens().on_accent)

    def _show_verdict(self) -> None:
        verdict = self.model.state.verdict
        if verdict.kind != self._kind:
            self._kind = verdict.kind
            self._icon.show_icon(ICON_OF[verdict.kind], tokens().status(verdict.kind))
        paused = "Paused. " if self.model.state.is_paused else ""
        _say(self.sentence, paused + verdict.sentence)
        self.sentence.setToolTip(verdict.evidence)

    def _show_tiles(self) -> None:
        state = self.model.state
        if tuple(self._tiles) != tuple(tile.id for tile in state.tiles):
            self._rebuild_tiles()
        for shown in state.tiles:
            self._tiles[shown.id].show_state(shown)
        if state.selected in self._tiles:  # before the first reading there are no tiles
            self._tiles[state.selected].setChecked(True)

    def _rebuild_tiles(self) -> None:
        """Lay the tiles out again (first time, or when a GPU comes or goes)."""
        for tile in self._tiles.values():
            self._group.removeButton(tile)
            self._grid.removeWidget(tile)
            tile.deleteLater()
        self._tiles = {}
        for number, shown in enumerate(self.model.state.tiles):
            tile = Tile(shown)
            self._group.addButton(tile)
            self._grid.addWidget(tile, number // _TILES_PER_ROW, number % _TILES_PER_ROW)
            self._tiles[shown.id] = tile

    def _show_detail(self, detail: Detail, span_s: int) -> None:
        _say(self._detail.title, detail.title)
        if detail.absent:
            self._absent.show_text(detail.absent)
            self._stack.setCurrentIndex(1)
            return
        self._stack.setCurrentIndex(0)
        _say(self._facts, detail.facts)
        self._facts.setToolTip(detail.facts)
        self.bars.setVisible(bool(detail.cores))
        self.bars.show_shares(detail.cores)
        self.plots.show_detail(detail, span_s)

    # --- life --------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.model.hide()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.leave()
        super().closeEvent(event)

    def leave(self) -> None:
        """Stop the sensors; the window calls this when it closes."""
        self.model.leave()


def _say(shown: QLabel, text: str) -> None:
    """Set a label's text only when it is new: an equal text would still lay out the screen."""
    if shown.text() != text:
        shown.setText(text)
