"""One rank of the data-parallel test: does what the lead process says, a line at a time.

It speaks JSON lines like the worker itself. When its standard input ends it ends, so no rank can
outlive the lead.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
import traceback
from datetime import timedelta
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure, Stopped
from hwstudio.worker.cluster import dead_man
from hwstudio.worker.device import guess_oom
from hwstudio.worker.disturbance import longest_wait_s, thread_waits_ns
from hwstudio.worker.kernels.link_probe import LinkProbe
from hwstudio.worker.kernels.step_profile import LoneModel, Marks, profile, stretch

CLASSES = 16
PIECES = 3  # of one turn of plain steps: one that was disturbed can be left out


class Rank:
    """Holds the process group, the model twice (plain and wrapped) and one batch."""

    def __init__(self, job: dict[str, Any], channel: Channel) -> None:
        self._channel = channel
        self._job = job
        self._torch = torch = devices.load_torch()
        torch.set_num_threads(int(job["threads"]))
        self._device = str(job["device"])
        if self._device.startswith("cuda"):
            torch.cuda.set_device(self._device)
        devices.set_precision(torch, "fp32")
        self._clock = devices.clock_for(torch, self._device)
        self._join(job)
        self._plain = self._model()
        self._wrapped = torch.nn.parallel.DistributedDataParallel(self._model())
        self._marks = Marks(torch, self._device)
        self._lone = LoneModel(torch, self._model(), int(job["rank"]), self._marks)
        self._link = LinkProbe(torch, self._device, self._clock.synchronise)
        batch, hidden = int(job["batch"]), int(job["hidden"])
        source = torch.Generator().manual_seed(int(job["rank"]) + 1)
        self._x = torch.randn(batch, hidden, generator=source).to(self._device)
        self._y = torch.randint(CLASSES, (batch,), generator=source).to(self._device)

    def _join(self, job: dict[str, Any]) -> None:
        self._torch.distributed.init_process_group(
            job["backend"],
            init_method="env://",
            rank=int(job["rank"]),
            world_size=int(job["nproc"]),
            timeout=timedelta(seconds=float(job["group_timeout_s"])),
        )

    def _model(self) -> Any:
        torch = self._torch
        torch.manual_seed(7)
        hidden = int(self._job["hidden"])
        layers: list[Any] = []
        for _ in range(3):
            layers += [torch.nn.Linear(hidden, hidden), torch.nn.ReLU()]
        return torch.nn.Sequential(*layers, torch.nn.Linear(hidden, CLASSES)).to(self._device)

    def describe(self) -> dict[str, Any]:
        """Return what this rank runs on and how many bytes of gradients it sends per step."""
        gradients = sum(p.numel() * p.element_size() for p in self._plain.parameters())
        return {**devices.describe(self._torch, self._device), "gradient_bytes": gradients}

    def train(self, *, is_shared: bool, steps: int) -> dict[str, Any]:
        """Run ``steps`` training steps; with ``is_shared`` the gradients are averaged."""
        model = self._wrapped if is_shared else self._plain
        optimiser = self._torch.optim.SGD(model.parameters(), lr=1e-3)
        loss_of = self._torch.nn.functional.cross_entropy
        waits = thread_waits_ns()
        self._clock.synchronise()
        begin = time.perf_counter()
        for _ in range(steps):
            optimiser.zero_grad()
            loss = loss_of(model(self._x), self._y)
            loss.backward()
            optimiser.step()
        self._clock.synchronise()
        seconds = time.perf_counter() - begin
        wait_s = longest_wait_s(waits, thread_waits_ns())
        return {"seconds": seconds, "steps": steps, "wait_s": wait_s, "loss": float(loss.detach())}

    def profile(self, *, is_lone: bool, steps: int) -> dict[str, Any]:
        """Run steps without talking; ``is_lone``: wrapped, one by one, with its buckets timed."""
        model = self._lone.model if is_lone else self._plain
        optimiser = self._torch.optim.SGD(model.parameters(), lr=1e-3)
        loss_of = self._torch.nn.functional.cross_entropy

        def step() -> None:
            optimiser.zero_grad()
            loss_of(model(self._x), self._y).backward()
            optimiser.step()

        wait = self._clock.synchronise
        if is_lone:
            return {"steps": [profile(self._marks, wait, step, self._lone) for _ in range(steps)]}
        pieces = min(PIECES, steps)
        counts = [(steps + number) // pieces for number in range(pieces)]
        return {"steps": [stretch(self._marks, wait, step, count) for count in counts]}

    def all_reduce(self, *, size_bytes: int, repeats: int) -> dict[str, Any]:
        """Add up a buffer over all ranks and return the seconds of each repeat.

        ``wait_s`` is how long the unluckiest thread waited for a core in all of them.

        Raises:
            Failure: the sum is wrong.
        """
        torch, nproc = self._torch, int(self._job["nproc"])
        count = max(1, size_bytes // 4)
        buffer = torch.empty(count, device=self._device)
        spans: list[float] = []
        waits = thread_waits_ns()
        for repeat in range(repeats + 1):
            buffer.fill_(float(int(self._job["rank"]) + 1))
            torch.distributed.barrier()
            self._clock.synchronise()
            begin = time.perf_counter()
            torch.distributed.all_reduce(buffer)
            self._clock.synchronise()
            if repeat:  # the first one sets up connections
                spans.append(time.perf_counter() - begin)
        if not bool((buffer == nproc * (nproc + 1) / 2).all()):
            raise Failure("error", "The sum over all processes is wrong", "a value was lost", "")
        wait_s = longest_wait_s(waits, thread_waits_ns())
        return {"seconds": spans, "bytes": count * 4, "wait_s": wait_s}

    def agree(self) -> dict[str, Any]:
        """Return a checksum of the shared model: it must be the same on every rank."""
        total = sum(p.detach().double().abs().sum() for p in self._wrapped.parameters())
        return {"checksum": float(total)}

    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Do one order of the lead and return the answer."""
        verb = order["do"]
        if verb == "train":
            return self.train(is_shared=bool(order["shared"]), steps=int(order["steps"]))
        if verb == "all_reduce":
            return self.all_reduce(
                size_bytes=int(order["size_bytes"]), repeats=int(order["repeats"])
            )
        if verb == "profile":
            return self.profile(is_lone=bool(order["lone"]), steps=int(order["steps"]))
        if verb == "link":
            return self._link.run(
                size_bytes=int(order["size_bytes"]),
                repeats=int(order["repeats"]),
                pause_s=float(order["pause_s"]),
            )
        return self.agree() if verb == "agree" else {}


