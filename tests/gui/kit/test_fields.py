"""Fields keep the last good value and say what is wrong with a bad one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from hwstudio.gui.kit.fields import ChoiceField, NumberField, SliderField, Span


@pytest.fixture
def budget(qtbot, theme):
    made = SliderField("Budget", Span(300, 1e6, 500, 50_000, is_log=True), value=3000, unit="$")
    qtbot.addWidget(made)
    return made


def type_in(qtbot, field, text):
    field.edit.setFocus()
    field.edit.selectAll()
    qtbot.keyClicks(field.edit, text)
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)


@pytest.mark.parametrize("text", ["0", "-5", "1e9", "nan", "lots"])
def test_a_bad_number_is_marked_and_the_old_value_stays(budget, qtbot, text):
    with qtbot.waitSignal(budget.rejected) as caught:
        type_in(qtbot, budget.field, text)
    assert "Budget" in caught.args[0]
    assert budget.value == 3000


def test_typing_moves_the_slider(budget, qtbot):
    before = budget.slider.value()
    with qtbot.waitSignal(budget.changed):
        type_in(qtbot, budget.field, "12,000")
    assert budget.value == 12000
    assert budget.slider.value() > before


def test_sliding_gives_round_numbers_inside_the_range(budget, qtbot):
    for step in (0, 137, 500, 1000):
        budget.slider.setValue(step)
        assert 500 <= budget.value <= 50_000
        assert budget.value % 10 == 0


def test_a_value_beyond_the_slider_is_allowed_in_the_field(budget, qtbot):
    type_in(qtbot, budget.field, "200000")
    assert budget.value == 200_000
    assert budget.slider.value() == budget.slider.maximum()


def test_setting_a_choice_from_code_sends_nothing(qtbot, theme):
    field = ChoiceField("Job", (("a", "First"), ("b", "Second")))
    qtbot.addWidget(field)
    seen = []
    field.chosen.connect(seen.append)
    field.set_value("b")
    assert (field.value, seen) == ("b", [])


@pytest.mark.parametrize("beside", [30, 56, 240])
def test_a_choice_looks_the_same_whoever_paints_it(qtbot, theme, monkeypatch, beside):
    field = ChoiceField("Job", (("a", "Twelve charts"),))
    qtbot.addWidget(field)
    field.resize(field.fontMetrics().horizontalAdvance("Twelve charts") + beside, 32)
    by_qt = field.grab().toImage()
    monkeypatch.setattr("hwstudio.gui.kit.fields._ROOM_BESIDE", 10_000)
    assert field.grab().toImage() == by_qt


def test_a_number_field_names_its_unit_for_screen_readers(qtbot, theme):
    field = NumberField("Price", low=0, high=5, value=0.2, unit="$ per kWh", decimals=3)
    qtbot.addWidget(field)
    assert field.edit.accessibleName() == "Price, $ per kWh"


def test_mending_a_refused_entry_with_the_old_value_takes_the_complaint_away(budget, qtbot):
    type_in(qtbot, budget.field, "lots")
    assert budget.field.is_bad
    with qtbot.waitSignal(budget.changed) as caught:
        type_in(qtbot, budget.field, "3000")
    assert caught.args == [3000.0]
    assert not budget.field.is_bad
    assert budget.field.edit.text() == "3,000"


def test_the_limits_of_a_field_are_said_as_plain_numbers(qtbot, theme):
    field = NumberField("Hours", low=0, high=730, value=10, unit="h")
    qtbot.addWidget(field)
    with qtbot.waitSignal(field.rejected) as caught:
        type_in(qtbot, field, "731")
    assert caught.args == ["Hours must lie between 0 and 730 h."]
