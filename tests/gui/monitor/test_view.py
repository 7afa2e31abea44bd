"""The Monitor tab as people use it: tiles, selection, pause, theme, hidden, closed."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QWidget

from hwstudio.core.model.reading import Status, absent
from hwstudio.core.monitor.recorder_control import RecorderState
from hwstudio.core.monitor.sampler import Sampler
from hwstudio.core.probe.fake import FakeProbe, HangingProbe
from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.feed import Feed, ThreadFeed
from hwstudio.core.probe.live import CpuUse, MemoryUse, ProcessTable, ProcessUse
from hwstudio.core.probe.nvml import NvmlProbe
from hwstudio.gui.monitor.view import MonitorView

NONE = absent(Status.UNSUPPORTED, "test", "not offered")


def _sampler(*gpus, extra=()):
    probes = [
        FakeProbe("cpu", [CpuUse(0.5, (0.25, 0.75), NONE, NONE, NONE)]),
        FakeProbe("memory", [MemoryUse(2**34, 2**33, 2**33, 0, 0)]),
        FakeProbe("processes", [ProcessTable((ProcessUse(7, "train", "me", 0.9, 2**30),), 50)]),
    ]
    if gpus:
        probes.append(NvmlProbe(FakeNvml(*gpus)))
    return Sampler([*(Feed(probe) for probe in probes), *extra], interval_s=0.05)


@pytest.fixture
def shown(qtbot, context):
    """Show a view over fake sensors and wait for its first values."""
    views = []

    def make(sampler):
        view = MonitorView(context, sampler)
        views.append(view)
        qtbot.addWidget(view)
        view.resize(1100, 620)
        view.show()
        qtbot.waitUntil(lambda: bool(view._tiles), timeout=5000)
        return view

    yield make
    for view in views:
        view.close()


def test_it_shows_a_verdict_tiles_charts_and_processes(qtbot, shown):
    view = shown(_sampler())
    qtbot.waitUntil(lambda: "processor" in view.verdict.sentence.text(), timeout=5000)
    assert [tile.state.title for tile in view._tiles.values()][:2] == ["Processor", "Memory"]
    assert view._tiles["cpu"].isChecked()
    qtbot.waitUntil(lambda: view.processes.model_.rowCount() == 1, timeout=5000)
    assert [chart.look.title for chart in view.page.charts.charts] == ["In use"]


def test_clicking_or_keying_a_tile_shows_its_device(qtbot, shown):
    view = shown(_sampler(FakeGpu(uuid="a"), FakeGpu(uuid="b")))
    qtbot.mouseClick(view._tiles["gpu.1"], Qt.MouseButton.LeftButton)
    assert view.model.state.selected == "gpu.1"
    assert len(view.page.charts.charts) >= 4
    assert not view._tiles["cpu"].isChecked()
    qtbot.keyClick(view._tiles["memory"], Qt.Key.Key_Space)
    assert view.model.state.selected == "memory"
    assert [chart.look.title for chart in view.page.charts.charts] == ["Memory"]


def test_a_missing_device_is_a_calm_sentence_in_place_of_charts(qtbot, shown):
    view = shown(_sampler())
    qtbot.mouseClick(view._tiles["gpu"], Qt.MouseButton.LeftButton)
    assert view.page._stack.currentWidget() is view.page._absent


def test_the_table_of_every_sensor_is_filled_when_it_is_first_wanted(qtbot, shown):
    view = shown(_sampler())
    qtbot.mouseClick(view.page.sensors_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(view.page.sensors.isVisible, timeout=5000)
    assert "In use" in [row.name for row in view.page.sensors.model_.rows]


def test_pause_and_resume_change_the_button_and_say_so(qtbot, shown):
    view = shown(_sampler())
    qtbot.mouseClick(view.pause, Qt.MouseButton.LeftButton)
    assert view.pause.text() == "Resume"
    assert view.verdict.sentence.text().startswith("Paused.")
    qtbot.mouseClick(view.pause, Qt.MouseButton.LeftButton)
    assert view.pause.text() == "Pause"


def test_hiding_stops_drawing_and_closing_ends_every_thread(qtbot, shown):
    view = shown(_sampler())
    view.hide()
    assert not view.model.is_shown
    view.show()
    assert view.model.is_shown
    view.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("hwstudio")]


def test_a_hanging_sensor_leaves_the_tab_alive(qtbot, shown):
    hanging = HangingProbe("gpus")
    try:
        view = shown(_sampler(extra=[ThreadFeed(hanging, deadline_s=0.1)]))
        qtbot.waitUntil(lambda: view._tiles["gpu"].state.value == "lost", timeout=5000)
        qtbot.mouseClick(view._tiles["memory"], Qt.MouseButton.LeftButton)
        assert view.model.state.selected == "memory"
    finally:
        hanging.released.set()


def test_a_theme_switch_redraws_without_error(qtbot, shown, context):
    view = shown(_sampler(FakeGpu()))
    context.theme.set_mode("dark")
    view.grab()
    context.theme.set_mode("light")
    view.grab()


def test_readings_can_be_copied_and_the_verdict_explained(qtbot, shown):
    view = shown(_sampler())
    view.copy.trigger()
    assert '"cpu.busy_share": 0.5' in QGuiApplication.clipboard().text()
    assert not view.verdict.evidence.isVisible()
    view.verdict.why.click()
    assert view.verdict.evidence.isVisible()
    qtbot.waitUntil(lambda: "50 %" in view.verdict.evidence.text(), timeout=8000)


def test_every_widget_that_takes_focus_has_a_name(qtbot, shown):
    view = shown(_sampler(FakeGpu()))
    for widget in view.findChildren(QWidget):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or not widget.isVisible():
            continue
        face = QAccessible.queryAccessibleInterface(widget)
        assert face is not None
        assert face.text(QAccessible.Text.Name), widget


def test_nothing_is_wider_than_the_window_at_its_smallest(qtbot, shown):
    view = shown(_sampler(*(FakeGpu(uuid=str(n)) for n in range(8))))
    qtbot.waitUntil(lambda: len(view._tiles) > 8, timeout=5000)
    qtbot.wait(50)  # laid out
    assert view.minimumSizeHint().width() <= 1280
    assert view.minimumSizeHint().height() <= 640


def test_the_bars_take_any_number_of_threads(qtbot, theme):
    from hwstudio.gui.monitor.plots import CoreBars

    bars = CoreBars()
    qtbot.addWidget(bars)
    bars.resize(300, 36)
    for count in (0, 1, 2, 64, 256):
        bars.show_shares((0.5,) * count)
        bars.grab()


def test_a_notice_of_the_recorder_that_was_closed_stays_closed(qtbot, shown, monkeypatch):
    view = shown(_sampler())
    state = RecorderState(is_running=True, pid=1, started_s=1.0, notice="The disk is full.")
    monkeypatch.setattr(
        view.model, "_sources", replace(view.model._sources, recorder=lambda: state)
    )
    qtbot.waitUntil(view.notice.isVisible, timeout=5000)
    view.notice.clear()
    seen = view.model.sampler.ring.end
    qtbot.waitUntil(lambda: view.model.sampler.ring.end > seen + 5, timeout=5000)
    assert not view.notice.isVisible()


def test_a_recorder_of_another_version_is_offered_to_be_restarted(qtbot, shown, monkeypatch):
    view = shown(_sampler())
    asked = []
    monkeypatch.setattr(view._recorder_notice, "_restart", asked.append)
    state = RecorderState(is_running=False, is_other_version=True, interval_s=2.0)
    sources = view.model._sources
    monkeypatch.setattr(view.model, "_sources", replace(sources, recorder=lambda: state))
    qtbot.waitUntil(view.notice.isVisible, timeout=5000)
    assert view.record.text() == "Stop recording"  # it does record
    qtbot.mouseClick(view.notice._button, Qt.MouseButton.LeftButton)
    assert asked == [state]
    assert not view.notice.isVisible()


def test_a_filter_or_another_order_asks_for_every_process(qtbot, shown, monkeypatch):
    view, asked = shown(_sampler()), []
    monkeypatch.setattr(
        view.model.sampler, "set_all_processes", lambda *, is_wanted: asked.append(is_wanted)
    )
    view.process_panel.filter.setText("sshd")
    view.process_panel.filter.clear()
    view.processes.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    view.processes.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    assert asked == [True, False, True, False]


def test_the_tab_key_goes_through_everything_as_it_stands(qtbot, shown):
    view = shown(_sampler(FakeGpu()))
    qtbot.waitUntil(lambda: bool(view.page.charts.charts), timeout=5000)
    qtbot.mouseClick(view._tiles["gpu.0"], Qt.MouseButton.LeftButton)  # other charts are made
    chain, widget = [], view.sections
    while widget is not view.processes and len(chain) < 2000:
        chain.append(widget)
        widget = widget.nextInFocusChain()
    stops = [view.record, view.pause, view.more, view.verdict.why, *view._tiles.values(),
             view.page.sensors_button, view.page.page, view.page.span, *view.page.charts.charts,
             view.process_panel.filter]  # fmt: skip
    places = [chain.index(stop) for stop in stops]
    assert places == sorted(places)


def test_minimising_stops_the_work_and_coming_back_begins_it_again(qtbot, shown, monkeypatch):
    view = shown(_sampler())
    handle = view.window().windowHandle()
    is_exposed = [False]
    monkeypatch.setattr(type(handle), "isExposed", lambda _self: is_exposed[0])
    qtbot.waitUntil(lambda: not view.model.is_shown, timeout=5000)
    is_exposed[0] = True
    view.repaint()  # what a desktop does with a window that comes back
    qtbot.waitUntil(lambda: view.model.is_shown, timeout=5000)
