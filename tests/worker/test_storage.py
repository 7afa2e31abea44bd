"""A drive is measured past the cache, a cache is called one, and no test file is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from hwstudio.core.bench.launch import Interpreter, clean_environment, command
from hwstudio.core.bench.scratch import PREFIX as SUPERVISORS_PREFIX
from hwstudio.core.bench.scratch import remove_scratch
from hwstudio.core.bench.suite.storage import BENCH, POINTS
from hwstudio.core.bench.supervisor import Job, Limits, Supervisor
from hwstudio.core.model.result import Outcome
from hwstudio.worker.channel import Failure
from hwstudio.worker.drive import place as places
from hwstudio.worker.drive import requests
from hwstudio.worker.drive.content import PAGE, Content
from hwstudio.worker.drive.place import MIB, Place, find_place, mount_of, refuse_if_full
from hwstudio.worker.drive.requests import LOOK_EVERY, AioRequests, Lumps, Pattern
from hwstudio.worker.drive.scratch import PREFIX
from hwstudio.worker.kernels.storage import PATTERNS, Traffic
from hwstudio.worker.others import Others

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own counters")
TINY = {"size_mib": 64, "cap_s": 0.3, "warmup_s": 0.0}


def is_in_memory(folder: Path) -> bool:
    mount = mount_of(folder)
    return mount is not None and mount.kind in places.IN_MEMORY


class Run:
    """One supervised worker on a folder."""

    def __init__(self, tmp_path, **params) -> None:
        self.folder = tmp_path / "on the drive"
        self.folder.mkdir()
        self.events, self.cancel, self.react = [], threading.Event(), lambda _event: None
        line = command(Interpreter(sys.executable, "3", ""))
        env = clean_environment(os.environ, frozen=False)
        given = {"folder": str(self.folder), **TINY, **params}
        self.job = Job(line, env, "storage", given, tmp_path / "run")

    def take(self, event) -> None:
        self.events.append(event)
        self.react(event)

    def go(self):
        return Supervisor(self.job, self.take, self.cancel, Limits(beat_s=60.0)).run()

    def series(self) -> dict:
        return {e.data["series"]: e.data for e in self.events if e.kind == "series"}

    @property
    def left(self) -> list[Path]:
        return list(self.folder.iterdir())


@pytest.fixture
def a_run(tmp_path):
    if is_in_memory(tmp_path):
        pytest.skip("the temporary folder lies in memory")
    return lambda **params: Run(tmp_path, **params)


def test_every_point_is_measured_with_its_depth_and_no_file_is_left(a_run):
    run = a_run(depth=4, random_depth=16)
    ending = run.go()
    assert ending.outcome is Outcome.FINISHED, ending.words
    found = run.series()
    assert tuple(found) == POINTS
    depths = {name: data["queue_depth"] for name, data in found.items()}
    assert depths == {
        "sequential_read": 4, "sequential_write": 4, "random_read": 16, "random_write": 16,
        "cached_read": 1,
    }  # fmt: skip
    assert all(data["count"] >= 3 for data in found.values())
    assert run.left == []


@linux_only
def test_what_is_read_past_the_cache_is_what_the_drive_itself_counts(a_run):
    run = a_run(points=["sequential_read", "random_read"])
    assert run.go().outcome is Outcome.FINISHED
    for data in run.series().values():
        if data["moved_share"] is not None:  # a file system without a drive of its own
            assert data["moved_share"] > 0.9
            assert "is_cached" not in data


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals")
@pytest.mark.parametrize("how", ["cancel", "kill"])
def test_neither_a_cancel_nor_a_kill_leaves_the_test_file(a_run, how):
    run = a_run(cap_s=60.0)

    def react(event):
        if event.kind == "sample":
            if how == "cancel":
                run.cancel.set()
            else:
                os.kill(run.events[0].data["pid"], signal.SIGKILL)
            run.react = lambda _event: None

    run.react = react
    ending = run.go()
    assert ending.outcome is (Outcome.CANCELLED if how == "cancel" else Outcome.CRASHED)
    assert run.left == []


def test_a_named_test_file_left_on_a_stubborn_file_system_is_removed_by_the_supervisor(tmp_path):
    assert SUPERVISORS_PREFIX == PREFIX
    left, other = tmp_path / f"{PREFIX}1-2", tmp_path / "thesis.tex"
    left.write_bytes(b"x")
    other.write_bytes(b"x")
    for told in (str(left), str(other), None, 7):
        remove_scratch(told)
    assert not left.exists()
    assert other.exists()


MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:26 / /dev/shm rw,nosuid shared:4 - tmpfs tmpfs rw,size=24G
31 22 8:17 / /mnt/my\\040data rw - xfs /dev/sdb1 rw
32 22 0:50 / /home/lab rw - nfs4 server:/lab rw
"""


