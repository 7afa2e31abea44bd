"""Processor load per core from the system's own time counters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import CpuUse
from hwstudio.core.probe.probe import Probe

_FREQUENCY_EVERY_S = 5.0  # reading it walks every core, which is slow on large processors


def cpu_probe() -> Probe:
    """Return the reader that fits this system: straight from the kernel on Linux, else psutil."""
    if Path("/proc/stat").is_file():
        from hwstudio.core.probe.cpu_linux import LinuxCpuProbe

        return LinuxCpuProbe()
    return CpuProbe()


class CpuProbe:
    """Busy share of all and of each logical processor, frequency and load."""

    name = "cpu"
    how = "operating system time counters"
    cost_ms = 0.1
    cadence_s = 1.0
    is_slow = False

    def __init__(self) -> None:
        self._before: tuple[Any, ...] = ()
        self._frequency: Reading[float] = absent(Status.STALE, self.how, "no answer yet")
        self._frequency_due_s = float("-inf")

    def read(self, now_s: float) -> Reading[CpuUse]:
        """Return the shares since the last read; the first read has none."""
        import psutil

        times = tuple(psutil.cpu_times(percpu=True))
        before, self._before = self._before, times
        if now_s >= self._frequency_due_s:
            self._frequency = _frequency(psutil)
            self._frequency_due_s = now_s + _FREQUENCY_EVERY_S
        if len(before) != len(times):
            return absent(Status.STALE, self.how, "a share needs two reads")
        pairs = [_shares(old, new) for old, new in zip(before, times, strict=True)]
        cores = tuple(busy for busy, _ in pairs)
        count = len(cores) or 1
        return ok(
            CpuUse(
                busy_share=sum(cores) / count,
                core_shares=cores,
                wait_share=_wait(times, sum(wait for _, wait in pairs) / count),
                frequency_hz=self._frequency,
                load_1min=_load(psutil),
            ),
            self.how,
        )

    def close(self) -> None:
        """Hold nothing."""


def _shares(old: Any, new: Any) -> tuple[float, float]:
    """Return busy and waiting shares of one processor between two counter sets."""
    passed = {
        field: max(0.0, getattr(new, field) - getattr(old, field))
        for field in new._fields
        if field not in ("guest", "guest_nice")  # already inside user and nice
    }
    total = sum(passed.values())
    if total <= 0:
        return 0.0, 0.0
    wait = passed.get("iowait", 0.0)
    return 1 - (passed.get("idle", 0.0) + wait) / total, wait / total


def _wait(times: tuple[Any, ...], share: float) -> Reading[float]:
    if times and hasattr(times[0], "iowait"):
        return ok(share)
    return absent(Status.UNSUPPORTED, CpuProbe.how, "only Linux counts it")


def _frequency(psutil: Any) -> Reading[float]:
    try:
        found = psutil.cpu_freq()
    except (OSError, NotImplementedError, RuntimeError, AttributeError) as error:
        return absent(Status.UNSUPPORTED, "operating system", str(error))
    if found is None or not found.current:
        return absent(Status.UNSUPPORTED, "operating system", "the system does not state it")
    return ok(found.current * 1e6, "operating system")


def _load(psutil: Any) -> Reading[float]:
    try:
        return ok(float(psutil.getloadavg()[0]), "operating system")
    except (OSError, AttributeError) as error:
        return absent(Status.UNSUPPORTED, "operating system", str(error))
