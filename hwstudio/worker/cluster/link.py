"""The connection to one computer: starts the agent there and carries lines both ways."""

from __future__ import annotations

import base64
import contextlib
import json
import queue
import subprocess
import threading
import time
from collections import deque
from typing import Any

from hwstudio.worker.cluster import boot, dead_man

Inbox = queue.Queue[tuple[int, "dict[str, Any] | None"]]
TAIL_LINES = 20


class Link:
    """One computer. What it says lands in the inbox as (index, event); None is its end."""

    def __init__(self, index: int, host: dict[str, Any], inbox: Inbox) -> None:
        """Start the program that connects.

        Args:
            index: the place of the computer in the run.
            host: name, command (program and arguments), parcel (base64), mark and run.
            inbox: where its lines go.
        """
        self.index = index
        self.name = str(host["name"])
        self.host = host
        self.begun_s = self.heard_s = time.monotonic()
        self.is_met = False  # the agent has said hello
        self.is_over = False
        self.why_not_started = ""
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._inbox = inbox
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._outbox.put(parcel_of(host, "agent"))  # before the first beat
        self.send(mark=host["mark"], run=host["run"])
        self._process = self._begin([str(word) for word in host["command"]])

    def _begin(self, command: list[str]) -> subprocess.Popen[bytes] | None:
        try:
            # In the main thread: Linux ends the agent of a local run with the thread it came from.
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        except OSError as error:
            self.why_not_started = f"{command[0]}: {error.strerror or error}"
            self.is_over = True
            self._inbox.put((self.index, None))
            return None
        for action in (self._write, self._read, self._keep_tail, self._beat):
            threading.Thread(target=action, args=(process,), daemon=True).start()
        return process

    @property
    def code(self) -> int | None:
        """Return the exit code of the connecting program, None while it runs."""
        return self._process.poll() if self._process is not None else 127

    def send(self, **order: Any) -> None:
        """Queue one order."""
        self._outbox.put(json.dumps(order).encode() + b"\n")

    def close(self) -> None:
        """Close the line: the agent ends when it notices."""
        self._outbox.put(None)

    def wait(self, limit_s: float) -> bool:
        """Wait for the connecting program to end; say whether it did."""
        if self._process is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, limit_s))
        return self._process.poll() is not None

    def kill(self) -> None:
        """End the connecting program."""
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()

    def _write(self, process: subprocess.Popen[bytes]) -> None:
        stdin = process.stdin
        with contextlib.suppress(OSError, ValueError):
            while stdin is not None and (data := self._outbox.get()) is not None:
                stdin.write(data)
                stdin.flush()
        with contextlib.suppress(OSError, ValueError):
            if stdin is not None:
                stdin.close()

    def _beat(self, process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None:
            self._outbox.put(b"\n")
            time.sleep(dead_man.BEAT_S)
        self._outbox.put(None)

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError), process.stdout as stream:  # type: ignore[union-attr]
            for line in stream:
                with contextlib.suppress(ValueError):
                    event = json.loads(line)
                    if isinstance(event, dict):
                        self.heard_s = time.monotonic()
                        self._inbox.put((self.index, event))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1.0)  # so that its exit code is there when the end is seen
        time.sleep(0.05)  # and its last words
        self.is_over = True
        self._inbox.put((self.index, None))

    def _keep_tail(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError), process.stderr as stream:  # type: ignore[union-attr]
            for line in stream:
                self.tail.append(line.decode("utf-8", "replace").rstrip()[:400])


def parcel_of(host: dict[str, Any], part: str) -> bytes:
    """Return what to send first, for a part."""
    return boot.parcel(str(host["boot"]), base64.b64decode(host["payload"]), part)


def ask_again(host: dict[str, Any], verb: str, limit_s: float) -> tuple[int, int] | None:
    """Ask a computer over a connection of its own about the processes of the run.

    Args:
        host: the computer.
        verb: "end" ends them, "look" only counts them.
        limit_s: how long the answer may take.

    Returns:
        How many were found, and how many are left ("end") or paused ("look"); None without answer.
    """
    sent = parcel_of(host, "sweep") + f"{verb} {host['mark']}\n".encode()
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(
            [str(word) for word in host["sweep_command"]],
            input=sent,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limit_s,
            check=False,
        )
        for line in done.stdout.splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                told = json.loads(line)
                return int(told["found"]), int(told["rest"])
    return None
