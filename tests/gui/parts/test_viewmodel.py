"""The Parts tab's mind, without a window."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hwstudio.core.base.paths import catalog_file
from hwstudio.core.catalog.overlay import Overlay
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.price import PriceKind
from hwstudio.gui.parts.viewmodel import PartsViewModel


@pytest.fixture
def overlay(tmp_path):
    return Overlay(tmp_path / "mine.db")


@pytest.fixture
def model(qapp, overlay):
    catalog = Catalog.open(catalog_file(), overlay)
    yield PartsViewModel(catalog, overlay)
    catalog.close()


def test_it_starts_with_every_gpu_model_newest_first(model):
    state = model.state
    assert len(state.rows) == state.total > 100
    years = [part.release_year or 0 for part in state.rows]
    assert years == sorted(years, reverse=True)
    assert state.selected == state.rows[0]
    assert state.facts


def test_each_filter_narrows_and_clearing_brings_all_back(model):
    model.set_filter(min_vram_gib=24)
    some = len(model.state.rows)
    model.set_filter(max_price=Decimal(3000))
    fewer = len(model.state.rows)
    assert 0 < fewer < some < model.state.total
    model.clear_filters()
    assert len(model.state.rows) == model.state.total


def test_every_change_sends_the_new_state_once(model):
    seen = []
    model.changed.connect(seen.append)
    model.set_filter(text="4090")
    model.set_filter(text="4090")
    assert [state.filters.text for state in seen] == ["4090"]


def test_another_kind_drops_limits_that_mean_nothing_there(model):
    model.set_filter(min_vram_gib=24, max_power_w=300.0, text="corsair", max_price=Decimal(500))
    model.set_kind(PartKind.CASE)
    filters = model.state.filters
    assert (filters.min_vram_gib, filters.max_power_w, filters.maker) == (None, None, "")
    assert (filters.text, filters.max_price) == ("corsair", Decimal(500))
    assert all("orsair" in part.maker for part in model.state.rows)


def test_the_part_looked_at_stays_while_it_fits(model):
    model.set_filter(text="rtx")
    chosen = model.state.rows[5]
    model.select(chosen)
    model.set_filter(max_power_w=1000.0)
    assert model.state.selected == chosen
    model.select(None)
    assert model.state.selected == chosen


def test_nothing_found_leaves_nothing_selected(model):
    model.set_filter(text="zzzzqqq")
    assert model.state.rows == ()
    assert model.state.selected is None
    assert model.state.facts == ()
    model.save_price(Decimal(1))
    model.clear_price()


def test_an_own_price_shows_at_once_and_can_be_forgotten(model, overlay):
    part = model.state.rows[3]
    model.select(part)
    model.save_price(Decimal("1234.50"))
    assert model.state.selected.id == part.id
    assert model.state.selected.price.kind is PriceKind.OWN
    assert model.state.rows[3].price.amount == Decimal("1234.50")
    assert model.state.facts[-1].name == "price_own"
    assert overlay.own_prices()[part.id].amount == Decimal("1234.50")
    model.clear_price()
    assert model.state.selected.price == part.price


def test_a_price_that_cannot_be_is_told_in_place(model):
    model.save_price(Decimal("1e9"))
    assert "cannot be a price" in model.state.trouble
    model.set_filter(text="4090")
    assert model.state.trouble == ""
