"""One process that holds a part of a network: what all such processes have in common.

It speaks JSON lines like the worker itself. When its standard input ends it ends, so none can
outlive the lead.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure, Stopped
from hwstudio.worker.device import guess_oom
from hwstudio.worker.disturbance import longest_wait_s, thread_waits_ns

CLASSES = 16
SEED = 7
RATE = 1e-3  # of learning
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
RESET_PEAK = "5"  # what Linux takes as "begin the highest memory anew"
# glibc's settings: blocks from this size on are given back to the system as soon as they are free.
# While weighing that is all of them, else the freed ones would count; while timing, as glibc does
# by itself after large blocks were freed.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
WEIGHING_BYTES, TIMING_BYTES = 2**16, 2**25


class PartRank(ABC):
    """Holds the process group and the whole batch; a network is a list of equal blocks."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job, self.rank, self.count = job, int(job["rank"]), int(job["nproc"])
        self.torch = torch = devices.load_torch()
        torch.set_num_threads(int(job["threads"]))
        self.device = str(job["device"])
        if self.device.startswith("cuda"):
            torch.cuda.set_device(self.device)
        devices.set_precision(torch, "fp32")
        self.clock = devices.clock_for(torch, self.device)
        torch.distributed.init_process_group(
            job["backend"],
            init_method="env://",
            rank=self.rank,
            world_size=self.count,
            timeout=timedelta(seconds=float(job["group_timeout_s"])),
        )
        self.batch, self.width = int(job["batch"]), int(job["hidden"])
        source = torch.Generator().manual_seed(SEED)
        self.x = torch.randn(self.batch, self.width, generator=source).to(self.device)
        self.y = torch.randint(CLASSES, (self.batch,), generator=source).to(self.device)

    def blocks(self) -> Iterator[Any]:
        """Make the blocks of the whole network one by one, the same on every rank."""
        torch, width = self.torch, self.width
        nn = torch.nn

        class Block(nn.Module):  # type: ignore[name-defined,misc]
            """Two wide products beside the way around, as in a transformer."""

            def __init__(self) -> None:
                super().__init__()
                self.inner = nn.Sequential(
                    nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(),
                    nn.Linear(4 * width, width),
                )  # fmt: skip

            def forward(self, x: Any) -> Any:
                return x + self.inner(x)

        torch.manual_seed(SEED)
        for _ in range(int(self.job["depth"])):
            yield Block()
        yield nn.Linear(width, CLASSES)

    def optimiser(self, network: Any) -> Any:
        """Return what most train with: it keeps two numbers more for every weight."""
        return self.torch.optim.AdamW(network.parameters(), lr=RATE)

    def loss(self, out: Any, wanted: Any) -> Any:
        """Return the mean loss of some samples."""
        return self.torch.nn.functional.cross_entropy(out, wanted)

    def timed(self, step: Callable[[], Any], steps: int) -> dict[str, Any]:
        """Run some steps and say how long they took and how long a thread waited for a core."""
        waits = thread_waits_ns()
        self.clock.synchronise()
        begin = time.perf_counter()
        for _ in range(steps):
            step()
        self.clock.synchronise()
        seconds = time.perf_counter() - begin
        return {"seconds": seconds, "wait_s": longest_wait_s(waits, thread_waits_ns())}

    def describe(self) -> dict[str, Any]:
        """Return what this rank runs on."""
        return devices.describe(self.torch, self.device)

    @abstractmethod
    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Do one order of the lead and return the answer."""

    def weigh(self, build: Callable[[], tuple[Any, Any, Callable[[], Any]]]) -> dict[str, Any]:
        """Build a network, train it twice, and return the memory that its training takes.

        ``state_bytes`` counts the weights, gradients and the optimiser's numbers held here;
        ``peak_bytes`` is the highest the device (or the process) used above what it began with,
        None where it cannot be asked.
        """
        begin = self._begin_peak()
        network, optimiser, step = build()
        for _ in range(2):
            step()
        self.clock.synchronise()
        peak = self._peak()
        give_back_from(TIMING_BYTES)
        known = begin is not None and peak is not None
        return {
            "state_bytes": state_bytes(network.parameters(), optimiser),
            "peak_bytes": peak - begin if known else None,  # type: ignore[operator]
        }

    def _begin_peak(self) -> int | None:
        gc.collect()
        if self.device.startswith("cuda"):
            self.torch.cuda.empty_cache()
            self.torch.cuda.reset_peak_memory_stats(self.device)
            return int(self.torch.cuda.memory_allocated(self.device))
        give_back_from(WEIGHING_BYTES)
        with contextlib.suppress(OSError):
            CLEAR.write_text(RESET_PEAK)
            return status_bytes("VmRSS")
        return None

    def _peak(self) -> int | None:
        if self.device.startswith("cuda"):
            return int(self.torch.cuda.max_memory_allocated(self.device))
        return status_bytes("VmHWM")


def give_back_from(size_bytes: int) -> None:
    """Let the C library give back freed blocks from a size on, where it can be told (glibc)."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_MMAP_THRESHOLD, size_bytes)
        library.mallopt(M_TRIM_THRESHOLD, 2 * size_bytes)
        library.malloc_trim(0)  # and what earlier networks left


