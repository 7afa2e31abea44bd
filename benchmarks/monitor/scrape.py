"""What serving and reading metrics costs, beside the prometheus_client library in the same run.

    python benchmarks/monitor/scrape.py [SECONDS]

480 numbers to text; one page of a real node_exporter (where it is installed, else a page of the
same size) read; then 32 computers with pages of about 500 numbers read every second over real
connections, as per cent of one core. Prints ratios; the goal is 1 % of a core for the 32.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

HOSTS, NUMBERS, GOAL_PERCENT = 32, 480, 1.0
_ROUNDS = 7


def main() -> int:
    """Measure and print; 0 when the goal is met."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    _text()
    page = _page()
    _parse(page)
    percent, library = _fleet(page, seconds), _library_fleet(page)
    print(f"goal {GOAL_PERCENT:g} % of a core; ours / goal = {percent / GOAL_PERCENT:.2f}")
    print(f"parsing alone with prometheus_client would be {library:.1f} % of a core")
    return 0 if percent <= GOAL_PERCENT else 1


def _best(run: Callable[[], object], times: int) -> float:
    """Return the CPU milliseconds of one run, the best of several rounds."""
    rounds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(times):
            run()
        rounds.append((time.process_time() - began) / times * 1e3)
    return min(rounds)


def _text() -> None:
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    from hwstudio.core.model.sample import Sample
    from hwstudio.core.monitor.exposition import Exposition

    quantities = [f"q{number}_w" for number in range(NUMBERS // 8)]
    values = {f"gpu.{g}.{q}": 71.25 + g for q in quantities for g in range(8)}
    sample, exposition = Sample(time.time(), values), Exposition()
    registry = CollectorRegistry()
    gauges = [Gauge(f"hwstudio_{q}", "x", ["device"], registry=registry) for q in quantities]

    def library() -> bytes:
        for gauge in gauges:
            for g in range(8):
                gauge.labels(device=f"gpu.{g}").set(71.25 + g)
        return generate_latest(registry)

    ours = _best(lambda: exposition.text(sample, sample.taken_s).encode(), 40)
    theirs = _best(library, 5)
    print(f"{len(values)} numbers to text: ours {ours:.3f} ms, prometheus_client {theirs:.3f} ms,")
    print(f"  ours / theirs = {ours / theirs:.3f}")


def _page() -> str:
    program = shutil.which("prometheus-node-exporter")
    if program is None:
        print("node_exporter is not installed: a made-up page of its size is read")
        lines = (f'node_made_up_{n}{{device="d{n % 9}"}} {n * 1.5}\n' for n in range(500))
        return "".join(lines)
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        where = f"127.0.0.1:{probe.getsockname()[1]}"
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        [program, f"--web.listen-address={where}"], stdout=quiet, stderr=quiet
    )
    try:
        for _ in range(100):
            try:
                with urlopen(f"http://{where}/metrics", timeout=2) as answer:
                    return str(answer.read().decode())
            except OSError:
                time.sleep(0.1)
        raise SystemExit("node_exporter did not answer")
    finally:
        process.terminate()
        process.wait()


def _parse(page: str) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    from hwstudio.core.monitor.hosts.page import PageReader
    from hwstudio.core.monitor.metrics_text import number_of, points

    def split() -> list[float | None]:
        return [number_of(rest) for _, rest in points(page)]

    reader, now = PageReader(), [0.0]

    def sample() -> object:
        now[0] += 1
        return reader.read(page, now[0], now[0])

    def library() -> list[float]:
        return [s.value for f in text_string_to_metric_families(page) for s in f.samples]

    count = len(split())
    cut, ours, theirs = _best(split, 10), _best(sample, 10), _best(library, 3)
    print(f"a page of {count} numbers, {len(page) / 1e3:.0f} kB: prometheus_client {theirs:.3f} ms")
    print(f"  every number split off {cut:.3f} ms, ours / theirs = {cut / theirs:.3f}")
    print(f"  made a sample (rates and all) {ours:.3f} ms, ours / theirs = {ours / theirs:.3f}")


def _serve(page: str) -> str:
    """Start a process of its own that answers every request with a page; return its program."""
    return f"""
import socket, sys, threading
body = {page.encode()!r}
answer = b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body
def serve(connection):
    with connection:
        while connection.recv(65536):
            connection.sendall(answer)
listening = socket.create_server(("127.0.0.1", 0), backlog=64)
print(listening.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()
"""


def _fleet(page: str, seconds: float) -> float:
    from hwstudio.core.base.network import Network
    from hwstudio.core.base.paths import open_home
    from hwstudio.core.monitor.hosts.entry import HostEntry
    from hwstudio.core.monitor.hosts.host import Fleet

    server = subprocess.Popen([sys.executable, "-c", _serve(page)], stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        url = f"http://127.0.0.1:{port}/metrics"
        with tempfile.TemporaryDirectory() as folder:
            seen: list[str] = []
            fleet = Fleet(
                Network(open_home(Path(folder)), lambda: False), lambda h, _: seen.append(h.name)
            )
            fleet.show([HostEntry(name=f"gpu{n}", urls=(url,)) for n in range(HOSTS)])
            time.sleep(3)
            seen.clear()
            cpu, wall = time.process_time(), time.monotonic()
            time.sleep(seconds)
            used, passed = time.process_time() - cpu, time.monotonic() - wall
            reads, threads = len(seen), threading.active_count()
            fleet.stop()
    finally:
        server.kill()
        server.communicate()
    percent = 100 * used / passed
    each_ms = used / max(reads, 1) * 1e3
    print(
        f"{HOSTS} computers every second for {passed:.0f} s: {reads} readings, {threads} threads,"
    )
    print(f"  {each_ms:.3f} ms each, {percent:.2f} % of a core")
    return percent


def _library_fleet(page: str) -> float:
    from prometheus_client.parser import text_string_to_metric_families

    def library() -> list[float]:
        return [s.value for f in text_string_to_metric_families(page) for s in f.samples]

    return _best(library, 3) * HOSTS / 10


if __name__ == "__main__":
    sys.exit(main())
