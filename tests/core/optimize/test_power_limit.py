"""Plans for cards held to a power limit: smaller supplies, the same answer by brute force."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve
from hwstudio.core.optimize.stock import Stock


@pytest.fixture(scope="module")
def stock(catalog):
    from hwstudio.core.model.part import PartKind
    from hwstudio.core.optimize.limits import KINDS_BOUGHT

    return Stock.from_parts(*(catalog.parts(PartKind(kind)) for kind in KINDS_BOUGHT))


@pytest.fixture(scope="module")
def request_(catalog):
    return Request(budget=Decimal(6000), workload=catalog.workload("resnet50_train"))


def test_a_power_limit_lets_the_same_cards_live_with_less(stock, request_):
    free = solve(request_, stock).builds[0]
    limit = free.build.card.tdp_w * 0.6
    held = solve(replace(request_, power_limit_w=limit), stock)
    same = next(b for b in held.builds if b.build.card.gpu == free.build.card.gpu)
    assert same.build.power_limit_w == limit
    assert same.power.sustained_w < free.power.sustained_w
    assert same.total.amount <= free.total.amount
    assert same.prediction.median < free.prediction.median
    assert "power limit of each GPU" in same.prediction.inputs


def test_a_limit_above_every_card_changes_no_answer(stock, request_):
    free = solve(request_, stock).builds[0]
    held = solve(replace(request_, power_limit_w=2000.0), stock).builds[0]
    assert held.total == free.total
    assert held.prediction.median == free.prediction.median


def test_the_energy_of_a_job_under_a_limit_is_never_above_that_without(stock, request_):
    wish = replace(request_, objective=Objective.ENERGY)
    free = solve(wish, stock).builds[0]
    held = solve(replace(wish, power_limit_w=150.0), stock).builds[0]

    def watt_hours(planned):
        return planned.power.wall_w / planned.prediction.median

    assert watt_hours(held) <= watt_hours(free) * 1.001


def test_a_request_whose_limit_is_taken_away_asks_the_free_speeds_again(request_):
    held = replace(request_, power_limit_w=200.0)
    assert replace(held, power_limit_w=None) == request_
