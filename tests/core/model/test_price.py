"""A price ages the same way everywhere: over 180 days it is stale."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.model.price import STALE_AFTER_DAYS, Price, PriceKind, age_days

TODAY = date(2026, 11, 28)


def price(as_of):
    one = Decimal(1)
    return Price(one, one, one, "USD", PriceKind.LIST, as_of, "a page")


@pytest.mark.parametrize(
    ("as_of", "days"),
    [("2026-11-28", 0), ("2026-11-27", 1), ("2026-10", 31), ("2025", 335), ("2027-01-01", 0)],
)
def test_a_vague_date_counts_from_its_end_and_the_future_is_today(as_of, days):
    assert age_days(as_of, TODAY) == days


def test_the_last_good_day_is_the_180th():
    edge = TODAY - timedelta(days=STALE_AFTER_DAYS)
    assert not price(edge.isoformat()).is_stale(TODAY)
    assert price((edge - timedelta(days=1)).isoformat()).is_stale(TODAY)


@given(st.dates(date(2000, 1, 1), TODAY), st.integers(0, 4000))
def test_waiting_never_makes_a_price_fresher(day, wait):
    later = TODAY + timedelta(days=wait)
    assert price(day.isoformat()).age_days(later) >= price(day.isoformat()).age_days(TODAY)
