"""How firm the best build is: shares of draws, who else wins, and what flips it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.model.build import Build
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.core.optimize import robust as room
from hwstudio.core.optimize.complete import Choice
from hwstudio.core.optimize.planner import Answer
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.robust import merit_draws, price_spread, robust
from hwstudio.core.optimize.space import GpuClass

TODAY = date(2026, 2, 1)


@pytest.fixture
def ask(job):
    def make(**changes):
        return Request(**({"budget": Decimal(2000), "workload": job} | changes))

    return make


@pytest.fixture
def answer(make):
    """Return a function that makes an answer: a card of its own, a speed range and prices."""

    def build(name, speeds, *, card=800, spread=1.0, ram=200, ram_spread=1.0):
        gpu = make.gpu(id=f"gpu-{name}", name=name, architecture=f"of {name}")
        kept = Build(
            card=priced(make.card(gpu=gpu, id=f"card-{name}"), card, spread),
            card_count=1,
            ram=priced(make.ram(id=f"ram-{name}"), ram, ram_spread),
        )
        low, median, high = speeds
        speed = Prediction(
            median=median, low=low, high=high, unit="images/s",
            evidence=Evidence.ESTIMATED, formula="",
        )  # fmt: skip
        return Answer(GpuClass(gpu, 1, 16, speed), Choice(kept, (card + ram) * 100))

    return build


def priced(part, amount, spread=1.0, *, kind=PriceKind.ESTIMATE, as_of="2026-01-01"):
    middle = Decimal(amount)
    low, high = middle / Decimal(str(spread)), middle * Decimal(str(spread))
    return replace(part, price=Price(middle, low, high, "USD", kind, as_of, "test"))


@given(st.lists(st.floats(1.0, 1e4), min_size=1, max_size=6))
def test_without_width_the_best_wins_every_draw_and_stays_in_the_budget(speeds):
    from tests.core.optimize.conftest import Maker

    make = Maker()
    answers = []
    for n, speed in enumerate(sorted(speeds, reverse=True)):
        gpu = make.gpu(id=f"g{n}")
        sure = Prediction(
            median=speed, low=speed, high=speed, unit="x", evidence=Evidence.ESTIMATED, formula=""
        )
        build = Build(card=priced(make.card(gpu=gpu), 900), card_count=1)
        answers.append(Answer(GpuClass(gpu, 1, 16, sure), Choice(build, 90_000)))
    found = robust(_request(900), answers, TODAY)
    assert found.best_share == 1.0
    assert found.inside_budget_share == 1.0
    assert found.rivals == ()
    assert found.flips == ()
    assert found.deciding_part == ""


def _request(budget):
    from types import SimpleNamespace

    return SimpleNamespace(
        budget=Decimal(budget), objective=Objective.TIME, owned=(), tax_pct=Decimal(0)
    )


def test_equal_ranges_share_the_draws_and_a_clear_lead_keeps_them(ask, answer):
    even = [answer("A", (50, 100, 200)), answer("B", (50, 99.9, 200))]
    clear = [answer("A", (900, 1000, 1100)), answer("B", (50, 100, 200))]
    assert robust(ask(), even, TODAY).best_share == pytest.approx(0.5, abs=0.04)
    assert robust(ask(), even, TODAY).rivals[0].title == "B"
    assert robust(ask(), clear, TODAY).best_share == 1.0


def test_the_same_question_has_the_same_answer_whoever_else_is_asked_about(ask, answer):
    first, second = answer("A", (50, 100, 200)), answer("B", (60, 90, 110))
    slow = answer("C", (1, 2, 3))
    alone = robust(ask(), [first, second], TODAY)
    assert robust(ask(), [first, second, slow], TODAY) == alone


def test_two_numbers_of_one_gpu_err_together_more_than_two_gpus(ask, answer):
    one = answer("A", (50, 100, 200)).gpu_class
    two, other = replace(one, count=2), answer("B", (50, 100, 200)).gpu_class
    draws = [merit_draws(each, ask()) for each in (one, two, other)]
    import numpy as np

    logs = np.corrcoef(np.log(-np.stack(draws)))
    assert logs[0, 1] == pytest.approx(0.85, abs=0.03)
    assert logs[0, 2] == pytest.approx(0.35, abs=0.05)


def test_drawn_speeds_have_the_ends_of_the_interval_as_their_5_and_95_percent(ask, answer):
    import numpy as np

    drawn = -merit_draws(answer("A", (40, 100, 130)).gpu_class, ask())
    assert np.quantile(drawn, (0.05, 0.5, 0.95)) == pytest.approx((40, 100, 130), rel=0.06)


def test_a_best_that_may_be_slow_is_told_with_who_wins_then(ask, answer):
    found = robust(ask(), [answer("A", (50, 100, 200)), answer("B", (85, 90, 95))], TODAY)
    assert found.flips[0].words == "If A does only the low end of its range, B is best"


def test_a_part_whose_price_may_break_the_budget_is_told_with_what_wins_then(ask, answer):
    best = answer("A", (100, 100, 100), card=1700, ram=200, ram_spread=2.0)
    other = answer("B", (60, 60, 60), card=1000, ram=200)
    found = robust(ask(), [best, other], TODAY)
    assert [flip.words for flip in found.flips] == ["If the memory costs 51 % more, B is best"]
    assert found.deciding_part == "the memory"
    assert 0.6 < found.inside_budget_share < 0.95


def test_a_price_that_cannot_rise_so_far_flips_nothing(ask, answer):
    best = answer("A", (100, 100, 100), card=1700, ram=200, ram_spread=1.3)
    assert robust(ask(), [best, answer("B", (60, 60, 60))], TODAY).flips == ()


def test_where_the_price_alone_ranks_the_draws_are_of_prices(ask, answer):
    answers = [answer("A", (9, 10, 11), spread=1.5), answer("B", (9, 10, 11), card=801, spread=1.5)]
    found = robust(ask(objective=Objective.COST), answers, TODAY)
    assert found.is_by_price
    assert found.best_share == pytest.approx(0.5, abs=0.05)
    assert "stays the cheapest" in found.sentence


def test_only_an_old_price_that_is_no_estimate_gets_a_wider_band(make):
    memory = make.ram()
    fresh = priced(memory, 100, kind=PriceKind.LIST)
    old = priced(memory, 100, kind=PriceKind.LIST, as_of="2025-02-01")
    guess = priced(memory, 100, kind=PriceKind.ESTIMATE, as_of="2025-02-01")
    assert price_spread(fresh, TODAY) == (0.0, 0.0)
    assert price_spread(guess, TODAY) == (0.0, 0.0)
    assert price_spread(old, TODAY)[1] == pytest.approx(room.MONTHLY_MEMORY * 12**0.5, rel=0.01)
    assert price_spread(priced(make.case(), 100, kind=PriceKind.LIST, as_of="2025-02-01"), TODAY)[
        1
    ] == pytest.approx(room.MONTHLY_OTHER * 12**0.5, rel=0.01)


def test_the_volatilities_are_those_of_the_catalogues_price_model():
    from pathlib import Path

    file = Path(room.__file__).parents[3] / "resources/catalog/price_model/model.toml"
    said = tomllib.loads(file.read_text("utf-8"))["monthly_volatility"]
    assert said == {"memory": room.MONTHLY_MEMORY, "other": room.MONTHLY_OTHER}


def test_there_is_nothing_to_say_without_a_build(ask):
    assert robust(ask(), [], TODAY) is None
    assert set(room.KIND_WORDS) == set(PartKind) - {PartKind.GPU}
