"""Interruptions: when to save, and how long work then takes."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.spot import (
    Interruptions,
    checkpoint_plan,
    expected_time_s,
    expected_time_without_checkpoint_s,
    mean_time_from_band_s,
    spot_overhead,
)


def test_the_interval_is_the_square_root_rule():
    plan = checkpoint_plan(Interruptions(mtbi_s=20000, checkpoint_s=100, machines=2), step_s=3)
    assert plan.cluster_mtbf_s == 10000
    assert plan.interval_s == pytest.approx(math.sqrt(2 * 10000 * 100))
    assert plan.steps == round(plan.interval_s / 3)


def test_twenty_per_cent_a_month_is_3271_hours_at_best():
    assert mean_time_from_band_s(0.2) / 3600 == pytest.approx(3271, abs=1)
    assert mean_time_from_band_s(0) is None


@given(mtbi=st.floats(600, 1e6), save=st.floats(0.1, 300), recover=st.floats(0, 600))
def test_interrupted_work_never_takes_less_than_the_work(mtbi, save, recover):
    case = Interruptions(mtbi_s=mtbi, checkpoint_s=save, recover_s=recover)
    assert spot_overhead(case) >= 1
    assume(3600 / mtbi < 100)
    assert expected_time_without_checkpoint_s(3600, case) >= 3600


@given(mtbi=st.floats(3600, 1e6))
def test_the_best_interval_beats_half_and_double(mtbi):
    case = Interruptions(mtbi_s=mtbi, checkpoint_s=10)
    best = checkpoint_plan(case).interval_s
    here = expected_time_s(1e5, best, case)
    assert here <= expected_time_s(1e5, best / 2, case)
    assert here <= expected_time_s(1e5, best * 2, case)


def test_work_that_cannot_finish_is_refused_in_words():
    with pytest.raises(UserError, match="never finish"):
        expected_time_without_checkpoint_s(1e9, Interruptions(mtbi_s=60, checkpoint_s=1))


@pytest.mark.parametrize("band", [1, -0.1, float("nan")])
def test_an_impossible_band_is_refused(band):
    with pytest.raises(UserError):
        mean_time_from_band_s(band)


def test_a_checkpoint_as_long_as_its_interval_is_not_worth_it():
    bad = checkpoint_plan(Interruptions(mtbi_s=100, checkpoint_s=600))
    assert not bad.is_worth_it
    assert "600 s" in bad.words
    assert "346 s" in bad.words
    assert not checkpoint_plan(Interruptions(mtbi_s=100, checkpoint_s=200)).is_worth_it
    good = checkpoint_plan(Interruptions(mtbi_s=100, checkpoint_s=1), step_s=100)
    assert good.is_worth_it
    assert good.words == "Save about every 14 s (every step)."
