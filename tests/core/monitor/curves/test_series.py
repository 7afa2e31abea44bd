"""Curves in flat arrays: restarts, purges, thinning and drawing lose no extreme and no gap."""

from __future__ import annotations

import math
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.monitor.curves.outline import Line, Outline, draw
from hwstudio.core.monitor.curves.series import Axis, Clock, Series
from hwstudio.core.monitor.curves.smooth import Ema, Smoothed, smooth

numbers = st.floats(-1e9, 1e9)
any_number = st.one_of(numbers, st.sampled_from([math.nan, math.inf, -math.inf]))


def series_of(values, steps=None, name="loss"):
    made = Series(name, Clock.UNIX)
    for place, value in enumerate(values):
        step = place if steps is None else steps[place]
        made.append(float(step), 1000.0 + step, value)
    return made


@given(st.lists(st.tuples(st.integers(0, 20), any_number), max_size=60), st.integers(0, 60))
def test_adding_one_by_one_and_many_at_once_is_the_same(points, cut):
    one, many = Series("a"), Series("a")
    for step, value in points:
        one.append(float(step), math.nan, value)
    for part in (points[:cut], points[cut:]):
        steps, values = [float(s) for s, _ in part], [v for _, v in part]
        many.extend(steps, [math.nan] * len(part), values)
    assert list(one.steps) == list(many.steps)
    assert repr(one.values) == repr(many.values)
    assert one.restarts == many.restarts
    assert one.first_bad == many.first_bad


def test_a_step_that_goes_back_is_drawn_as_a_second_line():
    made = series_of([1, 2, 3, 9, 8], steps=[0, 1, 2, 0, 1])
    drawn = made.drawn(Axis.STEP, 0, 10, 100)
    assert [None if math.isnan(y) else y for y in drawn.ys] == [1, 2, 3, None, 9, 8]


def test_a_value_that_is_no_number_is_a_gap():
    drawn = series_of([1, math.nan, 3, math.inf]).drawn(Axis.STEP, 0, 10, 100)
    assert [None if math.isnan(y) else y for y in drawn.ys] == [1, None, 3, None]


def test_a_curve_without_times_draws_nothing_over_time():
    made = Series("a")
    made.append(1.0, math.nan, 5.0)
    assert not made.has_times
    assert len(made.drawn(Axis.TIME, 0, 10, 100).xs) == 0


def test_over_time_only_points_with_a_time_are_drawn():
    made = Series("a", Clock.ARRIVAL)
    for step, time_s in enumerate((math.nan, math.nan, 5.0, 6.0)):
        made.append(float(step), time_s, float(step))
    assert list(made.drawn(Axis.TIME, 0, 10, 100).ys) == [2, 3]


@given(
    st.lists(any_number, min_size=1, max_size=3000),
    st.integers(1, 60),
    st.floats(0, 1),
    st.floats(0, 1),
)
@settings(max_examples=80)
def test_drawing_keeps_the_extremes_of_what_is_seen_and_is_small(values, pixels, a, b):
    made = series_of(values)
    low, high = sorted((a * len(values), b * len(values)))
    drawn = made.drawn(Axis.STEP, low, high, pixels)
    seen = [v for n, v in enumerate(values) if low <= n <= high and math.isfinite(v)]
    shown = [y for y in drawn.ys if math.isfinite(y)]
    if seen:
        assert min(shown) <= min(seen)
        assert max(shown) >= max(seen)
        assert set(shown) <= set(values)
    assert len(drawn.xs) == len(drawn.ys) <= 4 * pixels + 8
    assert list(drawn.xs) == sorted(drawn.xs)


def test_a_curve_that_grows_is_outlined_as_if_it_were_read_at_once():
    ys = array("d", [float(n * 37 % 101) for n in range(10_000)])
    xs = array("d", map(float, range(10_000)))
    grown_xs, grown_ys, outline = array("d"), array("d"), Outline()
    for end in range(500, 10_001, 777):
        grown_xs.extend(xs[len(grown_xs) : end])
        grown_ys.extend(ys[len(grown_ys) : end])
        draw(Line(grown_xs, grown_ys, [], outline), 0, 1e9, 50)
    last = draw(Line(grown_xs, grown_ys, [], outline), 0, 1e9, 50)
    fresh = draw(Line(grown_xs, grown_ys, [], Outline()), 0, 1e9, 50)
    assert last == fresh


