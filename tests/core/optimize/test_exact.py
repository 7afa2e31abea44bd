"""The solver against trying everything, and the laws every plan obeys."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.optimize.brute import best_of_all, complaints
from hwstudio.core.optimize.classes import merit
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve
from hwstudio.core.optimize.stock import Stock

JOBS = ("llm_qlora_8b", "llm_chat_8b", "bert_base_train")
RELAXED = settings(max_examples=15, deadline=None)


@pytest.mark.parametrize("block", range(6))
def test_the_solver_agrees_with_trying_every_build_of_a_small_stock(
    make, catalog, predictor, block
):
    """20 random stocks a block; budgets from hopeless to plenty, all objectives."""
    solved = 0
    for seed in range(block * 20, block * 20 + 20):
        stock = make.random_stock(seed)
        request = Request(
            budget=Decimal((1200, 1800, 2600, 4500, 9000)[seed % 5]),
            workload=catalog.workload(JOBS[seed % 3]),
            objective=tuple(Objective)[seed % 7 % 3],
            gpu_counts=(1, 2),
            mains="230V16A" if seed % 2 else "120V15A",
            predictor=predictor,
        )
        oracle = best_of_all(request, stock)
        first = next(Planner(request, stock).ranked(), None)
        assert (oracle is None) == (first is None), seed
        if oracle is None or first is None:
            continue
        solved += 1
        assert first.choice.cents == oracle.cents, seed
        if request.objective is not Objective.COST:
            assert merit(first.gpu_class, request) == pytest.approx(oracle.merit), seed
    assert solved >= 4  # the random stocks are hard, but not all hopeless


def test_with_rules_the_search_does_not_know_the_best_faultless_build_is_still_found(
    make, job, monkeypatch
):
    """Half of all case and cooler, board and power supply pairs are forbidden at random."""
    from hwstudio.core.model.finding import Finding, Severity
    from hwstudio.core.optimize import brute, planner
    from hwstudio.core.optimize.check import check_all

    def judge(build, mains="120V15A"):
        found = []
        for one, two in (("case", "cooler"), ("motherboard", "psu")):
            pair = (getattr(build, one), getattr(build, two))
            if None not in pair and crc32("".join(p.id for p in pair).encode()) % 2:
                found.append(Finding("R00", Severity.ERROR, (one, two), "A test rule."))
        return (*found, *check_all(build, mains))

    monkeypatch.setattr(planner, "check_all", judge)
    monkeypatch.setattr(brute, "check_all", judge)
    solved = cut = 0
    for seed in range(3000, 3060):
        stock = make.random_stock(seed)
        request = Request(budget=Decimal(6000), workload=job, gpu_counts=(1,))
        oracle = brute.best_of_all(request, stock)
        walk = Planner(request, stock)
        first = next(walk.ranked(), None)
        assert walk.space.is_proven
        assert (oracle is None) == (first is None), seed
        if oracle is not None and first is not None:
            solved += 1
            assert first.choice.cents == oracle.cents, seed
            free = best_of_all_without_the_test_rule(request, stock, monkeypatch)
            cut += free.cents < oracle.cents
    assert solved >= 10
    assert cut >= 2  # the test rule did change answers


def best_of_all_without_the_test_rule(request, stock, monkeypatch):
    from hwstudio.core.optimize import brute
    from hwstudio.core.optimize.check import check_all

    with monkeypatch.context() as patch:
        patch.setattr(brute, "check_all", check_all)
        return brute.best_of_all(request, stock)


@given(budget=st.integers(700, 9000), more=st.integers(1, 4000))
@RELAXED
def test_more_budget_is_never_slower(whole_stock, job, predictor, budget, more):
    asked = Request(budget=Decimal(budget), workload=job, predictor=predictor)
    less = solve(asked, whole_stock)
    rich = solve(replace(asked, budget=Decimal(budget + more)), whole_stock)
    if less.builds:
        assert rich.builds[0].prediction.median >= less.builds[0].prediction.median


@given(budget=st.integers(900, 15000), seed=st.integers(0, 10))
@RELAXED
def test_every_answer_over_the_whole_catalogue_passes_the_independent_checks(
    whole_stock, catalog, predictor, budget, seed
):
    request = Request(
        budget=Decimal(budget),
        workload=catalog.workload(JOBS[seed % 3]),
        objective=tuple(Objective)[seed % 2],
        predictor=predictor,
    )
    for planned in solve(request, whole_stock).builds:
        assert complaints(planned.build, request) == ()
        assert all(finding.severity != "error" for finding in planned.findings)
        assert planned.total.amount <= request.budget
        assert planned.total.unpriced == ()


@given(seed=st.integers(1000, 1200))
@RELAXED
def test_forbidding_a_chosen_part_never_helps(make, job, predictor, seed):
    stock = make.random_stock(seed)
    request = Request(budget=Decimal(6000), workload=job, predictor=predictor)
    free = solve(request, stock)
    if not free.builds:
        return
    part = next(free.builds[0].build.lines()).part
    without = solve(replace(request, excluded=frozenset({part.id})), stock)
    if without.builds:
        assert without.builds[0].prediction.median <= free.builds[0].prediction.median


def test_the_same_question_twice_gives_the_same_answer(whole_stock, job):
    request = Request(budget=Decimal(3333), workload=job)
    first, second = solve(request, whole_stock), solve(request, whole_stock)
    assert first.builds == second.builds
    assert first.binding == second.binding


@pytest.mark.parametrize("block", range(2))
def test_the_solver_agrees_with_trying_every_build_of_real_parts(
    whole_stock, catalog, predictor, block
):
    """A few real parts of each kind on two platforms, where generations and plugs differ."""
    solved = 0
    for seed in range(block * 10, block * 10 + 10):
        stock = some_real_parts(whole_stock, random.Random(seed))
        request = Request(
            budget=Decimal(5000),
            workload=catalog.workload(JOBS[seed % 3]),
            gpu_counts=(1,),
            released_since=2016,
            predictor=predictor,
        )
        oracle = best_of_all(request, stock)
        first = next(Planner(request, stock).ranked(), None)
        assert (oracle is None) == (first is None), seed
        if oracle is not None and first is not None:
            solved += 1
            assert first.choice.cents == oracle.cents, seed
            assert merit(first.gpu_class, request) == pytest.approx(oracle.merit), seed
    assert solved >= 2


def some_real_parts(stock, r):
    """Return a small stock of real parts around one socket, with strangers among them."""
    socket = r.choice(("AM4", "AM4", "AM5", "LGA1700"))
    types = {"AM4": ("DDR4",), "AM5": ("DDR5",)}.get(socket, ("DDR4", "DDR5"))

    def pick(parts, number, test):
        fit = [part for part in parts if test(part)]
        return r.sample(fit, min(number, len(fit)))

    cards = pick(stock.cards, 3, lambda c: c.vram_bytes >= 16 * 2**30 and c.cooling == "open_air")
    return Stock.from_parts(
        cards,
        pick(stock.cpus, 4, lambda c: c.socket == socket and c.cores >= 6),
        pick(stock.motherboards, 4, lambda b: b.socket == socket and b.eps8),
        pick(stock.rams, 3, lambda m: m.mem_type in types and m.capacity_bytes >= 2**35),
        pick(stock.storages, 1, lambda d: d.interface.startswith("M.2 PCIe")),
        pick(stock.psus, 3, lambda p: p.rated_w >= 750),
        pick(stock.cases, 2, lambda c: "ATX" in c.mb_form_factors and c.max_gpu_length_mm > 330),
        pick(stock.coolers, 2, lambda c: c.cooler_type == "air" and socket in c.sockets),
    )
