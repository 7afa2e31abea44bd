"""NVLink traffic: two counters of the driver become two rates."""

from __future__ import annotations

from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.nvml_refusal import HOW

_KIB = 1024.0


class LinkRate:
    """Rates of a GPU's links together, in bytes per second, over the last two answers."""

    def __init__(self) -> None:
        self._last: tuple[float, float, float] | None = None  # time, sent KiB, received KiB
        self._rates: tuple[float, float] | None = None  # receive, send

    def forget(self) -> None:
        """Start anew: the counters may have been set back."""
        self._last = self._rates = None

    def add(self, now_s: float, sent_received_kib: Any) -> None:
        """Take the counters' state at ``now_s``; one that ran backwards starts anew."""
        sent, received = sent_received_kib
        last, self._last = self._last, (now_s, sent, received)
        self._rates = None
        if last is None or now_s <= last[0] or sent < last[1] or received < last[2]:
            return
        took_s = now_s - last[0]
        self._rates = (received - last[2]) * _KIB / took_s, (sent - last[1]) * _KIB / took_s

    def readings(self, counters: Reading[Any]) -> tuple[Reading[float], Reading[float]]:
        """Return receive and send; without counters the reason they are missing."""
        if not counters.is_ok:
            missing: Reading[float] = absent(counters.status, counters.how, counters.why)
            return missing, missing
        if self._rates is None:
            waiting: Reading[float] = absent(Status.STALE, HOW, "a rate needs two answers")
            return waiting, waiting
        return ok(self._rates[0], HOW), ok(self._rates[1], HOW)
