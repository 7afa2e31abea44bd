"""``hwstudio assess`` on this machine: fields, words and exit codes."""

from __future__ import annotations

import json

import pytest

from hwstudio.cli.assess import add, machine_rows
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.probe.machine import detect_machine


def _run(words, home):
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    add(parser.add_subparsers())
    args = parser.parse_args(words)
    out = Output(is_json=args.json, home=str(home.root))
    try:
        return args.run(args, out)
    finally:
        out.close()


def test_the_document_holds_machine_score_and_recommendations(home, capsys):
    assert _run(["assess", "--json"], home) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"os", "cpu", "memory", "gpus", "storage", "accelerators"} <= found["machine"].keys()
    assert found["machine"]["cpu"]["name"]["how"]
    assert found["machine"]["memory"]["total_bytes"]["value"] > 0
    score = found["score"]
    assert sum(part["points"] for part in score["parts"]) == score["total"]
    assert score["low"] <= score["total"] <= score["high"]
    assert set(score["parts"][0]) >= {"name", "points", "max", "reason"}
    for change in found["recommendations"]:
        assert set(change) >= {"change", "gain_points", "cost"}
        assert set(change["cost"]) >= {"low", "typical", "high", "currency", "as_of", "source"}
    assert len(found["abilities"]) == 7
    assert sum(lost["points"] for lost in score["lost"]) == 100 - score["total"]
    assert {job["group"] for job in found["jobs"]} == {part["id"] for part in score["parts"]}
    assert all(job["runs"] and job["yardstick"] for job in found["jobs"])


def _readings(value):
    if isinstance(value, dict) and "status" in value:
        yield value
        return
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, dict | list):
            yield from _readings(each)


def test_every_absent_value_says_why(home, capsys):
    _run(["assess", "--json"], home)
    machine = json.loads(capsys.readouterr().out)["machine"]
    found = list(_readings(machine))
    assert len(found) > 20
    for reading in found:
        assert reading["how"]
        assert reading["value"] is not None or reading["why"]
    assert machine["gpus"] or machine["gpus_how"]
    assert machine["accelerators_how"]


def test_the_goal_can_be_chosen(home, capsys):
    _run(["assess", "--goal", "resnet50_train", "--json"], home)
    assert json.loads(capsys.readouterr().out)["goal"]["id"] == "resnet50_train"


def test_the_weights_of_the_groups_can_be_given(home, capsys):
    _run(["assess", "--weight", "data=30", "--weight", "chat=10", "--json"], home)
    parts = json.loads(capsys.readouterr().out)["score"]["parts"]
    assert {part["id"]: part["max"] for part in parts if part["max"]} == {"data": 75, "chat": 25}


@pytest.mark.parametrize("weight", ["chess=3", "chat", "chat=much", "chat=-1"])
def test_a_weight_that_means_nothing_is_refused(home, weight):
    with pytest.raises(UserError):
        _run(["assess", "--weight", weight], home)


def test_an_unknown_goal_names_the_known_ones(home):
    with pytest.raises(UserError, match="llm_qlora_8b"):
        _run(["assess", "--goal", "world_peace"], home)


def test_people_read_a_sentence_the_score_and_how_each_part_was_found(home, capsys):
    assert _run(["assess"], home) == 0
    text = capsys.readouterr().out
    assert "of 100" in text
    assert "How it was found" in text
    assert "GPU memory" in text


def test_the_parts_list_has_no_empty_cell():
    for row in machine_rows(detect_machine(None)):
        assert all(row), row
