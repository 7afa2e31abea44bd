"""The median, its interval and the filter of clean samples, against brute force and as laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.bench.statistics import (
    bootstrap_interval,
    clean_only,
    median,
    quantile,
    summarise,
)
from hwstudio.worker.stopping import Budget, interval, is_sure

numbers = st.lists(
    st.floats(min_value=1e-3, max_value=1e15, allow_nan=False), min_size=1, max_size=60
)


@given(numbers, st.floats(min_value=0, max_value=1))
def test_the_quantile_is_numpys(values, share):
    assert quantile(values, share) == pytest.approx(np.quantile(values, share), rel=1e-9)


@pytest.mark.parametrize("count", [3, 5, 11, 25, 51])
def test_for_an_odd_count_the_interval_is_what_resampling_gives(count):
    random = np.random.default_rng(count)
    values = random.lognormal(size=count)
    resampled = np.median(random.choice(values, (40_000, count)), axis=1)
    wanted = np.quantile(resampled, [0.025, 0.975], method="inverted_cdf")
    assert bootstrap_interval(list(values)) == pytest.approx(tuple(wanted))


@pytest.mark.parametrize("count", [4, 10, 20, 50])
def test_for_an_even_count_the_interval_is_never_narrower_than_resampling(count):
    random = np.random.default_rng(count)
    values = random.lognormal(size=count)
    resampled = np.median(random.choice(values, (40_000, count)), axis=1)
    low, high = bootstrap_interval(list(values))
    assert low <= np.quantile(resampled, 0.025) * (1 + 1e-9)
    assert high >= np.quantile(resampled, 0.975) * (1 - 1e-9)


def test_the_interval_holds_the_true_median_about_19_times_in_20():
    random = np.random.default_rng(1)
    held = 0
    for _ in range(1000):
        low, high = bootstrap_interval(list(random.exponential(size=31)))
        held += low <= np.log(2) <= high
    assert 920 <= held <= 985


@given(numbers)
def test_the_interval_lies_inside_the_samples_and_around_the_median(values):
    found = summarise(values)
    assert min(values) <= found.low <= found.median <= found.high <= max(values)
    assert found.median == pytest.approx(float(np.median(values)))
    assert found.n == len(values)


@given(numbers, st.floats(min_value=0.01, max_value=100))
def test_scaling_every_sample_scales_the_summary(values, factor):
    before, after = summarise(values), summarise([v * factor for v in values])
    assert after.median == pytest.approx(before.median * factor)
    assert after.low == pytest.approx(before.low * factor)


@given(numbers)
def test_the_order_of_the_samples_does_not_matter(values):
    assert summarise(values) == summarise(sorted(values))


@given(st.lists(st.tuples(st.floats(1, 2), st.booleans()), max_size=40))
def test_the_filter_keeps_the_marked_samples_in_order(pairs):
    values, marks = [v for v, _ in pairs], [m for _, m in pairs]
    assert clean_only(values, marks) == [v for v, m in pairs if m]


def test_samples_without_a_mark_count_as_clean():
    assert clean_only([1.0, 2.0, 3.0], [0]) == [2.0, 3.0]


def test_no_values_have_no_median():
    with pytest.raises(ValueError, match="no values"):
        median([])


@given(st.lists(st.floats(1, 1e6), min_size=10, max_size=200))
def test_the_workers_stopping_interval_is_at_least_about_as_wide_as_the_reported_one(values):
    worker, reported = interval(values), bootstrap_interval(values)
    ordered = sorted(values)
    # One order statistic of tolerance: the two methods round their ranks apart.
    assert ordered.index(worker[0]) <= ordered.index(reported[0]) + 1


def test_sampling_goes_on_below_the_floor_however_narrow_the_interval():
    budget = Budget(cap_s=1, warmup_s=0)
    assert not is_sure([5.0] * 9, budget)
    assert is_sure([5.0] * 10, budget)
    assert not is_sure([1.0, 2.0] * 10, budget)
