"""A tile repaints its small line alone while its words stay, and nothing looks other for it."""

from __future__ import annotations

from array import array
from dataclasses import replace

from PySide6.QtWidgets import QApplication

from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Device, Missing, Sample
from hwstudio.core.monitor.ring import Ring
from hwstudio.gui.monitor.state import TileState
from hwstudio.gui.monitor.tile import Tile
from hwstudio.gui.monitor.tile_rows import per_row
from hwstudio.gui.monitor.tiles import tiles_of

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


def test_a_note_cut_for_want_of_room_is_whole_in_the_tip(qtbot, theme):
    tile = _shown(qtbot, replace(_STATE, tip="How it was found"))
    assert tile.toolTip() == "How it was found"
    tile.resize(60, tile.height())
    QApplication.processEvents()
    assert tile.toolTip() == "busiest thread 9 %\nHow it was found"


def test_a_split_card_shows_its_memory_where_its_load_is_not_told():
    why = Missing(Status.UNSUPPORTED, "the GPU is split", "NVML")
    card = Device("gpu.0", "NVIDIA A100", "gpu", {"vram_used_bytes": 80.0 * 2**30})
    values = {"gpu.0.vram_used_bytes": 60.0 * 2**30, "gpu.0.power_w": 312.0}
    sample = Sample(1.0, values, {"gpu.0.busy_share": why}, (card,))
    ring = Ring(10)
    ring.append(1.0, values)
    (tile,) = (tile for tile in tiles_of(ring, sample) if tile.id == "gpu.0")
    assert (tile.value, tile.unit, tile.note) == (
        "75",
        "% memory",
        "60.0 of 80.0 GiB, 312 W",
    )
    assert "split" in tile.tip
    lost = Sample(1.0, {}, {"gpu.0": Missing(Status.LOST, "it fell off the bus", "NVML")}, (card,))
    (tile,) = (tile for tile in tiles_of(ring, lost) if tile.id == "gpu.0")
    assert tile.value == "lost"


def test_tiles_stand_in_as_few_rows_as_their_words_allow():
    assert per_row(7, 1232) == 7
    assert per_row(7, 892) == 4  # a laptop of 1920 pixels at 200 % text: 4 and 3
    assert per_row(14, 1872) == 7  # eight GPUs: two rows of the same length
    assert per_row(13, 1052) == 7  # rather narrow than a third row that pushes the charts out
    assert per_row(3, 100) == 1
    assert per_row(0, 100) == 0
