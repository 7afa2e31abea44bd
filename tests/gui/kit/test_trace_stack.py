"""Charts one above the other: one moment stands in one column through all of them."""

from __future__ import annotations

from array import array

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from hwstudio.gui.kit.trace_axis import BYTES, SHARE, WATTS
from hwstudio.gui.kit.trace_chart import TimeWindow, TraceLine, TraceLook
from hwstudio.gui.kit.trace_stack import TraceStack

NOW = 1_790_000_000.0
LOOKS = (
    TraceLook("In use", SHARE, 1.0),
    TraceLook("Power", WATTS),
    TraceLook("Memory", BYTES, 2.0**34),
)


@pytest.fixture
def stack(qtbot, theme):
    made = TraceStack()
    qtbot.addWidget(made)
    times = array("d", (NOW - 60 + n for n in range(61)))
    for number, chart in enumerate(made.set_looks(LOOKS)):
        chart.set_lines([TraceLine("x", times, array("d", [123456.0 * number] * 61))])
    made.set_window(TimeWindow(NOW - 60, NOW))
    made.resize(500, 420)
    made.show()
    QApplication.processEvents()
    QApplication.processEvents()
    return made


def test_plots_line_up_and_are_equally_high(stack):
    plots = [chart.plan.plot for chart in stack.charts]
    assert len({(plot.left(), plot.right()) for plot in plots}) == 1
    assert max(p.height() for p in plots) - min(p.height() for p in plots) <= 2


def test_only_the_lowest_has_the_times(stack):
    assert [chart.plan.bottom_axis.isEmpty() for chart in stack.charts] == [True, True, False]


def test_wider_labels_in_one_move_all(stack):
    before = stack.charts[0].plan.plot.left()
    times = array("d", (NOW - 60 + n for n in range(61)))
    stack.charts[1].set_lines([TraceLine("x", times, array("d", [9e12] * 61))])
    QApplication.processEvents()
    QApplication.processEvents()
    lefts = {chart.plan.plot.left() for chart in stack.charts}
    assert len(lefts) == 1
    assert lefts.pop() > before


def test_moving_one_moves_all_and_asks_once(stack, qtbot):
    asked = []
    stack.range_wanted.connect(lambda a, b: asked.append((a, b)))
    with qtbot.waitSignal(stack.range_wanted):
        stack.charts[1].pan(-2.0)
    windows = {chart.window_shown for chart in stack.charts}
    assert len(windows) == 1
    assert not windows.pop().is_live
    qtbot.wait(100)
    assert len(asked) == 1


def test_one_cursor_runs_through_all(stack, qtbot):
    first = stack.charts[0]
    plot = first.plan.plot
    with qtbot.waitSignal(stack.hovered):
        qtbot.mouseMove(first, QPoint(plot.center().x(), plot.center().y()))
    assert len({chart.cursor_s for chart in stack.charts}) == 1
    assert stack.charts[2].cursor_s is not None


def test_charts_are_kept_where_their_place_stays(stack):
    before = stack.charts
    after = stack.set_looks(LOOKS[:2])
    assert after == before[:2]
    assert not after[1].plan.bottom_axis.isEmpty()
    again = stack.set_looks(LOOKS)
    assert again[:2] == before[:2]
    assert again[2].window_shown == before[0].window_shown


def test_an_empty_stack_is_no_trouble(qtbot, theme):
    made = TraceStack()
    qtbot.addWidget(made)
    made.resize(300, 200)
    assert made.set_looks(()) == ()
    assert made.window_shown.is_live
