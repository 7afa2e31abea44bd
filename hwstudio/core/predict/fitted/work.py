"""How much arithmetic and memory traffic one counted unit of a question is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from hwstudio.core.predict.fitted.architectures import Shape, shape_of
from hwstudio.core.predict.fitted.arithmetic import (
    HALF,
    Arithmetic,
    arithmetic_named,
    arithmetic_of,
)
from hwstudio.core.predict.fitted.diffusion import call_macs, calls_of, denoiser_of, tokens_of
from hwstudio.core.predict.fitted.picture_models import known_picture, times_written
from hwstudio.core.predict.fitted.question import Question

PICTURES = ("cnn", "vit", "cnn-or-vit", "detection", "segmentation")
TEXT = ("transformer", "llm", "vlm")
TRAINING = ("train", "finetune")
_ADAPTERS = ("lora", "qlora", "adapter")
USUAL_TOKENS = 512.0
_GRADIENT_BYTES, _UPDATE_BYTES, _STATE_BYTES = 6.0, 22.0, 16.0  # a parameter, in a step
_USUAL_BATCH = 32.0
_UNPADDED = 0.5  # of the longest sequence, in the mean of Wikipedia's articles
_MOST_TEXTS = 2048.0
_SPLIT = re.compile(r"(?:tp|pp|ulysses|ring)=?(?:[2-9]|1\d)")  # one step, cut into so many
_REMEMBERS = "transformer-xl"
# Its base, for time: of 192 million parameters 126 are looked up, few words are scored at every
# token. What it holds is told better by its size alone.
_REMEMBERING = Shape(191.95e6, 191.95e6, 16.0, 512.0, 512.0, 20_000.0, 126e6, is_known=True)
_REMEMBERED = {True: 192.0, False: 640.0}  # tokens: in training, in reading; as published
# Every score is written or read so often (rounded, by counting its operations), in mixed precision
# partly with four bytes.
_SCORE_ACCESSES, _MIXED_BYTES, _HEAD_WIDTH = {True: 60.0, False: 20.0}, 3.0, 64.0
# Packed experts of so few bits stand beside attention and tables that keep about eight.
_DYNAMIC, _DYNAMIC_BITS, _BESIDE_BITS, _BESIDE_A_LAYER = "ud-", 4.0, 8.6, 6.0
_AT_A_TIME = 512.0  # tokens of a prompt that llama.cpp hands from device to device
_CUT_UP = ("llama.cpp", "ollama")
_TILE = 64.0  # rows of a product that are worked on together, filled or not


@dataclass(frozen=True, slots=True)
class Work:
    """One unit of the question's metric. None = it cannot be told from what is known."""

    flop: float | None
    traffic_bytes: float | None
    tokens: float = 1.0  # of text (or of a picture) in one unit
    arithmetic: Arithmetic = HALF
    filled_up: float = 1.0  # times the operations that are done where tiles are not full


def is_timed(question: Question) -> bool:
    """Say whether a speed is asked for rather than bytes, watts or minutes to a target."""
    return question.metric.endswith("/s")


def is_training(question: Question) -> bool:
    """Say whether weights are changed."""
    return question.task in TRAINING


def is_adapter(question: Question) -> bool:
    """Say whether only a small addition to frozen weights is trained."""
    return is_adapter_method(question.method)


@lru_cache(maxsize=1024)
def is_adapter_method(method: str) -> bool:
    """Say so of a method's name."""
    return any(word in method for word in _ADAPTERS)


def work_of(question: Question) -> Work:
    """Return the work of one unit, with the formulas of each family."""
    arithmetic = _arithmetic(question)
    if question.metric.endswith("TFLOP/s/device"):
        return Work(1e12 * question.count, None, arithmetic=arithmetic)
    if question.family in TEXT:
        return _text(question, arithmetic)
    if question.family == "diffusion":
        return _diffusion(question, arithmetic)
    return _pictures(question, arithmetic)


def _arithmetic(question: Question) -> Arithmetic:
    if is_timed(question):
        return arithmetic_of(question.precision, question.framework, question.device)
    return arithmetic_named(question.precision)


def _pictures(question: Question, arithmetic: Arithmetic) -> Work:
    training = is_training(question)
    each = arithmetic.element_bytes
    flop = traffic = None
    macs, activations = question.macs, question.activations
    if not macs:
        found = known_picture(question.model, question.input_size)
        macs = found.macs if found else None
        activations = found.activations if found else activations
    if macs:
        flop = 2.0 * macs * (3.0 if training else 1.0)
    if activations:
        activations *= times_written(question.model)
        traffic = activations * each * 2.0 * (3.0 if training else 1.0)
        batch = usual_batch(question)
        held = _GRADIENT_BYTES + _UPDATE_BYTES if training else each
        traffic += (question.params or 0.0) * held / batch
    return Work(flop, traffic, arithmetic=arithmetic)


