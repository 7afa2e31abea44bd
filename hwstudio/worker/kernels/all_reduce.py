"""Adding up one buffer over all processes: bus bandwidth by size, every sum checked.

Bus bandwidth is what each link carries: bytes x 2(n-1)/n over the slowest rank's time, with n
processes. It can be held against the link's rate whatever n is; bytes over time alone (the
algorithm bandwidth) falls with n on the same link.
"""

from __future__ import annotations

import time
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel
from hwstudio.worker.kernels.ddp import jobs_of
from hwstudio.worker.ranks import Ranks
from hwstudio.worker.rounds import CROWD_WAIT_LIMIT
from hwstudio.worker.sampling import Progress
from hwstudio.worker.stopping import Budget, is_sure, median

KIB = 1024
TURN_S = 0.25  # sums per order: the lead hears of them this often
MOST_PER_TURN = 1000
TINY_MODEL = {"hidden": 8, "batch": 1}  # a rank holds a model; here it trains none
UNIT = "B/s"


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure every size; a size is told once all its sums were right on every rank."""
    nproc = int(params.get("nproc", 2))
    jobs = jobs_of(devices.load_torch(), nproc, {**params, **TINY_MODEL})
    channel.emit("condition", name="backend", value=jobs[0]["backend"])
    channel.emit("condition", name="threads per process", value=jobs[0]["threads"])
    channel.emit("condition", name="nproc", value=nproc)
    budget = Budget(float(params.get("cap_s", 8.0)), float(params.get("warmup_s", 0.5)))
    sizes = [int(size) for size in params["sizes_kib"]]
    progress = Progress(channel, len(sizes) + 1, budget.cap_s)
    progress.point("starting the processes")
    begin = time.monotonic()
    ranks = Ranks(jobs, channel)
    channel.emit("condition", name="rank pids", value=ranks.pids)
    try:
        ranks.wait_ready()
        everybody = list(range(nproc))
        ranks.order(everybody, do="all_reduce", size_bytes=4 * KIB, repeats=1)
        channel.emit("condition", name="first all-reduce s", value=time.monotonic() - begin)
        channel.emit("condition", name="device", value=ranks.about[0])
        for size in sizes:
            progress.point(size_words(size * KIB))
            _size(ranks, size * KIB, budget, channel, has_cores=bool(jobs[0]["has_cores"]))
    finally:
        ranks.close()


def _size(
    ranks: Ranks, size_bytes: int, budget: Budget, channel: Channel, *, has_cores: bool
) -> None:
    """Sample one size until its time is known well enough."""
    nproc = len(ranks.about)
    everybody = list(range(nproc))
    name = f"bus {size_words(size_bytes)}"
    each_s = _warm_up(ranks, everybody, size_bytes, budget.warmup_s)
    spans: list[float] = []
    clean: list[bool] = []
    begin = time.perf_counter()
    while True:
        repeats = max(1, min(MOST_PER_TURN, int(TURN_S / each_s)))
        fresh, good = _turn(ranks, everybody, size_bytes, repeats)
        good = [True] * len(good) if not has_cores else good
        spans += fresh
        clean += good
        rates = [_bus(size_bytes, nproc, span) for span in fresh]
        channel.emit("sample", series=name, unit=UNIT, values=rates, clean=good)
        quiet = [span for span, is_good in zip(spans, clean, strict=True) if is_good]
        if is_sure(quiet, budget) or time.perf_counter() - begin >= budget.cap_s:
            break
    channel.emit("series", **_summary(name, size_bytes, nproc, spans, clean))


def _warm_up(ranks: Ranks, everybody: list[int], size_bytes: int, warmup_s: float) -> float:
    """Run until links and buffers have settled; return the seconds of one sum."""
    begin = time.perf_counter()
    while True:
        spans, _ = _turn(ranks, everybody, size_bytes, 3)
        if time.perf_counter() - begin >= warmup_s:
            return max(median(spans), 1e-6)


def _turn(
    ranks: Ranks, everybody: list[int], size_bytes: int, repeats: int
) -> tuple[list[float], list[bool]]:
    """Return the slowest rank's seconds of each sum, and whether none waited for a core."""
    answers = ranks.order(everybody, do="all_reduce", size_bytes=size_bytes, repeats=repeats)
    spans = [max(each) for each in zip(*(a["seconds"] for a in answers), strict=True)]
    waited = max((a["wait_s"] or 0.0) / max(sum(a["seconds"]), 1e-9) for a in answers)
    return spans, [waited <= CROWD_WAIT_LIMIT] * len(spans)


def size_words(size_bytes: int) -> str:
    """Return a size as people write it: 64 KiB, 16 MiB."""
    kib = size_bytes // KIB
    return f"{kib} KiB" if kib % KIB or not kib else f"{kib // KIB} MiB"


def _bus(size_bytes: int, nproc: int, seconds: float) -> float:
    return size_bytes * 2 * (nproc - 1) / nproc / seconds


def _summary(
    name: str, size_bytes: int, nproc: int, spans: list[float], clean: list[bool]
) -> dict[str, Any]:
    middle_s = median(spans)
    return {
        "series": name,
        "unit": UNIT,
        "count": len(spans),
        "clean": [int(good) for good in clean],
        "clean_share": round(sum(clean) / len(clean), 4),
        "nproc": nproc,
        "bytes": size_bytes,
        "bus_factor": 2 * (nproc - 1) / nproc,
        "seconds": middle_s,
        "algorithm_bytes_per_s": size_bytes / middle_s,
    }
