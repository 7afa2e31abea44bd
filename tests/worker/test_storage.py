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
from hwstudio.worker.drive.linux_aio import LinuxAio
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


def traffic(asked, moved, others=NOBODY, has_waited=False):
    """Return the traffic after ``asked`` requests, of which the drive counted ``moved``."""
    COUNTED[0] = 0
    pattern = Pattern("random_read", PAGE, 32, is_random=True)
    found = Traffic(Counter(Path()), pattern, others)
    found.counted(lambda: asked)()
    COUNTED[0] = moved * PAGE
    return found, found.is_disturbed(has_waited)


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


# Windows of a tenth of a second on two cores while small pieces are written, in ticks: the columns
# of /proc/stat, then ours outside and inside the kernel. Those with burners are recorded, on a
# machine that had other work too; the quiet one is reckoned from what we and the system's threads
# took there and from how much was idle on a quiet machine.
QUIET = ("2 0 6 12 0 0 1 0", 2, 5)
ONE_BURNER = ("8 4 6 0 0 0 1 0", 3, 3)
TWO_BURNERS = ("9 4 6 0 0 0 1 0", 1, 5)


@pytest.mark.parametrize(
    ("window", "has_waited", "is_disturbed"),
    [
        (QUIET, True, False),  # for the system's own thread, which ends our request on our core
        (QUIET, False, False),
        (("3 0 6 11 0 0 1 0", 2, 5), True, False),  # one tick: as much as the counter may err
        (("4 0 6 10 0 0 1 0", 2, 5), True, True),
        (("2 0 9 8 0 0 2 0", 2, 5), True, True),  # the system worked for somebody else too
        (ONE_BURNER, True, True),
        (ONE_BURNER, False, True),
        (("11 0 6 4 0 0 0 0", 1, 5), True, True),
        (("11 0 6 4 0 0 0 0", 1, 5), False, False),  # a burner on the other core
        (TWO_BURNERS, True, True),
        (TWO_BURNERS, False, True),
    ],
)
def test_waiting_for_a_core_disturbs_only_where_others_ran(
    tmp_path, monkeypatch, window, has_waited, is_disturbed
):
    columns, *own = window
    stat = tmp_path / "stat"
    stat.write_text("cpu 0 0 0 0 0 0 0 0\n")
    used = iter([(0, 0), tuple(own)])
    monkeypatch.setattr("hwstudio.worker.others._ticks", lambda _pid: next(used))
    others = Others(tuple, stat)
    stat.write_text(f"cpu {columns}\n")
    assert traffic(10_000, 10_020, others, has_waited)[1] is is_disturbed


def test_where_nobody_counts_who_ran_a_wait_is_enough_to_disturb():
    assert traffic(10_000, 10_020, NOBODY, has_waited=True)[1]
    assert not traffic(10_000, 10_020, NOBODY)[1]


def test_one_tick_more_in_several_windows_is_a_program(tmp_path, monkeypatch):
    monkeypatch.setattr("hwstudio.worker.others._ticks", lambda _pid: (0, 0))
    stat = tmp_path / "stat"
    stat.write_text("cpu 0 0 0 0 0 0 0 0\n")
    others, found = Others(tuple, stat), []
    for window in range(1, 7):
        stat.write_text(f"cpu {window + window // 4} 0 {window} {18 * window} 0 0 0 0\n")
        found.append(others.are_in_our_way(True))
    assert found == [False, False, False, True, True, True]  # a twentieth is not more than one


@linux_only
def test_only_the_cores_that_we_may_use_are_counted(tmp_path, monkeypatch):
    stat = tmp_path / "stat"
    rows = "cpu 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 0\nintr 1 2\n"
    stat.write_text(rows)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {1})
    others = Others(tuple, stat)
    stat.write_text("cpu 90 0 0 110 0 0 0 0\ncpu0 0 0 0 100 0 0 0 0\ncpu1 90 0 0 10 0 0 0 0\n")
    assert others.shares().idle == pytest.approx(0.1)


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
    """Asynchronous requests of which the very first is late."""

    def __init__(self, _file, _depth, _count, _is_write, row) -> None:
        self.length, self.begun, self.rooms, self.under_way = len(row), 0, [], []
        self.is_late = True

    def give_rooms(self, rooms) -> None:
        self.rooms = list(rooms)

    def submit(self, count) -> None:
        assert count == len(self.rooms)
        for room in self.rooms:
            self.under_way.append((self.begun % self.length, room))
            self.begun += 1
        used = [room for _, room in self.under_way]
        assert len(set(used)) == len(used), "two requests under way read into one room"

    def wait(self, _seconds):
        late = self.under_way[: self.is_late]
        ended, self.under_way = self.under_way[len(late) :], late
        return ended

    def close(self) -> None:
        pass


