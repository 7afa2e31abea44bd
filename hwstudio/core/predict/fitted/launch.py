"""What a step costs however small its work: kernels are started one by one, by a host that waits.

A fast device with a small model is idle between kernels. The figures are rounded medians over the
measurements the fit rests on: with them what is left of small and large steps is most alike.
"""

from __future__ import annotations

import re
from functools import lru_cache

from hwstudio.core.predict.fitted.architectures import Shape
from hwstudio.core.predict.fitted.diffusion import calls_of, denoiser_of
from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.fitted.work import (
    PICTURES,
    TEXT,
    USUAL_TOKENS,
    Work,
    is_adapter,
    is_in_turn,
    is_remembering,
    is_training,
    remembered_tokens,
    shape_asked,
    usual_batch,
    written_share,
)

# Seconds a layer of a language model and pass.
_RECORDED_S, _EAGER_S, _TRAINING_S = 50e-6, 500e-6, 300e-6
_GRAPH, _GRAPH_S = "tensorflow", 250e-6  # a graph whose nodes are started one by one
_EAGER_TRAINING_S = 650e-6
_EAGER_TEXT = {"transformers", "hf", "litgpt", "lit", "peft"}
_EAGER_READING = _EAGER_TEXT | {"pytorch"}  # training programs of that name fuse their kernels
_WORDS = re.compile(r"[^a-z]+")
_SERVED_S = 40e-6  # a token of one answer among many: chosen, put into words and sent by the host
# A frozen weight of four bits is spread into two bytes before every pass, and read again.
_SPREAD_BYTES, _SPREAD_BITS = 6.0, 6.0
# A kernel of its own spreads or scales every weight where Python starts the kernels: as often.
_APART = (("bnb.", 2.0), ("fp8", 4.0), ("gptq-int8", 2.5))
# In TensorFlow's Transformer-XL what is remembered leaves the device after every step and comes
# back with the next, four bytes each, over PCIe; reading takes as much longer a layer.
_PCIE_S, _PCIE_YEAR, _OLDER_PCIE = 1 / 24e9, 2020, 2.0
_REMEMBERED_BYTES, _REMEMBERING_S = 8.0, 1e-3
# Seconds a forward pass of a picture model: by the first word that occurs in the framework.
_PICTURE_S = (
    ("tensorrt", 0.3e-3), ("eager", 6e-3), ("torchvision", 6e-3), ("compile", 1e-3),
    ("pytorch", 6e-3), ("tensorflow", 6e-3),
)  # fmt: skip
_USUAL_PICTURE_S = 1.5e-3
_UNSTATED = 128.0  # pictures of a training whose publisher states none: a card is filled
# Boxes that TensorFlow's detectors find are sorted by the host, one picture after the other: the
# same on cards of half and of full speed.
_SORTED, _SORTING_S = "ssd-tf", 12e-3
_DENOISING_S, _USUAL_LAYERS = 250e-6, 30.0  # seconds a layer of a denoiser and call
_USUAL_DEPTH, _SHALLOW, _DEEP = 50.0, 10.0, 210.0
_EFFICIENT = re.compile(r"efficientnet[-_a-z]*b(\d)")
_EFFICIENT_DEPTH, _MORE_A_SIZE, _DETECTOR_DEPTH = 82.0, 20.0, 250.0  # layers, counted
_NUMBER = re.compile(r"(?:net|next|nest|vgg|dla|dpn)(?:v2_|_rs_?)?(\d{2,3})(?![0-9x])")
_TRAINING_PASSES, _ADAPTER_PASSES = 3.0, 2.0


def launch_s(question: Question, work: Work) -> float:
    """Return the seconds of one unit that a device spends on being told what to do."""
    if question.family in PICTURES:
        return _of_pictures(question)
    if question.task == "generate" and question.params:
        return _of_denoising(question, question.params)
    if question.family in TEXT and question.metric.endswith("/s"):
        return _of_text(question, work)
    return 0.0


def _of_pictures(question: Question) -> float:
    name = question.framework.lower()
    pass_s = next((s for word, s in _PICTURE_S if word in name), _USUAL_PICTURE_S)
    passes = _TRAINING_PASSES if is_training(question) else 1.0
    is_told = question.batch or question.global_batch or not is_training(question)
    batch = usual_batch(question) if is_told else _UNSTATED
    started_s = pass_s * passes * depth_of(question.model) / _USUAL_DEPTH / batch
    is_sorted = _SORTED in question.model.lower() and not is_training(question)
    return started_s + (_SORTING_S if is_sorted else 0.0)


