"""The pages of offers without their windows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hwstudio.core.cloud.filter import OfferFilter
from hwstudio.core.cloud.quotes_book import QuoteBook
from hwstudio.core.cost.egress_place import egress_places
from hwstudio.core.cost.storage_product import Wanted, storage_products
from hwstudio.gui.cloud.offers.compare import traits
from hwstudio.gui.cloud.offers.history import history_words
from hwstudio.gui.cloud.offers.quotes_viewmodel import QuotesViewModel
from hwstudio.gui.cloud.offers.reckon import (
    parts,
    stopped_words,
    storage_line,
    storage_lines,
    transfer_lines,
    transfer_words,
)
from hwstudio.gui.cloud.offers.viewmodel import OffersViewModel

TODAY = date(2026, 11, 21)
TYPED = {
    "provider": "Rack & Co",
    "name": "box 8",
    "accelerator": "H100",
    "accelerator_count": "8",
    "price": "16,060",
    "per": "month",
    "currency": "EUR",
    "usd_rate": "1.25",
    "as_of": "2026-11-01",
}


@pytest.fixture
def model(qapp, catalog):
    return OffersViewModel(catalog.offers, catalog.table("cloud_price_history"), TODAY)


@pytest.fixture
def quotes(qapp, catalog, tmp_path):
    rows = catalog.table("dedicated")
    return QuotesViewModel(QuoteBook(tmp_path / "quotes.json"), rows, lambda: TODAY)


def line(model, instance):
    return next(one for one in model.state.lines if one.offer.instance == instance)


def test_retired_machines_are_hidden_until_asked_for(model):
    assert not any(one.retired for one in model.state.lines)
    model.set_filter(OfferFilter(with_retired=True))
    retired = [one for one in model.state.lines if one.retired]
    assert {one.offer.instance for one in retired} >= {"Standard_NC6s_v3", "Standard_NC24s_v3"}
    assert len(model.state.lines) == model.state.known


def test_five_offers_can_be_compared_and_a_sixth_is_refused_in_words(model):
    said = []
    model.refused.connect(said.append)
    for one in model.state.lines[:6]:
        model.compare(one, True)
    assert len(model.state.compared) == 5
    assert "Up to 5" in said[0]
    model.compare(model.state.compared[0], False)
    assert len(model.state.compared) == 4


def test_compared_offers_stay_when_a_filter_hides_them_from_the_list(model):
    model.compare(line(model, "p5.48xlarge"), True)
    model.set_filter(OfferFilter(accelerator="T4"))
    assert [one.offer.instance for one in model.state.compared] == ["p5.48xlarge"]


def test_what_differs_stands_first_in_the_comparison(model):
    lines = (line(model, "p5.48xlarge"), line(model, "p4d.24xlarge"))
    flags = [trait.differs for trait in traits(lines)]
    assert flags == sorted(flags, reverse=True)
    assert any(flags)
    assert not all(flags)


def test_the_selected_offers_history_is_told_with_the_change(model):
    model.select(line(model, "p5.48xlarge"))
    words = history_words(model.state.selected, model.state.history)
    assert "$6.88 per GPU hour on 2026-07-20, 44% less than on 2025-03-17" in words
    model.select(model.state.lines[0])
    assert "No history" in history_words(model.state.selected, model.state.history)


def test_the_marketplace_median_stands_beside_every_crowd_offer(model):
    crowd = [one for one in model.state.lines if one.offer.offer_type == "marketplace"]
    assert crowd
    assert all(one.market is not None and one.market.hosts >= 1 for one in crowd)
    assert line(model, "p5.48xlarge").market is None


def test_a_spot_wish_makes_the_spot_price_count(model):
    model.set_filter(OfferFilter(is_spot=True, accelerator="L4"))
    assert model.state.lines
    assert all(one.price == one.offer.spot_per_hour for one in model.state.lines)


def test_a_typed_quote_says_its_hourly_price_before_it_is_kept(quotes):
    assert quotes.preview(TYPED) == "$27.500 an hour, $3.438 per GPU hour."
    assert "rate of EUR is missing" in quotes.preview({**TYPED, "usd_rate": ""})
    assert "The price must be a number" in quotes.preview({**TYPED, "price": "lots"})
    assert quotes.state.own == ()


def test_a_quote_is_kept_changed_removed_and_brought_back(quotes):
    assert quotes.keep(TYPED)
    (one,) = quotes.state.own
    assert one.per_gpu == Decimal("3.4375")
    texts = quotes.edit(one)
    assert quotes.keep({**texts, "price": "8030"})
    (changed,) = quotes.state.own
    assert changed.id == one.id
    assert changed.per_gpu == Decimal("3.4375") / 2
    quotes.remove(changed)
    assert quotes.state.own == ()
    quotes.undo()
    quotes.undo()
    assert quotes.state.own == (one,)


def test_a_bad_quote_is_refused_in_words_and_not_kept(quotes):
    said = []
    quotes.refused.connect(said.append)
    assert not quotes.keep({**TYPED, "provider": ""})
    assert not quotes.keep({**TYPED, "accelerator_count": "1.5"})
    assert "provider is missing" in said[0]
    assert "whole number" in said[1]
    assert quotes.state.own == ()


def test_a_rate_gives_the_catalogues_euro_servers_a_dollar_price(quotes):
    def euro():
        return [one for one in quotes.state.listed if one.quote.currency == "EUR"]

    assert euro()
    assert all(one.per_hour is None for one in euro())
    quotes.set_rate("EUR", "1.1")
    assert all(one.per_hour for one in euro())
    assert quotes.state.rates == (("EUR", Decimal("1.1")),)


def test_the_causes_of_a_storage_bill_add_up_to_it(catalog):
    gp3 = next(
        one for one in storage_products(catalog.table("storage_price")) if one.name == "EBS gp3"
    )
    wanted = Wanted(size_gb=500, iops=4000, throughput_mb_s=225)
    found = storage_line(gp3, wanted)
    rows = parts(found.answer, wanted)
    assert sum(row.cost for row in rows) == found.total == 49
    assert "500 GB x $0.08 per GB-month" in rows[0].how
    assert "included: 3,000; 1,000 more x $0.005" in rows[1].how


def test_a_stopped_machine_goes_on_paying_for_its_disk_but_not_for_a_local_one(catalog):
    every = {one.name: one for one in storage_products(catalog.table("storage_price"))}
    words = stopped_words(every["EBS gp3"], Decimal(73), Decimal(230))
    assert "$73.00 a month in any case" in words
    assert "$50.00 of it falls on hours when nothing runs" in words
    assert "data are lost" in stopped_words(every["Local SSD"], Decimal(30), Decimal(230))


def test_products_without_a_bill_come_last_and_say_why(catalog):
    products = storage_products(catalog.table("storage_price"))
    found = storage_lines(products, Wanted(size_gb=500, iops=10_000), products[0])
    totals = [one.total for one in found]
    known = [total for total in totals if total is not None]
    assert totals == [*sorted(known), *([None] * (len(totals) - len(known)))]
    assert all(one.refused for one in found if one.total is None)


def test_transfer_costs_more_after_the_free_gb_of_the_month_are_used_up(catalog):
    places = egress_places(catalog.table("egress"))
    aws = next(one for one in places if one.provider == "aws")
    assert "These 100 GB cost $0.00" in transfer_words(aws, Decimal(0), Decimal(100))
    words = transfer_words(aws, Decimal(100), Decimal(100))
    assert "These 100 GB cost $9.00 after the 100 GB of this month" in words
    lines = transfer_lines(places, Decimal(50_000), aws)
    assert lines[-1].refused  # a price list that ends before
    assert sum(one.is_chosen for one in lines) == 1


def test_offers_added_elsewhere_are_taken_up(qapp, catalog):
    offers = catalog.offers()[:3]
    known = [offers]
    model = OffersViewModel(lambda: known[0], (), TODAY)
    model.compare(model.state.lines[0], True)
    told = []
    model.changed.connect(told.append)
    model.refresh()
    assert told == []
    known[0] = tuple(replace(one, id=one.id + 10) for one in offers)
    model.refresh()
    assert len(told) == 1
    assert model.state.compared == ()