def status_bytes(name: str, status: Path = STATUS) -> int | None:
    """Return one of this process's memory figures; None where the system does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in status.read_text("ascii").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
    return None


def held_bytes(tensor: Any) -> int:
    """Return the bytes of a tensor on this process; of a spread-out one only the local part."""
    local = tensor.to_local() if hasattr(tensor, "to_local") else tensor
    return int(local.numel() * local.element_size())


def state_bytes(weights: Iterable[Any], optimiser: Any) -> int:
    """Return the bytes of weights, gradients and the optimiser's numbers."""
    total = 0
    for weight in weights:
        total += held_bytes(weight)
        total += held_bytes(weight.grad) if weight.grad is not None else 0
        kept = optimiser.state.get(weight, {})
        total += sum(held_bytes(each) for each in kept.values() if hasattr(each, "numel"))
    return total


def apart(got: Iterable[Any], expected: Iterable[Any]) -> float:
    """Return how far some weights are from others, relative to the length of these."""
    far = near = 0.0
    for a, b in zip(got, expected, strict=True):
        a, b = a.detach().cpu().double(), b.detach().cpu().double()
        far += float(((a - b) ** 2).sum())
        near += float((b**2).sum())
    return float((far / near) ** 0.5) if near else float("inf")


def made_of(job: dict[str, Any]) -> PartRank:
    """Return the rank that a job asks for."""
    if job["split"] == "fsdp":
        from hwstudio.worker.kernels.shard_rank import ShardRank

        return ShardRank(job)
    from hwstudio.worker.kernels.stage_rank import StageRank

    return StageRank(job)


def main() -> int:
    """Serve the lead until it closes the line."""
    channel = Channel()
    channel.start()
    try:
        job = json.loads(channel.read_line())
        os.environ.update({name: str(value) for name, value in job["environment"].items()})
        rank = made_of(job)
        channel.emit("ready", pid=os.getpid(), about=rank.describe())
        while True:
            order = json.loads(channel.read_line())
            channel.emit("answer", ticket=order["ticket"], **rank.obey(order))
    except Stopped:
        pass
    except Failure as failure:
        words = {"what": failure.what, "why": failure.why, "remedy": failure.remedy}
        channel.emit("failed", kind=failure.kind, **words)
    except Exception as error:  # noqa: BLE001  (the border: the lead puts it into words)
        traceback.print_exc()
        kind = "oom" if guess_oom(error) else "error"
        first_line = (str(error).strip().splitlines() or ["it gave no reason"])[0]
        channel.emit("failed", kind=kind, what=type(error).__name__, why=first_line, remedy="")
    # Leaving the process group politely can wait for peers that are gone.
    os._exit(0)
