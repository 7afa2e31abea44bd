"""Who failed first, and of what: from what the computers and ranks of a run told.

A rank that only lost its connection is never the cause while anything better is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

UNREACHED_S = 3.0  # silence of a computer that does not answer a second connection either
SILENT_S = 4.2  # silence of a computer, or of a rank, whatever else is known
PEERS_S = 3.0  # silence of a computer towards its neighbours
NO_LINK_S = 1.2  # so long the one whose end was switched off may take to tell
LOSS_S = 3.4  # how long a lost connection waits for its cause
_LOSS = (
    *("connection closed", "connection reset", "connection refused", "broken pipe"),
    *("socket closed", "timed out", "timeout", "no route to host", "unreachable"),
    *("remote process exited", "recvvalue", "failed to recv", "was likely closed"),
    *("connection was closed", "remote server shutdown", "unhandled system error"),
)


@dataclass(frozen=True, kw_only=True)
class HostFacts:
    """What is known of one computer."""

    name: str
    heard_ago_s: float = 0.0
    is_over: bool = False  # the connecting program has ended
    code: int | None = None
    last_words: str = ""
    interface: str = ""
    state: str = ""  # of the interface: "" down, no link, gone
    state_for_s: float = 0.0
    answers: bool | None = None  # a second connection; None: not asked, or not yet known
    paused: int = 0  # of our processes there, as that connection saw
    alive: int = 0
    silent_s: dict[str, float] = field(default_factory=dict)  # towards it, by neighbour


@dataclass(frozen=True, kw_only=True)
class RankFacts:
    """What is known of one rank."""

    rank: int
    host: str
    pid: int = 0
    how: str = ""  # ended | stopped
    code: int | None = None
    is_starved: bool = False
    kind: str = ""  # of the failure it told: oom, error, ...
    what: str = ""
    why: str = ""
    remedy: str = ""
    tail: tuple[str, ...] = ()
    heard_ago_s: float = 0.0
    failed_for_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Fault:
    """The first failure. ``cause``: killed oom stopped cut crashed error silent."""

    cause: str
    hosts: tuple[str, ...]
    what: str
    why: str
    remedy: str = ""
    rank: int | None = None
    pid: int | None = None
    traceback: tuple[str, ...] = ()


def find(hosts: Sequence[HostFacts], ranks: Sequence[RankFacts]) -> Fault | None:
    """Return the first failure, or None while there is none or its cause may still show."""
    count = len(ranks)
    return (
        _switched_off(hosts)
        or next((f for r in ranks if (f := _of_rank(r, count)) is not None), None)
        or next((f for h in hosts if (f := _of_connection(h)) is not None), None)
        or _of_silence(hosts)
        or _without_link(hosts)
        or _of_peers(hosts)
        or next((f for r in ranks if (f := _late(r, count)) is not None), None)
    )


def _who(rank: RankFacts, count: int) -> str:
    return f"Process {rank.rank} of {count} on {rank.host} (pid {rank.pid})"


def is_loss(text: str) -> bool:
    """Say whether an error only tells that another process is gone."""
    low = text.lower()
    return any(sign in low for sign in _LOSS)


def _of_rank(rank: RankFacts, count: int) -> Fault | None:
    who = _who(rank, count)
    if rank.how == "stopped":
        why = "a signal or a debugger holds it"
        return _at(rank, "stopped", f"{who} was stopped", why, "Continue it, or run again")
    if rank.how == "ended" and rank.code is not None and rank.code < 0:
        return _signalled(rank, who, -rank.code)
    if rank.kind == "oom":
        remedy = "Use fewer processes, a smaller batch, or close other programs there"
        return _at(rank, "oom", f"{who} ran out of memory", rank.why, remedy)
    if rank.kind and not is_loss(rank.why):
        what = f"{rank.what[:1].lower()}{rank.what[1:]}" if " " in rank.what else "failed"
        return _at(rank, "crashed", f"{who} {what}", rank.why, rank.remedy)
    if rank.how == "ended" and not rank.kind:
        why = next((line for line in reversed(rank.tail) if line.strip()), "it said nothing")
        return _at(rank, "crashed", f"{who} ended early with code {rank.code}", why)
    return None


def _signalled(rank: RankFacts, who: str, number: int) -> Fault:
    if rank.is_starved:
        why = f"the system of {rank.host} ended it because no memory was left"
        remedy = "Use fewer processes, a smaller batch, or close other programs there"
        return _at(rank, "oom", f"{who} ran out of memory", why, remedy)
    if number in (9, 15):
        why = f"somebody or a program on {rank.host} ended it (signal {number})"
        return _at(rank, "killed", f"{who} was killed", why, "Run it again")
    words = {11: "crashed (segmentation fault)", 6: "aborted", 7: "crashed (bus error)"}
    what = f"{who} {words.get(number, f'was ended by signal {number}')}"
    why = next((line for line in reversed(rank.tail) if line.strip()), "it said nothing")
    return _at(rank, "crashed", what, why, "If it recurs, update torch and the driver there")


def _late(rank: RankFacts, count: int) -> Fault | None:
    """Return the fault of a rank without a better cause: silent, or it lost a connection."""
    who = _who(rank, count)
    if not rank.kind and rank.heard_ago_s > SILENT_S:
        why = f"nothing was heard from it for {rank.heard_ago_s:.0f} s, though {rank.host} answers"
        return _at(rank, "silent", f"{who} does not respond", why, "See what keeps it busy there")
    if rank.kind and rank.failed_for_s > LOSS_S:
        remedy = "Check the network between the computers"
        return _at(rank, "cut", f"{who} lost its connection to another process", rank.why, remedy)
    return None


def _at(rank: RankFacts, cause: str, what: str, why: str, remedy: str = "") -> Fault:
    return Fault(
        cause=cause,
        hosts=(rank.host,),
        what=what,
        why=why,
        remedy=remedy,
        rank=rank.rank,
        pid=rank.pid,
        traceback=rank.tail,
    )


def _cut(hosts: Sequence[HostFacts], what: str, why: str, remedy: str) -> Fault:
    names = tuple(host.name for host in hosts)
    return Fault(cause="cut", hosts=names, what=what, why=why, remedy=remedy)


def _switched_off(hosts: Sequence[HostFacts]) -> Fault | None:
    for host in hosts:
        if host.state in ("down", "gone"):
            word = "was switched off" if host.state == "down" else "is gone"
            return _cut(
                [host],
                f"{host.name} lost its network",
                f"its interface {host.interface} {word}",
                "Switch it on again, and see what switched it off",
            )
    return None


def _without_link(hosts: Sequence[HostFacts]) -> Fault | None:
    dark = [host for host in hosts if host.state == "no link" and host.state_for_s > NO_LINK_S]
    if not dark:
        return None
    names = " and ".join(host.name for host in dark)
    why = f"the interface {dark[0].interface} has no link"
    return _cut(dark, f"{names} lost the network", why, "Check the cable and the switch")


def _of_connection(host: HostFacts) -> Fault | None:
    """Judge a computer whose connecting program has ended."""
    if not host.is_over:
        return None
    if host.code in (-9, -15, 137, 143) or (host.answers and not host.alive):
        return Fault(
            cause="killed",
            hosts=(host.name,),
            what=f"hwstudio's process on {host.name} was killed",
            why=host.last_words or "somebody or a program there ended it",
            remedy="Run it again",
        )
    if host.answers is None:
        return None
    remedy = "Check the network to it; a computer that restarted shows so with: uptime"
    what = f"The connection to {host.name} was cut"
    return _cut([host], what, host.last_words or "it ended without a word", remedy)


def _of_silence(hosts: Sequence[HostFacts]) -> Fault | None:
    silent = [
        host
        for host in hosts
        if host.heard_ago_s > (UNREACHED_S if host.answers is False else SILENT_S)
        or (host.heard_ago_s > UNREACHED_S and host.paused)
    ]
    if not silent:
        return None
    if len(silent) == len(hosts) > 1 and not any(host.answers for host in hosts):
        what = "This computer lost its connection to all others"
        return _cut(silent, what, "none of them answers", "Check the network here")
    host = silent[0]
    if not host.answers:
        why = f"nothing was heard from it for {host.heard_ago_s:.0f} s and it does not answer"
        remedy = "Check that it is on, and the network to it"
        return _cut([host], f"The connection to {host.name} was cut", why, remedy)
    word = "was stopped" if host.paused else "does not respond"
    return Fault(
        cause="stopped" if host.paused else "silent",
        hosts=(host.name,),
        what=f"hwstudio's process on {host.name} {word}",
        why="a signal holds it" if host.paused else f"{host.name} answers, but is too busy",
        remedy="Continue it, or run again" if host.paused else "See what keeps it busy",
    )


def _of_peers(hosts: Sequence[HostFacts]) -> Fault | None:
    """Judge who is not heard by the others, though its connection to us stands."""
    names = [host.name for host in hosts]
    by_name = {host.name: host for host in hosts}
    unheard = {
        name: [h.name for h in hosts if h.name != name and h.silent_s.get(name, 0) > PEERS_S]
        for name in names
    }
    if not any(unheard.values()):
        return None
    remedy = "Check the cable, the switch and the firewall between them"
    lost = [name for name in names if len(unheard[name]) == len(names) - 1]
    if len(lost) == 1 and by_name[lost[0]].heard_ago_s < UNREACHED_S:
        what, why = f"{lost[0]} lost its network", "none of the others hears it any more"
        return _cut([by_name[lost[0]]], what, why, remedy)
    if any(host.heard_ago_s > 1.0 or host.is_over for host in hosts):
        return None  # its own silence will tell more in a moment
    pair = next((name, who) for name, who in unheard.items() if who)
    chosen = [by_name[pair[0]], by_name[pair[1][0]]]
    what = f"The network between {pair[0]} and {pair[1][0]} was cut"
    why = f"they have not heard each other for {PEERS_S:.0f} s; both still answer here"
    return _cut(chosen, what, why, remedy)
