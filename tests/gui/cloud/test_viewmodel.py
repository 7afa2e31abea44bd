"""The Cloud tab without its window: what is compared, what is answered, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hwstudio.core.catalog.cloud_tables import countries_of, grids_of
from hwstudio.core.cloud.filter import OfferFilter
from hwstudio.core.cost.options import ON_DEMAND, ONE_YEAR, SPOT
from hwstudio.core.model.build import Build
from hwstudio.gui.cloud.plots import cost_series
from hwstudio.gui.cloud.state import MOST_CHOSEN, Stock
from hwstudio.gui.cloud.viewmodel import BUILD, MACHINE, CloudViewModel


@pytest.fixture(scope="module")
def stock(catalog):
    return Stock(
        offers=catalog.offers(),
        gpus=catalog.gpus(),
        cards=catalog.cards(),
        workloads=catalog.workloads(),
        goal="resnet50_train",
        price_per_kwh=0.165,
        tariff_source="test",
        today=date(2026, 11, 21),
    )


@pytest.fixture
def model(qapp, stock):
    made = CloudViewModel(stock)
    yield made
    made.deleteLater()


@pytest.fixture
def build(catalog):
    card = next(
        card for card in catalog.cards() if card.gpu.id == "gpu-geforce-rtx-5090" and card.price
    )
    return Build(card=card, card_count=2)


def test_it_starts_with_the_goal_a_known_card_and_an_answer(model):
    state = model.state
    assert state.workload.id == "resnet50_train"
    assert state.own.name == "GeForce RTX 4090"
    assert state.answer.odds is not None
    assert state.answer.lines[0].name == f"Own: {state.own.name}"
    assert state.rows[0].is_reference


def test_much_use_of_cheap_hardware_pays_back_with_a_range(model):
    model.set_price(500.0)
    model.set_hours(600.0)
    answer = model.state.answer
    assert answer.kind == "ok"
    assert answer.sentence.startswith("Owning wins in ")
    assert answer.odds.deciding_input in answer.sentence
    assert answer.detail.startswith("Owning pays back after about")
    assert "likely" in answer.detail
    assert any("pays back" in words for _, words in answer.marks)


def test_never_is_said_plainly_and_has_no_crossing(model):
    model.set_tariff(4.0)
    answer = model.state.answer
    assert answer.sentence.startswith("Never:")
    assert answer.payback.months is None
    assert answer.odds.owning_wins_share == 0
    assert not any("pays back" in words for _, words in answer.marks)


def test_no_use_at_all_never_pays_back(model):
    model.set_hours(0.0)
    assert model.state.answer.sentence.startswith("Never: without any use")


def test_a_payback_after_the_life_is_called_renting_cheaper(model):
    model.set_speed_ratio(1.0)
    model.set_hours(100.0)
    model.set_price(3000.0)
    model.set_life(1.0)
    assert model.state.answer.detail.startswith("Renting is cheaper")


def test_more_hours_never_worsen_the_odds_of_owning(model):
    shares = []
    for hours in (20.0, 100.0, 300.0, 700.0):
        model.set_hours(hours)
        shares.append(model.state.answer.odds.owning_wins_share)
    assert shares == sorted(shares)


def test_the_build_leads_until_the_user_chooses_otherwise(model, build):
    model.set_build(build)
    assert model.state.wish.own_key == BUILD
    assert model.state.own.gpu_count == 2
    assert model.state.own_choices[0][1].startswith("Your build (2 x")
    model.choose_own("gpu-geforce-rtx-4090")
    model.set_build(replace(build, card_count=1))
    assert model.state.wish.own_key == "gpu-geforce-rtx-4090"
    model.choose_own(BUILD)
    model.set_build(None)
    assert model.state.own.name == "GeForce RTX 4090"
    assert BUILD not in dict(model.state.own_choices)


def test_a_half_chosen_build_without_a_card_is_not_compared(model, build):
    model.set_build(replace(build, card=None, card_count=0))
    assert BUILD not in dict(model.state.own_choices)
    assert MACHINE not in dict(model.state.own_choices)


def test_an_own_price_replaces_the_estimate_and_can_be_taken_back(model):
    estimated = model.state.own.price.typical
    model.set_price(1234.0)
    assert model.state.own.price.typical == 1234
    assert model.state.own.price_source == "entered by you"
    model.forget_own_figures()
    assert model.state.own.price.typical == estimated


def test_typed_figures_do_not_stick_to_other_hardware(model):
    model.set_price(1.0)
    model.set_speed_ratio(9.0)
    model.choose_own("gpu-geforce-rtx-5090")
    assert model.state.wish.price is None
    assert model.state.answer.ratio.typical != 9


def test_ways_of_paying_show_only_offers_that_have_such_a_price(model):
    model.choose_pay(SPOT)
    assert all(row.offer.spot_per_hour is not None for row in model.state.rows)
    assert model.state.answer.reference.kind == SPOT
    model.choose_pay(ONE_YEAR)
    assert all(row.price == row.offer.price_1y_per_hour for row in model.state.rows)
    assert model.state.answer.rent_month == model.state.answer.reference.price_per_hour * 730


def test_ticked_offers_are_the_ones_compared_and_the_oldest_makes_room(model):
    model.set_filter(OfferFilter(accelerator="H100", count=1))
    rows = model.state.rows
    for row in rows[: MOST_CHOSEN + 1]:
        model.choose_offer(row, True)
    chosen = model.state.wish.chosen
    assert chosen == tuple(row.offer.id for row in rows[1 : MOST_CHOSEN + 1])
    assert model.state.answer.reference.offer.id == chosen[0]
    drawn = [line.name for line in model.state.answer.lines if line.is_dashed]
    assert len([name for name in drawn if not name.startswith("Hybrid")]) == MOST_CHOSEN - 1
    assert model.state.answer.reference.kind == ON_DEMAND
    model.choose_offer(rows[1], False)
    assert rows[1].offer.id not in model.state.wish.chosen
    model.clear_offers()
    assert model.state.wish.chosen == ()


def test_filters_that_leave_nothing_say_what_to_do(model):
    model.set_filter(OfferFilter(region="atlantis"))
    answer = model.state.answer
    assert model.state.rows == ()
    assert "Loosen" in answer.sentence
    assert answer.lines == ()
    assert cost_series(answer) == ()


def test_a_job_that_does_not_fit_the_own_card_says_so_and_still_prices_renting(model):
    model.choose_workload("llm_full_finetune_8b")
    answer = model.state.answer
    assert "does not fit" in answer.sentence
    assert answer.odds is None
    assert answer.rent_month is not None
    assert [reason.key for reason in answer.verdict.decided_by] == ["newest"]
    small = [row for row in model.state.rows if not row.fits]
    assert small
    assert model.state.rows[-len(small) :] == tuple(small), "what is too small stands below"
    assert all(row.cost_per_job is None and row.why_not for row in small)
    assert any(row.why_not.startswith("needs about") for row in small)
    model.set_only_fitting(True)
    assert all(row.fits for row in model.state.rows)


def test_an_accelerator_without_an_estimate_asks_for_its_speed_and_then_answers(model):
    model.set_only_fitting(False)
    model.set_filter(OfferFilter(accelerator="TPU v5e"))
    model.choose_offer(model.state.rows[0], True)
    assert "Enter how many times as fast" in model.state.answer.sentence
    model.set_speed_ratio(1.5)
    assert model.state.answer.odds is not None


def test_a_refused_number_keeps_the_last_good_answer(model, qtbot):
    before = model.state
    with qtbot.waitSignal(model.refused) as said:
        model.set_price(-5.0)
    assert "negative" in said.args[0]
    assert model.state is before


def test_every_change_is_announced_with_the_new_state(model, qtbot):
    with qtbot.waitSignal(model.changed) as told:
        model.set_hours(200.0)
    assert told.args[0] is model.state
    assert told.args[0].wish.hours_per_month == 200


def test_the_chart_has_every_way_to_pay_each_with_its_range(model):
    names = [one.name for one in cost_series(model.state.answer)]
    assert names[0].startswith("Own: ")
    assert names[1:] == [
        "Rent: on demand", "Rent: spot", "Rent: 1 year", "Rent: 3 years", "Hybrid, 25% rented",
    ]  # fmt: skip
    for line in model.state.answer.lines:
        bands = zip(line.cost.low, line.cost.typical, line.cost.high, strict=True)
        assert all(low <= middle <= high for low, middle, high in bands)
    assert [line.has_band for line in model.state.answer.lines] == [True, True] + [False] * 4


def test_the_hybrid_lies_between_owning_and_renting_by_its_share(model):
    model.set_rented_percent(40)
    ways = {way.kind: way for way in model.state.answer.options}
    both, own, rent = ways["hybrid"], ways["own"], ways["on_demand"]
    assert both.own_hours == pytest.approx(own.own_hours * 0.6)
    assert both.rented_hours == pytest.approx(rent.rented_hours * 0.4)
    assert both.finish_hours == pytest.approx(own.finish_hours * 0.6 + rent.finish_hours * 0.4)
    assert both.cost_per_month < own.cost_per_month + rent.cost_per_month


def test_the_table_is_sorted_by_the_cost_of_a_job(model):
    rows = [row for row in model.state.rows if row.fits and not row.is_reference]
    costs = [row.cost_per_job for row in rows if row.cost_per_job is not None]
    assert len(costs) > 500
    assert costs == sorted(costs)


def test_a_discount_makes_renting_cheaper_everywhere(model):
    before = model.state
    model.set_discount_percent(50)
    after = model.state
    assert after.answer.rent_month == pytest.approx(before.answer.rent_month / 2)
    assert after.rows[0].cost_per_job == pytest.approx(before.rows[0].cost_per_job / 2)
    assert after.answer.odds.owning_wins_share <= before.answer.odds.owning_wins_share
    model.forget_own_figures()
    assert model.state.answer.rent_month == before.answer.rent_month


def test_a_told_speed_counts_for_the_same_machine_however_it_is_paid_for(model):
    model.set_filter(OfferFilter(accelerator="L4", count=1, provider="gcp"))
    model.set_speed_ratio(2.0)
    ways = [way for way in model.state.answer.options if way.kind in ("on_demand", "commit_1y")]
    assert len(ways) == 2
    assert {round(way.rented_hours, 6) for way in ways} == {60.0}


def test_the_carbon_of_owning_is_known_once_the_country_is(qapp, catalog, stock):
    rows = catalog.table("carbon")
    model = CloudViewModel(replace(stock, grids=grids_of(rows), countries=countries_of(rows)))
    assert model.state.answer.options[0].carbon_kg is None
    model.choose_country("FRA")
    clean = model.state.answer.options[0].carbon_kg
    model.choose_country("POL")
    assert model.state.answer.options[0].carbon_kg > clean > 0
    assert any(row.carbon_kg for row in model.state.rows if row.offer.provider == "gcp")
    model.deleteLater()


@pytest.mark.parametrize(
    ("preset", "hours", "each"), [("small", 40, 1.03), ("medium", 200, 0.37), ("large", 500, 0.24)]
)
def test_the_examples_give_the_corrected_cost_of_a_useful_hour(model, preset, hours, each):
    model.choose_preset(preset)
    answer = model.state.answer
    assert float(answer.own_month) / hours == pytest.approx(each, abs=0.005)
    assert answer.reference.offer.provider == "aws"
    assert answer.odds is not None


def test_hours_come_from_the_build_until_some_are_typed_here(model):
    model.set_use(10.0)
    assert model.state.wish.hours_per_month == 43.0, "10 h a week are 43 h a month"
    model.set_hours(200.0)
    model.set_use(40.0)
    assert model.state.wish.hours_per_month == 200.0


def test_the_job_follows_configure_until_one_is_chosen_here(model):
    assert not model.state.job_note
    model.set_main_job("llm_qlora_8b")
    assert model.state.wish.workload_id == "llm_qlora_8b"
    assert "As in Configure" in model.state.job_note
    model.choose_workload("resnet50_train")
    model.set_main_job("gpt2_train")
    assert model.state.wish.workload_id == "resnet50_train"
    assert "Configure plans for: " in model.state.job_note
    model.choose_workload("gpt2_train")
    assert model.state.job_note == "The same as in Configure."


def test_a_job_of_configure_that_the_library_lacks_changes_nothing(model):
    before = model.state.wish.workload_id
    model.set_main_job("a-job-of-my-own")
    assert model.state.wish.workload_id == before
    assert not model.state.job_note


def test_with_very_many_offers_each_machine_stands_once_where_it_is_cheapest(stock, qtbot):
    from hwstudio.gui.cloud import viewmodel as module
    from hwstudio.gui.cloud.words import count_words

    base = next(o for o in stock.offers if o.price_per_hour and o.gpu_id and not o.notes)
    many = tuple(
        replace(base, id=10_000 + n, region=f"r{n}", price_per_hour=base.price_per_hour + n)
        for n in range(module.MOST_OFFERS + 1)
    )
    model = CloudViewModel(stock)
    model.take_offers(many)
    qtbot.waitUntil(lambda: bool(model.state.rows), timeout=20_000)
    (row,) = model.state.rows
    assert row.offer.region == "r0"
    assert "cheapest region" in count_words(model.state)
