"""The upgrade plan: phases within the money there is; less GPU memory only when confirmed."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.assess.change import Ground, cost_of
from hwstudio.core.assess.upgrade.book import UpgradeBook, Wish
from hwstudio.core.assess.upgrade.inventory import Item
from hwstudio.core.assess.upgrade.known import Known
from hwstudio.core.assess.upgrade.lifecycle import Lifecycle, Support
from hwstudio.core.assess.upgrade.situation import Situation
from hwstudio.core.assess.upgrade.swap import Bought
from hwstudio.core.base.errors import UserError
from hwstudio.core.model.build import Build
from hwstudio.core.monitor.recorded_pressure import Pressure
from hwstudio.core.plan.upgrade_steps import Action, later
from hwstudio.core.plan.upgrades import plan_of, take

_KIT = Path(__file__).parents[1] / "assess" / "upgrade_kit.py"
_SPEC = importlib.util.spec_from_file_location("kit", _KIT)
kit = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(kit)
GIB = kit.GIB
TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def gpu_rows(catalog):
    return {gpu.name: gpu for gpu in catalog.gpus()}


def situation(catalog, book=None, of=None, build=None, **more):
    def find(part_id):
        part = catalog.part(part_id) if catalog.has_part(part_id) else None
        if part is None or part.price is None:
            return None
        return Bought(part, f"Put in a {part.name}", cost_of(part.price), "")

    return Situation(
        machine=of or kit.machine(),
        book=book or UpgradeBook(),
        today=TODAY,
        ground=Ground(known=Known(build=build or Build())),
        start=lambda changed, ground: kit.trials(catalog, changed, ground),
        find=find,
        **more,
    )


def test_every_phase_has_its_day_a_reason_and_a_cost_with_date(catalog):
    plan = plan_of(situation(catalog))
    assert [phase.day for phase in plan.phases] == [
        date(2026, 11, 28), date(2027, 5, 28), date(2027, 11, 28), date(2028, 11, 28),
    ]  # fmt: skip
    scores = [plan.score_now, *(phase.score for phase in plan.phases)]
    assert scores == sorted(scores)
    for step in (step for phase in plan.phases for step in phase.steps):
        assert step.reasons
        assert step.cost is None or (step.cost.as_of and step.cost.source)
    kinds = [s.component for p in plan.phases for s in p.steps if s.action is Action.BUY]
    assert len(kinds) == len(set(kinds))
    assert later(date(2024, 8, 31), 6) == date(2025, 2, 28)


@settings(max_examples=4, deadline=None)
@given(budget=st.integers(0, 1500), per_month=st.integers(0, 80))
def test_what_is_bought_by_a_phase_is_never_more_than_the_money_there_is(
    catalog, budget, per_month
):
    plan = plan_of(
        situation(catalog, UpgradeBook(budget=Decimal(budget), per_month=Decimal(per_month)))
    )
    spent = Decimal(0)
    for phase in plan.phases:
        spent += phase.cost.typical if phase.cost is not None else 0
        assert spent <= budget + per_month * phase.at_months


def _smaller_card(catalog):
    cards = [c for c in catalog.cards() if c.price and c.vram_bytes == 12 * GIB and c.length_mm]
    return cards[0]


def test_a_step_that_lowers_gpu_memory_is_held_back_until_it_is_confirmed(catalog, gpu_rows):
    large = kit.machine([gpu_rows["GeForce RTX 3090"]])
    card = _smaller_card(catalog)
    book = UpgradeBook(wishes=(Wish(card.id, 6),))
    plan = plan_of(situation(catalog, book, large))
    assert [step.less_vram_bytes for step in plan.held if step.is_wish] == [12 * GIB]
    assert not any(step.is_wish for phase in plan.phases for step in phase.steps)
    for confirmed in (
        situation(catalog, UpgradeBook(wishes=(Wish(card.id, 6, True),)), large),
        situation(catalog, book, large, allows_less_vram=True),
    ):
        made = plan_of(confirmed)
        assert any(step.is_wish for step in made.phases[1].steps)
        assert not any(step.is_wish for step in made.held)


def test_taking_a_smaller_card_refuses_without_a_confirmation(catalog, gpu_rows):
    large = kit.machine([gpu_rows["GeForce RTX 3090"]])
    book, plan = UpgradeBook(), plan_of(situation(catalog, of=large))
    smaller = next(change for change in plan.choices if change.less_vram_bytes)
    with pytest.raises(UserError, match="lowers GPU memory"):
        take(book, Wish(smaller.part_id, 0), smaller)
    assert take(book, Wish(smaller.part_id, 0, True), smaller).wishes[0].is_confirmed
    bigger = replace(smaller, less_vram_bytes=0)
    assert take(book, Wish(bigger.part_id, 12), bigger).wishes == (Wish(bigger.part_id, 12),)


def test_a_wish_that_breaks_a_rule_or_has_no_price_is_refused(catalog):
    case = min(
        (c for c in catalog.cases() if c.max_gpu_length_mm), key=lambda c: c.max_gpu_length_mm
    )
    long = max((c for c in catalog.cards() if c.price and c.length_mm), key=lambda c: c.length_mm)
    too_long = UpgradeBook(wishes=(Wish(long.id, 0),))
    with pytest.raises(UserError, match="breaks a rule"):
        plan_of(situation(catalog, too_long, build=Build(case=case)))
    unknown = UpgradeBook(wishes=(Wish("card-none", 0),))
    with pytest.raises(UserError, match="no price"):
        plan_of(situation(catalog, unknown))


def test_memory_that_ran_full_comes_first_with_the_evidence(catalog):
    full = Pressure(
        device="memory", peak_bytes=15.5 * GIB, p95_bytes=15 * GIB, total_bytes=16 * GIB,
        recorded_hours=40.0, busy_hours=10.0, means=(0.94,) * 30,
    )  # fmt: skip
    now = plan_of(situation(catalog, pressures=(full,))).phases[0]
    assert now.steps[0].component == "memory"
    assert now.steps[0].reasons[0] == (
        "Memory was at least 85 % full for 5.0 of 40 recorded hours."
    )
    calm = plan_of(situation(catalog, pressures=(replace(full, p95_bytes=9.0 * GIB),))).phases[0]
    assert calm.steps[0].component != "memory"


def test_ends_of_support_and_warranty_and_age_fall_into_their_phase(catalog):
    driver = Support("Pascal driver", "driver", "legacy", "2028-10-31", "R580", "maker", "2026-11")
    card = Item(id=1, machine="Lab PC", kind="gpu", name="a GTX", warranty_until="2027-03")
    each = Lifecycle(item=card, age_years=4.2, look_after_years=5, supports=(driver,))
    plan = plan_of(situation(catalog, lifecycles=(each,)))
    said = [
        [reason for step in phase.steps if step.machine == "Lab PC" for reason in step.reasons]
        for phase in plan.phases
    ]
    assert said == [
        [],
        ["The warranty ends 2027-03."],
        ["It will be 5.2 years old; you look again after 5."],
        ["Support by its maker ends 2028-10-31."],
    ]
