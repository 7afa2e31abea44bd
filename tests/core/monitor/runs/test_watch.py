"""A run ends with its process: not with another of its number, and also while nobody looked."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.last_sign import last_sign
from hwstudio.core.monitor.runs.watch import (
    RunWatch,
    Sign,
    begun,
    is_about,
    is_alive,
    process_started_s,
)


class Shelf:
    """Runs in memory."""

    def __init__(self, *runs):
        self.runs = {run.id: run for run in runs}

    def open(self):
        return tuple(run for run in self.runs.values() if run.is_open)

    def get(self, run_id):
        return self.runs[run_id]

    def end(self, run_id, at_s, words=""):
        run = self.runs[run_id]
        if not run.is_open:
            return None
        note = f"{run.note}\n{words}".strip()
        self.runs[run_id] = replace(run, ended_s=max(at_s, run.started_s), note=note)
        return self.runs[run_id]

    def correct_end(self, was, at_s, note):
        self.runs[was.id] = replace(was, ended_s=at_s, note=note)
        return True


class Clock:
    """Says what it is told."""

    now_s = 1000.0

    def __call__(self):
        return self.now_s


def a_run(**more):
    values = {"id": "r", "title": "A run", "started_s": 900.0, "pid": 7, **more}
    return Run(**values)


def no_sign(_run, _seen_s):
    raise AssertionError("it was seen a moment ago")


def test_a_real_process_has_a_start_and_then_is_gone():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        started_s = process_started_s(process.pid)
        assert started_s is not None
        assert abs(started_s - time.time()) < 60
        assert is_alive(Run(id="r", title="t", started_s=1.0, pid=process.pid,
                            process_started_s=started_s))  # fmt: skip
    finally:
        process.communicate(b"\n")
    assert process_started_s(process.pid) is None


@pytest.mark.skipif(sys.platform == "win32", reason="there are no zombies on Windows")
def test_a_process_that_waits_to_be_collected_has_ended():
    process = subprocess.Popen([sys.executable, "-c", ""])
    deadline = time.monotonic() + 20
    while process_started_s(process.pid) is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    gone = process_started_s(process.pid) is None
    process.wait()
    assert gone


def test_a_process_that_goes_while_it_is_watched_ends_its_run_now():
    shelf, clock, alive = Shelf(a_run()), Clock(), {7: 890.0}
    watch = RunWatch(shelf, no_sign, started_of=alive.get, clock=clock)
    assert watch.look() == ()
    clock.now_s = 1002.0
    alive.clear()
    (ended,) = watch.look()
    assert ended.ended_s == 1002.0
    assert not is_about(ended)
    assert shelf.runs["r"] == ended
    assert watch.look() == ()


def test_an_end_that_was_seen_takes_the_place_of_one_that_was_guessed():
    shelf, clock, alive = Shelf(a_run(note="First try")), Clock(), {7: 890.0}
    sees = RunWatch(shelf, None, started_of=alive.get, clock=clock)
    guesses = RunWatch(shelf, lambda *_: Sign(950.0, "so"), started_of=alive.get, clock=clock)
    sees.look()
    clock.now_s = 1003.0
    alive.clear()
    assert is_about(guesses.look()[0])
    assert sees.look() == ()  # it ended none, but it knows better
    mended = shelf.runs["r"]
    assert (mended.ended_s, mended.note) == (1003.0, "First try")
    clock.now_s = 1005.0
    assert sees.look() == guesses.look() == ()
    assert shelf.runs["r"] == mended


def test_mending_one_end_forgets_no_other_run():
    class Late(Shelf):
        def open(self):  # it was read before another program ended one of them
            return runs

    runs = (a_run(id="a"), a_run(id="b", pid=8))
    shelf, clock, alive = Late(*runs), Clock(), {7: 890.0, 8: 890.0}
    watch = RunWatch(shelf, None, started_of=alive.get, clock=clock)
    watch.look()
    shelf.end("b", 1001.0, "Ended about then")
    del alive[8]
    clock.now_s = 1002.0
    watch.look()
    assert (shelf.runs["b"].ended_s, shelf.runs["b"].note) == (1002.0, "")
    alive.clear()
    clock.now_s = 1004.0
    watch.look()
    assert shelf.runs["a"].ended_s == 1004.0


def test_the_first_end_that_was_seen_stays():
    shelf, clock, alive = Shelf(a_run()), Clock(), {7: 890.0}
    one, other = (RunWatch(shelf, None, started_of=alive.get, clock=clock) for _ in range(2))
    one.look()
    other.look()
    alive.clear()
    clock.now_s = 1002.0
    assert one.look()
    clock.now_s = 1004.0
    assert other.look() == ()
    assert shelf.runs["r"].ended_s == 1002.0


def test_a_watch_that_cannot_tell_leaves_what_went_unseen_to_another():
    shelf, clock, alive = Shelf(a_run()), Clock(), {7: 890.0}
    watch = RunWatch(shelf, None, started_of=alive.get, clock=clock)
    alive.clear()
    assert watch.look() == ()
    alive[7] = 890.0
    watch.look()
    clock.now_s = 9000.0  # the computer slept
    alive.clear()
    assert watch.look() == ()
    assert shelf.runs["r"].is_open


def test_a_reused_number_is_told_by_its_start():
    run = a_run(process_started_s=890.0)
    assert is_alive(run, lambda _pid: 891.0)
    assert not is_alive(run, lambda _pid: 950.0)
    assert is_alive(run, lambda _pid: math.nan)
    assert not is_alive(run, lambda _pid: None)


def test_a_process_that_went_unseen_ends_its_run_about_its_last_sign():
    shelf, clock = Shelf(a_run(note="First try")), Clock()
    clock.now_s = 90_000.0
    sign = Sign(5000.0, "its training log was last written to then")
    watch = RunWatch(shelf, lambda run, seen_s: sign, started_of=lambda _pid: None, clock=clock)
    (ended,) = watch.look()
    assert ended.ended_s == 5000.0
    assert is_about(ended)
    assert ended.note.startswith("First try\nEnded about ")
    assert "its training log was last written to then" in ended.note


def test_an_end_lies_between_start_and_now_whatever_the_sign_says():
    for at_s, expected in ((0.0, 900.0), (9e9, 1000.0)):
        shelf = Shelf(a_run())
        watch = RunWatch(shelf, lambda run, seen_s, at_s=at_s: Sign(at_s, "so"),
                         started_of=lambda _pid: None, clock=Clock())  # fmt: skip
        assert watch.look()[0].ended_s == expected


def test_a_run_that_ends_by_hand_is_left_alone():
    shelf = Shelf(a_run(pid=None))
    assert RunWatch(shelf, no_sign, started_of=lambda _pid: None).look() == ()


def test_a_run_begins_with_the_start_of_its_process():
    run = begun("A run", "id", pid=os.getpid(), devices=("gpu.0",), now_s=5.0)
    assert (run.pid, run.started_s, run.devices) == (os.getpid(), 5.0, ("gpu.0",))
    assert run.process_started_s == process_started_s(os.getpid())
    with pytest.raises(UserError, match="no process"):
        begun("A run", "id", pid=2**22 + 1)
    with pytest.raises(UserError, match="no training log"):
        begun("A run", "id", log_path="/not/there")


class Buckets:
    """What a trace is, for as far as it is asked."""

    def __init__(self, times_s, high):
        self.times_s, self.low, self.mean, self.high = times_s, high, high, high


class Readings:
    """A history with one sensor."""

    def __init__(self, name, times_s, values):
        self._name, self._buckets = name, Buckets(times_s, values)

    def series(self):
        return (self._name,)

    def trace(self, names, from_s, to_s, points=600, *, width_s=None):
        return {self._name: self._buckets} if self._name in names else {}

    def raws(self, names, from_s, to_s):
        return {}

    def gaps(self, from_s, to_s):
        return ()


class TestLastSign:
    """The surest sign counts: log, GPUs, own sight, readings, now."""

    used = Readings("gpu.0.busy_share", [950.0, 1000.0, 1050.0], [0.9, 0.8, 0.0])

    def test_its_own_log_comes_first(self, tmp_path):
        log = tmp_path / "metrics.csv"
        log.write_text("step,loss\n1,2\n")
        os.utime(log, (970.0, 970.0))
        for path in (log, tmp_path):
            found = last_sign(a_run(log_path=str(path)), self.used, 960.0, 9000.0)
            assert (found.at_s, found.how) == (970.0, "its training log was last written to then")

    def test_a_log_of_another_time_says_nothing(self, tmp_path):
        log = tmp_path / "metrics.csv"
        log.write_text("step,loss\n1,2\n")
        os.utime(log, (100.0, 100.0))
        assert last_sign(a_run(log_path=str(log)), self.used, None, 9000.0).at_s == 1000.0

    def test_then_when_its_gpus_were_in_use(self):
        assert last_sign(a_run(), self.used, None, 9000.0).at_s == 1000.0
        other = a_run(devices=("gpu.1",))
        assert last_sign(other, self.used, 940.0, 9000.0) == Sign(
            940.0, "hwstudio saw it last then"
        )

    def test_then_the_last_reading_and_at_last_now(self):
        cpu = Readings("cpu.busy_share", [950.0, 1000.0], [0.1, 0.1])
        assert last_sign(a_run(), cpu, None, 9000.0).at_s == 1000.0
        assert last_sign(a_run(), cpu, None, 1010.0).at_s == 1010.0
        assert last_sign(a_run(), Readings("x", [], []), None, 1010.0).at_s == 1010.0
