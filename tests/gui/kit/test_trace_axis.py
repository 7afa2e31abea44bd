"""Ticks and words of the axes: round, true to the clock, and calm."""

from __future__ import annotations

import math
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.gui.kit.trace_axis import (
    BYTES,
    BYTES_PER_S,
    CELSIUS,
    HERTZ,
    SHARE,
    WATTS,
    AutoTop,
    TraceScale,
    ago,
    end_ticks,
    moment_words,
    nice_top,
    scale_of,
    span_words,
    time_ticks,
    value_ticks,
)

GIB = 2.0**30
needs_zones = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set here")


@pytest.fixture
def zone(monkeypatch):
    """Set the process' time zone for one test."""

    def choose(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield choose
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.mark.parametrize(
    ("scale", "value", "words"),
    [
        (SHARE, 0.634, "63 %"),
        (SHARE, 0.004, "0.4 %"),
        (SHARE, 0.0, "0 %"),
        (BYTES, 17.1 * GIB, "17.1 GiB"),
        (BYTES, 512.0, "512 B"),
        (BYTES_PER_S, 2.5e6, "2.50 MB/s"),
        (HERTZ, 2.52e9, "2.52 GHz"),
        (WATTS, 312.4, "312 W"),
        (CELSIUS, 71.0, "71 °C"),
        (WATTS, math.nan, "–"),
        (TraceScale(), 0.0123, "0.0123"),
    ],
)
def test_a_value_is_said_with_its_unit(scale, value, words):
    assert scale.text(value) == words


def test_every_unit_of_a_sensor_has_a_scale_and_others_stay_plain():
    assert scale_of("share") is SHARE
    assert scale_of("w").text(5) == "5 W"
    assert scale_of("anything").text(5) == "5.00"


@pytest.mark.parametrize(
    ("top", "count", "scale", "words", "unit"),
    [
        (1.0, 4, SHARE, ["0", "25", "50", "75", "100"], "%"),
        (1.0, 2, SHARE, ["0", "50", "100"], "%"),
        (24 * GIB, 4, BYTES, ["0", "8", "16", "24"], "GiB"),
        (2.5e6, 5, BYTES_PER_S, ["0", "0.5", "1", "1.5", "2", "2.5"], "MB/s"),
        (110, 3, CELSIUS, ["0", "50", "100"], "°C"),
    ],
)
def test_ticks_are_round_in_the_unit_shown(top, count, scale, words, unit):
    ticks, shown = value_ticks(0, top, count, scale)
    assert [tick.words for tick in ticks] == words
    assert shown == unit


@given(st.floats(1e-3, 1e15), st.integers(1, 8), st.sampled_from([SHARE, BYTES, HERTZ, WATTS]))
def test_ticks_stay_inside_and_are_never_more_than_there_is_room_for(top, count, scale):
    ticks, _ = value_ticks(0, top, count, scale)
    assert len(ticks) <= count + 1
    assert ticks[0].at == 0
    assert all(0 <= tick.at <= top * (1 + 1e-6) for tick in ticks)
    assert len({tick.words for tick in ticks}) == len(ticks)


@given(st.floats(1e-3, 1e14), st.sampled_from([SHARE, BYTES, BYTES_PER_S, WATTS]))
def test_a_top_of_its_own_leaves_a_little_room_and_wastes_less_than_half(highest, scale):
    top = nice_top(highest, scale)
    assert highest < top <= 2.2 * highest


def test_the_top_rises_at_once_and_falls_only_after_a_while():
    auto = AutoTop(WATTS)
    assert auto.feed(90, 0) == 100
    assert auto.feed(210, 1) == 250
    for second in range(2, 11):
        assert auto.feed(20, second) == 250
    assert auto.feed(220, 11) == 250  # a high value in between starts the wait anew
    assert auto.feed(20, 12) == 250
    assert auto.feed(20, 21) == 250
    assert auto.feed(20, 22) == 25


def test_a_value_that_swings_a_little_does_not_move_the_top():
    auto = AutoTop(WATTS)
    tops = {auto.feed(80 + 10 * (n % 2), n) for n in range(60)}
    assert len(tops) == 1


def test_a_top_never_goes_under_its_least():
    assert AutoTop(WATTS, 468).feed(30, 0) == 468


def test_a_short_live_chart_counts_back_from_now():
    words = [tick.words for tick in time_ticks(1000, 1060, 4, is_relative=True)]
    assert words == ["-60 s", "-45 s", "-30 s", "-15 s", "now"]
    words = [tick.words for tick in time_ticks(0, 600, 5, is_relative=True)]
    assert words == ["-10 min", "-8 min", "-6 min", "-4 min", "-2 min", "now"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "now"), (15, "-15 s"), (60, "-1 min"), (90, "-1:30 min")]
)
def test_how_long_ago_is_short(seconds, words):
    assert ago(seconds) == words


