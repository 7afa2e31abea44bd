"""From events to a judged result: no wrong number becomes a metric, nothing measured is lost."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.bench import run as run_room
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.gather import Gathered
from hwstudio.core.bench.launch import Interpreter
from hwstudio.core.bench.run import Place, run_bench
from hwstudio.core.bench.score import score
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.supervisor import Limits
from hwstudio.core.model.result import Outcome

FAKE = Path(__file__).parents[2] / "data" / "fake_worker.py"
DEVICE = {"device": "cpu", "threads": 2, "simd": "AVX512"}


def gathered(values, clean, **more) -> Gathered:
    made = Gathered()
    made.take(Event("condition", {"name": "device", "value": DEVICE}))
    series = {"series": "fp32 512", "unit": "FLOP/s"}
    made.take(Event("sample", {**series, "values": values, "clean": clean}))
    asked = {"precision_asked": "fp32", "precision_seen": "fp32"}
    made.take(Event("series", {**series, **asked, "clean": clean, **more}))
    return made


def test_the_metric_is_the_median_of_the_clean_samples_only():
    values = [2e11] * 12 + [0.5e11] * 6
    found = score(bench("torch_matmul"), gathered(values, [1] * 12 + [0] * 6), None)
    assert found.verdict.word == "ok"
    assert [(m.name, m.median, m.n) for m in found.metrics] == [("fp32 512", 2e11, 12)]


def test_more_samples_trained_than_the_processor_has_operations_for_are_impossible():
    made = Gathered()
    made.take(Event("condition", {"name": "device", "value": DEVICE}))
    series = {"series": "pictures", "unit": "samples/s"}
    made.take(Event("sample", {**series, "values": [900.0] * 12, "clean": [1] * 12}))
    told = {"precision_asked": "fp32", "flop_per_unit": 1.09e10, "clean": [1] * 12}
    made.take(Event("series", {**series, **told}))
    found = score(bench("training_step"), made, None)  # two threads do less than 2e12 FLOP/s
    assert found.verdict.word == "impossible"
    assert found.metrics == ()


def test_no_clean_sample_gives_no_metric():
    found = score(bench("torch_matmul"), gathered([2e11] * 20, [0] * 20), None)
    assert found.verdict.word == "busy"
    assert found.metrics == ()


def test_an_impossible_value_gives_no_metric():
    found = score(bench("torch_matmul"), gathered([4.6e13] * 20, [1] * 20), None)
    assert found.verdict.word == "impossible"
    assert found.metrics == ()


def scaling(rounds) -> Gathered:
    made = Gathered()
    made.take(Event("condition", {"name": "ranks", "value": [{}, {}]}))
    for name in ("efficiency", "compute_share"):
        made.take(Event("series", {"series": name, "unit": "1", "values": rounds}))
    return made


def test_a_scaling_run_reports_its_shares():
    found = score(bench("ddp"), scaling([0.70, 0.71, 0.72]), None)
    assert {m.name: m.median for m in found.metrics} == {"efficiency": 0.71, "compute_share": 0.71}


def test_rounds_that_other_programs_disturbed_do_not_count():
    made = scaling([0.70, 0.20, 0.71, 0.72])
    made.series["efficiency"]["clean"] = [1, 0, 1, 1]
    found = score(bench("ddp"), made, None)
    assert found.metrics[0].median == 0.71
    made.series["efficiency"]["clean"] = [1, 0, 0, 1]
    assert score(bench("ddp"), made, None).metrics == ()
    assert score(bench("ddp"), made, None).verdict.word == "busy"


def busy_scaling(sums) -> Gathered:
    made = scaling([0.7, 0.7, 0.7])
    for name in ("efficiency", "compute_share"):
        made.series[name]["clean"] = [0, 0, 0]
    made.take(Event("series", {"series": "all_reduce", "unit": "B/s", "values": sums}))
    return made


def test_a_clean_sum_over_all_is_reported_though_the_rounds_were_disturbed():
    found = score(bench("ddp"), busy_scaling([2e9] * 10), None)
    assert [(m.name, m.median, m.n) for m in found.metrics] == [("all_reduce", 2e9, 10)]
    assert found.verdict.word == "busy"
    assert {name: each.word for name, each in found.by_series.items()} == {
        "efficiency": "busy",
        "compute_share": "busy",
        "all_reduce": "ok",
    }


def test_a_scaling_beyond_linear_reports_nothing():
    found = score(bench("ddp"), scaling([2.7, 2.7, 2.7]), None)
    assert found.metrics == ()
    assert found.verdict.word == "impossible"


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Run the fake worker in place of ours."""

    def go(manner, which="torch_matmul", cancel=None, on_event=None, **more):
        monkeypatch.setattr(
            run_room, "command", lambda _interpreter: [sys.executable, "-I", str(FAKE), manner]
        )
        monkeypatch.setattr(run_room, "LISTEN_S", None)
        place = Place(
            interpreter=Interpreter(sys.executable, "3", "9"),
            log_dir=tmp_path / "runs",
            is_forced=bool(more.get("force")),
            limits=Limits(hello_s=5, beat_s=2, ask_s=0.2, terminate_s=0.2),
        )
        chosen = bench(which)
        return run_bench(
            chosen,
            chosen.settle(more.get("params")),
            on_event=on_event or (lambda _event: None),
            cancel=cancel or threading.Event(),
            place=place,
        )

    return go


