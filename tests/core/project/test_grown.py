"""A project's frontier: memory answers as the solver does, and never stands in its way."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.model.part import PartKind
from hwstudio.core.project.assemble import choices_of
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.state import Limits, OwnPrice, ProjectState

START = ProjectState(budget=Decimal(3000), workload_id="llm_chat_8b")


class SmallShelf:
    """Every fourth part of the catalogue; ``parts`` can be exchanged as an own price would."""

    def __init__(self, catalog):
        self._parts = {kind: catalog.parts(kind)[::4] for kind in PartKind}
        self.part, self.workload = catalog.part, catalog.workload

    def parts(self, kind):
        return self._parts[kind]

    def changes_a_price(self):
        self._parts[PartKind.RAM] = (*self._parts[PartKind.RAM],)


@pytest.fixture(scope="module")
def shelf(catalog):
    return SmallShelf(catalog)


@pytest.fixture
def planner(shelf):
    return ProjectPlanner(shelf)


def plain(answer):
    """Return an answer without what a clock and the frontier add to it."""
    solution = replace(answer.solution, seconds=0.0)
    return replace(answer, solution=solution, robust=None)


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"objective": "energy", "gpu_count": 1},
        {"objective": "cost", "limits": Limits(gpu_maker="NVIDIA", min_vram_bytes=24 * 2**30)},
    ],
)
def test_an_answer_from_memory_is_the_one_worked_out_at_any_budget(planner, shelf, wishes):
    draw = random.Random(6)
    state = replace(START, **wishes)
    assert planner.at_once(state, keeps_parts=False) is None
    assert planner.frontier(state).is_ready
    untouched = ProjectPlanner(shelf)
    budgets = [Decimal(300), *(Decimal(round(500 * 100 ** draw.random())) for _ in range(7))]
    for asked in (replace(state, budget=budget) for budget in budgets):
        found = planner.at_once(asked, keeps_parts=False)
        assert plain(found) == plain(untouched.answer(asked, keeps_parts=False))


def test_a_fitting_answer_from_memory_says_how_firm_it_is(planner):
    planner.frontier(START)
    found = planner.at_once(START, keeps_parts=False)
    assert found.robust.sentence.startswith("How sure: in ")
    assert planner.answer(START, keeps_parts=False).robust == found.robust
    assert planner.at_once(replace(START, budget=Decimal(300)), keeps_parts=False).robust is None


def test_other_wishes_other_prices_and_kept_parts_are_not_answered_from_memory(planner, shelf):
    planner.frontier(START)
    best = planner.at_once(START, keeps_parts=False)
    kept = replace(START, parts=choices_of(best.chosen.build))
    price = OwnPrice(best.chosen.build.card.id, Decimal(5), "USD", "2026-01-01")
    assert planner.at_once(kept, keeps_parts=True) is None
    assert planner.at_once(kept, keeps_parts=False) is not None
    assert planner.at_once(replace(START, gpu_count=1), keeps_parts=False) is None
    assert planner.at_once(START.with_own_price(price), keeps_parts=False) is None
    shelf.changes_a_price()
    assert planner.at_once(START, keeps_parts=False) is None


def test_the_steps_rise_and_the_answer_stands_on_its_step(planner):
    found = planner.frontier(START)
    heights = [point.height for point in found.points]
    assert heights == sorted(heights)
    assert found.at(Decimal(300)) is None
    budget = Decimal(6000)
    best = planner.at_once(replace(START, budget=budget), keeps_parts=False).chosen
    assert found.at(budget).budget == best.total.amount
    assert found.at(budget).per_second == best.prediction.median


def test_a_stopped_frontier_is_not_ready_and_not_kept(planner):
    asked = []

    def is_stale():
        asked.append(None)
        return len(asked) > 5

    assert not planner.frontier(START, is_stale).is_ready
    assert planner.at_once(START, keeps_parts=False) is None


def test_an_answer_can_be_had_while_the_frontier_grows(planner):
    answers = []

    def is_stale():
        if not answers:  # from inside the work: a lock held now would never be free
            answers.append(planner.answer(START, keeps_parts=False))
        return False

    assert planner.frontier(START, is_stale).is_ready
    assert answers[0].solution.status == "optimal"
