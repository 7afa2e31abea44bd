"""Laws every plan obeys, over the whole catalogue and real parts."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hwstudio.core.model.build import Build
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.wishes import Usage
from hwstudio.core.optimize.certify import reached
from hwstudio.core.optimize.classes import merit
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve
from hwstudio.core.power.answer import power_answer

JOBS = ("llm_qlora_8b", "llm_chat_8b", "bert_base_train")
FEW = settings(max_examples=5, deadline=None)
MANY = settings(FEW, max_examples=150)
SEEDS = st.integers(0, 2**32)
USE = Usage(tariff_per_kwh=Decimal("0.17"))  # the cost of owning needs a price of electricity
MAINS = st.sampled_from(["120V15A", "120V20A", "100V15A", "230V16A"])


def worth(request, solution):
    """Return what the objective asks for, smaller is better: merit first, then cents."""
    found = reached(solution)
    if found.owning is not None:
        return (found.owning, found.cents)
    is_cost = request.objective is Objective.COST
    return (0.0 if is_cost else merit(found.gpu_class, request), found.cents)


def ids(solution):
    return {line.part.id for planned in solution.builds for line in planned.build.lines()}


@given(
    budget=st.integers(900, 9000), more=st.integers(1, 6000), objective=st.sampled_from(Objective)
)
@FEW
def test_more_budget_is_never_worse_whatever_is_wanted(
    whole_stock, job, fitted, budget, more, objective
):
    asked = Request(
        budget=Decimal(budget), workload=job, objective=objective, predictor=fitted, usage=USE
    )
    rich = replace(asked, budget=Decimal(budget + more))
    less = solve(asked, whole_stock)
    assume(less.builds)
    assert worth(asked, solve(rich, whole_stock)) <= worth(asked, less)


@given(seed=SEEDS, more=st.integers(0, 2000), count=st.integers(1, 4), mains=MAINS)
@MANY
def test_a_bigger_psu_never_adds_a_power_finding_to_real_parts(
    whole_stock, seed, more, count, mains
):
    r = random.Random(seed)
    psu = r.choice(whole_stock.psus)
    build = Build(
        cpu=r.choice(whole_stock.cpus),
        motherboard=r.choice(whole_stock.motherboards),
        card=r.choice(whole_stock.cards),
        card_count=count,
        psu=psu,
    )
    bigger = replace(build, psu=replace(psu, rated_w=psu.rated_w + more))

    def worst(one):
        """Return how bad each rule finds it: 0 is an error, a larger number is milder."""
        found: dict[str, int] = {}
        for finding in power_answer(one, mains=mains).findings:
            rank = tuple(Severity).index(finding.severity)
            found[finding.rule] = min(rank, found.get(finding.rule, rank))
        return found

    before = worst(build)
    assert [r for r, rank in worst(bigger).items() if r not in before or rank < before[r]] == []


@given(seed=SEEDS, budget=st.integers(1500, 9000))
@FEW
def test_forbidding_a_part_that_no_answer_holds_changes_nothing(
    whole_stock, catalog, fitted, seed, budget
):
    r = random.Random(seed)
    job = catalog.workload(r.choice(JOBS))
    asked = Request(budget=Decimal(budget), workload=job, predictor=fitted)
    before = solve(asked, whole_stock)
    others = [p for group in whole_stock.groups() for p in group if p.id not in ids(before)]
    part = r.choice(others)
    after = solve(replace(asked, excluded=frozenset({part.id})), whole_stock)
    assert [b.build for b in after.builds] == [b.build for b in before.builds]


@given(seed=SEEDS, objective=st.sampled_from(Objective))
@FEW
def test_a_forbidden_part_is_never_in_an_answer_and_forbidding_it_never_helps(
    whole_stock, catalog, fitted, seed, objective
):
    r = random.Random(seed)
    job = catalog.workload(r.choice(JOBS))
    asked = Request(
        budget=Decimal(5000),
        workload=job,
        objective=objective,
        predictor=fitted,
        gpu_counts=(1, 2),
        usage=USE,
    )
    before = solve(asked, whole_stock)
    chosen = sorted(ids(before))
    part = r.choice(chosen)
    after = solve(replace(asked, excluded=frozenset({part})), whole_stock)
    assert part not in ids(after)
    if after.builds:
        assert worth(asked, before) <= worth(asked, after)


@pytest.mark.parametrize("kind", ["cpus", "psus", "cases"])
def test_a_locked_part_is_in_every_answer_and_locking_never_helps(whole_stock, job, fitted, kind):
    asked = Request(budget=Decimal(9000), workload=job, predictor=fitted)
    free = solve(asked, whole_stock)
    wanted = sorted(ids(solve(replace(asked, budget=Decimal(4000)), whole_stock)))
    part = next(p for p in getattr(whole_stock, kind) if p.id in wanted)
    locked = solve(replace(asked, pinned=frozenset({part.id})), whole_stock)
    assert locked.builds
    for planned in locked.builds:
        assert part.id in {line.part.id for line in planned.build.lines()}
    assert worth(asked, free) <= worth(asked, locked)
