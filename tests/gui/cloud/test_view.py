"""The Cloud tab as a window: it shows the answer first, and every control reaches the model."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

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
    assert made.sentence.text() == state.answer.sentence
    assert "stimating" in state.answer.sentence
    assert state.own_speed.median is None
    assert not made.nothing.button.isVisible()
    qtbot.waitUntil(lambda: not made.model.state.is_waiting, timeout=20_000)
    assert made.model.state.own_speed.median > 0


def test_it_fits_a_small_window(view):
    hint = view.minimumSizeHint()
    assert hint.width() <= 1280
    assert hint.height() <= 640


def test_the_answer_stands_first_with_numbers_chart_and_offers(view):
    assert view.sentence.text() == view.model.state.answer.sentence
    assert view.plot.isVisible()
    assert not view.nothing.isVisible()
    assert len(view.table.shown_rows()) == len(view.model.state.rows) > 100


def test_a_slider_moves_the_answer(view):
    before = view.own_month.accessibleName()
    view.own.hours.slider.setValue(900)
    assert view.model.state.wish.hours_per_month > 600
    assert view.own_month.accessibleName() != before


def test_sliders_can_be_moved_step_by_step_with_the_keyboard(view, qtbot):
    start = view.model.state.wish.hours_per_month
    view.own.hours.slider.setFocus()
    for _ in range(10):
        qtbot.keyClick(view.own.hours.slider, Qt.Key.Key_Right)
    assert view.model.state.wish.hours_per_month > start


def test_a_filter_narrows_the_table_and_a_tick_changes_what_is_compared(view):
    view.filters.accelerator.set_value("H100")
    view.filters._on_changed()
    rows = view.table.shown_rows()
    assert rows
    assert all(row.offer.accelerator == "H100" for row in rows)
    index = view.table.model_.index(len(rows) - 1, 0)
    view.table.model_.setData(index, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert view.model.state.answer.reference.offer.id == rows[-1].offer.id
    assert view.clear.isVisible()
    view.clear.click()
    assert view.model.state.wish.chosen == ()


def test_nothing_found_offers_to_clear_the_filters(view):
    view.filters.region.setText("atlantis")
    assert not view.plot.isVisible()
    assert view.nothing.button.isVisible()
    view.nothing.button.click()
    assert view.plot.isVisible()
    assert view.filters.region.text() == ""


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
    assert "over 90 days old" in view.count.text()
    assert "stale" in view.table.as_csv()


def test_free_services_with_a_gpu_are_named_and_lead_to_parts(view, context):
    said = view.free.accessibleDescription()
    assert "Kaggle" in said
    assert "as of 20" in said, "a quota without its date is worth nothing"
    view.free.click()
    assert context.shared.waiting_records == "free_tier"
