"""What is read equals brute force over what was written, wherever it lies: hot, chunk or tier."""

from __future__ import annotations

import itertools
import math
import tempfile
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.readings.trace import width_for
from hwstudio.core.history.readings.writer import ReadingWriter

START = 1_758_240_000 // (32 * 86400) * (32 * 86400)
GAUGE, COUNTER = "gpu.0.power_w", "gpu.0.energy_j"
STEP = {GAUGE: 0.1, COUNTER: 1.0}


@st.composite
def histories(draw):
    """Return samples (slot -> tenths of a watt) over three hours, and where to cut them."""
    slots: set[int] = set()
    for _ in range(draw(st.integers(1, 3))):
        first, length = draw(st.integers(0, 10_700)), draw(st.integers(1, 1500))
        stride = draw(st.sampled_from([1, 1, 5]))
        slots.update(range(first, min(first + length, 10_800), stride))
    levels = draw(st.lists(st.integers(0, 4000), min_size=1, max_size=7))
    found = {START + slot: levels[slot * slot % len(levels)] for slot in sorted(slots)}
    return found, draw(st.integers(0, 3)), draw(st.integers(0, 2))


def build(folder, samples, hours, late):
    """Write the samples, compact the first ``hours``, and write ``late`` of every 3 after that."""
    writer = ReadingWriter.open(Path(folder) / "monitor.db")
    writer.begin("boot", 1.0)
    kept = {slot: n for slot, n in samples.items() if slot % 3 >= late}
    for part in (kept, samples if late else {}):
        for slot, number in part.items():
            writer.add(slot, {GAUGE: number * 0.1, COUNTER: float(number)})
        writer.flush()
        if part is kept:
            while writer.compact_some(START + hours * 3600 + 40, 1.0):
                pass
    writer.close()
    return ReadingHistory.open(Path(folder) / "monitor.db")


