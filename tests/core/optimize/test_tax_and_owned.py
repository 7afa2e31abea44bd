"""Tax on every price, and parts at hand: the same sums in all three solvers and in the totals."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.model.build import Build, total_of
from hwstudio.core.optimize.brute import best_of_all
from hwstudio.core.optimize.certify import certify, is_same, prove, reached
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve
from hwstudio.core.optimize.stock import Stock

RELAXED = settings(max_examples=40, deadline=None)


def ask(job, **changes):
    return Request(**({"budget": Decimal(9000), "workload": job, "gpu_counts": (1, 2)} | changes))


def some_owned(r, stock):
    """Return some parts of a stock as parts at hand, cards and kits perhaps twice or by chip."""
    owned = []
    for group in stock.groups():
        if r.random() < 0.35:
            part = r.choice(group)
            is_chip = group is stock.cards and r.random() < 0.4
            owned += [part.gpu.id if is_chip else part.id] * r.choice((1, 1, 2))
    return tuple(owned)


def without_some_prices(r, stock, owned):
    """Return the stock with no price on some of the parts at hand."""

    def maybe(part):
        return replace(part, price=None) if part.id in owned and r.random() < 0.5 else part

    return Stock.from_parts(*([maybe(part) for part in group] for group in stock.groups()))


@given(
    seed=st.integers(0, 400),
    tax=st.sampled_from(("0", "7.25", "19", "100")),
    objective=st.sampled_from((Objective.TIME, Objective.COST)),
    budget=st.sampled_from((1500, 3000, 9000)),
)
@RELAXED
def test_all_three_solvers_agree_with_tax_and_parts_at_hand(
    make, job, seed, tax, objective, budget
):
    r = random.Random(seed)
    stock = make.random_stock(seed)
    owned = some_owned(r, stock)
    stock = without_some_prices(r, stock, owned)
    wish = ask(job, tax_pct=Decimal(tax), owned=owned, objective=objective, budget=Decimal(budget))
    oracle, first = best_of_all(wish, stock), next(Planner(wish, stock).ranked(), None)
    assert (oracle is None) == (first is None)
    solution = solve(wish, stock)
    assert is_same(certify(wish, stock), reached(solution), wish)
    if oracle is not None and first is not None:
        assert first.choice.cents == oracle.cents
        assert solution.builds[0].total.amount * 100 == oracle.cents
        assert solution.builds[0].total.unpriced == ()


@given(budget=st.integers(1200, 9000))
@settings(RELAXED, max_examples=8)
def test_no_tax_is_the_same_as_a_tax_of_nothing_and_more_tax_is_never_faster(
    whole_stock, job, budget
):
    plain = ask(job, budget=Decimal(budget))
    none = solve(replace(plain, tax_pct=Decimal("0.00")), whole_stock)
    free = solve(plain, whole_stock)
    assert none.builds == free.builds
    taxed = solve(replace(plain, tax_pct=Decimal(19)), whole_stock)
    if taxed.builds:
        assert taxed.builds[0].prediction.median <= free.builds[0].prediction.median
        assert taxed.builds[0].total.amount <= budget


@given(seed=st.integers(0, 400))
@RELAXED
def test_owning_a_part_is_never_dearer_than_having_to_buy_that_part(make, job, seed):
    stock = make.random_stock(seed)
    part = random.Random(seed).choice([p for group in stock.groups() for p in group])
    wish = ask(job, objective=Objective.COST)
    bought = solve(replace(wish, pinned=frozenset({part.id})), stock)
    at_hand = solve(replace(wish, owned=(part.id,)), stock)
    if bought.builds:
        assert at_hand.builds[0].total.amount <= bought.builds[0].total.amount
    # Where its like is in the best build anyway, having it saves its price at least.
    free = solve(wish, stock)
    if free.builds and part in [line.part for line in free.builds[0].build.lines()]:
        saved = free.builds[0].total.amount - at_hand.builds[0].total.amount
        assert saved >= part.price.amount


def test_the_tax_of_a_line_is_rounded_once_and_shown(make):
    card = make.card(Decimal("333.33"))
    total = total_of(Build(card=card, card_count=3), tax_pct=Decimal("7.5"))
    assert total.tax == Decimal("75.00")  # 74.99925; three roundings would make 75.00 as well
    assert total.amount == Decimal("999.99") + total.tax
    odd = total_of(Build(card=make.card(Decimal("0.06")), card_count=5), tax_pct=Decimal("7.5"))
    assert odd.tax == Decimal("0.02")  # 0.0225; rounding each piece would make 0.00


def test_the_budget_includes_the_tax_to_the_cent(make, job):
    stock = make.stock()
    net = sum(part.price.amount for group in stock.groups() for part in group)
    gross = sum(
        (part.price.amount * Decimal("1.19")).quantize(Decimal("0.01"))
        for group in stock.groups() for part in group
    )  # fmt: skip
    wish = ask(job, gpu_counts=(1,), tax_pct=Decimal(19), budget=gross)
    solution = solve(wish, stock)
    assert solution.builds[0].total.amount == gross
    assert solution.builds[0].total.tax == gross - net
    less = solve(replace(wish, budget=gross - Decimal("0.01")), stock)
    assert less.status == "infeasible"


def test_one_card_at_hand_leaves_the_second_to_be_bought(make, job):
    card = make.card(800)
    stock = make.stock(cards=(card,), psus=(make.psu(rated_w=1600.0),))
    wish = ask(job, gpu_counts=(2,), mains="230V16A")
    both = solve(wish, stock).builds[0].total.amount
    one = solve(replace(wish, owned=(card.id,)), stock).builds[0].total
    two = solve(replace(wish, owned=(card.id,) * 2), stock).builds[0].total
    assert one.amount == both - 800
    assert two.amount == both - 1600
    assert two.owned == (card.id,)


def test_the_total_knows_what_of_it_is_memory_to_buy(make):
    build = Build(card=make.card(500), card_count=1, ram=make.ram(100), ram_kits=2)
    assert total_of(build, tax_pct=Decimal(10)).memory == 220
    assert total_of(build, owned=(build.ram.id,)).memory == 100
    assert total_of(build, owned=(build.ram.id,) * 2).memory == 0


def test_a_part_at_hand_is_used_without_a_price_and_whatever_its_age(make, job):
    old = make.case(None, id="old", release_year=2012)
    stock = make.stock(cases=(make.case(60, id="new"), old))
    wish = ask(job, gpu_counts=(1,), owned=("old",))
    solution = solve(wish, stock)
    assert solution.builds[0].build.case.id == "old"
    assert solution.builds[0].total.unpriced == ()
    assert prove(wish, stock, solution).agrees


def test_a_part_at_hand_that_is_in_no_catalogue_is_named(make, job):
    solution = solve(ask(job, owned=("my-own",)), make.stock())
    assert solution.status == "infeasible"
    assert "my-own" in solution.why_not


def test_parts_at_hand_that_do_not_go_together_are_said_to_be_the_reason(make, job):
    stock = make.stock(rams=(make.ram(60, mem_type="DDR4", id="old"), make.ram(90, id="new")))
    solution = solve(ask(job, gpu_counts=(1,), owned=("old",)), stock)
    assert solution.status == "infeasible"
    assert "uy new in place of the parts at hand" in solution.why_not


@pytest.mark.parametrize("tax", ["-1", "101", "NaN"])
def test_a_tax_nobody_can_mean_is_refused(job, tax):
    with pytest.raises(UserError):
        ask(job, tax_pct=Decimal(tax))


def test_a_kit_at_hand_can_be_doubled(make, job):
    kit = make.ram(90, modules=2, capacity_bytes=16 * GIB, id="kit")
    total = solve(ask(job, gpu_counts=(1,), owned=("kit",)), make.stock(rams=(kit,))).builds[0]
    assert total.build.ram_kits == 2
    assert sum(1 for name in total.total.owned if name == "kit") == 1
