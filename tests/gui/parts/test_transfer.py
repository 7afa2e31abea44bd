"""Files in and out: seen before written, taken in whole, taken back whole."""

from __future__ import annotations

import pytest

from hwstudio.gui.parts.intake_dialog import REJECTED
from hwstudio.gui.parts.view import PartsView

GOOD = (
    "Part;Price;Currency;Date\n"
    "GeForce RTX 4090;1.899,00;EUR;2026-11-20\n"
    "GeForce RTX 5090;3.499,00;USD;2026-11-20\n"
    "RTX 9999;100;USD;2026-11-20\n"
)


@pytest.fixture
def view(qtbot, context):
    made = PartsView(context)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def show(view, qtbot, tmp_path):
    """Open a file's text in the import dialog and wait for the preview."""

    def opened(text, name="prices.csv"):
        file = tmp_path / name
        file.write_text(text, "utf-8")
        view.transfer.show_file(file)
        qtbot.waitUntil(lambda: not view.transfer._reading.is_busy, timeout=20_000)
        return view.transfer.dialog

    return opened


def test_a_file_is_shown_line_by_line_before_anything_is_written(show, studio):
    dialog = show(GOOD)
    assert dialog.sentence.text() == "prices.csv: 2 new, 1 left out."
    assert dialog.take.text() == "Take in 2"
    assert [row.name for row in dialog.table.shown_rows()] == [
        "GeForce RTX 4090",
        "GeForce RTX 5090",
    ]
    dialog.tabs.setCurrentIndex(1)
    [left_out] = dialog.table.shown_rows()
    assert "no part is called 'RTX 9999'" in left_out.why
    assert studio.overlay.own_prices() == {}


def test_taking_in_shows_at_once_and_undo_takes_all_back(show, view, studio):
    show(GOOD).accept()
    assert len(studio.overlay.own_prices()) == 2
    assert "Took in 2" in view.model.state.told
    view.filters.text.setText("rtx 4090")
    assert view.detail.price.text() == "€1,899, your own price"
    view.transfer.take_back()
    assert studio.overlay.own_prices() == {}
    assert "Undone" in view.model.state.told
    view.transfer.take_back()
    assert view.model.state.told == "There is no import to undo."


def test_what_the_file_leaves_open_can_be_said_for_all_of_it(show, qtbot, view):
    dialog = show("Part,Price\nGeForce RTX 4090,1899.00\n")
    assert not dialog.take.isEnabled()
    assert dialog.tabs.tabText(dialog.tabs.currentIndex()).startswith(REJECTED)
    dialog.currency.set_value("EUR")
    dialog.dated.set_value("today")
    dialog._on_wish("EUR")
    qtbot.waitUntil(lambda: not view.transfer._reading.is_busy, timeout=20_000)
    assert dialog.take.text() == "Take in 1"


def test_a_file_that_is_no_table_says_why_in_place(show):
    dialog = show("<html><body>404</body></html>", "prices.csv")
    assert not dialog.notice.isHidden()
    assert not dialog.take.isEnabled()


def test_a_part_of_my_own_starts_from_the_one_looked_at(view, studio, qtbot):
    view.model.set_kind("psu")
    view._on_add_own()
    form = view.transfer.form
    like = view.model.state.selected
    assert form.fields["name"].text() == "", "a part of one's own needs a name of its own"
    assert form.fields["wattage"].text() == f"{like.rated_w:g}"
    form.fields["name"].setText(like.name)
    form.keep.click()
    assert not form.notice.isHidden(), "the catalogue has that name already"
    form.fields["name"].setText("Garage 1234 W")
    form.fields["wattage"].setText("1234")
    form.keep.click()
    assert [part.name for part in studio.overlay.own_parts()] == ["Garage 1234 W"]
    view.filters.text.setText("garage")
    assert [part.rated_w for part in view.model.state.rows] == [1234.0]
    facts = {fact.name: fact for fact in view.model.state.facts}
    assert facts["rated_w"].source.startswith("your own part")


def test_a_part_that_cannot_be_is_refused_and_nothing_typed_is_lost(view, studio):
    view.model.set_kind("psu")
    view._on_add_own()
    form = view.transfer.form
    form.fields["name"].setText("Impossible")
    form.fields["wattage"].setText("-5")
    form.keep.click()
    assert "negative" in form.notice._text.text()
    assert form.fields["name"].text() == "Impossible"
    assert studio.overlay.own_parts() == ()
    form.reject()


def test_what_is_mine_is_written_to_a_workbook(view, studio, tmp_path):
    view.model.set_note(view.model.state.selected.id, "kept")
    view.transfer.write(tmp_path / "mine.xlsx")
    assert (tmp_path / "mine.xlsx").stat().st_size > 1000
    assert "Wrote mine.xlsx" in view.model.state.told


def test_a_card_of_my_own_chooses_its_gpu_from_a_list(view, studio):
    view.model.set_kind("gpu_card")
    view._on_add_own()
    form = view.transfer.form
    form.fields["name"].setText("My odd card")
    form.fields["gpu_id"].set_value("gpu-geforce-rtx-3090")
    form.fields["length_mm"].setText("")
    form.keep.click()
    assert "Length, mm is missing" in form.notice._text.text(), "in the form's own words"
    form.fields["length_mm"].setText("300")
    form.fields["slots"].setText("2.5")
    form.keep.click()
    [own] = studio.overlay.own_parts()
    assert own.values["gpu_id"] == "gpu-geforce-rtx-3090"