def _end_with_the_lead(channel: Channel, limit_s: float) -> None:
    """End with the process that started this one, even when that one is only stopped."""
    dead_man.die_with_parent()
    parent = os.getppid()

    def end() -> None:
        with contextlib.suppress(OSError):
            if os.getppid() == parent and hasattr(signal, "SIGKILL"):
                os.kill(parent, signal.SIGKILL)
        channel.end()

    dead_man.watch(lambda: channel.heard_s, end, limit_s)


def main() -> int:
    """Serve the lead until it closes the line."""
    channel = Channel()
    channel.start()
    try:
        job = json.loads(channel.read_line())
        os.environ.update({name: str(value) for name, value in job["environment"].items()})
        if "dead_after_s" in job:
            _end_with_the_lead(channel, float(job["dead_after_s"]))
        rank = Rank(job, channel)
        channel.emit("ready", pid=os.getpid(), about=rank.describe())
        while True:
            order = json.loads(channel.read_line())
            channel.emit("answer", ticket=order["ticket"], **rank.obey(order))
    except Stopped:
        pass
    except Failure as failure:
        channel.emit(
            "failed", kind=failure.kind, what=failure.what, why=failure.why, remedy=failure.remedy
        )
    except Exception as error:  # noqa: BLE001  (the border: the lead puts it into words)
        traceback.print_exc()
        kind = "oom" if guess_oom(error) else "error"
        first_line = (str(error).strip().splitlines() or ["it gave no reason"])[0]
        channel.emit("failed", kind=kind, what=type(error).__name__, why=first_line, remedy="")
    # Leaving the process group politely can wait for peers that are gone.
    os._exit(0)
