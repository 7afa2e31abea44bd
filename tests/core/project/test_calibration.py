"""The newest valid benchmarks of this machine calibrate its estimates, until they are forgotten."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from hwstudio.core.bench.launch import Interpreter
from hwstudio.core.bench.run import Place
from hwstudio.core.history.store import History
from hwstudio.core.model.result import Outcome
from hwstudio.core.predict.fitted.calibrate import ARITHMETIC_PROBE, BANDWIDTH_PROBE
from hwstudio.core.project import calibrating
from hwstudio.core.project.calibrating import moved, reference_jobs, run_probes
from hwstudio.core.project.calibration import calibration, forget, forgotten_until, newest
from tests.data.probe_results import CPU_NAME, GPU, product, step, triad

LATER, LAST = "2026-12-02T10:00:00Z", "2026-12-03T10:00:00Z"


@pytest.fixture
def kept(studio):
    """Keep results; return the calibration they make."""

    def keep(*results, since=""):
        for each in results:
            studio.history.add_result(each)
        return calibration(studio.history, studio.catalog, studio.speed_model, since)

    return keep


def values(found):
    return {each.probe: each.value for each in found.probes.readings}


def test_the_newest_result_of_each_probe_counts(kept):
    found = kept(triad(50e9), triad(60e9, taken_at=LATER), product(1e12, taken_at=LATER))
    assert values(found) == {BANDWIDTH_PROBE: 60e9, ARITHMETIC_PROBE: 1e12}
    later = kept(triad(70e9, taken_at=LAST))
    assert values(later)[BANDWIDTH_PROBE] == 70e9


@pytest.mark.parametrize(
    "wrong",
    [
        {"machine": "another computer"},
        {"params": {"threads": 1}},
        {"method_version": 0},
        {"metrics": ()},
        {"params": {"array_mib": 64}},
    ],
)
def test_a_result_that_does_not_tell_of_this_machine_is_passed_over(kept, wrong):
    found = kept(triad(50e9), triad(70e9, taken_at=LATER, **wrong))
    assert values(found) == {BANDWIDTH_PROBE: 50e9}


def test_small_products_do_not_fill_a_device_and_count_for_nothing(kept):
    found = kept(product(1e12), product(2e10, name="fp32 256", taken_at=LATER))
    assert values(found) == {ARITHMETIC_PROBE: 1e12}
    assert kept(product(20e12, GPU, "bf16 1024")).probes.readings[0].device == CPU_NAME


def test_each_device_has_its_own(kept):
    found = kept(triad(), triad(900e9, GPU), product(150e12, GPU, "bf16 8192"))
    assert {sheet.name for sheet in found.sheets} == {CPU_NAME, "RTX 4090"}
    assert set(found.probes.doubts) == {CPU_NAME}
    card = [each for each in found.probes.readings if each.device == "RTX 4090"]
    assert {each.probe for each in card} == {ARITHMETIC_PROBE, BANDWIDTH_PROBE}


def test_a_gpu_nobody_describes_calibrates_nothing(kept):
    unknown = {**GPU, "device_name": "NVIDIA Handmade 9"}
    assert kept(triad(900e9, unknown), step(unknown)).is_empty


def test_a_training_step_is_a_question_with_an_answer(kept):
    found = kept(step())
    pictures, text = found.probes.steps
    assert (pictures.question.model, pictures.question.metric) == ("resnet18", "images/s")
    assert pictures.value == 30.0
    assert pictures.question.macs == pytest.approx(1.814e9, rel=1e-3)
    assert (text.question.metric, text.question.input_size) == ("tokens/s", 128.0)
    assert pictures.question.framework


def test_a_disturbed_probe_is_marked(kept):
    (reading,) = kept(triad(verdict="busy")).probes.readings
    assert not reading.is_clean


def test_what_is_forgotten_counts_no_more_but_stays_in_the_history(kept, studio):
    file = studio.home.calibration_file
    assert forgotten_until(file) == ""
    forget(file, LATER)
    found = kept(triad(), product(taken_at=LATER), since=forgotten_until(file))
    assert found.is_empty
    assert len(studio.history.results()) == 2
    assert values(kept(triad(taken_at=LAST), since=forgotten_until(file)))


@pytest.mark.parametrize("text", ["", "{", '{"schema": 9}', '{"schema": 1, "forgotten_until": 3}'])
def test_a_damaged_file_forgets_nothing(studio, text):
    studio.home.calibration_file.write_text(text, "utf-8")
    assert forgotten_until(studio.home.calibration_file) == ""


def test_a_processors_jobs_are_told_more_narrowly_after_its_probes(kept, studio):
    found = kept(triad(), product(), step())
    jobs = reference_jobs(studio.catalog)
    assert len(jobs) == 3
    changes = moved(studio.speed_model, jobs, found.sheets[0], found)
    assert len(changes) == 3
    for change in changes:
        before, after = (each.median / each.low for each in (change.before, change.after))
        assert after < before / 1.05
        assert change.after.inputs["ground"].startswith("moved and narrowed")


def test_newest_takes_the_first_of_each_device():
    results = [triad(3.0), triad(2.0), triad(1.0, GPU)]
    assert [each.metrics[0].median for each in newest(results)] == [3.0, 1.0]


# --- running them --------------------------------------------------------------------------------


class Bench:
    """Stands in for real runs and notes how it was asked."""

    def __init__(self, monkeypatch, *, outcome=Outcome.FINISHED) -> None:
        self.asked: list[tuple[str, dict, float]] = []
        self.cancel = threading.Event()
        self.cancel_after = ""
        self._outcome = outcome
        monkeypatch.setattr(calibrating, "run_bench", self._run)

    def _run(self, bench, params, *, on_event, cancel, place):
        del on_event, cancel
        self.asked.append((bench.id, params, place.limits.total_s))
        if bench.id == self.cancel_after:
            self.cancel.set()
        made = {"memory_bandwidth": triad, "torch_matmul": product, "training_step": step}
        return made[bench.id](outcome=self._outcome)

    def go(self, keep=lambda _result: None):
        self.heard = []
        place = Place(interpreter=Interpreter("python", "3", "2"), log_dir=Path())
        return run_probes(
            place, "auto", heard=lambda *told: self.heard.append(told), keep=keep,
            cancel=self.cancel,
        )  # fmt: skip


def test_three_probes_run_within_a_minute_and_are_kept(monkeypatch):
    bench, kept = Bench(monkeypatch), []
    found = bench.go(kept.append)
    assert [name for name, _, _ in bench.asked] == [
        "memory_bandwidth", "torch_matmul", "training_step",
    ]  # fmt: skip
    assert kept == found
    assert all(limit_s <= 60.0 for _, _, limit_s in bench.asked)
    assert [told[1:3] for told in bench.heard] == [(0, 3), (1, 3), (2, 3)]
    lefts = [told[3] for told in bench.heard]
    assert lefts == sorted(lefts, reverse=True)
    assert lefts[0] <= 60


def test_the_device_the_first_probe_found_is_kept_to(monkeypatch):
    bench = Bench(monkeypatch)
    bench.go()
    devices = [params["device"] for _, params, _ in bench.asked]
    assert devices == ["auto", "cpu", "cpu"]
    assert bench.asked[1][1]["precisions"] == ["fp32"]


def test_stopping_ends_the_row_and_keeps_what_was_measured(monkeypatch):
    bench, kept = Bench(monkeypatch), []
    bench.cancel_after = "memory_bandwidth"
    assert [each.bench for each in bench.go(kept.append)] == ["memory_bandwidth"]
    assert len(kept) == 1


def test_a_python_that_does_not_start_ends_it_at_once(monkeypatch):
    bench, kept = Bench(monkeypatch, outcome=Outcome.COULD_NOT_START), []
    assert len(bench.go(kept.append)) == 1
    assert kept == []


def test_a_history_that_cannot_be_used_leaves_the_estimates_as_they_were(studio):
    from hwstudio.core.base.errors import UserError
    from hwstudio.core.project.own_measurements import readable_calibration

    def broken() -> History:
        raise UserError("The history is from a newer hwstudio")

    found = readable_calibration(broken, studio.catalog, studio.speed_model, Path("none"))
    assert found.is_empty
