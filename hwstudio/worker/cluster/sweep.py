"""Looks for processes of one run on this computer, ends them, and counts what is left."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from hwstudio.worker.cluster.children import is_stopped

WAIT_S = 1.0


def marked(mark: str) -> list[int]:
    """Return the processes whose command line holds a run's mark, without this one."""
    own = {os.getpid(), os.getppid()}
    if Path("/proc/self/cmdline").exists():
        found = []
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if folder.name.isdigit() and mark.encode() in _words(folder):
                    found.append(int(folder.name))
        return [pid for pid in found if pid not in own]
    return [pid for pid in _listed(mark) if pid not in own]


def _words(folder: Path) -> list[bytes]:
    """Return a process's command line; a zombie has none and only waits to be noticed."""
    return (folder / "cmdline").read_bytes().split(b"\0")


def _listed(mark: str) -> list[int]:
    with contextlib.suppress(OSError, subprocess.SubprocessError, ValueError):
        done = subprocess.run(
            ["ps", "-axww", "-o", "pid=,command="],
            capture_output=True,
            text=True,
            timeout=2,
            check=False,
        )
        lines = (line.split() for line in done.stdout.splitlines())
        return [int(words[0]) for words in lines if mark in words[1:]]
    return []


def end_all(mark: str) -> tuple[int, int]:
    """End them, stopped ones too; return how many were found and how many are left."""
    found = marked(mark)
    for pid in found:
        with contextlib.suppress(OSError):
            os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    end = time.monotonic() + WAIT_S
    while marked(mark) and time.monotonic() < end:
        time.sleep(0.05)
    return len(found), len(marked(mark))


def look(mark: str) -> tuple[int, int]:
    """Return how many processes of a run there are, and how many of them are paused."""
    found = marked(mark)
    return len(found), sum(map(is_stopped, found))


def main() -> int:
    """Read what to do ("end" or "look") and the mark, do it, and tell."""
    verb, _, mark = sys.stdin.readline().strip().partition(" ")
    found, rest = (end_all if verb == "end" else look)(mark) if mark else (0, 0)
    sys.stdout.write(json.dumps({"found": found, "rest": rest}) + "\n")
    sys.stdout.flush()
    return 0
