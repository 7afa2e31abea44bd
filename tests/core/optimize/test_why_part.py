"""Why a wanted part is not in the best build, and what more money buys."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.base.units import GB, GIB
from hwstudio.core.model.price import PriceKind
from hwstudio.core.model.wishes import Usage
from hwstudio.core.optimize.next_steps import next_steps
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve
from hwstudio.core.optimize.why_part import why_not_part

FAST = {"fp16_tensor_flop_per_s": 320e12, "fp32_flop_per_s": 80e12, "bandwidth_bytes_per_s": 1.8e12}


@pytest.fixture
def why(make, job):
    """Return a function that asks why the part "wanted" is not in the best build."""

    def ask(stock, **changes):
        wish = {"budget": Decimal(4000), "workload": job, "gpu_counts": (1,)} | changes
        return why_not_part(Planner(Request(**wish), stock), "wanted")

    return ask


def test_a_slower_dearer_card_is_compared_with_numbers(make, why):
    wanted = make.card(900, gpu=make.gpu(name="Wanted"), id="wanted")
    stock = make.stock(cards=(make.card(1200, gpu=make.gpu(**FAST)), wanted))
    words = why(stock)
    assert "$300 less" in words
    assert "slower" in words
    assert "Wanted" in words


def test_a_dearer_case_costs_the_difference_and_changes_no_speed(make, why):
    stock = make.stock(cases=(make.case(60), make.case(95, id="wanted")))
    assert why(stock).endswith("$35.00 more, and is as fast")
    cheapest = why(stock, objective=Objective.COST)
    assert cheapest.endswith("$35.00 more")
    use = Usage(tariff_per_kwh=Decimal("0.2"), resale_pct=0.0, years=2.0)
    assert "$35.00 more over 2 years" in why(stock, objective=Objective.OWNERSHIP, usage=use)


def test_a_part_that_is_in_the_best_build_is_said_to_be(make, why):
    assert "is in the best build" in why(make.stock(cases=(make.case(id="wanted"),)))


def test_a_part_beyond_the_budget_names_what_is_missing(make, why):
    wanted = make.card(5000, gpu=make.gpu(**FAST), id="wanted")
    stock = make.stock(cards=(make.card(800), wanted))
    rest = sum(p.price.amount for g in stock.groups()[1:] for p in g)
    assert f"${5000 + rest - 4000:,} above the budget" in why(stock)


@pytest.mark.parametrize(
    ("kind", "facts", "changes", "words"),
    [
        ("case", {"max_gpu_length_mm": None}, {}, "no source says its room for a card"),
        ("cooler", {"noise_dba": 39.0}, {"max_noise_dba": 30.0}, "39 dBA, and 30 dBA are allowed"),
        ("psu", {"rated_w": 2000.0}, {}, "need 200 to 240 V, and the wall has 120 V"),
        ("psu", {"maker": "Other"}, {"brands": (("psu", "Test"),)}, "only Test is wished for"),
        ("cpu", {"cores": 4}, {}, "4 cores"),
        ("case", {"release_year": 2012}, {}, "came out in 2012"),
        ("card", {"cooling": "passive"}, {}, "airflow of a server"),
        ("drive", {"capacity_bytes": 250 * GB}, {}, "250 GB, and 1,000 GB are asked for"),
        ("case", {}, {"excluded": frozenset({"wanted"})}, "you forbade it"),
    ],
)
def test_what_lies_in_the_part_itself_is_named(make, why, kind, facts, changes, words):
    made = getattr(make, kind)
    better = {"noise_dba": 20.0} if kind == "cooler" else {}
    stock = make.stock(**{f"{kind}s": (made(500, **better), made(10, id="wanted", **facts))})
    said = why(stock, **changes)
    assert "is left out" in said
    assert words in said


def test_a_part_without_a_price_or_with_a_second_hand_one_only_is_said_so(make, why):
    assert "nobody knows its price" in why(
        make.stock(cases=(make.case(), make.case(None, id="wanted")))
    )
    used = make.case(10, id="wanted")
    used = replace(used, price=replace(used.price, kind=PriceKind.USED))
    assert "second-hand" in why(make.stock(cases=(make.case(), used)), new_only=True)


def test_a_card_too_small_for_the_job_is_said_with_both_numbers(make, why, chat):
    wanted = make.card(100, gpu=make.gpu(vram_bytes=12 * GIB), id="wanted")
    said = why(make.stock(cards=(make.card(), wanted)), workload=chat)
    assert "needs about" in said
    assert "12.0 GiB" in said


def test_a_part_that_nothing_fits_around_says_which_rule_is_in_the_way(make, why):
    small = make.case(20, id="wanted", max_gpu_length_mm=250.0)
    said = why(make.stock(cases=(make.case(90), small)))
    assert "No complete computer can be built" in said
    assert "250" in said


def test_a_part_only_a_limit_keeps_out_names_that_limit(make, why):
    quiet = make.cooler(90, noise_dba=20.0, sockets=("AM5",))
    loud = make.cooler(20, noise_dba=40.0, sockets=("AM5", "LGA1700"))
    other = make.board(90, socket="LGA1700", id="wanted", chipset="Z790")
    cpu = make.cpu(100, socket="LGA1700", name="Core i7-13700K", mem_types=("DDR5",))
    stock = make.stock(boards=(make.board(), other), cpus=(make.cpu(), cpu), coolers=(quiet, loud))
    said = why(stock, max_noise_dba=30.0)
    assert "lift the noise limit" in said


def test_an_id_nobody_knows_is_said_so(make, why):
    assert "wanted" in why(make.stock())


def test_more_money_buys_the_next_better_card_from_the_step_that_reaches_it(make, job):
    fast = make.card(1000, gpu=make.gpu(**FAST, name="Fast"))
    stock = make.stock(cards=(make.card(800), fast))
    rest = sum(p.price.amount for g in stock.groups()[1:] for p in g)
    planner = Planner(Request(budget=800 + rest, workload=job, gpu_counts=(1,)), stock)
    best = next(planner.ranked())
    small, middle, large = next_steps(planner, best)
    assert small.words == "$100 more: nothing better"
    assert small.answer is None
    assert "Fast" in middle.words
    assert "about 2.0 times as fast" in middle.words
    assert large.answer == middle.answer
    cheapest = Planner(replace(planner.request, objective=Objective.COST), stock)
    assert "nothing" in next_steps(cheapest, next(cheapest.ranked()))[2].words


def test_a_wish_that_costs_speed_is_named_as_what_binds(make, job):
    loud = make.cooler(20, noise_dba=40.0)
    quiet = make.cooler(600, noise_dba=20.0)
    fast = make.card(1400, gpu=make.gpu(**FAST, name="Fast"))
    stock = make.stock(cards=(make.card(800), fast), coolers=(loud, quiet))
    rest = sum(p.price.amount for g in stock.groups()[1:7] for p in g)
    wish = Request(budget=1400 + rest + 20, workload=job, gpu_counts=(1,), max_noise_dba=30.0)
    binding = solve(wish, stock).binding
    assert any("Lift the noise limit: Fast" in words for words in binding)
    assert not any("noise" in w for w in solve(replace(wish, max_noise_dba=None), stock).binding)
