"""Begins and ends the reading of computers off the window's thread: to end one may take seconds."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace

from hwstudio.core.base.network import Network
from hwstudio.core.monitor.hosts.entry import HostEntry
from hwstudio.core.monitor.hosts.host import Fleet, Host, OnSample

HIDDEN_EVERY_S = 10.0  # while nobody looks


class Keeper:
    """Holds the fleet. ``apply`` and ``end`` may wait; all else returns at once."""

    def __init__(self, network: Network, on_sample: OnSample) -> None:
        self._fleet = Fleet(network, on_sample)
        self._lock = threading.Lock()
        self._wanted: tuple[HostEntry, ...] = ()
        self._is_closed = self._is_due = False
        self.hosts: tuple[Host, ...] = ()
        self.refused: dict[str, str] = {}  # by name: why its entry cannot be used

    def want(self, entries: Iterable[HostEntry], *, is_seen: bool) -> None:
        """Say what to read, each second or so while it is seen; ``apply`` then does it."""
        self._wanted = tuple(entry if is_seen else _slower(entry) for entry in entries)

    def apply(self) -> None:
        """Read exactly what is wanted. Runs in the pool; a second call leaves it to the first."""
        self._is_due = True
        while self._is_due and self._lock.acquire(blocking=False):
            try:
                self._is_due = False
                self._show()
            finally:
                self._lock.release()

    def _show(self) -> None:
        if self._is_closed:
            return
        wanted = self._wanted
        pace = {entry.name: entry for entry in wanted}
        for host in self._fleet.hosts:
            entry = pace.get(host.name)
            # Where only the pace is another, it keeps its connection and its counters.
            if entry is not None and is_same(host.entry, entry):
                host.entry = entry
        self._fleet.show(wanted)
        self.hosts, self.refused = self._fleet.hosts, dict(self._fleet.refused)

    def hurry(self) -> None:
        """Read all of them now, however long their next try would be away."""
        for host in self.hosts:
            host.hurry()

    def close(self) -> None:
        """Hang up on all of them; ``end`` then waits for their threads."""
        self._is_closed = True
        for host in self.hosts:
            host.ask_to_stop()

    def end(self) -> None:
        """Wait until nobody is read any more. Runs in the pool."""
        with self._lock:
            self._is_closed = True
            self._fleet.stop()
            self.hosts = ()


def _slower(entry: HostEntry) -> HostEntry:
    return replace(entry, interval_s=max(entry.every_s, HIDDEN_EVERY_S))


def is_same(one: HostEntry, other: HostEntry) -> bool:
    """Say whether two entries are the same computer, read at any pace."""
    return replace(one, interval_s=0.0) == replace(other, interval_s=0.0)
