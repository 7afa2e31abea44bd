"""Real processes on two "computers" of this machine: they start from memory and leave nothing."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from hwstudio.core.bench.cluster.host import Host
from hwstudio.core.bench.cluster.order import order_for
from hwstudio.worker.channel import Failure
from hwstudio.worker.cluster import dead_man, ending
from hwstudio.worker.cluster.inspection import inspect
from hwstudio.worker.cluster.lead import crowds_of, gather, hosts_of, share_out
from hwstudio.worker.cluster.link import Link, ask_again
from hwstudio.worker.cluster.meeting import Meeting
from hwstudio.worker.cluster.sweep import marked

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")


class Line:
    """Stands for the channel to the supervisor."""

    def __init__(self) -> None:
        self.told = {}

    def emit(self, event, **data) -> None:
        if event == "condition":
            self.told[data["name"]] = data["value"]

    def check(self) -> None:
        """Nobody stops it."""

    def on_stop(self, action) -> None:
        self.stop = action


def here(name, **changed):
    fields = {"address": "127.0.0.1", "transport": "command", "python": sys.executable}
    return Host(**{"name": name, **fields, **changed})


def params(*hosts, **more):
    return {**order_for(hosts), "device": "cpu", "hidden": 16, "batch": 4, "threads": 1, **more}


def left(told):
    return [pid for host in told["hosts"] for pid in marked(host["mark"])]


def until_none_is_left(told, limit_s=15.0):
    end = time.monotonic() + limit_s
    while left(told) and time.monotonic() < end:
        time.sleep(0.05)
    return left(told)


@pytest.fixture
def two():
    told = params(here("a"), here("b"))
    yield told
    for pid in left(told):
        os.kill(pid, signal.SIGKILL)


def held(told):
    line = Line()
    meeting = Meeting(hosts_of(told), line)
    meeting.hold()
    return meeting


def test_two_computers_meet_and_nothing_is_left_on_either(two):
    meeting = held(two)
    document = meeting.document()
    assert {each["interface"] for each in document["hosts"]} == {"lo"}
    assert {c.check for c in meeting.checks} >= {"login", "clock", "interface", "bind", "connect"}
    assert ending.part(meeting.links, 3.0) == {"a": "nothing left", "b": "nothing left"}
    assert left(two) == []


def test_nothing_is_written_on_the_computers(two, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    meeting = held(two)
    ending.part(meeting.links, 3.0)
    assert list(tmp_path.iterdir()) == []
    assert Path(tempfile.gettempdir()).exists()


def test_a_python_that_is_missing_is_told_and_the_other_computer_is_still_checked():
    told = params(here("a"), here("b", python="/nowhere/python"))
    meeting = held(told)
    assert [(c.host, c.check) for c in meeting.failed if c.check == "python"] == [("b", "python")]
    assert meeting.document()["hosts"][0]["is_met"]
    ending.part(meeting.links, 3.0)


def test_an_interface_that_does_not_exist_is_refused_and_nothing_starts():
    told = params(here("a"), here("b", interface="nowhere0"))
    with pytest.raises(Failure, match="b has no interface nowhere0"):
        gather(told, Line())
    assert until_none_is_left(told) == []


def test_an_agent_whose_line_closes_ends(two):
    link = Link(0, hosts_of(two)[0], queue.Queue())
    wait_for_hello(link)
    link.close()
    assert link.wait(5.0)
    assert until_none_is_left(two) == []


def wait_for_hello(link):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        _, event = link._inbox.get(timeout=20)
        if event and event["event"] == "hello":
            return
    raise AssertionError("no hello")


def test_an_agent_that_hears_nothing_more_ends_though_its_line_stays_open(two):
    host = hosts_of(two)[0]
    link = Link(0, host, queue.Queue())
    wait_for_hello(link)
    open_line, link._outbox = (
        link._outbox,
        queue.SimpleQueue(),
    )  # what is sent now goes nowhere, and nothing is closed
    try:
        assert link.wait(dead_man.LIMIT_S + 10)
    finally:
        open_line.put(None)


def test_a_paused_process_is_found_and_ended_over_a_second_connection(two):
    host = hosts_of(two)[0]
    link = Link(0, host, queue.Queue())
    wait_for_hello(link)
    (pid,) = marked(host["mark"])
    os.kill(pid, signal.SIGSTOP)
    assert ask_again(host, "look", 20.0) == (1, 1)
    assert ask_again(host, "end", 20.0) == (1, 0)
    link.close()
    assert link.wait(5.0)


@needs_torch
@pytest.mark.torch
def test_ranks_train_over_two_computers_and_a_killed_one_is_named(two):
    line = Line()
    jobs, start = gather(two, line)
    ranks = start(jobs, line)
    try:
        ranks.wait_ready()
        assert [each["host"] for each in ranks.about] == ["a", "b"]
        answers = ranks.order([0, 1], do="train", shared=True, steps=2)
        assert len(answers) == 2
        assert {each["checksum"] for each in ranks.order([0, 1], do="agree")}
        os.kill(ranks.pids[1], signal.SIGKILL)
        with pytest.raises(Failure, match=r"Process 1 of 2 on b .* was killed"):
            ranks.order([0, 1], do="train", shared=True, steps=200)
    finally:
        ranks.close()
    assert line.told["failure"]["hosts"] == ("b",)
    assert line.told["cleared"] == {"a": "nothing left", "b": "nothing left"}
    assert left(two) == []


@needs_torch
@pytest.mark.torch
def test_when_the_lead_is_killed_every_rank_ends_even_a_paused_one(two, tmp_path):
    code = (
        "import json, sys\n"
        "from hwstudio.worker.channel import Channel\n"
        "from hwstudio.worker.cluster.lead import gather\n"
        "told = json.loads(sys.stdin.readline())\n"
        "channel = Channel()\nchannel.start()\njobs, start = gather(told, channel)\n"
        "ranks = start(jobs, channel)\nranks.wait_ready()\nchannel.emit('up', pids=ranks.pids)\n"
        "channel.wait(60)\n"
    )
    import json

    root = Path(__file__).parents[3]
    lead = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    lead.stdin.write(json.dumps(two).encode() + b"\n")
    lead.stdin.flush()
    up = next(e for raw in lead.stdout if (e := json.loads(raw))["event"] == "up")
    os.kill(up["pids"][0], signal.SIGSTOP)
    lead.kill()
    lead.wait()
    lead.stdin.close()
    lead.stdout.close()
    assert until_none_is_left(two) == []


def test_processes_are_shared_out_evenly_within_the_slots():
    assert share_out(0, [2, 0, 1]) == [2, 1, 1]
    assert share_out(5, [0, 0]) == [3, 2]
    assert share_out(4, [1, 0]) == [1, 3]
    with pytest.raises(Failure, match="do not fit"):
        share_out(4, [1, 2])
    with pytest.raises(Failure, match="too few"):
        share_out(1, [0, 0])


def test_processes_of_one_computer_named_twice_share_its_cores():
    assert crowds_of(["a", "b", "a"], [1, 2, 3]) == [4, 2, 4]


def test_a_computer_is_known_again_over_two_logins():
    assert inspect()["machine"] == inspect()["machine"] != ""


def test_the_dead_man_acts_only_once_the_beats_end():
    ended, beats = threading.Event(), [True]
    dead_man.watch(lambda: time.monotonic() if beats else 0.0, ended.set, limit_s=1.0)
    assert not ended.wait(2.0)
    beats.clear()
    assert ended.wait(10.0)
