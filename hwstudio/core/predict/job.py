"""How long a whole job takes and how much energy it uses, from a predicted speed."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import duration, gib, significant
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.footprint import items_of
from hwstudio.core.predict.held import Part

JOULES_PER_KWH = 3.6e6
GPU_POWER_SHARE = 0.73  # of the board limit: median of 569 published runs; 90 % lie in 0.44-0.91
GPU_POWER_SHARE_LOW, GPU_POWER_SHARE_HIGH = 0.44, 0.91


def predict_job_time(workload: Workload, speed: Prediction) -> Prediction:
    """Return the seconds of the workload's whole job, with what is around its steps.

    The slower of steps and input pipeline counts; saving stops the steps. Refused when the speed
    is.
    """
    amount = f"{significant(workload.job_units, 4)} {workload.unit} ({workload.job_title})"
    formula = f"{amount} / speed"
    if speed.median is None or speed.low is None or speed.high is None:
        return replace(speed, unit="s", formula=formula)
    return replace(
        speed,
        median=job_seconds(workload, speed.median),
        low=job_seconds(workload, speed.high),
        high=job_seconds(workload, speed.low),
        unit="s",
        formula=formula,
        inputs={**speed.inputs, **_around_words(workload)},
    )


def job_seconds(workload: Workload, units_per_s: float) -> float:
    """Return the seconds of the whole job at a speed of its steps, with what is around them."""
    around = workload.around
    reached = min(units_per_s, around.feed_per_s or units_per_s)
    steps_s = workload.job_units * around.runs / reached * (1.0 + saving_share(workload))
    return steps_s + around.setup_s * around.runs


def share_at_work(workload: Workload, speed: Prediction) -> float:
    """Return the share of the job's time in which the devices work rather than wait; 1 = all."""
    if not speed.median:
        return 1.0
    steps_s = workload.job_units * workload.around.runs / speed.median
    return min(1.0, steps_s / job_seconds(workload, speed.median))


def speed_for(workload: Workload, seconds: float) -> float:
    """Return the units per second that bring the whole job to its end in ``seconds``.

    Raises:
        UserError: preparing alone takes that long, or the data do not arrive fast enough.
    """
    around = workload.around
    left_s = seconds - around.setup_s * around.runs
    if not left_s > 0:
        raise UserError(
            "No computer meets this deadline",
            f"it leaves {duration(max(seconds, 0.0))}, and preparing the runs alone takes "
            f"{duration(around.setup_s * around.runs)}",
            "Give the job more time",
        )
    speed = workload.job_units * around.runs * (1.0 + saving_share(workload)) / left_s
    if around.feed_per_s and speed > around.feed_per_s:
        raise UserError(
            "No computer meets this deadline",
            f"{workload.unit} arrive at {significant(around.feed_per_s, 3)}/s, and it takes "
            f"{significant(speed, 3)}/s",
            "Give the job more time or make the data arrive faster",
        )
    return speed


def saving_share(workload: Workload) -> float:
    """Return the time checkpoints take against that between two of them; 0 where none is saved."""
    around = workload.around
    if not around.save_every_s or not around.save_bytes_per_s:
        return 0.0
    return saved_bytes(workload) / around.save_bytes_per_s / around.save_every_s


def saved_bytes(workload: Workload) -> float:
    """Return the bytes of one checkpoint: weights and optimiser, of adapters where they learn."""
    items = items_of(workload) or ()
    is_adapter = workload.mode in (Mode.LORA, Mode.QLORA)
    parts = (Part.STATES,) if is_adapter else (Part.WEIGHTS, Part.STATES)
    return sum(item.bytes for item in items if item.part in parts)


def _around_words(workload: Workload) -> dict[str, str]:
    around, words = workload.around, {}
    if around.runs > 1:
        words["runs"] = f"{around.runs} of the same job"
    if around.setup_s:
        words["preparing"] = f"{duration(around.setup_s)} a run"
    if around.feed_per_s:
        words["data arrive at"] = f"{significant(around.feed_per_s, 3)} {workload.unit}/s at most"
    if saving_share(workload):
        words["saving"] = f"{gib(saved_bytes(workload))} every {duration(around.save_every_s or 0)}"
    return words


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
