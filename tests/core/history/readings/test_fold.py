"""Buckets and tiers say what brute force over the samples says, wherever they are cut."""

from __future__ import annotations

import itertools
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.history.readings.codec import Column, runs_of
from hwstudio.core.history.readings.compact import coarser, minutes_of
from hwstudio.core.history.readings.fold import EIGHTHS, buckets_for
from hwstudio.core.history.readings.hot import cut, overlaid
from hwstudio.core.history.readings.tiers import decode_tier, encode_tier, merged, within

HOUR = 489_000
START = HOUR * 3600


@st.composite
def columns(draw, hours=2):
    """Samples in runs, single seconds and every few seconds, within some hours."""
    slots: set[int] = set()
    for _ in range(draw(st.integers(1, 5))):
        first = draw(st.integers(0, hours * 3600 - 1))
        length, stride = draw(st.integers(1, 2500)), draw(st.sampled_from([1, 1, 1, 2, 5, 61]))
        slots.update(range(first, min(first + length, hours * 3600), stride))
    found = sorted(START + slot for slot in slots)
    levels = draw(st.lists(st.integers(-1000, 1000), min_size=1, max_size=9))
    return Column(runs_of(found), [levels[slot * slot % len(levels)] for slot in found])


def brute(column, width):
    """Return by bucket start: all (slot, number)."""
    found: dict[int, list[tuple[int, int]]] = {}
    for slot, number in zip(column.slots(), column.numbers, strict=True):
        found.setdefault(slot // width * width, []).append((slot, number))
    return found


def grown(numbers):
    """Return by how much a counter grew over its values."""
    return sum(b - a if b >= a else b for a, b in itertools.pairwise(numbers))


@settings(max_examples=40)
@given(columns(), st.sampled_from([1, 2, 7, 30, 60, 100, 600, 3600]))
def test_buckets_of_a_gauge_equal_brute_force(column, width):
    buckets = buckets_for(width, is_counter=False)
    buckets.add_samples(column)
    wanted = brute(column, width)
    assert buckets.starts() == list(wanted)
    for at, inside in enumerate(wanted.values()):
        numbers = [number for _, number in inside]
        assert buckets.low[at] == min(numbers)
        assert buckets.high[at] == max(numbers)
        assert buckets.sum[at] == EIGHTHS * sum(numbers)
        assert buckets.counts[at] == len(numbers)
    ends = [(inside[0][0], inside[-1][0]) for inside in wanted.values()]
    pairs = enumerate(pairwise(ends), 1)
    holes = [(at, last, first) for at, ((_, last), (first, _)) in pairs if first - last > 1]
    assert buckets.joints == holes


@settings(max_examples=40)
@given(columns(), st.sampled_from([1, 7, 60, 3600]))
def test_buckets_of_a_counter_with_resets_equal_brute_force(column, width):
    buckets = buckets_for(width, is_counter=True)
    buckets.add_samples(column)
    wanted = brute(column, width)
    assert buckets.starts() == list(wanted)
    for at, inside in enumerate(wanted.values()):
        numbers = [number for _, number in inside]
        assert (buckets.low[at], buckets.high[at]) == (numbers[0], numbers[-1])
        assert buckets.sum[at] == grown(numbers)


@settings(max_examples=40)
@given(columns(), st.integers(0, 7200), st.booleans(), st.sampled_from([7, 60, 3600]))
def test_where_samples_are_cut_makes_no_difference(column, at, is_counter, width):
    whole, parts = (buckets_for(width, is_counter=is_counter) for _ in range(2))
    whole.add_samples(column)
    parts.add_samples(cut(column, START, START + at))
    parts.add_samples(cut(column, START + at, START + 7200))
    assert vars(whole) == vars(parts)


@settings(max_examples=40)
@given(columns(hours=24))
def test_minutes_and_hours_equal_brute_force_and_keep_their_order(column):
    minutes = minutes_of(column, is_counter=False)
    hours = coarser(minutes, 3600, is_counter=False)
    for entries in (minutes, hours):
        wanted = brute(column, entries.step_s)
        assert [start * entries.step_s for start in entries.starts] == list(wanted)
        for at, inside in enumerate(wanted.values()):
            numbers = [number for _, number in inside]
            low, mean, high = entries.low[at], entries.mean[at] / EIGHTHS, entries.high[at]
            assert (low, high) == (min(numbers), max(numbers))
            assert low <= mean <= high
            # A minute's mean is right to 1/16 of a step, an hour's to twice that.
            assert abs(mean - sum(numbers) / len(numbers)) <= 2 / 16 + 1e-9
            assert entries.counts[at] == len(numbers)


@settings(max_examples=40)
@given(columns(hours=24))
def test_hours_of_a_counter_grow_as_its_samples_do(column):
    minutes = minutes_of(column, is_counter=True)
    hours = coarser(minutes, 3600, is_counter=True)
    for at, inside in enumerate(brute(column, 3600).values()):
        assert hours.mean[at] == grown([number for _, number in inside])


@settings(max_examples=40)
@given(columns(hours=3), st.booleans())
def test_a_tier_comes_back_from_its_bytes(column, is_counter):
    minutes = minutes_of(column, is_counter=is_counter)
    data = encode_tier(minutes, HOUR, 3, is_counter=is_counter)
    assert decode_tier(data, 60, HOUR) == minutes


@settings(max_examples=40)
@given(columns(hours=4), st.booleans())
def test_merged_parts_are_the_whole_and_a_later_part_stands_over(column, is_counter):
    minutes = minutes_of(column, is_counter=is_counter)
    parts = [within(minutes, START + n * 3600, START + (n + 1) * 3600) for n in range(4)]
    assert merged(parts[::-1], 60) == minutes
    other = minutes_of(Column([(START, 3600)], [5] * 3600), is_counter=is_counter)
    both = merged([minutes, other], 60)
    assert within(both, START, START + 3600) == other
    assert within(both, START + 3600, START + 4 * 3600) == within(
        minutes, START + 3600, START + 4 * 3600
    )


@settings(max_examples=40)
@given(columns(), columns())
def test_of_two_columns_the_upper_one_counts(below, above):
    both = dict(zip(below.slots(), below.numbers, strict=True))
    both |= dict(zip(above.slots(), above.numbers, strict=True))
    found = overlaid(below, above)
    assert dict(zip(found.slots(), found.numbers, strict=True)) == both
    assert found.slots() == sorted(both)


def test_numbers_that_are_no_steps_keep_their_place_between_low_and_high():
    column = Column([(START, 120)], [1e20 / 3 + at * 1e7 for at in range(120)])
    minutes = minutes_of(column, is_counter=False)
    assert decode_tier(encode_tier(minutes, HOUR, 1, is_counter=False), 60, HOUR) == minutes
    assert minutes.low[0] <= minutes.mean[0] / EIGHTHS <= minutes.high[0]
