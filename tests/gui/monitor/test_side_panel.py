"""The narrow panel, the history settings, the record button: what stands around the charts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from hwstudio.core.base.settings import Settings
from hwstudio.core.model.reading import Status, absent
from hwstudio.core.monitor.recorder_control import STOPPED, RecorderState
from hwstudio.core.monitor.sampler import Sampler
from hwstudio.core.probe.fake import FakeProbe
from hwstudio.core.probe.feed import Feed
from hwstudio.core.probe.live import CpuUse, MemoryUse
from hwstudio.gui.monitor.history_dialog import HistoryDialog
from hwstudio.gui.monitor.record_button import RecordButton
from hwstudio.gui.monitor.sensors_dialog import SensorsDialog
from hwstudio.gui.monitor.side_panel import SidePanel
from hwstudio.gui.monitor.viewmodel import MonitorViewModel, Sources

NONE = absent(Status.UNSUPPORTED, "test", "not offered")


@pytest.fixture
def model(qtbot):
    feeds = [
        Feed(FakeProbe("cpu", [CpuUse(0.5, (0.25, 0.75), NONE, NONE, NONE)])),
        Feed(FakeProbe("memory", [MemoryUse(2**34, 2**33, 2**33, 0, 0)])),
    ]
    made = MonitorViewModel(Sampler(feeds, interval_s=0.05), Sources())
    yield made
    made.leave()


def test_the_panel_shows_every_tile_in_one_narrow_column(qtbot, theme, model):
    panel = SidePanel(model, theme)
    qtbot.addWidget(panel)
    panel.resize(240, 600)
    panel.show()
    qtbot.waitUntil(lambda: len(panel._tiles) == 6, timeout=5000)
    assert panel.minimumWidth() <= 240
    assert panel._tiles["cpu"].state.value == "50"
    assert {tile.x() for tile in panel._tiles.values()} == {panel._tiles["cpu"].x()}


def test_a_closed_panel_is_worked_for_no_longer(qtbot, theme, model):
    panel = SidePanel(model, theme)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitUntil(lambda: bool(panel._tiles), timeout=5000)
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not panel.isVisible(), timeout=2000)
    assert not model.is_shown


def test_the_history_settings_refuse_minutes_shorter_than_seconds(qtbot, theme, home):
    dialog = HistoryDialog(Settings(), home)
    qtbot.addWidget(dialog)
    dialog.seconds.set_value(100.0)
    dialog.accept()
    assert "as long as seconds" in dialog._problem.text()
    assert not dialog.result()
    dialog.minutes.set_value(200.0)
    dialog.accept()
    assert dialog.settings().history_second_days == 100.0


def test_what_the_sensors_cost_is_shown_and_pcie_traffic_is_read_only_when_ticked(qtbot, theme):
    dialog = SensorsDialog({"cpu": (0.0002, 1.0), "gpus": (0.0, 1.0)}, wants_pcie=False)
    qtbot.addWidget(dialog)
    rows = [
        [dialog.table.item(row, column).text() for column in range(4)]
        for row in range(dialog.table.rowCount())
    ]
    assert rows == [["Processor", "0.20", "1", "0.020"], ["GPUs", "–", "1", "–"]]
    assert not dialog.wants_pcie
    dialog.pcie.click()
    assert dialog.wants_pcie


def test_the_record_button_says_what_a_press_would_do(qtbot, theme, home):
    button = RecordButton(home)
    qtbot.addWidget(button)
    button.show_state(STOPPED)
    assert button.text() == "Record"
    button.show_state(RecorderState(is_running=True, pid=7, started_s=1.0, size_bytes=5_000_000))
    assert button.text() == "Stop recording"
    assert "5.00 MB on disk" in button.toolTip()
