"""The Cloud tab as a window: it shows the answer first, and every control reaches the model."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from hwstudio.core.monitor.recorded_use import RecordedUse
from hwstudio.gui.cloud.plots import CostPlot
from hwstudio.gui.cloud.tables import offer_tip
from hwstudio.gui.cloud.view import CloudView


@pytest.fixture
def view(qtbot, context):
    made = CloudView(context)
    qtbot.addWidget(made)
    made.resize(1280, 640)
    made.show()
    qtbot.waitUntil(lambda: not made.model.state.is_waiting, timeout=20_000)
    return made


def test_before_the_speeds_are_known_it_says_so_and_shows_no_number(qtbot, context):
    made = CloudView(context)
    qtbot.addWidget(made)
    made.show()
    state = made.model.state  # the speeds come from another thread, so not before this line
    assert state.is_waiting
    assert made.top.sentence.text() == state.answer.sentence
    assert "stimating" in state.answer.sentence
    assert state.own_speed.median is None
    assert not made.top.nothing.button.isVisible()
    qtbot.waitUntil(lambda: not made.model.state.is_waiting, timeout=20_000)
    assert made.model.state.own_speed.median > 0


def test_it_fits_a_small_window(view):
    hint = view.minimumSizeHint()
    assert hint.width() <= 1280
    assert hint.height() <= 640


def test_the_answer_stands_first_with_numbers_chart_and_offers(view):
    assert view.top.sentence.text() == view.model.state.answer.sentence
    assert view.top.plot.isVisible()
    assert not view.top.nothing.isVisible()
    assert len(view.why.table.shown_rows()) == len(view.model.state.rows) > 100


def test_a_slider_moves_the_answer(view):
    before = view.top.own_month.accessibleName()
    view.own.hours.slider.setValue(900)
    assert view.model.state.wish.hours_per_month > 600
    assert view.top.own_month.accessibleName() != before


def test_sliders_can_be_moved_step_by_step_with_the_keyboard(view, qtbot):
    start = view.model.state.wish.hours_per_month
    view.own.hours.slider.setFocus()
    for _ in range(10):
        qtbot.keyClick(view.own.hours.slider, Qt.Key.Key_Right)
    assert view.model.state.wish.hours_per_month > start


def test_a_filter_narrows_the_table_and_a_tick_changes_what_is_compared(view):
    view.why.filters.accelerator.set_value("H100")
    view.why.filters._on_changed()
    rows = view.why.table.shown_rows()
    assert rows
    assert all(row.offer.accelerator == "H100" for row in rows)
    index = view.why.table.model_.index(len(rows) - 1, 0)
    view.why.table.model_.setData(index, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert view.model.state.answer.reference.offer.id == rows[-1].offer.id
    assert view.why.clear.isVisible()
    view.why.clear.click()
    assert view.model.state.wish.chosen == ()


def test_nothing_found_offers_to_clear_the_filters(view):
    view.why.filters.region.setText("atlantis")
    assert not view.top.plot.isVisible()
    assert view.top.nothing.button.isVisible()
    view.top.nothing.button.click()
    assert view.top.plot.isVisible()
    assert view.why.filters.region.text() == ""


def test_a_price_that_is_none_is_refused_in_place(view, qtbot):
    view.own.price.edit.setText("cheap")
    view.own.price.edit.editingFinished.emit()
    assert view.notice.isVisible()
    view.own.price.edit.setText("1500")
    view.own.price.edit.editingFinished.emit()
    assert not view.notice.isVisible()
    assert view.model.state.own.price.typical == 1500
    assert view.own.reset.isVisible()


def test_the_answer_can_be_copied(view):
    view._on_copy()
    assert QGuiApplication.clipboard().text().startswith(view.model.state.answer.sentence)


def test_stale_prices_carry_the_word(view):
    assert "over 90 days old" in view.why.count.text()
    assert "stale" in view.why.table.as_csv()


def test_free_services_with_a_gpu_are_named_and_lead_to_parts(view, context):
    said = view.why.free.accessibleDescription()
    assert "Kaggle" in said
    assert "as of 20" in said, "a quota without its date is worth nothing"
    view.why.free.click()
    assert context.shared.waiting_records == "free_tier"


def test_the_long_table_follows_once_a_slider_rests(view, qtbot):
    before = view.why.table.shown_rows()
    with qtbot.waitSignal(view.why.drawn, timeout=5000):
        view.own.hours.slider.setValue(500)
        assert view.why.table.shown_rows() == before, "a slider never waits for a thousand rows"
    assert view.why.table.shown_rows() == view.model.state.rows != before


def test_pointing_at_a_line_shows_its_range_and_leaving_it_hides_it(view):
    plot = view.top.plot
    line = next(one for one in view.model.state.answer.lines if not one.has_band)
    middle = len(line.cost.months) // 2
    at = line.cost.months[middle], line.cost.typical[middle]
    assert plot.line_at(*at) in {one.name for one in view.model.state.answer.lines}
    assert plot.line_at(at[0], -1e9) == ""
    assert not plot.shows_range(line.name)
    plot.point_at(line.name)
    assert plot.shows_range(line.name)
    plot.point_at("")
    assert not plot.shows_range(line.name)


def test_an_example_fills_the_inputs_with_its_prices_and_hours(view, qtbot):
    view.own.presets["small"].click()
    qtbot.waitUntil(lambda: view.model.state.workload.id == "resnet50_train", timeout=20_000)
    wish = view.model.state.wish
    assert (wish.hours_per_month, wish.price, wish.life_years) == (40, 2000, 3)
    assert view.own.hours.value == 40
    assert "$1.03 a useful hour" in view.top.own_month.accessibleName()


def test_what_matters_beside_money_is_named_as_the_reason(view):
    view.own.reasons.boxes["private"].click()
    said = view.top.verdict.text()
    assert said.startswith("Own, because of: the data must not leave the house")
    view.own.reasons.boxes["private"].click()
    assert "the data must not leave" not in view.top.verdict.text()


def test_the_tornado_says_its_inputs_to_a_screen_reader(view):
    said = view.why.tornado.accessibleDescription()
    strongest = view.model.state.answer.odds.swings[0].name
    assert said.split("; ")[0].startswith(f"Gain from owning over its life. {strongest}")


def test_use_that_was_not_recorded_is_said_and_recorded_use_can_be_taken(view, qtbot):
    qtbot.waitUntil(lambda: "not recorded" in view.own.recorded.note.text(), timeout=5000)
    assert not view.own.recorded.button.isVisibleTo(view)
    view.own.recorded.show_use(RecordedUse("gpu.0", 0.25, 300.0, 30.0))
    assert "10%" in view.own.recorded.note.text()
    view.own.recorded.button.click()
    assert view.model.state.wish.hours_per_month == 76, "75 h in 720 are 76 h in a month of 730"


def test_spot_is_told_in_scenarios_and_follows_the_rate(view):
    view.why.pages.setCurrentIndex(1)
    assert "if interrupted every 24 h" in view.why.spot.text()
    before = view.why.spot.text()
    view.own.spot.rate.setCurrentIndex(0)
    view.own.spot.rate.activated.emit(0)
    assert view.model.state.wish.terms.mtbi_hours == 1
    assert view.why.spot.text() != before


def test_lines_are_drawn_also_where_owning_never_pays_back(view, qtbot):
    plot = CostPlot()
    qtbot.addWidget(plot)
    plot.show_answer(replace(view.model.state.answer, marks=()))
    assert len(plot.plot.listDataItems()) == len(view.model.state.answer.lines) > 1


def test_the_names_in_the_chart_stay_inside_it_when_it_becomes_narrower(view):
    plot = view.top.plot
    plot.resize(1400, 200)
    assert plot.plot.legend.columnCount == 3
    plot.resize(420, 200)
    assert plot.plot.legend.columnCount == 2


def test_the_offers_have_the_columns_there_is_room_for_and_all_when_asked(view):
    table = view.why.table
    table.resize(700, 200)
    assert {"On chart", "Provider", "GPUs", "$/job", "$/h"}.isdisjoint(table.left_out())
    assert "Region" in table.left_out()
    shown = sum(table.columnWidth(n) for n in range(table.model_.columnCount()))
    assert shown <= table.viewport().width(), "nothing to scroll sideways"
    row = next(row for row in table.shown_rows() if row.offer.region)
    assert row.offer.region in offer_tip(row)
    view.why.whole.click()
    assert not table.left_out()
