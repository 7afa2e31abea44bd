"""Lines over time: gaps stay gaps, thinning loses no peak, appending equals laying out anew."""

from __future__ import annotations

import itertools
import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.gui.kit.trace_data import Thinner, Trace, TraceLine, runs, thinned_band

NAN = math.nan
VALUES = st.lists(st.one_of(st.floats(0, 1e6), st.just(NAN)), min_size=1, max_size=300)


def _line(values, times=None, **more):
    times = range(len(values)) if times is None else times
    return TraceLine("x", array("d", times), array("d", values), **more)


def _same(left, right):
    return len(left) == len(right) and all(
        a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(left, right, strict=True)
    )


@given(VALUES)
def test_runs_are_the_stretches_without_a_gap_and_nothing_else(values):
    found = runs(array("d", values))
    inside = {n for start, end in found for n in range(start, end)}
    assert inside == {n for n, value in enumerate(values) if not math.isnan(value)}
    assert all(end < after for (_, end), (after, _) in itertools.pairwise(found))


@given(VALUES, st.floats(1.5, 40))
def test_thinning_keeps_the_highest_and_lowest_value_and_never_bridges_a_gap(values, width_s):
    times = array("d", range(len(values)))
    out_times, out_values = Thinner().thin(times, array("d", values), 0.0, width_s)
    known = [value for value in values if not math.isnan(value)]
    thin = [value for value in out_values if not math.isnan(value)]
    assert (min(known, default=0), max(known, default=0)) == (
        min(thin, default=0),
        max(thin, default=0),
    )
    assert list(out_times) == sorted(out_times)
    gaps = [n for n, value in enumerate(values) if math.isnan(value)]
    pieces = runs(array("d", out_values))
    assert len(pieces) == len(runs(array("d", values))) or len(pieces) >= bool(known)
    for start, end in pieces:  # no drawn stretch has a whole column of gap inside
        assert not any(
            out_times[start] < (n // width_s) * width_s and (n // width_s + 1) * width_s < last
            for n in gaps
            for last in [out_times[end - 1]]
            if all(m in gaps for m in range(len(values)) if m // width_s == n // width_s)
        )


def test_a_gap_of_one_second_survives_in_a_column_of_many():
    values = [1.0] * 50 + [NAN] + [1.0] * 49
    _, thin = Thinner().thin(array("d", range(100)), array("d", values), 0.0, 20.0)
    assert len(runs(thin)) == 2


@given(VALUES, st.floats(2, 30), st.integers(1, 50))
def test_appending_gives_the_same_thinned_line_as_thinning_it_all_at_once(values, width_s, first):
    times = array("d", range(len(values)))
    grown = Thinner()
    for end in range(min(first, len(values)), len(values) + 1, 7):
        grown.thin(times[:end], array("d", values[:end]), 0.0, width_s)
    step = grown.thin(times, array("d", values), 0.0, width_s)
    whole = Thinner().thin(times, array("d", values), 0.0, width_s)
    assert _same(step[0], whole[0])
    assert _same(step[1], whole[1])


def test_a_thinned_line_has_a_few_points_per_pixel_column_however_many_there_were():
    times = array("d", range(86_400))
    values = array("d", ((n * 7919) % 1000 for n in range(86_400)))
    thin, _ = Thinner().thin(times, values, 0.0, 86_400 / 300)
    assert 300 <= len(thin) <= 2 * 302


def test_a_step_longer_than_a_gap_is_drawn_as_a_gap():
    trace = Trace(_line([1, 2, 3, 4], [0, 1, 60, 61], gap_s=5))
    assert len(runs(trace.values)) == 2
    trace.append(62, 5)
    assert len(runs(trace.values)) == 2
    trace.append(90, 6)
    assert len(runs(trace.values)) == 3


def test_appending_leaves_the_callers_arrays_alone():
    times, values = array("d", [0, 1]), array("d", [5, 6])
    trace = Trace(TraceLine("x", times, values))
    trace.append(2, 7)
    assert (list(times), list(values)) == ([0, 1], [5, 6])
    assert list(trace.values) == [5, 6, 7]


def test_a_value_that_is_not_newer_is_left_out():
    trace = Trace(_line([1, 2]))
    trace.append(1, 99)
    trace.append(0.5, 99)
    assert list(trace.values) == [1, 2]


def test_old_values_are_forgotten_and_the_thinned_line_stays_right():
    trace = Trace(_line([float(n % 17) for n in range(2000)]))
    trace.append(2000, 3.0)
    trace.thin.thin(trace.times, trace.values, 1500.0, 10.0)
    trace.trim(1400.0)
    assert trace.times[0] == 1400
    trace.append(2001, 100.0)
    _, thin = trace.thin.thin(trace.times, trace.values, 1500.0, 10.0)
    assert max(thin) == 100.0


@pytest.mark.parametrize(("asked", "place"), [(-5, 0), (0.4, 0), (0.6, 1), (7, 2), (1.5, 2)])
def test_the_nearest_point_is_found_on_both_sides(asked, place):
    assert Trace(_line([1, 2, 3])).nearest(asked) == place


def test_nothing_is_nearest_without_points():
    assert Trace(_line([])).nearest(3.0) is None


def test_a_thinned_envelope_covers_every_value_of_its_column():
    count = 1000
    low = array("d", (-(n % 13) for n in range(count)))
    high = array("d", (n % 11 for n in range(count)))
    line = TraceLine("x", array("d", range(count)), array("d", [0] * count), low=low, high=high)
    times, lows, highs = thinned_band(Trace(line), 0, 1000, 50.0)
    assert len(times) == 20
    assert set(lows) == {-12.0}
    assert set(highs) == {10.0}


def test_an_envelope_grows_with_appended_values_instead_of_vanishing():
    line = _line([1, 2], low=array("d", [0, 1]), high=array("d", [2, 3]))
    trace = Trace(line)
    trace.append(2, 5.0)
    assert trace.low is not None
    assert (trace.low[-1], trace.high[-1]) == (5.0, 5.0)
