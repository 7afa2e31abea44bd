"""However a worker ends, the run ends in one outcome with words, and nothing is left behind."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from hwstudio.core.bench.event import Event, read_event
from hwstudio.core.bench.process import LOG_LIMIT_BYTES
from hwstudio.core.bench.supervisor import Job, Limits, Supervisor
from hwstudio.core.model.result import Outcome

FAKE = Path(__file__).parents[2] / "data" / "fake_worker.py"
QUICK = Limits(hello_s=3.0, beat_s=0.8, total_s=20.0, ask_s=0.2, terminate_s=0.2)
posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals")


class Run:
    """One supervised fake worker."""

    def __init__(self, tmp_path: Path, manner: str, limits: Limits = QUICK) -> None:
        self.events: list[Event] = []
        self.cancel = threading.Event()
        self.stem = tmp_path / "run"
        self.job = Job(
            [sys.executable, "-I", str(FAKE), manner], dict(os.environ), "k", {"a": 1}, self.stem
        )
        self._limits = limits

    def go(self):
        return Supervisor(self.job, self.events.append, self.cancel, self._limits).run()

    def values(self) -> list[object]:
        return [v for e in self.events if e.kind == "sample" for v in e.data["values"]]

    def child(self) -> int:
        return next(e.data["value"] for e in self.events if e.data.get("name") == "child")


def is_gone(pid: int) -> bool:
    for _ in range(50):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_a_worker_that_ends_well_is_finished_and_was_told_its_job(tmp_path):
    run = Run(tmp_path, "finish")
    ending = run.go()
    assert ending.outcome is Outcome.FINISHED
    assert run.events[-2].data["value"] == {"a": 1}


@posix_only
@pytest.mark.parametrize(
    ("manner", "words"),
    [
        ("segfault", "segmentation fault"),
        ("killed", "memory ran out"),
        ("exit 137", "memory ran out"),
        ("raises", "the moon is full"),
    ],
)
def test_a_worker_that_dies_is_crashed_with_the_likely_cause_in_words(tmp_path, manner, words):
    run = Run(tmp_path, manner)
    ending = run.go()
    assert ending.outcome is Outcome.CRASHED
    assert words in ending.words
    assert run.values() == [1.0, 2.0, 3.0], "what was measured before stays"
    assert '"sample"' in run.stem.with_suffix(".jsonl").read_text()


@posix_only
def test_what_a_dying_worker_said_last_is_kept_however_slowly_it_is_read(tmp_path, monkeypatch):
    def slowly(line):
        time.sleep(0.3)  # a busy machine; longer than a look at the queue waits
        return read_event(line)

    monkeypatch.setattr("hwstudio.core.bench.process.read_event", slowly)
    run = Run(tmp_path, "segfault")
    assert run.go().outcome is Outcome.CRASHED
    assert run.values() == [1.0, 2.0, 3.0]


def test_running_out_of_memory_is_a_failure_in_the_workers_own_words(tmp_path):
    ending = Run(tmp_path, "out of memory").go()
    assert ending.outcome is Outcome.FAILED
    assert ending.kind == "oom"
    assert ending.words == "The memory ran out: 8 GiB wanted."


def test_a_worker_without_torch_could_not_start(tmp_path):
    ending = Run(tmp_path, "no torch").go()
    assert ending.outcome is Outcome.COULD_NOT_START
    assert ending.words == "No torch. Install it."


def test_a_program_that_does_not_exist_could_not_start(tmp_path):
    run = Run(tmp_path, "finish")
    run.job = Job([str(tmp_path / "no-python")], {}, "k", {}, run.stem)
    ending = run.go()
    assert ending.outcome is Outcome.COULD_NOT_START
    assert "no-python" in ending.words


def test_a_program_that_ends_before_hello_could_not_start_and_its_message_is_told(tmp_path):
    ending = Run(tmp_path, "exit at once").go()
    assert ending.outcome is Outcome.COULD_NOT_START
    assert "cannot find my own head" in ending.words


def test_a_worker_that_never_says_hello_times_out(tmp_path):
    ending = Run(tmp_path, "silent", Limits(hello_s=0.3, ask_s=0.1, terminate_s=0.1)).go()
    assert ending.outcome is Outcome.TIMED_OUT
    assert "did not start" in ending.words


@posix_only
def test_a_worker_whose_heart_stops_is_ended_with_its_children(tmp_path):
    run = Run(tmp_path, "hang")
    ending = run.go()
    assert ending.outcome is Outcome.TIMED_OUT
    assert "stopped responding" in ending.words
    assert is_gone(run.child())


@posix_only
def test_a_worker_over_its_time_limit_is_ended_though_it_beats(tmp_path):
    run = Run(tmp_path, "busy", Limits(beat_s=5.0, total_s=1.0, ask_s=0.1, terminate_s=0.1))
    ending = run.go()
    assert ending.outcome is Outcome.TIMED_OUT
    assert "longer than 1 s" in ending.words
    assert is_gone(run.child())


@posix_only
def test_cancel_ends_even_a_worker_that_ignores_every_request(tmp_path):
    run = Run(tmp_path, "busy", Limits(beat_s=30.0))
    done = []
    thread = threading.Thread(target=lambda: done.append(run.go()))
    thread.start()
    while not any(e.data.get("name") == "child" for e in run.events):
        time.sleep(0.02)
    run.cancel.set()
    thread.join(5.0)
    assert done, "the run must end"
    assert done[0].outcome is Outcome.CANCELLED
    assert is_gone(run.child())


@posix_only
def test_a_child_left_behind_by_a_finished_worker_is_cleared_away(tmp_path):
    run = Run(tmp_path, "orphan")
    ending = run.go()
    assert ending.outcome is Outcome.FINISHED
    assert is_gone(run.child())


def test_a_worker_that_lingers_after_its_last_word_still_finished(tmp_path, monkeypatch):
    monkeypatch.setattr("hwstudio.core.bench.supervisor.LINGER_S", 0.2)
    ending = Run(tmp_path, "linger", Limits(beat_s=30.0, ask_s=0.1, terminate_s=0.1)).go()
    assert ending.outcome is Outcome.FINISHED


def test_garbage_between_the_events_is_passed_over(tmp_path):
    run = Run(tmp_path, "garbage")
    ending = run.go()
    assert ending.outcome is Outcome.FINISHED
    assert run.values()[:4] == [1.0, 2.0, 3.0, 4.0]


def test_ten_thousand_lines_at_once_all_arrive(tmp_path):
    run = Run(tmp_path, "flood")
    ending = run.go()
    assert ending.outcome is Outcome.FINISHED
    assert sum(e.kind == "progress" for e in run.events) == 10_000


def test_a_worker_that_prints_for_ever_cannot_fill_the_disk(tmp_path):
    run = Run(tmp_path, "chatter")
    assert run.go().outcome is Outcome.FINISHED
    assert 0 < run.stem.with_suffix(".log").stat().st_size <= LOG_LIMIT_BYTES * 1.1


def test_a_worker_of_another_protocol_fails_with_what_to_do(tmp_path):
    ending = Run(tmp_path, "other schema").go()
    assert ending.outcome is Outcome.FAILED
    assert "another version" in ending.words


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_a_full_disk_costs_the_log_but_not_the_run(tmp_path):
    for ending in ("jsonl", "log"):
        (tmp_path / f"run.{ending}").symlink_to(FULL)
    run = Run(tmp_path, "chatter")
    supervisor = Supervisor(run.job, run.events.append, run.cancel, QUICK)
    assert supervisor.run().outcome is Outcome.FINISHED
    assert run.values() == [1.0, 2.0, 3.0]
    assert "space" in supervisor.log_fault


def test_a_folder_that_cannot_be_written_costs_the_log_but_not_the_run(tmp_path):
    (tmp_path / "run.jsonl").mkdir()
    (tmp_path / "run.log").mkdir()
    assert Run(tmp_path, "finish").go().outcome is Outcome.FINISHED