@needs_zones
@pytest.mark.parametrize("name", ["UTC", "Asia/Kolkata", "America/St_Johns", "Europe/Berlin"])
def test_clock_ticks_are_round_in_the_local_time_of_any_zone(zone, name):
    zone(name)
    begin = datetime(2026, 5, 3, 9, 7, tzinfo=ZoneInfo(name)).timestamp()
    words = [t.words for t in time_ticks(begin, begin + 3600, 4, is_relative=False)]
    assert words == ["09:15", "09:30", "09:45", "10:00"]


@needs_zones
@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])  # the clocks change in Berlin
def test_ticks_stay_round_when_the_clocks_change(zone, day):
    zone("Europe/Berlin")
    begin = datetime.fromisoformat(f"{day}T00:30").astimezone(ZoneInfo("Europe/Berlin"))
    found = time_ticks(begin.timestamp(), begin.timestamp() + 12 * 3600, 6, is_relative=False)
    for tick in found:
        there = time.localtime(tick.at)
        assert (there.tm_min, there.tm_sec) == (0, 0)
        assert there.tm_hour % 2 == 0
    ats = [tick.at for tick in found]
    assert ats == sorted(set(ats))


@needs_zones
def test_days_are_marked_at_local_midnight_with_their_date(zone):
    zone("Europe/Berlin")
    begin = datetime(2026, 10, 20, 15, 0, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
    found = time_ticks(begin, begin + 8 * 86400, 9, is_relative=False)
    assert [tick.words for tick in found][:3] == ["21 Oct", "22 Oct", "23 Oct"]
    assert {time.localtime(tick.at).tm_hour for tick in found} == {0}


@needs_zones
def test_midnight_inside_a_day_shows_the_date(zone):
    zone("UTC")
    begin = datetime(2026, 5, 3, 20, 0, tzinfo=ZoneInfo("UTC")).timestamp()
    words = [t.words for t in time_ticks(begin, begin + 8 * 3600, 4, is_relative=False)]
    assert words == ["20:00", "22:00", "4 May", "02:00", "04:00"]


@needs_zones
def test_day_ticks_keep_their_dates_while_the_chart_is_moved(zone):
    zone("UTC")
    begin = datetime(2026, 5, 3, 1, 0, tzinfo=ZoneInfo("UTC")).timestamp()
    first = {t.at for t in time_ticks(begin, begin + 30 * 86400, 6, is_relative=False)}
    moved = {t.at for t in time_ticks(begin + 86400, begin + 31 * 86400, 6, is_relative=False)}
    assert len(first & moved) >= len(first) - 1


@given(st.floats(1.6e9, 2.0e9), st.floats(5, 40 * 86400), st.integers(1, 10))
def test_time_ticks_lie_inside_ascend_and_fit(begin, span, count):
    found = time_ticks(begin, begin + span, count, is_relative=False)
    ats = [tick.at for tick in found]
    assert ats == sorted(set(ats))
    assert all(begin <= at <= begin + span for at in ats)
    assert len(found) <= count + 2  # one more where the clocks change


@needs_zones
def test_a_moment_names_its_day_only_when_it_is_another(zone):
    zone("UTC")
    at = datetime(2026, 5, 3, 14, 5, 9, tzinfo=ZoneInfo("UTC")).timestamp()
    assert moment_words(at, now_s=at + 60) == "14:05:09"
    assert moment_words(at, now_s=at + 86400) == "3 May 14:05:09"
    assert [tick.words for tick in end_ticks(at, at + 3600)] == ["14:05", "15:05"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (60, "1 min"),
        (90, "90 s"),
        (900, "15 min"),
        (3600, "1 h"),
        (86400, "1 day"),
        (6e5, "6.94 days"),
    ],
)
def test_a_stretch_of_time_is_said_in_the_unit_that_fits(seconds, words):
    assert span_words(seconds) == words


@pytest.mark.parametrize(
    ("top", "scale"), [(3e9, HERTZ), (23.5 * 2**30, BYTES), (7.0, WATTS), (4.0, WATTS)]
)
def test_even_the_smallest_axis_says_more_than_zero(top, scale):
    ticks, _ = value_ticks(0, top, 1, scale)
    assert len(ticks) >= 2
