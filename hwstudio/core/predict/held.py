"""What a job keeps in GPU memory, item by item: the one account behind every answer.

A job of the library (``footprint``) and a row of a table (``fitted.need``) are both put into these
numbers, so that the same work has the same bytes whoever asks. Sizes are bytes on ONE device that
does all of the work (``split`` spreads them). The formulas of a transformer's block were checked
against the bytes autograd keeps (torch 2.13); what published peaks showed beside them is said at
each constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MASTER_BYTES = 4  # FP32 copy beside BF16 weights
FULL_PRECISION_BYTES = 4
HALF_BYTES = 2
PLAIN_BLOCK = 32.0  # bytes per token and unit of width of a block without a gate
# A word's score, its copy, its share and their gradients: 2 + 4 + 4 + 4 + 2 (published peaks of
# training; with the largest vocabularies it is most of the memory).
SCORE_BYTES = 16.0
# Encoders score few words, but their software wrote attention down: for both together.
ENCODER_SCORE_BYTES = 8.0
PICTURE_KEPT = 2.0  # convolution output and norm output
LIVE_SHARE = 0.25  # of a forward pass's outputs alive at the same moment
FOUR_BITS = 4.5  # a weight of four bits with the scale of its block
PACKED_TABLE_BYTES = 2.0  # a number of the tables of words beside weights of few bits


class Part(StrEnum):
    """What an item is: several devices share some parts out and copy others."""

    WEIGHTS = "weights"
    GRADIENTS = "gradients"
    STATES = "states"  # the optimiser's, and copies of the weights in another precision
    CACHE = "cache"  # keys and values
    BESIDE = "beside"  # other networks of the same job, which may wait in the computer's memory
    KEPT = "kept"  # in the layers, for the backward pass
    LIVE = "live"  # comes and goes


@dataclass(frozen=True, slots=True)
class Item:
    """One part of the need."""

    label: str
    bytes: float
    part: Part

    @property
    def is_state(self) -> bool:
        """Say whether it is held for the whole run."""
        return self.part not in (Part.KEPT, Part.LIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextModel:
    """A language model in numbers. ``kept``: elements of keys of one token in one layer."""

    params: float
    weight_bytes: float  # of all layers, as the job holds them
    layers: float
    width: float
    kept: float
    inner: float  # of the feed-forward layers
    is_gated: bool
    is_encoder: bool
    vocabulary: float
    heads: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What a model works on at a time."""

    count: float
    length: float  # tokens
    element_bytes: float  # of an activation


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """What training keeps beside the weights; the bytes are those of one trained parameter."""

    gradient_bytes: float
    copy_bytes: float = 0.0  # of the weights in another precision
    moment_bytes: float = 0.0
    moments: str = "optimiser"
    trained: float | None = None  # parameters beside frozen weights; None = all weights learn
    is_packed: bool = False  # frozen weights of few bits
    is_checkpointed: bool = False
    has_fused_attention: bool = True
    kept_more: float = 0.0  # numbers a token keeps in a block beside those of usual adapters
    has_scaled_outputs: bool = False  # adapters that scale what every layer gives


def packed_bytes(params: float, tables: float, bits: float) -> float:
    """Return the bytes of weights stored in few bits; the tables of words keep two bytes each.

    Args:
        tables: numbers of them: vocabulary x width, twice where the head is a matrix of its own.
    """
    tables = min(tables, params)
    return (params - tables) * bits / 8 + tables * PACKED_TABLE_BYTES


def block_bytes(model: TextModel) -> float:
    """Return the bytes a block keeps per token with fused attention, two-byte elements.

    GELU blocks keep 32 x hidden; SwiGLU blocks (12 + 4g + 8f) x hidden plus 12 for an unfused norm,
    g = KV heads / heads, f = intermediate / hidden.
    """
    if not model.is_gated:
        return PLAIN_BLOCK * model.width
    return 24.0 * model.width + 4.0 * model.kept + 8.0 * model.inner


def frozen_block_bytes(model: TextModel, learning: Learning) -> float:
    """Return what a block of frozen weights keeps: no gradient of a weight needs its input.

    Layers of packed weights keep it all the same (published peaks of bitsandbytes).
    """
    whole = block_bytes(model) + 2.0 * learning.kept_more
    if learning.has_scaled_outputs:  # what every layer gives, to learn its scale
        whole += 2.0 * (3.0 * model.width + 2.0 * model.kept + 2.0 * model.inner)
    if learning.is_packed:
        return whole
    return whole - 4.0 * model.width - 2.0 * model.inner


