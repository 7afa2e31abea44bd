"""What the job costs on every cloud machine whose GPU is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from hwstudio.core.base import clock
from hwstudio.core.cloud.age import is_stale
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.fitted.job import Software, job_speeds
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.offsets import Offsets
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.job import predict_job_time
from hwstudio.core.predict.memory import memory_on
from hwstudio.core.predict.where_it_runs import as_it_runs
from hwstudio.gui.workload.state import RentRow

Pair = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who answers, and with which software; ``is_chosen``: a person named it."""

    model: SpeedModel
    software: Software
    offsets: Offsets | None = None
    is_chosen: bool = False


def rent_rows(
    asked: Asked,
    job: Callable[[int], Workload],
    offers: tuple[Offer, ...],
    gpus: Mapping[str, tuple[Gpu, DeviceSheet]],
) -> tuple[RentRow, ...]:
    """Return a row for every priced offer whose GPU the catalogue knows.

    ``job``: gives the job as so many GPUs do it.
    """
    known = [(offer, pair) for offer in offers if (pair := _pair(offer, gpus)) is not None]
    found = _speeds(asked, job, {pair for _, pair in known}, gpus)
    times = {pair: predict_job_time(job(pair[1]), speed) for pair, speed in found.items()}
    memory = {
        (gpu_id, count): memory_on(job(count), gpus[gpu_id][0], count, is_advised=False)
        for gpu_id, count in times
    }
    today = clock.today()
    return tuple(
        RentRow(
            offer=offer,
            count=pair[1],
            memory=memory[pair],
            time=times[pair],
            job_usd=_cost(times[pair], float(offer.price_per_hour or 0)),
            is_stale=is_stale(offer.as_of, today),
        )
        for offer, pair in known
    )


def _pair(offer: Offer, gpus: Mapping[str, tuple[Gpu, DeviceSheet]]) -> Pair | None:
    """Return GPU and count; None for shares of a GPU, unknown GPUs and offers without a price."""
    count = offer.accelerator_count
    if offer.gpu_id not in gpus or offer.price_per_hour is None or count < 1 or count % 1:
        return None
    return str(offer.gpu_id), int(count)


def _speeds(
    asked: Asked,
    job: Callable[[int], Workload],
    pairs: set[Pair],
    gpus: Mapping[str, tuple[Gpu, DeviceSheet]],
) -> dict[Pair, Prediction]:
    out: dict[Pair, Prediction] = {}
    for count in sorted({count for _, count in pairs}):
        workload = job(count)
        names = sorted(name for name, number in pairs if number == count)
        hardware = [gpus[name] for name in names]
        used = asked.software
        found = job_speeds(asked.model, workload, hardware, count, used, asked.offsets)
        there = [gpu for gpu, _ in hardware]
        found = as_it_runs(workload, there, found, used, is_chosen=asked.is_chosen)
        out |= {(name, count): speed for name, speed in zip(names, found, strict=True)}
    return out


def _cost(time: Prediction, per_hour: float) -> Prediction:
    """Return what the hours cost; the price itself is taken as it stands."""

    def paid(seconds: float | None) -> float | None:
        return None if seconds is None else seconds / 3600 * per_hour

    return replace(
        time,
        median=paid(time.median),
        low=paid(time.low),
        high=paid(time.high),
        unit="USD",
        formula=f"hours x ${per_hour:,.2f} an hour, before tax",
    )
