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


def usual_power(gpu: Gpu, count: int = 1) -> Prediction:
    """Return the usual draw of GPUs at work, in watts of all of them together."""
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


def job_energy(time: Prediction, power: Prediction, rest_w: float) -> Prediction:
    """Return kWh at the wall of the parts: the GPUs' draw and the rest of the machine.

    Args:
        power: of all GPUs together, watts.
        rest_w: everything else while the job runs.
    """
    formula = "time x (draw of the GPUs + rest of the machine)"
    if (
        time.median is None or time.low is None or time.high is None
        or power.median is None or power.low is None or power.high is None
    ):  # fmt: skip
        return replace(time, median=None, low=None, high=None, unit="kWh", formula=formula)

    def kwh(seconds: float, watts: float) -> float:
        return seconds * (watts + rest_w) / JOULES_PER_KWH

    return replace(
        time,
        median=kwh(time.median, power.median),
        low=kwh(time.low, power.low),
        high=kwh(time.high, power.high),
        unit="kWh",
        formula=formula,
        inputs={
            **power.inputs,
            "draw of the GPUs": f"{power.median:,.0f} W ({power.formula})",
            "rest of the machine": f"{rest_w:.0f} W",
        },
    )
