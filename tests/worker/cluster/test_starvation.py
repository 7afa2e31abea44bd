"""Where Linux counts the processes it ended for lack of memory."""

from __future__ import annotations

import pytest

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
