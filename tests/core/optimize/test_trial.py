"""The planner on trial: random catalogues of real parts, judges apart from it, named reasons."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from decimal import Decimal

import pytest

from benchmarks.plan.brute import question, told, trial
from benchmarks.plan.judge import faults
from benchmarks.plan.questions import WISHES, draw_request, ground_of
from benchmarks.plan.reasons import untrue
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.optimize import complete
from hwstudio.core.optimize import planner as planner_room
from hwstudio.core.optimize.brute import best_of_all
from hwstudio.core.optimize.certify import prove
from hwstudio.core.optimize.check import check_all
from hwstudio.core.optimize.request import Request
from hwstudio.core.optimize.solve import solve


@pytest.fixture(scope="session")
def ground(catalog, fitted):
    """The parts, jobs and speeds the trials draw from."""
    return ground_of(catalog, fitted)


def test_random_catalogues_of_real_parts_are_solved_as_by_trying_every_build(ground):
    trials = {seed: trial(seed, ground) for seed in range(26, 38)}
    assert [told(one, seed) for seed, one in trials.items() if not one.agrees] == []
    assert sum(one.oracle is not None for one in trials.values()) >= 5


def test_the_same_seed_asks_the_same_question(ground):
    request, stock = question(26, ground)
    again, same = question(26, ground)
    assert (request, stock) == (again, same)


def test_every_field_of_a_request_is_asked_for_at_times(ground):
    usual = Request(budget=Decimal(1), workload=ground.jobs[0])
    drawn = [draw_request(random.Random(seed), ground) for seed in range(300)]
    never = [
        f.name
        for f in fields(Request)
        if f.name in WISHES and all(getattr(one, f.name) == getattr(usual, f.name) for one in drawn)
    ]
    assert never == []


def test_every_build_of_random_questions_passes_the_judge_and_every_reason_is_true(ground):
    answered = refused = 0
    stock = ground.fresh_stock()
    for seed in range(12):
        request = draw_request(random.Random(f"judge {seed}"), ground)
        solution = solve(request, stock)
        assert faults(solution, request, stock) == (), seed
        if not solution.builds:
            assert untrue(request, solution, stock) == (), seed
        answered += bool(solution.builds)
        refused += not solution.builds
    assert min(answered, refused) >= 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda make, b: replace(b, storage=b.storage * 2), "1 drives for data"),
        (lambda make, b: replace(b, cooler=make.cooler(40)), "how loud"),
        (lambda make, b: replace(b, psu=make.psu(120, maker="Other")), "is made by Other"),
        (lambda make, b: replace(b, case=make.case(90)), "at hand is used"),
        (lambda make, b: replace(b, power_limit_w=None), "limited to None"),
        (lambda make, b: replace(b, psu=make.psu(120, id=b.psu.id, rated_w=400.0)), "W are needed"),
        (lambda make, b: replace(b, case=make.case(90, max_gpu_length_mm=200.0)), "too long"),
        (lambda make, b: replace(b, motherboard=make.board(180, socket="AM4")), "socket"),
        (lambda make, b: replace(b, case=make.case(9000)), "above the budget"),
        (lambda make, b: replace(b, card_count=2), "2 GPUs"),
        (lambda make, b: replace(b, storage=()), "no drive"),
    ],
)
def test_the_judge_finds_what_is_wrong_with_a_spoilt_answer(make, job, change, words):
    stock = make.stock(
        cases=(make.case(90, id="mine"),), coolers=(make.cooler(40, noise_dba=25.0),)
    )
    request = Request(
        budget=Decimal(3000),
        workload=job,
        gpu_counts=(1,),
        owned=("mine",),
        tax_pct=Decimal(19),
        brands=(("psu", "Test"),),
        max_noise_dba=30.0,
        power_limit_w=250.0,
    )
    solution = solve(request, stock)
    assert faults(solution, request, stock) == ()
    best = solution.builds[0]
    spoilt = replace(solution, builds=(replace(best, build=change(make, best.build)),))
    assert any(words in said for said in faults(spoilt, request, stock))


def test_trying_every_build_keeps_locked_parts_too(make, job):
    dear, cheap = make.case(300, id="dear"), make.case(60, id="cheap")
    stock = make.stock(cases=(dear, cheap))
    request = Request(budget=Decimal(3000), workload=job, pinned=frozenset({"dear"}))
    assert best_of_all(request, stock).build.case.id == "dear"
    assert best_of_all(replace(request, pinned=frozenset({"nowhere"})), stock) is None


def test_a_board_that_does_not_tell_its_lanes_is_taken_to_give_each_card_eight(make, job, fitted):
    board = make.board(100, cpu_slot_modes=None)
    stock = make.stock(boards=(board,), psus=(make.psu(rated_w=1600.0),))
    request = Request(
        budget=Decimal(9000),
        workload=job,
        gpu_counts=(2,),
        allow_unknown=True,
        mains="230V16A",
        predictor=fitted,
    )
    solution = solve(request, stock)
    gpu = solution.builds[0].build.card.gpu
    narrow = fitted.speed(job, gpu, count=2, lanes_per_gpu=8)
    assert solution.builds[0].prediction.median == narrow.median
    assert best_of_all(request, stock).merit == pytest.approx(-narrow.median)
    assert prove(request, stock, solution).agrees


def test_a_base_forbidden_with_the_cards_is_left_before_its_cases_are_walked(
    make, job, monkeypatch
):
    """One board is forbidden with any card; no time goes into completing computers on it."""

    def judge(build, mains="120V15A"):
        if build.card and build.motherboard and build.motherboard.id == "bad":
            return (Finding("R00", Severity.ERROR, ("gpu_card", "motherboard"), "A test rule."),)
        return check_all(build, mains)

    monkeypatch.setattr(planner_room, "check_all", judge)
    asked = []
    takes = complete.takes_psu
    monkeypatch.setattr(complete, "takes_psu", lambda *a, **k: asked.append(a) or takes(*a, **k))
    stock = make.stock(
        boards=(make.board(50, id="bad"), make.board(500, id="good")),
        cases=[make.case(50 + n, max_gpu_length_mm=300.0 + n) for n in range(12)],
        psus=[make.psu(50 + n, rated_w=900.0 + n) for n in range(12)],
    )
    solution = solve(Request(budget=Decimal(9000), workload=job, gpu_counts=(1,)), stock)
    assert solution.builds[0].build.motherboard.id == "good"
    assert solution.status == "optimal"
    assert len(asked) < 12


def test_a_job_whose_speed_nobody_knows_is_not_blamed_on_the_memory(whole_stock, ground):
    job = next(job for job in ground.jobs if job.group == "general")
    request = Request(budget=Decimal(9000), workload=job, predictor=ground.predictor)
    solution = solve(request, whole_stock)
    assert solution.status == "infeasible"
    assert "The speed is not known" in solution.binding[0]


def test_prices_in_another_currency_are_named_as_the_reason(whole_stock, job):
    solution = solve(Request(budget=Decimal(9000), workload=job, currency="EUR"), whole_stock)
    assert solution.binding == ("No part has a price in EUR",)
