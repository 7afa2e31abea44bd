"""What limits another computer: the same judge, over what was read of it."""

from __future__ import annotations

import math

from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.limits.evidence import Verdict
from hwstudio.core.monitor.limits.judge import judge, looked_at
from hwstudio.core.monitor.limits.steady import Steady
from hwstudio.core.monitor.ring import Ring
from hwstudio.gui.monitor.judging import EVERY, READING, SPAN

_LEAST = 8  # samples, however far apart


class HostJudge:
    """One for each computer; asked only while it is on the screen."""

    def __init__(self) -> None:
        self._steady = Steady()
        self._ring: Ring | None = None
        self._next = 0

    def __call__(self, ring: Ring, sample: Sample, every_s: float) -> Verdict:
        """Return the verdict to show now. ``every_s``: how far apart its samples are."""
        if ring is not self._ring:
            self._ring, self._next, self._steady = ring, 0, Steady()
        shown = self._steady.shown
        if not ring.end or (shown is not None and ring.end < self._next):
            return shown or READING
        self._next = ring.end + (EVERY if every_s <= 2 else 1)
        count = min(max(math.ceil(SPAN / every_s), _LEAST), SPAN)
        window = ring.last(count, looked_at(ring.names()))
        found = judge(window, sample.devices, sample.missing, (), sample.holders)
        return self._steady.update(found, sample.taken_s)
