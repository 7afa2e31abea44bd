"""Own or rent over the bundled catalogue: every way of paying, and odds that follow the inputs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hwstudio.core.assess.own_machine import OwnMachine, own_gpu, with_own
from hwstudio.core.assess.own_or_rent import Question, Shapes, compare, own_month
from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.filter import OfferFilter, filter_offers


@pytest.fixture(scope="module")
def offers(catalog):
    return filter_offers(catalog.offers(), OfferFilter(), date(2026, 11, 21))


@pytest.fixture(scope="module")
def shapes(catalog):
    return Shapes(catalog.workload("resnet50_train"), catalog.gpus())


@pytest.fixture(scope="module")
def own(catalog):
    gpu = catalog.match_gpu("GeForce RTX 4090")
    assert gpu is not None
    return own_gpu(gpu, catalog.cards())


def ask(own, hours=120.0, **values):
    return Question(own=own, hours_per_month=hours, price_per_kwh=0.165, **values)


def test_a_known_card_is_set_against_every_way_of_paying(own, shapes, offers):
    answer = compare(ask(own), shapes, offers)
    kinds = [option.kind for option in answer.options]
    assert kinds[0] == "own"
    assert {"on_demand", "spot", "commit_1y", "commit_3y"} <= set(kinds)
    for option in answer.options:
        assert option.cost_per_month is not None
        assert option.cost_per_month > 0
        assert option.finish_hours is not None
    assert answer.odds is not None
    assert 0 <= answer.odds.owning_wins_share <= 1
    assert answer.odds.deciding_input


def test_more_use_raises_the_odds_of_owning(own, shapes, offers):
    seldom, often = (
        compare(ask(own, hours), shapes, offers).odds.owning_wins_share for hours in (10, 600)
    )
    assert often > seldom


def test_a_dear_tariff_means_never(own, shapes, offers):
    answer = compare(replace(ask(own), price_per_kwh=50.0), shapes, offers)
    assert answer.payback.months is None
    assert answer.odds.owning_wins_share == 0


def test_no_use_costs_only_the_wear(own):
    idle = ask(own, 0.0, resale_share=0.0, life_years=4)
    assert float(own_month(idle)) == pytest.approx(own.price.typical / 48)


def test_a_machine_without_a_gpu_says_why_there_is_no_break_even(shapes, offers):
    bare = OwnMachine(
        name="This PC",
        gpu=None,
        gpu_count=0,
        price=None,
        price_source="no graphics card found that the catalogue knows",
        price_as_of="",
        load_w=130,
        load_source="assumed",
    )
    answer = compare(ask(bare), shapes, offers)
    assert answer.odds is None
    assert "no graphics card" in answer.why_none
    assert answer.options[0].cost_per_job is None
    assert len(answer.options) > 1


def test_work_that_does_not_fit_the_own_card_is_said(catalog, own, offers):
    big = Shapes(catalog.workload("llm_full_finetune_8b"), catalog.gpus())
    answer = compare(ask(own), big, offers)
    assert answer.odds is None
    assert "does not fit" in answer.why_none


def test_carbon_is_given_only_where_the_grid_is_known(own, shapes, offers):
    dark = compare(ask(own), shapes, offers)
    assert all(option.carbon_kg is None for option in dark.options)
    lit = compare(ask(own, grid_g_per_kwh=400.0), shapes, offers)
    assert lit.options[0].carbon_kg > 0


def test_what_the_user_says_replaces_what_was_assumed(own):
    told = with_own(own, 1500, 400)
    assert told.price.typical == 1500
    assert told.load_w == 400
    assert told.price_source == "entered by you"
    with pytest.raises(UserError):
        with_own(own, -1, None)


def test_preparing_offers_changes_no_speed_and_tells_what_is_ready(catalog, offers, fitted):
    workload = catalog.workload("resnet50_train")
    plain, ready = (Shapes(workload, catalog.gpus(), fitted) for _ in range(2))
    ready.prepare(offers, {1, 3})
    assert ready.owned_counts == {1, 3}
    for offer in offers[::40]:
        assert ready.speed(offer) == plain.speed(offer)


def test_a_rented_machine_with_eight_gpus_is_predicted_as_eight(catalog, offers, fitted):
    workload = catalog.workload("llm_full_finetune_8b")
    shapes = Shapes(workload, catalog.gpus(), fitted)
    eight = next(o for o in offers if o.accelerator_count == 8 and o.gpu_id)
    gpu = shapes.gpu(eight)
    assert shapes.speed(eight) == fitted.speed(workload, gpu, count=8)
    assert shapes.speed(eight).median > 2 * fitted.speed(workload, gpu).median


def test_the_lanes_of_a_build_slow_it_as_they_do_in_the_plan(catalog, own, fitted):
    shapes = Shapes(catalog.workload("bert_base_train"), catalog.gpus(), fitted)
    two = replace(own, gpu_count=2)
    narrow = replace(two, lanes_per_gpu=4)
    assert shapes.own_speed(narrow).median < shapes.own_speed(two).median
