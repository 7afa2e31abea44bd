"""The bytes a question keeps on one device by the textbook: what the fitted model corrects.

Weights, gradients, optimiser and activations as the frameworks hold them, spread over devices as
the parallel method says. What a driver shows on top (context, workspaces, an allocator that keeps
what it once had) is left to the fit: it differs by framework, by measure and by the room there is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hwstudio.core.predict.fitted.architectures import Shape
from hwstudio.core.predict.fitted.arithmetic import arithmetic_named
from hwstudio.core.predict.fitted.picture_models import known_picture
from hwstudio.core.predict.fitted.question import (
    DeviceSheet,
    Question,
    noted,
    number,
    question_of,
)
from hwstudio.core.predict.fitted.work import (
    PICTURES,
    TEXT,
    is_adapter,
    is_training,
    shape_asked,
)

PEAK = "peak "  # begins the metric of a question about memory: "peak allocated"
MEASURED_FITS = "fits"
USUAL_MEASURE = "allocated"  # what is asked where only "did it fit" was noted
UNNAMED = DeviceSheet(
    name="unspecified", vendor="", kind="", architecture="", year=None, memory_bytes=0.0,
    bandwidth_bytes_per_s=0.0, fp32_flop_per_s=0.0, fp16_flop_per_s=0.0,
)  # fmt: skip
_USUAL_TOKENS = 512.0
_BLOCK_BYTES = 34.0  # kept per token, layer and unit of width, two-byte elements
_LOGIT_BYTES = 8.0
_QUANTISED_BYTES = 0.55  # a frozen weight of four bits with its scales
_PICTURE_BYTES = 1.5e9  # where nothing is known of a picture model's activations


def memory_question_of(row: Mapping[str, str], device: DeviceSheet) -> Question:
    """Return a question from a row in the columns of ``memory.csv``; answers are not read.

    Raises:
        KeyError, ValueError: a column is missing or holds no number.
    """
    measure = row["measure"].strip()
    asked = USUAL_MEASURE if measure == MEASURED_FITS else measure
    note = noted(row.get("note", ""))
    plain = {**row, "metric": PEAK + asked, "global_batch": str(note.get("global_batch", ""))}
    question = question_of(plain, device)
    return question.with_memory(row.get("optimizer", "").strip(), note.get("trainable"))


def is_about_memory(question: Question) -> bool:
    """Say whether bytes are asked for rather than a speed."""
    return question.metric.startswith(PEAK)


def need_bytes(question: Question) -> float:
    """Return the bytes held on one device."""
    shape = shape_asked(question) if question.family in TEXT else None
    if shape:
        return _text(question, shape)
    if question.family == "diffusion" and question.params:
        held = 16.0 if is_training(question) else 2.0
        return question.params * held + _PICTURE_BYTES
    return _pictures(question)


def _pictures(question: Question) -> float:
    each = arithmetic_named(question.precision).element_bytes
    params = question.params or 40e6
    batch = question.batch or 8.0
    activations = question.activations
    if not activations and question.family in PICTURES:
        found = known_picture(question.model, question.input_size)
        activations = found.activations if found else None
    if activations:
        kept = activations * each * batch * (2.0 if is_training(question) else 0.25)
    else:
        side = question.input_size or 400.0
        kept = _PICTURE_BYTES * batch / 8.0 * (side / 400.0) * each / 4.0
        if question.family in PICTURES and not is_training(question):
            kept /= 8.0
    return params * (12.0 if is_training(question) else 4.0) + kept


def _text(question: Question, shape: Shape) -> float:
    arithmetic = arithmetic_named(question.precision)
    weight = arithmetic.weight_bits / 8
    if question.method.startswith("q") and is_adapter(question):
        weight = min(weight, _QUANTISED_BYTES)  # the precision named is that of the arithmetic
    params, layers, hidden = shape.params, shape.layers, shape.width
    batch = question.batch or 1.0
    if not is_training(question):
        told = (question.input_size or 0.0) + (question.generated or 0.0)
        cache = 4.0 * shape.kept * layers * told * batch
        return (params * weight + cache) / max(1.0, _split(question))
    if is_adapter(question) or question.trainable:
        # What is trained beside frozen weights: weight, gradient, two moments.
        states = params * weight + (question.trainable or params * 0.005) * 12.0
    elif question.precision.endswith("-true"):
        states = params * weight * 4.0
    else:
        states = params * 16.0
    tokens = batch * (question.input_size or _USUAL_TOKENS)
    scale = arithmetic.element_bytes / 2
    block = _BLOCK_BYTES * hidden * tokens * scale
    is_checkpointed = question.is_checkpointed or False
    kept = 2.0 * hidden * tokens * layers + block if is_checkpointed else block * layers
    logits = tokens * shape.vocabulary * _LOGIT_BYTES
    return states / _spread(question) + (kept + logits) / _split(question)


def _split(question: Question) -> float:
    """Return over how many devices each layer or each stack of layers is cut."""
    text = question.parallelism.lower()
    out = 1.0
    for name in ("tp", "pp"):
        found = re.search(rf"{name}=?(\d+)", text)
        out *= float(found[1]) if found else 1.0
    if "layer-split" in text or (not is_training(question) and question.count > 1 and out == 1.0):
        out = float(question.count)
    return max(1.0, min(out, question.count))


def _spread(question: Question) -> float:
    """Return over how many devices weights and optimiser are spread."""
    text = f"{question.parallelism} {question.optimiser} {question.framework}".lower()
    if "fsdp" in text or "zero3" in text or "torchtune" in text:
        return float(max(1, question.count))
    split = _split(question)
    if "zero1" in text or "zero2" in text:
        # Optimiser states, three quarters of it all, lie spread over all copies as well.
        return 1.0 / (0.25 / split + 0.75 / max(1, question.count))
    return split


def stated_gib(row: Mapping[str, str]) -> float | None:
    """Return the measured peak of a row in GiB, for fitting and testing."""
    return number(row, "peak_gib")
