"""Hosts in network namespaces on one bridge, each behind a link of a chosen rate and delay.

Linux only, as root, with iproute2 (ip, tc) and iperf3. Each host gets a number of its own core.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from types import TracebackType

PREFIX = "hwscale"
NETWORK = "10.91.7"
INTERFACE = "link0"
CONTROL = "net.ipv4.tcp_congestion_control"


def sh(*words: str) -> str:
    """Run one command and return what it prints."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Hosts:
    """N namespaces joined by a bridge; gone again at the end."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __enter__(self) -> Hosts:
        self.remove()
        sh("ip", "link", "add", PREFIX, "type", "bridge")
        sh("ip", "link", "set", PREFIX, "up")
        try:
            for host in range(self.count):
                self._add(host)
        except RuntimeError:
            self.remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove what this or an earlier run left."""
        for host in range(16):
            with contextlib.suppress(RuntimeError):
                sh("ip", "netns", "del", f"{PREFIX}{host}")
        with contextlib.suppress(RuntimeError):
            sh("ip", "link", "del", PREFIX)

    def _add(self, host: int) -> None:
        name, outside = f"{PREFIX}{host}", f"{PREFIX}v{host}"
        sh("ip", "netns", "add", name)
        sh("ip", "link", "add", outside, "type", "veth", "peer", "name", INTERFACE, "netns", name)
        sh("ip", "link", "set", outside, "master", PREFIX, "up")
        inside = ("ip", "-n", name)
        sh(*inside, "addr", "add", f"{address(host)}/24", "dev", INTERFACE)
        sh(*inside, "link", "set", INTERFACE, "up")
        sh(*inside, "link", "set", "lo", "up")
        # What a stock system has. A machine that does not allow it keeps its own (see control()).
        with contextlib.suppress(RuntimeError):
            sh("ip", "netns", "exec", name, "sysctl", "-qw", f"{CONTROL}=cubic")

    def shape(self, gbit_s: float, delay_ms: float) -> None:
        """Give every host a link that sends ``gbit_s`` and holds each packet for ``delay_ms``.

        The bucket holds what 1 ms sends and at least two of the largest packets, the queue 30 ms.
        """
        for host in range(self.count):
            inside = ("ip", "netns", "exec", f"{PREFIX}{host}", "tc", "qdisc")
            with contextlib.suppress(RuntimeError):
                sh(*inside, "del", "dev", INTERFACE, "root")
            burst = max(131072, round(gbit_s * 1e9 / 8 * 0.001))
            rate = (f"{gbit_s * 1e3:.0f}mbit", "burst", f"{burst}b", "latency", "30ms")
            sh(*inside, "add", "dev", INTERFACE, "root", "handle", "1:", "tbf", "rate", *rate)
            # The delay stands behind the rate, on the way to the host.
            self._delay(host, delay_ms)

    def _delay(self, host: int, delay_ms: float) -> None:
        outside = f"{PREFIX}v{host}"
        with contextlib.suppress(RuntimeError):
            sh("tc", "qdisc", "del", "dev", outside, "root")
        if delay_ms > 0:
            sh("tc", "qdisc", "add", "dev", outside, "root", "netem", "delay", f"{delay_ms}ms",
               "limit", "20000")  # fmt: skip

    def control(self) -> str:
        """Return how TCP finds its rate in the hosts (cubic, bbr)."""
        return sh("ip", "netns", "exec", f"{PREFIX}0", "sysctl", "-n", CONTROL).strip()

    def command(self, host: int, *words: str) -> list[str]:
        """Return a command line that runs in a host, on its own core."""
        return ["ip", "netns", "exec", f"{PREFIX}{host}", "taskset", "-c", str(host), *words]


def can_delay() -> bool:
    """Say whether this kernel can hold packets back (netem); many small ones cannot."""
    try:
        sh("tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "0ms")
    except RuntimeError:
        return False
    sh("tc", "qdisc", "del", "dev", "lo", "root")
    return True


def address(host: int) -> str:
    """Return the address of a host."""
    return f"{NETWORK}.{host + 1}"


def iperf3_bytes_per_s(hosts: Hosts, seconds: float) -> float:
    """Return what host 1 receives from host 0, by iperf3 with one stream."""
    server = subprocess.Popen(
        hosts.command(1, "iperf3", "-s", "-1", "-J"), stdout=subprocess.DEVNULL
    )
    try:
        time.sleep(0.4)
        client = ("iperf3", "-c", address(1), "-J", "-O", "0.5", "-t", f"{seconds:g}")
        said = sh(*hosts.command(0, *client))
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(5)
        server.kill()
        server.wait()
    return float(json.loads(said)["end"]["sum_received"]["bits_per_second"]) / 8
