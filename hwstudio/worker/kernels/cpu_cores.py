"""What one core does, and what is left of N times that when N cores work at once."""

from __future__ import annotations

import time
from importlib.util import find_spec
from typing import Any

from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.clock import Sample
from hwstudio.worker.crew import Crew, doublings, within
from hwstudio.worker.disturbance import cpu_times, stolen_share, usable_cores
from hwstudio.worker.kernels.cpu_core import JOBS, UNITS
from hwstudio.worker.kernels.numpy_matmul import THREAD_NAMES
from hwstudio.worker.sampling import WAIT_LIMIT, Progress, Series, send, summary
from hwstudio.worker.stopping import Budget, is_sure

WINDOW_S = 0.1


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure each job on 1, 2, 4 ... all cores, every count once in turn."""
    cores = usable_cores()
    counts = within(params.get("counts") or doublings(cores), cores)
    if not counts:
        raise Failure(
            "unsupported",
            "None of the chosen numbers of cores can be used",
            f"this process may use {cores}",
            f"Choose numbers from 1 to {cores}",
        )
    jobs = _jobs(params, channel)
    channel.emit("condition", name="device", value={"device": "cpu", "threads": cores})
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.5))
    )
    progress = Progress(channel, len(jobs), budget.cap_s * len(counts))
    with Crew("core", max(counts), channel, dict.fromkeys(THREAD_NAMES, "1")) as crew:
        for job in jobs:
            progress.point(f"{job} on {', '.join(map(str, counts))} cores")
            _measure(crew, job, counts, budget, channel)


def _jobs(params: dict[str, Any], channel: Channel) -> list[str]:
    jobs = [job for job in params.get("jobs") or JOBS if job in JOBS]
    if "product" in jobs and find_spec("numpy") is None:
        channel.emit("condition", name="skipped product", value="numpy is not installed")
        jobs.remove("product")
    if not jobs:
        raise Failure(
            "unsupported",
            "Nothing is left to measure",
            "the product needs numpy, which this Python does not have",
            "Choose compress, or another interpreter",
        )
    return jobs


def _measure(crew: Crew, job: str, counts: list[int], budget: Budget, channel: Channel) -> None:
    most = max(counts)
    crew.together(most, {"job": job, "seconds": max(0.01, budget.warmup_s)})
    rows = {n: Series(f"{job} {n}", UNITS[job], 1.0) for n in counts}
    sent = dict.fromkeys(counts, 0)
    times, begin = cpu_times(), time.perf_counter()
    while True:
        for count, series in rows.items():
            _sample(crew, job, count, series)
            sent[count] = send(channel, series, sent[count])
        spent_s = time.perf_counter() - begin
        if spent_s >= budget.cap_s * len(counts) or _all_sure(rows, budget):
            break
    stolen = stolen_share(times, cpu_times())
    for count, series in rows.items():
        series.stolen_share = stolen
        about = {"cores": count, "data": "fixed", "is_plain": job != "product"}
        channel.emit("series", **summary(series), metric=series.name, **about)
    if len(counts) > 1 and counts[0] == 1:
        _tell_scaling(channel, job, rows[1], rows[most], most)


def _sample(crew: Crew, job: str, count: int, series: Series) -> None:
    begin = time.perf_counter()
    answers = crew.together(count, {"job": job, "seconds": WINDOW_S})
    wall_s = time.perf_counter() - begin
    rate = sum(each["rate"] for each in answers)
    waits = [each["wait_s"] for each in answers if "wait_s" in each]
    wait_s = max(waits) if waits else None
    series.samples.append(Sample(1.0 / rate, wall_s, wall_s, None, wait_s))
    # One process a core: none of them has to wait unless somebody else works here.
    series.clean.append(wait_s is None or wait_s <= WAIT_LIMIT * WINDOW_S)


def _all_sure(rows: dict[int, Series], budget: Budget) -> bool:
    return all(is_sure(series.clean_seconds(), budget) for series in rows.values())


def _tell_scaling(channel: Channel, job: str, one: Series, many: Series, count: int) -> None:
    """Tell what share of ``count`` times one core is left, round by round."""
    pairs = zip(one.samples, many.samples, strict=True)
    values = [a.call_s / b.call_s / count for a, b in pairs]
    clean = [int(a and b) for a, b in zip(one.clean, many.clean, strict=True)]
    channel.emit(
        "series",
        series=f"{job}_scaling",
        unit="1",
        values=values,
        clean=clean,
        metric=f"{job}_scaling",
        cores=count,
        is_plain=True,  # a share: both were held back alike
    )
