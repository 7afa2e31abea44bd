"""Processor load straight from /proc/stat; psutil needs about six times as long for the same."""

from __future__ import annotations

import os
from pathlib import Path

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.kernel_file import KernelFile
from hwstudio.core.probe.live import CpuUse

_FREQUENCY_EVERY_S = 10.0
_MOST_FREQUENCIES = 16  # read at most so many cores: on 256 of them the walk would be the cost
_IDLE, _WAIT = 3, 4  # columns of /proc/stat after the name; the first 8 add up to all time
_COLUMNS = 8


class LinuxCpuProbe:
    """Busy share of all and of each logical processor, frequency and load."""

    name = "cpu"
    how = "/proc/stat"
    cost_ms = 0.05
    cadence_s = 1.0
    is_slow = False

    def __init__(self, proc: Path = Path("/proc"), sys: Path = Path("/sys")) -> None:
        # The lines of the processors come first; what follows them (interrupts) is longer still.
        self._stat = KernelFile(proc / "stat", 128 * ((os.cpu_count() or 1) + 2))
        self._load = KernelFile(proc / "loadavg", 64)
        self._before: tuple[tuple[int, int, int], ...] = ()
        self._clock = _Clock(proc, sys)

    def read(self, now_s: float) -> Reading[CpuUse]:
        """Return the shares since the last read; the first read has none."""
        times = _times(self._stat.read())
        before, self._before = self._before, times
        frequency = self._clock.read(now_s)
        if len(before) != len(times) or not times:
            return absent(Status.STALE, self.how, "a share needs two reads")
        pairs = [_shares(old, new) for old, new in zip(before, times, strict=True)]
        cores = tuple(busy for busy, _ in pairs)
        count = len(cores)
        return ok(
            CpuUse(
                busy_share=sum(cores) / count,
                core_shares=cores,
                wait_share=ok(sum(wait for _, wait in pairs) / count),
                frequency_hz=frequency,
                load_1min=ok(float(self._load.read().split(b" ", 1)[0]), "/proc/loadavg"),
            ),
            self.how,
        )

    def close(self) -> None:
        """Close the kept files."""
        self._stat.close()
        self._load.close()
        self._clock.close()


def _times(raw: bytes) -> tuple[tuple[int, int, int], ...]:
    """Return all, idle and waiting ticks of each processor that is switched on."""
    found = []
    for line in raw.split(b"\n", 1)[1].split(b"\n"):
        if not line.startswith(b"cpu"):
            break
        ticks = [int(word) for word in line.split(None, _COLUMNS + 1)[1 : _COLUMNS + 1]]
        found.append((sum(ticks), ticks[_IDLE], ticks[_WAIT]))
    return tuple(found)


def _shares(old: tuple[int, int, int], new: tuple[int, int, int]) -> tuple[float, float]:
    """Return busy and waiting shares; counters that step back (idle does) count as standing."""
    total = new[0] - old[0]
    if total <= 0:
        return 0.0, 0.0
    idle, wait = max(0, new[1] - old[1]), max(0, new[2] - old[2])
    return min(max(0.0, 1 - (idle + wait) / total), 1.0), min(wait / total, 1.0)


class _Clock:
    """The mean clock of some processors, read now and then."""

    def __init__(self, proc: Path, sys: Path) -> None:
        self._proc, self._sys = proc, sys
        self._files: tuple[KernelFile, ...] | None = None
        self._due_s = float("-inf")
        self._latest: Reading[float] = absent(Status.STALE, "cpufreq", "no answer yet")

    def read(self, now_s: float) -> Reading[float]:
        if now_s >= self._due_s:
            self._due_s = now_s + _FREQUENCY_EVERY_S
            try:
                self._latest = self._now()
            except (OSError, ValueError) as error:
                self._latest = absent(Status.UNSUPPORTED, "cpufreq", str(error))
        return self._latest

    def _now(self) -> Reading[float]:
        if self._files is None:
            self._files = self._found()
        if self._files:
            known = [int(file.read()) * 1e3 for file in self._files]
            return ok(sum(known) / len(known), "cpufreq")
        stated = [
            float(line.rpartition(b":")[2])
            for line in (self._proc / "cpuinfo").read_bytes().split(b"\n")
            if line.startswith(b"cpu MHz")
        ]
        if not stated:
            return absent(Status.UNSUPPORTED, "/proc/cpuinfo", "the system does not state it")
        return ok(sum(stated) / len(stated) * 1e6, "/proc/cpuinfo")

    def _found(self) -> tuple[KernelFile, ...]:
        places = sorted(
            (self._sys / "devices/system/cpu").glob("cpu[0-9]*/cpufreq/scaling_cur_freq")
        )
        step = max(1, -(-len(places) // _MOST_FREQUENCIES))
        return tuple(KernelFile(place, 32) for place in places[::step])

    def close(self) -> None:
        for file in self._files or ():
            file.close()
