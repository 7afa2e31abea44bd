"""Tornado, deciding input, and the values at which another build becomes the best."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.cost.draw import Band
from hwstudio.core.model.wishes import Usage
from hwstudio.core.plan.scenario import INPUTS, outcomes
from hwstudio.core.plan.sensitivity import STRONGEST, flips, outcome_of, ranked, tornado
from hwstudio.core.plan.terms import Candidate, Rent, terms_of, with_rent, with_speed
from hwstudio.core.plan.words import decider_words, flip_words

THRIFTY = Candidate(
    name="thrifty", price=Band(2800, 3000, 3300), speed=Band(900, 1000, 1100),
    load_w=Band(180, 200, 240), alike="a",
)  # fmt: skip
HUNGRY = Candidate(
    name="hungry", price=Band(2300, 2500, 2700), speed=Band(900, 1000, 1100),
    load_w=Band(500, 600, 700), alike="b",
)  # fmt: skip
RENT = Rent(
    name="rented", price_per_hour=Band(0.6, 0.8, 1.1), speed=Band(1500, 2000, 2500), alike="c"
)
USE = Usage(years=4, hours_per_week=20, tariff_per_kwh=Decimal("0.10"), resale_pct=0)


@pytest.fixture
def terms(catalog):
    made = terms_of(catalog.workload("resnet50_train"), USE, 1000, Decimal("0.165"))
    certain = Band.certain(0)
    return with_rent(replace(made, resale_share=certain), RENT)


def test_the_tornado_is_sorted_and_moves_one_input_at_a_time(terms):
    found = tornado(THRIFTY, terms, "roi")
    sizes = [swing.size for swing in found]
    assert sizes == sorted(sizes, reverse=True)
    assert 0 < len(found) <= STRONGEST < len(INPUTS)
    top = found[0]
    moved = outcomes(THRIFTY, terms, {top.name: top.band.high})
    assert top.at_high == pytest.approx(moved.roi)


def test_an_input_without_effect_is_no_bar(terms):
    names = {swing.name for swing in tornado(THRIFTY, terms, "cost")}
    assert not names & {"rent_price", "rent_speed", "resale"}
    assert {"price", "tariff", "hours", "load", "speed", "years"} == names


def test_with_memory_to_buy_and_resale_the_cost_has_its_eight_bars(terms):
    build = replace(THRIFTY, memory_price=Band(200, 400, 900))
    sold = replace(terms, resale_share=Band(0.2, 0.3, 0.4))
    found = tornado(build, sold, "cost")
    assert len(found) == STRONGEST
    assert {"price", "memory"} <= {swing.name for swing in found}


def test_the_widest_doubt_decides_and_the_sentence_names_it_with_its_range(terms):
    unsure = replace(THRIFTY, price=Band(1000, 3000, 9000))
    words = decider_words(tornado(unsure, terms), "cost", terms)
    assert words.startswith(
        "The price of the parts without memory decides: from $1,000 to $9,000 the cost over 4"
    )
    assert words.endswith(".")


def test_the_order_flips_exactly_where_both_builds_cost_the_same(terms):
    assert [one.name for one in ranked((THRIFTY, HUNGRY), terms)] == ["hungry", "thrifty"]
    flip = next(f for f in flips((THRIFTY, HUNGRY), terms) if f.name == "tariff")
    assert (flip.is_above, flip.winner, flip.of_build) == (True, "thrifty", "")
    costs = [outcome_of(one, terms, "cost", tariff=flip.value) for one in (THRIFTY, HUNGRY)]
    assert costs[0] == pytest.approx(costs[1])
    busy_kwh = 20 / 7 * 365 * 4 * 0.4  # 400 W more over four years
    assert flip.value == pytest.approx(500 / busy_kwh)
    assert not flip.is_in_range
    words = flip_words(flip, terms)
    assert "above $0.300 per kWh (outside its usual range), thrifty is the cheapest" in words


def test_a_price_of_one_build_flips_the_order_alone(terms):
    flip = next(
        f for f in flips((THRIFTY, HUNGRY), terms) if f.name == "price" and f.of_build == "hungry"
    )
    dearer = replace(HUNGRY, price=Band.certain(flip.value * 1.001))
    assert ranked((THRIFTY, dearer), terms)[0] is THRIFTY


def test_alone_nothing_can_flip(terms):
    assert flips((THRIFTY,), terms) == ()


def test_a_build_that_cannot_do_the_work_in_a_month_is_never_the_best(terms):
    busy = replace(terms, hours_per_week=Band.certain(100))
    too_slow = with_speed(replace(HUNGRY, price=Band.certain(1)), 400)
    assert ranked((THRIFTY, too_slow), busy) == (THRIFTY,)
