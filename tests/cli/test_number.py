"""A number on the command line is what was meant, or refused."""

from __future__ import annotations

import argparse
from decimal import Decimal

import pytest

from hwstudio.cli.number import number, whole


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", "1.5"), ("1,500", "1500"), ("12,345,678.9", "12345678.9"), ("1_000", "1000"),
     ("-3", "-3"), ("1e3", "1000")],
)  # fmt: skip
def test_numbers_are_read_with_commas_between_thousands(text, value):
    assert number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1,5", "0,5", "1,50", "1,2345", "1.234,5", ",5", "5,", "1,,000"])
def test_a_decimal_comma_is_refused_and_never_dropped(text):
    with pytest.raises(argparse.ArgumentTypeError, match=r"write decimals as in 1\.5"):
        number(text)
    with pytest.raises(argparse.ArgumentTypeError):
        whole(text)


@pytest.mark.parametrize("text", ["", "abc", "NaN", "inf", "1e13", "1e-10"])
def test_what_is_no_usable_number_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError):
        number(text)
