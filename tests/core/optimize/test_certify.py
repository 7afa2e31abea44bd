"""The second solver: an integer programme of the whole request, solved by HiGHS."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.units import GIB
from hwstudio.core.model.build import Build
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.optimize import certify as certifier
from hwstudio.core.optimize import planner
from hwstudio.core.optimize.brute import best_of_all
from hwstudio.core.optimize.certify import certify, is_same, prove, reached
from hwstudio.core.optimize.check import check_all
from hwstudio.core.optimize.classes import merit
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.programme import INFINITE, Programme, minimise
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.requirements import lanes_needed
from hwstudio.core.optimize.slots import lanes_for
from hwstudio.core.optimize.solve import solve
from hwstudio.core.optimize.watts import largest_need_w, most_load_w
from hwstudio.core.power.answer import power_answer
from hwstudio.core.power.mains import read_mains
from hwstudio.core.power.supply import market_size

JOBS = ("llm_qlora_8b", "llm_chat_8b", "bert_base_train")


def test_the_programme_picks_the_cheapest_choice_that_meets_every_row():
    programme = Programme()
    a, b, c, d = (programme.column() for _ in range(4))
    programme.one_of((a, b))
    programme.one_of((c, d))
    programme.reaches({a: 5.0, b: 1.0}, {c: 4.0, d: INFINITE})
    best = minimise(programme, {a: 1, b: 9, c: 1, d: 3})
    assert best is not None
    assert best.chosen == (a, d)
    assert (best.value, best.gap) == (4, 0)
    programme.not_all(((a,), (d,)))
    assert minimise(programme, {a: 1, b: 9, c: 1, d: 3}).chosen == (b, c)
    programme.not_all(((b,), (c, d)))
    assert minimise(programme, {}) is None


@pytest.mark.parametrize("block", range(2))
def test_highs_brute_force_and_the_planner_agree_on_small_stocks(make, catalog, predictor, block):
    solved = 0
    for seed in range(block * 30 + 400, block * 30 + 430):
        stock = make.random_stock(seed)
        request = Request(
            budget=Decimal((1200, 2600, 4500, 9000)[seed % 4]),
            workload=catalog.workload(JOBS[seed % 3]),
            objective=tuple(Objective)[seed % 7 % 3],
            gpu_counts=(1, 2),
            mains="230V16A" if seed % 2 else "120V15A",
            predictor=predictor,
        )
        proven = certify(request, stock)
        oracle = best_of_all(request, stock)
        assert (oracle is None) == (proven.build is None), seed
        assert is_same(proven, reached(solve(request, stock)), request), seed
        if oracle is not None:
            solved += 1
            assert proven.cents == oracle.cents, seed
            if request.objective is not Objective.COST:
                assert merit(proven.gpu_class, request) == pytest.approx(oracle.merit), seed
    assert solved >= 5


@pytest.mark.parametrize("job_id", ["llm_qlora_8b", "bert_base_train"])
@pytest.mark.parametrize("objective", [Objective.TIME, Objective.COST])
def test_highs_proves_the_plan_over_the_whole_catalogue(
    whole_stock, catalog, predictor, job_id, objective
):
    request = Request(
        budget=Decimal(6000),
        workload=catalog.workload(job_id),
        objective=objective,
        predictor=predictor,
    )
    proof = prove(request, whole_stock, solve(request, whole_stock))
    assert proof.agrees is True, proof.words
    assert proof.gap == 0
    assert proof.price is not None
    assert proof.price <= request.budget
    assert "HiGHS" in proof.solver


def test_highs_proves_that_there_is_no_build_for_a_hopeless_budget(whole_stock, job):
    request = Request(budget=Decimal(400), workload=job)
    proof = prove(request, whole_stock, solve(request, whole_stock))
    assert proof.agrees is True
    assert proof.price is None


def test_a_plan_that_is_not_the_best_is_found_out(make, job):
    stock = make.stock(cases=(make.case(60, id="cheap"), make.case(90, id="dear")))
    request = Request(budget=Decimal(3000), workload=job)
    worse = solve(replace(request, excluded=frozenset({"cheap"})), stock)
    proof = prove(request, stock, worse)
    assert proof.agrees is False
    assert "differs" in proof.words


def test_what_the_rules_forbid_is_cut_in_the_programme_too(make, job, monkeypatch):
    """Half of all case and cooler pairs are forbidden at random; twins of a part come back."""

    def judge(build, mains="120V15A"):
        found = []
        if build.case and build.cooler:
            pair = build.case.id + build.cooler.id
            if crc32(pair.encode()) % 2:
                found.append(Finding("R00", Severity.ERROR, ("case", "cooler"), "A test rule."))
        return (*found, *check_all(build, mains))

    for room in (planner, certifier):
        monkeypatch.setattr(room, "check_all", judge)
    cut = 0
    for seed in range(20):
        cases = tuple(make.case(60 + i, id=f"case-{seed}-{i}") for i in range(3))
        coolers = tuple(make.cooler(30 + i, id=f"cooler-{seed}-{i}") for i in range(3))
        request = Request(budget=Decimal(3000), workload=job)
        stock = make.stock(cases=cases, coolers=coolers)
        proven, first = certify(request, stock), next(Planner(request, stock).ranked(), None)
        assert (proven.build is None) == (first is None)
        if first is not None:
            assert proven.cents == first.choice.cents
            cut += proven.rounds > 1
    assert cut >= 5


def test_memory_in_a_workstation_draws_more_than_the_rows_know_and_the_judge_sees_it(make, job):
    """Four modules at 5 W, not 4 W: the smaller power supply is 5 W too weak at 80 %."""
    cpu = make.cpu(max_power_w=280.0, socket="sTR5", mem_types=("DDR5",))
    board = make.board(socket="sTR5")
    ram = make.ram(modules=4, module_bytes=16 * GIB, capacity_bytes=64 * GIB)
    cooler = make.cooler(sockets=("sTR5",), capacity_w=400.0)
    card = make.card(gpu=make.gpu(tdp_w=265.0, vendor_min_psu_w=None))
    psus = (make.psu(50, rated_w=800.0, id="small"), make.psu(150, id="large"))
    stock = make.stock(
        cards=(card,), cpus=(cpu,), boards=(board,), rams=(ram,), coolers=(cooler,), psus=psus
    )
    request = Request(budget=Decimal(9000), workload=job, gpu_counts=(1,), mains="230V16A")
    proven = certify(request, stock)
    watts = power_answer(proven.build).sustained_w
    assert 0.8 * 800 < watts <= 0.8 * 800 + 4
    assert proven.build.psu.id == "large"
    assert proven.rounds > 1


@given(
    watts=st.floats(50, 2600), rated=st.sampled_from((300, 450, 650, 850, 900, 1600, 2100, 2500))
)
@settings(max_examples=200, deadline=None)
def test_a_need_is_met_by_a_rating_exactly_when_the_market_size_is(watts, rated):
    assert (watts <= largest_need_w(rated)) == (market_size(watts)[0] <= rated)


@pytest.mark.parametrize("label", ["Bronze", "Gold", "Titanium", None])
def test_the_most_load_of_a_supply_is_where_the_wall_circuit_is_full(make, label):
    psu = make.psu(rated_w=1600.0, efficiency=label)
    most = most_load_w(psu, read_mains("120V15A"))
    cpu, card = make.cpu(max_power_w=100.0), make.card(gpu=make.gpu(tdp_w=300.0))
    build = Build(cpu=cpu, card=card, card_count=1, psu=psu)
    base = power_answer(build).sustained_w
    for extra, fits in ((-1.0, True), (1.0, False)):
        hot = replace(cpu, max_power_w=100.0 + most - base + extra)
        answer = power_answer(replace(build, cpu=hot), mains="120V15A")
        assert (answer.wall_w <= answer.wall_limit_w) is fits


def test_the_lanes_needed_agree_with_the_lanes_given_on_every_real_board(whole_stock):
    for board in whole_stock.motherboards:
        for count in (2, 3, 4):
            for thick in (2, 3):
                for lanes in (8, 16):
                    need = lanes_needed(board, (count, thick), lanes, allow_unknown=False)
                    for given_lanes in (16, 20, 24, 48, 64, 128):
                        given = lanes_for(board, count, thick, given_lanes)
                        assert (need <= given_lanes) == ((given or 0) >= lanes), board.id
