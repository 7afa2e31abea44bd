"""``hwstudio monitor runs``: begin, list, show, stop, delete, and read training curves."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time

import pytest

from hwstudio.cli.main import main
from hwstudio.cli.monitor_runs import add_runs
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.history.runs import Runs
from hwstudio.core.history.store import History
from hwstudio.core.model.run import Run

START = 1_760_000_000


@pytest.fixture
def run(home, capsys):
    def go(*words):
        parser = argparse.ArgumentParser()
        add_runs(parser.add_subparsers())
        args = parser.parse_args(["runs", *map(str, words)])
        out = Output(is_json=getattr(args, "json", False), home=str(home.root))
        try:
            assert args.run(args, out) == 0
        finally:
            out.close()
        return capsys.readouterr()

    return go


@pytest.fixture
def keep(home):
    """Puts a run and an hour of a GPU at 360 W into the home."""

    def go(**more):
        history = History.open(home.history_file)
        values = {"id": "r1", "title": "Fine-tune", "started_s": START, "ended_s": START + 3600}
        Runs(history).put(Run(**{**values, **more}))
        history.close()
        writer = ReadingWriter.open(home.monitor_file)
        writer.begin("boot", 1.0)
        for second in range(3601):
            numbers = {"gpu.0.energy_j": 1000.0 + 360 * second, "gpu.0.busy_share": 0.5,
                       "gpu.0.vram_used_bytes": 2.0**33}  # fmt: skip
            writer.add(START + second, numbers)
        assert writer.flush()
        writer.close()

    return go


def test_a_run_is_begun_shown_ended_and_forgotten(run):
    begun = json.loads(run("start", "My run", "--pid", os.getpid(), "--gpu", "gpu.0", "--json").out)
    assert (begun["title"], begun["state"], begun["devices"]) == ("My run", "running", ["gpu.0"])
    listed = run("list").out
    assert begun["id"] in listed
    assert "running" in listed
    assert json.loads(run("stop", begun["id"], "--json").out)["state"] == "ended"
    with pytest.raises(UserError, match="ended already"):
        run("stop", begun["id"])
    assert "is forgotten" in run("delete", begun["id"]).out
    assert "There is no run yet" in run("list").out


def test_what_a_run_used_is_the_counter_and_the_tariff(run, keep):
    keep()
    text = run("show", "r1").out
    assert "Used 0.360 kWh (GPU energy counter), $0.06 at $0.165 per kWh" in text
    assert "GPU 0 in use" in text
    found = json.loads(run("show", "r1", "--json").out)
    assert found["energy_j"] == {"value": 1_296_000.0, "status": "ok", "how": "energy counter"}
    assert found["stats"]["gpu.0.busy_share"]["mean"] == pytest.approx(0.5)
    (row,) = json.loads(run("list", "--json").out)["runs"]
    assert row["energy_j"]["value"] == 1_296_000.0


def test_a_run_whose_process_is_gone_ends_about_when_its_gpu_was_used_last(run, keep):
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    keep(ended_s=None, pid=process.pid, process_started_s=1.0)
    said = run("show", "r1", "--json")
    found = json.loads(said.out)
    assert found["is_end_about"]
    assert found["ended_s"] == pytest.approx(START + 3600, abs=3 * 86400)
    assert "Ended about" in said.err


def test_a_run_needs_a_name_a_living_process_and_a_real_gpu(run):
    with pytest.raises(UserError, match="no process"):
        run("start", "x", "--pid", 2**22 + 1)
    with pytest.raises(UserError, match="is no GPU"):
        run("start", "x", "--gpu", "4090")
    with pytest.raises(UserError, match="no training log"):
        run("start", "x", "--log", "/not/there")
    with pytest.raises(SystemExit):
        run("start", " ")


def test_an_unknown_run_is_refused_with_where_to_look(run):
    for act in ("show", "stop", "delete"):
        with pytest.raises(UserError, match="monitor runs list"):
            run(act, "nothing")


def test_curves_are_told_and_written(run, tmp_path):
    log = tmp_path / "metrics.csv"
    rows = [f"{n},{2.0 / (n + 1)},{'nan' if n == 90 else 0.1}" for n in range(100)]
    log.write_text("step,train_loss,val_loss\n" + "\n".join(rows) + "\n")
    out = tmp_path / "curves.csv"
    text = run("curves", log, "--out", out).out
    assert "train_loss" in text
    assert "val_loss became NaN at step 90." in text
    assert "200 points written" in text
    assert out.read_text().count("\n") == 202
    found = json.loads(run("curves", log, "--json").out)
    assert {curve["name"]: curve["role"] for curve in found["curves"]} == {
        "train_loss": "loss",
        "val_loss": "validation loss",
    }
    assert found["written"] is None


def test_a_folder_without_curves_is_refused_in_words(run, tmp_path):
    with pytest.raises(UserError, match="nothing to plot"):
        run("curves", tmp_path)


def test_a_run_teaches_the_estimates_is_scored_and_unlearns(run, keep, home, capsys):
    from hwstudio.cli.main import main

    keep()

    def expected():
        job = ["predict", "job", "--workload", "llm_qlora_8b", "--device", "RTX 4090", "--json"]
        assert main(["--home", str(home.root), *job]) == 0
        return json.loads(capsys.readouterr().out)["speed"]

    def scored():
        main(["--home", str(home.root), "predict", "score", "--json"])
        return json.loads(capsys.readouterr().out)

    run("predict", "r1", "--workload", "llm_qlora_8b", "--device", "RTX 4090")
    assert "monitor runs teach r1 --whole" in run("show", "r1").out
    before = expected()
    units = round(before["median"] * 0.8 * 3600)
    told = json.loads(run("teach", "r1", "--units", units, "--json").out)["taught"]
    assert told["ratio"] == pytest.approx(0.8, rel=0.01)
    assert told["is_doubted"] is False
    assert "This run taught the estimates: 0.80 x of what was expected" in run("show", "r1").out
    assert expected()["median"] < 0.9 * before["median"]
    assert [row["ratio"] for row in scored()["rows"]] == [pytest.approx(0.8, rel=0.01)]
    with pytest.raises(UserError, match="already"):
        run("teach", "r1", "--units", units)
    with pytest.raises(UserError, match="stays as it is"):
        run("predict", "r1", "--workload", "llm_qlora_8b", "--device", "RTX 4090")
    run("teach", "r1", "--forget")
    assert expected()["median"] == pytest.approx(before["median"])
    assert scored()["n"] == 0


def test_a_log_teaches_where_it_tells_a_speed(run, keep, tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    rows = [json.dumps({"step": n, "loss": 1.0, "samples_per_second": 2.5}) for n in range(9)]
    (folder / "log.jsonl").write_text("\n".join(rows) + "\n")
    keep(log_path=str(folder), note="Ended about 2026-11-28 10:00: its process was gone; so.")
    run("predict", "r1", "--workload", "llm_qlora_8b", "--device", "RTX 4090")
    with pytest.raises(UserError, match="only known roughly"):
        run("teach", "r1", "--whole")
    told = json.loads(run("teach", "r1", "--log", "--json").out)["taught"]
    assert (told["units_per_s"], told["unit"], told["how"]) == (2.5, "sequences", "by its log")


def test_how_a_run_ended_is_said_and_counts_in_the_return(run, keep, home, capsys):
    keep(started_s=time.time() - 7200, ended_s=time.time() - 3600)
    assert json.loads(run("mark", "r1", "failed", "--json").out)["ending"] == "failed"
    begun = json.loads(run("start", "second", "--json").out)["id"]
    assert json.loads(run("stop", begun, "--as", "finished", "--json").out)["ending"] == "finished"
    assert main(["--home", str(home.root), "cost", "budget", "roi", "--json"]) == 0
    figures = {each["id"]: each for each in json.loads(capsys.readouterr().out)["figures"]}
    assert figures["success_rate"]["current"] == 0.5
    assert figures["time_to_result"]["current"] is not None
