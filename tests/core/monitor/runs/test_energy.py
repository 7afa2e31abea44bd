"""Energy from the counter, resets and all, or from power with its gaps said."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.monitor.runs.energy import (
    GapPolicy,
    Source,
    Span,
    energy_of,
    from_counter,
    from_power,
)
from hwstudio.core.monitor.runs.track import Track

POWER = st.lists(st.floats(0, 1000), min_size=3, max_size=80)


def power_track(values, start_s=0.0, every_s=1.0):
    return Track([start_s + n * every_s for n in range(len(values))], values)


def counter_of(track, first_j=5000.0):
    """The counter a device with this power would show."""
    out, joules = [], first_j
    for n, value in enumerate(track.values):
        if n:
            joules += (track.values[n - 1] + value) / 2 * (track.times_s[n] - track.times_s[n - 1])
        out.append(joules)
    return Track(track.times_s, out)


@given(POWER)
def test_counter_and_power_agree_where_both_are_whole(values):
    power = power_track(values)
    span = Span(0.0, power.times_s[-1])
    a, b = from_counter(counter_of(power), span), from_power(power, span)
    assert a.joules == pytest.approx(b.joules, abs=1e-6)
    assert a.covered_share == b.covered_share == 1


@given(POWER, st.floats(0.1, 0.9))
def test_the_parts_of_a_run_add_up_to_the_run(values, share):
    power = power_track(values)
    end_s = power.times_s[-1]
    middle_s = share * end_s
    for read, track in ((from_power, power), (from_counter, counter_of(power))):
        whole = read(track, Span(0, end_s)).joules
        parts = [read(track, Span(0, middle_s)), read(track, Span(middle_s, end_s))]
        assert sum(part.joules for part in parts) == pytest.approx(whole, rel=1e-6, abs=1e-6)


def test_the_ends_of_a_run_between_two_samples_are_interpolated():
    power = power_track([100.0] * 11)
    assert from_power(power, Span(2.25, 7.75)).joules == pytest.approx(550)
    assert from_counter(counter_of(power), Span(2.25, 7.75)).joules == pytest.approx(550)


def test_a_counter_misses_nothing_in_a_gap():
    power = power_track([200.0] * 101)
    counter = counter_of(power)
    kept = [n for n in range(101) if not 20 < n < 80]
    thin = Track([counter.times_s[n] for n in kept], [counter.values[n] for n in kept])
    found = from_counter(thin, Span(0, 100))
    assert found.joules == pytest.approx(20_000)
    assert found.covered_share == 1
    assert not found.is_lower_bound


def test_power_leaves_a_gap_out_and_says_how_much_it_covers():
    kept = [n for n in range(101) if not 20 < n < 80]
    power = Track([float(n) for n in kept], [200.0] * len(kept))
    found = from_power(power, Span(0, 100))
    assert found.joules == pytest.approx(8000)
    assert found.covered_share == pytest.approx(0.4)
    assert found.is_lower_bound
    bridged = from_power(power, Span(0, 100), GapPolicy.BRIDGE)
    assert bridged.joules == pytest.approx(20_000)
    assert bridged.policy is GapPolicy.BRIDGE


def test_a_gap_drawn_as_nan_is_a_gap():
    values = [200.0] * 20 + [math.nan] * 60 + [200.0] * 20
    assert from_power(power_track(values), Span(0, 99)).joules == pytest.approx(38 * 200)


def test_a_counter_that_was_reset_counts_on_from_its_new_start():
    counter = Track([0, 1, 2, 3, 4], [9000.0, 9100.0, 9200.0, 50.0, 150.0])
    found = from_counter(counter, Span(0, 4))
    assert found.joules == pytest.approx(100 + 100 + 50 + 100)
    assert found.resets == 1
    assert found.is_lower_bound


def test_the_end_of_a_run_inside_a_reset_is_not_put_on_a_line():
    counter = Track([0, 1, 2, 3, 4], [9000.0, 9100.0, 9200.0, 50.0, 150.0])
    assert from_counter(counter, Span(0, 2.5)).joules == pytest.approx(200)
    assert from_counter(counter, Span(2.5, 4)).joules == pytest.approx(100)


def test_a_wobble_of_the_counter_is_no_reset():
    found = from_counter(Track([0, 1, 2], [90_000.0, 89_999.5, 90_100.0]), Span(0, 2))
    assert found.resets == 0
    assert found.joules < 101


def test_a_slow_cadence_is_no_gap():
    power = power_track([100.0] * 11, every_s=60.0)
    assert from_power(power, Span(0, 600)).covered_share == 1


def test_the_counter_is_preferred_unless_it_covers_less():
    power = power_track([100.0] * 101)
    counter = counter_of(power)
    assert energy_of(counter, power, Span(0, 100)).source is Source.COUNTER
    late = Track(counter.times_s[50:], counter.values[50:])
    assert energy_of(late, power, Span(0, 100)).source is Source.POWER
    assert energy_of(None, power, Span(0, 100)).source is Source.POWER
    assert energy_of(counter, None, Span(0, 100)).source is Source.COUNTER


def test_nothing_recorded_is_none_and_not_zero():
    empty = Track([], [])
    assert energy_of(None, None, Span(0, 10)) is None
    assert energy_of(empty, empty, Span(0, 10)) is None
    assert energy_of(power_track([5.0] * 5), None, Span(100, 110)) is None


def test_the_replayed_counter_is_met_within_one_per_cent_however_power_swings():
    """The counter integrates in the device; sampling power once a second would miss the swings."""
    fine = [(80 + 320 * (n % 7 < 3)) for n in range(60_000)]  # 100 Hz for ten minutes
    total = sum(fine) / 100
    counter, joules = [], 0.0
    for n, watts in enumerate(fine):
        if n % 100 == 0:
            counter.append(joules)
        joules += watts / 100
    counter.append(joules)
    found = from_counter(Track([float(n) for n in range(len(counter))], counter), Span(0, 600))
    assert found.joules == pytest.approx(total, rel=0.01)
