"""How old a price is, also where its date is vague or the clock is wrong."""

from __future__ import annotations

from datetime import date

import pytest

from hwstudio.core.cloud.age import age_days, age_words, is_stale

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("as_of", "days"),
    [
        ("2026-11-21", 0),
        ("2026-08-23", 90),
        ("2026-08-22", 91),
        ("2026-07", 143),
        ("2026", 324),
        ("", None),
        ("unknown", None),
        ("2026-13-40", None),
        ("2027-01-01", 0),
    ],
)
def test_the_age_counts_from_the_earliest_day_meant(as_of, days):
    assert age_days(as_of, TODAY) == days


def test_a_price_is_stale_after_90_days_or_without_a_date():
    assert not is_stale("2026-08-23", TODAY)
    assert is_stale("2026-08-22", TODAY)
    assert is_stale("", TODAY)


@pytest.mark.parametrize(
    ("as_of", "words"),
    [("2026-11-20", "1 day"), ("2026-07-30", "4 months"), ("2025-03-07", "1.7 years")],
)
def test_the_age_reads_as_people_say_it(as_of, words):
    assert age_words(as_of, TODAY) == words
