"""Lays the tiles out: in as few rows as their words and the window allow, equally long."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

_MOST_PER_ROW = 8
_FEW_ROWS, _NARROW_PX = 2, 120  # a third row pushes the charts out of a small window: cut words
_TILE_PX = 150  # a tile with less room cuts its words
_GAP_PX = 8


class TileRows(QGridLayout):
    """Call ``spread`` when there are other tiles, or another width."""

    def __init__(self) -> None:
        super().__init__()
        self.setSpacing(_GAP_PX)
        self._spread: tuple[tuple[QWidget, ...], int] = ((), 0)

    def spread(self, tiles: Sequence[QWidget], width_px: int) -> None:
        """Put the tiles into their rows; the same again costs nothing."""
        wanted = tuple(tiles), per_row(len(tiles), width_px)
        if wanted == self._spread:
            return
        self._spread = wanted
        for number, tile in enumerate(tiles):
            self.addWidget(tile, *divmod(number, wanted[1]))


def per_row(count: int, width_px: int) -> int:
    """Return how many of so many tiles stand in a row of that width."""
    rows = _rows(count, width_px, _TILE_PX)
    if rows > _FEW_ROWS:
        rows = _rows(count, width_px, _NARROW_PX)
    return -(-count // max(1, rows))


def _rows(count: int, width_px: int, tile_px: int) -> int:
    room = (width_px + _GAP_PX) // (tile_px + _GAP_PX)
    return -(-count // max(1, min(room, _MOST_PER_ROW)))
