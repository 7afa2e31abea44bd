"""Ranks that a stand-in for srun starts: they meet, obey; a lost one is named with its node."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from hwstudio.worker import ranks as ranks_room
from hwstudio.worker.channel import Failure
from hwstudio.worker.slurm import step
from hwstudio.worker.slurm.far_ranks import FarRanks, Gathering
from hwstudio.worker.slurm.step import srun_command, why_lost
from hwstudio.worker.slurm.task import interface_of

DATA = Path(__file__).parents[1] / "data" / "slurm"
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Slurm runs on Linux")


class Line:
    """A channel to nobody."""

    def check(self):
        pass

    def on_stop(self, action):
        pass


@pytest.fixture
def start(monkeypatch):
    """Start three ranks on three nodes that misbehave as told; close them at the end."""
    opened = []

    def go(srun="", rank=""):
        monkeypatch.setenv("PATH", f"{DATA / 'bin'}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("SLURM_NTASKS", "3")
        monkeypatch.setenv("FAKE_SRUN", srun)
        monkeypatch.setenv("FAKE_RANK", rank)
        monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        command = [sys.executable, str(DATA / "fake_task.py")]
        monkeypatch.setattr(step, "own_command", lambda _word: command)
        gathering = Gathering(3, Line())
        opened.append(gathering.step)
        tasks = gathering.wait()
        jobs = [{"rank": n, "environment": {"A": str(n)}} for n in range(3)]
        made = FarRanks(tasks, gathering.step, jobs, Line())
        opened.append(made)
        made.wait_ready()
        return made

    yield go
    for each in opened[1::2]:
        each.close()
    for each in opened[::2]:
        each.end()
    assert left() == []


def order_for_ever(ranks) -> None:
    while True:
        ranks.order([0, 1, 2], do="agree")


def left() -> list[int]:
    """Return tasks and ranks that still live, after a moment to go."""
    end = time.monotonic() + 6
    while time.monotonic() < end:
        found = [
            each.pid
            for each in psutil.Process().children(recursive=True)
            if "fake_" in " ".join(_words(each))
        ]
        if not found:
            return []
        time.sleep(0.1)
    return found


def _words(process) -> list[str]:
    try:
        return [] if process.status() == psutil.STATUS_ZOMBIE else process.cmdline()
    except psutil.Error:
        return []


@linux_only
def test_every_rank_gets_its_own_job_and_answers_in_order_with_its_node(start):
    ranks = start()
    assert [a["rank"] for a in ranks.order([2, 0], do="agree")] == [2, 0]
    assert [about["node"] for about in ranks.about] == ["node0", "node1", "node2"]
    assert ranks.about[1]["environment"] == {"A": "1"}


@linux_only
def test_a_killed_rank_is_named_with_its_node(start):
    ranks = start(srun="kill 1")
    with pytest.raises(Failure) as caught:
        order_for_ever(ranks)
    assert caught.value.what.startswith("Process 1 of 3 on node node1 was killed")


@linux_only
def test_a_lost_node_is_named_with_slurms_own_reason(start):
    ranks = start(srun="lose 2")
    with pytest.raises(Failure) as caught:
        order_for_ever(ranks)
    assert caught.value.what == "Process 2 of 3 on node node2 is gone"
    assert "node" in caught.value.why


@linux_only
def test_a_rank_out_of_memory_is_named_before_those_that_only_lost_their_peer(start):
    ranks = start(rank="oom 1")
    with pytest.raises(Failure) as caught:
        order_for_ever(ranks)
    assert caught.value.kind == "oom"
    assert "Process 1 of 3 on node node1 ran out of memory" in caught.value.what


@linux_only
def test_a_stopped_rank_is_named_and_taken_away(start, monkeypatch):
    monkeypatch.setattr(ranks_room, "SILENCE_LIMIT_S", 2.0)
    ranks = start(rank="stop 0")
    with pytest.raises(Failure) as caught:
        ranks.order([0, 1, 2], do="agree")
    assert "Process 0 on node node0 stopped responding" in caught.value.what


@linux_only
def test_a_job_that_gets_no_nodes_says_what_slurm_said(start):
    with pytest.raises(Failure) as caught:
        start(srun="refuse")
    assert "Requested nodes are busy" in caught.value.why


def test_srun_starts_one_task_per_rank_with_the_cores_of_the_job():
    command = srun_command({"SLURM_NTASKS": "8", "SLURM_CPUS_PER_TASK": "4"})
    assert command[:4] == ["srun", "--ntasks=8", "--kill-on-bad-exit=0", "--cpus-per-task=4"]
    assert command[-1] == "slurm"


@pytest.mark.parametrize(
    ("line", "rank", "node", "words"),
    [
        ("srun: error: n2: task 3: Out Of Memory", 3, "n2", "the node ran out of memory"),
        ("srun: error: n[1-2]: tasks 0-1,3: Killed", 1, "n1", "it was killed; most often"),
        ("srun: error: n2: task 3: Exited with exit code 7", 3, "n2", "Exited with exit code 7"),
        ("srun: error: Node failure on n2", 5, "n2", "Slurm lost the node"),
        ("srun: error: n2: task 3: Killed", 4, "n2", ""),
        ("srun: error: Node failure on n1", 5, "n2", ""),
    ],
)
def test_what_slurm_says_of_a_task_is_put_into_words(line, rank, node, words):
    found = why_lost(("srun: launching", line), rank, node)
    assert found.startswith(words) if words else found == ""


@linux_only
def test_the_interface_that_holds_an_address_is_found_and_a_strange_one_has_none():
    assert interface_of("127.0.0.1") == "lo"
    assert interface_of("192.0.2.77") == ""
