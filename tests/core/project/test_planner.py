"""Projects answered over the bundled catalogue."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.part import Case, PartKind
from hwstudio.core.model.price import PriceKind
from hwstudio.core.project.assemble import build_of, choices_of
from hwstudio.core.project.planner import ProjectPlanner, case_sizes, request_of
from hwstudio.core.project.state import Choice, Limits, OwnPrice, ProjectState

START = ProjectState(budget=Decimal(3000), workload_id="resnet50_train")


@pytest.fixture(scope="module")
def planner(catalog):
    return ProjectPlanner(catalog)


@pytest.fixture(scope="module")
def answer(planner):
    return planner.answer(START, keeps_parts=False)


def _state_of(answer) -> ProjectState:
    return replace(answer.asked, parts=choices_of(answer.chosen.build))


def test_the_best_build_is_within_the_budget_and_free_of_errors(answer):
    assert answer.solution.status == "optimal"
    assert answer.rank == 0
    assert answer.chosen.total.amount <= START.budget
    assert all(f.severity is not Severity.ERROR for f in answer.chosen.findings)
    assert not answer.remedies


def test_the_parts_of_an_answer_make_the_same_build_again(answer, catalog):
    assert build_of(_state_of(answer), catalog.part).build == answer.chosen.build


def test_kept_parts_are_recognised_as_the_best_build(answer, planner):
    again = planner.answer(_state_of(answer), keeps_parts=True)
    assert again.rank == 0
    assert again.chosen == answer.chosen


def test_hand_chosen_parts_are_judged_and_not_replaced(answer, planner, catalog):
    state = _state_of(answer)
    dearest = max((c for c in catalog.cases() if c.price is not None), key=lambda c: c.price.amount)
    parts = tuple(
        Choice("case", dearest.id, dearest.name, 1) if c.kind == "case" else c for c in state.parts
    )
    judged = planner.answer(replace(state, parts=parts), keeps_parts=True)
    assert judged.rank is None
    assert judged.chosen.build.case == dearest
    assert judged.chosen.total.amount > answer.chosen.total.amount


def test_a_part_the_catalogue_lost_is_named_and_the_rest_kept(answer, planner):
    state = _state_of(answer)
    lost = replace(state, parts=(*state.parts[1:], Choice("gpu_card", "card-gone", "Old Card", 1)))
    found = planner.answer(lost, keeps_parts=True)
    assert found.missing == ("Old Card",)
    assert found.chosen.build.cpu == answer.chosen.build.cpu
    assert found.chosen.build.card is None


def test_a_locked_card_stays_when_the_budget_changes(answer, planner):
    card = next(c for c in _state_of(answer).parts if c.kind == "gpu_card")
    state = replace(START, parts=(card,), locked=("gpu_card",), budget=Decimal(6000))
    found = planner.answer(state, keeps_parts=False)
    assert found.chosen.build.card.id == card.part_id
    assert found.chosen.build.card_count == card.quantity


def test_locked_parts_stay_on_the_table_when_nothing_fits_them(answer, planner):
    state = replace(_state_of(answer), locked=("gpu_card",), budget=Decimal(200))
    found = planner.answer(state, keeps_parts=False)
    assert found.solution.builds == ()
    assert found.chosen.build == answer.chosen.build


def test_an_own_price_counts_and_is_marked_as_own(answer, planner):
    card = answer.chosen.build.card
    own = OwnPrice(card.id, Decimal(1), "USD", "2026-11-20", "from a friend")
    found = planner.answer(START.with_own_price(own), keeps_parts=False)
    assert found.chosen.build.card.id == card.id
    assert found.chosen.build.card.price.kind is PriceKind.OWN
    assert "from a friend" in found.chosen.build.card.price.source
    assert found.chosen.total.amount < answer.chosen.total.amount


def test_nothing_fits_a_tiny_budget_and_the_offered_budget_does(planner):
    found = planner.answer(replace(START, budget=Decimal(150)), keeps_parts=False)
    assert found.chosen is None
    assert found.solution.why_not
    remedy = found.remedies[0]
    assert remedy.words.startswith("Raise the budget to $")
    assert planner.answer(remedy.state, keeps_parts=False).chosen is not None


def test_a_limit_that_forbids_everything_can_be_dropped(planner):
    state = replace(START, limits=Limits(min_vram_bytes=2**40))
    found = planner.answer(state, keeps_parts=False)
    assert found.chosen is None
    dropped = [r for r in found.remedies if r.words == "Drop the GPU memory limit"]
    assert dropped
    assert dropped[0].state.limits.min_vram_bytes == 0
    assert planner.answer(dropped[0].state, keeps_parts=False).chosen is not None


def test_case_size_limit_holds(planner):
    state = replace(START, limits=Limits(case_form_factor="Mini tower"))
    chosen = planner.answer(state, keeps_parts=False).chosen
    assert chosen is not None
    assert chosen.build.case.form_factor in case_sizes("Mini tower")
    assert "ATX Mid Tower" not in case_sizes("Mini tower")


def test_an_unknown_case_size_is_no_limit():
    assert case_sizes("Barn") == ()


@pytest.mark.parametrize("objective", ["time", "cost", "energy"])
def test_every_objective_has_an_answer(planner, objective):
    chosen = planner.answer(replace(START, objective=objective), keeps_parts=False).chosen
    assert chosen is not None
    assert chosen.total.amount <= START.budget


def test_an_unknown_job_is_a_users_error(planner):
    with pytest.raises(UserError, match="There is no workload 'juggling'"):
        planner.answer(replace(START, workload_id="juggling"), keeps_parts=False)


def test_a_number_of_cards_is_asked_as_given(catalog):
    workload = catalog.workload(START.workload_id)
    assert request_of(replace(START, gpu_count=2), workload).gpu_counts == (2,)
    assert request_of(START, workload).gpu_counts == (1, 2, 3, 4)


def test_alternatives_fit_and_come_cheapest_first(answer, planner):
    found = planner.alternatives(_state_of(answer), PartKind.PSU)
    prices = [row.part.price.amount for row in found.rows if row.part.price is not None]
    assert prices == sorted(prices)
    assert len(found.rows) + found.refused == found.tried
    assert all(row.verdict != "error" for row in found.rows)
    current = [row for row in found.rows if row.is_current]
    assert [row.part.id for row in current] == [answer.chosen.build.psu.id]
    assert current[0].price_change == 0
    assert current[0].power_change_w == 0


def test_an_alternatives_price_change_is_that_of_the_whole_build(answer, planner):
    state = _state_of(answer)
    row = planner.alternatives(state, PartKind.CASE).rows[-1]
    assert isinstance(row.part, Case)
    expected = row.part.price.amount - answer.chosen.build.case.price.amount
    assert row.price_change == expected


def test_another_card_changes_the_speed_and_one_too_small_for_the_job_is_refused(planner):
    state = replace(START, workload_id="llm_qlora_8b", budget=Decimal(5000))
    chosen = planner.answer(state, keeps_parts=False).chosen
    state = replace(state, parts=choices_of(chosen.build))
    found = planner.alternatives(state, PartKind.GPU_CARD)
    assert any(row.speed_change and row.speed_change < 0 for row in found.rows)
    assert found.refused > 0
    assert min(row.part.vram_bytes for row in found.rows) >= 6 * 2**30