def is_remembering(question: Question) -> bool:
    """Say whether the time of a model is asked that looks at text before its own sequence."""
    return _REMEMBERS in question.model.lower() and is_timed(question)


def remembered_tokens(*, training: bool) -> float:
    """Return the tokens before its own that such a model looks at."""
    return _REMEMBERED[training]


def shape_asked(question: Question) -> Shape | None:
    """Return what the language model of a question is made of."""
    if is_remembering(question):
        return _REMEMBERING
    return shape_of(question.model, question.params, question.active_params)


def _text(question: Question, arithmetic: Arithmetic) -> Work:
    shape = shape_asked(question)
    # A layer that is used many times over (ALBERT): parameters say nothing of the work.
    if shape is None or shape.active_params <= shape.looked_up:
        return Work(None, None, arithmetic=arithmetic)
    length = question.input_size or USUAL_TOKENS
    passes = 1.0
    if is_training(question):
        passes = 2.0 if is_adapter(question) else 3.0
        passes += 1.0 if question.is_checkpointed else 0.0
    counted = shape.active_params - shape.looked_up
    looking = shape.looking if is_timed(question) else shape.width
    looked_at = 2.0 * shape.layers * looking * _looked_back(question, length)
    looked_at += _remembering(question, shape, length)
    per_token = 2.0 * (counted + looked_at) * passes * _prompts_per_token(question)
    tokens = _tokens_per_unit(question, length) * _turns(question, length)
    traffic = _text_traffic(question, arithmetic, shape) * written_share(question)
    more = (_filled_up(question, shape, length) - 1.0) * counted / (counted + looked_at)
    return Work(per_token * tokens, traffic * tokens, tokens, arithmetic, 1.0 + more)


def _filled_up(question: Question, shape: Shape, length: float) -> float:
    """Return how many times the products of experts are worked on that get few tokens of a prompt.

    Tokens are dealt out over the experts, and each works on whole tiles.
    """
    is_dealt_out = shape.active_params < shape.params and is_timed(question)
    if not (is_dealt_out and question.task in ("prefill", "infer")):
        return 1.0
    depth = question.depth or 0.0
    tokens = (length - depth if length > depth else length) * max(1.0, question.batch or 1.0)
    if any(word in question.framework for word in _CUT_UP):
        tokens = min(tokens, _AT_A_TIME)
    return 1.0 + _TILE * shape.params / (shape.active_params * max(1.0, tokens))


def _looked_back(question: Question, length: float) -> float:
    """Return how many earlier tokens a token looks at, in the mean."""
    depth = question.depth or 0.0
    if depth and length > depth:  # a prompt's length is given with what lay in the cache
        return depth + (length - depth) / 2
    is_two_way = question.family == "transformer"  # encoders look at what follows as well
    return max(depth, length if is_two_way else length / 2)


def _remembering(question: Question, shape: Shape, length: float) -> float:
    """Return the multiplications a token costs for text before its own sequence, if it has such.

    Queries, keys and values of what is remembered are made anew for every sequence, and where a
    token stands is a third product.
    """
    if not is_remembering(question):
        return 0.0
    kept = _REMEMBERED[is_training(question)]
    again = 3.0 * shape.width**2 * kept / length
    seen = kept + length / 2
    return shape.layers * (again + shape.width * (3.0 * seen - 2.0 * length))


def _shifted_traffic(question: Question, arithmetic: Arithmetic, shape: Shape) -> float:
    """Return the bytes moved for one token where scores by place are written out and shifted."""
    if not is_remembering(question):
        return 0.0
    training = is_training(question)
    seen = _REMEMBERED[training] + (question.input_size or USUAL_TOKENS)
    each = max(arithmetic.element_bytes, _MIXED_BYTES) * _SCORE_ACCESSES[training]
    return shape.layers * shape.width / _HEAD_WIDTH * seen * each


def is_in_turn(question: Question) -> bool:
    """Say whether devices hold different layers: a text runs through one after the other."""
    return "layer-split" in question.parallelism and question.task in ("decode", "prefill")


def is_step_shared(question: Question) -> bool:
    """Say whether devices work on one step together rather than each on a batch of its own.

    Then the time they wait for each other, or for the host, is not that of the arithmetic of one.
    """
    if question.count == 1:
        return False
    text = question.parallelism.lower()
    return is_in_turn(question) or "dataparallel" in text or bool(_SPLIT.search(text))


def _turns(question: Question, length: float) -> float:
    """Return how many times longer devices in turn take than devices that share every layer.

    A text that is written keeps one of them busy. A prompt goes through in parts: the first device
    takes the next while the second has the last.
    """
    if not is_in_turn(question):
        return 1.0
    parts = max(1.0, length / _AT_A_TIME) if question.task == "prefill" else 1.0
    return (parts + question.count - 1) / parts


