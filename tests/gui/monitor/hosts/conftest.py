"""Other computers on loopback: our own server, one that hangs, and a server like Prometheus."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from hwstudio.core.model.sample import Device, Sample
from hwstudio.core.monitor.serve import Server, ServeWish

GIB = 2**30


def gpu_values(number, busy):
    return {
        f"gpu.{number}.busy_share": busy,
        f"gpu.{number}.vram_used_bytes": busy * 20.0 * GIB,
        f"gpu.{number}.vram_total_bytes": 24.0 * GIB,
        f"gpu.{number}.temperature_c": 40.0 + 30 * busy,
    }


def lab_sample(*busy, cpu=0.25):
    """Return the sample of a computer with a GPU for each share."""
    values = {
        "cpu.busy_share": cpu,
        "cpu.max_core_share": cpu,
        "cpu.core.0.busy_share": cpu,
        "memory.used_bytes": 8.0 * GIB,
        "memory.total_bytes": 32.0 * GIB,
    }
    devices = [Device("cpu", "Processor", "cpu"), Device("memory", "Memory", "memory")]
    for number, share in enumerate(busy):
        values |= gpu_values(number, share)
        limits = {"vram_used_bytes": 24.0 * GIB}
        devices.append(Device(f"gpu.{number}", "NVIDIA Test", "gpu", limits))
    return Sample(time.time(), values, {}, tuple(devices))


@pytest.fixture
def other():
    """Start computers that serve; each takes the shares of its GPUs."""
    servers = []

    def start(*busy, **wish):
        server = Server(ServeWish(0, **wish), lambda: lab_sample(*busy))
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def hanging():
    """The address of a computer that takes every call and never answers."""
    door = socket.create_server(("127.0.0.1", 0))
    kept = []

    def take():
        with suppress(OSError):
            while True:
                kept.append(door.accept()[0])

    thread = threading.Thread(target=take, name="test-hanging")
    thread.start()
    yield f"http://127.0.0.1:{door.getsockname()[1]}/metrics"
    with suppress(OSError):
        door.shutdown(socket.SHUT_RDWR)
    door.close()
    thread.join()
    for connection in kept:
        connection.close()


class _Api(BaseHTTPRequestHandler):
    """Speaks as much of Prometheus' API as is asked for: one computer, one metric."""

    def do_GET(self):
        place = urlsplit(self.path)
        asked = {key: each[0] for key, each in parse_qs(place.query).items()}
        if not place.path.startswith("/api/"):
            self._send(404, {})
            return
        query, now_s = asked["query"], time.time()
        if query == "up":
            found = [
                {"metric": {"job": "node", "instance": name}, "value": [now_s, up]}
                for name, up in (("a:9100", "1"), ("b.lab:9100", "0"))
            ]
            kind = "vector"
        elif place.path.endswith("query_range"):
            start, end, step = (float(asked[key]) for key in ("start", "end", "step"))
            count = int((end - start) / step)
            points = [[start + n * step, "0.5"] for n in range(count)]
            found = [{"metric": {}, "values": points}] if "cpu_busy" in query else []
            kind = "matrix"
        else:
            labels = {"__name__": "hwstudio_cpu_busy_ratio", "device": "cpu", "instance": "a:9100"}
            found = [{"metric": labels, "values": [[now_s - 15, "0.2"], [now_s, "0.4"]]}]
            kind = "matrix"
        self._send(200, {"status": "success", "data": {"resultType": kind, "result": found}})

    def _send(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        return


@pytest.fixture
def server():
    """The address of a server that speaks Prometheus' API."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), _Api)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{made.server_address[1]}"
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def closed_port():
    """An address of this computer where nobody answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"http://127.0.0.1:{port}/metrics"
