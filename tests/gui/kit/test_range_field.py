"""From-to limits by handle, by key and by typing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from hwstudio.gui.kit.range_field import RangeField


@pytest.fixture
def field(qtbot):
    made = RangeField("Price", unit="USD")
    qtbot.addWidget(made)
    made.resize(280, 60)
    made.set_bounds(10, 10_000)
    made.show()
    return made


def drag(qtbot, slider, start, end):
    y = slider.height() // 2
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(start, y))
    qtbot.mouseMove(slider, QPoint(end, y))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(end, y))


def test_it_begins_without_limits_and_says_what_there_is(field):
    assert field.limits == (None, None)
    assert field.low.placeholderText() == "10"
    assert field.high.placeholderText() == "10,000"


def test_dragging_the_upper_handle_limits_above_only(field, qtbot):
    slider = field.slider
    with qtbot.waitSignal(field.changed) as caught:
        drag(qtbot, slider, slider.width() - 8, slider.width() // 2)
    low, high = field.limits
    assert low is None
    assert 200 <= high <= 500  # the middle of 10 to 10,000 by factors
    assert caught.args[0][0] is None


def test_back_at_its_end_a_handle_sets_no_limit(field, qtbot):
    slider = field.slider
    drag(qtbot, slider, slider.width() - 8, slider.width() // 2)
    drag(qtbot, slider, slider.width() // 2, slider.width() + 50)
    assert field.limits == (None, None)
    assert field.high.text() == ""


def test_the_handles_never_pass_each_other(field, qtbot):
    slider = field.slider
    drag(qtbot, slider, slider.width() - 8, slider.width() // 2)
    drag(qtbot, slider, 6, slider.width() - 8)
    low, high = field.limits
    assert low <= high


def test_the_keyboard_moves_a_handle(field, qtbot):
    field.slider.setFocus()
    qtbot.keyClick(field.slider, Qt.Key.Key_Right)
    assert field.limits[0] > 10
    qtbot.keyClick(field.slider, Qt.Key.Key_Space)
    qtbot.keyClick(field.slider, Qt.Key.Key_Left)
    assert field.limits[1] < 10_000


def test_typing_takes_any_number_even_outside_the_slider(field, qtbot):
    field.low.setText("$1,250")
    field.low.editingFinished.emit()
    assert field.limits == (1250.0, None)
    field.low.setText("")
    field.low.editingFinished.emit()
    assert field.limits == (None, None)


@pytest.mark.parametrize("text", ["cheap", "-5", "nan"])
def test_a_bad_number_is_marked_and_changes_nothing(field, text):
    field.high.setText(text)
    field.high.editingFinished.emit()
    assert field.high.property("bad")
    assert field.high.toolTip()
    assert field.limits == (None, None)


def test_an_upper_limit_under_the_lower_one_is_marked(field):
    field.low.setText("500")
    field.low.editingFinished.emit()
    field.high.setText("100")
    field.high.editingFinished.emit()
    assert field.high.property("bad")
    assert field.limits == (500.0, None)


def test_showing_limits_sends_nothing(field, qtbot):
    with qtbot.assertNotEmitted(field.changed):
        field.set_limits((100.0, 1000.0))
    assert field.low.text() == "100"
    low, high = field.slider.shares
    assert 0 < low < high < 1
