"""The page "Cost of owning" as a window: answer first, every question, files that can be saved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication

from hwstudio.gui.cloud.costs.form import OptionalNumber
from hwstudio.gui.cloud.costs.view import CostsPage
from hwstudio.gui.cloud.sections import CloudServices
from hwstudio.gui.cloud.view import stock_of
from hwstudio.gui.cloud.viewmodel import CloudViewModel


@pytest.fixture
def page(qtbot, context):
    # Without the fitted model the first page answers at once; the sheets take what it says.
    model = CloudViewModel(replace(stock_of(context), predictors=None))
    made = CostsPage(CloudServices(context, model, lambda _: None))
    qtbot.addWidget(made)
    made.resize(1232, 540)
    made.show()
    yield made
    model.deleteLater()


def field(page, name):
    return page._forms[page.model.state.sheet.id].fields[name]


def test_it_fits_a_small_window_with_every_question(page):
    for number in range(page.questions.count()):
        page.questions.setCurrentIndex(number)
        hint = page.minimumSizeHint()
        assert hint.width() <= 1232, page.questions.tabText(number)
        assert hint.height() <= 540, page.questions.tabText(number)


def test_the_answer_stands_first_with_charts_and_lines(page):
    assert page.sentence.text() == page.model.state.answer.sentence
    assert page.stack.isVisible()
    assert page.curve.isVisible()
    table = page.lines.currentWidget()
    sums = [row.cells[0] for row in table.shown_rows() if row.is_sum]
    assert sums == ["All together"]


def test_every_question_and_every_example_has_an_answer(page):
    for number in range(page.questions.count()):
        page.questions.setCurrentIndex(number)
        for choice in range(page.begin.count()):
            page.model.choose_preset(page.begin.itemData(choice))
            assert page.model.state.problem == ""
            assert page.sentence.text() == page.model.state.answer.sentence


def test_a_slider_moves_the_answer(page):
    before = page.sentence.text()
    field(page, "busy_hours_per_month").slider.setValue(900)
    assert page.model.state.inputs["busy_hours_per_month"].value > 600
    assert page.sentence.text() != before


def test_a_tick_counts_a_cost_and_the_field_appears(page):
    optional = field(page, "idle_w")
    assert isinstance(optional, OptionalNumber)
    assert optional.number.isHidden()
    optional.tick.click()
    assert not optional.number.isHidden()
    assert page.model.state.inputs["idle_w"].value == 0
    optional.tick.click()
    assert page.model.state.inputs["idle_w"].value is None


def test_a_curve_that_needs_a_used_price_shows_its_fields_and_asks_for_it(page):
    curve = field(page, "curve")
    curve.setCurrentIndex(curve.findData("used_price"))
    curve.activated.emit(curve.currentIndex())
    assert page.notice.isVisible()
    field(page, "used_price").tick.click()
    edit = field(page, "used_price").number.edit
    edit.setText("1500")
    edit.editingFinished.emit()
    assert not page.notice.isVisible()
    assert page.model.state.answer.document["depreciation"] == "used_price"


def test_a_bad_number_is_refused_in_place(page):
    edit = field(page, "purchase").edit
    edit.setText("a lot")
    edit.editingFinished.emit()
    assert page.notice.isVisible()
    edit.setText("3000")
    edit.editingFinished.emit()
    assert not page.notice.isVisible()
    assert page.model.state.inputs["purchase"].value == 3000


def test_the_formula_of_a_line_is_there_on_demand(page):
    table = page.lines.currentWidget()
    row = next(r for r in table.shown_rows() if r.cells[0] == "Electricity, working")
    tip = table.model_.columns[0].tip(row)
    assert "watts x busy hours" in tip
    assert row.says in tip


def test_answer_and_lines_can_be_copied_and_saved(page, tmp_path):
    page.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("Owning it costs")
    assert "| Purchase |" in copied
    page.save_csv(tmp_path / "lines.csv")
    assert "Purchase" in (tmp_path / "lines.csv").read_text("utf-8")
    page.save_xlsx(tmp_path / "costs.xlsx")
    assert (tmp_path / "costs.xlsx").stat().st_size > 1000


def test_a_file_that_cannot_be_written_is_said_in_place(page, tmp_path):
    page.save_xlsx(tmp_path / "no such folder" / "costs.xlsx")
    assert page.notice.isVisible()


def test_the_chart_by_year_has_a_twin_in_words_and_data(page):
    assert "Year 1: $" in page.stack.accessibleDescription()
    assert page.stack.as_csv().startswith("Year,")


def test_what_was_typed_is_kept_when_the_page_goes_away(page, context):
    edit = field(page, "purchase").edit
    edit.setText("3456")
    edit.editingFinished.emit()
    page.hide()
    assert "3456" in context.studio.home.cost_inputs_file.read_text("utf-8")
