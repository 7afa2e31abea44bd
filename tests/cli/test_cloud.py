"""The cloud verbs on the bundled catalogue: the contract's fields and its refusals."""

from __future__ import annotations

import argparse
import json

import pytest

from hwstudio.cli import cloud
from hwstudio.cli.cloud_compare import decider
from hwstudio.cli.main import main
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError


def run(words, *, is_json):
    root = argparse.ArgumentParser()
    cloud.add(root.add_subparsers())
    args = root.parse_args(["cloud", *words])
    out = Output(is_json=is_json, home=None)
    try:
        assert args.run(args, out) == 0
    finally:
        out.close()


@pytest.fixture
def say(capsys):
    """Run one command line and return its JSON document."""

    def ask(*words):
        run(words, is_json=True)
        return json.loads(capsys.readouterr().out)

    return ask


def test_offers_have_the_contracts_fields_and_come_cheapest_first(say):
    answer = say("offers", "--accelerator", "H100", "--count", "8")
    assert answer["count"] == len(answer["offers"]) > 5
    assert answer["as_of"]
    prices = []
    for offer in answer["offers"]:
        assert offer.keys() >= {
            "provider", "instance", "region", "accelerator", "count", "price_per_hour",
            "spot_per_hour", "price_1y", "price_3y", "source", "as_of",
        }  # fmt: skip
        assert (offer["accelerator"], offer["count"]) == ("H100", 8)
        prices.append(offer["price_per_hour"])
    known = [price for price in prices if price is not None]
    assert known == sorted(known)


def test_offers_can_be_narrowed_to_cheap_spot_in_a_region(say):
    answer = say("offers", "--spot", "--max-price", "5", "--region", "us-")
    assert answer["count"] > 0
    for offer in answer["offers"]:
        assert 0 < offer["spot_per_hour"] <= 5
        assert "us-" in offer["region"]


def test_terms_nobody_offers_give_an_empty_list(say):
    assert say("offers", "--accelerator", "H100", "--max-price", "0.01")["count"] == 0


def test_an_unknown_accelerator_is_refused_with_near_names(say):
    with pytest.raises(UserError, match="H100"):
        say("offers", "--accelerator", "H10O")


def test_a_device_is_compared_with_every_way_of_renting(say):
    answer = say(
        "compare", "--workload", "resnet50_train", "--hours-per-month", "300",
        "--device", "RTX 4090", "--price", "1800", "--grid-g-per-kwh", "400",
    )  # fmt: skip
    kinds = [option["kind"] for option in answer["options"]]
    assert kinds[:2] == ["own", "on_demand"]
    for option in answer["options"]:
        assert option.keys() >= {
            "kind", "cost_per_month", "cost_per_job", "finish_hours", "carbon_kg",
        }  # fmt: skip
    even = answer["break_even"]
    assert even.keys() >= {"p10_months", "p50_months", "p90_months", "owning_wins_share"}
    assert even["p10_months"] < even["p50_months"]
    assert answer["deciding_input"]
    assert answer["own"]["price"]["typical"] == 1800


def test_the_hybrid_has_hours_on_each_side_and_one_total(say):
    answer = say(
        "compare", "--workload", "resnet50_train", "--hours-per-month", "200",
        "--device", "RTX 4090", "--price", "1800", "--rented-share", "0.4",
    )  # fmt: skip
    ways = {option["kind"]: option for option in answer["options"]}
    both, own, rent = ways["hybrid"], ways["own"], ways["on_demand"]
    assert both["own_hours_per_month"] == pytest.approx(120)
    assert both["rented_hours_per_month"] == pytest.approx(0.4 * rent["rented_hours_per_month"])
    assert (own["own_hours_per_month"], own["rented_hours_per_month"]) == (200, 0)
    wear = 1800 * (1 - answer["own"]["resale_share"]) / 48
    power = 120 * answer["own"]["load_w"] / 1000 * answer["own"]["electricity_per_kwh"]
    total = wear + power + 0.4 * rent["cost_per_month"]
    assert both["cost_per_month"] == pytest.approx(total, abs=0.02)
    assert answer["swings"][0]["input"] == answer["deciding_input"]


def test_spot_costs_more_when_it_is_interrupted_more_often(say):
    def spot(hours):
        answer = say(
            "compare", "--workload", "resnet50_train", "--hours-per-month", "100",
            "--device", "RTX 4090", "--interrupted-every-h", hours,
        )  # fmt: skip
        return next(option for option in answer["options"] if option["kind"] == "spot")

    often, seldom = spot("1"), spot("24")
    assert often["cost_per_job"] > seldom["cost_per_job"]
    assert often["finish_hours"] > seldom["finish_hours"]


def test_never_is_said_in_words(capsys):
    words = (
        "compare", "--workload", "resnet50_train", "--hours-per-month", "300",
        "--device", "RTX 4090", "--kwh-price", "20",
    )  # fmt: skip
    run(words, is_json=False)
    assert capsys.readouterr().out.startswith("Never:")


