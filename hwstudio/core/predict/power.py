"""What GPUs draw on average while a job runs: measured where such work was, else a usual share."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, runtime_checkable

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.job import (
    GPU_POWER_SHARE,
    GPU_POWER_SHARE_HIGH,
    GPU_POWER_SHARE_LOW,
    JOULES_PER_KWH,
)
from hwstudio.core.predict.speed import refused

# What a GPU draws that waits for data or a drive, of what it draws at work: an assumption, wide.
WAITING, WAITING_LOW, WAITING_HIGH = 0.15, 0.05, 0.3
SURELY_AT_WORK = 0.995


def usual_power(gpu: Gpu, count: int = 1) -> Prediction:
    """Return the usual draw of GPUs at work, in watts of all of them together.

    Refused where the power limit is not known, as of a processor that the catalogue lacks.
    """
    if gpu.tdp_w <= 0:
        return refused("W", f"The power limit of {gpu.name} is not known")
    limit = gpu.tdp_w * count
    return Prediction(
        median=limit * GPU_POWER_SHARE,
        low=limit * GPU_POWER_SHARE_LOW,
        high=limit * GPU_POWER_SHARE_HIGH,
        unit="W",
        evidence=Evidence.ESTIMATED,
        formula=f"{GPU_POWER_SHARE:.0%} of the power limit: what published runs drew on average",
        inputs={"GPU power limit": f"{gpu.tdp_w:.0f} W x {count} ({gpu.source})"},
    )


@runtime_checkable
class PowerPredictor(Protocol):
    """A predictor that also knows what GPUs draw at a job."""

    def watts(self, workload: Workload, gpu: Gpu, count: int = 1) -> Prediction:
        """Return the average draw of ``count`` GPUs together, in watts."""
        ...


def predicted_power(predictor: object, workload: Workload, gpu: Gpu, count: int = 1) -> Prediction:
    """Return watts of all GPUs at a job: by the predictor where it knows, else the usual share."""
    if isinstance(predictor, PowerPredictor):
        return predictor.watts(workload, gpu, count)
    return usual_power(gpu, count)


def job_energy(
    time: Prediction, power: Prediction, rest_w: float, at_work: float = 1.0
) -> Prediction:
    """Return kWh at the wall of the parts: the GPUs' draw and the rest of the machine.

    Args:
        power: of all GPUs together at work, watts.
        rest_w: everything else while the job runs.
        at_work: share of the time in which the GPUs work (``job.share_at_work``).
    """
    formula = "time x (draw of the GPUs + rest of the machine)"
    if (
        time.median is None or time.low is None or time.high is None
        or power.median is None or power.low is None or power.high is None
    ):  # fmt: skip
        why = time.refused or power.refused
        none = replace(time, median=None, low=None, high=None, unit="kWh", formula=formula)
        return replace(none, refused=why)

    def kwh(seconds: float, watts: float, waiting: float) -> float:
        drawn = watts * (at_work + (1.0 - at_work) * waiting)
        return seconds * (drawn + rest_w) / JOULES_PER_KWH

    inputs = {
        **power.inputs,
        "draw of the GPUs": f"{power.median:,.0f} W ({power.formula})",
        "rest of the machine": f"{rest_w:.0f} W",
    }
    if at_work < SURELY_AT_WORK:
        inputs["while the GPUs wait"] = (
            f"{1.0 - at_work:.0%} of the time; taken to draw {WAITING:.0%} ({WAITING_LOW:.0%} to "
            f"{WAITING_HIGH:.0%}) of that"
        )
    return replace(
        time,
        median=kwh(time.median, power.median, WAITING),
        low=kwh(time.low, power.low, WAITING_LOW),
        high=kwh(time.high, power.high, WAITING_HIGH),
        unit="kWh",
        formula=formula,
        inputs=inputs,
    )
