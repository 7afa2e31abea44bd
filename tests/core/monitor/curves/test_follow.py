"""A log is followed live: growth, new files and runs, rotation, bounds in time and memory."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.monitor.curves import tail as tail_module
from hwstudio.core.monitor.curves.find import Reach
from hwstudio.core.monitor.curves.follow import open_log
from hwstudio.core.monitor.curves.kind import LogKind
from hwstudio.core.monitor.curves.series import Clock

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and renames as on POSIX")


def append(path, data):
    with Path(path).open("ab") as file:
        file.write(data)


def curve(log, run, name):
    (found,) = [s for s in log.series(run) if s.name == name]
    return list(zip(found.steps, found.values, strict=True))


def test_a_csv_file_is_followed_line_by_line(tmp_path, opened, drain):
    path = tmp_path / "metrics.csv"
    path.write_bytes(b"step,loss\n1,3\n")
    log = opened(path)
    assert drain(log)
    (run,) = log.runs
    assert run.kind is LogKind.CSV
    assert curve(log, run, "loss") == [(1, 3)]
    assert not log.poll()
    append(path, b"2,2\n3")
    assert log.poll()
    assert curve(log, run, "loss") == [(1, 3), (2, 2)]
    append(path, b",1\n")
    assert log.poll()
    assert curve(log, run, "loss") == [(1, 3), (2, 2), (3, 1)]


def test_lines_that_come_while_it_is_followed_get_their_time(tmp_path, opened, drain, told):
    path = tmp_path / "metrics.csv"
    path.write_bytes(b"step,loss\n1,3\n")
    unix = told()
    log = opened(path, unix_clock=unix)
    drain(log)
    log.poll()
    unix.now_s = 5000.0
    append(path, b"2,2\n")
    log.poll()
    (series,) = log.series(log.runs[0])
    assert series.clock is Clock.ARRIVAL
    assert series.times[-1] == 5000.0
    assert series.first_timed() == 1


def test_a_last_line_without_an_end_is_taken_when_the_file_rests(tmp_path, opened, drain, told):
    path, clock = tmp_path / "m.csv", told()
    path.write_bytes(b"step,loss\n1,3\n")
    log = opened(path, clock)
    drain(log)
    log.poll()
    append(path, b"2,0.1")
    log.poll()
    assert curve(log, "m", "loss") == [(1, 3)]
    clock.now_s += 3
    assert log.poll()
    assert curve(log, "m", "loss") == [(1, 3), (2, 0.1)]
    append(path, b"25\n3,1\n")
    drain(log)
    assert curve(log, "m", "loss") == [(1, 3), (2, 0.125), (3, 1)]


def test_a_file_written_anew_replaces_its_curves(tmp_path, opened, drain):
    """As Lightning does when a new metric turns up."""
    path = tmp_path / "metrics.csv"
    path.write_bytes(b"step,loss\n1,3\n2,2\n")
    log = opened(path)
    drain(log)
    path.write_bytes(b"step,loss,val_loss\n1,3,\n2,2,\n3,,1\n")
    assert drain(log)
    run = log.runs[0]
    assert curve(log, run, "loss") == [(1, 3), (2, 2)]
    assert curve(log, run, "val_loss") == [(3, 1)]


def test_a_role_that_was_set_by_hand_survives_a_file_written_anew(tmp_path, opened, drain):
    path = tmp_path / "metrics.csv"
    path.write_bytes(b"step,speed\n1,3\n2,2\n")
    log = opened(path)
    drain(log)
    log.series(log.runs[0])[0].role = "throughput"
    path.write_bytes(b"step,speed\n7,3\n")
    drain(log)
    assert log.series(log.runs[0])[0].role == "throughput"


@posix
def test_a_rotated_file_is_read_to_its_end_and_the_new_one_after_it(tmp_path, opened, drain):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"step": 1, "loss": 3}\n')
    log = opened(path)
    drain(log)
    append(path, b'{"step": 2, "loss": 2}\n')
    path.rename(tmp_path / "log.jsonl.1")
    path.write_bytes(b'{"step": 3, "loss": 1}\n')
    assert drain(log)
    drain(log)
    assert curve(log, "log", "loss") == [(1, 3), (2, 2), (3, 1)]


def test_several_event_files_of_a_run_are_one_curve_in_their_order(tmp_path, events, opened, drain):
    for place in (2, 0, 1):
        parts = [events.scalar("loss", place * 10 + n, 1.0) for n in range(10)]
        (tmp_path / f"events.out.tfevents.{place}.host").write_bytes(b"".join(parts))
    log = opened(tmp_path)
    drain(log)
    (run,) = log.runs
    (series,) = log.series(run)
    assert list(series.steps) == list(range(30))
    assert not series.restarts
    assert len(run.paths) == 3


def test_runs_and_files_that_are_begun_later_turn_up(tmp_path, events, opened, drain, told):
    clock = told()
    log = opened(tmp_path, clock)
    log.poll()
    assert log.runs == ()
    assert "no training log here yet" in log.notice
    for name in ("a", "b"):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        (folder / "events.out.tfevents.1.h").write_bytes(events.scalar("loss", 1, 1.0))
    clock.now_s += 10
    assert drain(log)
    assert [run.name for run in log.runs] == ["runs/a", "runs/b"]
    assert log.notice == ""
    append(tmp_path / "runs/a/events.out.tfevents.1.h", events.scalar("loss", 2, 0.5))
    assert log.poll()
    assert curve(log, "runs/a", "loss") == [(1, 1), (2, 0.5)]


def test_logs_of_different_kinds_in_one_folder_are_different_runs(tmp_path, events, opened, drain):
    (tmp_path / "events.out.tfevents.1.h").write_bytes(events.scalar("loss", 1, 1.0))
    (tmp_path / "metrics.csv").write_bytes(b"step,loss\n1,3\n")
    (tmp_path / "log.csv").write_bytes(b"step,loss\n1,4\n")
    log = opened(tmp_path)
    drain(log)
    assert len(log.runs) == 3
    assert sum(len(log.series(run)) for run in log.runs) == 3


def test_a_poll_stops_when_its_time_is_up_and_goes_on_at_the_next(tmp_path, events, opened, told):
    big = b"".join(events.scalar("loss", n, 1.0) for n in range(12_000))
    path = tmp_path / "events.out.tfevents.1.h"
    path.write_bytes(big)
    clock = told(tick_s=0.01)
    log = opened(path, clock)
    polls = 0
    while log.is_behind or not polls:
        began = clock.now_s
        log.poll(0.05)
        assert clock.now_s - began < 0.15
        polls += 1
    assert polls > 3
    assert log.runs[0].points == 12_000


def test_a_budget_of_nothing_still_gets_there(tmp_path, opened, told):
    (tmp_path / "m.csv").write_bytes(b"step,loss\n" + b"1,2\n" * 50_000)
    log = opened(tmp_path, told(tick_s=0.001))
    for _ in range(200):
        log.poll(0.0)
    assert log.runs[0].points == 50_000


def test_no_run_is_starved_by_a_large_one(tmp_path, events, opened, told):
    for name, count in (("a", 20_000), ("b", 10), ("c", 10)):
        (tmp_path / name).mkdir()
        body = b"".join(events.scalar("loss", n, 1.0) for n in range(count))
        (tmp_path / name / "events.out.tfevents.1.h").write_bytes(body)
    log = opened(tmp_path, told(tick_s=0.01))
    for _ in range(8):
        log.poll(0.05)
    points = {run.name: run.points for run in log.runs}
    assert points["b"] == points["c"] == 10
    assert points["a"] < 20_000


def test_thousands_of_old_files_are_not_asked_about_every_time(
    tmp_path, opened, drain, told, monkeypatch
):
    for n in range(150):
        (tmp_path / f"events.out.tfevents.{n:03}.h").write_bytes(b"")
    clock, looks = told(), []
    log = opened(tmp_path, clock, rescan_s=1e9)
    drain(log)
    log.poll()
    real = tail_module.Tail.look
    monkeypatch.setattr(tail_module.Tail, "look", lambda self: looks.append(1) or real(self))
    clock.now_s += 0.5
    log.poll()
    assert not looks
    clock.now_s += 1.0
    log.poll()
    assert len(looks) == 150


@posix
def test_links_that_lead_in_a_circle_end(tmp_path, events, opened, drain):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "events.out.tfevents.1.h").write_bytes(events.scalar("loss", 1, 1.0))
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self").symlink_to("self")
    log = opened(tmp_path)
    drain(log)
    assert [run.name for run in log.runs] == ["a"]


@posix
def test_a_run_behind_a_link_is_followed_once(tmp_path, events, opened, drain):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "events.out.tfevents.1.h").write_bytes(events.scalar("loss", 1, 1.0))
    root = tmp_path / "root"
    root.mkdir()
    for name in ("one", "two"):
        (root / name).symlink_to(elsewhere, target_is_directory=True)
    log = opened(root)
    drain(log)
    assert len(log.runs) == 1


@posix
def test_a_pipe_named_like_a_log_is_left_alone(tmp_path, opened):
    os.mkfifo(tmp_path / "events.out.tfevents.1.h")
    os.mkfifo(tmp_path / "metrics.csv")
    log = opened(tmp_path)
    log.poll()
    assert log.runs == ()


def test_a_folder_of_thousands_is_walked_to_a_bound_that_is_said(tmp_path, opened, drain):
    for n in range(60):
        (tmp_path / f"image{n}.png").write_bytes(b"")
    log = opened(tmp_path, reach=Reach(entries=50))
    drain(log)
    assert "Only the first 50 files and folders" in log.notice


def test_a_folder_is_walked_in_steps(tmp_path, opened, told):
    for n in range(300):
        (tmp_path / f"image{n}.png").write_bytes(b"")
    clock = told(tick_s=0.001)
    log = opened(tmp_path, clock)
    began = clock.now_s
    log.poll(0.05)
    assert clock.now_s - began < 0.1
    assert log.is_behind


def test_too_many_curves_are_bounded_and_said(tmp_path, opened, drain):
    names = [f"c{n}" for n in range(50)]
    (tmp_path / "m.csv").write_text("step," + ",".join(names) + "\n1" + ",2" * 50 + "\n")
    log = opened(tmp_path / "m.csv", series=20)
    drain(log)
    assert len(log.series(log.runs[0])) == 20
    assert "Only the first 20 curves" in log.notice


def test_too_many_points_are_thinned_out_but_no_extreme_is_lost(tmp_path, opened, drain):
    lines = [f"{n},{1 + n % 7}" for n in range(30_000)]
    lines[12_345] = "12345,99"
    lines[23_456] = "23456,-99"
    (tmp_path / "m.csv").write_text("step,loss\n" + "\n".join(lines) + "\n")
    log = opened(tmp_path / "m.csv", points=10_000)
    drain(log)
    (series,) = log.series("m")
    assert len(series) <= 10_000
    assert series.thinned >= 4
    assert (12345.0, 99.0) in set(zip(series.steps, series.values, strict=True))
    assert (23456.0, -99.0) in set(zip(series.steps, series.values, strict=True))
    assert list(series.steps) == sorted(series.steps)
    assert "thinned out" in log.notice


def test_a_file_that_goes_away_is_said_and_its_curves_stay(tmp_path, opened, drain):
    path = tmp_path / "m.csv"
    path.write_bytes(b"step,loss\n1,3\n")
    log = opened(path)
    drain(log)
    path.unlink()
    log.poll()
    assert "cannot be read now" in log.notice
    assert curve(log, "m", "loss") == [(1, 3)]
    path.write_bytes(b"step,loss\n1,3\n2,2\n")
    drain(log)
    assert log.notice == ""
    assert curve(log, "m", "loss") == [(1, 3), (2, 2)]


def test_a_newer_checkpoint_replaces_the_older_one(tmp_path, opened, drain, told):
    def save(number, steps):
        folder = tmp_path / f"checkpoint-{number}"
        folder.mkdir()
        rows = ",".join(f'{{"step": {n}, "loss": {n}}}' for n in range(1, steps + 1))
        (folder / "trainer_state.json").write_text(f'{{"log_history": [{rows}]}}')

    clock = told()
    save(9, 2)
    log = opened(tmp_path, clock)
    drain(log)
    save(10, 3)
    clock.now_s += 10
    drain(log)
    (run,) = log.runs
    assert curve(log, run, "loss") == [(1, 1), (2, 2), (3, 3)]


def test_opening_what_is_no_log_says_so(tmp_path):
    import pickle

    (tmp_path / "model.pkl").write_bytes(pickle.dumps({"loss": [1, 2]}))
    (tmp_path / "notes.txt").write_text("buy milk, bread\n")
    (tmp_path / "config.json").write_text('{\n "lr": 0.1\n}')
    for name in ("model.pkl", "notes.txt", "config.json", "missing.csv"):
        with pytest.raises(UserError) as caught:
            open_log(tmp_path / name)
        assert caught.value.remedy


def test_a_log_without_a_telling_name_is_known_by_its_content(tmp_path, events, drain):
    (tmp_path / "a").write_bytes(events.header + events.scalar("loss", 1, 1.0))
    (tmp_path / "b").write_bytes(b'{"step": 1, "loss": 2}\n')
    (tmp_path / "c.log").write_bytes(b"epoch;loss\n1;2,5\n")
    for name in ("a", "b", "c.log"):
        log = open_log(tmp_path / name)
        drain(log)
        assert log.runs[0].points == 1


def test_an_empty_file_of_a_known_name_is_waited_for(tmp_path, drain):
    path = tmp_path / "metrics.csv"
    path.write_bytes(b"")
    log = open_log(path)
    drain(log)
    append(path, b"step,loss\n1,2\n")
    drain(log)
    assert curve(log, log.runs[0], "loss") == [(1, 2)]


def test_a_table_of_other_things_in_a_folder_is_no_run(tmp_path, opened, drain):
    (tmp_path / "people.csv").write_text("name,town\nAda,London\n")
    (tmp_path / "chat.jsonl").write_text('{"text": "hello"}\n')
    log = opened(tmp_path)
    drain(log)
    assert log.runs == ()


def test_following_starts_no_thread_and_keeps_no_file_open(tmp_path, opened, drain):
    import threading

    path = tmp_path / "m.csv"
    path.write_bytes(b"step,loss\n1,3\n")
    before = threading.active_count()
    log = opened(tmp_path)
    drain(log)
    assert threading.active_count() == before
    path.unlink()  # Windows would refuse while it is open
    if (handles := Path("/proc/self/fd")).is_dir():
        opened_files = [str(each.readlink()) for each in handles.iterdir() if each.is_symlink()]
        assert not [name for name in opened_files if name.startswith(str(path))]


def test_reading_imports_nothing_heavy():
    import subprocess

    code = (
        "import sys, hwstudio.core.monitor.curves.follow, hwstudio.core.monitor.curves.marks;"
        "import hwstudio.core.monitor.curves.eta, hwstudio.core.monitor.runs.summary;"
        "print([m for m in ('numpy', 'torch', 'tensorflow', 'PySide6', 'tensorboard', 'pickle')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_file_that_may_not_be_read_is_said(tmp_path, opened, drain, monkeypatch):
    path = tmp_path / "m.csv"
    path.write_bytes(b"step,loss\n1,3\n")
    log = opened(path)

    def refuse(self, *_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tail_module.Path, "open", refuse)
    for _ in range(3):
        log.poll()
    assert "Permission denied" in log.notice
