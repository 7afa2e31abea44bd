"""The ranks of a run over several computers; the same face as the ranks of one computer."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.cluster import ending, fault
from hwstudio.worker.cluster.link import Link, ask_again
from hwstudio.worker.cluster.meeting import Meeting

START_LIMIT_S = 90.0  # importing torch from a slow disk
PUMP_S = 0.1
SETTLE_S = 0.35  # what arrives in this time counts as arrived together
DOUBT_S = 1.3  # a computer silent for so long is asked over a second connection
CLOSE_S = 3.0
FAILED_CLOSE_S = 1.6  # after a failure people wait for its cause


@dataclass
class RemoteRank:
    """One rank and what was heard from it."""

    index: int
    host: int
    heard_s: float
    pid: int = 0
    about: dict[str, Any] = field(default_factory=dict)
    is_ready: bool = False
    failure: dict[str, Any] | None = None
    failed_s: float = 0.0
    fell: dict[str, Any] | None = None


@dataclass
class HostSight:
    """What a computer last told of its network, and what a second connection found."""

    report: dict[str, Any] = field(default_factory=dict)
    state_since_s: float = 0.0
    is_asked: bool = False
    answer: tuple[int, int] | None = None
    is_answered: bool = False


class RemoteRanks:
    """All ranks of a run."""

    def __init__(self, meeting: Meeting, jobs: list[dict[str, Any]], channel: Channel) -> None:
        self._meeting, self._channel = meeting, channel
        self._links = meeting.links
        self._ticket = 0
        self._answers: dict[int, dict[str, Any]] = {}
        self._fault: fault.Fault | None = None
        now = time.monotonic()
        self._ranks = [RemoteRank(int(job["rank"]), int(job["host"]), now) for job in jobs]
        self._sights = [HostSight() for _ in self._links]
        for link in self._links:
            seen = meeting.seen[link.index]
            link.send(
                do="start",
                name=link.name,
                jobs=[job for job in jobs if job["host"] == link.index],
                peers=meeting.peers_of(link.index),
                interface=seen.place.interface if seen.place else "",
            )

    @property
    def pids(self) -> list[int]:
        """Return the process ids in rank order, each of its own computer (0: not yet known)."""
        return [rank.pid for rank in self._ranks]

    @property
    def about(self) -> list[dict[str, Any]]:
        """Return what each rank said it runs on, with the name of its computer."""
        return [{**rank.about, "host": self._links[rank.host].name} for rank in self._ranks]

    def wait_ready(self) -> None:
        """Wait until every rank has joined.

        Raises:
            Failure: one of them could not.
        """
        deadline = time.monotonic() + START_LIMIT_S
        while not all(rank.is_ready for rank in self._ranks):
            self._pump()
            if time.monotonic() > deadline:
                late = next(rank for rank in self._ranks if not rank.is_ready)
                raise Failure(
                    "error",
                    f"Process {late.index} on {self._links[late.host].name} did not start in time",
                    f"it was not ready after {START_LIMIT_S:.0f} s",
                    "See whether torch starts there, and try again when it is less busy",
                )
        self._channel.emit("condition", name="rank pids", value=self.pids)

    def order(self, who: list[int], **order: Any) -> list[dict[str, Any]]:
        """Give one order to some ranks at once and return their answers in that order.

        Raises:
            Failure: a rank or a computer failed.
        """
        self._ticket += 1
        self._answers = {}
        for index in who:
            link = self._links[self._ranks[index].host]
            link.send(do="rank", rank=index, order={"ticket": self._ticket, **order})
        while len(self._answers) < len(who):
            self._pump()
        return [self._answers[index] for index in who]

    def close(self) -> None:
        """End everything everywhere and tell what is known to be gone."""
        lost = self._fault.hosts if self._fault and self._fault.cause == "cut" else ()
        unanswered = {
            link.name
            for link, sight in zip(self._links, self._sights, strict=True)
            if link.name in lost and sight.is_answered and sight.answer is None
        }
        limit_s = FAILED_CLOSE_S if self._fault else CLOSE_S
        is_stuck = self._fault and self._fault.rank is None and self._fault.cause != "cut"
        stuck = frozenset(self._fault.hosts) if self._fault and is_stuck else frozenset()
        told = ending.part(self._links, limit_s, frozenset(unanswered), stuck)
        self._channel.emit("condition", name="cleared", value=told)

    def _pump(self) -> None:
        """Take what was heard, then look for what went wrong."""
        self._channel.check()
        self._drain(PUMP_S)
        self._ask_silent()
        if fault.find(*self._facts()) is None:
            return
        end = time.monotonic() + SETTLE_S
        while time.monotonic() < end:
            self._drain(0.05)
        found = fault.find(*self._facts())
        if found is not None:
            self._fault = found
            self._channel.emit("condition", name="failure", value=asdict(found))
            kind = "oom" if found.cause == "oom" else "error"
            raise Failure(kind, found.what, found.why, found.remedy)

    def _drain(self, timeout_s: float) -> None:
        inbox = self._meeting.inbox
        with contextlib.suppress(queue.Empty):
            self._take(*inbox.get(timeout=timeout_s))
            while True:
                self._take(*inbox.get_nowait())

    def _take(self, host: int, event: dict[str, Any] | None) -> None:
        if event is None:
            return
        kind = event.get("event")
        if kind == "rank":
            self._take_of_rank(self._ranks[int(event["rank"])], event["message"])
        elif kind == "rank_fell":
            self._ranks[int(event["rank"])].fell = event
        elif kind == "started":
            own = [rank for rank in self._ranks if rank.host == host]
            for rank, pid in zip(own, event["pids"], strict=True):
                rank.pid = int(pid)
        elif kind == "neighbours":
            sight = self._sights[host]
            if event["state"] != sight.report.get("state", ""):
                sight.state_since_s = time.monotonic()
            sight.report = event

    def _take_of_rank(self, rank: RemoteRank, event: dict[str, Any]) -> None:
        rank.heard_s = time.monotonic()
        kind = event.get("event")
        if kind == "ready":
            rank.is_ready, rank.about = True, dict(event["about"], pid=event["pid"])
        elif kind == "answer" and event.get("ticket") == self._ticket:
            self._answers[rank.index] = event
        elif kind == "failed" and rank.failure is None:
            rank.failure, rank.failed_s = event, rank.heard_s

    def _ask_silent(self) -> None:
        """Ask computers that fell silent, or whose connection ended, over a second one."""
        now = time.monotonic()
        for link, sight in zip(self._links, self._sights, strict=True):
            if now - link.heard_s <= DOUBT_S and not link.is_over:
                # Heard again: the next silence is a new one, asked about anew.
                if sight.is_answered:
                    sight.is_asked, sight.is_answered, sight.answer = False, False, None
            elif not sight.is_asked:
                sight.is_asked = True
                threading.Thread(target=self._ask, args=(link, sight), daemon=True).start()

    def _ask(self, link: Link, sight: HostSight) -> None:
        sight.answer = ask_again(link.host, "look", 2.0)
        sight.is_answered = True

    def _facts(self) -> tuple[list[fault.HostFacts], list[fault.RankFacts]]:
        now = time.monotonic()
        hosts = [
            _host_facts(link, sight, now)
            for link, sight in zip(self._links, self._sights, strict=True)
        ]
        ranks = [_rank_facts(rank, self._links[rank.host].name, now) for rank in self._ranks]
        return hosts, ranks


def _host_facts(link: Link, sight: HostSight, now: float) -> fault.HostFacts:
    report = sight.report
    alive, paused = sight.answer or (0, 0)
    return fault.HostFacts(
        name=link.name,
        heard_ago_s=0.0 if link.is_over else now - link.heard_s,
        is_over=link.is_over,
        code=link.code if link.is_over else None,
        last_words=next((line for line in reversed(link.tail) if line.strip()), ""),
        interface=str(report.get("interface", "")),
        state=str(report.get("state", "")),
        state_for_s=now - sight.state_since_s,
        answers=sight.answer is not None if sight.is_answered else None,
        alive=alive,
        paused=paused,
        silent_s=dict(report.get("silent_s", {})),
    )


def _rank_facts(rank: RemoteRank, host: str, now: float) -> fault.RankFacts:
    failure, fell = rank.failure or {}, rank.fell or {}
    return fault.RankFacts(
        rank=rank.index,
        host=host,
        pid=rank.pid,
        how=str(fell.get("how", "")),
        code=fell.get("code"),
        is_starved=bool(fell.get("is_starved")),
        kind=str(failure.get("kind", "")),
        what=str(failure.get("what", "")),
        why=str(failure.get("why", "")),
        remedy=str(failure.get("remedy", "")),
        tail=tuple(fell.get("tail", ())),
        heard_ago_s=now - rank.heard_s if rank.is_ready else 0.0,
        failed_for_s=now - rank.failed_s if rank.failure else 0.0,
    )
