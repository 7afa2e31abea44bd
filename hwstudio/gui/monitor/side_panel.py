"""A narrow panel that stays above other programs: the verdict and the tiles in one column."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hwstudio.gui.kit.card import ICON_OF
from hwstudio.gui.kit.icon import IconLabel
from hwstudio.gui.kit.steady_label import SteadyLabel
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.monitor.tile import Tile
from hwstudio.gui.monitor.verdict_card import say
from hwstudio.gui.monitor.viewmodel import PANEL, MonitorViewModel
from hwstudio.gui.shell.theme import Theme

_WIDTH, _HEIGHT, _LEAST = 300, 720, 220


class SidePanel(QWidget):
    """Shares the tab's model; it works for the panel only while the panel is on the screen."""

    def __init__(self, model: MonitorViewModel, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.Tool | Qt.WindowType.WindowStaysOnTopHint)
        self.setWindowTitle("hwstudio monitor")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(_LEAST)
        self.resize(_WIDTH, _HEIGHT)
        self._model = model
        self._tiles: dict[str, Tile] = {}
        self._kind = ""
        self._icon = IconLabel("info", tokens().muted, 16)
        self.sentence = SteadyLabel("Reading the first values.")
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        self._lay_out()
        model.changed.connect(self._on_changed)
        theme.changed.connect(self._on_theme_changed)

    def _lay_out(self) -> None:
        said = QHBoxLayout()
        said.setSpacing(8)
        said.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.sentence, 1)
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(10, 10, 10, 10)
        box.setSpacing(8)
        box.addLayout(said)
        box.addLayout(self._column)
        box.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    @Slot()
    def _on_changed(self) -> None:
        if not self.isVisible():
            return
        state = self._model.state
        if state.verdict.kind != self._kind:
            self._kind = state.verdict.kind
            self._icon.show_icon(ICON_OF[self._kind], tokens().status(self._kind))
        say(self.sentence, state.verdict.sentence)
        if tuple(self._tiles) != tuple(tile.id for tile in state.tiles):
            self._rebuild()
        for shown in state.tiles:
            self._tiles[shown.id].show_state(shown)

    def _rebuild(self) -> None:
        for tile in self._tiles.values():
            self._column.removeWidget(tile)
            tile.deleteLater()
        self._tiles = {}
        for shown in self._model.state.tiles:
            tile = Tile(shown)
            tile.setCheckable(False)
            self._tiles[shown.id] = tile
            self._column.addWidget(tile)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._kind = ""
        self._on_changed()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._model.show(PANEL)
        elif event.type() == QEvent.Type.Hide:
            self._model.hide(PANEL)
        done = super().event(event)
        if event.type() == QEvent.Type.Show:
            self._on_changed()
        return done

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._model.hide(PANEL)
        super().closeEvent(event)