@pytest.fixture
def mounts(tmp_path):
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTS)
    return table


def test_the_file_system_of_a_folder_is_that_of_the_deepest_mount_above_it(mounts):
    assert mount_of(Path("/dev/shm/x"), mounts).kind == "tmpfs"
    assert mount_of(Path("/mnt/my data/sets"), mounts).source == "/dev/sdb1"
    assert mount_of(Path("/home/labour"), mounts).kind == "ext4"
    assert mount_of(Path("/home/lab"), mounts).kind == "nfs4"


def test_memory_that_looks_like_a_drive_is_refused(tmp_path):
    table = tmp_path / "mountinfo"
    table.write_text(f"30 22 0:26 / {tmp_path} rw - tmpfs tmpfs rw\n")
    with pytest.raises(Failure) as refused:
        find_place(str(tmp_path), table)
    assert "lies in memory (tmpfs)" in refused.value.why
    assert "Choose a folder" in refused.value.remedy


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(Failure, match="is not a folder"):
        find_place(str(tmp_path / "nowhere"))


def test_a_drive_without_room_for_the_file_and_for_others_is_refused(tmp_path, monkeypatch):
    free = 2 * 1024 * MIB
    usage = type("Usage", (), {"free": free})()
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    refuse_if_full(Place(tmp_path), 1024 * MIB)
    with pytest.raises(Failure, match="not enough room") as refused:
        refuse_if_full(Place(tmp_path), 1025 * MIB)
    assert "2.0 GiB are free" in refused.value.why


class Counter(Place):
    """A drive whose counter is set by hand."""

    def moved_bytes(self):
        return COUNTED[0]


COUNTED = [0]
NOBODY = Others(tuple, Path("/nowhere"))  # not counted: nobody disturbs


def traffic(asked, moved, others=NOBODY):
    """Return the traffic after ``asked`` requests, of which the drive counted ``moved``."""
    COUNTED[0] = 0
    pattern = Pattern("random_read", PAGE, 32, is_random=True)
    found = Traffic(Counter(Path()), pattern, others)
    found.counted(lambda: asked)()
    COUNTED[0] = moved * PAGE
    return found, found.is_disturbed()


def test_a_read_that_never_reached_the_drive_is_called_cached():
    found, _ = traffic(asked=10_000, moved=12)
    words = found.cache_words()
    assert words["is_cached"]
    assert "system's cache" in words["cached_why"]


def test_a_read_that_the_drive_counted_is_not_cached_and_not_disturbed():
    found, is_disturbed = traffic(asked=10_000, moved=10_020)
    assert found.cache_words() == {}
    assert not is_disturbed


def test_traffic_of_others_does_not_hide_that_our_own_came_from_memory():
    class Watched(Place):
        counts = iter([0, 100 * PAGE])

        def moved_bytes(self):
            return COUNTED[0]

        def own_bytes(self):
            return next(self.counts)

    COUNTED[0] = 0
    found = Traffic(Watched(Path()), Pattern("random_read", PAGE, 32, is_random=True))
    found.counted(lambda: 10_000)()
    COUNTED[0] = 50_000 * PAGE
    assert found.is_disturbed()
    assert found.cache_words()["is_cached"]


def test_what_this_process_moved_is_asked_only_where_it_is_surely_counted(tmp_path):
    counts = tmp_path / "io"
    counts.write_text("rchar: 9\nread_bytes: 4096\nwrite_bytes: 512\n")
    assert Place(tmp_path, "ext4").own_bytes(counts) == 4608
    assert Place(tmp_path, "fuse.sshfs").own_bytes(counts) is None
    assert Place(tmp_path, "ext4").own_bytes(tmp_path / "none") is None


def test_traffic_of_others_on_the_same_drive_disturbs():
    assert traffic(asked=10_000, moved=12_000)[1]


@pytest.mark.parametrize(
    ("user", "idle", "is_disturbed"),
    [(98, 2, True), (80, 20, False), (5, 95, False)],
    ids=["every core taken by others", "a core is left", "nobody there"],
)
def test_a_drive_beside_programs_that_take_every_core_is_disturbed(
    tmp_path, user, idle, is_disturbed
):
    stat = tmp_path / "stat"
    stat.write_text("cpu 0 0 0 0 0 0 0 0\n")
    others = Others(tuple, stat)
    stat.write_text(f"cpu {user} 0 0 {idle} 0 0 0 0\n")
    assert traffic(asked=10_000, moved=10_020, others=others)[1] is is_disturbed