def test_a_crashed_run_keeps_its_samples_and_has_no_metric_and_no_verdict(fake):
    result = fake("raises")
    assert result.outcome is Outcome.CRASHED
    assert result.samples == {"s": [1.0, 2.0, 3.0]}
    assert result.metrics == ()
    assert result.verdict == ""
    assert Path(result.conditions["event_log"]).is_file()


def test_a_cancelled_run_keeps_its_samples(fake):
    cancel = threading.Event()

    def stop(event):
        if event.kind == "condition":
            cancel.set()

    result = fake("busy", cancel=cancel, on_event=stop)
    assert result.outcome is Outcome.CANCELLED
    assert result.samples == {"s": [1.0, 2.0, 3.0]}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_the_points_finished_before_a_death_are_metrics_of_a_partial_result(fake):
    result = fake("half then dies")
    assert result.outcome is Outcome.CRASHED
    assert [(m.name, m.median) for m in result.metrics] == [("fp32 64", 1e9)]
    assert result.conditions["is_partial"]
    assert result.conditions["verdicts"]["fp32 64"]["verdict"] == "ok"
    assert result.verdict == ""
    assert result.words.endswith("1 of 2 points was finished before that and kept.")


def test_a_run_cut_short_in_its_first_point_says_that_none_was_finished(fake):
    result = fake("raises")
    assert result.words.endswith("No point was finished.")
    assert "is_partial" not in result.conditions


def test_a_scaling_run_cut_short_says_that_it_gives_no_number(fake):
    assert fake("out of memory", "ddp").words.endswith("no number before its end.")


def test_more_processes_than_the_cores_can_carry_are_refused_unless_forced(fake, monkeypatch):
    monkeypatch.setattr("hwstudio.core.bench.crowd.usable_cores", lambda: 2)
    with pytest.raises(UserError, match="limit is 8 processes") as refused:
        fake("finish", "ddp", params={"nproc": 9})
    assert "--force" in refused.value.sentence
    assert fake("finish", "ddp", params={"nproc": 8}).outcome is Outcome.FINISHED
    on_gpus = {"nproc": 9, "device": "cuda"}
    assert fake("finish", "ddp", params=on_gpus).outcome is Outcome.FINISHED
    assert fake("finish", "ddp", params={"nproc": 9}, force=True).outcome is Outcome.FINISHED


def test_a_log_that_cannot_be_kept_is_told_in_the_conditions(fake, tmp_path):
    (tmp_path / "runs").write_text("a file where the folder should be")
    conditions = fake("finish").conditions
    assert "log of the run could not be kept" in conditions["event_log_fault"]
    assert "event_log" not in conditions


def test_a_failed_scaling_run_stores_no_number_at_all(fake):
    result = fake("out of memory", "ddp")
    assert result.outcome is Outcome.FAILED
    assert result.samples == {}
    assert result.metrics == ()


def test_values_that_are_no_numbers_are_not_samples(fake):
    assert fake("garbage").samples == {"s": [1.0, 2.0, 3.0, 4.0, 6.0]}


def test_a_result_says_under_which_conditions_it_was_taken(fake):
    conditions = fake("finish").conditions
    assert conditions["before"]["memory_available_bytes"] > 0
    assert conditions["interpreter"] == sys.executable
    assert {"os", "cpu", "hwstudio", "after"} <= set(conditions)


def test_two_runs_have_different_ids(fake):
    one, other = fake("finish"), fake("finish")
    assert one.id != other.id
    assert replace(one, id="") != one
