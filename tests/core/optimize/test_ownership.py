"""The least cost of owning: the same in all three solvers, and true to its definition."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.wishes import Usage
from hwstudio.core.optimize.brute import best_of_all
from hwstudio.core.optimize.certify import certify, is_same, prove, reached
from hwstudio.core.optimize.ownership import yearly_use
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve

RELAXED = settings(max_examples=40, deadline=None)


def ask(job, use=None, **changes):
    usage = Usage(**({"tariff_per_kwh": Decimal("0.30")} | (use or {})))
    return Request(
        **(
            {
                "budget": Decimal(9000), "workload": job, "gpu_counts": (1, 2),
                "objective": Objective.OWNERSHIP, "usage": usage,
            }
            | changes
        )
    )  # fmt: skip


def some_use(r):
    return {
        "years": r.choice((0.5, 3.0, 7.0)),
        "hours_per_week": r.choice((0.0, 10.0, 60.0, 168.0)),
        "tariff_per_kwh": r.choice((Decimal(0), Decimal("0.165"), Decimal("2.5"))),
        "resale_pct": r.choice((None, None, 0.0, 33.3, 100.0)),
    }


@given(seed=st.integers(0, 2000))
@settings(RELAXED, max_examples=60)
def test_all_three_solvers_find_the_same_build_to_own(make, job, seed):
    r = random.Random(seed)
    stock = make.random_stock(seed)
    wish = ask(job, some_use(r), budget=Decimal(r.choice((1800, 3000, 9000))))
    if r.random() < 0.3:
        wish = replace(wish, tax_pct=Decimal(19))
    oracle, solution = best_of_all(wish, stock), solve(wish, stock)
    assert (oracle is None) == (not solution.builds)
    assert is_same(certify(wish, stock), reached(solution), wish)
    if oracle is not None:
        best = solution.builds[0]
        assert best.ownership.bill == oracle.merit
        assert best.total.amount * 100 == oracle.cents
        assert best.ownership.purchase == best.total.amount


def test_highs_proves_the_build_to_own_over_the_whole_catalogue(whole_stock, job, predictor):
    wish = ask(job, budget=Decimal(6000), predictor=predictor)
    proof = prove(wish, whole_stock, solve(wish, whole_stock))
    assert proof.agrees is True, proof.words
    assert proof.unit == "USD"


def test_a_frugal_card_that_costs_more_pays_off_only_when_it_is_used_much(make, job):
    hungry = make.card(800, gpu=make.gpu(tdp_w=450.0), id="hungry")
    frugal = make.card(1000, gpu=make.gpu(tdp_w=150.0), id="frugal")
    stock = make.stock(cards=(hungry, frugal))

    def chosen(hours):
        wish = ask(job, {"hours_per_week": hours}, gpu_counts=(1,))
        return solve(wish, stock).builds[0].build.card.id

    assert chosen(2.0) == "hungry"
    assert chosen(80.0) == "frugal"


def test_a_card_twice_as_fast_needs_half_the_hours_for_the_same_work(make, job):
    twice = {"fp16_tensor_flop_per_s": 320e12, "fp32_flop_per_s": 80e12}
    twice |= {"bandwidth_bytes_per_s": 1800e9, "bf16_tensor_flop_per_s": 320e12}
    fast = make.card(2000, gpu=make.gpu(**twice), id="fast")
    wish = ask(job, {"hours_per_week": 40.0, "years": 2.0}, gpu_counts=(1,))
    solution = solve(wish, make.stock(cards=(make.card(800, id="slow"), fast)))
    hours = {b.build.card.id: b.ownership.busy_hours for b in solution.builds}
    speeds = {b.build.card.id: b.prediction.median for b in solution.builds}
    assert hours["slow"] == pytest.approx(2 * 365.25 / 7 * 40)
    assert hours["fast"] == pytest.approx(hours["slow"] * speeds["slow"] / speeds["fast"])


def test_the_sum_is_purchase_less_resale_plus_electricity_to_the_cent(make, job):
    wish = ask(job, {"resale_pct": 25.0, "years": 1.0}, gpu_counts=(1,))
    cost = solve(wish, make.stock()).builds[0].ownership
    assert cost.resale == cost.purchase / 4
    assert cost.electricity == (Decimal(str(cost.kwh)) * Decimal("0.30")).quantize(Decimal("0.01"))
    assert cost.total == cost.purchase - cost.resale + cost.electricity
    assert cost.resale_source == "typed"
    usual = solve(replace(wish, usage=replace(wish.usage, resale_pct=None)), make.stock())
    assert "Epoch" in usual.builds[0].ownership.resale_source


@given(budget=st.integers(1200, 9000), more=st.integers(1, 3000), dearer=st.integers(1, 100))
@settings(RELAXED, max_examples=8)
def test_more_budget_never_costs_more_and_dearer_electricity_never_less(
    whole_stock, job, budget, more, dearer
):
    wish = ask(job, budget=Decimal(budget))
    found = solve(wish, whole_stock).builds
    if not found:
        return
    rich = solve(replace(wish, budget=Decimal(budget + more)), whole_stock).builds[0]
    assert rich.ownership.bill <= found[0].ownership.bill
    tariff = wish.usage.tariff_per_kwh + Decimal(dearer) / 100
    hot = solve(replace(wish, usage=replace(wish.usage, tariff_per_kwh=tariff)), whole_stock)
    assert hot.builds[0].ownership.bill >= found[0].ownership.bill


@pytest.mark.parametrize(
    "use",
    [
        {"tariff_per_kwh": None}, {"years": 0.0}, {"years": 51.0}, {"hours_per_week": 169.0},
        {"resale_pct": 101.0}, {"resale_pct": float("nan")}, {"tariff_per_kwh": Decimal(-1)},
    ],
)  # fmt: skip
def test_a_use_nobody_can_mean_is_refused_with_a_reason(make, job, use):
    with pytest.raises(UserError) as refused:
        solve(ask(job, use), make.stock())
    assert refused.value.sentence


def test_a_year_of_use_emits_what_the_grid_says(make, job):
    wish = ask(job, {"hours_per_week": 20.0}, gpu_counts=(1,))
    first = next(Planner(wish, make.stock()).ranked())
    use = yearly_use(wish, first.gpu_class, 369.5)
    assert use.hours == pytest.approx(20 * 365.25 / 7)
    assert use.kg_co2e == pytest.approx(use.kwh * 0.3695)
    assert yearly_use(wish, first.gpu_class).kg_co2e is None
