"""How much arithmetic and memory traffic one counted unit of a question is."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.predict.fitted.arithmetic import HALF, Arithmetic, arithmetic_named
from hwstudio.core.predict.fitted.question import Question

PICTURES = ("cnn", "vit", "cnn-or-vit", "detection", "segmentation")
TEXT = ("transformer", "llm", "vlm")
_TRAINING = ("train", "finetune")
_ADAPTERS = ("lora", "qlora", "adapter")
_USUAL_TOKENS = 512.0
_USUAL_STEPS = 30.0
_GUIDED = 2.0
_FORM = 128 / 12  # hidden^3 over parameters, of blocks with hidden / layers of about 128
_LATENT_PX = 16.0  # pixels a side that one token of a diffusion transformer stands for
_VIDEO_FRAMES_PER_TOKEN = 4.0
_OPTIMISER_BYTES = 28.0
_MOST_TEXTS = 2048.0


@dataclass(frozen=True, slots=True)
class Work:
    """One unit of the question's metric. None = it cannot be told from what is known."""

    flop: float | None
    traffic_bytes: float | None
    tokens: float = 1.0  # of text (or of a picture) in one unit
    arithmetic: Arithmetic = HALF


def hidden_of(params: float) -> float:
    """Return the usual width of a transformer with so many parameters."""
    return float((params * _FORM) ** (1 / 3))


def is_training(question: Question) -> bool:
    """Say whether weights are changed."""
    return question.task in _TRAINING


def is_adapter(question: Question) -> bool:
    """Say whether only a small addition to frozen weights is trained."""
    return any(word in question.method for word in _ADAPTERS)


def work_of(question: Question) -> Work:
    """Return the work of one unit, with the formulas of each family."""
    arithmetic = arithmetic_named(question.precision)
    if question.metric.endswith("TFLOP/s/device"):
        return Work(1e12 * question.count, None, arithmetic=arithmetic)
    if question.family in TEXT:
        return _text(question, arithmetic)
    if question.family == "diffusion":
        return _diffusion(question, arithmetic)
    return _pictures(question, arithmetic)


def _pictures(question: Question, arithmetic: Arithmetic) -> Work:
    training = is_training(question)
    each = arithmetic.element_bytes
    flop = traffic = None
    if question.macs:
        flop = 2.0 * question.macs * (3.0 if training else 1.0)
    if question.activations:
        traffic = question.activations * each * 2.0 * (3.0 if training else 1.0)
        batch = max(1.0, question.batch or 1.0)
        held = _OPTIMISER_BYTES if training else each
        traffic += (question.params or 0.0) * held / batch
    return Work(flop, traffic, arithmetic=arithmetic)


def _text(question: Question, arithmetic: Arithmetic) -> Work:
    params = question.params
    if not params:
        return Work(None, None, arithmetic=arithmetic)
    active = question.active_params or params
    length = question.input_size or _USUAL_TOKENS
    hidden = hidden_of(params)
    passes = 1.0
    if is_training(question):
        passes = 2.0 if is_adapter(question) else 3.0
        passes += 1.0 if question.is_checkpointed else 0.0
    depth = (question.depth or 0.0) + length / 2
    per_token = 2.0 * active * passes * (1.0 + depth / (6.0 * hidden))
    per_token *= _prompts_per_token(question)
    tokens = _tokens_per_unit(question, length)
    traffic = _text_traffic(question, arithmetic, active, hidden) * _written_share(question)
    return Work(per_token * tokens, traffic * tokens, tokens, arithmetic)


def _prompts_per_token(question: Question) -> float:
    """Return the tokens worked on for each one counted: at full load prompts are read as well."""
    if question.task == "serve-offline" and question.input_size and question.generated:
        return 1.0 + question.input_size / question.generated
    return 1.0


def _written_share(question: Question) -> float:
    """Return the share of counted tokens that are written one by one."""
    if question.task == "infer-total" and question.input_size and question.generated:
        return question.generated / (question.input_size + question.generated)
    return 1.0


def _tokens_per_unit(question: Question, length: float) -> float:
    if question.metric in ("sequences/s", "samples/s", "mlperf-samples/s"):
        return length
    if question.metric == "microbatches/s":
        return length * max(1.0, question.batch or 1.0)
    return 1.0


def _text_traffic(
    question: Question, arithmetic: Arithmetic, active: float, hidden: float
) -> float:
    """Return bytes moved for one token."""
    params = question.params or active
    batch = max(1.0, question.batch or 1.0)
    layers = hidden / 128
    if is_training(question):
        kept = 32.0 * hidden * layers * 3.0
        held = params * (arithmetic.weight_bits / 8 if is_adapter(question) else _OPTIMISER_BYTES)
        return kept + held / (batch * (question.input_size or _USUAL_TOKENS))
    weights = params * arithmetic.weight_bits / 8
    if question.task in ("prefill", "infer"):
        return 16.0 * hidden * layers + weights / (batch * (question.input_size or _USUAL_TOKENS))
    told = (question.depth or 0.0) + (question.input_size or 0.0) + (question.generated or 0.0) / 2
    cache = 0.25 * 4.0 * hidden * layers * told  # keys and values of one in four heads
    if question.task == "serve-offline":
        batch = _most_texts(question, weights, cache)
    # Of the experts, the more tokens a step works on, the more are read.
    read: float = 1.0 - (1.0 - min(1.0, active / params)) ** batch
    return weights * read / batch + cache


def _most_texts(question: Question, weights: float, cache: float) -> float:
    """Return how many texts at once fit beside the weights, within what servers allow."""
    free = 0.85 * question.device.memory_bytes * question.count - weights
    return min(max(1.0, free / max(cache, 1.0)), _MOST_TEXTS)


def _diffusion(question: Question, arithmetic: Arithmetic) -> Work:
    if not question.params:
        return Work(None, None, arithmetic=arithmetic)
    side = question.input_size or 512.0
    tokens = (side / _LATENT_PX) ** 2
    if question.generated:
        tokens *= max(1.0, question.generated / _VIDEO_FRAMES_PER_TOKEN)
    hidden = hidden_of(question.params)
    call = 2.0 * question.params * tokens * (1.0 + tokens / (6.0 * hidden)) * _GUIDED
    if is_training(question):
        return Work(call / _GUIDED * 3.0, None, tokens, arithmetic)
    if question.metric.startswith("unet-it"):
        calls = max(1.0, question.batch or 1.0)
    else:
        calls = question.steps or _USUAL_STEPS
    return Work(
        call * calls, question.params * arithmetic.weight_bits / 8 * calls, tokens, arithmetic
    )
