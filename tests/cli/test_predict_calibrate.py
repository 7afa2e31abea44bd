"""`hwstudio predict calibrate` and `predict score`."""

from __future__ import annotations

import argparse
import json

import pytest

from hwstudio.cli import predict
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import HostError
from hwstudio.core.bench.launch import Interpreter
from hwstudio.core.model.result import Outcome
from hwstudio.core.project import calibrating
from hwstudio.core.project.calibration import forgotten_until
from tests.data.probe_results import CPU_NAME, product, step, triad

JOB = ("job", "--workload", "llm_qlora_8b", "--device", "gpu-geforce-rtx-4090")


@pytest.fixture
def ask(studio, capsys):
    """Run a verb; return (exit code, the JSON document, or the text)."""

    def run(*words, is_json=True):
        parser = argparse.ArgumentParser()
        predict.add(parser.add_subparsers())
        parsed = parser.parse_args(["predict", *words, *(["--json"] if is_json else [])])
        code = parsed.run(parsed, Output(is_json=is_json, home=str(studio.home.root)))
        said = capsys.readouterr().out
        return code, json.loads(said) if is_json else said

    return run


@pytest.fixture
def measured(monkeypatch):
    """Let probes give results made by hand."""
    made = {"memory_bandwidth": triad(), "torch_matmul": product(), "training_step": step()}
    monkeypatch.setattr(calibrating, "run_bench", lambda bench, *_, **__: made[bench.id])
    monkeypatch.setattr(
        "hwstudio.cli.predict_calibrate.choose_interpreter", lambda *_: Interpreter("py", "3", "2")
    )
    return made


def test_calibrating_says_what_was_probed_and_what_it_changed(ask, measured, studio):
    code, told = ask("calibrate")
    assert code == 0
    assert (told["device"], told["is_sheet_reckoned"]) == (CPU_NAME, True)
    assert [each["bench"] for each in told["probes"]] == list(measured)
    assert [each["probe"] for each in told["readings"]] == ["bandwidth", "arithmetic"]
    assert len(told["moved"]) == 3
    for each in told["moved"]:
        assert each["after"]["low"] > 0
        before, after = (each[k]["median"] / each[k]["low"] for k in ("before", "after"))
        assert after < before
    assert len(studio.history.results()) == 3


def test_calibrating_scores_the_training_steps_once(ask, measured):
    for _ in range(2):
        ask("calibrate")
    code, told = ask("score")
    assert (code, told["n"]) == (0, 2)
    assert {row["model"] for row in told["rows"]} == {"resnet18", "small gpt"}
    assert all(row["ratio"] == row["measured"] / row["median"] for row in told["rows"])


def test_calibrating_in_words_names_every_job_with_both_ranges(ask, measured):
    _, said = ask("calibrate", is_json=False)
    assert f"On {CPU_NAME}:" in said
    assert said.count(" -> ") == 3


def test_a_calibration_without_a_number_is_a_negative_answer(ask, measured):
    for name in measured:
        measured[name] = triad(metrics=(), verdict="busy", verdict_reason="Others ran.")
    code, told = ask("calibrate")
    assert (code, told["device"], told["moved"]) == (1, None, [])


def test_a_python_that_does_not_start_is_the_hosts_refusal(ask, measured):
    measured["memory_bandwidth"] = triad(
        outcome=Outcome.COULD_NOT_START, words="python could not be started."
    )
    with pytest.raises(HostError, match="could not be started"):
        ask("calibrate")


def test_forgetting_keeps_the_results(ask, measured, studio):
    ask("calibrate")
    code, told = ask("calibrate", "--forget")
    assert code == 0
    assert forgotten_until(studio.home.calibration_file) == told["forgotten_until"]
    assert len(studio.history.results()) == 3


def test_the_score_without_a_measurement_says_so(ask):
    assert ask("score", is_json=False) == (
        1, "No prediction was checked by a measurement yet.\n",
    )  # fmt: skip
    assert ask("score") == (1, {"n": 0, "median_error": None, "inside_share": None, "rows": []})


def test_a_job_that_was_asked_for_is_logged(ask, studio):
    ask(*JOB)
    (row,) = json.loads(studio.home.prediction_log.read_text("utf-8"))["rows"]
    assert row["question"]["device"]["name"] == "RTX 4090"
    assert row["measured"] is None


def test_probes_of_a_card_move_the_job_on_it(ask, studio):
    from tests.data.probe_results import GPU

    _, before = ask(*JOB)
    for each in (triad(400e9, GPU), product(60e12, GPU, "bf16 8192")):
        studio.history.add_result(each)
    _, after = ask(*JOB)
    assert after["speed"]["median"] < before["speed"]["median"]
    assert after["speed"]["inputs"]["ground"].startswith("moved")
