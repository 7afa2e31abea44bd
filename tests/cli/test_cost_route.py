"""`cost route`: the contract's fields, a table for people, refusals in words."""

from __future__ import annotations

import json

import pytest

from hwstudio.cli.main import main

JOB = """
name = "Night run"
[work]
workload = "resnet50_train"
hours = 10
device = "RTX 3070"
[deadline]
hours = 48
[data]
in_gb = 5
out_gb = 1
[local]
device = "RTX 3080"
"""


@pytest.fixture
def route(tmp_path, capsys):
    """Run ``cost route`` on a job's text; return exit code, stdout and stderr."""

    def run(text, *words):
        file = tmp_path / "job.toml"
        file.write_text(text, "utf-8")
        code = main(["cost", "route", "--job", str(file), *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_it_has_the_contracts_fields_for_every_way(route):
    code, out, _ = route(JOB, "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["job"] == "Night run"
    kinds = ["local", "reserved", "free_tier", "spot", "marketplace", "on_demand"]
    assert [one["kind"] for one in answer["options"]] == kinds
    assert answer["choice"] in kinds
    assert answer["reason"].startswith("Run it")
    for one in answer["options"]:
        assert {"name", "feasible", "why_not", "finish_hours", "cost", "carbon_kg", "parts"} <= set(
            one
        )
        assert one["feasible"] is (one["why_not"] is None)
        if one["cost"] is not None:
            cost, hours = one["cost"], one["finish_hours"]
            assert cost["low"] <= cost["median"] <= cost["high"]
            assert hours["low"] <= hours["median"] <= hours["high"]
            total = sum(part["median"] for part in one["parts"])
            assert total == pytest.approx(cost["median"], abs=1e-4)
            assert cost["currency"] == "USD"


def test_people_read_the_sentence_and_a_row_for_each_way(route):
    code, out, _ = route(JOB)
    assert code == 0
    assert out.startswith("Run it")
    assert "On demand" in out
    assert "chosen" in out


def test_when_no_way_keeps_every_wish_it_says_so_and_ends_with_one(route):
    code, out, _ = route(JOB.replace("hours = 48", "hours = 0.1"), "--json")
    answer = json.loads(out)
    assert code == 1
    assert answer["choice"] is None
    assert answer["reason"].startswith("No way keeps every wish")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("hours = 48", "hour = 48", "deadline.hour is not known"),
        ('device = "RTX 3070"', 'device = "RTX 9999"', "no GPU 'RTX 9999'"),
        ("resnet50_train", "resnet5_train", "resnet5_train"),
        ("in_gb = 5", 'in_gb = 5\nplace = "awss"', "No provider is called 'awss'"),
        ("in_gb = 5", "in_gb = -5", "data.in_gb cannot be used"),
    ],
)
def test_a_refusal_is_one_line_and_ends_with_two(route, before, after, said):
    code, out, err = route(JOB.replace(before, after))
    assert code == 2
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_a_file_that_is_not_there_is_refused(capsys):
    assert main(["cost", "route", "--job", "nowhere.toml"]) == 2
    assert "nowhere.toml cannot be read" in capsys.readouterr().err


def test_the_help_shows_a_whole_job_file(capsys):
    with pytest.raises(SystemExit):
        main(["cost", "route", "--help"])
    said = capsys.readouterr().out
    assert "[reserved]" in said
    assert "upload_mbit_s = 40" in said
