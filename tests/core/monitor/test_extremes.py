"""Lowest, mean and highest since watching began."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.monitor.extremes import Extremes

_NUMBERS = st.floats(-1e9, 1e9)


@given(st.lists(_NUMBERS, min_size=1, max_size=50))
def test_they_equal_what_all_values_together_say(values):
    seen = Extremes()
    for second, value in enumerate(values):
        seen.add(float(second), {"x": value})
    found = seen.of("x")
    assert (found.low, found.high, found.count) == (min(values), max(values), len(values))
    assert found.mean == pytest.approx(sum(values) / len(values), abs=1e-3)


def test_a_second_without_the_sensor_changes_nothing():
    seen = Extremes()
    seen.add(0.0, {"x": 1.0})
    seen.add(1.0, {"y": 5.0})
    assert seen.of("x").count == 1
    assert seen.of("z") is None
    assert seen.since_s == 0.0
    seen.clear()
    assert seen.of("x") is None
    assert seen.since_s is None
