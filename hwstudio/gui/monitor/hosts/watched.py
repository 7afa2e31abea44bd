"""What is kept of one computer while it is read: its last minutes, extremes and newest numbers."""

from __future__ import annotations

from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.extremes import Extremes
from hwstudio.core.monitor.hosts.entry import HostEntry
from hwstudio.core.monitor.hosts.host import HOST, Host, HostState
from hwstudio.core.monitor.ring import Ring
from hwstudio.gui.monitor.hosts.figures import Figures, figures_of
from hwstudio.gui.monitor.hosts.judging import HostJudge

_BUDGET_BYTES = 96_000_000  # for the rings of all computers together
_LEAST, _MOST = 120, 3600  # samples of one
_SETTLED = 3  # samples with numbers, until every rate that there will be is there
_CLOCK_STEP_S = 60.0  # a clock that is set back by more than this begins a new ring


def capacity_of(hosts: int, sensors: int) -> int:
    """Return how many samples of one computer are kept when ``hosts`` are read."""
    fair = _BUDGET_BYTES // max(1, hosts) // (8 * (sensors + 1))
    return min(max(fair, _LEAST), _MOST)


class Watched:
    """``take`` is called in the computer's own thread; the window reads what it left."""

    def __init__(self, entry: HostEntry, hosts: int = 1) -> None:
        self.entry = entry
        self.extremes = Extremes()
        self.judge = HostJudge()
        self.host: Host | None = None
        self.good: Sample | None = None  # the newest sample with numbers
        self.figures = Figures()
        self.ring = Ring(1)
        self._hosts = hosts
        self._count = 0
        self._last_s = 0.0

    @property
    def state(self) -> HostState:
        """How the reading goes."""
        return self.host.state if self.host is not None else HostState()

    @property
    def is_settled(self) -> bool:
        """Say whether what is not there by now will not come."""
        return self._count >= _SETTLED

    def take(self, host: Host, sample: Sample) -> None:
        """Take a sample in; one without numbers leaves a gap."""
        self.host = host
        if HOST in sample.missing:
            if self._count and sample.taken_s > self._last_s:
                self._append(sample.taken_s, sample)
            return
        if not self._count or sample.taken_s < self._last_s - _CLOCK_STEP_S:
            # Rates come with the second sample: room for as many again.
            self.ring = Ring(capacity_of(self._hosts, 2 * len(sample.values) + 16))
            self._last_s = 0.0
        if sample.taken_s > self._last_s:
            self._append(sample.taken_s, sample)
            self.extremes.add(sample.taken_s, sample.values)
        self.figures, self.good = figures_of(sample), sample
        self._count += 1

    def _append(self, taken_s: float, sample: Sample) -> None:
        pause_s = taken_s - self._last_s
        every_s = self.host.entry.every_s if self.host is not None else self.entry.every_s
        if self._last_s and pause_s > 3.5 * every_s + 2.0:
            self.ring.append(self._last_s + pause_s / 2, {})  # nobody looked: breaks the line
        self.ring.append(taken_s, sample.values)
        self._last_s = taken_s
