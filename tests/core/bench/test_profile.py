"""A whole check stays within its time, leaves out what cannot run, and ends in one sentence."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.bench import profile_run
from hwstudio.core.bench.last_check import last_check
from hwstudio.core.bench.launch import NO_TORCH, Interpreter
from hwstudio.core.bench.profile import PROFILES, QUICK, SOAK, profile
from hwstudio.core.bench.profile_run import CUT_WORDS, TIME_IS_UP, run_profile
from hwstudio.core.bench.profile_words import sentence
from hwstudio.core.bench.run import Place
from hwstudio.core.bench.suites import bench
from hwstudio.core.model.result import Metric, Outcome, Result

WHOLE = Interpreter("py", "3.12", "2.13", "", "2.4")
BARE = Interpreter("py", "3.12", "", NO_TORCH, "2.4")


def result(name, metrics=(), verdict="ok", outcome=Outcome.FINISHED) -> Result:
    return Result(
        id=name, bench=name, method_version=1, taken_at="", machine="", device="", params={},
        outcome=outcome, words="It crashed.", verdict=verdict,
        verdict_reason="" if verdict == "ok" else "Others worked too.", metrics=tuple(metrics),
    )  # fmt: skip


class Stage:
    """A clock set by hand, and benchmarks that take a given time."""

    def __init__(self, monkeypatch, each_s, ending=Outcome.FINISHED) -> None:
        self.now_s, self.ran, self.limits, self.told = 100.0, [], [], []
        self.params = []
        self.cancel = threading.Event()

        def run_bench(chosen, params, *, on_event, cancel, place):
            self.ran.append(chosen.id)
            self.limits.append(place.limits.total_s)
            self.params.append(params)
            self.now_s += each_s
            return result(chosen.id, outcome=ending)

        monkeypatch.setattr(profile_run, "run_bench", run_bench)
        monkeypatch.setattr(profile_run, "monotonic_s", lambda: self.now_s)

    def go(self, chosen, interpreter=WHOLE, keep=lambda _result: None):
        place = Place(interpreter=interpreter, log_dir=Path())
        return run_profile(
            chosen, place=place, cancel=self.cancel, tell=self.told.append, keep=keep
        )


@pytest.mark.parametrize("name", PROFILES)
def test_every_step_of_a_profile_is_a_benchmark_with_these_parameters(name):
    for step in PROFILES[name].steps:
        assert bench(step.bench).settle(step.params, is_quick=step.is_quick)


def test_the_quick_check_is_planned_for_under_five_minutes():
    assert QUICK.expected_s < QUICK.cap_s <= 300


def test_all_steps_run_in_order_and_the_share_only_grows(monkeypatch):
    stage = Stage(monkeypatch, each_s=10)
    found = stage.go(QUICK)
    assert stage.ran == [step.bench for step in QUICK.steps]
    shares = [each.share for each in stage.told]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] > 0.5
    assert (found.verdict, found.skipped) == ("ok", ())


def test_no_step_may_take_longer_than_what_is_left_of_the_whole(monkeypatch):
    stage = Stage(monkeypatch, each_s=70)
    found = stage.go(QUICK)
    assert stage.limits == [300, 230, 160, 90, 20]
    assert {why for _, why in found.skipped} == {TIME_IS_UP}
    assert len(found.results) + len(found.skipped) == len(QUICK.steps)


def test_without_torch_the_rest_still_runs_and_the_reason_is_told(monkeypatch):
    stage = Stage(monkeypatch, each_s=1)
    found = stage.go(QUICK, BARE)
    assert stage.ran == ["cpu_cores", "storage"]
    assert dict(found.skipped)["torch_matmul"] == NO_TORCH
    assert "Left out: Matrix product" in sentence(found)


def test_a_burn_in_begins_again_until_its_time_is_over(monkeypatch):
    stage = Stage(monkeypatch, each_s=500)
    stage.go(SOAK)
    assert len(stage.ran) == 8  # after 4000 s the hour is over
    names = [step.bench for step in SOAK.steps]
    assert stage.ran == (names * 2)[:8]


def test_the_last_minutes_of_a_burn_in_go_to_work_that_comes_to_its_end(monkeypatch):
    stage = Stage(monkeypatch, each_s=700)
    stage.go(SOAK)
    assert stage.ran[-1] == "burn_in"
    assert [each["seconds"] for each in (stage.params[0], stage.params[-1])] == [300, 92]
    stage = Stage(monkeypatch, each_s=598)
    stage.go(SOAK)
    assert stage.ran[-2:] == ["burn_in", "burn_in"]  # 12 s were left: no other fits into them


def test_what_the_end_of_a_burn_in_cut_off_is_no_failure(monkeypatch):
    stage = Stage(monkeypatch, each_s=1790, ending=Outcome.TIMED_OUT)
    found = stage.go(SOAK)
    slow, slower, last = found.results
    assert found.failed == (slow, slower), "these were too slow, with time left"
    assert last.words.startswith(CUT_WORDS)


def test_a_burn_in_tells_how_much_was_checked(monkeypatch):
    found = Stage(monkeypatch, each_s=500).go(SOAK)
    checked = replace(result("burn_in"), conditions={"checked": "7 products: every one was right"})
    assert "7 products: every one was right." in sentence(replace(found, results=(checked,)))


def test_without_torch_a_burn_in_still_checks_processor_and_memory(monkeypatch):
    stage = Stage(monkeypatch, each_s=500)
    stage.go(SOAK, BARE)
    assert set(stage.ran) == {"burn_in", "memory_pattern"}


def test_a_burn_in_ends_at_the_first_wrong_result(monkeypatch):
    stage = Stage(monkeypatch, each_s=10, ending=Outcome.FAILED)
    found = stage.go(SOAK)
    assert len(found.failed) == len(found.results) == 1


def test_a_stop_ends_the_whole_check_and_keeps_what_was_finished(monkeypatch):
    stage = Stage(monkeypatch, each_s=10)
    kept = []

    def keep(each):
        kept.append(each.bench)
        if len(kept) == 2:
            stage.cancel.set()

    found = stage.go(QUICK, keep=keep)
    assert kept == ["torch_matmul", "memory_bandwidth"]
    assert "You stopped the check" in sentence(found)


def test_the_sentence_says_what_it_does_how_far_to_trust_it_and_what_is_missing(monkeypatch):
    found = Stage(monkeypatch, each_s=1).go(QUICK)
    metric = Metric("triad", "B/s", 2.5e10, 2.4e10, 2.6e10, 20)
    runs = (
        result("memory_bandwidth", [metric]),
        result("storage", verdict="busy"),
        result("llm_decode", outcome=Outcome.CRASHED),
    )
    words = sentence(replace(found, results=runs))
    assert words.startswith("This computer moves 25.0 GB/s through its memory.")
    assert "1 of 2 tests is clean; Drive speed: Machine was busy" in words
    assert "Language model has no result: It crashed." in words


def test_an_unknown_profile_is_refused_with_the_nearest_name():
    with pytest.raises(UserError, match="no profile 'quik'") as refused:
        profile("quik")
    assert "Did you mean quick" in refused.value.sentence


def test_the_last_check_is_put_together_again_from_what_it_left(monkeypatch):
    kept = []
    found = Stage(monkeypatch, each_s=10).go(QUICK, interpreter=BARE, keep=kept.append)
    again = last_check([*reversed(kept), result("torch_matmul")])
    assert again.profile == QUICK
    assert again.results == found.results
    assert again.seconds == found.seconds
    assert [name for name, _ in again.skipped] == [name for name, _ in found.skipped]


def test_a_test_run_by_itself_since_then_is_no_check(monkeypatch):
    kept = []
    Stage(monkeypatch, each_s=10).go(QUICK, keep=kept.append)
    assert last_check([result("storage"), *reversed(kept)]) is None
    assert last_check([]) is None
