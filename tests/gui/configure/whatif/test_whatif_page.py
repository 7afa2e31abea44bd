"""A moved value moves every figure at once; the project learns of it as one step."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from hwstudio.core.plan.sensitivity import STRONGEST
from hwstudio.gui.configure.whatif.knobs import Knob


@pytest.fixture
def page(opened):
    return opened("What if")


def _figure(page, title):
    return next(r.typical for r in page.figures.shown_rows() if r.title.startswith(title))


def _wait_for_project(qtbot, view, **wanted):
    usage = view.model.state.project.usage
    qtbot.waitUntil(
        lambda: all(getattr(view.model.state.project.usage, k) == v for k, v in wanted.items()),
        timeout=5000,
    )
    return usage


def test_a_moved_slider_moves_the_figures_at_once_and_is_one_step_to_undo(view, page, qtbot):
    before, steps = _figure(page, "Electricity a year"), len(view.model.state.timeline.past)
    for hours in (25, 30, 40):
        page.panel.hours.field.edit.setText(str(hours))
        page.panel.hours.field.edit.editingFinished.emit()
    assert _figure(page, "Electricity a year") != before
    _wait_for_project(qtbot, view, hours_per_week=40)
    assert len(view.model.state.timeline.past) == steps + 1
    assert view.undo.toolTip() == "Undo: change the hours a week"
    view.model.undo()
    qtbot.waitUntil(lambda: _figure(page, "Electricity a year") == before, timeout=20_000)
    assert page.panel.hours.value == 20


def test_what_is_only_tried_out_leaves_the_project_alone(view, page):
    project = view.model.state.project
    before = _figure(page, "Cost over")
    page.panel.memory.field.edit.setText("100")
    page.panel.memory.field.edit.editingFinished.emit()
    assert _figure(page, "Cost over") != before
    assert view.model.state.project == project
    page.panel.reset.click()
    assert _figure(page, "Cost over") == before


def test_the_tariff_says_where_it_is_from_until_one_is_typed(view, page, qtbot, context):
    assert context.studio.settings.electricity_source in page.panel.tariff.toolTip()
    page.panel.tariff.field.edit.setText("0.40")
    page.panel.tariff.field.edit.editingFinished.emit()
    assert page.panel.tariff.toolTip() == "Your price"
    _wait_for_project(qtbot, view, tariff_per_kwh=Decimal("0.4"))


def test_carbon_is_said_only_when_the_grid_is_known(page):
    titles = [row.title for row in page.figures.shown_rows()]
    assert not any(title.startswith("CO2e") for title in titles)
    page.panel.grid.set_value("DEU")
    page.panel.grid.chosen.emit("DEU")
    assert _figure(page, "CO2e").endswith(" kg")


def test_a_slower_build_pays_back_later_and_its_work_costs_more(page):
    model = page._model
    before = model.state.weighing.typical[0]
    page.panel.speed.field.edit.setText(f"{page.panel.speed.value / 2:.4f}")
    page.panel.speed.field.edit.editingFinished.emit()
    after = model.state.weighing.typical[0]
    assert after.hours_per_job > before.hours_per_job
    assert after.cost > before.cost
    assert after.rent_cost == pytest.approx(before.rent_cost)


def test_no_value_to_try_is_wider_than_its_field(page):
    for knob in page.panel.findChildren(Knob):
        edit = knob.field.edit
        assert edit.fontMetrics().horizontalAdvance(edit.text()) < edit.width() - 16, edit.text()


@pytest.mark.parametrize(
    ("low", "high", "shown", "unit"),
    [(0.93, 4.84, "2.52", "/s"), (0.002, 0.009, "18.9", "/h"), (9000.0, 81_000.0, "30.5", "k/s")],
)
def test_a_speed_is_shown_in_three_digits_of_a_unit_that_suits(page, low, high, shown, unit):
    knob = page.panel._speed_knob(low, high, "tokens/s")
    knob.set_value({"/s": 2.5242, "/h": 18.927, "k/s": 30.51}[unit])
    assert knob.field.edit.text() == shown
    assert knob.field.edit.accessibleName() == f"Speed, {unit}"


def test_the_sentence_names_the_input_on_top_of_the_tornado(page):
    page.views[1].click()
    swings = page.tornado.swings()
    assert 0 < len(swings) <= STRONGEST
    assert page.sentence.text().startswith("The ")
    assert " decides: from " in page.sentence.text()
    rows = list(csv.reader(io.StringIO(page.tornado.as_csv())))
    assert rows[1][0] in page.sentence.text()
    assert len(rows) == 1 + len(swings)
    assert not page.tornado.grab().isNull()


def test_the_ranges_say_how_often_each_build_is_the_cheapest(page):
    page.views[2].click()
    assert "of 2,000 draws" in page.sentence.text()
    rows = list(csv.reader(io.StringIO(page.chances.as_csv())))
    assert rows[0][0] == "build"
    shares = [float(row[-1]) for row in rows[1:]]
    assert sum(shares) == pytest.approx(1)
    page.chances.copy_png()
    assert not QGuiApplication.clipboard().pixmap().isNull()


def test_a_clicked_dot_or_the_keyboard_takes_a_build_of_all_budgets(view, page, qtbot):
    page.views[3].click()
    qtbot.waitUntil(lambda: bool(page._model.state.trade), timeout=40_000)
    dots = page.trade.dots()
    assert len(dots) > len(view.model.state.answer.solution.builds)
    assert sum(dot.is_present for dot in dots) == 1
    before = view.model.state.project.parts
    page.trade.setFocus()
    qtbot.keyClick(page.trade, Qt.Key.Key_Left)
    assert "Enter takes it" in page.trade.accessibleDescription()
    qtbot.keyClick(page.trade, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not view.model.state.is_updating, timeout=20_000)
    assert view.model.state.project.parts != before
    assert view.undo.toolTip() == "Undo: choose another build"


def test_leaving_the_page_keeps_a_use_that_was_just_typed(view, page):
    page.panel.years.field.edit.setText("5")
    page.panel.years.field.edit.editingFinished.emit()
    view.detail.tabs[0].click()
    assert view.model.state.project.usage.years == 5


def test_the_page_asks_for_no_more_room_than_a_small_screen_has(view, page):
    assert page.minimumSizeHint().width() <= view.detail.stack.width()
    assert page.panel.width() + page.stack.width() <= page.width()
    assert view._holder.width() <= view._holder.parentWidget().width()