def states(params: float, weight_bytes: float, learning: Learning) -> tuple[Item, ...]:
    """Return what is held for the whole run of a training."""
    weights = Item("weights", weight_bytes, Part.WEIGHTS)
    each = learning.gradient_bytes + learning.copy_bytes + learning.moment_bytes
    if learning.trained is not None:
        words = "adapters, their gradients and optimiser"
        return (weights, Item(words, learning.trained * each, Part.STATES))
    out = [weights, Item("gradients", params * learning.gradient_bytes, Part.GRADIENTS)]
    if learning.copy_bytes:
        is_master = learning.copy_bytes > HALF_BYTES
        words = "FP32 master weights" if is_master else "half-precision copy of the weights"
        out.append(Item(words, params * learning.copy_bytes, Part.STATES))
    if learning.moment_bytes:
        out.append(Item(learning.moments, params * learning.moment_bytes, Part.STATES))
    return tuple(out)


def text_activations(model: TextModel, texts: Texts, learning: Learning) -> tuple[Item, ...]:
    """Return what the layers keep for the way back, and the scores of words."""
    tokens, each = texts.count * texts.length, texts.element_bytes
    is_frozen = learning.trained is not None
    block = frozen_block_bytes(model, learning) if is_frozen else block_bytes(model)
    whole = block * each / 2 * tokens
    if not learning.has_fused_attention:
        # Softmax output, dropout mask and dropout output of every pair of tokens
        # (Korthikanti et al. 2022: 5 a s^2 b bytes in half precision).
        whole += (2 * each + 1) * texts.count * model.heads * texts.length**2
    kept = whole * model.layers
    if learning.is_checkpointed:
        kept = each * model.width * model.layers * tokens + whole
    words = ["fused attention" if learning.has_fused_attention else "plain attention"]
    words += ["checkpointed"] if learning.is_checkpointed else []
    out = [Item(f"activations kept ({', '.join(words)})", kept, Part.KEPT)]
    score = ENCODER_SCORE_BYTES if model.is_encoder else SCORE_BYTES
    if model.vocabulary:
        out.append(Item("scores of every word", score * tokens * model.vocabulary, Part.LIVE))
    return tuple(out)


def text_reading(model: TextModel, texts: Texts, cache_bits: float = 16.0) -> tuple[Item, ...]:
    """Return what writing text keeps. ``texts``: their length with all that is written."""
    cache = 2 * model.layers * model.kept * texts.count * texts.length * cache_bits / 8
    # One prompt is read at a time, while every other request gets its next token.
    in_work = texts.length + texts.count - 1
    live = 2 * in_work * (model.width + model.inner) * 2
    return (
        Item("weights", model.weight_bytes, Part.WEIGHTS),
        Item("keys and values of the text so far", cache, Part.CACHE),
        Item("largest live tensors", live, Part.LIVE),
    )


def encoder_reading(
    model: TextModel, texts: Texts, *, has_fused_attention: bool
) -> tuple[Item, ...]:
    """Return what reading texts once keeps: no keys and values outlive a layer.

    Two layers' outputs are alive at a time: the widest, and what comes in and goes out of it.
    """
    each = texts.element_bytes
    live = 2 * texts.count * texts.length * (model.width + model.inner) * each
    if not has_fused_attention:  # scores of every pair of tokens, before and after the softmax
        live += 2 * each * texts.count * model.heads * texts.length**2
    return (
        Item("weights", model.weight_bytes, Part.WEIGHTS),
        Item("largest live tensors", live, Part.LIVE),
    )


def picture_kept(elements: float, batch: float, element_bytes: float) -> float:
    """Return what a network of pictures keeps for the way back.

    Args:
        elements: of one forward pass of one picture (timm's definition).
    """
    return PICTURE_KEPT * element_bytes * elements * batch


def picture_live(elements: float, batch: float, element_bytes: float) -> float:
    """Return what a forward pass alone has alive at the same moment."""
    return LIVE_SHARE * element_bytes * elements * batch
