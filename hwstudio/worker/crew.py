"""Several processes that work at the same moment, one per core, and end when their leader does."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Sequence
from typing import Any

from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.launch_line import own_command


class Crew:
    """So many processes of this worker, started with one word; a context."""

    def __init__(
        self, word: str, count: int, channel: Channel, environment: dict[str, str]
    ) -> None:
        self._channel = channel
        self._processes: list[subprocess.Popen[str]] = []
        channel.on_stop(self.end)
        for _ in range(count):
            self._processes.append(
                subprocess.Popen(
                    own_command(word),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**os.environ, **environment},
                    text=True,
                )
            )

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *of: object) -> None:
        self.end()

    def together(self, count: int, order: dict[str, Any]) -> list[dict[str, Any]]:
        """Give the first ``count`` the same order at once; return what each answers.

        Raises:
            Stopped: the supervisor asked for an end.
            Failure: one of them died.
        """
        self.give([order] * count)
        return self.answers(count)

    def give(self, orders: Sequence[dict[str, Any]]) -> None:
        """Give each process an order of its own, and do not wait."""
        with contextlib.suppress(OSError):  # a dead one gives no answer later
            for process, order in zip(self._processes, orders, strict=False):
                _pipe(process.stdin).write(json.dumps(order) + "\n")
                _pipe(process.stdin).flush()

    def answers(self, count: int) -> list[dict[str, Any]]:
        """Return what each of the first ``count`` answers.

        Raises:
            Stopped: the supervisor asked for an end.
            Failure: one of them died.
        """
        found = [self._answer(process) for process in self._processes[:count]]
        self._channel.check()
        return found

    def _answer(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        try:
            return dict(json.loads(_pipe(process.stdout).readline()))
        except (ValueError, OSError) as error:
            self._channel.check()  # ended with us
            raise Failure(
                "error",
                "One of the measuring processes ended too early",
                f"exit code {process.wait(5)}",
                "The log has the details; run it again",
            ) from error

    def end(self) -> None:
        """End all of them."""
        for process in self._processes:
            with contextlib.suppress(OSError):
                process.kill()
        for process in self._processes:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                process.wait(2)
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(OSError, AttributeError):
                    stream.close()  # type: ignore[union-attr]


def _pipe(stream: Any) -> Any:
    if stream is None:
        raise OSError("no pipe")
    return stream


def doublings(most: int) -> list[int]:
    """Return 1, 2, 4 and so on, and at the end ``most`` itself."""
    found, count = [], 1
    while count < most:
        found.append(count)
        count *= 2
    return [*found, most]


def within(counts: Sequence[int], most: int) -> list[int]:
    """Return the counts that exist here, in order."""
    return sorted({count for count in counts if 1 <= count <= most})