@pytest.mark.parametrize(
    "words",
    [
        ("--workload", "no_such", "--hours-per-month", "10", "--device", "RTX 4090"),
        ("--workload", "resnet50_train", "--hours-per-month", "900", "--device", "RTX 4090"),
        ("--workload", "resnet50_train", "--hours-per-month", "-1", "--device", "RTX 4090"),
        ("--workload", "resnet50_train", "--hours-per-month", "10", "--device", "RTX 9999 X"),
        ("--workload", "resnet50_train", "--hours-per-month", "10", "--device", "RTX 4090",
         "--resale-share", "40"),
        ("--workload", "resnet50_train", "--hours-per-month", "10", "--device", "RTX 4090",
         "--price", "-3"),
        ("--workload", "resnet50_train", "--hours-per-month", "10", "--build", "/no/such.hws"),
    ],
)  # fmt: skip
def test_input_that_cannot_be_answered_is_refused(say, words):
    with pytest.raises(UserError):
        say("compare", *words)


def test_a_saved_build_is_compared_at_its_own_sum_and_watts(say, catalog, tmp_path):
    from hwstudio.core.project.file import save_project
    from hwstudio.core.project.state import Choice, ProjectState

    card = next(
        card for card in catalog.cards() if card.gpu.id == "gpu-geforce-rtx-4090" and card.price
    )
    file = tmp_path / "mine.hws"
    parts = (Choice("gpu_card", card.id, card.name, 2),)
    save_project(file, ProjectState(name="Two cards", parts=parts))
    answer = say(
        "compare", "--workload", "resnet50_train", "--hours-per-month", "300",
        "--build", str(file),
    )  # fmt: skip
    assert answer["own"]["name"] == "Two cards"
    assert answer["own"]["price"]["typical"] == pytest.approx(float(card.price.amount) * 2)
    assert answer["own"]["load_w"] > 2 * card.tdp_w
    assert answer["break_even"]["owning_wins_share"] is not None


def test_this_pc_without_a_known_gpu_still_prices_renting(say):
    answer = say("compare", "--workload", "resnet50_train", "--hours-per-month", "100")
    assert answer["own"]["name"] == "This PC"
    assert any(option["kind"] == "on_demand" for option in answer["options"])
    if answer["break_even"]["p50_months"] is None:
        assert answer["break_even"]["why_none"] or answer["break_even"]["never"]


def test_an_unknown_provider_is_refused_with_near_names(say):
    with pytest.raises(UserError, match="Did you mean aws"):
        say("offers", "--provider", "awz")
    with pytest.raises(UserError, match=r"Choose from .*runpod"):
        say("offers", "--provider", "zzzzzz")


def test_a_known_provider_without_such_an_offer_gives_an_empty_list(say):
    assert say("offers", "--provider", "AWS", "--max-price", "0.001")["count"] == 0


@pytest.mark.parametrize(
    "words",
    [("--count", "0"), ("--max-age-days", "-1"), ("--max-price", "-1"), ("--min-vram-gb", "-1")],
)
def test_limits_that_mean_nothing_are_refused(say, words):
    with pytest.raises(UserError, match=words[0]):
        say("offers", *words)


@pytest.mark.parametrize(
    "words",
    [
        ("cloud", "offers", "--accelerator", ""),
        ("cloud", "offers", "--provider", " "),
        ("cloud", "offers", "--count", "1.5"),
        ("cloud", "compare", "--workload", "x", "--hours-per-month", "1", "--device", ""),
        ("cloud", "compare", "--workload", "x", "--hours-per-month", "1", "--build", ""),
        ("assess", "--goal", ""),
    ],
)
def test_an_empty_name_is_wrong_usage(words, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(list(words))
    assert stopped.value.code == 2
    assert words[-2] in capsys.readouterr().err


@pytest.mark.parametrize("name", ["RTX3080", "rtx-3080", "GeForce RTX 308O"])
def test_a_device_that_is_nearly_named_gets_a_suggestion(say, name):
    words = ("--workload", "resnet50_train", "--hours-per-month", "10", "--device", name)
    with pytest.raises(UserError, match=r"Did you mean .*gpu-geforce-rtx-3080"):
        say("compare", *words)


def test_a_payback_beyond_twenty_years_is_not_called_about(capsys):
    words = (
        "compare", "--workload", "resnet50_train", "--hours-per-month", "1",
        "--device", "RTX 4090",
    )  # fmt: skip
    run(words, is_json=False)
    said = capsys.readouterr().out
    assert said.startswith("Owning pays back after more than 20 years at 1 h a month")


def test_what_decides_most_is_said_in_good_grammar():
    assert decider("the hours of use") == "The hours of use decide most."
    assert decider("the purchase price") == "The purchase price decides most."


def test_data_in_the_cloud_are_lines_of_a_month_and_unknown_prices_are_not_counted(say):
    words = (
        "compare", "--workload", "llm_qlora_8b", "--hours-per-month", "100",
        "--device", "gpu-geforce-rtx-4090",
    )  # fmt: skip
    plain, data = say(*words), say(*words, "--data-gb", "500", "--out-gb-per-month", "300")
    pairs = zip(plain["options"], data["options"], strict=True)
    kinds = {one["kind"]: (without, one) for without, one in pairs}
    assert any(rented["storage_per_month"] for _, rented in kinds.values())
    for without, rented in kinds.values():
        added = (rented["storage_per_month"] or 0) + (rented["egress_per_month"] or 0)
        assert rented["cost_per_month"] - without["cost_per_month"] == pytest.approx(added)
    assert kinds["own"][1]["storage_says"] is None
    typed = say(*words, "--data-gb", "500", "--storage-price", "0.1")
    assert {one["storage_per_month"] for one in typed["options"][1:]} == {50}
