"""The tiles of one computer in as many columns as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from hwstudio.gui.monitor.state import TileState
from hwstudio.gui.monitor.tile import Tile

_LEAST, _GAP = 122, 8


class TileGrid(QWidget):
    """``chosen`` carries the id of a tile. What finds no room is reached by the page's choice."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles: dict[str, Tile] = {}
        self._most_rows = 2
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._on_clicked)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(_LEAST)

    @property
    def row_height(self) -> int:
        """How high a row of tiles is, in px."""
        return next((tile.sizeHint().height() for tile in self.tiles.values()), 0)

    def set_most_rows(self, count: int) -> None:
        """Say how many rows there is room for."""
        if count != self._most_rows:
            self._most_rows = count
            self._place()

    def show_tiles(self, states: tuple[TileState, ...], selected: str) -> None:
        """Show tiles, one of them chosen."""
        if tuple(self.tiles) != tuple(state.id for state in states):
            self._rebuild(states)
        self._group.setExclusive(False)
        for state in states:
            tile = self.tiles[state.id]
            tile.show_state(state)
            tile.setChecked(state.id == selected)
        self._group.setExclusive(True)

    def _rebuild(self, states: tuple[TileState, ...]) -> None:
        for tile in self.tiles.values():
            self._group.removeButton(tile)
            tile.hide()
            tile.deleteLater()
        self.tiles = {}
        for state in states:
            tile = Tile(state, self)
            self._group.addButton(tile)
            self.tiles[state.id] = tile
        self._place()

    def _place(self) -> None:
        tiles = list(self.tiles.values())
        self.setVisible(bool(tiles) and self._most_rows > 0)
        if not tiles or not self._most_rows:
            return
        high = self.row_height
        most = max(1, (self.width() + _GAP) // (_LEAST + _GAP))
        rows = min(self._most_rows, -(-len(tiles) // most))
        columns = max(1, min(most, -(-len(tiles) // rows)))
        wide = (self.width() + _GAP) / columns
        for number, tile in enumerate(tiles):
            row, column = divmod(number, columns)
            left, right = round(column * wide), round((column + 1) * wide) - _GAP
            tile.setGeometry(left, row * (high + _GAP), right - left, high)
            tile.setVisible(row < rows)
        self.setFixedHeight(rows * (high + _GAP) - _GAP)

    def sizeHint(self) -> QSize:
        return QSize(5 * (_LEAST + _GAP), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._place()

    @Slot(QAbstractButton)
    def _on_clicked(self, tile: QAbstractButton) -> None:
        if isinstance(tile, Tile):
            self.chosen.emit(tile.state.id)
