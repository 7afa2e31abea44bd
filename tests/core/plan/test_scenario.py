"""What the same work costs on each build: the exact formulas, and the laws between figures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.breakeven import MonthlyCase, payback
from hwstudio.core.cost.carbon import operational_kg
from hwstudio.core.cost.draw import Band
from hwstudio.core.cost.energy import electricity_per_hour, energy_kwh
from hwstudio.core.cost.finance import Investment, evaluate
from hwstudio.core.cost.ownership import Ownership, equivalent_annual_cost
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.recipe import Around
from hwstudio.core.model.wishes import Usage
from hwstudio.core.plan.scenario import bands_of, job_hours, keeps_up, outcomes
from hwstudio.core.plan.terms import Candidate, Rent, terms_of, with_rent, with_speed
from hwstudio.core.predict.job import predict_job_time


@pytest.fixture
def workload(catalog):
    return catalog.workload("resnet50_train")


BUILD = Candidate(
    name="one",
    price=Band(1700, 2000, 2600),
    speed=Band(800, 1000, 1300),
    load_w=Band(300, 400, 480),
    memory_price=Band(160, 200, 320),
    alike="chip",
)
RENT = Rent(
    name="rented", price_per_hour=Band(0.6, 0.8, 1.1), speed=Band(1500, 2000, 2500), alike="other"
)
USE = Usage(years=4, hours_per_week=30, tariff_per_kwh=Decimal("0.30"), resale_pct=25)


@pytest.fixture
def terms(workload):
    made = with_rent(terms_of(workload, USE, 1000, Decimal("0.165")), RENT)
    return replace(made, grid_g_per_kwh=400)


def _prediction(median):
    return Prediction(
        median=median, low=median, high=median, unit="images/s", evidence=Evidence.ESTIMATED,
        formula="",
    )  # fmt: skip


def test_a_job_takes_as_long_as_everywhere_else_in_the_app(workload):
    slow_data = replace(workload, around=Around(runs=3, setup_s=60, feed_per_s=900))
    for job in (workload, slow_data):
        expected = predict_job_time(job, _prediction(1200.0)).median / 3600
        assert job_hours(job, 1200.0) == pytest.approx(expected)


def test_cost_electricity_and_carbon_are_the_exact_formulas(terms):
    found = outcomes(BUILD, terms)
    busy = 30 * 365 / 12 / 7
    assert found.busy_hours_per_month == pytest.approx(busy)
    assert found.kwh_per_year == pytest.approx(float(energy_kwh(400, busy * 12)))
    owned = Ownership(
        purchase=2000, resale=500, life_years=4,
        fixed_per_year=energy_kwh(400, busy * 12) * Decimal("0.30"),
    )  # fmt: skip
    assert found.cost == pytest.approx(float(equivalent_annual_cost(owned) * 4))
    assert found.carbon_kg_per_year == pytest.approx(
        float(operational_kg(energy_kwh(400, busy * 12), 400))
    )


def test_payback_and_return_are_the_exact_ones_against_renting_the_same_work(terms):
    found = outcomes(BUILD, terms)
    busy = 30 * 365 / 12 / 7
    case = MonthlyCase(
        net_hardware=1500, rent_per_hour=0.8, own_per_hour=electricity_per_hour(400, 0.30),
        hours_per_month=busy, speed_ratio=2,
    )  # fmt: skip
    assert found.payback_months == pytest.approx(float(payback(case).months))
    saved = busy * (0.8 / 2 - 0.12)
    invested = Investment(purchase=2000, monthly_savings=[saved] * 48, resale=500)
    assert found.roi == pytest.approx(float(evaluate(invested).roi))


def test_without_a_rental_a_grid_or_a_price_nothing_is_made_up(workload):
    bare = terms_of(workload, USE, 1000, Decimal("0.165"))
    found = outcomes(replace(BUILD, price=None), bare)
    unknown = (found.roi, found.payback_months, found.carbon_kg_per_year, found.cost)
    assert all(np.isnan(value) for value in unknown)
    assert found.kwh_per_year > 0


def test_without_work_a_job_has_no_cost_and_owning_never_pays_back(workload):
    idle = terms_of(workload, replace(USE, hours_per_week=0), 1000, Decimal("0.165"))
    found = outcomes(BUILD, with_rent(idle, RENT))
    assert np.isnan(found.cost_per_job)
    assert found.payback_months == np.inf
    assert found.cost == pytest.approx(1500)


def test_a_typed_tariff_goes_before_the_usual_one(workload):
    typed = terms_of(workload, USE, 1000, Decimal("0.165"))
    usual = terms_of(workload, replace(USE, tariff_per_kwh=None), 1000, Decimal("0.165"))
    assert (typed.tariff.typical, usual.tariff.typical) == (0.30, 0.165)


def test_a_resale_by_the_curve_falls_with_the_years_and_a_typed_one_does_not(workload):
    by_curve = terms_of(workload, replace(USE, resale_pct=None), 1000, Decimal("0.165"))
    typed = terms_of(workload, USE, 1000, Decimal("0.165"))

    def net(terms, years):
        found = outcomes(BUILD, terms, {"years": years, "tariff": 0.0})
        return found.cost

    assert net(by_curve, 5) - net(by_curve, 4) == pytest.approx(
        2000 * (10 ** (-0.14 * 4) - 10 ** (-0.14 * 5))
    )
    assert net(typed, 5) == pytest.approx(net(typed, 4))


def test_the_same_chip_rented_keeps_its_speed_against_the_own_one(terms):
    same = with_rent(terms, replace(RENT, alike="chip"))
    usual = outcomes(BUILD, same).rent_cost
    faster = outcomes(BUILD, same, {"speed": 2000.0}).rent_cost
    assert faster == pytest.approx(usual / 2)
    assert outcomes(BUILD, terms, {"speed": 2000.0}).rent_cost == pytest.approx(
        outcomes(BUILD, terms).rent_cost
    )


def test_memory_moves_the_price_by_itself_and_with_all_other_parts_makes_the_whole(terms):
    bands = bands_of(BUILD, terms)
    ends = ("low", "typical", "high")
    whole = [getattr(bands["price"], end) + getattr(bands["memory"], end) for end in ends]
    assert whole == [1700, 2000, 2600]
    dear = outcomes(BUILD, terms, {"memory": 320.0}).cost - outcomes(BUILD, terms).cost
    assert dear == pytest.approx(120 * 0.75)


def test_dearer_memory_adds_what_the_kits_cost(terms):
    dear = replace(terms, memory_factor=1.5)
    gap = outcomes(BUILD, dear).cost - outcomes(BUILD, terms).cost
    assert gap == pytest.approx(100 * 0.75)


def test_a_build_too_slow_for_the_work_cannot_keep_up(terms):
    assert keeps_up(outcomes(BUILD, terms))
    assert not keeps_up(outcomes(with_speed(BUILD, 100), terms))


@settings(suppress_health_check=[HealthCheck.too_slow])  # reads every loaded module once
@given(speed=st.floats(200, 5000), more=st.floats(1.01, 3))
def test_a_faster_build_never_costs_more_for_the_same_work(catalog, speed, more):
    workload = catalog.workload("resnet50_train")
    terms = with_rent(terms_of(workload, USE, 1000, Decimal("0.165")), RENT)
    slow, fast = (outcomes(BUILD, terms, {"speed": s}) for s in (speed, speed * more))
    assert fast.cost < slow.cost
    assert fast.hours_per_job < slow.hours_per_job
    assert fast.work_per_kwh > slow.work_per_kwh
    assert fast.rent_cost == slow.rent_cost


@pytest.mark.parametrize(
    "wrong",
    [{"years": 0}, {"years": 99}, {"hours_per_week": 169}, {"hours_per_week": -1},
     {"resale_pct": 101}, {"tariff_per_kwh": Decimal(-1)}],
)  # fmt: skip
def test_a_use_nobody_can_mean_is_refused(workload, wrong):
    with pytest.raises(UserError):
        terms_of(workload, replace(USE, **wrong), 1000, Decimal("0.165"))
