"""`cost budget` and `cost policy`: contract fields, exit codes, what is kept."""

from __future__ import annotations

import json

import pytest

from hwstudio.cli.main import main
from hwstudio.core.cost.budget.policy_file import as_json, as_toml, policy_from_text


@pytest.fixture
def say(tmp_path, capsys):
    """Run one command in a home of its own; return exit code and JSON."""

    def run(*words):
        code = main(["--home", str(tmp_path / "home"), "cost", *words, "--json"])
        text = capsys.readouterr().out
        return code, json.loads(text) if text else None

    return run


def test_contradicting_limits_end_with_1_and_are_kept_when_asked(say):
    code, seen = say("budget", "limits", "--daily", "100", "--weekly", "500", "--monthly", "2000",
                     "--keep")  # fmt: skip
    assert code == 1
    assert [each["reached"] for each in seen["conflicts"]] == [
        700, pytest.approx(2166.666667), pytest.approx(3041.666667),
    ]  # fmt: skip
    assert seen["binding"]["limit"] == "month"
    assert say("budget", "limits")[1]["limits"] == {"day": 100, "week": 500, "month": 2000}


def test_the_status_forecasts_and_ends_with_1_when_a_notice_stands(say):
    code, seen = say("budget", "status", "--monthly", "500", "--spent", "300", "--on",
                     "2026-11-20")  # fmt: skip
    assert code == 1
    assert seen["periods"][0]["forecast"] == 450
    assert [n["key"] for n in seen["notices"]] == [
        "month:2026-11-01:forecast:80", "month:2026-11-01:forecast:90",
    ]  # fmt: skip
    assert say("budget", "status", "--monthly", "5000", "--spent", "300")[0] == 0


def test_what_was_spent_counts_in_the_next_status(say):
    assert say("budget", "status")[0] == 2
    say("budget", "limits", "--daily", "10", "--keep")
    assert say("budget", "status")[0] == 0
    say("budget", "spend", "9.50", "--note", "rent")
    code, seen = say("budget", "status")
    assert (code, seen["periods"][0]["spent"]) == (1, 9.5)


def test_the_first_year_sums_to_100_percent_and_3000(say):
    rows = say("budget", "split", "year1")[1]["portions"]
    assert sum(row["percent"] for row in rows) == 100
    assert sum(row["amount"] for row in rows) == 3000


def test_a_plan_that_runs_short_ends_with_1(say, tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(
        'start = "2026-12"\nmonths = 3\ncontingency = 0.1\n'
        '[[items]]\nname = "GPU"\nkind = "hardware"\ncost = 1000\nmonth = 2\n'
        '[[sources]]\nname = "Own"\nkind = "cash"\namount = 1000\n',
        "utf-8",
    )
    out = tmp_path / "plan.csv"
    code, seen = say("budget", "plan", str(file), "--out", str(out))
    assert code == 1
    assert seen["months"][1]["cash_after"] == -100
    assert "Cash runs out in 2027-01" in seen["problems"][0]
    assert "2027-01" in out.read_text("utf-8")


@pytest.mark.parametrize("text", ["x", "items = 5", '[[items]]\nname="a"', "months = 0"])
def test_a_plan_that_cannot_be_read_ends_with_2(say, tmp_path, text):
    file = tmp_path / "plan.toml"
    file.write_text(text, "utf-8")
    assert say("budget", "plan", str(file))[0] == 2


def test_targets_are_kept_and_missing_figures_say_what_they_need(say):
    say("budget", "roi", "--target", "cloud_per_month=300")
    figures = {each["id"]: each for each in say("budget", "roi")[1]["figures"]}
    assert len(figures) == 6
    assert figures["cloud_per_month"]["target"] == 300
    assert figures["utilisation"]["status"] == "not measured"
    assert figures["utilisation"]["needs"]
    assert [gate["is_open"] for gate in say("budget", "gates")[1]["gates"]] == [False] * 3


def test_a_policy_goes_out_and_comes_back_the_same(say, tmp_path):
    file = tmp_path / "policy.toml"
    say("policy", "export", "--price", "2.5", "--max", "8", "--daily", "90", "--out", str(file))
    policy = policy_from_text(file.read_text("utf-8"))
    assert (policy.max_instances, float(policy.price_per_hour)) == (8, 2.5)
    assert policy_from_text(as_json(policy)) == policy_from_text(as_toml(policy)) == policy
    code, seen = say("policy", "run", str(file), "--demand", "office")
    assert code == 0 or seen["conflicts"] or seen["policy"]["unfinished_hours"] > 0
    assert seen["always_max"]["spend"] == 8 * 672 * 2.5
    assert seen["policy"]["spend"] <= seen["always_max"]["spend"]


def test_the_published_settings_are_read_with_their_schedule_and_conflicts(say, tmp_path):
    file = tmp_path / "scaling.json"
    settings = {
        "target_utilization": 70, "target_utilisation": 70, "min_instances": 1,
        "max_instances": 10, "scale_down_cooldown_s": 300, "scale_up_cooldown_s": 60,
        "price_per_hour": 3, "budget_limits": {"daily": 100, "weekly": 500, "monthly": 2000},
        "schedules": [
            {"name": "training", "start_hour": 22, "end_hour": 6, "min_instances": 2},
        ],
    }  # fmt: skip
    file.write_text(json.dumps(settings), "utf-8")
    code, seen = say("policy", "run", str(file), "--demand", "nightly")
    assert code == 1
    assert any("$100 a day x 7 = $700" in words for words in seen["conflicts"])
    assert seen["policy"]["spend"] <= 2000
    assert seen["policy"]["cap_hits"]["day"] > 0


def test_notices_on_the_desktop_are_off_until_switched_on(say):
    assert say("budget", "notify")[1] == {"notifies": False}
    assert say("budget", "notify", "on")[1] == say("budget", "notify")[1] == {"notifies": True}
