"""Further jobs, makers, noise, new parts only: in all three solvers, and named when in the way."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.model.price import PriceKind
from hwstudio.core.optimize.brute import best_of_all
from hwstudio.core.optimize.certify import certify, is_same, prove, reached
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve
from hwstudio.core.optimize.stock import Stock

RELAXED = settings(max_examples=40, deadline=None)
FURTHER = ("llm_chat_8b", "bert_base_train", "sd15_generate")


def ask(job, **changes):
    return Request(**({"budget": Decimal(9000), "workload": job, "gpu_counts": (1, 2)} | changes))


def of_many_makers(r, stock):
    """Return the stock with makers, second-hand prices and noise given at random."""

    def changed(part):
        part = replace(part, maker=r.choice(("Alpha", "Beta")))
        if r.random() < 0.3:
            part = replace(part, price=replace(part.price, kind=PriceKind.USED))
        if hasattr(part, "noise_dba"):
            part = replace(part, noise_dba=r.choice((None, 22.0, 35.0)))
        return part

    return Stock.from_parts(*([changed(part) for part in group] for group in stock.groups()))


def some_wishes(r, catalog):
    kinds = ("psu", "case", "cooler", "motherboard", "gpu_card")
    brands = [(kind, r.choice(("alpha", "Beta"))) for kind in kinds if r.random() < 0.15]
    if brands and r.random() < 0.3:
        brands.append((brands[0][0], "ALPHA"))
    return {
        "brands": tuple(brands),
        "new_only": r.random() < 0.25,
        "max_noise_dba": r.choice((None, None, 25.0, 40.0)),
        "allow_unknown": (is_lax := r.random() < 0.3),
        "also": tuple(catalog.workload(j) for j in FURTHER if r.random() < 0.25),
        "objective": r.choice((Objective.TIME, Objective.COST, Objective.ENERGY)),
        "gpu_counts": (1,) if is_lax else r.choice(((1,), (1, 2), (2,))),
        "mains": "230V16A",
    }


@given(seed=st.integers(0, 2000))
@settings(RELAXED, max_examples=60)
def test_all_three_solvers_agree_whatever_is_wished(make, catalog, job, seed):
    r = random.Random(seed)
    stock = of_many_makers(r, make.random_stock(seed))
    wish = ask(job, **some_wishes(r, catalog))
    if r.random() < 0.3:
        part = r.choice([p for group in stock.groups() for p in group])
        wish = replace(wish, owned=(part.id,))
    oracle, first = best_of_all(wish, stock), next(Planner(wish, stock).ranked(), None)
    assert (oracle is None) == (first is None)
    assert is_same(certify(wish, stock), reached(solve(wish, stock)), wish)
    if oracle is not None and first is not None:
        assert first.choice.cents == oracle.cents


def test_a_further_job_asks_for_the_larger_card(make, job, chat):
    small = make.card(500, gpu=make.gpu(vram_bytes=16 * GIB), id="small")
    stock = make.stock(cards=(small, make.card(900, id="large")))
    wish = ask(job, objective=Objective.COST, gpu_counts=(1,))
    assert solve(wish, stock).builds[0].build.card.id == "small"
    both = solve(replace(wish, also=(chat,)), stock).builds[0]
    assert both.build.card.id == "large"
    assert both.also[0].workload == chat
    assert both.also[0].memory.verdict == "fits"
    assert both.also[0].prediction.median > 0


def test_a_further_job_no_card_holds_is_named(make, job, catalog):
    large = catalog.workload("llm_full_finetune_8b")
    solution = solve(ask(job, gpu_counts=(1,), also=(large,)), make.stock())
    assert solution.status == "infeasible"
    assert large.title in solution.why_not


def test_a_loud_cooler_is_left_out_and_one_that_says_nothing_only_when_allowed(make, job):
    loud, quiet = make.cooler(30, noise_dba=38.0, id="loud"), make.cooler(70, noise_dba=24.0)
    silent = make.cooler(20, noise_dba=None, id="says nothing")
    stock = make.stock(coolers=(loud, quiet, silent))
    wish = ask(job, gpu_counts=(1,), max_noise_dba=30.0)
    assert solve(wish, stock).builds[0].build.cooler == quiet
    allowed = solve(replace(wish, allow_unknown=True), stock).builds[0]
    assert allowed.build.cooler == silent
    assert solve(replace(wish, max_noise_dba=None), stock).builds[0].build.cooler == silent


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"max_noise_dba": 20.0}, "ift the noise limit"),
        ({"brands": (("psu", "Elsewhere"),)}, "llow other makers of power supplies"),
        ({"new_only": True}, "llow second-hand parts"),
        ({"min_ram_bytes": 400 * GIB}, "sk for less memory"),
    ],
)
def test_the_wish_that_leaves_nothing_is_named(make, job, wish, words):
    used = make.case(90)
    used = replace(used, price=replace(used.price, kind=PriceKind.USED))
    stock = make.stock(coolers=(make.cooler(noise_dba=30.0),), cases=(used,))
    solution = solve(ask(job, gpu_counts=(1,), **wish), stock)
    assert solution.status == "infeasible"
    assert words in solution.why_not
    assert prove(ask(job, gpu_counts=(1,), **wish), stock, solution).agrees


def test_makers_of_a_kind_left_unnamed_are_free(make, job):
    named = make.psu(150, maker="Wished", id="named")
    stock = make.stock(psus=(make.psu(100, id="other"), named))
    solution = solve(ask(job, gpu_counts=(1,), brands=(("psu", "wished"),)), stock)
    assert solution.builds[0].build.psu.id == "named"
    assert solution.builds[0].build.case.maker == "Test"


def test_a_part_at_hand_may_be_of_any_maker_and_second_hand(make, job):
    psu = make.psu(100, id="mine")
    psu = replace(psu, price=replace(psu.price, kind=PriceKind.USED))
    wish = ask(job, gpu_counts=(1,), owned=("mine",), new_only=True, brands=(("psu", "Elsewhere"),))
    assert solve(wish, make.stock(psus=(psu,))).builds[0].build.psu == psu


def test_a_noise_limit_nobody_can_mean_is_refused(job):
    with pytest.raises(UserError):
        ask(job, max_noise_dba=0.0)
