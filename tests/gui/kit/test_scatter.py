"""Dots on logarithmic axes."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from hwstudio.gui.kit.scatter import Dot, ScatterPlot, log_ticks


def test_it_shows_every_dot_and_can_be_emptied(qtbot):
    plot = ScatterPlot("Points", "Measured", "Predicted")
    qtbot.addWidget(plot)
    plot.set_dots([Dot(1.0, 2.0, "accent", "one"), Dot(1e9, 1e8, "warn", "two")])
    assert plot.accessibleDescription() == "2 points"
    x, y = plot._points.getData()
    assert list(x) == [0.0, 9.0]
    assert y[1] == 8.0
    plot.set_dots([])
    assert plot.accessibleDescription() == "0 points"


def test_ticks_are_round_numbers():
    assert [words for _, words in log_ticks(0.0, 1.5, 6)] == ["1", "2", "5", "10", "20"]
    assert [words for _, words in log_ticks(0.0, 6.0, 8)][:2] == ["1", "10"]


@given(st.floats(-6, 12), st.floats(0, 10), st.integers(2, 9))
def test_there_are_never_too_many_ticks_and_all_lie_inside(low, span, most):
    ticks = log_ticks(low, low + span, most)
    assert len(ticks) <= most
    assert all(low <= place <= low + span for place, _ in ticks)
    assert all(math.isfinite(place) for place, _ in ticks)
