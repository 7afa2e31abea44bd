"""Data-parallel training over several processes: how much of N times one process is left, and why.

Three figures are taken in turn, round after round, so that a change of the machine's load hits
all of them: each process alone, all at once without talking, and all at once with gradients
averaged. Then efficiency = compute share x communication share.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.cluster import lead
from hwstudio.worker.disturbance import usable_cores
from hwstudio.worker.kernels.scaling_inputs import Inputs
from hwstudio.worker.ranks import Ranks, environment
from hwstudio.worker.rounds import (
    CLEAN_ROUNDS,
    CROWD_WAIT_LIMIT,
    WAIT_LIMIT,
    Round,
    take_rounds,
    tell_rounds,
    tell_values,
    waited_share,
)
from hwstudio.worker.sampling import Progress

ROUND_SERIES = {
    "efficiency": "1",  # the first: rounds go on until it is known
    "compute_share": "1",
    "communication_share": "1",
    "together_rate": "samples/s",
}
PHASE_S = 0.4  # one figure of one round; short enough to interleave, long against a step
# One packet that was lost holds a step up for 0.2 s: over a few steps that decides the round.
LEAST_STEPS, LEAST_LONG_S = 12, 3.0
FEWEST_STEPS = 4  # where so many more would take too long
GROUP_TIMEOUT_S = 60.0  # we notice a lost rank ourselves, long before this
MIB = 2**20
AGREE = 1e-6  # relative difference of the models' checksums after training together


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure; nothing is reported as a metric unless every process reached the end."""
    start: Callable[..., Any] = Ranks
    if params.get("hosts"):
        jobs, start = lead.gather(params, channel)
    else:
        jobs = jobs_of(devices.load_torch(), int(params.get("nproc", 2)), params)
    nproc = len(jobs)
    channel.emit("condition", name="backend", value=jobs[0]["backend"])
    channel.emit("condition", name="threads per process", value=jobs[0]["threads"])
    rounds = max(3, int(params.get("rounds", 7)))
    phase_s = float(params.get("phase_s", PHASE_S))
    progress = Progress(channel, rounds + 3, (nproc + 2) * phase_s)
    progress.point("starting the processes")
    ranks = start(jobs, channel)
    channel.emit("condition", name="rank pids", value=ranks.pids)
    try:
        ranks.wait_ready()
        channel.emit("condition", name="device", value=ranks.about[0])
        progress.point("one machine and the link, for the forecast")
        inputs = Inputs(ranks, has_cores=bool(jobs[0]["has_cores"]))
        measure(ranks, rounds, progress, channel, dict(params) | jobs[0], inputs.turn)
        inputs.tell(channel)
    finally:
        ranks.close()


