"""What the leads of a network in parts share: jobs, memory, and the check of the weights."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.disturbance import usable_cores
from hwstudio.worker.ranks import Ranks, environment
from hwstudio.worker.rounds import tell_values
from hwstudio.worker.sampling import Progress

GROUP_TIMEOUT_S = 60.0  # we notice a lost rank ourselves, long before this
PHASE_S = 0.5
SAME = 1e-3  # relative distance of weights, and of losses, that the order of sums explains
WEIGHINGS = 3  # a series needs as many values


class PartRanks(Ranks):
    """The processes that hold the parts."""

    word = "part"


@dataclass(frozen=True)
class Parts:
    """The processes that are ready, and what is to be done with them."""

    ranks: PartRanks
    rounds: int
    progress: Progress
    params: dict[str, Any]


@contextlib.contextmanager
def parts(params: dict[str, Any], channel: Channel, split: str, phases: int) -> Iterator[Parts]:
    """Start the processes that hold the parts, and close them at the end.

    Args:
        split: "fsdp" or "stages".
        phases: how often a round trains.

    Raises:
        Failure: this torch or this machine cannot do it.
    """
    torch = devices.load_torch()
    count = int(params.get("nproc", 2))
    if count < 2:
        raise Failure("unsupported", "Training in parts needs at least 2 processes")
    if not torch.distributed.is_available():
        raise Failure(
            "unsupported",
            "This PyTorch cannot train over several processes",
            "it was built without torch.distributed",
            "Choose another interpreter",
        )
    jobs = jobs_for(torch, count, split, params)
    channel.emit("condition", name="backend", value=jobs[0]["backend"])
    channel.emit("condition", name="threads per process", value=jobs[0]["threads"])
    rounds = max(3, int(params.get("rounds", 7)))
    progress = Progress(channel, rounds + 3, phases * PHASE_S)
    progress.point("starting the processes")
    ranks = PartRanks(jobs, channel)
    try:
        ranks.wait_ready()
        channel.emit("condition", name="device", value=ranks.about[0])
        yield Parts(ranks, rounds, progress, jobs[0] | dict(params))
    finally:
        ranks.close()


def jobs_for(torch: Any, count: int, split: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one job per rank.

    Raises:
        Failure: GPUs were asked for and there are too few.
    """
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    wanted = str(params.get("device", "auto"))
    is_gpu = gpus >= count and wanted != "cpu"
    if wanted not in ("auto", "cpu") and not is_gpu:
        raise Failure(
            "unsupported",
            f"{count} processes need {count} GPUs",
            f"PyTorch finds {gpus} that it can spread a network over",
            "Choose the device cpu, or fewer processes",
        )
    threads = int(params.get("threads", 0)) or max(1, torch.get_num_threads() // count)
    shared = {
        "split": split,
        "nproc": count,
        "threads": threads,
        "backend": "nccl" if is_gpu and torch.distributed.is_nccl_available() else "gloo",
        "batch": int(params.get("batch", 64)),
        "hidden": int(params.get("hidden", 512)),
        "depth": int(params.get("depth", 6)),
        "group_timeout_s": GROUP_TIMEOUT_S,
        "has_cores": is_gpu or count * threads <= usable_cores(),
        "environment": environment(),
    }
    return [
        {**shared, "rank": rank, "device": f"cuda:{rank}" if is_gpu else "cpu"}
        for rank in range(count)
    ]


def refuse_if_apart(distances: Sequence[float], losses: tuple[float, float]) -> None:
    """Check that training in parts gave what training in one piece gives.

    Raises:
        Failure: the weights or the losses differ by more than the order of the sums explains.
    """
    got, expected = losses
    loss_apart = abs(got - expected) / max(abs(expected), 1e-12)
    worst = max(*distances, loss_apart)
    if not worst <= SAME:  # a NaN fails too
        raise Failure(
            "error",
            "Training in parts gave another network than training in one piece",
            f"they differ by {worst:.2g}; the order of the sums explains {SAME:g}",
            "Do not trust this installation: update PyTorch and the driver",
        )


def tell_memory(
    channel: Channel, whole: dict[str, Any], parts: Sequence[Sequence[dict[str, Any]]]
) -> None:
    """Tell the share of a whole network that one process holds, and the memory it took.

    ``parts``: per weighing what every rank answered.
    """
    state = [max(each["state_bytes"] for each in round_) for round_ in parts]
    shares = [value / whole["state_bytes"] for value in state]
    good = [True] * len(parts)
    tell_values(channel, "state_share", "1", shares, good)
    peaks = [[each["peak_bytes"] for each in round_] for round_ in parts]
    if whole["peak_bytes"] is not None and all(None not in each for each in peaks):
        tell_values(channel, "part_memory", "B", [float(max(each)) for each in peaks], good)
        tell_values(channel, "whole_memory", "B", [float(whole["peak_bytes"])] * 3, [True] * 3)
    channel.emit(
        "condition",
        name="memory per process",
        value={"whole": whole, "parts": [dict(each) for each in parts[-1]]},
    )
