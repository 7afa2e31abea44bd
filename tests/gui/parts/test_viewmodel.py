"""The Parts tab's mind, without a window."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hwstudio.core.base.paths import catalog_file
from hwstudio.core.base.units import GIB
from hwstudio.core.catalog.browse import Browser
from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.price import PriceKind
from hwstudio.gui.parts.state import Filters, filters_from
from hwstudio.gui.parts.viewmodel import PartsViewModel


@pytest.fixture
def overlay(tmp_path):
    return Overlay(tmp_path / "mine.db")


@pytest.fixture
def model(qapp, overlay):
    catalog = Catalog.open(catalog_file(), overlay)
    yield PartsViewModel(Browser(catalog), overlay)
    catalog.close()


# --- filters ---------------------------------------------------------------------------------


def test_it_starts_with_every_gpu_model_newest_first(model):
    state = model.state
    assert len(state.rows) == state.total > 100
    years = [part.release_year or 0 for part in state.rows]
    assert years == sorted(years, reverse=True)
    assert state.selected == state.rows[0]
    assert state.facts


def test_each_filter_narrows_and_clearing_brings_all_back(model):
    model.set_limit("vram_bytes", (24 * GIB, None))
    some = len(model.state.rows)
    model.set_limit("price", (None, 3000.0))
    fewer = len(model.state.rows)
    assert 0 < fewer < some < model.state.total
    assert all(part.vram_bytes >= 24 * GIB for part in model.state.rows)
    assert all(part.price.amount <= 3000 for part in model.state.rows)
    model.clear_filters()
    assert len(model.state.rows) == model.state.total


def test_a_choice_says_beforehand_how_many_it_leaves(model):
    model.set_kind("cpu")
    counts = dict(dict(model.state.options)["socket"])
    model.set_choice("socket", "AM5")
    assert len(model.state.rows) == counts["AM5"]
    assert dict(dict(model.state.options)["socket"]) == counts, "its own choice hides no other"
    model.set_choice("socket", "")
    assert len(model.state.rows) == model.state.total


def test_every_change_sends_the_new_state_once(model):
    seen = []
    model.changed.connect(seen.append)
    model.set_text("4090")
    model.set_text("4090")
    assert [state.filters.text for state in seen] == ["4090"]


def test_another_kind_keeps_words_and_price_and_drops_what_means_nothing_there(model):
    model.set_limit("vram_bytes", (24 * GIB, None))
    model.set_limit("price", (None, 500.0))
    model.set_text("corsair")
    model.set_kind("case")
    assert model.state.filters == Filters(
        kind="case", text="corsair", limits=(("price", (None, 500.0)),)
    )
    assert all("orsair" in part.maker for part in model.state.rows)


@pytest.mark.parametrize("kind", ["model", "offer", "accelerator", "carbon", "reference_result"])
def test_what_is_no_part_is_browsed_the_same_way(model, kind):
    model.set_kind(kind)
    state = model.state
    assert len(state.rows) == state.total > 0
    assert state.facts
    assert all(fact.source and fact.as_of for fact in state.facts)


def test_only_what_is_priced_or_fresh_or_owned(model):
    model.set_only("only_priced", True)
    assert all(part.price for part in model.state.rows)
    model.clear_filters()
    model.select(model.state.rows[4])
    model.set_owned(2)
    model.set_only("only_owned", True)
    assert [part.id for part in model.state.rows] == [model.state.selected.id]
    assert model.state.mine.quantity == 2


def test_changing_the_number_keeps_since_when_it_is_owned(model, overlay):
    part = model.state.selected
    overlay.set_owned(part.id, 1, "2026-01-02", "serial 123")
    model.look_again()
    model.set_owned(3)
    kept = overlay.owned()[part.id]
    assert (kept.quantity, kept.since, kept.note) == (3, "2026-01-02", "serial 123")


def test_the_part_looked_at_stays_while_it_fits(model):
    model.set_text("rtx")
    chosen = model.state.rows[5]
    model.select(chosen)
    model.set_limit("tdp_w", (None, 1000.0))
    assert model.state.selected == chosen
    model.select(None)
    assert model.state.selected == chosen


def test_nothing_found_leaves_nothing_selected(model):
    model.set_text("zzzzqqq")
    assert model.state.rows == ()
    assert model.state.selected is None
    assert model.state.facts == ()
    model.save_price(Decimal(1))
    model.clear_price()
    model.set_owned(3)


# --- what is the user's own --------------------------------------------------------------------


def test_an_own_price_wins_at_once_and_can_be_forgotten(model, overlay):
    part = model.state.rows[3]
    model.select(part)
    model.save_price(Decimal("1234.50"))
    shown = model.state.selected.price
    assert (shown.kind, shown.amount) == (PriceKind.OWN, Decimal("1234.50"))
    assert shown.low == shown.high == shown.amount, "the band is gone"
    assert model.state.rows[3].price.amount == Decimal("1234.50")
    assert model.state.prices[0].kind is PriceKind.OWN
    assert overlay.own_prices()[part.id].amount == Decimal("1234.50")
    model.clear_price()
    assert model.state.selected.price == part.price


def test_a_quote_in_another_currency_is_kept_as_such(model):
    model.save_price(Decimal(900), "EUR", "quote")
    assert model.state.selected.price.currency == "EUR"
    assert model.state.selected.price.kind is PriceKind.QUOTE


def test_a_price_that_cannot_be_is_told_in_place(model):
    model.save_price(Decimal("1e9"))
    assert model.state.trouble
    model.set_text("4090")
    assert model.state.trouble == ""


def test_a_note_is_kept_per_item(model):
    first = model.state.selected
    model.set_note(first.id, "bought second hand")
    assert model.state.mine.note == "bought second hand"
    model.select(model.state.rows[1])
    assert model.state.mine.note == ""
    model.select(first)
    assert model.state.mine.note == "bought second hand"


# --- compare -----------------------------------------------------------------------------------


def test_five_can_be_compared_and_a_sixth_is_told_why_not(model):
    for part in model.state.rows[:6]:
        model.choose(part, True)
    assert len(model.state.chosen) == 5
    assert "5 can be compared" in model.state.told
    model.choose(model.state.chosen[0], False)
    assert len(model.state.chosen) == 4
    model.clear_chosen()
    assert model.state.chosen == ()


def test_what_was_ticked_stays_ticked_while_searching_and_goes_with_the_kind(model):
    part = model.state.rows[0]
    model.choose(part, True)
    model.set_text("zzzz")
    assert [one.id for one in model.state.chosen] == [part.id]
    model.set_kind("cpu")
    assert model.state.chosen == ()


# --- saved searches ----------------------------------------------------------------------------


def test_a_saved_search_brings_everything_back(model):
    model.set_kind("cpu")
    model.set_text("ryzen")
    model.set_limit("cores", (16.0, None))
    model.set_choice("socket", "AM5")
    kept = model.state.filters
    model.save_search("Big Ryzens")
    model.set_kind("gpu")
    model.open_search("Big Ryzens")
    assert model.state.filters == kept
    assert model.state.saved == (("Big Ryzens", "cpu"),)
    model.remove_search("Big Ryzens")
    assert model.state.saved == ()


def test_a_search_over_a_table_that_holds_no_parts_can_be_saved_too(model):
    model.set_kind("model")
    model.set_text("llama")
    model.save_search("Llamas")
    model.set_kind("gpu")
    model.open_search("Llamas")
    assert model.state.filters == Filters(kind="model", text="llama")


def test_a_search_without_a_name_is_refused_in_place(model):
    model.save_search("  ")
    assert model.state.trouble
    assert model.state.saved == ()


def test_a_search_over_a_table_that_is_gone_is_told_and_changes_nothing(model, overlay):
    before = model.state.filters
    overlay.save_search("Old", "quantum", {})
    model.open_search("Old")
    assert "this catalogue lacks" in model.state.trouble
    assert model.state.filters == before
    overlay.save_search("Broken", "gpu", {"limits": 5})
    model.open_search("Broken")
    assert "damaged" in model.state.trouble
    assert model.state.filters == before


def test_a_damaged_saved_search_keeps_what_can_be_read():
    kept = {"text": 5, "limits": {"tdp_w": [1, "x"], "cores": 3}, "choices": None}
    assert filters_from("cpu", kept) == Filters(
        kind="cpu", text="5", limits=(("tdp_w", (1.0, None)),)
    )
