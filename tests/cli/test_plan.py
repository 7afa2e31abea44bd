"""`plan compare` and `plan whatif`: figures move with the inputs, bad input is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.cli.main import main
from hwstudio.core.project.assemble import choices_of
from hwstudio.core.project.file import save_project
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.variants import put_aside

START = ProjectState(budget=Decimal(2500), workload_id="resnet50_train")


@pytest.fixture(scope="module")
def states(catalog):
    answer = ProjectPlanner(catalog).answer(START, keeps_parts=False)
    return [replace(START, parts=choices_of(one.build)) for one in answer.solution.builds]


@pytest.fixture
def files(states, tmp_path):
    found = []
    for name, state in zip(("a", "b"), states, strict=False):
        found.append(tmp_path / f"{name}.hws")
        save_project(found[-1], state)
    return found


def _json(capsys, *argv):
    assert main([*map(str, argv), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_saved_builds_stand_side_by_side_for_one_job(files, capsys):
    told = _json(capsys, "plan", "compare", *files, "--workload", "llm_qlora_8b")
    assert told["terms"]["workload"] == "llm_qlora_8b"
    assert [build["name"] for build in told["builds"]] == ["a", "b"]
    assert sum(build["best_share"]["cost"] for build in told["builds"]) == pytest.approx(1)
    for build in told["builds"]:
        low, high = (build["ranges"]["cost"][end] for end in ("low", "high"))
        assert low < build["figures"]["cost"] < high
    assert " decides: " in told["decides"]
    assert 0 < len(told["tornado"]) <= 8


def test_a_dearer_kwh_costs_more_and_nothing_else_moves(files, capsys):
    told = _json(capsys, "plan", "whatif", files[0], "--set", "tariff=0.5")
    before, after = told["before"], told["builds"][0]["figures"]
    assert told["terms"]["tariff_per_kwh"]["typical"] == 0.5
    assert after["cost"] > before["cost"]
    assert after["hours_per_job"] == before["hours_per_job"]
    assert after["roi"] < before["roi"]


def test_builds_put_aside_in_the_file_are_weighed_too(states, tmp_path, capsys):
    both = replace(put_aside(states[1], "other"), parts=states[0].parts)
    save_project(tmp_path / "both.hws", both)
    told = _json(capsys, "plan", "whatif", tmp_path / "both.hws")
    assert [build["name"] for build in told["builds"]] == ["both", "other"]
    assert "of 2,000 draws" in told["robust"]


def test_people_read_tables_and_the_sentence(files, capsys):
    assert main(["plan", "compare", *map(str, files)]) == 0
    said = capsys.readouterr().out
    assert "Cost over 3 years" in said
    assert "Cheapest in" in said
    more = ["--set", "hours=60", "--grid-g-per-kwh", "400"]
    assert main(["plan", "whatif", str(files[0]), *more]) == 0
    said = capsys.readouterr().out
    assert "what if" in said
    assert "CO2e a year" in said
    assert " decides: from " in said


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["plan", "compare", "{a}"], "cannot be compared"),
        (["plan", "whatif", "{a}", "--set", "hours=200"], "168 hours"),
        (["plan", "whatif", "{a}", "--set", "memory=-150"], "less than nothing"),
        (["plan", "whatif", "{a}", "--workload", "nonsense"], "nonsense"),
        (["plan", "whatif", "{missing}"], "missing.hws"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(files, tmp_path, capsys, argv, words):
    names = {"a": str(files[0]), "missing": str(tmp_path / "missing.hws")}
    assert main([word.format(**names) for word in argv]) == 2
    assert words in capsys.readouterr().err


def test_an_unknown_input_is_named_with_those_that_exist(files, capsys):
    with pytest.raises(SystemExit):
        main(["plan", "whatif", str(files[0]), "--set", "moon=1"])
    assert "tariff, hours, years" in capsys.readouterr().err


def test_a_project_without_parts_is_refused(tmp_path, capsys):
    save_project(tmp_path / "empty.hws", START)
    assert main(["plan", "whatif", str(tmp_path / "empty.hws")]) == 2
    assert "holds no build" in capsys.readouterr().err
