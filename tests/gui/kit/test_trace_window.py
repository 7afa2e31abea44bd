"""The stretch of time shown: zoomed and moved without losing now."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hwstudio.gui.kit.trace_window import LONGEST_S, SHORTEST_S, TimeWindow

NOW = 1_800_000_000.0
SPANS = st.floats(SHORTEST_S, LONGEST_S)


@given(SPANS, st.floats(0.05, 20), st.floats(0, 1), st.floats(0, 1e7))
def test_zooming_keeps_the_moment_under_the_cursor_unless_now_is_in_the_way(
    span, factor, share, before
):
    window = TimeWindow(NOW - before - span, NOW - before, is_live=False)
    around = window.from_s + share * span
    made = window.zoomed(factor, around, NOW)
    assert made.to_s <= NOW
    assert SHORTEST_S * 0.999 <= made.span_s <= LONGEST_S * 1.001
    if not made.is_live:
        there = (around - made.from_s) / made.span_s
        assert abs(there - share) < 1e-3


@given(SPANS, st.floats(-1e7, 1e7))
def test_moving_keeps_the_length_and_never_leaves_now_behind(span, seconds):
    made = TimeWindow(NOW - span, NOW).panned(seconds, NOW)
    assert abs(made.span_s - span) < 1e-3
    assert made.to_s <= NOW
    assert made.is_live == (made.to_s == NOW)


def test_a_live_window_follows_and_a_past_one_stays():
    assert TimeWindow(NOW - 60, NOW).at(NOW + 5).to_s == NOW + 5
    past = TimeWindow(NOW - 600, NOW - 540, is_live=False)
    assert past.at(NOW + 5) is past
    assert past.live(NOW).to_s == NOW
    assert past.live(NOW, 300).span_s == 300


def test_zooming_out_of_a_live_window_stays_live():
    made = TimeWindow(NOW - 60, NOW).zoomed(2, NOW - 30, NOW)
    assert made.is_live
    assert made.span_s == 120


def test_zooming_into_the_middle_of_a_live_window_stops_there():
    assert not TimeWindow(NOW - 60, NOW).zoomed(0.5, NOW - 30, NOW).is_live
