"""Odds: seeded, ordered, and following their inputs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.breakeven import MonthlyCase, payback
from hwstudio.core.cost.draw import Band
from hwstudio.core.cost.lines import cost_lines
from hwstudio.core.cost.odds import odds
from hwstudio.core.cost.odds_case import OddsCase

CASE = OddsCase(
    purchase=Band(1700, 2000, 2400),
    resale_share=Band(0.2, 0.3, 0.4),
    rent_per_hour=Band(0.5, 0.69, 0.9),
    speed_ratio=Band(0.8, 1.0, 1.3),
    hours_per_month=Band(80, 120, 160),
    price_per_kwh=Band(0.13, 0.165, 0.2),
    load_kw=0.5,
    life_months=48,
)
CERTAIN = replace(
    CASE,
    purchase=Band.certain(2000),
    resale_share=Band.certain(0.3),
    rent_per_hour=Band.certain(0.69),
    speed_ratio=Band.certain(1),
    hours_per_month=Band.certain(120),
    price_per_kwh=Band.certain(0.165),
)


def test_without_doubt_the_odds_are_the_formula():
    exact = payback(
        MonthlyCase(net_hardware=1400, rent_per_hour=0.69, own_per_hour=0.0825, hours_per_month=120)
    )
    answer = odds(CERTAIN, draws=50)
    assert answer.p10_months == pytest.approx(float(exact.months))
    assert answer.p90_months == pytest.approx(float(exact.months))
    assert answer.owning_wins_share == 1
    assert answer.deciding_input == ""


def test_the_same_seed_gives_the_same_answer_and_the_band_is_in_order():
    first, again = odds(CASE), odds(CASE)
    assert first == again
    assert first.p10_months < first.p50_months < first.p90_months
    assert 0 < first.owning_wins_share <= 1
    assert first.draws == 10_000


def test_rent_below_the_electricity_never_wins_and_has_no_months():
    answer = odds(replace(CASE, rent_per_hour=Band(0.01, 0.02, 0.03)))
    assert answer.owning_wins_share == 0
    assert (answer.p10_months, answer.p50_months, answer.p90_months) == (None, None, None)


def test_no_use_at_all_never_pays_back():
    answer = odds(replace(CASE, hours_per_month=Band.certain(0)))
    assert answer.owning_wins_share == 0
    assert answer.p50_months is None


def test_hardware_already_paid_for_pays_at_once():
    answer = odds(replace(CASE, purchase=Band.certain(0)))
    assert answer.p50_months == 0
    assert answer.owning_wins_share == pytest.approx(1)


def test_the_widest_doubt_decides():
    answer = odds(replace(CERTAIN, rent_per_hour=Band(0.2, 0.69, 2.0)))
    assert answer.deciding_input == "the rental price"
    assert answer.swings[0].size > answer.swings[1].size == 0


@settings(max_examples=30)
@given(factor=st.floats(1, 5))
def test_dearer_rent_never_worsens_the_odds_of_owning(factor):
    rent = CASE.rent_per_hour
    dear = Band(rent.low * factor, rent.typical * factor, rent.high * factor)
    answer = odds(replace(CASE, rent_per_hour=dear), draws=500)
    assert answer.owning_wins_share >= odds(CASE, draws=500).owning_wins_share


def test_the_lines_start_at_the_price_less_resale_and_cross_at_the_payback():
    own, rent = cost_lines(CERTAIN, [0, 24], draws=50)
    assert own.typical[0] == pytest.approx(1400)
    assert rent.typical[0] == 0
    crossing = odds(CERTAIN, draws=10).p50_months
    own, rent = cost_lines(CERTAIN, [crossing], draws=50)
    assert own.typical[0] == pytest.approx(rent.typical[0])


def test_the_band_holds_the_typical_line():
    for line in cost_lines(CASE, range(0, 61, 12)):
        assert all(a <= b <= c for a, b, c in zip(line.low, line.typical, line.high, strict=True))


@pytest.mark.parametrize(
    "wrong",
    [
        {"purchase": Band(10, 5, 20)},
        {"rent_per_hour": Band(-1, 1, 2)},
        {"resale_share": Band(0.5, 0.9, 1.2)},
        {"speed_ratio": Band(0, 1, 2)},
        {"price_per_kwh": Band(0.1, float("nan"), 0.2)},
        {"life_months": 0},
        {"load_kw": -1},
    ],
)
def test_bands_that_mean_nothing_are_refused(wrong):
    with pytest.raises(UserError):
        odds(replace(CASE, **wrong))
