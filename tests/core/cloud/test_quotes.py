"""Typed quotes: what they cost an hour, what they bind to, and that nothing typed is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.quotes import Quote, as_offer, checked, hourly_usd
from hwstudio.core.cloud.quotes_book import QuoteBook

TODAY = date(2026, 11, 21)
BOX = Quote(
    id=0,
    provider="Rack & Co",
    name="box 4",
    price=Decimal(1460),
    as_of="2026-11-01",
    accelerator="H100",
    accelerator_count=4,
)


@pytest.fixture
def book(tmp_path):
    return QuoteBook(tmp_path / "cloud-quotes.json")


def offer_of(**values):
    return as_offer(replace(BOX, **values), 1, None, "own")


def test_a_month_has_730_hours_and_a_rate_makes_it_dollars():
    assert hourly_usd(BOX) == 2
    assert hourly_usd(replace(BOX, currency="EUR", usd_rate=Decimal("1.1"))) == Decimal("2.2")
    assert hourly_usd(replace(BOX, price=Decimal(8760), per="year")) == 1


def test_a_set_up_fee_is_spread_over_the_contract_and_else_stays_outside():
    fee = replace(BOX, setup_fee=Decimal(730))
    assert hourly_usd(fee) == 2
    assert "once, not in the price" in offer_of(setup_fee=Decimal(730)).notes
    assert hourly_usd(replace(fee, contract_months=10)) == Decimal("2.1")


@given(
    price=st.decimals("0.01", "100000", places=2),
    more=st.decimals("0.01", "1000", places=2),
    fee=st.decimals(0, 5000, places=2),
    months=st.integers(0, 120),
)
def test_a_dearer_quote_never_costs_less_an_hour(price, more, fee, months):
    cheap = replace(BOX, price=price, setup_fee=fee, contract_months=months)
    assert hourly_usd(cheap) < hourly_usd(replace(cheap, price=price + more))
    assert hourly_usd(cheap) <= hourly_usd(replace(cheap, setup_fee=fee + more))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"per": "hour"}, "price_per_hour"),
        ({"per": "month"}, "price_1m_per_hour"),
        ({"per": "month", "contract_months": 6}, "price_1m_per_hour"),
        ({"per": "month", "contract_months": 12}, "price_1y_per_hour"),
        ({"per": "year"}, "price_1y_per_hour"),
        ({"per": "hour", "contract_months": 36}, "price_3y_per_hour"),
    ],
)
def test_a_price_stands_under_what_it_binds_to_and_nowhere_else(values, field):
    offer = offer_of(**values)
    names = ("price_per_hour", "price_1m_per_hour", "price_1y_per_hour", "price_3y_per_hour")
    assert [name for name in names if getattr(offer, name) is not None] == [field]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"provider": " "}, "provider is missing"),
        ({"price": Decimal(0)}, "cannot be a price"),
        ({"price": Decimal("NaN")}, "cannot be a price"),
        ({"currency": "EUR", "usd_rate": None}, "rate of EUR is missing"),
        ({"currency": "euro"}, "no currency"),
        ({"per": "week"}, "per 'week'"),
        ({"as_of": "yesterday"}, "no date"),
        ({"as_of": "2027-01-01"}, "not a day in the past"),
        ({"accelerator_count": 0}, "how many GPUs"),
        ({"contract_months": -1}, "contract"),
        ({"setup_fee": Decimal(-1)}, "set-up fee"),
    ],
)
def test_what_cannot_be_a_quote_is_refused_in_words(values, words):
    with pytest.raises(UserError, match=words):
        checked(replace(BOX, **values), TODAY)


def test_quotes_are_there_again_in_the_next_run_and_every_change_can_be_undone(book):
    first = book.save(BOX, TODAY)
    book.save(replace(first, price=Decimal(1000)), TODAY)
    book.remove(first.id)
    again = QuoteBook(book.file)
    assert again.kept().quotes == ()
    assert again.undo() == "remove Rack & Co box 4"
    assert again.kept().quotes[0].price == 1000
    again.undo()
    assert again.kept().quotes[0] == first
    again.undo()
    assert book.kept().quotes == ()  # the first book sees what the second one did
    assert book.undo_title() == ""
    with pytest.raises(UserError, match="nothing to undo"):
        book.undo()


def test_a_number_that_was_given_once_is_never_given_to_another_quote(book):
    first = book.save(BOX, TODAY)
    book.undo()
    assert book.save(BOX, TODAY).id > first.id


def test_a_refused_quote_changes_nothing(book):
    book.save(BOX, TODAY)
    before = book.file.read_bytes()
    with pytest.raises(UserError):
        book.save(replace(BOX, price=Decimal(-1)), TODAY)
    with pytest.raises(UserError, match="no longer there"):
        book.save(replace(BOX, id=99), TODAY)
    assert book.file.read_bytes() == before


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"schema": 1}', '{"now": {"quotes": [1]}}'])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(book, damage):
    book.file.write_text(damage)
    assert book.kept().quotes == ()
    assert book.set_aside.read_text() == damage
    book.save(BOX, TODAY)
    assert len(QuoteBook(book.file).kept().quotes) == 1


def test_a_quote_made_wrong_by_hand_does_not_get_in(book):
    book.save(BOX, TODAY)
    found = json.loads(book.file.read_text())
    found["now"]["quotes"][0]["price"] = "-5"
    book.file.write_text(json.dumps(found))
    assert QuoteBook(book.file).kept().quotes == ()


def test_a_file_of_a_newer_hwstudio_is_refused_and_left_alone(book):
    book.file.write_text('{"schema": 99}')
    with pytest.raises(UserError, match="newer hwstudio"):
        book.kept()
    with pytest.raises(UserError, match="newer hwstudio"):
        book.save(BOX, TODAY)
    assert book.file.read_text() == '{"schema": 99}'
