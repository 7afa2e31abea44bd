"""The builds nothing beats: the same as asking every pair."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwstudio.core.plan.pareto import Weighed, beats, front, price_line, unbeaten

# The first draw of all reads every loaded module once; that is no slow input.
_PATIENT = settings(suppress_health_check=[HealthCheck.too_slow])
_FIGURE = st.integers(0, 6)
_POINTS = st.lists(st.tuples(_FIGURE, _FIGURE, _FIGURE), max_size=12)


@_PATIENT
@given(points=_POINTS)
def test_unbeaten_is_what_asking_every_pair_says(points):
    by_pairs = tuple(
        n for n, one in enumerate(points) if not any(beats(other, one) for other in points)
    )
    assert unbeaten(points) == by_pairs


@_PATIENT
@given(points=_POINTS.filter(bool))
def test_every_beaten_build_is_beaten_by_one_on_the_front(points):
    kept = unbeaten(points)
    assert kept
    for n, one in enumerate(points):
        assert n in kept or any(beats(points[k], one) for k in kept)


def test_equal_builds_both_stay_and_a_worse_one_goes():
    best, twin, worse = (Weighed(n, 1, 2, p) for n, p in (("a", 3), ("b", 3), ("c", 4)))
    assert front((best, worse, twin)) == (True, False, True)


def test_the_line_falls_from_the_cheapest_to_the_fastest():
    builds = [Weighed("a", 1, 9, 1), Weighed("b", 3, 4, 9), Weighed("c", 4, 5, 1)]
    assert [build.name for build in price_line(builds)] == ["a", "b"]