@linux_only
def test_pages_left_in_the_cache_by_a_buffered_read_are_recognised_live(tmp_path):
    if is_in_memory(tmp_path):
        pytest.skip("the temporary folder lies in memory")
    place = find_place(str(tmp_path))
    if place.moved_bytes() is None:
        pytest.skip("this file system has no drive of its own")
    file = tmp_path / "kept"
    file.write_bytes(os.urandom(8 * MIB))
    found = Traffic(place, Pattern("sequential_read", MIB, 8))
    handle = os.open(file, os.O_RDONLY)  # not past the cache: the fault to be found

    def again() -> int:
        for number in range(8):
            os.pread(handle, MIB, number * MIB)
        return 8

    advance = found.counted(again)
    for _ in range(100):
        advance()
    os.close(handle)
    found.is_disturbed()
    assert found.cache_words()["is_cached"]


def test_wrong_bytes_are_noticed():
    content = Content(PAGE)
    content.room[:PAGE] = content.source_view(8192, PAGE)
    assert content.is_right(0, 8192)
    content.room[17] ^= 1
    assert not content.is_right(0, 8192)


def test_random_requests_visit_every_block_once_before_any_again():
    offsets = Pattern("random_read", PAGE, 1, is_random=True).offsets(64 * PAGE)
    first = [next(offsets) for _ in range(64)]
    assert first != sorted(first)
    assert sorted(first) == [number * PAGE for number in range(64)]


def test_the_form_and_the_kernel_name_the_same_points():
    assert tuple(each.name for each in PATTERNS) == POINTS
    assert [metric.prefix for metric in BENCH.metrics] == list(POINTS)


def test_the_drive_kernel_loads_neither_torch_nor_numpy():
    code = (
        "import sys, hwstudio.worker.kernels.storage;"
        "sys.exit(str([m for m in sys.modules if m.split('.')[0] in ('torch', 'numpy')]) or 0"
        " if any(m.split('.')[0] in ('torch', 'numpy') for m in sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert find_spec("hwstudio.worker.kernels.storage") is not None


class LateFirst:
    """Asynchronous requests of which the very first is late; keeps what was begun."""

    def __init__(self, _file, depth, _count, _is_write, row) -> None:
        self.depth, self.row, self.begun, self.under_way = depth, row, 0, []
        self.is_late = True

    def submit(self, count) -> None:
        for _ in range(count):
            self.under_way.append(self.begun % len(self.row))
            self.begun += 1
        rooms = [self.row[number][0] for number in self.under_way]
        assert len(set(rooms)) == len(rooms), "two requests under way read into one room"

    def wait(self, _seconds):
        ended = [n for n in self.under_way if n or not self.is_late]
        self.under_way = [n for n in self.under_way if n not in ended]
        return ended

    def close(self) -> None:
        pass


def test_that_a_late_request_keeps_its_room_and_the_row_goes_on_when_it_is_over(monkeypatch):
    monkeypatch.setattr(requests, "LinuxAio", LateFirst)
    monkeypatch.setattr(Content, "is_right", lambda *_: True)
    scratch = SimpleNamespace(size_bytes=40 * PAGE, direct=-1)
    pattern = Pattern("random_read", PAGE, 4, is_random=True)
    row = AioRequests(scratch, Content(pattern.room_bytes), pattern)
    for _ in range(5):
        row.advance()
    stuck = row._aio.begun
    assert stuck < 3 * pattern.depth  # nothing was begun into the late one's room
    row._aio.is_late = False
    assert row.advance() > 1
    assert row._aio.begun > stuck + pattern.depth


@pytest.mark.parametrize(("own_share", "at_once"), [(0.5, [1, 1, 1, 1]), (1.0, [2, 4, 8, 8])])
def test_that_requests_go_one_by_one_unless_handing_them_over_fills_a_core(
    monkeypatch, own_share, at_once
):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(requests.time, "perf_counter", lambda: clock.now)
    monkeypatch.setattr(requests.time, "thread_time", lambda: clock.now * own_share)
    lumps, found = Lumps(8), []
    for _ in at_once:
        clock.now += 1.0
        assert lumps.after(1) == (found[-1] if found else 1)  # too few yet to say
        found.append(lumps.after(LOOK_EVERY))
    assert found == at_once
