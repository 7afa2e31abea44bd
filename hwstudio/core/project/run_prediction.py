"""Asks the core what a job on some GPUs should take, in the form that is kept with a run."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.base.clock import today
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.monitor.runs.predicted import (
    GPU_BYTES,
    GPU_WATTS,
    JOULES,
    SECONDS,
    Predicted,
)
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.job import (
    GPU_POWER_SHARE,
    GPU_POWER_SHARE_HIGH,
    GPU_POWER_SHARE_LOW,
    JOULES_PER_KWH,
    predict_job_energy,
    predict_job_time,
)
from hwstudio.core.predict.memory import MemoryPrediction, memory_on
from hwstudio.core.predict.predictor import COUNTED, Predictor
from hwstudio.core.project.run_speed import asked_for


def predict_run(
    workload: Workload,
    gpu: Gpu,
    count: int,
    predictor: Predictor = COUNTED,
    model: SpeedModel | None = None,
) -> Predicted:
    """Return time, energy of the GPUs, power and memory of each; what is refused says why.

    With the ``model`` behind the predictor the run can teach it afterwards.
    """
    predictor.prepare(workload, (gpu,), count)  # this one only
    speed = predictor.speed(workload, gpu, count=count)
    time = predict_job_time(workload, speed)
    energy = predict_job_energy(time, gpu.tdp_w * count, 0.0)
    return Predicted(
        workload=workload.title,
        device=gpu.name,
        count=count,
        made_on=today().isoformat(),
        figures={
            SECONDS: time,
            JOULES: _joules(energy),
            GPU_WATTS: _power(speed, gpu),
            GPU_BYTES: _memory(memory_on(workload, gpu, count)),
        },
        asked=None if model is None else asked_for(model, workload, gpu, count, speed),
    )


def _joules(energy: Prediction) -> Prediction:
    def scaled(value: float | None) -> float | None:
        return None if value is None else value * JOULES_PER_KWH

    return replace(
        energy,
        median=scaled(energy.median),
        low=scaled(energy.low),
        high=scaled(energy.high),
        unit="J",
    )


def _power(speed: Prediction, gpu: Gpu) -> Prediction:
    return replace(
        speed,
        median=gpu.tdp_w * GPU_POWER_SHARE,
        low=gpu.tdp_w * GPU_POWER_SHARE_LOW,
        high=gpu.tdp_w * GPU_POWER_SHARE_HIGH,
        unit="W",
        evidence=Evidence.ESTIMATED,
        formula="share of the power limit that published runs drew on average",
        inputs={"GPU power limit": f"{gpu.tdp_w:.0f} W ({gpu.source})"},
        refused="",
    )


def _memory(memory: MemoryPrediction) -> Prediction:
    return Prediction(
        median=memory.need_bytes,
        low=memory.low,
        high=memory.high,
        unit="B",
        evidence=Evidence.ESTIMATED,
        formula="weights, optimiser, activations and the framework's overhead",
        inputs={"layout": memory.layout.value},
        refused=memory.refused,
    )
