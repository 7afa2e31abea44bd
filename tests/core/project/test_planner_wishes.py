"""A project's deadline, tax, parts at hand, makers, noise and use reach the planner."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.catalog.cloud_tables import Tariff
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.wishes import Exchange, Usage
from hwstudio.core.predict.job import job_seconds
from hwstudio.core.project.planner import ProjectPlanner, request_of
from hwstudio.core.project.state import Brand, Limits, ProjectState
from hwstudio.core.project.tariff import known_tariff

START = ProjectState(budget=Decimal(3000), workload_id="llm_qlora_8b")


@pytest.fixture(scope="module")
def planner(catalog):
    return ProjectPlanner(catalog, tariff=lambda currency: Decimal("0.165"))


def test_every_wish_of_a_project_is_in_its_question(catalog, job_of):
    limits = Limits(
        max_hours=10.0, max_noise_dba=30.0, new_only=True, min_ram_bytes=2**36,
        min_storage_bytes=2 * 10**12, brands=(Brand("psu", "Corsair"),), forbidden=("case-x",),
    )  # fmt: skip
    state = replace(
        START, limits=limits, tax_pct=Decimal(19), owned=("b", "a", "a"), usage=Usage(years=5.0)
    )
    chat = catalog.workload("llm_chat_8b")
    request = request_of(state, job_of(state), also=(chat,), tariff=Decimal("0.3"))
    assert job_seconds(request.workload, request.min_per_second) == pytest.approx(36_000)
    assert (request.max_noise_dba, request.new_only) == (30.0, True)
    assert (request.min_ram_bytes, request.min_storage_bytes) == (2**36, 2 * 10**12)
    assert request.brands == (("psu", "Corsair"),)
    assert request.excluded == {"case-x"}
    assert request.owned == ("a", "a", "b")
    assert request.tax_pct == 19
    assert request.also == (chat,)
    assert request.usage == Usage(years=5.0, tariff_per_kwh=Decimal("0.3"))
    typed = replace(state, usage=Usage(tariff_per_kwh=Decimal("0.5")))
    asked = request_of(typed, job_of(state), tariff=Decimal("0.3"))
    assert asked.usage.tariff_per_kwh == Decimal("0.5")


@pytest.fixture
def job_of(catalog):
    return lambda state: catalog.workload(state.workload_id)


def test_a_deadline_nothing_meets_offers_the_hours_that_do(planner, catalog):
    state = replace(START, limits=Limits(max_hours=0.01))
    answer = planner.answer(state, keeps_parts=False)
    assert answer.solution.status == "infeasible"
    remedy = next(r for r in answer.remedies if r.words.startswith("Give the job"))
    again = planner.answer(remedy.state, keeps_parts=False)
    assert again.solution.builds
    hours = remedy.state.limits.max_hours
    speed = again.chosen.prediction.median
    assert job_seconds(catalog.workload(state.workload_id), speed) <= hours * 3600


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(max_noise_dba=1.0), "Drop the noise limit"),
        (Limits(brands=(Brand("psu", "Nobody"),)), "Allow any maker of power supplies"),
        (Limits(min_ram_bytes=2**43), "Ask for less memory"),
    ],
)
def test_the_wish_that_leaves_nothing_can_be_given_up_with_one_button(planner, limits, words):
    answer = planner.answer(replace(START, limits=limits), keeps_parts=False)
    assert answer.solution.status == "infeasible"
    remedy = next(r for r in answer.remedies if r.words == words)
    assert planner.answer(remedy.state, keeps_parts=False).solution.builds


def test_an_edited_build_is_summed_with_the_same_tax_and_parts_at_hand(planner):
    taxed = replace(START, tax_pct=Decimal(19))
    best = planner.answer(taxed, keeps_parts=False)
    case = best.chosen.build.case
    owned = replace(taxed, owned=(case.id,), also=("llm_chat_8b",))
    kept = planner.answer(owned, keeps_parts=False).chosen
    assert kept.total.owned == (case.id,)
    assert kept.total.tax > 0
    assert [further.workload.id for further in kept.also] == ["llm_chat_8b"]


def test_alternatives_keep_the_makers_and_the_noise_that_are_wished(planner):
    best = planner.answer(START, keeps_parts=False)
    from hwstudio.core.project.assemble import choices_of

    limits = Limits(max_noise_dba=26.0, brands=(Brand("psu", "corsair"),))
    state = replace(START, parts=choices_of(best.chosen.build), limits=limits)
    coolers = planner.alternatives(state, PartKind.COOLER).rows
    assert coolers
    assert all(row.part.noise_dba <= 26 for row in coolers)
    assert {row.part.maker for row in planner.alternatives(state, PartKind.PSU).rows} == {"Corsair"}


def test_owning_is_planned_with_the_usual_tariff_and_refused_without_any(planner, catalog):
    state = replace(START, objective="ownership")
    owned = planner.answer(state, keeps_parts=False).chosen.ownership
    assert owned.tariff_per_kwh == Decimal("0.165")
    with pytest.raises(UserError) as refused:
        ProjectPlanner(catalog).answer(state, keeps_parts=False)
    assert "kWh" in refused.value.remedy


def test_the_usual_tariff_is_of_the_settings_or_the_widest_area_of_the_currency(catalog):
    def rows():
        return catalog.table("electricity")

    dollars = known_tariff("USD", 0.2, "my bill", rows)
    assert (dollars.per_kwh, dollars.source) == (Decimal("0.2"), "my bill")
    euros = known_tariff("EUR", 0.2, "my bill", rows)
    table = [r for r in rows() if isinstance(r, Tariff) and r.currency == "EUR"]
    assert euros.per_kwh in {row.price_per_kwh for row in table if row.area == "European Union"}
    assert known_tariff("JPY", 0.2, "my bill", rows) is None


def test_a_plan_in_another_currency_is_the_same_plan_times_the_rate(planner):
    dollars = replace(START, budget=Decimal(3000))
    rate = Decimal("0.9")
    euros = replace(
        dollars, currency="EUR", budget=Decimal(2700), exchange=Exchange(rate, "2026-11-28")
    )
    plain = planner.answer(dollars, keeps_parts=False)
    other = planner.answer(euros, keeps_parts=False)
    assert other.chosen.build.card.id == plain.chosen.build.card.id
    assert other.chosen.total.currency == "EUR"
    assert float(other.chosen.total.amount) == pytest.approx(
        float(plain.chosen.total.amount * rate), abs=0.1
    )
    price = other.chosen.build.cpu.price
    assert price.source.endswith("1 USD = 0.9 EUR, 2026-11-28")


def test_without_a_rate_nothing_has_a_price_in_another_currency(planner):
    found = planner.answer(replace(START, currency="EUR"), keeps_parts=False)
    assert not found.solution.builds


def test_where_one_wish_and_the_budget_must_give_way_the_budget_named_is_a_larger_one(planner):
    limits = Limits(min_vram_bytes=48 * GIB)
    state = ProjectState(budget=Decimal(3000), gpu_count=8, limits=limits)
    answer = planner.answer(state, keeps_parts=False)
    assert not answer.solution.builds
    assert answer.remedies[0].words.startswith("Let the number of graphics cards vary and raise")
    assert all(r.state.budget > 3000 for r in answer.remedies if "raise the budget" in r.words)
    assert planner.answer(answer.remedies[0].state, keeps_parts=False).solution.builds
