"""The one ``srun`` that starts a task per rank, and what it says when a task or node is lost."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping

from hwstudio.worker.launch_line import own_command

LINGER_S = 3.0
# What srun says, with one task or several: node2, task 3, Out Of Memory; node[1-2], tasks 0-1.
_TASK = re.compile(r"^srun: error: (?P<node>[^:]+): tasks? (?P<tasks>[\d,\-]+): (?P<why>.+)$")
_NODE = re.compile(r"^srun: error: Node failure on (?P<node>\S+)")
_WORDS = (
    (re.compile("out of memory|oom", re.IGNORECASE), "the node ran out of memory"),
    (re.compile("segmentation", re.IGNORECASE), "it crashed (segmentation fault)"),
    (re.compile("killed", re.IGNORECASE), "it was killed; most often the memory ran out"),
    (re.compile("bus error", re.IGNORECASE), "it crashed (bus error)"),
)


def srun_command(env: Mapping[str, str]) -> list[str]:
    """Return the command line that starts every rank of this job once.

    Raises:
        KeyError: this is no Slurm job.
    """
    command = ["srun", f"--ntasks={env['SLURM_NTASKS']}", "--kill-on-bad-exit=0"]
    if env.get("SLURM_CPUS_PER_TASK"):  # since Slurm 22.05 srun no longer takes it from the job
        command.append(f"--cpus-per-task={env['SLURM_CPUS_PER_TASK']}")
    return [*command, *own_command("slurm")]


class Step:
    """The running ``srun``. Its messages go into our log, the last ones are kept."""

    def __init__(self, more: Mapping[str, str]) -> None:
        """Start it.

        Raises:
            OSError: there is no srun here.
        """
        self.said: deque[str] = deque(maxlen=200)
        self._process = subprocess.Popen(
            srun_command(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**os.environ, **more},
        )
        self._reader = threading.Thread(target=self._listen, name="srun", daemon=True)
        self._reader.start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in self._process.stderr or ():
                self.said.append(line.rstrip())
                sys.stderr.write(line)

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""
        return self._process.poll()

    def last_words(self, wait_s: float) -> str:
        """Return its last message, once it is gone or the time is over."""
        self._reader.join(wait_s)
        return next((line for line in reversed(self.said) if line.strip()), "")

    def why_lost(self, rank: int, node: str) -> str:
        """Return in words what Slurm said about a task that is gone, "" when it said nothing."""
        return why_lost(tuple(self.said), rank, node)

    def stop(self) -> None:
        """Tell it to end now; Slurm then ends its tasks."""
        with contextlib.suppress(OSError):
            self._process.terminate()

    def end(self) -> None:
        """Let it end by itself (its tasks have no line any more), then end it."""
        for act in (None, self._process.terminate, self._process.kill):
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                if act is not None:
                    act()
                self._process.wait(LINGER_S)
                break
        self._reader.join(1.0)
        if self._process.stderr is not None and not self._reader.is_alive():
            self._process.stderr.close()


def why_lost(said: tuple[str, ...], rank: int, node: str) -> str:
    """Return in words what Slurm said about a task or its node."""
    for line in said:
        found = _NODE.match(line)
        if found and found["node"] == node:
            return "Slurm lost the node"
        found = _TASK.match(line)
        if found and rank in _numbers(found["tasks"]):
            why = found["why"].strip()
            return next((words for sign, words in _WORDS if sign.search(why)), why)
    return ""


def _numbers(text: str) -> set[int]:
    """Return the numbers of "0-2,5"."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first.isdigit():
            found |= set(range(int(first), int(last if last.isdigit() else first) + 1))
    return found
