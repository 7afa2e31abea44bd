"""A network cut in two over two devices: taking turns, and as a pipeline, against one device."""

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

BOTH = [0, 1]
UNITS = {
    "pipeline": "1",
    "model_parallel": "1",
    "pipeline_rate": "samples/s",
    "model_parallel_rate": "samples/s",
    "one_device_rate": "samples/s",
}
MOST = {
    "pipeline": (2.4, "two devices, each as fast as one, and a fifth for their caches"),
    "model_parallel": (1.4, "two devices that take turns, and what their caches may add"),
}


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure memory, then that the weights are right, then speed."""
    with parts({**params, "nproc": len(BOTH)}, channel, "stages", phases=3) as made:
        measure(made.ranks, made.rounds, made.progress, channel, made.params)


def measure(
    ranks: Ranks, rounds: int, progress: Progress, channel: Channel, params: dict[str, Any]
) -> None:
    """Order both ranks about; nothing is told before every check is passed."""
    pieces = min(int(params["batch"]), int(params.get("pieces", 4)))
    progress.point("weighing")
    for way in (pieces, 0):  # the first time loads libraries: that is not the network
        ranks.order(BOTH, do="weigh", pieces=way)
    weighed = [ranks.order(BOTH, do="weigh", pieces=pieces) for _ in range(WEIGHINGS)]
    whole = ranks.order(BOTH[:1], do="weigh", pieces=0)[0]
    progress.point("checking the weights")
    learnt = ranks.order(BOTH, do="learn", pieces=pieces)
    distances = [each["apart"] for each in learnt]
    refuse_if_apart(distances, (learnt[1]["loss"], learnt[1]["expected_loss"]))
    steps = _steps(ranks, pieces, float(params.get("phase_s", PHASE_S)))

    def take() -> tuple[Round, bool]:
        return _round(ranks, pieces, steps, params)

    found, clean = take_rounds(take, rounds, UNITS, channel, progress)
    tell_rounds(channel, UNITS, found, clean, MOST)
    tell_memory(channel, whole, weighed)
    channel.emit("condition", name="pieces", value=pieces)
    channel.emit("condition", name="weights differ by", value=max(distances))


def _steps(ranks: Ranks, pieces: int, phase_s: float) -> int:
    """Warm all three ways up and return how many steps fill a phase."""
    for way in (1, pieces):
        ranks.order(BOTH, do="train", pieces=way, steps=2)
    ranks.order(BOTH[:1], do="train", pieces=0, steps=2)
    alone = ranks.order(BOTH[:1], do="train", pieces=0, steps=3)[0]
    return steps_for(float(alone["seconds"]), 3, phase_s)


def _round(ranks: Ranks, pieces: int, steps: int, params: dict[str, Any]) -> tuple[Round, bool]:
    """Take the three rates once, and say whether nothing else ran."""
    one = ranks.order(BOTH[:1], do="train", pieces=0, steps=steps)
    turns = ranks.order(BOTH, do="train", pieces=1, steps=steps)
    line = ranks.order(BOTH, do="train", pieces=pieces, steps=steps)
    work = steps * int(params["batch"])
    rates = [work / max(each["seconds"] for each in way) for way in (one, turns, line)]
    figures = {
        "one_device_rate": rates[0],
        "model_parallel_rate": rates[1],
        "pipeline_rate": rates[2],
        "model_parallel": rates[1] / rates[0],
        "pipeline": rates[2] / rates[0],
    }
    is_quiet = waited_share(one) <= WAIT_LIMIT
    crowd = max(waited_share(turns), waited_share(line))
    return figures, is_quiet and (not params["has_cores"] or crowd <= CROWD_WAIT_LIMIT)
