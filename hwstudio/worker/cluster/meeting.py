"""The checks before a run: meet every computer at once, and see that each reaches each.

All of it takes five seconds at most: whoever has not answered by then is told as that. Before a
run a computer whose login stands, but is slow, gets more time.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from hwstudio.worker.channel import Channel
from hwstudio.worker.cluster import judging, words
from hwstudio.worker.cluster.choice import Place, choose
from hwstudio.worker.cluster.link import Inbox, Link
from hwstudio.worker.cluster.words import FAIL, OK, Check

MEET_S = 3.6  # for logins and the first questions
NETWORK_S = 1.2  # for the connections between the computers, all together
PATIENCE_S = 20.0  # before a run: a login that still stands may take so long on a busy computer
REACH_S = 1.0  # for each connection between two computers
CLOCK_ASKS = 3


@dataclass
class Seen:
    """What is known of one computer."""

    about: dict[str, Any] | None = None
    met_s: float = 0.0  # how long the login took
    asked_s: dict[int, float] = field(default_factory=dict)
    offsets: list[tuple[float, float]] = field(default_factory=list)  # (there and back, offset)
    place: Place | None = None
    port: int = 0
    rendezvous_port: int = 0
    is_unbound: bool = False
    reached: dict[str, dict[str, Any]] = field(default_factory=dict)


class Meeting:
    """Holds the connections; after ``hold`` the checks stand."""

    def __init__(
        self, hosts: list[dict[str, Any]], channel: Channel, meet_s: float = MEET_S
    ) -> None:
        self._meet_s = self._limit_s = meet_s
        self.begun_s = time.monotonic()
        self.inbox: Inbox = queue.Queue()
        self.checks: list[Check] = []
        self.seconds = 0.0
        self._channel, self._hosts = channel, hosts
        self.seen = [Seen() for _ in hosts]
        self.links: list[Link] = []
        channel.on_stop(self.drop)
        for index, host in enumerate(hosts):
            self.links.append(Link(index, host, self.inbox))

    @property
    def failed(self) -> list[Check]:
        """Return the checks that stand in the way of a run."""
        return [check for check in self.checks if check.status == FAIL]

    def drop(self) -> None:
        """Let go of every connection at once."""
        for link in self.links:
            link.close()
        for link in self.links:
            link.wait(0.2)
            link.kill()

    def hold(self) -> None:
        """Do all checks.

        Raises:
            Stopped: the supervisor asked for an end.
        """
        self._pump_until(lambda: all(map(self._is_settled, range(len(self.links)))), self._meet_s)
        self._limit_s = time.monotonic() - self.begun_s + NETWORK_S
        self._judge_meeting()
        self._listen()
        self._reach()
        self.checks = judging.worst_first(self.checks)
        self.seconds = time.monotonic() - self.begun_s

    def _is_settled(self, index: int) -> bool:
        seen, link = self.seen[index], self.links[index]
        return link.is_over or (seen.about is not None and len(seen.offsets) == CLOCK_ASKS)

    def _pump_until(self, is_done: Callable[[], bool], end_s: float) -> None:
        while not is_done() and time.monotonic() - self.begun_s < end_s:
            self._channel.check()
            try:
                index, event = self.inbox.get(timeout=0.05)
            except queue.Empty:
                continue
            if event is not None:
                self._take(index, event)

    def _take(self, index: int, event: dict[str, Any]) -> None:
        seen, link, kind = self.seen[index], self.links[index], event.get("event")
        if kind == "hello":
            link.is_met = True
            seen.met_s = time.monotonic() - link.begun_s
            for ticket in range(CLOCK_ASKS):
                seen.asked_s[ticket] = time.time()
                link.send(do="clock", ticket=ticket)
            link.send(do="inspect")
        elif kind == "clock":
            sent, now = seen.asked_s[int(event["ticket"])], time.time()
            seen.offsets.append((now - sent, float(event["unix_s"]) - (sent + now) / 2))
        elif kind == "inspected":
            seen.about = event["about"]
        elif kind == "listening":
            seen.port = int(event["port"])
            seen.rendezvous_port = int(event["rendezvous_port"])
        elif kind == "unbound" and seen.place is not None:
            seen.is_unbound = True
            why = str(event["why"])
            self.checks.append(judging.unbound(link.name, seen.place.address, why))
        elif kind == "reached":
            seen.reached[str(event["peer"])] = event

    def _judge_meeting(self) -> None:
        abouts: dict[str, dict[str, Any]] = {}
        called = [str(host["address"]) for host in self._hosts]
        for link, seen, host in zip(self.links, self.seen, self._hosts, strict=True):
            if seen.about is None:
                self.checks.append(_not_met(link, host))
                continue
            abouts[link.name] = seen.about
            self.checks.append(Check(link.name, "login", OK, f"connected in {seen.met_s:.1f} s"))
            if seen.offsets:
                self.checks.append(judging.judge_clock(link.name, min(seen.offsets)[1]))
            chosen = choose(host, seen.about, called)
            if isinstance(chosen, Check):
                self.checks.append(chosen)
                continue
            seen.place = chosen
            shown = f"{chosen.interface} {chosen.address}".strip()
            self.checks.append(Check(link.name, "interface", OK, f"uses {shown}"))
        self.checks += judging.judge_versions(abouts)
        self.checks += judging.judge_mtus(self._mtus())

    def _mtus(self) -> dict[str, int]:
        pairs = zip(self.links, self.seen, strict=True)
        return {link.name: seen.place.mtu_bytes for link, seen in pairs if seen.place}

    def _listen(self) -> None:
        """Let every computer open a port at its chosen address."""
        asked = [index for index, seen in enumerate(self.seen) if seen.place is not None]
        for index in asked:
            place = self.seen[index].place
            self.links[index].send(do="listen", address=place.address if place else "")
        self._pump_until(
            lambda: all(self.seen[i].port or self.seen[i].is_unbound for i in asked),
            self._limit_s - NETWORK_S / 2,
        )
        for index in asked:
            seen = self.seen[index]
            if seen.port:
                name = self.links[index].name
                self.checks.append(Check(name, "bind", OK, f"listens at port {seen.port}"))

    def peers_of(self, index: int) -> list[dict[str, Any]]:
        """Return where the other computers listen, as seen from one."""
        return [
            {"name": link.name, "address": seen.place.address, "port": seen.port}
            for other, (link, seen) in enumerate(zip(self.links, self.seen, strict=True))
            if other != index and seen.place is not None and seen.port
        ]

    def _reach(self) -> None:
        """Let each call each."""
        asked = {i: self.peers_of(i) for i, seen in enumerate(self.seen) if seen.port}
        left_s = self._limit_s - (time.monotonic() - self.begun_s)
        limit_s = min(REACH_S, max(0.3, left_s / 2 - 0.1))
        for index, peers in asked.items():
            self.links[index].send(do="reach", peers=peers, limit_s=limit_s)
        self._pump_until(
            lambda: all(len(self.seen[i].reached) == len(p) for i, p in asked.items()),
            self._limit_s,
        )
        for index, peers in asked.items():
            self.checks += self._reached(index, peers)

    def _reached(self, index: int, peers: list[dict[str, Any]]) -> list[Check]:
        """Judge what one computer's calls found."""
        name, seen, found = self.links[index].name, self.seen[index], []
        for peer in peers:
            told = seen.reached.get(peer["name"], {"is_reached": False, "why": "silent"})
            if not told["is_reached"]:
                where = str(peer["address"])
                found.append(words.unreached(name, peer["name"], where, str(told["why"])))
            elif not told["is_wide"]:
                mtu = seen.place.mtu_bytes if seen.place else 0
                found.append(words.narrow(name, peer["name"], mtu))
        if peers and not found:
            found.append(Check(name, "connect", OK, f"reaches {len(peers)} of {len(peers)}"))
        return found

    def document(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {
            "is_ok": not self.failed,
            "seconds": round(self.seconds, 2),
            "hosts": [_row(link, seen) for link, seen in zip(self.links, self.seen, strict=True)],
            "checks": [asdict(check) for check in self.checks],
        }


def _not_met(link: Link, host: dict[str, Any]) -> Check:
    tail = [link.why_not_started] if link.why_not_started else list(link.tail)
    python, address = str(host["python"]), str(host["address"])
    if link.is_met:
        what = f"{link.name} did not answer in time"
        why = "it is connected, but busy"
        return Check(link.name, "login", FAIL, what, why, "Try again when it is less busy")
    return words.why_no_agent(link.name, address, python, link.code, tail)


def _row(link: Link, seen: Seen) -> dict[str, Any]:
    about = seen.about or {}
    kept = ("hostname", "own_name_leads_to", "system", "python", "torch", "nccl", "gpus", "cores")
    return {
        "name": link.name,
        "is_met": seen.about is not None,
        "login_s": round(seen.met_s, 3) if seen.about is not None else None,
        "clock_offset_s": round(min(seen.offsets)[1], 4) if seen.offsets else None,
        "address": seen.place.address if seen.place else None,
        "interface": seen.place.interface if seen.place else None,
        "mtu_bytes": seen.place.mtu_bytes if seen.place else None,
        **{name: about.get(name) for name in kept},
    }
