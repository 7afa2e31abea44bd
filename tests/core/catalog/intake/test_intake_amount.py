"""Numbers, money and dates are read as they were meant, or refused with how to write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.catalog.checks import CellError
from hwstudio.core.catalog.intake.amount import (
    Money,
    Number,
    day_place_of_column,
    point_of_column,
    read_date,
    read_money,
    read_number,
    spelled,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1299", "1299"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1.234.567", "1234567"),
        ("12,345,678.9", "12345678.9"),
        ("1 234,56", "1234.56"),
        ("1\u202f234", "1234"),
        ("1'234.50", "1234.50"),
        ("899,5", "899.5"),
        ("0,123", "0.123"),
        ("0.123", "0.123"),
        ("1234.567", "1234.567"),
        (".5", "0.5"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("1.2E3", "1200"),
    ],
)
def test_a_number_is_read_in_either_way_of_writing(text, value):
    assert read_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1,234", "1.234", "12.345", "123,456"])
def test_a_number_that_can_mean_two_is_refused_with_how_to_write_it(text):
    whole, parts = text.replace(",", ".").split(".")
    with pytest.raises(CellError, match=f"write {whole}{parts} or {whole}\\.{parts}0"):
        read_number(text)
    assert read_number(f"{whole}{parts}") == int(whole + parts)
    assert read_number(f"{whole}.{parts}0") == Decimal(f"{whole}.{parts}")


@pytest.mark.parametrize(
    ("others", "value"),
    [
        (["12,50"], "1.234"),
        (["12.50"], "1234"),
        (["1.234.567"], "1.234"),
        (["0,5", "7"], "1.234"),
        (["€ 1,299.00"], "1234"),
    ],
)
def test_the_rest_of_the_column_tells_what_a_doubtful_number_means(others, value):
    point = point_of_column(["1,234", *others])
    assert read_number("1,234", point) == Decimal(value)


def test_a_column_written_both_ways_tells_nothing():
    assert point_of_column(["12,50", "12.50"]) == ""
    with pytest.raises(CellError, match="can mean"):
        read_number("1,234", "")
    assert point_of_column([Number(Decimal("1.5")), "3"]) == ""


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1,2,3", "1.2.3", "12,34,567", "1e", "--1", "NaN", "inf", "1 2", "1,234.5.6"],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(CellError):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("$1,299.00", "1299.00", "USD"),
        ("€ 899", "899", "EUR"),
        ("899,- €", "899", "EUR"),
        ("899.– CHF", "899", "CHF"),
        ("EUR 1.234,50", "1234.50", "EUR"),
        ("1299 usd", "1299", "USD"),
        ("US$5.5", "5.5", "USD"),
        ("-$5", "-5", "USD"),
        ("12.50", "12.50", ""),
        ("free", "0", ""),
    ],
)
def test_money_is_read_with_the_currency_beside_it(text, amount, currency):
    found = read_money(text)
    assert (found.amount, found.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize("text", ["5 XYZ", "5 kr", "$5 EUR", "about 5", "5-6", "call us"])
def test_money_in_no_known_currency_is_refused(text):
    with pytest.raises(CellError):
        read_money(text)


def test_a_number_of_a_workbook_is_never_doubtful():
    assert read_money(Number(Decimal("1.234"), "EUR")) == Money(Decimal("1.234"), "EUR", True)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-08-17", "2026-08-17"),
        ("2026/8/7", "2026-08-07"),
        ("2026-08-17T10:00:00Z", "2026-08-17"),
        ("2026-08", "2026-08"),
        ("2026", "2026"),
        ("17.8.2026", "2026-08-17"),
        ("7.8.2026", "2026-08-07"),
        ("8/17/2026", "2026-08-17"),
        ("17/8/2026", "2026-08-17"),
        ("8/8/2026", "2026-08-08"),
    ],
)
def test_a_date_is_read_as_it_is_meant(text, day):
    assert read_date(text) == day


def test_a_date_that_can_be_two_is_refused_unless_the_column_tells():
    with pytest.raises(CellError, match="2026-08-07 or 2026-07-08"):
        read_date("8/7/2026")
    assert read_date("8/7/2026", day_place_of_column(["8/7/2026", "8/17/2026"])) == "2026-08-07"
    assert read_date("8/7/2026", day_place_of_column(["8/7/2026", "17/8/2026"])) == "2026-07-08"


@pytest.mark.parametrize(
    "text", ["30.2.2026", "2026-02-30", "2026-13", "17.8.26", "45250", "soon", "1066-10-14"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(CellError):
        read_date(text)


@given(st.decimals(0, 10_000_000, allow_nan=False, places=5))
def test_a_number_written_by_us_is_read_back_alone(value):
    assert read_number(spelled(value)) == value


@given(value=st.integers(0, 10**9), cents=st.integers(0, 99), is_german=st.booleans())
def test_grouped_money_is_read_back_to_the_cent(value, cents, is_german):
    text = f"{value:,}.{cents:02}"
    if is_german:
        text = text.replace(",", " ").replace(".", ",").replace(" ", ".")
    assert read_money(f"{text} EUR").amount == Decimal(f"{value}.{cents:02}")


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back(day):
    assert read_date(day.isoformat()) == day.isoformat()
    assert read_date(day.strftime("%d.%m.%Y")) == day.isoformat()


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_refused(text):
    for read in (read_number, read_money, read_date):
        try:
            read(text)
        except CellError:
            continue