def _of_denoising(question: Question, params: float) -> float:
    denoiser = denoiser_of(question.model, params)
    layers = denoiser.layers or _USUAL_LAYERS
    step_s = layers * _DENOISING_S * question.count
    # Guidance is one call of twice the pictures.
    return step_s * calls_of(question, denoiser) / denoiser.calls / max(1.0, question.batch or 1.0)


@lru_cache(maxsize=4096)
def depth_of(model: str) -> float:
    """Return the layers a picture model's name states, as ``resnet152`` does."""
    size = _EFFICIENT.search(model.lower())
    if size:
        return _EFFICIENT_DEPTH + _MORE_A_SIZE * float(size[1])
    if "efficientdet" in model.lower():
        return _DETECTOR_DEPTH
    found = _NUMBER.search(model.lower())
    depth = float(found[1]) if found else _USUAL_DEPTH
    return depth if _SHALLOW <= depth <= _DEEP else _USUAL_DEPTH


def _of_text(question: Question, work: Work) -> float:
    shape = shape_asked(question)
    if shape is None:
        return 0.0
    length = question.input_size or USUAL_TOKENS
    is_eager = _is_eager(question.framework, is_training=is_training(question))
    fed_s = _feeding_s(question, shape)
    if is_training(question):
        step_s = _training_step_s(question, shape.layers, is_eager=is_eager)
        step_s += _spreading_s(question, work, shape.params) + fed_s
        return step_s * work.tokens / (usual_batch(question) * length)
    is_graph = _GRAPH in question.framework.lower()
    step_s = shape.layers * (_EAGER_S if is_eager else _GRAPH_S if is_graph else _RECORDED_S)
    if is_eager:
        step_s *= next((n for name, n in _APART if question.precision.startswith(name)), 1.0)
    batch = max(1.0, question.batch or 1.0)
    if question.task in ("prefill", "infer"):
        return (step_s + fed_s) * work.tokens / (batch * length)
    if question.task == "serve-offline":
        return 0.0  # a full device hides it
    served_s = _SERVED_S if question.task == "serve-decode" else 0.0
    # All devices work on one step together, so each of them waits for it; in turn each starts its
    # own layers alone (the turns are in the tokens).
    waiting = 1 if is_in_turn(question) else question.count
    return (step_s / batch + served_s) * waiting * work.tokens * written_share(question)


@lru_cache(maxsize=1024)
def _is_eager(framework: str, *, is_training: bool) -> bool:
    """Say whether Python starts every kernel of a language model by itself."""
    words = _EAGER_TEXT if is_training else _EAGER_READING
    return not words.isdisjoint(_WORDS.split(framework.lower()))


def _training_step_s(question: Question, layers: float, *, is_eager: bool) -> float:
    """Return the seconds a step of training costs however few its tokens."""
    if is_eager:  # adapters start as many kernels more as the gradients they save
        return layers * _EAGER_TRAINING_S * (_TRAINING_PASSES + bool(question.is_checkpointed))
    return layers * _TRAINING_S * (_ADAPTER_PASSES if is_adapter(question) else _TRAINING_PASSES)


def _feeding_s(question: Question, shape: Shape) -> float:
    """Return the seconds a step waits for remembered text that comes from the host."""
    if not (is_remembering(question) and _GRAPH in question.framework.lower()):
        return 0.0
    training = is_training(question)
    older = _OLDER_PCIE if (question.device.year or 0.0) < _PCIE_YEAR else 1.0
    kept = shape.layers * shape.width * remembered_tokens(training=training) * usual_batch(question)
    waiting_s = 0.0 if training else shape.layers * _REMEMBERING_S
    return kept * _REMEMBERED_BYTES * _PCIE_S * older + waiting_s


def _spreading_s(question: Question, work: Work, params: float) -> float:
    """Return the seconds a step takes to spread packed weights, forwards, backwards and again."""
    bandwidth = question.device.bandwidth_bytes_per_s
    is_packed = is_adapter(question) and (
        question.method.startswith("q") or work.arithmetic.weight_bits < _SPREAD_BITS
    )
    if not (is_packed and bandwidth):
        return 0.0
    return params * _SPREAD_BYTES * (2.0 + bool(question.is_checkpointed)) / bandwidth
