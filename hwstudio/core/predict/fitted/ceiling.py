"""The speed no device can beat: all its arithmetic, or all its bandwidth, on this work alone."""

from __future__ import annotations

import math

from hwstudio.core.predict.fitted.arithmetic import rate_with
from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.fitted.work import PICTURES, TEXT, Work, shape_asked

_COUNTED = ("train", "finetune", "infer", "prefill", "serve-offline", "serve-decode", "decode")


def ceiling(question: Question, work: Work) -> float:
    """Return the log of the highest possible speed of all devices together; infinity = not told.

    FP32 may run on TF32 units (several frameworks do so by themselves), so the faster of the two
    counts. Where the operations are only guessed (pictures from noise) there is no ceiling.
    """
    if question.task not in _COUNTED or not question.metric.endswith("/s"):
        return math.inf
    device, found = question.device, math.inf
    is_counted = (question.family in PICTURES and question.macs) or question.family in TEXT
    if is_counted and work.flop:
        rates = [rate_with(device, work.arithmetic.rate, question.framework)]
        if work.arithmetic.rate == "fp32":
            rates.append(device.tf32_flop_per_s)
        if max(rates) > 0:
            found = math.log(question.count * max(rates) / work.flop)
    shape = shape_asked(question) if question.task == "decode" else None
    if shape and (question.batch or 1.0) <= 1.0:
        read = (shape.active_params - shape.looked_up) * work.arithmetic.weight_bits / 8
        if device.bandwidth_bytes_per_s:
            found = min(found, math.log(question.count * device.bandwidth_bytes_per_s / read))
    return found
