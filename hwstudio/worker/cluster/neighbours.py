"""Connections between the computers of a run: can each reach each, and is each still there?

One small server a computer. A caller names the run first; then it either sends bytes that are
counted back, or beats for as long as it lives.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
import time
from typing import Any

from hwstudio.worker.cluster.dead_man import BEAT_S
from hwstudio.worker.cluster.interfaces import state_of

SMALL_BYTES = 16
LARGE_BYTES = 200_000  # many full packets: these are what a wrong MTU on the way swallows
MOST_BYTES = 1_000_000
ANSWER_S = 3.0
_IP_MTU = 14  # Linux: the largest packet of the path, as far as the system has learnt it


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def free_port(address: str) -> int:
    """Return a TCP port that is free at an address right now.

    Raises:
        OSError: this computer has no such address.
    """
    with socket.socket(_family(address)) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


class Neighbours:
    """Listens for the others, and calls them."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._server: socket.socket | None = None
        self._heard_s: dict[str, float] = {}
        self._interface = ""

    def listen(self, address: str) -> int:
        """Open the server and return its port.

        Raises:
            OSError: the address is not one of this computer.
        """
        server = socket.socket(_family(address))
        server.bind((address, 0))
        server.listen(128)
        self._server = server
        threading.Thread(target=self._accept, args=(server,), daemon=True).start()
        return int(server.getsockname()[1])

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                caller, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), caller, caller.makefile("rb") as stream:
            caller.settimeout(ANSWER_S)
            run, verb, word = stream.readline(300).decode("utf-8").split()
            if run != self._run:
                return
            if verb == "count":
                count = min(int(word), MOST_BYTES)
                if len(stream.read(count)) == count:
                    caller.sendall(b"ok\n")
            elif verb == "beat":
                caller.settimeout(None)
                while stream.read(1):
                    self._heard_s[word] = time.monotonic()

    def reach(self, address: str, port: int, limit_s: float) -> dict[str, Any]:
        """Call a neighbour: does it answer, how fast, and do full packets pass?"""
        begin = time.monotonic()
        try:
            path_mtu = self._count(address, port, SMALL_BYTES, limit_s)
        except OSError as error:
            return {"is_reached": False, "why": why_unreached(error)}
        spent_s = time.monotonic() - begin
        try:
            self._count(address, port, LARGE_BYTES, limit_s)
        except OSError:
            return {"is_reached": True, "is_wide": False, "seconds": spent_s, "path_mtu": path_mtu}
        return {"is_reached": True, "is_wide": True, "seconds": spent_s, "path_mtu": path_mtu}

    def _count(self, address: str, port: int, count: int, limit_s: float) -> int:
        with socket.create_connection((address, port), timeout=limit_s) as called:
            called.sendall(f"{self._run} count {count}\n".encode() + bytes(count))
            if called.recv(3) != b"ok\n":
                raise ConnectionError("another program answers there")
            with contextlib.suppress(OSError):
                return int(called.getsockopt(socket.IPPROTO_IP, _IP_MTU))
        return 0

    def keep_beating(self, own_name: str, peers: list[dict[str, Any]], interface: str) -> None:
        """Beat at every neighbour until this process ends."""
        self._interface = interface
        for peer in peers:
            threading.Thread(target=self._beat, args=(own_name, peer), daemon=True).start()

    def _beat(self, own_name: str, peer: dict[str, Any]) -> None:
        while True:
            with (
                contextlib.suppress(OSError),
                socket.create_connection((peer["address"], peer["port"]), timeout=2) as called,
            ):
                called.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                called.sendall(f"{self._run} beat {own_name}\n".encode())
                while True:
                    called.sendall(b".")
                    time.sleep(BEAT_S)
            time.sleep(BEAT_S)

    def silence(self) -> dict[str, Any]:
        """Return the seconds since each neighbour was heard, and the state of the interface."""
        now = time.monotonic()
        heard = dict(self._heard_s)
        return {
            "silent_s": {name: round(now - at, 2) for name, at in heard.items()},
            "interface": self._interface,
            "state": state_of(self._interface) if self._interface else "",
        }


def why_unreached(error: OSError) -> str:
    """Return one word for a connection that failed: refused, silent, no route, or the text."""
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        return "silent"
    if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return "no route"
    return error.strerror or str(error)
