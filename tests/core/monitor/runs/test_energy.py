"""Energy from the counter, resets and all, or from power with its gaps said."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.monitor.runs.counter_check import Fault
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


# --- a counter that cannot be right --------------------------------------------------------------

TEN_MINUTES = Span(0, 600)
LIMIT = power_track([450.0] * 601)


def _scaled(track, factor):
    return Track(track.times_s, [value * factor for value in track.values])


@pytest.mark.parametrize(
    ("factor", "fault", "joules"),
    [
        (1.0, None, 180_000),
        (1.2, None, 216_000),  # sampled power may miss so much
        (1.5, Fault.NOT_KNOWN, 270_000),  # possible under the limit: a counter misses nothing
        (14.0, Fault.COUNTER_TOO_MUCH, 180_000),  # 329 kWh where the power comes to 24
        (1000.0, Fault.COUNTER_TOO_MUCH, 180_000),  # mJ taken for J
        (0.001, Fault.COUNTER_TOO_LITTLE, 180_000),  # J taken for mJ
        (0.0, Fault.COUNTER_TOO_LITTLE, 180_000),  # it stands still
    ],
)
def test_counter_and_power_far_apart_are_told_and_the_possible_one_is_taken(factor, fault, joules):
    power = power_track([300.0] * 601)
    found = energy_of(_scaled(counter_of(power), factor), power, TEN_MINUTES, limit=LIMIT)
    assert (found.doubt.fault if found.doubt else None) == fault
    assert found.joules == pytest.approx(joules)
    if found.doubt:
        assert found.doubt.summed_j == pytest.approx(180_000)
        assert found.doubt.counted_j == pytest.approx(180_000 * factor)
        assert ("another unit" in found.doubt.sentence) is (factor in (1000.0, 0.001))


def test_power_beyond_the_limit_is_not_believed():
    power = power_track([300.0] * 601)
    found = energy_of(counter_of(power), _scaled(power, 1000.0), TEN_MINUTES, limit=LIMIT)
    assert found.doubt.fault is Fault.POWER_TOO_MUCH
    assert found.source is Source.COUNTER
    assert found.joules == pytest.approx(180_000)


def test_a_short_or_an_idle_moment_is_not_enough_for_a_doubt():
    power = power_track([300.0] * 50)
    assert energy_of(_scaled(counter_of(power), 9.0), power, Span(0, 49)).doubt is None
    idle = power_track([3.0] * 601)
    assert energy_of(_scaled(counter_of(idle), 2.0), idle, TEN_MINUTES).doubt is None


def test_a_counter_that_is_another_cards_from_some_moment_on_leaps_once():
    """Two cards changed places at a restart: both ways the leap is no energy."""
    power = power_track([300.0] * 601)
    counter = counter_of(power)
    for other_j in (4e8, -4e8):
        values = [v + 5e8 + (other_j if n > 300 else 0) for n, v in enumerate(counter.values)]
        found = energy_of(Track(counter.times_s, values), power, TEN_MINUTES, limit=LIMIT)
        assert (found.leaps, found.resets, found.doubt) == (1, 0, None)
        assert found.joules == pytest.approx(180_000, rel=0.01)
        assert found.is_lower_bound


def test_what_a_counter_saw_while_nothing_was_recorded_is_no_doubt():
    power = power_track([300.0] * 601)
    seen = [n for n in range(601) if not 100 < n < 500]
    sparse = Track([float(n) for n in seen], [300.0] * len(seen))
    found = energy_of(counter_of(power), sparse, TEN_MINUTES, limit=LIMIT)
    assert (found.source, found.doubt, found.leaps) == (Source.COUNTER, None, 0)
    assert found.joules == pytest.approx(180_000)


@given(st.lists(st.floats(20, 450), min_size=70, max_size=120))
def test_a_counter_that_agrees_is_never_doubted(values):
    power = power_track(values)
    found = energy_of(counter_of(power), power, Span(0, len(values) - 1), limit=LIMIT)
    assert (found.doubt, found.leaps, found.source) == (None, 0, Source.COUNTER)