def test_that_a_late_request_keeps_its_room_while_the_row_comes_round_again(monkeypatch):
    monkeypatch.setattr(requests, "LinuxAio", LateFirst)
    monkeypatch.setattr(Content, "is_right", lambda *_: True)
    scratch = SimpleNamespace(size_bytes=40 * PAGE, direct=-1)
    pattern = Pattern("random_read", PAGE, 4, is_random=True)
    row = AioRequests(scratch, Content(pattern.room_bytes), pattern)
    for _ in range(2):
        row.advance()
    assert row._aio.begun > 2 * row._aio.length
    assert row._aio.under_way[0] == (0, 0)
    row._aio.is_late = False
    row.advance()
    assert len({room for _, room in row._aio.under_way}) == pattern.depth


def test_that_more_requests_than_the_file_has_blocks_still_have_rooms_of_their_own(monkeypatch):
    monkeypatch.setattr(requests, "LinuxAio", LateFirst)
    monkeypatch.setattr(Content, "is_right", lambda *_: True)
    scratch = SimpleNamespace(size_bytes=2 * PAGE, direct=-1)
    pattern = Pattern("random_read", PAGE, 5, is_random=True)
    row = AioRequests(scratch, Content(pattern.room_bytes), pattern)
    assert row._aio.length == 5
    assert row.advance() == 4 * requests.AT_ONCE  # all but the late one, again and again


@linux_only
def test_that_every_request_reads_into_the_room_it_was_given(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"".join(bytes([number]) * PAGE for number in range(8)))
    content, handle = Content(4 * PAGE), os.open(file, os.O_RDONLY)
    row = [(content.target(0), number * PAGE) for number in range(8)]
    try:
        asked = LinuxAio(handle, 4, PAGE, False, row)
    except OSError:
        pytest.skip("no asynchronous requests in this container")
    seen = {}
    for rooms in ([2, 0, 3, 1], [1, 3, 0, 2]):
        asked.give_rooms(rooms)
        asked.submit(4)
        ended = []
        while len(ended) < 4:
            ended += asked.wait(1.0)
        seen |= {number: content.room[room * PAGE] for number, room in ended}
        assert [room for _, room in sorted(ended)] == rooms
    asked.close()
    os.close(handle)
    assert seen == {number: number for number in range(8)}


@pytest.mark.parametrize(
    ("own_share", "each", "handed", "waited"),
    [
        (0.4, 1, [1, 1, 1, 1], 1),
        (0.6, 1, [1, 1, 1, 1], 4),
        (0.6, 2, [1, 1, 1, 1], 1),
        (1.0, 32, [2, 4, 8, 16], 1),
    ],
    ids=["the drive is slow", "each wakes us", "they end together", "a core is full"],
)
def test_that_requests_go_one_by_one_unless_that_fills_a_core(
    monkeypatch, own_share, each, handed, waited
):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(requests.time, "perf_counter", lambda: clock.now)
    monkeypatch.setattr(requests.time, "thread_time", lambda: clock.now * own_share)
    lumps, found = Lumps(32), []
    for _ in handed:
        clock.now += 1.0
        lumps.after(each, 1)
        assert lumps.most_handed == (found[-1] if found else 1)  # too few yet to say
        lumps.after(LOOK_EVERY, LOOK_EVERY // each)
        found.append(lumps.most_handed)
    assert found == handed
    assert lumps.least_waited == waited


def test_that_a_short_queue_is_never_waited_for_in_lumps(monkeypatch):
    clock = iter(range(100))
    monkeypatch.setattr(requests.time, "perf_counter", lambda: float(next(clock)))
    monkeypatch.setattr(requests.time, "thread_time", lambda: 1e9)
    lumps = Lumps(8)
    lumps.after(LOOK_EVERY, LOOK_EVERY)
    assert lumps.least_waited == 1
