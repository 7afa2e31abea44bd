"""The process table: /proc read directly, on a made-up tree and on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hwstudio.core.model.reading import Status
from hwstudio.core.probe.process import PortableProcessProbe, process_probe, top

linux_only = pytest.mark.skipif(
    not Path("/proc/self/stat").is_file(), reason="reads /proc, which only Linux has"
)


def _stat(proc: Path, pid: int, *, name="worker", ticks=0, started=100, pages=10, command=b""):
    place = proc / str(pid)
    place.mkdir(exist_ok=True)
    head = f"{pid} ({name}) S " + " ".join(["0"] * 10)
    tail = f" {ticks} 0 0 0 0 0 1 0 {started} 0 {pages} 0\n"
    (place / "stat").write_text(head + tail)
    (place / "cmdline").write_bytes(command)


def _probe(proc, keep=30):
    from hwstudio.core.probe.process_linux import LinuxProcessProbe

    return LinuxProcessProbe(proc, keep)


@linux_only
def test_shares_memory_and_names_come_from_proc(tmp_path):
    _stat(tmp_path, 7, name="a (b) c", pages=3)
    _stat(
        tmp_path, 8, name="python3", command=b"/usr/bin/python3\0-u\0/home/x/train.py\0--lr\x001\0"
    )
    (tmp_path / "meminfo").write_text("not a process")
    probe = _probe(tmp_path)
    first = probe.read(0.0).value  # who is there is known at once, who is busy is not
    assert [(row.pid, row.cpu_share) for row in first.processes] == [(8, None), (7, None)]
    assert probe.is_half_read
    _stat(tmp_path, 7, name="a (b) c", ticks=os.sysconf("SC_CLK_TCK") // 2, pages=3)
    found = probe.read(1.0).value
    probe.close()
    assert found.count == 2
    assert not probe.is_half_read
    busy, idle = found.processes
    assert idle.cpu_share == 0.0
    assert (busy.name, busy.cpu_share) == ("a (b) c", pytest.approx(0.5))
    assert busy.memory_bytes == 3 * os.sysconf("SC_PAGE_SIZE")
    assert idle.name == "python3 train.py"
    assert idle.user


@linux_only
def test_all_processes_are_shown_where_wanted_and_those_on_a_gpu_always(tmp_path):
    for pid in range(1, 9):
        _stat(tmp_path, pid, pages=pid)
    probe = _probe(tmp_path, keep=2)
    probe.read(0.0)

    def shown(now_s):
        return {row.pid for row in probe.read(now_s).value.processes}

    few = shown(1.0)
    assert 8 in few
    assert len(few) < 8
    probe.wanted = frozenset({3, 99})  # idle, small, and one that is gone
    assert 3 in shown(2.0)
    probe.wants_all = True
    assert len(shown(3.0)) == 8
    probe.wants_all = False
    assert len(shown(4.0)) < 8
    probe.close()


@linux_only
def test_between_full_scans_only_the_top_processes_are_read_again(tmp_path):
    for pid in (1, 2, 3):
        _stat(tmp_path, pid, pages=pid)
    probe = _probe(tmp_path, keep=1)
    probe.read(0.0)
    probe.read(1.0)
    hertz = os.sysconf("SC_CLK_TCK")
    _stat(tmp_path, 3, ticks=hertz, pages=3)  # the largest: watched
    _stat(tmp_path, 1, ticks=hertz, pages=1)  # not watched
    found = {p.pid: p.cpu_share for p in probe.read(2.0).value.processes}
    assert found[3] == pytest.approx(1.0)
    later = {p.pid: p.cpu_share for p in probe.read(7.0).value.processes}
    probe.close()
    assert later[1] == pytest.approx(1 / 6)


def _all_ran(proc: Path, ticks: int) -> None:
    (proc / "stat").write_text(f"cpu  {ticks} 0 0 999 0 0 0 0 0 0\ncpu0 1 2 3\n")


def _reads(probe, monkeypatch):
    """Return the list that notes which process files are read from now on."""
    read, real = [], probe._refresh

    def noted(pid, now_s):
        read.append(pid)
        return real(pid, now_s)

    monkeypatch.setattr(probe, "_refresh", noted)
    return read


@linux_only
def test_while_nothing_ran_the_sleeping_processes_are_left_alone(tmp_path, monkeypatch):
    _all_ran(tmp_path, 0)
    for pid in range(1, 6):
        _stat(tmp_path, pid, pages=pid)
    probe = _probe(tmp_path)
    probe.read(0.0)
    probe.read(1.0)
    read = _reads(probe, monkeypatch)
    for second in range(2, 20):
        assert len(probe.read(float(second)).value.processes) == 5
    assert read == []
    probe.read(21.0)
    probe.close()
    assert sorted(read) == [1, 2, 3, 4, 5]


@linux_only
def test_a_sleeper_that_wakes_up_is_seen_with_the_next_read(tmp_path):
    _all_ran(tmp_path, 0)
    for pid in (1, 2):
        _stat(tmp_path, pid, pages=pid)
    probe = _probe(tmp_path)
    probe.read(0.0)
    probe.read(1.0)
    probe.read(2.0)
    hertz = os.sysconf("SC_CLK_TCK")
    _stat(tmp_path, 1, ticks=hertz, pages=1)
    _all_ran(tmp_path, hertz)
    assert probe.read(3.0).value.processes[0].cpu_share == pytest.approx(1 / 2)  # of 2 s asleep
    _stat(tmp_path, 1, ticks=2 * hertz, pages=1)
    _all_ran(tmp_path, 2 * hertz)
    assert probe.read(4.0).value.processes[0].cpu_share == pytest.approx(1.0)
    probe.close()


@linux_only
def test_work_that_no_watched_process_did_brings_the_next_scan_forward(tmp_path):
    _all_ran(tmp_path, 0)
    for pid in (1, 2, 3):
        _stat(tmp_path, pid, pages=pid)
    probe = _probe(tmp_path, keep=1)
    probe.read(0.0)
    probe.read(1.0)
    hertz = os.sysconf("SC_CLK_TCK")
    _stat(tmp_path, 1, ticks=hertz, pages=1)  # not watched: neither busy nor large so far
    _all_ran(tmp_path, hertz)
    assert 1 not in {p.pid for p in probe.read(2.0).value.processes}
    later = {p.pid: p.cpu_share for p in probe.read(6.0).value.processes}
    probe.close()
    assert later[1] == pytest.approx(1 / 5)


@linux_only
def test_programs_that_come_and_go_call_for_no_scan_but_a_busy_one_still_does(tmp_path):
    ran = 0
    _all_ran(tmp_path, ran)
    for pid in (1, 2, 3):
        _stat(tmp_path, pid, pages=pid)
    probe = _probe(tmp_path, keep=1)
    probe.read(0.0)
    probe.read(1.0)
    scans = []
    for second in range(2, 16):
        ran += 20 if second < 15 else 200  # by nobody who can be found, but in the last second
        _all_ran(tmp_path, ran)
        if second == 15:
            _stat(tmp_path, 1, ticks=180, pages=1)
        before = probe._scans
        table = probe.read(float(second)).value
        if probe._scans > before:
            scans.append(second)
    probe.close()
    assert scans == [6, 15]
    assert table.processes[0].pid == 1


@linux_only
def test_where_watched_processes_end_others_take_their_place(tmp_path):
    _all_ran(tmp_path, 0)
    for pid in range(1, 7):
        _stat(tmp_path, pid, pages=pid)
    probe = _probe(tmp_path, keep=2)
    probe.read(0.0)
    assert {p.pid for p in probe.read(1.0).value.processes} == {5, 6}
    for pid in (5, 6):
        for name in ("stat", "cmdline"):
            (tmp_path / str(pid) / name).unlink()
        (tmp_path / str(pid)).rmdir()
    assert {p.pid for p in probe.read(2.0).value.processes} == {3, 4}
    probe.close()


@linux_only
def test_a_new_process_comes_with_the_next_read_and_the_count_follows_within_seconds(tmp_path):
    _all_ran(tmp_path, 0)
    for pid in (1, 2):
        _stat(tmp_path, pid, pages=pid)
    (tmp_path / "loadavg").write_text("0.10 0.20 0.30 1/2 2\n")
    probe = _probe(tmp_path)
    probe.read(0.0)
    probe.read(1.0)
    _stat(tmp_path, 9, name="fresh", pages=1)
    (tmp_path / "loadavg").write_text("0.10 0.20 0.30 1/3 9\n")
    found = probe.read(2.0).value
    assert found.count == 3
    assert {p.name for p in found.processes} == {"worker", "fresh"}
    (tmp_path / "loadavg").write_text("0.10 0.20 0.30 1/3 9\n")
    assert probe.read(2.5).value.count == 3
    (tmp_path / "loadavg").write_text("0.10 0.20 0.30 2/2 9\n")  # a thread fewer than before
    (tmp_path / "9" / "stat").unlink()
    (tmp_path / "9" / "cmdline").unlink()
    (tmp_path / "9").rmdir()
    assert probe.read(6.0).value.count == 2
    probe.close()


@linux_only
def test_a_number_given_to_a_new_process_does_not_inherit_the_old_ones_time(tmp_path):
    _stat(tmp_path, 5, ticks=1000, started=100)
    probe = _probe(tmp_path)
    probe.read(0.0)
    _stat(tmp_path, 5, ticks=9000, started=200)
    found = probe.read(1.0).value.processes[0]
    probe.close()
    assert found.cpu_share == 0


@linux_only
def test_this_process_is_found_with_its_owner_and_an_ended_one_goes():
    probe = _probe(Path("/proc"), keep=5000)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    probe.read(0.0)
    pids = {p.pid for p in probe.read(1.0).value.processes}
    assert {os.getpid(), child.pid} <= pids
    child.communicate(b"\n")
    after = {p.pid for p in probe.read(2.0).value.processes}
    probe.close()
    assert child.pid not in after


def _open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


@linux_only
def test_a_new_thread_is_not_taken_for_a_process():
    probe = _probe(Path("/proc"))
    probe.read(0.0)
    probe.read(1.0)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    found = {p.pid for p in probe.read(2.0).value.processes}
    done.set()
    thread.join()
    child.communicate(b"\n")
    probe.close()
    assert child.pid in found
    assert thread.native_id not in found


@linux_only
def test_closing_gives_every_open_file_back():
    before = _open_files()
    probe = _probe(Path("/proc"))
    probe.read(0.0)
    probe.read(1.0)
    assert _open_files() > before
    probe.close()
    assert _open_files() == before


def test_the_portable_reader_finds_this_process():
    probe = PortableProcessProbe()
    assert probe.read(0.0).status is Status.STALE
    found = probe.read(1.0).value
    assert found.count > 1
    assert all(p.cpu_share >= 0 for p in found.processes)


def test_a_reader_is_chosen_for_this_system():
    assert process_probe().name == "processes"


def test_the_top_holds_the_busiest_and_the_largest_busiest_first():
    found = {1: (0.9, 1), 2: (0.0, 100), 3: (0.1, 2)}
    assert top(found, 1) == (1, 2)
    assert top(found, 3) == (1, 3, 2)


@linux_only
def test_with_few_files_allowed_every_process_is_still_read(tmp_path):
    for pid in range(1, 9):
        _stat(tmp_path, pid, pages=pid)
    probe = _probe(tmp_path)
    probe._most_open = 3
    probe.read(0.0)
    hertz = os.sysconf("SC_CLK_TCK")
    for pid in range(1, 9):
        _stat(tmp_path, pid, ticks=hertz, pages=pid)
    found = probe.read(1.0).value
    assert found.count == 8
    assert {p.cpu_share for p in found.processes} == {1.0}
    assert sum(known.fd >= 0 for known in probe._known.values()) <= 3
    probe.close()


@linux_only
def test_a_file_that_says_nonsense_is_left_out_and_the_rest_is_read(tmp_path):
    _stat(tmp_path, 1)
    (tmp_path / "2").mkdir()
    (tmp_path / "2" / "stat").write_text("2 (cut off")
    probe = _probe(tmp_path)
    probe.read(0.0)
    assert [p.pid for p in probe.read(1.0).value.processes] == [1]
    probe.close()
