"""Sharded training (FSDP): what it saves in memory on each process, and what it costs in speed."""

from __future__ import annotations

from typing import Any

from hwstudio.worker.channel import Channel
from hwstudio.worker.kernels.parted import (
    PHASE_S,
    WEIGHINGS,
    parts,
    refuse_if_apart,
    tell_memory,
)
from hwstudio.worker.ranks import Ranks
from hwstudio.worker.rounds import (
    CROWD_WAIT_LIMIT,
    WAIT_LIMIT,
    Round,
    steps_for,
    take_rounds,
    tell_rounds,
    waited_share,
)
from hwstudio.worker.sampling import Progress

UNITS = {"efficiency": "1", "sharded_rate": "samples/s", "alone_rate": "samples/s"}
MOST_EFFICIENCY = 1.2  # caches explain a little


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure memory, then speed, then that the weights are right."""
    with parts(params, channel, "fsdp", phases=2) as made:
        measure(made.ranks, made.rounds, made.progress, channel, made.params)


def measure(
    ranks: Ranks, rounds: int, progress: Progress, channel: Channel, params: dict[str, Any]
) -> None:
    """Order the ranks about; nothing is told before every check is passed."""
    nproc, batch = int(params["nproc"]), int(params["batch"])
    everybody = list(range(nproc))
    progress.point("weighing")
    for is_sharded in (True, False):  # the first time loads libraries: that is not the network
        ranks.order(everybody, do="weigh", shared=is_sharded)
    weighed = [ranks.order(everybody, do="weigh", shared=True) for _ in range(WEIGHINGS)]
    whole = ranks.order(everybody[:1], do="weigh", shared=False)[0]
    progress.point("checking the weights")
    learnt = ranks.order(everybody, do="learn")
    compared = ranks.order(everybody[:1], do="compare")[0]
    mean = sum(each["loss"] for each in learnt) / nproc
    refuse_if_apart([compared["apart"]], (mean, compared["loss"]))
    phase_s = float(params.get("phase_s", PHASE_S))
    steps = _steps(ranks, everybody, phase_s)

    def take() -> tuple[Round, bool]:
        alone = ranks.order(everybody[:1], do="train", shared=False, steps=steps)
        crowd = ranks.order(everybody, do="train", shared=True, steps=steps)
        one = steps * batch / alone[0]["seconds"]
        all_ = nproc * steps * batch / max(each["seconds"] for each in crowd)
        figures = {"efficiency": all_ / one / nproc, "sharded_rate": all_, "alone_rate": one}
        is_quiet = waited_share(alone) <= WAIT_LIMIT
        is_calm = not params["has_cores"] or waited_share(crowd) <= CROWD_WAIT_LIMIT
        return figures, is_quiet and is_calm

    found, clean = take_rounds(take, rounds, UNITS, channel, progress)
    words = f"{nproc} processes, each as fast as one alone"
    tell_rounds(channel, UNITS, found, clean, {"efficiency": (MOST_EFFICIENCY, words)})
    tell_memory(channel, whole, weighed)
    channel.emit("condition", name="weights differ by", value=compared["apart"])


def _steps(ranks: Ranks, everybody: list[int], phase_s: float) -> int:
    """Warm both ways up and return how many steps fill a phase."""
    ranks.order(everybody, do="train", shared=True, steps=3)
    ranks.order(everybody[:1], do="train", shared=False, steps=2)
    alone = ranks.order(everybody[:1], do="train", shared=False, steps=3)[0]
    return steps_for(float(alone["seconds"]), 3, phase_s)
