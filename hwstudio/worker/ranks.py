"""The processes of one distributed run: start, order, watch, and clear away.

The one that fails first is the one named: a peer that only lost its connection is not the cause.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.launch_line import own_command

START_LIMIT_S = 90.0  # importing torch on a loaded machine
SILENCE_LIMIT_S = 4.5  # a rank beats once a second; a stopped one is noticed after this
PUMP_S = 0.25  # answers wake the lead at once; this is only how often deaths are looked for
SETTLE_S = 0.4  # how long to collect further failures before naming the first
OOM_HINT = "most often the system ran out of memory"
OOM_REMEDY = "Use fewer processes, a smaller batch, or close other programs"


@dataclass
class RankProcess:
    """One rank and what was heard from it."""

    index: int
    process: subprocess.Popen[str]
    heard_s: float
    about: dict[str, Any] = field(default_factory=dict)
    is_ready: bool = False
    failure: dict[str, Any] | None = None


def loopback_name() -> str:
    """Return the name of the loopback interface, or "" where it cannot be asked (Windows)."""
    with contextlib.suppress(OSError, AttributeError):
        for _, name in socket.if_nameindex():
            if name in ("lo", "lo0"):
                return name
    return ""


def free_port() -> int:
    """Return a TCP port that is free on the loopback address right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(platform: str = sys.platform) -> dict[str, str]:
    """Return the settings that make ranks on one machine find each other without any flag."""
    found = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    if platform == "win32":
        found["USE_LIBUV"] = "0"  # the Windows build of torch has no libuv
    name = loopback_name()
    if name:
        found |= {"GLOO_SOCKET_IFNAME": name, "NCCL_SOCKET_IFNAME": name}
    return found


