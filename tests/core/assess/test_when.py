"""Which of the ten usual reasons decided: hard ones alone, else the money, else what was ticked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.assess.when import OWN, REASONS, RENT, TICKED, Facts, decide

FACTS = Facts(hours_per_month=200, enough_hours=90, owning_wins_share=0.9, fits_own=True)


def keys(reasons):
    return [reason.key for reason in reasons]


def test_there_are_ten_and_two_of_them_are_counted_not_ticked():
    assert len(REASONS) == 10
    assert set(keys(REASONS)) - set(keys(TICKED)) == {"regular", "irregular"}


def test_heavy_use_decides_for_owning_and_says_from_which_hours():
    verdict = decide(FACTS, ())
    assert (verdict.side, keys(verdict.decided_by)) == (OWN, ["regular"])
    assert "from about 90 h" in verdict.why


def test_light_use_decides_for_renting():
    verdict = decide(replace(FACTS, owning_wins_share=0.1, enough_hours=900), ())
    assert (verdict.side, keys(verdict.decided_by)) == (RENT, ["irregular"])
    assert "more hours than a month has" in verdict.why


@pytest.mark.parametrize("key", ["private", "offline", "custom"])
def test_what_leaves_no_choice_decides_whatever_it_costs(key):
    verdict = decide(replace(FACTS, owning_wins_share=0.0), (key, "together"))
    assert (verdict.side, keys(verdict.decided_by)) == (OWN, [key])
    assert keys(verdict.against) == ["together"]


def test_ticks_decide_only_where_the_money_is_close():
    clear = decide(FACTS, ("trying", "nobody"))
    assert (clear.side, keys(clear.against)) == (OWN, ["trying", "nobody"])
    close = decide(replace(FACTS, owning_wins_share=0.55), ("trying", "nobody"))
    assert (close.side, keys(close.decided_by)) == (RENT, ["trying", "nobody"])
    assert keys(close.against) == ["regular"]


def test_work_that_does_not_fit_is_rented_unless_it_must_stay():
    small = replace(FACTS, fits_own=False, owning_wins_share=None)
    assert decide(small, ()).side == RENT
    stuck = decide(small, ("private",))
    assert stuck.side == ""
    assert "larger GPU" in stuck.why


def test_without_costs_nothing_is_decided():
    assert decide(replace(FACTS, owning_wins_share=None), ()).side == ""
