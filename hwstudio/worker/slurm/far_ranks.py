"""The ranks of a Slurm job: started by ``srun``, ordered and watched over lines of our own."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import socket
import threading
import time
from typing import Any

from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.ranks import START_LIMIT_S, RankProcess, Ranks
from hwstudio.worker.slurm.far_process import FarProcess
from hwstudio.worker.slurm.step import Step
from hwstudio.worker.slurm.task import HOSTS, PORT, TOKEN

HELLO_S = 10.0  # what a caller gets to say who it is
WORDS_S = 1.0  # what srun gets to say why a task went away
_PROCESS = re.compile(r"^(Process (\d+)(?: of \d+)?)(?: \(pid \d+\))?")


def own_addresses() -> list[str]:
    """Return the addresses under which other nodes may find this one."""
    found: list[str] = []
    with contextlib.suppress(OSError):
        found += [str(each[4][0]) for each in socket.getaddrinfo(socket.gethostname(), None)]
    return [a for a in dict.fromkeys(found) if not a.startswith(("127.", "::1", "fe80"))]


class Gathering:
    """Waits until every task of the job has called."""

    def __init__(self, count: int, channel: Channel) -> None:
        self._count, self._channel = count, channel
        self._token = secrets.token_hex(16)
        self._door = socket.create_server(("", 0), backlog=max(8, count))
        self._door.settimeout(0.25)
        self.tasks: dict[int, FarProcess] = {}
        more = {
            HOSTS: ",".join(own_addresses()),
            PORT: str(self._door.getsockname()[1]),
            TOKEN: self._token,
        }
        try:
            self.step = Step(more)
        except (OSError, KeyError) as error:
            self._door.close()
            raise Failure(
                "unsupported",
                "srun could not be started",
                str(error),
                "Submit the job with sbatch; it cannot run outside Slurm",
            ) from error

    def wait(self) -> list[FarProcess]:
        """Return the tasks in rank order.

        Raises:
            Failure: some did not call in time, or srun ended.
        """
        end = time.monotonic() + START_LIMIT_S
        try:
            while len(self.tasks) < self._count:
                self._channel.check()
                self._answer()
                self._refuse(is_late=time.monotonic() > end)
        except BaseException:
            self.step.stop()
            for task in self.tasks.values():
                task.kill()
                task.wait(0.0)
            self.step.end()
            raise
        finally:
            self._door.close()
        return [self.tasks[rank] for rank in sorted(self.tasks)]

    def _answer(self) -> None:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            line, _ = self._door.accept()
            line.settimeout(HELLO_S)
            stream = line.makefile("r", encoding="utf-8")
            about = json.loads(stream.readline(10_000))
            if not secrets.compare_digest(str(about["token"]), self._token):
                stream.close()
                line.close()
                return
            line.settimeout(None)
            self.tasks[int(about["rank"])] = FarProcess(line, stream, about)

    def _refuse(self, *, is_late: bool) -> None:
        if self.step.poll() is not None:
            words = self.step.last_words(WORDS_S)
            raise Failure("error", "Slurm did not start all processes", words)
        if not is_late:
            return
        missing = sorted(set(range(self._count)) - set(self.tasks))
        nodes = ", ".join(sorted({task.node for task in self.tasks.values()})) or "none"
        raise Failure(
            "error",
            f"{len(missing)} of {self._count} processes did not report, the first is {missing[0]}",
            f"heard from the nodes: {nodes}",
            "A firewall between the nodes may close their ports; or a node is slow to start Python",
        )


class FarRanks(Ranks):
    """Ranks on other nodes; a failure names the node."""

    def __init__(
        self, tasks: list[FarProcess], step: Step, jobs: list[dict[str, Any]], channel: Channel
    ) -> None:
        self._tasks, self._step = tasks, step
        super().__init__(jobs, channel)

    def _start(self, index: int, job: dict[str, Any]) -> RankProcess:
        rank = RankProcess(index, self._tasks[index], time.monotonic())  # type: ignore[arg-type]
        threading.Thread(target=self._listen, args=(rank,), daemon=True).start()
        self._send(rank, job)
        return rank

    def _take(self, index: int, event: dict[str, Any] | None) -> None:
        super()._take(index, event)
        if event is not None and event.get("event") == "ready":
            self._tasks[index].pid = int(event["pid"])
            self._ranks[index].about["node"] = self._tasks[index].node

    def _pump(self) -> None:
        try:
            super()._pump()
        except Failure as failure:
            raise self._with_node(failure) from failure

    def _first_cause(self) -> Failure:
        """Name the first: a task that is gone with its node comes before its peers' complaints."""
        told = [r for r in self._ranks if (r.process.poll() or 0) < 0 or _is_starved(r)]
        lost = [r for r in self._ranks if self._tasks[r.index].is_lost]
        if told or not lost:
            return super()._first_cause()
        self._step.last_words(WORDS_S)
        words = {r.index: self._step.why_lost(r.index, self._node(r.index)) for r in lost}
        first = next((r for r in lost if words[r.index]), lost[0])
        return Failure(
            "error",
            f"Process {first.index} of {len(self._ranks)} is gone",
            words[first.index] or "its line ended without a word: the node or its network is lost",
            "See the job's log, and: sacct",
        )

    def _node(self, index: int) -> str:
        return self._tasks[index].node

    def _with_node(self, failure: Failure) -> Failure:
        found = _PROCESS.match(failure.what)
        if not found:
            return failure
        place = f"{found[1]} on node {self._node(int(found[2]))}"
        what = place + failure.what[found.end() :]
        return Failure(failure.kind, what, failure.why, failure.remedy)

    def close(self) -> None:
        """Close every line, then the step: nothing of ours is left on any node."""
        super().close()
        self._step.end()


def _is_starved(rank: RankProcess) -> bool:
    return rank.failure is not None and rank.failure["kind"] == "oom"
