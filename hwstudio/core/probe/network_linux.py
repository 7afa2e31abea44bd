"""Network traffic straight from /proc/net/dev."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.kernel_file import KernelFile
from hwstudio.core.probe.live import NicUse

_LINK_EVERY_S = 30.0
_RECEIVED, _SENT = 0, 8
_RUNS = frozenset({"up", "unknown"})  # what RFC 2863 and IFF_RUNNING call running
_NO_SPEED = absent(Status.UNSUPPORTED, "/sys/class/net", "the interface states no link speed")


class LinuxNetworkProbe:
    """Bytes per second in and out of each interface that is up; loopback is left out.

    A bridge without members or an unplugged port is switched on but carries nothing: it is down.
    """

    name = "network"
    how = "/proc/net/dev"
    cost_ms = 0.05
    cadence_s = 1.0
    is_slow = False

    def __init__(self, proc: Path = Path("/proc"), sys: Path = Path("/sys")) -> None:
        self._file = KernelFile(proc / "net/dev")
        self._sys = sys / "class/net"
        self._before: dict[str, tuple[int, int]] = {}
        self._before_s = 0.0
        self._links: dict[str, Reading[float]] = {}  # of those that are up
        self._links_due_s = float("-inf")

    def read(self, now_s: float) -> Reading[tuple[NicUse, ...]]:
        """Return the rates since the last read; the first read has none."""
        now = _counters(self._file.read())
        if now_s >= self._links_due_s or now.keys() != self._before.keys():
            self._links = {name: self._link(name) for name in now if self._is_up(name)}
            self._links_due_s = now_s + _LINK_EVERY_S
        before, passed_s = self._before, now_s - self._before_s
        self._before, self._before_s = now, now_s
        if not before or passed_s <= 0:
            return absent(Status.STALE, self.how, "a rate needs two reads")
        shown = [name for name in sorted(now) if name in before and name in self._links]
        return ok(
            tuple(
                NicUse(
                    name=name,
                    receive_bytes_per_s=max(0, now[name][0] - before[name][0]) / passed_s,
                    send_bytes_per_s=max(0, now[name][1] - before[name][1]) / passed_s,
                    link_bytes_per_s=self._links[name],
                )
                for name in shown
            ),
            self.how,
        )

    def _is_up(self, name: str) -> bool:
        try:
            return (self._sys / name / "operstate").read_text().strip() in _RUNS
        except OSError:
            return True  # not told: rather show one too many

    def _link(self, name: str) -> Reading[float]:
        """Return the link's bytes per second; virtual and unplugged ones state -1 or refuse."""
        try:
            mega_bits = int((self._sys / name / "speed").read_text())
        except (OSError, ValueError):
            return _NO_SPEED
        return ok(mega_bits * 1e6 / 8, "/sys/class/net") if mega_bits > 0 else _NO_SPEED

    def close(self) -> None:
        """Close the kept file."""
        self._file.close()


def _counters(raw: bytes) -> dict[str, tuple[int, int]]:
    found = {}
    for line in raw.split(b"\n")[2:]:
        name, colon, numbers = line.rpartition(b":")
        words = numbers.split()
        if colon and len(words) > _SENT and name.strip() != b"lo":
            found[name.strip().decode(errors="replace")] = (
                int(words[_RECEIVED]),
                int(words[_SENT]),
            )
    return found
