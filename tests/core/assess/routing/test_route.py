"""Where a job runs: laws that always hold, an oracle that tries everything, and known cases."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hwstudio.core.assess.routing.finish import Finish, stretched
from hwstudio.core.assess.routing.gratis import free_option
from hwstudio.core.assess.routing.home import home_option
from hwstudio.core.assess.routing.rented import Rented, reserved_option
from hwstudio.core.assess.routing.restarts import stretch
from hwstudio.core.assess.routing.route import options_of, route
from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.routing.job import Data, Job, Local, Reserved, Rules, Task
from hwstudio.core.cloud.routing.option import FREE, LOCAL, MARKET, ON_DEMAND, RESERVED, SPOT, Hours
from hwstudio.core.cloud.routing.presets import PRESETS
from hwstudio.core.cost.options import price_of

FEW = settings(max_examples=12, deadline=None)
JOB = Job(
    task=Task(workload_id="resnet50_train", hours=40, device="RTX 3070"),
    data=Data(in_gb=20, out_gb=2),
    rules=Rules(deadline_hours=72),
    local=Local(device="RTX 3070"),
)


def with_rules(job, **values):
    return replace(job, rules=replace(job.rules, **values))


def by_kind(answer):
    return {one.kind: one for one in answer.options}


@FEW
@given(st.floats(5, 500), st.floats(0, 500), st.sampled_from((0.5, 0.8, 0.9, 0.95)))
def test_a_later_deadline_never_makes_the_choice_dearer(ground, hours, more, sure):
    job = with_rules(JOB, deadline_hours=hours, confidence=sure)
    early = route(ground(job), job).choice
    late = route(ground(job), with_rules(job, deadline_hours=hours + more)).choice
    if early is not None:
        assert late is not None
        assert late.cost.median <= early.cost.median


@FEW
@given(st.decimals(0, 60, places=2), st.decimals(0, 60, places=2))
def test_more_budget_never_removes_a_way(ground, budget, more):
    less = options_of(ground(JOB), with_rules(JOB, budget=budget))
    rich = options_of(ground(JOB), with_rules(JOB, budget=budget + more))
    for poor, wealthy in zip(less, rich, strict=True):
        assert wealthy.is_feasible or not poor.is_feasible


@FEW
@given(st.floats(1, 2000), st.floats(0.5, 0.99))
def test_what_must_stay_at_home_leaves_only_home(ground, hours, sure):
    job = with_rules(JOB, may_leave_home=False, deadline_hours=hours, confidence=sure)
    job = replace(job, reserved=Reserved(free_hours=1000, device="T4"))
    found = by_kind(route(ground(job), job))
    for kind in (RESERVED, FREE, SPOT, MARKET, ON_DEMAND):
        assert found[kind].why_not == "the job must stay at home"
    assert found[LOCAL].finish is not None


@FEW
@given(st.floats(0.5, 400), st.none() | st.floats(1, 600), st.none() | st.floats(0.5, 100))
def test_spot_never_costs_less_than_its_price_times_the_work(ground, hours, save, between):
    task = replace(JOB.task, hours=hours)
    job = with_rules(
        replace(JOB, task=task, data=Data()),
        checkpoint_s=save,
        hours_between_interruptions=between,
    )
    rented = Rented(ground(job), job)
    for rental, pace in rented._rentals(SPOT):
        option = rented._option(SPOT, rental, pace)
        price = price_of(rental.offer, SPOT)
        if option.cost is not None:
            assert option.cost.median >= price * Decimal(str(pace.hours.median)) * Decimal(
                "0.999999"
            )


@pytest.mark.parametrize("deadline", [8, 24, 72, 400])
@pytest.mark.parametrize("budget", [None, 1, 20])
def test_the_choice_is_the_one_found_by_trying_every_shape(ground, deadline, budget):
    limit = None if budget is None else Decimal(budget)
    job = with_rules(JOB, deadline_hours=deadline, budget=limit)
    base = ground(job)
    rented = Rented(base, job)
    every = [
        home_option(base, job),
        reserved_option(base, job),
        free_option(base, job),
        *(one for kind in (SPOT, MARKET, ON_DEMAND) for one in rented.all(kind)),
    ]
    able = [
        one.cost.median
        for one in every
        if one.cost is not None
        and one.sure_hours <= deadline
        and (limit is None or one.sure_cost <= limit)
    ]
    choice = route(base, job).choice
    assert (choice.cost.median if choice else None) == min(able, default=None)


def test_urgent_work_goes_on_demand_when_it_may_not_be_interrupted(ground):
    job = with_rules(JOB, deadline_hours=14, is_interruptible=False, may_be_free=False)
    answer = route(ground(job), job)
    assert answer.choice.kind in (ON_DEMAND, MARKET)
    assert answer.lost[SPOT] == "the job may not be interrupted"
    assert answer.lost[RESERVED] == "no hours are paid already"
    assert answer.lost[LOCAL].startswith("too late")
    assert "90 % sure" in answer.reason


def test_paid_hours_are_used_first_and_hours_beyond_them_cost_the_price_on_demand(ground):
    task = Task(workload_id="resnet50_train", hours=10, device="RTX 3070")
    held = Reserved(free_hours=100, device="RTX 3070", price_per_hour=2.0)
    job = replace(JOB, task=task, data=Data(), reserved=held)
    answer = route(ground(job), job)
    assert answer.choice.kind == RESERVED
    assert answer.choice.cost.median == 0
    short = replace(job, reserved=replace(held, free_hours=4))
    assert reserved_option(ground(short), short).cost.median == Decimal("12")
    unpriced = replace(job, reserved=Reserved(free_hours=4, device="RTX 3070"))
    assert "is not known" in reserved_option(ground(unpriced), unpriced).why_not


def test_a_machine_with_too_little_memory_is_refused_before_anything_else(ground):
    task = replace(JOB.task, memory_bytes=20 * 2**30)
    job = replace(JOB, task=task)
    assert "the job needs 20" in home_option(ground(job), job).why_not
    assert "20.0 GiB" in free_option(ground(job), job).why_not


def test_without_a_kind_of_work_only_the_same_gpu_is_known(ground):
    job = replace(JOB, task=Task(hours=10, device="RTX 3070"))
    base = ground(job)
    assert home_option(base, job).finish.median == pytest.approx(10)
    assert "name a kind of work" in free_option(base, job).why_not


def test_where_the_data_lie_adds_storage_and_egress(ground):
    at_home = replace(JOB, data=Data(in_gb=500, out_gb=1))
    at_aws = replace(JOB, data=Data(in_gb=500, out_gb=1, place="aws", kept_days=30))
    plain = home_option(ground(at_home), at_home)
    moved = home_option(ground(at_aws), at_aws)
    causes = {part.name: part for part in moved.parts}
    # 100 GB a month are free, 400 GB at 0.09 are 36; 500 GB for over 30 days at 0.08 are over 39.
    assert causes["egress from aws"].cost.median == Decimal("36")
    assert causes["storage at aws"].cost.median > Decimal("39")
    assert moved.cost.median - plain.cost.median > 75
    assert moved.finish.median - plain.finish.median == pytest.approx(500 * 8000 / 100 / 3600)


def test_egress_counts_what_has_left_already_this_month(ground):
    first = Data(in_gb=100, place="aws")
    used = replace(first, left_this_month_gb=100)
    costs = []
    for data in (first, used):
        job = replace(JOB, data=data)
        parts = {part.name: part.cost.median for part in home_option(ground(job), job).parts}
        costs.append(parts["egress from aws"])
    assert costs == [Decimal(0), Decimal(9)]


def test_a_price_that_is_not_known_is_never_nothing(ground):
    job = replace(JOB, data=Data(out_gb=50, kept_days=30))
    offers = Rented(ground(job), job).all(ON_DEMAND)
    unknown = [part for option in offers for part in option.parts if "not known" in part.note]
    assert unknown
    assert all(part.cost.median > 0 for part in unknown)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_every_typical_job_has_a_computed_choice_with_its_cost(ground, preset):
    job = replace(preset.job, local=replace(preset.job.local, device="RTX 3080"))
    answer = route(ground(job), job)
    assert answer.choice is not None
    assert answer.choice.cost is not None
    assert all(answer.lost[one.kind] for one in answer.options if one is not answer.choice)


@given(st.floats(0.1, 500), st.floats(1, 4), st.floats(1, 4), st.floats(0.5, 300))
def test_the_chance_and_the_sure_time_are_two_sides_of_one_curve(median, up, down, deadline):
    finish = Finish(2.0, Hours(median / down, median, median * up))
    assert finish.hours(0.05) <= finish.hours(0.5) <= finish.hours(0.95)
    assert finish.band.low == pytest.approx(2 + median / down)
    chance = finish.chance(deadline)
    if 0.001 < chance < 0.999 and up > 1.01 and down > 1.01:
        assert finish.hours(chance) == pytest.approx(deadline, rel=1e-3)


@given(st.floats(0.1, 300), st.none() | st.floats(1, 600), st.floats(0.5, 200))
def test_interruptions_never_make_work_shorter(hours, save, between):
    rules = Rules(checkpoint_s=save, hours_between_interruptions=between)
    try:
        factor = stretch(hours, rules)
    except UserError as refused:
        assume("never finish" not in refused.what)
        raise
    assert 1 <= factor.low <= factor.median <= factor.high
    work = stretched(Hours(hours, hours, hours), factor)
    assert work.low >= hours * 0.999999


def test_work_that_cannot_save_and_is_interrupted_often_never_ends():
    rules = Rules(checkpoint_s=None, hours_between_interruptions=1)
    with pytest.raises(UserError, match="practically never finish"):
        stretch(100, rules)