class Ranks:
    """All ranks of a run. ``word``: what each process of this worker is started to be."""

    word = "rank"

    def __init__(self, jobs: list[dict[str, Any]], channel: Channel) -> None:
        self._channel = channel
        self._events: queue.Queue[tuple[int, dict[str, Any] | None]] = queue.Queue()
        self._ticket = 0
        self._answers: dict[int, dict[str, Any]] = {}
        self._is_closing = False
        self._ranks: list[RankProcess] = []
        channel.on_stop(self.close)
        for index, job in enumerate(jobs):
            self._ranks.append(self._start(index, job))

    @property
    def pids(self) -> list[int]:
        """Return the process ids, in rank order."""
        return [rank.process.pid for rank in self._ranks]

    @property
    def about(self) -> list[dict[str, Any]]:
        """Return what each rank said it runs on."""
        return [rank.about for rank in self._ranks]

    def _command(self, index: int) -> list[str]:
        """Return the command line of one rank; here all of them run on this machine."""
        del index
        return own_command(self.word)

    def _start(self, index: int, job: dict[str, Any]) -> RankProcess:
        process = subprocess.Popen(
            self._command(index),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=dict(os.environ),
        )
        rank = RankProcess(index, process, time.monotonic())
        threading.Thread(target=self._listen, args=(rank,), daemon=True).start()
        self._send(rank, job)
        return rank

    def _listen(self, rank: RankProcess) -> None:
        stream = rank.process.stdout
        with contextlib.suppress(OSError, ValueError):
            for line in stream or ():
                with contextlib.suppress(ValueError):
                    self._events.put((rank.index, json.loads(line)))
        self._events.put((rank.index, None))

    def _send(self, rank: RankProcess, message: dict[str, Any]) -> None:
        stdin = rank.process.stdin
        with contextlib.suppress(OSError, ValueError):  # a dead rank is noticed by the pump
            if stdin is not None:
                stdin.write(json.dumps(message) + "\n")
                stdin.flush()

    def wait_ready(self) -> None:
        """Wait until every rank has joined.

        Raises:
            Failure: one of them could not.
        """
        deadline = time.monotonic() + START_LIMIT_S
        while not all(rank.is_ready for rank in self._ranks):
            self._pump()
            if time.monotonic() > deadline:
                late = [r.index for r in self._ranks if not r.is_ready]
                raise Failure(
                    "error",
                    f"{len(late)} of {len(self._ranks)} processes did not start in time",
                    f"process {late[0]} was not ready after {START_LIMIT_S:.0f} s",
                    "Use fewer processes, or try again when the machine is less busy",
                )

    def order(self, who: list[int], **order: Any) -> list[dict[str, Any]]:
        """Give one order to some ranks at once and return their answers in that order.

        Raises:
            Failure: a rank died, failed or stopped responding.
        """
        self._ticket += 1
        self._answers = {}
        for index in who:
            self._send(self._ranks[index], {"ticket": self._ticket, **order})
        while len(self._answers) < len(who):
            self._pump()
        return [self._answers[index] for index in who]

    def close(self) -> None:
        """Kill and reap whatever is left."""
        self._is_closing = True
        for rank in self._ranks:
            with contextlib.suppress(OSError):
                rank.process.kill()
        for rank in self._ranks:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                rank.process.wait(2)

    def _pump(self) -> None:
        """Take what was heard, then look for ranks that died or fell silent."""
        self._channel.check()
        self._drain(PUMP_S)
        broken = [r for r in self._ranks if r.failure or r.process.poll() is not None]
        if broken:
            self._collect()
            raise self._first_cause()
        now = time.monotonic()
        for rank in self._ranks:
            if rank.is_ready and now - rank.heard_s > SILENCE_LIMIT_S:
                raise Failure(
                    "error",
                    f"Process {rank.index} (pid {rank.process.pid}) stopped responding",
                    f"nothing was heard from it for {SILENCE_LIMIT_S:.0f} s",
                    "It may have been paused, or the machine is overloaded",
                )

    def _drain(self, timeout_s: float) -> None:
        with contextlib.suppress(queue.Empty):
            self._take(*self._events.get(timeout=timeout_s))
            while True:
                self._take(*self._events.get_nowait())

    def _take(self, index: int, event: dict[str, Any] | None) -> None:
        rank = self._ranks[index]
        if event is None:
            return
        rank.heard_s = time.monotonic()
        kind = event.get("event")
        if kind == "ready":
            rank.is_ready, rank.about = True, dict(event["about"], pid=event["pid"])
        elif kind == "answer" and event.get("ticket") == self._ticket:
            self._answers[index] = event
        elif kind == "failed" and rank.failure is None:
            rank.failure = event

    def _collect(self) -> None:
        end = time.monotonic() + SETTLE_S
        while time.monotonic() < end:
            self._drain(0.05)

    def _first_cause(self) -> Failure:
        """Name the rank that failed first: killed, then out of memory, then any other error."""
        killed = [r for r in self._ranks if (r.process.poll() or 0) < 0]
        starved = [r for r in self._ranks if r.failure and r.failure["kind"] == "oom"]
        failed = [r for r in self._ranks if r.failure or r.process.poll() is not None]
        rank = (killed or starved or failed)[0]
        who = f"Process {rank.index} of {len(self._ranks)} (pid {rank.process.pid})"
        if killed:
            return _killed(who, -(rank.process.poll() or 0))
        if rank.failure is None:
            return Failure("error", f"{who} ended early", f"exit code {rank.process.poll()}")
        what = "ran out of memory" if starved else _what_failed(rank.failure)
        remedy = OOM_REMEDY if starved else str(rank.failure["remedy"])
        return Failure(rank.failure["kind"], f"{who} {what}", rank.failure["why"], remedy)


def _what_failed(failure: dict[str, Any]) -> str:
    """Return our own words for a failure; the class of an exception says nothing to people."""
    what = str(failure["what"])
    return f"failed: {what[:1].lower()}{what[1:]}" if " " in what else "failed"


def _killed(who: str, number: int) -> Failure:
    if number == 9:
        return Failure("error", f"{who} was killed (signal 9)", OOM_HINT, OOM_REMEDY)
    words = {11: "crashed (segmentation fault)", 6: "aborted", 15: "was told to end (signal 15)"}
    return Failure(
        "error",
        f"{who} {words.get(number, f'was ended by signal {number}')}",
        "the run cannot go on without it",
        "Run it again; if it recurs, update PyTorch and the driver",
    )
