"""The bytes a question keeps on one device by the textbook: what the fitted model corrects.

Weights, gradients, optimiser and activations as the frameworks hold them, spread over devices as
the parallel method says. What a driver shows on top (context, workspaces, an allocator that keeps
what it once had) is left to the fit: it differs by framework, by measure and by the room there is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

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
    TRAINING,
    is_adapter,
    is_training,
    shape_asked,
)

PEAK = "peak "  # begins the metric of a question about memory: "peak allocated"
MEASURED_FITS = "fits"
_STATES_ALL = ("qwen1",)  # memory of all devices together
USUAL_MEASURE = "allocated"  # what is asked where only "did it fit" was noted
UNNAMED = DeviceSheet(
    name="unspecified", vendor="", kind="", architecture="", year=None, memory_bytes=0.0,
    bandwidth_bytes_per_s=0.0, fp32_flop_per_s=0.0, fp16_flop_per_s=0.0,
)  # fmt: skip
_USUAL_TOKENS = 512.0
_BLOCK_BYTES = 34.0  # kept per token, layer and unit of width, two-byte elements
_LOGIT_BYTES = 16.0  # a word's score, its copy, its share and their gradients: 2 + 4 + 4 + 4 + 2
# Encoders score few words, but their publishers' software wrote attention down: for both together.
_ENCODER_BYTES = 8.0
_QUANTISED_BYTES = 0.55  # a frozen weight of four bits with its scales
_PACKED_BITS = 9.0  # at most; the table of words beside such weights keeps two bytes
_UNPACKED = ("fp8", "float8", "fp4")  # kept so by software that counts its tables in
# Per token, layer and unit of width: layers of packed weights keep their input for the way back;
# adapters that scale what every layer gives (``adapter_v2``) keep that as well.
_INPUT_BYTES, _OUTPUT_BYTES = 14.0, 22.0
# Software that kept the scores of all words for every token of a prompt, and plain attention.
_ALL_SCORES, _LAST_SCORE_YEAR = ("autoawq", "transformers"), 2025
_SCORE_BYTES, _HEAD_WIDTH = 6.0, 128.0  # two bytes, and four of the copy that is normalised
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
    if question.batch == 0:  # whole samples of less than one a device, rounded down
        question = replace(question, batch=1.0)
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
    is_packed = _is_packed(question.precision, weight)
    tables = shape.vocabulary * hidden + shape.looked_up if is_packed else 0.0
    frozen = (params - tables) * weight + tables * 2.0
    if not is_training(question):
        return (frozen + _read_bytes(question, shape)) / max(1.0, _split(question))
    if is_adapter(question) or question.trainable:
        # What is trained beside frozen weights: weight, gradient, two moments.
        states = frozen + (question.trainable or params * 0.005) * 12.0
    elif question.precision.endswith("-true"):
        states = params * weight * 4.0
    else:
        states = params * 16.0
    tokens = batch * (question.input_size or _USUAL_TOKENS)
    scale = arithmetic.element_bytes / 2
    each = _BLOCK_BYTES
    each += _INPUT_BYTES if is_packed and is_adapter(question) else 0.0
    each += _OUTPUT_BYTES if question.method.endswith("adapter_v2") else 0.0
    block = each * hidden * tokens * scale
    is_checkpointed = question.is_checkpointed or False
    kept = 2.0 * hidden * tokens * layers + block if is_checkpointed else block * layers
    scores = _ENCODER_BYTES if question.family == "transformer" else _LOGIT_BYTES
    logits = tokens * shape.vocabulary * scores
    return states / _spread(question) + (kept + logits) / _split(question)


def _is_packed(precision: str, weight: float) -> bool:
    """Say whether only the layers' weights are stored in few bits.

    llama.cpp's types (``Q4_K_M``) are told in bits over all weights, tables counted in.
    """
    name = precision.lower()
    is_of_all = name.removeprefix("ud-").startswith(("q", "iq")) or "bpw" in name
    is_plain = is_of_all or any(word in name for word in _UNPACKED)
    return weight * 8 < _PACKED_BITS and not is_plain


def _read_bytes(question: Question, shape: Shape) -> float:
    """Return what stands beside the weights at the peak: when the prompt is read, or at the end."""
    prompt, batch = question.input_size or 0.0, question.batch or 1.0
    token = 4.0 * shape.kept * shape.layers
    at_end = token * (prompt + (question.generated or 0.0)) * batch
    name = question.framework.lower()
    is_old = question.year is not None and question.year < _LAST_SCORE_YEAR
    if not (is_old and any(word in name for word in _ALL_SCORES)):
        return at_end
    looks = shape.width / _HEAD_WIDTH * prompt
    kept = token + (shape.vocabulary + looks) * _SCORE_BYTES
    return max(at_end, kept * prompt * batch)


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


def stated_gib(row: Mapping[str, str], device: DeviceSheet = UNNAMED) -> float | None:
    """Return the measured peak of a row on one device in GiB, for fitting and testing.

    More than a device has is what all of them held together; some publishers state training so.
    """
    stated, count = number(row, "peak_gib"), number(row, "num_devices") or 1.0
    room_gib = device.memory_bytes / 1e9  # sheets name GiB
    is_of_all = row["source"] in _STATES_ALL and row["task"] in TRAINING
    if stated and (is_of_all or (room_gib and stated > room_gib)):
        return stated / count
    return stated
