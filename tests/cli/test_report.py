"""`report KIND --out FILE`: every kind, every ending, and refusals that say what to do."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.cli.main import main
from hwstudio.core.base.paths import open_home
from hwstudio.core.history.store import History
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.core.project.assemble import choices_of
from hwstudio.core.project.file import save_project
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.state import ProjectState

START = ProjectState(name="lab", budget=Decimal(2500), workload_id="resnet50_train")


@pytest.fixture(scope="module")
def answer(catalog):
    return ProjectPlanner(catalog).answer(START, keeps_parts=False)


@pytest.fixture
def projects(answer, tmp_path):
    found = []
    for name, one in zip(("a", "b"), answer.solution.builds, strict=False):
        found.append(str(tmp_path / f"{name}.hws"))
        save_project(tmp_path / f"{name}.hws", replace(START, parts=choices_of(one.build)))
    return found


def _written(capsys, out, *words):
    assert main(["report", *words, "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    content = out.read_bytes()
    assert told["bytes"] == len(content)
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    return told, content


@pytest.mark.parametrize("ending", ["pdf", "html", "docx", "xlsx", "csv", "json", "md"])
def test_a_build_is_written_in_every_form_and_twice_the_same(projects, tmp_path, capsys, ending):
    if ending == "pdf":
        pytest.importorskip("typst")
    out = tmp_path / f"new folder/x.{ending}"
    told, first = _written(capsys, out, "build", "--build", projects[0])
    assert (told["kind"], told["title"]) == ("build", "lab")
    assert _written(capsys, out, "build", "--build", projects[0])[1] == first


def test_builds_of_two_files_stand_side_by_side(projects, tmp_path, capsys):
    words = ("compare", "--build", *projects, "--set", "tariff=0.5")
    _, content = _written(capsys, tmp_path / "x.json", *words)
    document = json.loads(content)
    table = next(b for b in document["blocks"] if b.get("title") == "Side by side")
    assert [column["name"] for column in table["columns"]] == ["Figure", "a", "b"]
    assert document["facts"]["Electricity"] == "$0.500 per kWh"


def test_own_or_rent_says_what_cloud_compare_says(tmp_path, capsys):
    asked = ("--workload", "llm_qlora_8b", "--hours-per-month", "100", "--device", "rtx_4090")
    _, content = _written(capsys, tmp_path / "x.json", "cost", *asked)
    assert main(["cloud", "compare", *asked, "--json"]) == 0
    options = json.loads(capsys.readouterr().out)["options"]
    table = next(b for b in json.loads(content)["blocks"] if b.get("title") == "Side by side")
    months = [row[3] and float(row[3]) for row in table["rows"]]
    assert months == pytest.approx([option["cost_per_month"] for option in options], abs=0.01)


def test_this_pc_is_reported_for_the_goal_asked(tmp_path, capsys):
    _, content = _written(capsys, tmp_path / "x.md", "assess", "--goal", "resnet50_train")
    assert "- Goal: Train ResNet-50 on images" in content.decode()


def test_the_newest_result_of_each_benchmark_is_reported(tmp_path, capsys):
    history = History.open(open_home().history_file)
    for day in (1, 2):
        history.add_result(
            Result(
                id=f"run-{day}", bench="torch_matmul", method_version=1, machine="lab",
                taken_at=f"2026-11-0{day}T10:00:00Z", device="GPU X", params={},
                outcome=Outcome.FINISHED, words="", verdict="ok", verdict_reason="",
                metrics=(Metric("fp32 1024", "FLOP/s", day * 1e12, 1e12, 3e12, 9),),
            )
        )  # fmt: skip
    history.close()
    _, content = _written(capsys, tmp_path / "x.csv", "bench")
    assert "2026-11-02 10:00" not in content.decode() or b"2000.0" in content
    assert b"1000.0,1000.0" not in content
    _, content = _written(capsys, tmp_path / "y.csv", "bench", "run-1")
    assert b"fp32 1024,1000.0" in content


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["assess"], "--out"),
        (["build", "--out", "x.pdf"], "--build"),
        (["build", "--build", "none.hws", "--out", "x.odt"], ".docx"),
        (["build", "--build", "none.hws", "--out", "x.pdf"], "none.hws"),
        (["bench", "--out", "x.pdf"], "bench run"),
        (["period", "--from", "7d", "--out", "x.pdf"], "recorder start"),
        (["cost", "--workload", "nothing", "--hours-per-month", "9", "--out", "x.pdf"], "nothing"),
        (["weather", "--out", "x.pdf"], "weather"),
        (["assess", "--out", "x.pdf", "--paper", "a5"], "a5"),
    ],
)
def test_what_cannot_be_reported_is_refused_in_one_line(words, said, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        code = main(["report", *words])
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    told = capsys.readouterr().err
    assert said in told
    assert len(told.strip().splitlines()) == 1
    assert not (tmp_path / "x.pdf").exists()
