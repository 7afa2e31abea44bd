"""Transfer rate of every network interface."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import NicUse
from hwstudio.core.probe.probe import Probe

_LINK_EVERY_S = 30.0


def network_probe() -> Probe:
    """Return the reader that fits this system: straight from the kernel on Linux, else psutil."""
    if Path("/proc/net/dev").is_file():
        from hwstudio.core.probe.network_linux import LinuxNetworkProbe

        return LinuxNetworkProbe()
    return NetworkProbe()


class NetworkProbe:
    """Bytes per second in and out of each interface that is up."""

    name = "network"
    how = "operating system network counters"
    cost_ms = 0.1
    cadence_s = 1.0
    is_slow = False

    def __init__(self) -> None:
        self._before: dict[str, Any] = {}
        self._before_s = 0.0
        self._links: dict[str, Any] = {}
        self._links_due_s = float("-inf")

    def read(self, now_s: float) -> Reading[tuple[NicUse, ...]]:
        """Return the rates since the last read; the first read has none."""
        import psutil

        now = psutil.net_io_counters(pernic=True, nowrap=False) or {}
        if now_s >= self._links_due_s or now.keys() != self._before.keys():
            self._links = psutil.net_if_stats()
            self._links_due_s = now_s + _LINK_EVERY_S
        before, passed_s = self._before, now_s - self._before_s
        self._before, self._before_s = now, now_s
        if not before or passed_s <= 0:
            return absent(Status.STALE, self.how, "a rate needs two reads")
        both = [n for n in sorted(now) if n in before and _is_shown(n, self._links.get(n))]
        return ok(
            tuple(
                NicUse(
                    name=name,
                    receive_bytes_per_s=_rate(before, now, name, "bytes_recv", passed_s),
                    send_bytes_per_s=_rate(before, now, name, "bytes_sent", passed_s),
                    link_bytes_per_s=_link(self._links.get(name)),
                )
                for name in both
            ),
            self.how,
        )

    def close(self) -> None:
        """Hold nothing."""


def _rate(before: dict[str, Any], now: dict[str, Any], nic: str, field: str, s: float) -> float:
    return float(max(0, getattr(now[nic], field) - getattr(before[nic], field)) / s)


def _is_shown(name: str, link: Any) -> bool:
    is_loopback = name == "lo" or name.startswith(("lo0", "Loopback"))
    return not is_loopback and (link is None or bool(link.isup))


def _link(link: Any) -> Reading[float]:
    if link is None or not link.speed:
        return absent(Status.UNSUPPORTED, NetworkProbe.how, "the interface states no link speed")
    return ok(link.speed * 1e6 / 8, "network interface")
