"""`cost tco|roi|project|cloud-bill|parts|examples`: corrected sums, who says, refusals."""

from __future__ import annotations

import csv
import json

import pytest

from hwstudio.cli.main import main


@pytest.fixture
def say(capsys):
    """Run one command line and return its JSON document."""

    def run(*words, code=0):
        assert main(["cost", *words, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return run


@pytest.mark.parametrize(
    ("preset", "month", "year"),
    [("small", 211.40, 2536.80), ("medium", 2893, 34716), ("large", 18165, 217980)],
)
def test_the_three_example_months_are_the_corrected_ones_exactly(say, preset, month, year):
    answer = say("cloud-bill", "--preset", preset)
    assert (answer["month"], answer["year"]) == (month, year)


def test_a_term_bills_every_hour_and_the_one_year_price_saves_nothing_at_500_hours(say):
    one, three = say("cloud-bill", "--preset", "term")["terms"]
    assert (one["bill"], one["saving"]) == (1788.5, -258.5)
    assert (three["bill"], three["saving"]) == (1343.2, 186.8)
    assert [round(term["break_even_hours"]) for term in (one, three)] == [584, 439]


def test_the_faster_card_is_1_12_times_the_value(say):
    answer = say("parts", "--preset", "two_cards")
    assert answer["value_per_money"] == 1.12
    assert answer["time_saved_worth"] == 30000


def test_a_used_part_counts_its_warranty_and_a_reserve(say):
    words = ("parts", "--preset", "used_rtx_3070_2", "--kept-months", "24")
    assert say(*words)["used_price_below_new_pct"] == 50
    assert say(*words)["used_saving"] == 218.75
    assert say(*words, "--warranty-months", "24")["used_saving"] == 250


@pytest.mark.parametrize(
    ("preset", "own", "rent"),
    [("small", 1.03, 1.15), ("medium", 0.37, 4.90), ("large", 0.24, 13.11)],
)
def test_a_project_states_wear_and_resale_at_equal_work(say, preset, own, rent):
    answer = say("project", "--preset", f"project_{preset}")
    assert round(answer["own_per_useful_hour"], 2) == own
    assert round(answer["rent_per_useful_hour"], 2) == rent
    assert (answer["life_months"], answer["resale_share"]) == (36, 0.3)
    assert "sells for 30 %" in answer["detail"]


def test_the_vision_project_keeps_return_value_and_payback_apart(say):
    answer = say("roi", "--preset", "vision_project")
    assert (answer["hard"]["roi"], answer["hard"]["npv"]) == (2.75, 11000)
    assert answer["hard"]["payback_months"] == 2
    assert answer["cancelling"] == 60000


def test_soft_benefits_can_be_switched_off(say):
    words = ("roi", "--cost", "1000", "--hours-per-week", "4", "--value-per-hour", "50")
    assert say(*words)["with_soft"]["never"] is False
    assert say(*words, "--soft-counted", "no")["with_soft"]["never"] is True
    assert say(*words)["hard"] == say(*words, "--soft-counted", "no")["hard"]


def test_nothing_saved_does_not_pay_back(say):
    answer = say("roi", "--cost", "500")
    assert answer["hard"]["never"] is True
    assert answer["hard"]["payback_months"] is answer["hard"]["irr"] is None
    assert "does not pay back" in answer["sentence"]


def test_at_defaults_the_seven_hidden_costs_are_all_there(say):
    answer = say("tco")
    hidden = {one["name"]: one for one in answer["hidden_costs"]}
    assert len(hidden) == 7
    assert hidden["Insurance and security"] == {
        "name": "Insurance and security", "counted": False, "total": None,
    }  # fmt: skip
    names = {line["name"] for line in answer["lines"]}
    assert {"Cooling", "Maintenance and support", "Insurance and security"} <= names
    assert answer["inputs"]["price_per_kwh"]["says"].startswith("settings: ")


@pytest.mark.parametrize(
    ("preset", "low", "high"),
    [("budget", 1800, 3200), ("professional", 3800, 6500), ("enterprise", 9500, 19000)],
)
def test_the_ranges_of_a_set_up_are_the_sums_of_their_lines(say, preset, low, high):
    bare = ("--resale-pct", "0", "--price-per-kwh", "none", "--maintenance-per-year", "none",
            "--insurance-per-year", "none", "--internet-per-month", "none")  # fmt: skip
    answer = say("tco", "--preset", preset, *bare)
    assert (answer["total_low"], answer["total_high"]) == (low, high)
    assert answer["total"] == sum(line["total"] or 0 for line in answer["lines"])


def test_a_budget_is_kept_or_not(say):
    assert say("tco", "--budget-per-year", "5000")["within_budget"] is True
    assert say("tco", "--budget-per-year", "1")["within_budget"] is False


def test_leaving_out_a_line_is_not_the_same_as_zero(say):
    assert say("tco", "--setup", "none")["inputs"]["setup"]["counted"] is False
    assert say("tco", "--setup", "0")["inputs"]["setup"]["counted"] is True


@pytest.mark.parametrize(
    "words",
    [
        ("tco", "--life-years", "0"),
        ("tco", "--busy-hours-per-month", "800"),
        ("tco", "--curve", "used_price"),
        ("tco", "--loan-pct", "50", "--loan-months", "240"),
        ("roi", "--cost", "100", "--trade-in", "200"),
        ("parts", "--first-cost", "0"),
        ("examples", "--formula", "F14", "--inputs", "{}"),
        ("examples", "--formula", "F14"),
        ("tco", "--xlsx", "costs.ods"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(capsys, words):
    assert main(["cost", *words]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_the_table_and_the_workbook_are_written(tmp_path, capsys):
    table, book = tmp_path / "costs.csv", tmp_path / "costs.xlsx"
    assert main(["cost", "tco", "--csv", str(table), "--xlsx", str(book)]) == 0
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    assert rows[-1]["Cost"] == "All together"
    assert any(row["Total, $"] == "not counted" for row in rows)
    assert book.stat().st_size > 1000
    assert "Owning it costs" in capsys.readouterr().out


def test_cases_keep_their_order_and_a_bad_row_carries_its_error(tmp_path, say):
    file = tmp_path / "cases.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(["example_id", "formula", "inputs", "expected"])
        writer.writerow(["A", "F8", json.dumps({"usd_per_hour": 2, "hours": 730}), "{}"])
        writer.writerow(["B", "F4", "no json", "{}"])
        writer.writerow(["C", "F77", "{}", "{}"])
        writer.writerow(["D", "F10", json.dumps({"size_gb": 40, "usd_per_gb_month": 0.08}), "{}"])
    cases = say("examples", "--cases", str(file))["cases"]
    assert [case["example_id"] for case in cases] == ["A", "B", "C", "D"]
    assert ["error" in case for case in cases] == [False, True, True, False]
    assert cases[0]["outputs"]["total_usd"] == 1022
    assert cases[3]["outputs"]["storage_usd"] == 3.2


def test_prices_of_data_come_from_the_named_provider_and_unknown_ones_are_refused(say):
    words = ("tco", "--rent-per-gpu-hour", "1", "--rent-stored-gb", "500",
             "--rent-out-gb-per-month", "200")  # fmt: skip
    answer = say(*words, "--data-provider", "aws")
    assert (answer["rent_storage_per_month"], answer["rent_egress_per_month"]) == (40, 9)
    assert say(*words)["rent_storage_per_month"] is None
    assert main(["cost", *words, "--data-provider", "nobody"]) == 2
