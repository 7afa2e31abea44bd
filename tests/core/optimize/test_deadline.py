"""A speed to reach: kept by all three solvers, and named where nothing reaches it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.optimize.brute import best_of_all
from hwstudio.core.optimize.certify import certify, is_same, prove, reached
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve
from hwstudio.core.predict.job import job_seconds, speed_for

RELAXED = settings(max_examples=40, deadline=None)


@given(seed=st.integers(0, 400), share=st.sampled_from((0.2, 0.6, 1.0, 1.4)))
@RELAXED
def test_all_three_solvers_find_the_same_cheapest_build_that_reaches_a_speed(
    make, job, seed, share
):
    stock = make.random_stock(seed)
    free = Request(budget=Decimal(9000), workload=job, gpu_counts=(1, 2))
    speeds = [c.per_second for c in Planner(free, stock).classes()]
    wish = replace(free, objective=Objective.COST, min_per_second=share * max(speeds, default=1.0))
    oracle, first = best_of_all(wish, stock), next(Planner(wish, stock).ranked(), None)
    assert (oracle is None) == (first is None)
    assert is_same(certify(wish, stock), reached(solve(wish, stock)), wish)
    if oracle is not None and first is not None:
        assert first.choice.cents == oracle.cents
        assert first.gpu_class.per_second >= wish.min_per_second * (1 - 1e-6)


@given(budget=st.integers(1500, 9000), hours=st.integers(2, 200), more=st.integers(1, 100))
@settings(RELAXED, max_examples=15)
def test_a_looser_deadline_never_costs_more(whole_stock, job, budget, hours, more):
    def ask(given_hours):
        speed = speed_for(job, given_hours * 3600)
        return solve(
            Request(
                budget=Decimal(budget), workload=job, objective=Objective.COST,
                min_per_second=speed,
            ),
            whole_stock,
        )  # fmt: skip

    tight, loose = ask(hours), ask(hours + more)
    if tight.builds:
        assert loose.builds[0].total.amount <= tight.builds[0].total.amount


def test_the_cheapest_build_that_meets_a_deadline_is_not_the_cheapest_of_all(make, job):
    fast = make.card(2000, gpu=make.gpu(fp16_tensor_flop_per_s=320e12), id="fast")
    stock = make.stock(cards=(make.card(800, id="slow"), fast))
    free = Request(budget=Decimal(5000), workload=job, objective=Objective.COST, gpu_counts=(1,))
    slow = solve(free, stock).builds[0]
    assert slow.build.card.id == "slow"
    wish = replace(free, min_per_second=1.2 * slow.prediction.median)
    solution = solve(wish, stock)
    assert solution.builds[0].build.card.id == "fast"
    assert solution.binding[0].startswith("The speed to reach")
    assert prove(wish, stock, solution).agrees


def test_a_speed_nothing_reaches_is_named_with_what_is_short_and_how_much_time_would_do(make, job):
    fast = make.card(4000, gpu=make.gpu(fp16_tensor_flop_per_s=320e12, name="Fast"))
    stock = make.stock(cards=(make.card(800, gpu=make.gpu(name="Slow")), fast))
    free = Request(budget=Decimal(3000), workload=job, gpu_counts=(1,))
    slow = solve(free, stock).builds[0].prediction.median
    wish = replace(free, min_per_second=1.25 * slow)
    words = solve(wish, stock).why_not
    assert words.startswith("The speed to reach")
    assert "Slow" in words
    assert "short" in words
    assert "more" in words
    assert "a budget of $4," in words
    assert "Fast" in words
    never = solve(replace(wish, min_per_second=100 * slow), stock)
    assert never.binding == ("The speed to reach",)
    assert "no build at any price reaches it" in never.why_not


def test_a_way_out_that_is_too_slow_for_the_time_asked_says_so(make, job):
    stock = make.stock()
    free = Request(budget=Decimal(9000), workload=job)
    fastest = max(b.prediction.median for b in solve(free, stock).builds)
    wish = replace(free, gpu_counts=(8,), min_per_second=100 * fastest)
    words = solve(wish, stock).why_not
    assert "Ask for 2 GPUs" in words
    assert words.endswith("would then do, if the job may take longer")
    assert not solve(replace(wish, gpu_counts=free.gpu_counts), stock).builds


def test_a_deadline_and_the_speed_it_asks_for_belong_together(job):
    speed = speed_for(job, 36_000.0)
    assert job_seconds(job, speed) == pytest.approx(36_000.0)
    with pytest.raises(UserError):
        speed_for(job, 0.0)


@pytest.mark.parametrize("speed", [-1.0, float("nan"), float("inf")])
def test_a_speed_nobody_can_mean_is_refused(job, speed):
    with pytest.raises(UserError):
        Request(budget=Decimal(1000), workload=job, min_per_second=speed)
