"""Numbers read by people."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base import units


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (211.2, "211"), (0.00123, "0.00123"), (1717.4, "1,717"), (5.25, "5.25")],
)
def test_three_digits_are_kept_and_thousands_grouped(value, shown):
    assert units.significant(value) == shown


def test_a_rate_takes_the_prefix_that_reads_best():
    assert units.si(2.11e11, "FLOP/s") == "211 GFLOP/s"
    assert units.si(950, "B/s") == "950 B/s"


def test_memory_is_said_in_binary_units():
    assert units.gib(24 * 2**30) == "24.0 GiB"
    assert units.gib(512 * 2**20) == "512 MiB"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0000015, "2 µs"),
        (1.04e-9, "1.0 ns"),
        (0.25, "250 ms"),
        (45, "45 s"),
        (60, "1 min"),
        (3600, "1 h"),
        (12000, "3 h 20 min"),
        (86400 * 3, "3.0 days"),
    ],
)
def test_a_span_is_told_in_the_units_that_matter(seconds, words):
    assert units.duration(seconds) == words


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_rounding_to_three_digits_never_moves_a_number_by_more_than_half_a_percent(value):
    back = units.parse_number(units.significant(value))
    assert abs(back - value) <= 0.0051 * value


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "", "12a", "1.2.3"])
def test_what_is_not_a_plain_number_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the built-in message is float's own
        units.parse_number(text)


def test_thousands_separators_are_understood():
    assert units.parse_number(" 12,500.5 ") == 12500.5
    assert math.isclose(units.parse_number("1_000"), 1000)


@pytest.mark.parametrize("text", ["16,5", "1234,50", "1.234,56", "1,23", ",5", "12,3456", "", "."])
def test_a_comma_that_parts_no_thousands_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the text itself
        units.parse_number(text)
