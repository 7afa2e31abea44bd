"""One step against a link: worked by hand, and the laws no link may break."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.bench.scaling.link import Link, Point, ring
from hwstudio.core.bench.scaling.timeline import Step, simulate

TWO_BUCKETS = Step(step_s=7.0, ready_s=(4.0, 6.0), bucket_bytes=(300.0, 200.0))


def link(**more) -> Link:
    """A link that takes 0.01 s a byte, rested or in a row."""
    small = Point(1.0, 0.01, 0.01, **more)
    return Link(2, (small, Point(1000.0, 10.0, 10.0, **more)))


def test_a_step_worked_by_hand_without_contention():
    # 4: first bucket leaves (3 s), 6: backward ends, 7: second leaves (2 s), 9: rest of 1 s.
    line = simulate(TWO_BUCKETS, link())
    assert line.step_s == pytest.approx(10.0)
    assert line.waited_s == pytest.approx(3.0)


def test_a_step_worked_by_hand_where_sending_takes_half_the_core():
    # 4 to 7: 1.5 of the 2 s of work left; 7.5: backward ends, second bucket 2 s, rest 1 s.
    line = simulate(TWO_BUCKETS, link(slowed_share=0.5))
    assert line.step_s == pytest.approx(10.5)
    assert line.waited_s == pytest.approx(2.0)


def test_a_sum_beside_work_takes_as_much_longer_as_the_probe_saw():
    # 4 to 6 beside work at half speed: 1 of 3 s done; 2 s alone to 8; then 2 s and 1 s.
    assert simulate(TWO_BUCKETS, link(stretch=2.0)).step_s == pytest.approx(11.0)


def test_a_sum_in_a_row_is_cheaper_but_never_before_its_own_time():
    cheap = Link(2, (Point(300.0, 3.0, 0.5),))
    # First: 4 to 7. Second: ready at 6, its own course ends at 9, the row's at 7.5.
    assert simulate(TWO_BUCKETS, cheap).step_s == pytest.approx(10.0)


def test_a_sum_after_another_pays_for_the_credit_the_first_one_used():
    dear = Link(2, (Point(300.0, 1.0, 5.0),))
    # First: 4 to 5. Second: ready at 6, but the link has no credit again before 10.
    assert simulate(TWO_BUCKETS, dear).step_s == pytest.approx(11.0)


def test_what_is_never_sent_costs_nothing():
    assert simulate(Step(7.0, (), ()), link()).step_s == 7.0
    free = Link(2, (Point(1.0, 0.0, 0.0),))
    assert simulate(TWO_BUCKETS, free).step_s == pytest.approx(7.0)


seconds = st.floats(1e-4, 10.0)


@st.composite
def steps(draw) -> Step:
    gaps = draw(st.lists(seconds, min_size=1, max_size=6))
    ready = [sum(gaps[: n + 1]) for n in range(len(gaps))]
    sizes = draw(st.lists(st.floats(1.0, 1e9), min_size=len(gaps), max_size=len(gaps)))
    return Step(ready[-1] + draw(seconds), tuple(ready), tuple(sizes))


rates = st.floats(1e4, 1e11)
delays = st.floats(0.0, 0.5)
ALMOST = 1 - 1e-9


@settings(deadline=None)
@given(steps(), rates, st.floats(1.0, 1e3), delays, st.integers(2, 64))
def test_more_bandwidth_never_makes_a_step_slower(step, rate, more, delay, nproc):
    slow, fast = ring(nproc, rate, delay), ring(nproc, rate * more, delay)
    assert simulate(step, fast).step_s * ALMOST <= simulate(step, slow).step_s


@settings(deadline=None)
@given(steps(), rates, delays, delays, st.integers(2, 64))
def test_more_latency_never_makes_a_step_faster(step, rate, delay, more, nproc):
    near, far = ring(nproc, rate, delay), ring(nproc, rate, delay + more)
    assert simulate(step, near).step_s * ALMOST <= simulate(step, far).step_s


@settings(deadline=None)
@given(
    steps(),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
    st.floats(1.0, 4.0),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
)
def test_cheaper_sums_never_make_a_step_slower_whatever_the_contention(
    step, rested, queued, stretch, slowed, less
):
    dear = Link(2, (Point(1.0, rested, queued, stretch, slowed),))
    cheap = Link(2, (replace(dear.points[0], rested_s=rested * less, queued_s=queued * less),))
    assert simulate(step, cheap).step_s * ALMOST <= simulate(step, dear).step_s


@settings(deadline=None)
@given(steps(), rates, delays)
def test_a_step_takes_at_least_its_work_and_at_most_work_and_all_sums(step, rate, delay):
    slow = ring(2, rate, delay)
    sums = sum(slow.at(size).rested_s for size in step.bucket_bytes)
    line = simulate(step, slow)
    assert step.step_s * ALMOST <= line.step_s <= (step.step_s + sums) * (1 + 1e-9)
    assert -1e-9 <= line.waited_s <= sums * (1 + 1e-9) + 1e-9 * step.step_s
