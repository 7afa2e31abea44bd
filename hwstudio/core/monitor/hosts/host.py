"""Another computer that is read again and again: never in the way, and it says when it is gone."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from time import monotonic, time

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.base.network import Network
from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Missing, Sample
from hwstudio.core.monitor.hosts.entry import HostEntry
from hwstudio.core.monitor.hosts.source import SampleSource, sources_of

LONGEST_WAIT_S = 60.0  # between two tries of a computer that does not answer
_JOIN_S = 4.0
HOST = "host"  # under this name ``Sample.missing`` says that the computer itself is gone

OnSample = Callable[["Host", Sample], None]


@dataclass(frozen=True, slots=True)
class HostState:
    """How the reading goes. Times are Unix seconds; None = never."""

    is_up: bool = False
    why: str = ""  # why not, for people
    changed_s: float | None = None  # since when it is up or not
    answered_s: float | None = None
    reads: int = 0
    failures: int = 0  # in a row


@dataclass(slots=True)
class _Turn:
    """One source, and when it is due again."""

    source: SampleSource
    due_s: float = 0.0
    failures: int = 0
    newest_s: float | None = None  # of its last sample
    kept: Sample | None = None
    why: Missing | None = None


class Host:
    """One other computer. ``poll`` reads it now; ``start`` reads it in a thread of its own."""

    def __init__(
        self,
        entry: HostEntry,
        sources: Sequence[SampleSource],
        *,
        clock: Callable[[], float] = monotonic,
        wall: Callable[[], float] = time,
    ) -> None:
        self.entry = entry
        self.latest: Sample | None = None
        self.state = HostState()
        self._turns = [_Turn(source) for source in sources]
        self._clock, self._wall = clock, wall
        self._wake = threading.Condition()
        self._is_stopping = self._is_hurried = False
        self._thread: threading.Thread | None = None
        self._on_sample: OnSample | None = None

    @classmethod
    def open(cls, entry: HostEntry, network: Network) -> Host:
        """Return a host that is read through the one door.

        Raises:
            UserError, HostError: its entry cannot be used.
        """
        return cls(entry, sources_of(entry, network))

    @property
    def name(self) -> str:
        """Its name in the list."""
        return self.entry.name

    def start(self, on_sample: OnSample | None = None) -> None:
        """Begin to read it; ``on_sample`` is called in its thread. Does nothing when running."""
        if self._thread is not None:
            return
        self._on_sample, self._is_stopping = on_sample, False
        name = f"hwstudio-host-{self.name}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def hurry(self) -> None:
        """Read it now, however long the next try would be away."""
        with self._wake:
            self._is_hurried = True
            self._wake.notify_all()

    def ask_to_stop(self) -> None:
        """Hang up and let the thread end; ``stop`` also waits for it."""
        with self._wake:
            self._is_stopping = True
            self._wake.notify_all()
        for turn in self._turns:
            turn.source.close()

    def stop(self) -> None:
        """End reading. Safe to call twice; a name that is being looked up may outlast it."""
        self.ask_to_stop()
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(_JOIN_S)

    def poll(self, *, is_hurried: bool = True) -> Sample:
        """Read what is due and return the sample of all sources together; it never raises.

        A source that does not answer is named under ``missing``; where none does, the sample has
        no values and ``missing[HOST]`` says why.
        """
        now_s, wall_s = self._clock(), self._wall()
        is_new = False
        for turn in self._turns:
            if is_hurried or now_s >= turn.due_s:
                is_new |= self._take(turn, wall_s)
        sample = self._merged(wall_s)
        self._note(sample, wall_s)
        if is_new or HOST in sample.missing:
            self.latest = sample
            if self._on_sample is not None:
                self._on_sample(self, sample)
        return sample

    def _take(self, turn: _Turn, wall_s: float) -> bool:
        """Read one source; return whether it had something new."""
        began_s = self._clock()
        try:
            sample = turn.source.read(wall_s, began_s)
        except HwstudioError as error:
            turn.failures += 1
            turn.kept, turn.newest_s = None, None
            turn.why = Missing(Status.LOST, error.sentence, turn.source.where)
            turn.due_s = began_s + self._wait_s(turn)
            return False
        turn.failures, turn.why = 0, None
        turn.due_s = self._next_s(turn, began_s)
        if not sample.values:
            why = "its page shows nothing that hwstudio knows, or not yet"
            turn.why = Missing(Status.STALE, why, turn.source.where)
        is_new = turn.newest_s != sample.taken_s
        turn.kept, turn.newest_s = sample, sample.taken_s
        return is_new

    def _next_s(self, turn: _Turn, began_s: float) -> float:
        """Return when a source is due again. Missed readings are dropped.

        All computers are read at the same moments: their numbers can be compared, and one burst
        of work with warm caches costs less than half of what the same work spread out does.
        """
        every_s = self.entry.every_s
        if turn.source.slowest_s > every_s:
            return began_s + turn.source.slowest_s
        due_s = began_s - began_s % every_s + every_s
        return due_s if due_s - began_s > every_s / 4 else due_s + every_s

    def _wait_s(self, turn: _Turn) -> float:
        """Return how long to wait after failures: longer each time, and not all at once."""
        doubled = self.entry.every_s * 2.0 ** min(turn.failures, 10)
        longest = max(LONGEST_WAIT_S, self.entry.every_s)
        return min(doubled, longest) * random.uniform(0.9, 1.1)  # noqa: S311 - no secret

    def _merged(self, wall_s: float) -> Sample:
        kept = [turn.kept for turn in self._turns if turn.kept is not None and turn.kept.values]
        gone = [turn.why for turn in self._turns if turn.why is not None]
        if not kept:
            why = gone[0] if gone else Missing(Status.STALE, "not read yet")
            return Sample(wall_s, {}, {HOST: why})
        missing = {f"{HOST}.{each.how}": each for each in gone}
        if len(kept) == 1 and not missing:
            return kept[0]
        merged = kept[0]
        for other in kept[1:]:  # what stands first in the list counts more
            devices = {device.id: device for device in (*other.devices, *merged.devices)}
            merged = replace(
                merged,
                taken_s=max(merged.taken_s, other.taken_s),
                values={**other.values, **merged.values},
                missing={**other.missing, **merged.missing},
                devices=tuple(devices.values()),
                words={**other.words, **merged.words},
            )
        return replace(merged, missing={**merged.missing, **missing})

    def _note(self, sample: Sample, wall_s: float) -> None:
        gone = sample.missing.get(HOST)
        was = self.state
        is_same = was.changed_s is not None and was.is_up == (gone is None)
        self.state = HostState(
            is_up=gone is None,
            why=gone.why if gone is not None else "",
            changed_s=was.changed_s if is_same else wall_s,
            answered_s=wall_s if gone is None else was.answered_s,
            reads=was.reads + 1,
            failures=max((turn.failures for turn in self._turns), default=0),
        )

    def _run(self) -> None:
        is_hurried = True
        while not self._is_stopping:
            try:
                self.poll(is_hurried=is_hurried)
            except Exception:  # noqa: BLE001 - the border of a thread; one page must not end it
                logger("monitor").exception("reading %s failed", self.name)
                for turn in self._turns:
                    turn.due_s = self._clock() + LONGEST_WAIT_S
            due_s = min((turn.due_s for turn in self._turns), default=float("inf"))
            with self._wake:
                while not (self._is_stopping or self._is_hurried):
                    left_s = due_s - self._clock()
                    if left_s <= 0:
                        break
                    self._wake.wait(min(left_s, LONGEST_WAIT_S))
                is_hurried, self._is_hurried = self._is_hurried, False


class Fleet:
    """All other computers of a list."""

    def __init__(self, network: Network, on_sample: OnSample | None = None) -> None:
        self._network, self._on_sample = network, on_sample
        self._hosts: dict[str, Host] = {}
        self.refused: dict[str, str] = {}  # by name: why an entry cannot be used at all

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Every computer that is read, in the list's order."""
        return tuple(self._hosts.values())

    def show(self, entries: Iterable[HostEntry]) -> None:
        """Read exactly these: new and changed ones begin, others go on or end."""
        before, self._hosts, self.refused = self._hosts, {}, {}
        for entry in entries:
            known = before.get(entry.name)
            if known is not None and known.entry == entry:
                self._hosts[entry.name] = before.pop(entry.name)
                continue
            try:
                host = Host.open(entry, self._network)
            except HwstudioError as error:
                self.refused[entry.name] = error.sentence
                continue
            self._hosts[entry.name] = host
            host.start(self._on_sample)
        _stop(before.values())

    def stop(self) -> None:
        """End reading all of them."""
        hosts, self._hosts = self._hosts, {}
        _stop(hosts.values())


def _stop(hosts: Iterable[Host]) -> None:
    """Stop all at once, so that the slowest one alone is waited for."""
    leaving = list(hosts)
    for host in leaving:
        host.ask_to_stop()
    for host in leaving:
        host.stop()
