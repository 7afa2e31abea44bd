"""The robust line, held against SciPy 1.18's theilslopes (recorded) and against its own laws."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.monitor.alerts.trend import Track, theil_sen

_NOISY_T = [1.311, 2.901, 11.321, 13.877, 15.96, 21.673, 24.657, 27.948, 46.562, 46.907, 54.376,
            57.394, 61.745, 62.29, 64.897, 73.99, 74.179, 76.573, 79.519, 79.715, 90.09, 91.635,
            92.232, 94.245, 94.336]  # fmt: skip
_NOISY_Y = [0.56, 1.041, 5.291, 2.181, 7.235, 17.607, 9.696, 6.009, 18.803, 12.879, 15.127, 14.784,
            24.234, 16.466, 27.753, 20.431, 21.111, 26.582, 24.987, 25.853, 30.135, 28.838, 27.407,
            28.075, 26.712]  # fmt: skip


@pytest.mark.parametrize(
    ("times", "values", "slope", "low", "high"),
    [
        (
            list(range(12)),
            [1.0, 2.9, 5.2, 6.8, 9.1, 40.0, 13.2, 14.9, 16.8, 19.3, -30.0, 22.7],
            *(1.9696969696969693, 1.8000000000000007, 2.0333333333333337),
        ),
        (_NOISY_T, _NOISY_Y, 0.29601423287859624, 0.2536240928623647, 0.33313058268284174),
    ],
)
def test_slope_and_interval_agree_with_scipy(times, values, slope, low, high):
    found = theil_sen(times, values)
    assert found.slope == pytest.approx(slope, rel=1e-12)
    assert found.low == pytest.approx(low, rel=1e-12)
    assert found.high == pytest.approx(high, rel=1e-12)
    assert found.is_sure


def test_noise_without_a_trend_is_not_sure():
    found = theil_sen(list(range(8)), [3.0, 2.5, 2.9, 3.1, 2.7, 3.0, 2.6, 3.2])
    assert not found.is_sure


@given(
    st.floats(-5, 5),
    st.floats(-100, 100),
    st.lists(st.integers(0, 1000), min_size=3, max_size=30, unique=True),
)
def test_a_straight_line_is_found_exactly(slope, start, times):
    found = theil_sen(times, [start + slope * t for t in times])
    assert found.slope == pytest.approx(slope, abs=1e-9)
    assert found.level == pytest.approx(start + slope * max(times), abs=1e-6)


def test_too_few_points_have_no_line_and_three_have_no_certainty():
    assert theil_sen([0, 1], [0, 1]) is None
    assert theil_sen([1, 1, 1], [0, 1, 2]) is None
    assert theil_sen([0, 1, 2], [0, 1, 2]).low == -math.inf


def test_the_way_to_a_threshold_is_known_only_when_the_line_goes_there():
    rising = theil_sen([0, 10, 20, 30], [0.0, 1.0, 2.0, 3.0])
    assert rising.until(4.0) == pytest.approx(10.0)
    assert rising.until(2.0) is None
    assert rising.until(rising.level) == 0.0


def test_a_clock_that_goes_back_starts_the_memory_anew():
    track = Track(600.0)
    for t in range(0, 600, 5):
        track.add(1000.0 + t, float(t))
    assert track.fit() is not None
    track.add(100.0, 1.0)
    assert track.times == []
    assert track.fit() is None


def test_a_track_never_holds_more_than_its_window():
    track = Track(600.0)
    for t in range(0, 20_000, 3):
        track.add(float(t), 1.0)
    assert len(track.times) <= Track.MOST + 1
    assert track.times[-1] - track.times[0] <= 600.0
