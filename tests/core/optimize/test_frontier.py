"""The frontier gives at every budget what the solver gives there."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.model.wishes import Usage
from hwstudio.core.optimize.frontier import Frontier
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve
from hwstudio.core.optimize.stock import Stock

CENT = Decimal("0.01")
USAGE = Usage(tariff_per_kwh=Decimal("0.165"))


def grown(request, stock):
    frontier = Frontier(request, stock)
    for _ in frontier.grow():
        pass
    return frontier


def fresh(stock):
    """Return the stock with nothing remembered."""
    return Stock.from_parts(*stock.groups())


def solved(request, stock):
    return replace(solve(request, stock), seconds=0.0)


def of(frontier, budget):
    return replace(frontier.solution(budget), seconds=0.0)


@given(seed=st.integers(0, 10**6), data=st.data())
@settings(max_examples=25, deadline=None)
def test_at_any_budget_of_a_small_stock_it_answers_as_the_solver(make, catalog, seed, data):
    stock = make.random_stock(seed)
    request = Request(
        budget=Decimal(2000),
        workload=catalog.workload(data.draw(st.sampled_from(["llm_qlora_8b", "llm_chat_8b"]))),
        objective=data.draw(st.sampled_from(list(Objective))),
        gpu_counts=data.draw(st.sampled_from([(1,), (1, 2), (2,)])),
        mains=data.draw(st.sampled_from(["120V15A", "230V16A"])),
        min_vram_bytes=data.draw(st.sampled_from([0, 24 * 2**30])),
        max_power_w=data.draw(st.sampled_from([None, None, 600.0])),
        tax_pct=data.draw(st.sampled_from([Decimal(0), Decimal(19)])),
        power_limit_w=data.draw(st.sampled_from([None, None, 200.0])),
        usage=USAGE,
    )
    frontier = grown(request, stock)
    for cents in data.draw(st.lists(st.integers(50_000, 900_000), min_size=2, max_size=5)):
        budget = cents * CENT
        asked = replace(request, budget=budget)
        assert of(frontier, budget) == solved(asked, fresh(stock))


@pytest.mark.parametrize("objective", list(Objective))
def test_at_random_budgets_of_the_catalogue_it_answers_as_the_solver(
    objective, catalog, whole_stock, fitted
):
    """The five builds in their order, the proof, and every word beside them."""
    draw = random.Random(20261128)
    request = Request(
        budget=Decimal(3000),
        workload=catalog.workload("llm_chat_8b"),
        objective=objective,
        predictor=fitted,
        usage=USAGE,
    )
    frontier, untouched = grown(request, fresh(whole_stock)), fresh(whole_stock)
    budgets = [Decimal(700), *(Decimal(round(500 * 100 ** draw.random())) for _ in range(7))]
    answers = [of(frontier, budget) for budget in budgets]
    assert answers == [solved(replace(request, budget=b), untouched) for b in budgets]
    assert {answer.status for answer in answers} == {"optimal", "infeasible"}


def test_each_step_begins_to_the_cent_where_its_build_becomes_the_best(
    catalog, whole_stock, job, fitted
):
    request = Request(budget=Decimal(3000), workload=job, predictor=fitted)
    frontier = grown(request, fresh(whole_stock))
    steps = frontier.steps()
    assert len(steps) > 5
    prices = [step.price for step in steps]
    assert prices == sorted(prices)
    assert frontier.solution(steps[0].price - CENT).status == "infeasible"
    for before, step in pairwise(steps):
        assert frontier.solution(step.price).builds[0].build == step.choice.build
        assert frontier.solution(step.price - CENT).builds[0].build == before.choice.build
        assert step.gpu_class.per_second > before.gpu_class.per_second


def test_the_cheapest_build_is_one_step(whole_stock, job, catalog):
    request = Request(budget=Decimal(3000), workload=job, objective=Objective.COST)
    (step,) = grown(request, fresh(whole_stock)).steps()
    assert step.price == solve(request, whole_stock).builds[0].total.amount


def test_it_can_be_stopped_and_knows_the_budgets_near_by_first(whole_stock, job):
    request = Request(budget=Decimal(1800), workload=job)
    frontier = Frontier(request, fresh(whole_stock))
    pieces = list(islice(frontier.grow(), 12))
    assert [piece.done for piece in pieces] == list(range(1, 13))
    assert pieces[-1].total > 100
    assert not frontier.is_whole
    known = frontier.steps()
    assert known
    assert all(900 < step.price < 4000 for step in known)