def in_buckets(samples, width):
    """Return by bucket: the slots in it."""
    found: dict[int, list[int]] = {}
    for slot in samples:
        found.setdefault(slot // width, []).append(slot)
    return found


def breaks(buckets):
    """Return the middles of what is missing longer than 2.5 intervals of 1 s or of the usual."""
    inside = list(buckets.values())
    distances = [b[0] - a[-1] for a, b in itertools.pairwise(inside)]
    usual = sorted(distances)[len(distances) // 2] if len(distances) >= 8 else 1
    longest = 2.5 * (usual if usual <= 60 else 1)
    pairs = itertools.pairwise(inside)
    return [(a[-1] + 1 + b[0]) / 2 for a, b in pairs if b[0] - a[-1] > longest]


@settings(max_examples=15, deadline=None)
@given(histories(), st.sampled_from([1, 2, 10, 30]))
def test_a_trace_of_seconds_equals_brute_force_however_it_is_stored(history, width):
    samples, hours, late = history
    with tempfile.TemporaryDirectory() as folder:
        store = build(folder, samples, hours, late)
        traces = store.trace([GAUGE, COUNTER], START, START + 10_800, width_s=width)
        store.close()
    buckets = in_buckets(samples, width)
    for name in (GAUGE, COUNTER):
        step, trace = STEP[name], traces[name]
        rows = list(zip(trace.times_s, trace.low, trace.mean, trace.high, strict=True))
        assert [row[0] for row in rows if math.isnan(row[1])] == breaks(buckets)
        drawn = [row for row in rows if not math.isnan(row[1])]
        assert len(drawn) == len(buckets)
        for row, (bucket, slots) in zip(drawn, buckets.items(), strict=True):
            numbers = [samples[slot] for slot in slots]
            mean = sum(numbers) / len(numbers)
            low, high = min(numbers), max(numbers)
            if name == COUNTER:
                mean = numbers[-1]
                low, high = sorted((numbers[0], mean))
            assert row[0] == bucket * width + width / 2
            assert row[1:] == pytest.approx((low * step, mean * step, high * step), abs=1e-9)
            assert row[1] <= row[2] <= row[3]


@settings(max_examples=12, deadline=None)
@given(histories(), st.sampled_from([60, 300, 3600]))
def test_a_trace_of_minutes_and_hours_equals_brute_force(history, width):
    samples, hours, late = history
    with tempfile.TemporaryDirectory() as folder:
        store = build(folder, samples, hours, late)
        trace = store.trace([GAUGE], START, START + 10_800, width_s=width)[GAUGE]
        store.close()
    buckets = in_buckets(samples, width)
    rows = list(zip(trace.times_s, trace.low, trace.mean, trace.high, strict=True))
    drawn = [row for row in rows if not math.isnan(row[1])]
    assert [row[0] for row in drawn] == [bucket * width + width / 2 for bucket in buckets]
    for row, slots in zip(drawn, buckets.values(), strict=True):
        numbers = [samples[slot] for slot in slots]
        assert row[1] == pytest.approx(min(numbers) * 0.1)
        assert row[3] == pytest.approx(max(numbers) * 0.1)
        assert row[2] == pytest.approx(sum(numbers) / len(numbers) * 0.1, abs=0.1 / 8)
    for a, b in itertools.pairwise(rows):
        assert b[0] - a[0] <= width or math.isnan(a[1]) or math.isnan(b[1])


@settings(max_examples=15, deadline=None)
@given(histories(), st.integers(0, 10_800), st.integers(0, 10_800))
def test_numbers_of_a_span_equal_brute_force(history, one, two):
    samples, hours, late = history
    begin, end = START + min(one, two), START + max(one, two)
    with tempfile.TemporaryDirectory() as folder:
        store = build(folder, samples, hours, late)
        raw, both = store.raw(GAUGE, begin, end), store.raws([COUNTER, GAUGE], begin, end)
        found = store.statistics(GAUGE, begin, end)
        grown = store.increase(COUNTER, begin, end)
        first, last = store.span()
        store.close()
    assert (first, last) == (min(samples), max(samples))
    inside = {slot: n for slot, n in samples.items() if begin <= slot < end}
    assert list(raw.times_s) == list(inside)
    assert list(raw.values) == pytest.approx([n * 0.1 for n in inside.values()])
    assert sorted(both) == ([COUNTER, GAUGE] if inside else [])
    assert not inside or both[GAUGE] == raw
    numbers = list(inside.values())
    if not numbers:
        assert (found, grown) == (None, None)
        return
    pairs = itertools.pairwise(numbers)
    assert grown == sum(b - a if b >= a else b for a, b in pairs)
    assert (found.count, found.basis) == (len(numbers), "second")
    assert found.low == pytest.approx(min(numbers) * 0.1)
    assert found.high == pytest.approx(max(numbers) * 0.1)
    assert found.mean == pytest.approx(sum(numbers) / len(numbers) * 0.1)
    assert found.p95 == pytest.approx(sorted(numbers)[-(-len(numbers) * 95 // 100) - 1] * 0.1)


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """Five days at one sample a minute, packed; the last hours hot. 1 W more every day."""
    file = tmp_path_factory.mktemp("week") / "monitor.db"
    writer = ReadingWriter.open(file)
    for at in range(0, 5 * 86400, 60):
        writer.add(START + at, {GAUGE: 100.0 + at // 86400, COUNTER: float(at)})
    while writer.compact_some(START + 5 * 86400 - 3600, 5.0):
        pass
    writer.close()
    history = ReadingHistory.open(file)
    yield history
    history.close()


@pytest.mark.parametrize("width", [60, 300, 600, 1800, 3600, 7200, 86400])
def test_packed_days_join_the_last_hours_without_a_seam(week, width):
    trace = week.trace([GAUGE, COUNTER], START, START + 5 * 86400, width_s=width)
    count = 5 * 86400 // width
    middles = [START + bucket * width + width / 2 for bucket in range(count)]
    assert list(trace[GAUGE].times_s) == list(trace[COUNTER].times_s) == middles
    days = [100.0 + bucket * width // 86400 for bucket in range(count)]
    assert list(trace[GAUGE].mean) == pytest.approx(days)
    assert list(trace[COUNTER].low) == [float(bucket * width) for bucket in range(count)]
    assert list(trace[COUNTER].mean) == [(bucket + 1) * width - 60.0 for bucket in range(count)]


def test_a_span_without_ends_is_all_there_is(week):
    endless = (-math.inf, math.inf)
    assert len(week.raw(GAUGE, *endless).times_s) == 5 * 1440
    assert week.statistics(GAUGE, *endless).count == 5 * 1440
    assert week.increase(COUNTER, *endless) == 5 * 86400 - 60
    assert week.trace([GAUGE], *endless)[GAUGE].high[-1] == pytest.approx(104.0)


def test_a_long_span_says_that_its_percentile_is_made_of_minutes(week):
    found = week.statistics(GAUGE, START, START + 5 * 86400)
    assert (found.basis, found.count) == ("minute", 5 * 1440)
    assert (found.low, found.high) == pytest.approx((100.0, 104.0))
    assert found.mean == pytest.approx(102.0)
    assert found.p95 == pytest.approx(104.0)
    assert week.statistics(GAUGE, START, START + 86400).basis == "second"


def test_an_increase_over_days_ends_exactly_at_its_seconds(week):
    assert week.increase(COUNTER, START + 61, START + 4 * 86400 + 1) == 4 * 86400 - 120


def test_a_sensor_that_can_fall_has_no_increase(week):
    with pytest.raises(UserError, match="is no counter"):
        week.increase(GAUGE, START, START + 60)


def test_an_unknown_sensor_is_empty_and_no_error(week):
    assert week.trace(["gpu.7.power_w"], START, START + 60) == {}
    assert week.raw("gpu.7.power_w", START, START + 60).times_s == array("d")
    assert week.statistics("gpu.7.power_w", START, START + 60) is None
    assert week.increase("gpu.7.energy_j", START, START + 60) is None


def test_a_sensor_without_readings_in_the_span_is_left_out(week):
    assert week.trace([GAUGE], START - 7200, START - 3600) == {}


def test_a_file_that_is_not_there_is_empty_and_is_found_once_it_is(file, write):
    history = ReadingHistory.open(file)
    assert history.series() == ()
    assert history.span() is None
    assert history.trace([GAUGE], 0, 1e9) == {}
    assert history.bytes_per_sample() is None
    assert history.size_bytes() == 0
    writer = write(file, {START: {GAUGE: 1.0}})
    assert history.series() == (GAUGE,)
    assert history.span() == (START, START)
    writer.close()
    history.close()


def test_the_window_reads_on_while_the_recorder_writes_and_compacts(file, write, compact):
    writer = write(file, {START + at: {GAUGE: 5.0} for at in range(7200)})
    history = ReadingHistory.open(file)
    before = history.raw(GAUGE, START, START + 9000)
    compact(writer, START + 7300)
    writer.add(START + 7201, {GAUGE: 6.0})
    writer.flush()
    after = history.raw(GAUGE, START, START + 9000)
    assert after.times_s[:-1] == before.times_s
    assert list(after.values) == pytest.approx([5.0] * 7200 + [6.0])
    writer.close()
    history.close()


def traced(file, from_s, to_s, width_s):
    history = ReadingHistory.open(file)
    trace = history.trace([GAUGE], from_s, to_s, width_s=width_s)[GAUGE]
    history.close()
    return trace


def test_a_gap_is_never_drawn_as_a_line(file, write):
    there = [*range(100), *range(130, 200)]
    writer = write(file, {START + at: {GAUGE: 5.0} for at in there})
    trace = traced(file, START, START + 200, 1)
    writer.close()
    assert [math.isnan(low) for low in trace.low].count(True) == 1
    assert math.isnan(trace.mean[100])
    assert trace.times_s[100] == START + 115


def test_two_samples_an_hour_apart_are_two_points_and_a_break(file, write):
    writer = write(file, {START: {GAUGE: 5.0}, START + 3600: {GAUGE: 5.0}})
    trace = traced(file, START, START + 7200, 10)
    writer.close()
    assert [math.isnan(low) for low in trace.low] == [False, True, False]


def test_a_slow_sensor_is_not_torn_to_pieces(file, write):
    writer = write(file, {START + at: {GAUGE: 5.0} for at in range(0, 600, 10)})
    trace = traced(file, START, START + 600, 2)
    writer.close()
    assert not any(math.isnan(low) for low in trace.low)


def test_a_slow_sensor_is_whole_where_its_minutes_meet_its_seconds(file, write, compact):
    writer = write(file, {START + at: {GAUGE: 5.0} for at in range(0, 7000, 10)})
    compact(writer, START + 3700)
    trace = traced(file, START, START + 7000, 60)
    writer.close()
    assert len(trace.low) == 117
    assert not any(math.isnan(low) for low in trace.low)


def test_the_interval_of_the_recorder_says_what_a_gap_is(file):
    writer = ReadingWriter.open(file)
    writer.begin("boot", 30.0)
    for at in (0, 30, 60, 200):
        writer.add(START + at, {GAUGE: 5.0})
    writer.close()
    trace = traced(file, START, START + 300, 1)
    assert [math.isnan(low) for low in trace.low] == [False, False, False, True, False]


@given(st.floats(1, 1e9), st.integers(1, 5000))
def test_there_are_about_as_many_buckets_as_asked(span_s, points):
    count = span_s / width_for(span_s, points)
    assert count <= 1.45 * points or span_s > 672 * 3600 * points
    assert count >= 0.6 * points or span_s < points


def test_a_damaged_hour_is_a_gap_and_the_rest_is_read(file, write, compact):
    import sqlite3

    writer = write(file, {START + at: {GAUGE: float(at)} for at in range(10_800)})
    compact(writer, START + 10_900)
    writer.close()
    with sqlite3.connect(file) as db:
        db.execute("UPDATE chunk SET data = x'0102030405' WHERE hour = ?", (START // 3600 + 1,))
    db.close()
    history = ReadingHistory.open(file)
    times = history.raw(GAUGE, START, START + 10_800).times_s
    history.close()
    assert len(times) == 7200
    assert START + 3600 not in times
