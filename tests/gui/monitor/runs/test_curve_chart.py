"""A chart of curves: its ranges and ticks, moving and pointing at it, and copies of it."""

from __future__ import annotations

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from hwstudio.core.base.errors import UserError
from hwstudio.gui.monitor.runs import curves_export
from hwstudio.gui.monitor.runs.curve_chart import CurveChart
from hwstudio.gui.monitor.runs.curve_paint import (
    CurveLook,
    drawn_values,
    value_range,
    x_words,
    y_ticks,
)
from hwstudio.gui.monitor.runs.curves_state import CurveLine, CurveMark, Group


def a_line(ys, name="loss", **more):
    return CurveLine(name, 0, array("d", range(len(ys))), array("d", ys), **more)


@pytest.fixture
def chart(qtbot, theme):
    made = CurveChart()
    qtbot.addWidget(made)
    made.resize(400, 240)
    lines = (a_line([2.0, 1.5, math.nan, 1.0, 0.5]), a_line([3.0] * 5, "other"))
    marks = (CurveMark(3.0, "plateau", "muted"),)
    made.show_group(Group("loss", "Loss", lines, marks), CurveLook("Loss"), (0.0, 4.0))
    made.show()
    return made


def test_a_single_spike_in_the_raw_values_does_not_stretch_a_smoothed_chart():
    raw = a_line([1.0, 1.2] * 100 + [900.0] + [1.1] * 20, "", is_faint=True)
    smoothed = a_line([1.1] * 221)
    low, high = value_range((raw, smoothed), (0.0, 300.0), is_log=False)
    assert high < 2
    assert low < 1.1
    assert value_range((a_line([1.0, 900.0]),), (0.0, 9.0), is_log=False)[1] > 900


def test_only_what_is_in_the_window_counts():
    line = a_line([100.0, 1.0, 2.0])
    assert value_range((line,), (1.0, 2.0), is_log=False)[1] < 3


def test_without_values_or_with_one_there_is_still_a_range():
    assert value_range((), (0.0, 1.0), is_log=False) == (0.0, 1.0)
    averaged = a_line([0.001, 0.001 + 2e-19, 0.001 - 2e-19])  # an even line, but for rounding
    low, high = value_range((averaged,), (0.0, 2.0), is_log=False)
    assert high - low > 1e-4
    low, high = value_range((a_line([5.0]),), (0.0, 1.0), is_log=False)
    assert low < 5.0 < high


def test_powers_of_ten_leave_out_what_is_not_above_0():
    found = drawn_values(array("d", [100.0, 0.0, -3.0, 0.01]), is_log=True)
    assert (found[0], found[3]) == (2.0, -2.0)
    assert math.isnan(found[1])
    assert math.isnan(found[2])


@given(
    low=st.floats(-6, 6),
    span=st.floats(0.01, 8),
    count=st.integers(2, 12),
    is_log=st.booleans(),
)
def test_ticks_lie_inside_rise_and_are_not_too_many(low, span, count, is_log):
    ticks = y_ticks(low, low + span, count, is_log=is_log)
    places = [tick.at for tick in ticks]
    assert places == sorted(set(places))
    assert all(low - 1e-6 <= at <= low + span + 1e-6 for at in places)
    assert len(ticks) <= count + 1


def test_places_are_said_as_steps_or_as_time_since_the_start():
    assert x_words(CurveLook("Loss"), 1200.0, 5000.0) == "step 1,200"
    assert x_words(CurveLook("Loss", is_time=True), 5400.0, 9000.0) == "1.50 h after its start"


def test_the_readout_names_values_and_marks_and_skips_what_was_not_logged(chart):
    said = chart.readout(3.0)
    assert said.head == "step 3"
    assert ("loss", "1.000") in [row[1:] for row in said.rows]
    assert (None, "plateau", "") in said.rows
    assert chart.snapped(3.2) == 3.0


def test_keys_move_zoom_and_point(qtbot, chart):
    wanted, hovered = [], []
    chart.window_wanted.connect(wanted.append)
    chart.hovered.connect(hovered.append)
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    low, high = wanted[-1]
    assert high - low == pytest.approx(4.0 / 1.5)
    chart.set_window(wanted[-1])
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert wanted[-1][0] < low
    qtbot.keyClick(chart, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert hovered[-1] == chart.cursor_x
    assert "At step" in chart.accessibleDescription()
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert wanted[-1] is None
    assert chart.cursor_x is None


def test_the_wheel_zooms_around_the_pointer_and_never_beyond_the_whole(chart):
    wanted = []
    chart.window_wanted.connect(wanted.append)
    middle = chart.plan.plot.center()
    for turn in (120, -120):
        chart.wheelEvent(
            QWheelEvent(QPointF(middle), QPointF(middle), QPoint(), QPoint(0, turn),
                        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                        Qt.ScrollPhase.NoScrollPhase, False)
        )  # fmt: skip
    assert wanted[0][0] < chart.plan.x_at(middle.x()) < wanted[0][1]
    assert wanted[1] is None


def test_dragging_moves_the_window(qtbot, chart):
    wanted = []
    chart.window_wanted.connect(wanted.append)
    chart.set_window((1.0, 3.0))
    place = chart.plan.plot.center()
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(chart, place + QPoint(40, 0))
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=place + QPoint(40, 0))
    assert wanted[-1][0] < 1.0
    assert wanted[-1][1] - wanted[-1][0] == pytest.approx(2.0)


def test_it_is_read_aloud_and_paints_in_both_themes_and_scales(chart, context):
    assert chart.accessibleName() == "Loss over steps"
    assert "loss: now 0.500, 0.500 to 2.00." in chart.accessibleDescription()
    before = chart.grab().toImage()
    context.theme.set_mode("dark")
    assert chart.grab().toImage() != before
    chart.show_group(Group("loss", "Loss", chart.lines), CurveLook("Loss", is_log=True), (0.0, 4.0))
    chart.grab()
    context.theme.set_mode("light")


def test_it_is_copied_as_csv_svg_and_picture(chart, tmp_path):
    rows = curves_export.csv_of([chart]).splitlines()
    assert rows[0] == "chart,curve,step,value"
    assert "Loss,loss,4,0.5" in rows
    assert len(rows) == 1 + 4 + 5
    svg = curves_export.svg_of([chart], "Curves")
    assert svg.startswith("<?xml")
    assert "<title>Curves</title>" in svg
    picture = curves_export.picture_of([chart])
    assert picture.width() == 800
    for name in ("a.png", "a.svg", "a.csv"):
        curves_export.save([chart], tmp_path / name, "Curves")
        assert (tmp_path / name).stat().st_size > 100
    with pytest.raises(UserError):
        curves_export.save([chart], tmp_path / "a.docx", "Curves")
