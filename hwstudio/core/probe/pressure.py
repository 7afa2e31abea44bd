"""How long programs had to wait for processor, memory or drives: the kernel's pressure (Linux)."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.kernel_file import KernelFile
from hwstudio.core.probe.live import PressureUse

_KINDS = ("cpu", "memory", "io")


class PressureProbe:
    """The share of time in which at least one program waited, since the last read."""

    name = "pressure"
    how = "/proc/pressure"
    cost_ms = 0.05
    cadence_s = 1.0
    is_slow = False

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._files = tuple(KernelFile(proc / "pressure" / kind, 256) for kind in _KINDS)
        self._before: tuple[int, ...] = ()
        self._before_s = 0.0
        self._is_offered = (proc / "pressure" / "cpu").is_file()

    def read(self, now_s: float) -> Reading[PressureUse]:
        """Return the shares since the last read; the first read has none."""
        if not self._is_offered:
            return absent(Status.UNSUPPORTED, self.how, "only Linux from 4.20 on counts it")
        try:
            now = tuple(_waited_us(file.read()) for file in self._files)
        except OSError as error:
            self._is_offered = False  # switched off at boot: the files are there and refuse
            return absent(Status.UNSUPPORTED, self.how, error.strerror or str(error))
        before, passed_s = self._before, now_s - self._before_s
        self._before, self._before_s = now, now_s
        if not before or passed_s <= 0:
            return absent(Status.STALE, self.how, "a share needs two reads")
        cpu, memory, disks = (
            min(max(0.0, (b - a) / 1e6 / passed_s), 1.0) for a, b in zip(before, now, strict=True)
        )
        return ok(PressureUse(cpu, memory, disks), self.how)

    def close(self) -> None:
        """Close the kept files."""
        for file in self._files:
            file.close()


def _waited_us(raw: bytes) -> int:
    """Return the counter of the line "some": microseconds in which a program waited."""
    line = raw.split(b"\n", 1)[0]
    return int(line.rpartition(b"total=")[2])