def test_one_point_beyond_each_edge_is_drawn_so_that_the_line_reaches_it():
    drawn = series_of(range(10)).drawn(Axis.STEP, 3.5, 5.5, 100)
    assert list(drawn.xs) == [3, 4, 5, 6]


@given(st.lists(st.integers(0, 15), max_size=40), st.integers(0, 15))
def test_a_cut_leaves_just_the_earlier_steps(steps, at):
    made = series_of([float(s) for s in steps], steps=steps)
    made.cut_from(at)
    assert list(made.steps) == [s for s in steps if s < at]
    assert list(made.values) == [s for s in steps if s < at]


@given(st.lists(any_number, max_size=200))
def test_thinning_halves_and_keeps_the_extremes_and_what_is_not_a_number(values):
    made = series_of(values)
    for _ in made.thinning():
        pass
    assert len(made) <= len(values) / 2 + 3
    assert list(made.steps) == sorted(made.steps)
    finite = [v for v in values if math.isfinite(v)]
    has_nan = any(math.isnan(v) for v in values)
    assert any(math.isnan(v) for v in made.values) == has_nan
    if finite and len(finite) == len(values):
        assert min(made.values) == min(finite)
        assert max(made.values) == max(finite)


def test_points_added_while_a_curve_is_thinned_are_kept():
    made = series_of([float(n) for n in range(20_000)])
    work = made.thinning()
    next(work)
    made.append(20_000.0, 21_000.0, -1.0)
    for _ in work:
        pass
    assert made.values[-1] == -1.0
    assert len(made) == 10_001


def test_a_curve_read_again_while_it_is_thinned_is_left_alone():
    made = series_of([float(n) for n in range(20_000)])
    work = made.thinning()
    next(work)
    made.clear()
    made.append(1.0, 1.0, 5.0)
    for _ in work:
        pass
    assert list(made.values) == [5.0]
    assert made.thinned == 1


def test_smoothing_is_a_mean_with_falling_weights():
    values = [3.0, 1.0, 4.0, 1.0, 5.0]
    found = smooth(values, 0.6)
    for n, value in enumerate(found):
        weights = [0.6 ** (n - k) for k in range(n + 1)]
        wanted = sum(w * v for w, v in zip(weights, values, strict=False)) / sum(weights)
        assert value == pytest.approx(wanted)


@given(st.floats(-1e6, 1e6), st.floats(0, 0.999), st.integers(1, 50))
def test_a_constant_stays_what_it_is(value, weight, count):
    assert list(smooth([value] * count, weight)) == pytest.approx([value] * count, rel=1e-9)


def test_no_smoothing_changes_nothing_and_nan_passes_through():
    assert list(smooth([1.0, 5.0], 0.0)) == [1.0, 5.0]
    found = smooth([1.0, math.nan, 1.0], 0.9)
    assert math.isnan(found[1])
    assert found[2] == pytest.approx(1.0)


@pytest.mark.parametrize("weight", [-0.1, 1.0, math.nan])
def test_a_weight_outside_zero_to_one_is_refused(weight):
    with pytest.raises(ValueError, match="is not in"):
        Ema(weight)


def test_a_growing_curve_is_smoothed_as_if_at_once_and_anew_after_a_restart():
    made = series_of([5.0, 3.0])
    smoothed = Smoothed(made, 0.8)
    list(smoothed.values)
    made.append(2.0, 1002.0, 1.0)
    assert list(smoothed.values) == list(smooth([5.0, 3.0, 1.0], 0.8))
    made.append(0.0, 1003.0, 7.0)
    assert smoothed.values[-1] == 7.0
    made.cut_from(1.0)
    assert len(smoothed.values) == len(made)
    assert len(smoothed.drawn(Axis.STEP, 0, 9, 10).xs) >= 2


def test_a_long_curve_is_smoothed_in_steps_and_comes_out_the_same():
    made = series_of([float(n % 97) for n in range(120_000)])
    smoothed = Smoothed(made, 0.9)
    assert len(smoothed.values) == 50_000
    assert smoothed.drawn(Axis.STEP, 0, 1e9, 100).xs[-1] <= 100_000
    while smoothed.is_behind:
        pass
    assert smoothed.values == smooth(made.values, 0.9)
