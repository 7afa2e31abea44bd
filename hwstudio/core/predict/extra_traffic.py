"""What plain attention and small keys and values change of the time: bytes over the bandwidth.

Nobody published pairs that differ in these alone, so the fit does not know them. What they move
through memory is counted, and the data sheet's bandwidth says how long that takes at the least.
Unpacking can cost as much as few bits save, and part of the published runs were made with plain
attention already: the range keeps room for both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hwstudio.core.base.units import significant
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.recipe import CACHE_BITS, Cache
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.demand import is_checkpointed
from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.footprint import text_model

WHOLE_BITS = 16.0
# Scores are written and read, what the softmax makes of them as well: four times forwards; six
# times backwards (the weights of the sum read, the two gradients written and read, and read again).
_FORWARDS, _BACKWARDS = 4.0, 6.0
# Since then attention is fused where nobody asks for another (PyTorch 2.0 of March 2023).
FUSED_SINCE = 2023
_LEAST_LEFT = 0.1  # of the time, whatever is saved
_SERVED_SMALL = ("fp8", "fp4")  # TensorRT-LLM keeps eight bits beside such weights by itself


def saved_s(workload: Workload, question: Question) -> float:
    """Return the seconds a written token that small keys and values save one device."""
    bandwidth = question.device.bandwidth_bytes_per_s
    if not workload.writes_text or not bandwidth or workload.recipe.cache is Cache.FP16:
        return 0.0
    is_small = question.precision in _SERVED_SMALL and "tensorrt" in question.framework.lower()
    kept_before = WHOLE_BITS / 2 if is_small else WHOLE_BITS
    fewer = max(0.0, kept_before - CACHE_BITS[workload.recipe.cache])
    text = text_model(workload)
    told = (question.input_size or 0.0) + (question.generated or 0.0) / 2
    return 2.0 * text.layers * text.kept * told * fewer / 8 / bandwidth


def added_s(workload: Workload, question: Question) -> float:
    """Return the seconds a unit of the job that plain attention costs one device."""
    bandwidth = question.device.bandwidth_bytes_per_s
    is_plain = workload.group == "language" and not workload.recipe.has_fused_attention
    length = float(workload.sequence_tokens or 0)
    if not is_plain or workload.writes_text or not bandwidth or not length:
        return 0.0
    text = text_model(workload)
    accesses = _FORWARDS
    if workload.mode is not Mode.INFERENCE:
        accesses += _BACKWARDS + _FORWARDS * is_checkpointed(workload)
    each = 4.0 if workload.precision == "fp32" else 2.0
    moved = text.layers * text.heads * length**2 * each * accesses
    return moved / (length if workload.unit == "tokens" else 1.0) / bandwidth


@dataclass(frozen=True, slots=True)
class Extra:
    """Seconds a unit of the job, of all devices together, that settings change.

    ``is_sure``: plain attention is known not to be in the runs behind the answer.
    """

    saved_s: float = 0.0
    added_s: float = 0.0
    is_sure: bool = True


def extra_of(workload: Workload, question: Question, newest_year: float) -> Extra:
    """Return what the settings of a job change.

    Args:
        newest_year: of the runs with the question's software; NaN: not known.
    """
    saved, added = (each(workload, question) / question.count for each in (saved_s, added_s))
    return Extra(saved, added, newest_year >= FUSED_SINCE)


def with_extra(
    workload: Workload, speed: Prediction, extra: Extra, most_per_s: float
) -> Prediction:
    """Return a speed as plain attention or small keys and values change it.

    Args:
        speed: of all devices together, in units of the job.
        most_per_s: what no such device is faster than.
    """
    middle, low, high = speed.median, speed.low, speed.high
    if not (middle and low and high):
        return speed
    inputs = dict(speed.inputs)
    if extra.saved_s:
        bits = CACHE_BITS[workload.recipe.cache]
        inputs["keys and values"] = (
            f"{bits:.2g} bits: up to {_ms(extra.saved_s)} a token less to read; unpacking may cost "
            "as much"
        )
        middle = _less(middle, extra.saved_s, most_per_s)
        high = max(middle, _less(high, extra.saved_s, most_per_s))
    if extra.added_s:
        unit = workload.unit.removesuffix("s")
        inputs["attention"] = f"plain: {_ms(extra.added_s)} a {unit} more for scores in memory"
        if not extra.is_sure:
            inputs["attention"] += ", in the slow end alone: runs behind it may have been plain"
        middle = 1.0 / (1.0 / middle + extra.added_s * extra.is_sure)
        low = min(middle, 1.0 / (1.0 / low + extra.added_s))
    return replace(speed, median=middle, low=low, high=high, inputs=inputs)


def without_extra(units_per_s: float, extra: Extra) -> float:
    """Return the speed a measured one would have with fused attention and 16-bit keys."""
    took = 1.0 / units_per_s
    return 1.0 / max(took + extra.saved_s - extra.added_s * extra.is_sure, _LEAST_LEFT * took)


def _ms(seconds: float) -> str:
    return f"{significant(seconds * 1e3, 2)} ms"


def _less(per_s: float, saved: float, most_per_s: float) -> float:
    """Return a speed whose time is shorter, never beyond what the device allows."""
    left_s = max(1.0 / per_s - saved, _LEAST_LEFT / per_s)
    return max(per_s, min(1.0 / left_s, most_per_s))
