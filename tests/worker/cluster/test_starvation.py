"""Where Linux counts the processes it ended for lack of memory."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hwstudio.worker.cluster import children, starvation
from hwstudio.worker.cluster.children import Children
from hwstudio.worker.cluster.starvation import count, counter_file


@pytest.fixture
def system(tmp_path):
    """Return a made-up /proc and /sys/fs/cgroup, with a count for the whole system."""
    proc, groups = tmp_path / "proc", tmp_path / "cgroup"
    (proc / "self").mkdir(parents=True)
    (proc / "vmstat").write_text("nr_free_pages 5\noom_kill 7\n")
    groups.mkdir()
    return proc, groups


def made(system, line, file, text):
    proc, groups = system
    (proc / "self" / "cgroup").write_text(f"12:cpu:/\n{line}\n")
    (groups / file).parent.mkdir(parents=True)
    (groups / file).write_text(text)
    return count(counter_file(proc, groups))


def test_the_own_group_is_asked_first(system):
    text = "low 0\noom 1\noom_kill 2\n"
    assert made(system, "0::/lab/job", "lab/job/memory.events", text) == 2


def test_the_older_kind_of_group_is_read_too(system):
    text = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"
    assert made(system, "9:memory:/lab", "memory/lab/memory.oom_control", text) == 3


def test_without_a_group_the_system_is_asked(system):
    proc, groups = system
    assert count(counter_file(proc, groups)) == 7


def test_where_nothing_counts_there_is_no_count(tmp_path):
    assert count(counter_file(tmp_path / "proc", tmp_path)) == 0


class Dying:
    """A rank that the system hit at the first look and that is gone after some more."""

    rank, pid, readers, tail = 0, 4711, (), ()
    is_told, stopped_since_s = False, 0.0

    def __init__(self, looks: int) -> None:
        self.process, self.left = self, looks

    def poll(self) -> int | None:
        self.left -= 1
        return -9 if self.left < 0 else None


class Ear(list):
    def emit(self, event, **data) -> None:
        self.append((event, data))


@pytest.mark.parametrize(
    ("seconds", "is_starved"), [(0.5, True), (5.0, True), (30.0, False)], ids=str
)
def test_that_a_rank_which_is_seconds_in_dying_is_still_known_to_have_starved(
    monkeypatch, seconds, is_starved
):
    looks = round(seconds / children.LOOK_S)
    counts = iter([3] + [4] * (looks + 2))
    monkeypatch.setattr(starvation, "count", lambda _file: next(counts))
    monkeypatch.setattr(children, "is_stopped", lambda _pid: False)
    ear = Ear()
    ranks = Children(ear, "mark")
    ranks._children.append(Dying(looks))
    ranks._is_ending = SimpleNamespace(wait=lambda _s: bool(ear), is_set=lambda: False)
    ranks._look()
    ((event, told),) = ear
    assert event == "rank_fell"
    assert told["is_starved"] is is_starved
