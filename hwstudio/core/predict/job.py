"""How long a whole job takes and how much energy it uses, from a predicted speed."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.base.units import significant
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload

JOULES_PER_KWH = 3.6e6
GPU_POWER_SHARE = 0.73  # of the board limit: median of 569 published runs; 90 % lie in 0.44-0.91
GPU_POWER_SHARE_LOW, GPU_POWER_SHARE_HIGH = 0.44, 0.91


def predict_job_time(workload: Workload, speed: Prediction) -> Prediction:
    """Return the seconds of the workload's typical whole job; refused when the speed is."""
    formula = f"{significant(workload.job_units, 4)} {workload.unit} ({workload.job_title}) / speed"
    if speed.median is None or speed.low is None or speed.high is None:
        return replace(speed, unit="s", formula=formula)
    units = workload.job_units
    return replace(
        speed,
        median=units / speed.median,
        low=units / speed.high,
        high=units / speed.low,
        unit="s",
        formula=formula,
    )


def predict_job_energy(time: Prediction, gpu_limit_w: float, rest_w: float) -> Prediction:
    """Return kWh at the wall of the parts: GPUs at their usual share of the limit, plus the rest.

    Args:
        gpu_limit_w: board power limits of all GPUs together.
        rest_w: everything else while the job runs.
    """
    formula = f"time x ({GPU_POWER_SHARE} x GPU power limit + rest of the machine)"
    if time.median is None or time.low is None or time.high is None:
        return replace(time, unit="kWh", formula=formula)

    def kwh(seconds: float, share: float) -> float:
        return seconds * (gpu_limit_w * share + rest_w) / JOULES_PER_KWH

    inputs = {
        "time": f"{significant(time.median / 3600, 3)} h",
        "GPU power limit": f"{gpu_limit_w:.0f} W",
        "rest of the machine": f"{rest_w:.0f} W",
    }
    return replace(
        time,
        median=kwh(time.median, GPU_POWER_SHARE),
        low=kwh(time.low, GPU_POWER_SHARE_LOW),
        high=kwh(time.high, GPU_POWER_SHARE_HIGH),
        unit="kWh",
        formula=formula,
        inputs=inputs,
    )
