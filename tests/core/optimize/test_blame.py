"""Wishes that contradict each other: the fewest of them are named, and each is guilty."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwstudio.core.base.units import GIB
from hwstudio.core.optimize import blame
from hwstudio.core.optimize.blame import beside, blame_of
from hwstudio.core.optimize.brute import best_of_all
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.request import LARGEST_BUDGET, Request
from hwstudio.core.optimize.solve import solve
from hwstudio.core.optimize.wish_list import wishes_of

RELAXED = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def ask(job, budget=9000, **changes):
    return Request(budget=Decimal(budget), workload=job, **changes)


def blamed(wish, stock):
    return blame_of(beside(Planner(wish, stock)))


def without(wish, kept):
    """Return the request with only the kept wishes, by their names."""
    for each in tuple(wishes_of(wish, {})):
        wish = wish if each.name in kept else each.lift(wish)
    return wish


@given(seed=st.integers(0, 5000))
@settings(RELAXED, max_examples=60)
def test_brute_force_finds_nothing_with_the_wishes_blamed_and_something_without_any_one(
    make, job, seed
):
    r = random.Random(seed)
    stock = make.random_stock(seed)
    wish = ask(
        job,
        budget=r.choice((300, 700, 1500, 4000)),
        gpu_counts=r.choice(((1,), (2,), (4,), (1, 2, 3, 4))),
        max_power_w=r.choice((None, 150.0, 400.0)),
        min_vram_bytes=r.choice((0, 0, 24 * GIB, 80 * GIB)),
        min_ram_bytes=r.choice((0, 64 * GIB, 512 * GIB)),
        max_noise_dba=r.choice((None, None, 20.0)),
        owned=r.choice(((), (), (r.choice(stock.cases).id,))),
    )
    if best_of_all(wish, stock) is not None:
        assert solve(wish, stock).blame is None
        return
    found = blamed(wish, stock)
    every = {each.name: each for each in wishes_of(wish, {})}
    if found is None:
        assert best_of_all(without(wish, ()), stock) is None
        return
    guilty = {name for name, each in every.items() if each.field in found.fields}
    assert len(guilty) == len(found.wishes)
    assert best_of_all(without(wish, guilty), stock) is None
    for name in guilty:
        assert best_of_all(without(wish, guilty - {name}), stock) is not None


def test_a_budget_and_a_size_that_cannot_be_had_together_are_named_with_the_next_smaller_size(
    make, job
):
    small = make.card(400, gpu=make.gpu(vram_bytes=24 * GIB), vram_bytes=24 * GIB, id="small")
    large = make.card(9000, gpu=make.gpu(vram_bytes=48 * GIB, id="gpu-large"), id="large",
                      vram_bytes=48 * GIB)  # fmt: skip
    stock = make.stock(cards=(small, large))
    wish = ask(job, budget=2500, gpu_counts=(1,), min_vram_bytes=48 * GIB)
    found = solve(wish, stock).blame
    assert found is not None
    assert found.fields == {"budget", "min_vram_bytes"}
    assert "at least 48 GiB on each GPU" in found.words
    assert "at least 24 GiB on each GPU would do" in found.words
    assert "cannot be met together" in found.words
    assert found.words in solve(wish, stock).binding


def test_after_too_many_searches_it_says_that_fewer_wishes_may_do(make, job, monkeypatch):
    stock = make.stock()
    wish = ask(job, gpu_counts=(1,), max_power_w=90.0, min_ram_bytes=16 * GIB)
    assert blamed(wish, stock).fields == {"max_power_w"}
    monkeypatch.setattr(blame, "MOST_SEARCHES", 0)
    found = blamed(wish, stock)
    assert found is not None
    assert not found.is_fewest
    assert found.fields > {"max_power_w"}
    assert "fewer of them may already be too many" in found.words
    assert "without any one of them" not in found.words
    assert best_of_all(without(wish, found.fields), stock) is None


@pytest.mark.parametrize("budget", [2500, LARGEST_BUDGET])
def test_what_no_money_helps_is_not_blamed_on_the_budget(make, job, budget):
    stock = make.stock(coolers=(make.cooler(noise_dba=30.0), make.cooler(90, noise_dba=26.0)))
    found = solve(ask(job, budget=budget, gpu_counts=(1,), max_noise_dba=20.0), stock).blame
    assert found is not None
    assert found.fields == {"max_noise_dba"}
    assert "a cooler of 26 dBA would do" in found.words


def test_a_job_no_computer_does_blames_no_wish(make, catalog):
    wish = ask(catalog.workload("llm_full_finetune_8b"), gpu_counts=(1, 2, 3, 4))
    assert solve(wish, make.stock()).blame is None


def test_blaming_a_second_time_at_another_budget_says_the_same(make, job):
    stock = make.stock()
    wish = ask(job, budget=200, max_power_w=90.0)
    first = blamed(wish, stock)
    assert first == blamed(wish, stock)
    assert first is not None
    again = blamed(replace(wish, budget=wish.budget + 1), stock)
    assert again is not None
    assert again.fields == first.fields