def jobs_of(torch: Any, nproc: int, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one job per rank on this machine: on GPUs where there are enough, else the CPU.

    Raises:
        Failure: GPUs were asked for and there are too few.
    """
    if nproc < 2:
        raise Failure("unsupported", "A data-parallel run needs at least 2 processes")
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    wanted = str(params.get("device", "auto"))
    is_gpu = gpus >= nproc and wanted != "cpu"
    if wanted.startswith("cuda") and not is_gpu:
        raise Failure(
            "unsupported",
            f"{nproc} processes need {nproc} GPUs",
            f"PyTorch finds {gpus}",
            "Choose the device cpu, or fewer processes",
        )
    cores = torch.get_num_threads()
    threads = int(params.get("threads", 0)) or max(1, cores // nproc)
    backend = "nccl" if is_gpu and torch.distributed.is_nccl_available() else "gloo"
    shared = {
        "nproc": nproc,
        "threads": threads,
        "backend": backend,
        "batch": int(params.get("batch", 256)),
        "hidden": int(params.get("hidden", 720)),
        "group_timeout_s": GROUP_TIMEOUT_S,
        "has_cores": nproc * threads <= usable_cores(),
        "environment": environment(),
    }
    return [
        {**shared, "rank": rank, "device": f"cuda:{rank}" if is_gpu else "cpu"}
        for rank in range(nproc)
    ]


def measure(
    ranks: Ranks,
    rounds: int,
    progress: Progress,
    channel: Channel,
    params: dict[str, Any],
    between: Callable[[], None] | None = None,
) -> None:
    """Take all rounds and send what they say; ``between`` is called before each."""
    everybody = list(range(int(params["nproc"])))
    steps = _steps(ranks, everybody, float(params.get("phase_s", PHASE_S)))

    def take() -> tuple[Round, bool]:
        if between is not None:
            between()
        figures = _round(ranks, everybody, steps, params)
        return figures, _is_clean(figures)

    found, clean = take_rounds(take, rounds, ROUND_SERIES, channel, progress)
    progress.point("adding up over all processes")
    bus = _bus_bandwidth(ranks, everybody, params, channel)
    _check_agreement(ranks, everybody)
    _report(channel, ranks, found, clean, bus)


def _is_clean(round_: Round) -> bool:
    """Say whether nothing else ran: with cores for all, no process then waits for one."""
    is_alone_clean = round_["waited_share"] <= WAIT_LIMIT
    return bool(is_alone_clean and round_["crowd_waited_share"] <= CROWD_WAIT_LIMIT)


def _steps(ranks: Ranks, everybody: list[int], phase_s: float) -> tuple[int, int]:
    """Return how many steps fill one phase without and with a link; also the warm-up."""
    for shared in (False, True):
        warm = ranks.order(everybody, do="train", shared=shared, steps=3)
    alone = ranks.order(everybody[:1], do="train", shared=False, steps=5)[0]
    together_s = max(float(answer["seconds"]) for answer in warm) / 3
    spans = (float(alone["seconds"]) / 5, together_s)
    alone_steps, group_steps = (_fill(span, phase_s) for span in spans)
    return alone_steps, group_steps


def _fill(step_s: float, phase_s: float) -> int:
    """Return how many steps one figure of one round takes."""
    step_s = max(step_s, 1e-6)
    least = max(FEWEST_STEPS, min(LEAST_STEPS, math.floor(LEAST_LONG_S / step_s)))
    return max(least, math.ceil(phase_s / step_s))


def _round(
    ranks: Ranks, everybody: list[int], counts: tuple[int, int], params: dict[str, Any]
) -> Round:
    """Take the three figures once; rates are samples per second."""
    steps, group_steps = counts
    work, group_work = (count * int(params["batch"]) for count in counts)
    alone = [ranks.order([rank], do="train", shared=False, steps=steps)[0] for rank in everybody]
    crowd = ranks.order(everybody, do="train", shared=False, steps=steps)
    group = ranks.order(everybody, do="train", shared=True, steps=group_steps)
    alone_rates = [work / a["seconds"] for a in alone]
    crowd_rates = [work / a["seconds"] for a in crowd]
    together = group_work * len(everybody) / max(a["seconds"] for a in group)
    return {
        "alone": alone_rates,
        "crowd": crowd_rates,
        "together_rate": together,
        "compute_share": sum(crowd_rates) / sum(alone_rates),
        "communication_share": together / sum(crowd_rates),
        "efficiency": together / sum(alone_rates),
        "waited_share": waited_share(alone),
        "crowd_waited_share": waited_share(crowd) if params["has_cores"] else 0.0,
    }


def _bus_bandwidth(
    ranks: Ranks, everybody: list[int], params: dict[str, Any], channel: Channel
) -> list[float]:
    """Return the bus bandwidth of each repeat: bytes x 2(n-1)/n over the slowest rank's time."""
    answers = ranks.order(
        everybody,
        do="all_reduce",
        size_bytes=int(params.get("buffer_mib", 64)) * MIB,
        repeats=int(params.get("repeats", 10)),
    )
    count = len(everybody)
    factor = 2 * (count - 1) / count
    spans = [max(each) for each in zip(*(a["seconds"] for a in answers), strict=True)]
    rates = [answers[0]["bytes"] * factor / span for span in spans]
    channel.emit("sample", series="all_reduce", unit="B/s", values=rates, clean=[True] * len(rates))
    return rates


def _check_agreement(ranks: Ranks, everybody: list[int]) -> None:
    sums = [answer["checksum"] for answer in ranks.order(everybody, do="agree")]
    if max(sums) - min(sums) > AGREE * abs(max(sums)):
        raise Failure(
            "error",
            "The processes trained different models",
            "their weights differ after training together",
            "Do not trust this installation: update PyTorch and the driver",
        )


def _report(
    channel: Channel, ranks: Ranks, found: list[Round], clean: list[bool], bus: list[float]
) -> None:
    """Send every series at the end: before that nothing counts as a result."""
    quiet = [each for each, good in zip(found, clean, strict=True) if good]
    is_busy = len(quiet) < CLEAN_ROUNDS
    shown = found if is_busy else quiet  # a busy machine's rates are told, and marked as such
    tell_rounds(channel, ROUND_SERIES, found, clean, {})
    tell_values(channel, "all_reduce", "B/s", bus, [True] * len(bus))
    channel.emit(
        "condition",
        name="ranks",
        value=[
            {
                "rank": index,
                "host": about.get("host"),
                "device": about.get("device"),
                "pid": about.get("pid"),
                "alone_samples_per_s": _middle(shown, "alone", index),
                "crowd_samples_per_s": _middle(shown, "crowd", index),
                "is_disturbed": is_busy,
            }
            for index, about in enumerate(ranks.about)
        ],
    )
    for name in ("waited_share", "crowd_waited_share"):
        waited = [round(each[name], 4) for each in found]
        channel.emit("condition", name=f"{name} per round", value=waited)


def _middle(rounds: list[Round], name: str, rank: int) -> float:
    """Return the middle rate of one rank over some rounds."""
    return float(sorted(each[name][rank] for each in rounds)[len(rounds) // 2])
