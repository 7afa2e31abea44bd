"""A tile repaints its small line alone while its words stay, and nothing looks other for it."""

from __future__ import annotations

from array import array
from dataclasses import replace

from PySide6.QtWidgets import QApplication

from hwstudio.gui.monitor.state import TileState
from hwstudio.gui.monitor.tile import Tile

_STATE = TileState("cpu", "Processor", "7", "%", "busiest thread 9 %", array("d", [0.0, 1.0] * 30))


def _on_screen(tile):
    screen, window = tile.screen(), tile.window()
    return screen.grabWindow(window.winId()).toImage()


def _shown(qtbot, state):
    tile = Tile(state)
    qtbot.addWidget(tile)
    tile.resize(tile.sizeHint())
    tile.show()
    QApplication.processEvents()
    return tile


def test_another_line_or_other_words_look_as_if_painted_anew(qtbot, theme):
    tile = _shown(qtbot, _STATE)
    for state in (
        replace(_STATE, values=array("d", [1.0] * 60)),
        replace(_STATE, values=array("d", [1.0, 0.0] * 30)),
        replace(_STATE, values=array("d", [0.5] * 60), top=2.0, limit=1.5),
        replace(_STATE, value="8"),
        replace(_STATE, values=array("d"), note="reading"),
    ):
        tile.show_state(state)
        QApplication.processEvents()
        assert _on_screen(tile) == tile.grab().toImage().convertToFormat(_on_screen(tile).format())