def _prompts_per_token(question: Question) -> float:
    """Return the tokens worked on for each one counted: at full load prompts are read as well."""
    if question.task == "serve-offline" and question.input_size and question.generated:
        return 1.0 + question.input_size / question.generated
    return 1.0


def written_share(question: Question) -> float:
    """Return the share of counted tokens that are written one by one."""
    if question.task == "infer-total" and question.input_size and question.generated:
        return question.generated / (question.input_size + question.generated)
    return 1.0


def _tokens_per_unit(question: Question, length: float) -> float:
    if question.metric in ("sequences/s", "samples/s", "mlperf-samples/s"):
        return length * (_UNPADDED if _is_unpadded(question) else 1.0)
    if question.metric == "microbatches/s":
        return length * max(1.0, question.batch or 1.0)
    return 1.0


def _is_unpadded(question: Question) -> bool:
    """Say whether sequences are worked on without their padding, as all entrants to MLPerf do."""
    return "bert" in question.model and "mlperf" in question.model


def _text_traffic(question: Question, arithmetic: Arithmetic, shape: Shape) -> float:
    """Return bytes moved for one token."""
    written = shape.width * shape.layers
    shifted = _shifted_traffic(question, arithmetic, shape)
    if is_training(question):
        return 96.0 * written + shifted + _held_traffic(question, arithmetic, shape.params)
    batch = max(1.0, question.batch or 1.0)
    weights = (shape.params - shape.looked_up) * arithmetic.weight_bits / 8
    if question.task in ("prefill", "infer"):
        held = weights / (batch * (question.input_size or USUAL_TOKENS))
        return 16.0 * written + shifted + held
    told = max(question.depth or 0.0, question.input_size or 0.0) + (question.generated or 0.0) / 2
    is_small = arithmetic.rate in ("fp8", "fp4") and "tensorrt" in question.framework.lower()
    cache = 2.0 * (1.0 if is_small else 2.0) * shape.kept * shape.layers * told
    if question.task == "serve-offline":
        batch = _most_texts(question, weights, cache)
    weights += _beside_experts(question, arithmetic, shape)
    # Of the experts, the more tokens a step works on, the more are read.
    used = min(1.0, shape.active_params / shape.params)
    read: float = 1.0 - (1.0 - used) ** batch
    return weights * read / batch + cache


def _beside_experts(question: Question, arithmetic: Arithmetic, shape: Shape) -> float:
    """Return the bytes that what is not experts takes beyond the few bits of the experts.

    They are read for every token, so they count as if all experts were.
    """
    is_mixed = question.precision.lower().startswith(_DYNAMIC) and (
        arithmetic.weight_bits < _DYNAMIC_BITS and shape.active_params < shape.params
    )
    if not is_mixed:
        return 0.0
    beside = shape.layers * _BESIDE_A_LAYER * shape.width**2 + shape.vocabulary * shape.width
    more_bits = _BESIDE_BITS - arithmetic.weight_bits
    return min(beside, shape.active_params) * more_bits / 8 * shape.params / shape.active_params


def usual_batch(question: Question) -> float:
    """Return samples on one device at a time; the whole batch's share where only that is known."""
    if question.batch:
        return max(1.0, question.batch)
    if question.global_batch:
        return max(1.0, question.global_batch / question.count)
    return _USUAL_BATCH


def _held_traffic(question: Question, arithmetic: Arithmetic, params: float) -> float:
    """Return bytes of weights and optimiser moved for one token of training."""
    length = question.input_size or USUAL_TOKENS
    batch = usual_batch(question)
    passes = arithmetic.weight_bits / 8 if is_adapter(question) else _GRADIENT_BYTES
    held = params * passes / (batch * length)
    if is_adapter(question):
        return held
    # A step's update is done once for every copy of the optimiser; it is spread where it must be.
    room = question.device.memory_bytes * question.count
    copies = min(float(question.count), max(1.0, room / (params * _STATE_BYTES)))
    whole = max(question.global_batch or batch * question.count, 1.0)
    return held + params * _UPDATE_BYTES * copies / (whole * length)


def _most_texts(question: Question, weights: float, cache: float) -> float:
    """Return how many texts at once fit beside the weights, within what servers allow."""
    free = 0.85 * question.device.memory_bytes * question.count - weights
    return min(max(1.0, free / max(cache, 1.0)), _MOST_TEXTS)


def _diffusion(question: Question, arithmetic: Arithmetic) -> Work:
    if not question.params:
        return Work(None, None, arithmetic=arithmetic)
    denoiser = denoiser_of(question.model, question.params)
    tokens = tokens_of(question, denoiser)
    flop = 2.0 * call_macs(question, denoiser)
    if is_training(question):
        return Work(flop * 3.0, None, tokens, arithmetic)
    calls = calls_of(question, denoiser)
    read = question.params * arithmetic.weight_bits / 8 * calls
    return Work(flop * calls, read / max(1.0, question.batch or 1.0), tokens, arithmetic)
