"""The pages of offers as windows: they fit, they answer, and what was typed is there again."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication

from hwstudio.gui.cloud.offers.view import FREE, LIST, QUOTES, STORAGE
from hwstudio.gui.cloud.view import CloudView


def opened(qtbot, context):
    made = CloudView(context)
    qtbot.addWidget(made)
    made.resize(1280, 640)
    made.show()
    qtbot.waitUntil(lambda: not made.model.state.is_waiting, timeout=20_000)
    made.open_section("offers")
    return made


@pytest.fixture
def view(qtbot, context):
    return opened(qtbot, context)


@pytest.fixture
def page(view):
    return view._made["offers"]


@pytest.mark.parametrize("number", [LIST, QUOTES, STORAGE, FREE])
def test_every_page_fits_a_small_window(view, page, number):
    page.open(number)
    hint = view.minimumSizeHint()
    assert hint.width() <= 1280
    assert hint.height() <= 640


def test_a_filter_narrows_the_list_and_is_there_again_next_time(qtbot, context, view, page):
    shown = page.page(LIST)
    before = len(shown.table.shown_rows())
    shown.filters.most.setText("2.5")
    shown.filters.spot.setChecked(True)
    rows = shown.table.shown_rows()
    assert 0 < len(rows) < before
    assert all(line.offer.spot_per_hour <= 2.5 for line in rows)
    again = opened(qtbot, context)._made["offers"].page(LIST)
    assert again.filters.most.text() == "2.5"
    assert len(again.table.shown_rows()) == len(rows)
    again.filters.clear.click()
    assert len(again.table.shown_rows()) == before


def test_a_limit_that_is_no_number_is_marked_and_limits_nothing(page):
    shown = page.page(LIST)
    before = len(shown.table.shown_rows())
    shown.filters.most.setText("cheap")
    assert shown.filters.most.property("bad")
    assert "must be a number" in shown.filters.most.toolTip()
    assert len(shown.table.shown_rows()) == before


def test_ticked_offers_stand_side_by_side(page):
    shown = page.page(LIST)
    for line in shown.table.shown_rows()[:2]:
        shown.table.model_.checked.emit(line, True)
    assert shown.tabs.tabText(1) == "Side by side (2)"
    assert shown.stack.currentWidget() is shown.compare
    assert len(shown.compare.table.model_.columns) == 3
    shown.untick.click()
    assert len(shown.compare.table.model_.columns) == 1


def test_the_list_is_copied_as_csv_with_units_in_its_head(page):
    shown = page.page(LIST)
    shown.filters.accelerator.set_value("H200")
    shown.filters._on_changed()
    shown.copy.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == len(shown.table.shown_rows()) + 1 > 3
    assert "$/GPU-h" in lines[0]


def test_a_kept_quote_stands_in_the_list_and_on_the_first_page_until_undone(view, page):
    quotes = page.page(QUOTES)
    quotes.form.show_texts(
        {"provider": "Rack", "name": "box", "accelerator": "H100", "price": "1460"}
    )
    assert "$2.000 an hour" in quotes.form.preview.text()
    quotes.form.keep.click()
    assert len(quotes.own.shown_rows()) == 1
    shown = page.page(LIST)
    shown.filters.tier.set_value("quote")
    shown.filters._on_changed()
    assert [line.offer.provider for line in shown.table.shown_rows()] == ["Rack"]
    assert any(offer.provider == "Rack" for offer in view.model._stock.offers)
    quotes.undo.click()
    assert not any(offer.provider == "Rack" for offer in view.model._stock.offers)


def test_a_half_typed_quote_is_there_again_next_time(qtbot, context, page):
    page.page(QUOTES).form.fields["provider"].setText("Rack & Co")
    again = opened(qtbot, context)._made["offers"].page(QUOTES)
    assert again.form.texts()["provider"] == "Rack & Co"


def test_the_storage_bill_follows_the_fields(page):
    storage = page.page(STORAGE).storage
    storage.volume.edit.setText("1000")
    storage.volume.edit.editingFinished.emit()
    assert "$80.00" in storage.total.accessibleName()
    storage.iops.edit.setText("90000000")
    storage.iops.edit.editingFinished.emit()
    assert storage.iops.is_bad


def test_core_hours_follow_the_size_of_the_machine(page):
    free = page.page(FREE)
    row = next(one for one in free.table.shown_rows() if one.service == "GitHub Codespaces (Free)")
    assert free.hours_words(row) == "30 h on 4 cores"
    free.cores.set_value("2")
    free.cores.chosen.emit("2")
    assert free.hours_words(row) == "60 h on 2 cores"
    assert "Last checked 2026-10" in free.words(row)
