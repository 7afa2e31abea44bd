"""What a job keeps in GPU memory, item by item, before overheads.

The activation formulas per transformer block were checked against the bytes autograd keeps
(torch 2.13); sizes are bytes on ONE device that does all of the work (``split`` spreads them).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hwstudio.core.model.recipe import CACHE_BITS, Optimiser
from hwstudio.core.model.workload import GENERAL, Mode, Workload
from hwstudio.core.predict.demand import element_bytes, is_checkpointed
from hwstudio.core.predict.scaling import ADAPTER_SHARE

MASTER_BYTES = 4  # FP32 copy beside BF16 weights
FULL_PRECISION_BYTES = 4
ADAPTER_BYTES = 16  # BF16 weight and gradient, FP32 master and moments
LOGIT_BYTES = 10  # per token and vocabulary entry: logits, FP32 log-softmax and their gradient
CNN_KEPT = 2.0  # convolution output and norm output
GUIDED = 2
LIVE_SHARE = 0.25  # of a denoiser's outputs alive at the same moment
STATE_BYTES = {  # a parameter; FP32 moments unless the name says otherwise
    Optimiser.ADAM: 8.0,
    Optimiser.ADAM_8BIT: 2.0,
    Optimiser.MOMENTUM: 4.0,
    Optimiser.SGD: 0.0,
}
OPTIMISER_WORDS = {
    Optimiser.ADAM: "optimiser (Adam)",
    Optimiser.ADAM_8BIT: "optimiser (8-bit Adam)",
    Optimiser.ADAFACTOR: "optimiser (Adafactor)",
    Optimiser.MOMENTUM: "optimiser (SGD momentum)",
    Optimiser.SGD: "optimiser (plain SGD)",
}


class Part(StrEnum):
    """What an item is: several devices share some parts out and copy others."""

    WEIGHTS = "weights"
    GRADIENTS = "gradients"
    STATES = "states"  # the optimiser's, and copies of the weights in another precision
    CACHE = "cache"  # keys and values
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


def items_of(workload: Workload) -> tuple[Item, ...] | None:
    """Return what is kept on one device, or None when a needed fact of the model is missing."""
    if workload.weight_bytes <= 0 or workload.params_total <= 0:
        return None
    if workload.mode in (Mode.INFERENCE, Mode.GENERATE):
        return _forward(workload)
    kept = _activations(workload)
    if kept is None:
        return None
    layers, head = kept
    label = f"activations kept{_recipe(workload)}"
    activations = [Item(label, layers, Part.KEPT)]
    if head:
        activations.append(Item("scores of every word", head, Part.LIVE))
    return (*_states(workload), *activations)


def _recipe(workload: Workload) -> str:
    """Name what the activations assume; unfused attention can double them (BERT at 384 tokens)."""
    fused = "fused" if workload.recipe.has_fused_attention else "plain"
    words = [f"{fused} attention"] if workload.group == "language" else []
    words += ["checkpointed"] if is_checkpointed(workload) else []
    return f" ({', '.join(words)})" if words else ""


def optimiser_of(workload: Workload) -> Optimiser:
    """Return the optimiser of a job; the usual one where none is asked for."""
    if workload.recipe.optimiser is not Optimiser.USUAL:
        return workload.recipe.optimiser
    return Optimiser.MOMENTUM if workload.group == "vision" else Optimiser.ADAM


def _state_bytes(workload: Workload, optimiser: Optimiser) -> float:
    """Return the optimiser's bytes a parameter."""
    if optimiser is Optimiser.ADAFACTOR:
        # One sum a row and one a column of every matrix, FP32.
        return 2.0 * FULL_PRECISION_BYTES / (workload.hidden or 1024)
    return STATE_BYTES[optimiser]


def _states(workload: Workload) -> tuple[Item, ...]:
    params, optimiser = workload.params_total, optimiser_of(workload)
    each = _state_bytes(workload, optimiser)
    weights = Item("weights", workload.weight_bytes, Part.WEIGHTS)
    if workload.mode in (Mode.LORA, Mode.QLORA):
        adapters = params * ADAPTER_SHARE * (ADAPTER_BYTES - STATE_BYTES[Optimiser.ADAM] + each)
        words = "adapters, their gradients and optimiser"
        return (weights, Item(words, adapters, Part.STATES))
    per_param = workload.weight_bytes / params
    out = [weights, Item("gradients", params * per_param, Part.GRADIENTS)]
    if workload.group != "vision" and optimiser is not Optimiser.ADAM_8BIT:
        if per_param < FULL_PRECISION_BYTES:
            out.append(Item("FP32 master weights", params * MASTER_BYTES, Part.STATES))
        elif workload.precision != "fp32":
            out.append(Item("half-precision copy of the weights", params * 2, Part.STATES))
    if each:
        out.append(Item(OPTIMISER_WORDS[optimiser], params * each, Part.STATES))
    return tuple(out)


def _activations(workload: Workload) -> tuple[float, float] | None:
    """Return the bytes kept in the layers and those of the output layer."""
    if workload.group != "language":
        each = element_bytes("fp32" if workload.precision in ("fp32", "tf32") else "half")
        kept = CNN_KEPT * each * workload.activations_per_sample * workload.batch
        return (kept / 4 if is_checkpointed(workload) else kept), 0.0
    block = block_bytes(workload)
    if block is None or not workload.layers or not workload.hidden:
        return None
    texts, length = max(1, workload.batch), workload.sequence_tokens or 1
    tokens = texts * length
    each = element_bytes("fp32" if workload.precision == "fp32" else "half")
    head = float(LOGIT_BYTES * tokens * (workload.vocab or 0))
    whole = block * each / 2 * tokens
    if not workload.recipe.has_fused_attention:
        # Softmax output, dropout mask and dropout output of every pair of tokens
        # (Korthikanti et al. 2022: 5 a s^2 b bytes in half precision).
        whole += (2 * each + 1) * texts * (workload.heads or 1) * float(length) ** 2
    if is_checkpointed(workload):
        return each * workload.hidden * workload.layers * tokens + whole, head
    return whole * workload.layers, head


def block_bytes(workload: Workload) -> float | None:
    """Return the bytes a transformer block keeps per token with fused attention, 2-byte elements.

    GELU blocks keep 32 x hidden; SwiGLU blocks (12 + 4g + 8f) x hidden plus 12 for an unfused norm,
    g = KV heads / heads, f = intermediate / hidden.
    """
    hidden, inner = workload.hidden, workload.intermediate
    if not hidden:
        return None
    if not inner or inner == 4 * hidden:
        return 32.0 * hidden
    group = (workload.kv_heads or 1) / (workload.heads or 1)
    return (24 + 4 * group + 8 * inner / hidden) * hidden


def _forward(workload: Workload) -> tuple[Item, ...]:
    weights = Item("weights", workload.weight_bytes, Part.WEIGHTS)
    if workload.mode is Mode.GENERATE:
        # Blocks of one width run one after another: two of them are alive at a time.
        alive = min(LIVE_SHARE, 2.0 / workload.layers) if workload.layers else LIVE_SHARE
        written = workload.activations_per_sample
        if workload.recipe.has_fused_attention:
            written -= workload.score_elements
        live = written * 2 * GUIDED * alive * workload.batch
        return (weights, Item("largest live tensors", live, Part.LIVE))
    if workload.group in ("vision", GENERAL):
        each = element_bytes("fp32" if workload.precision in ("fp32", "tf32") else "half")
        live = workload.activations_per_sample * each * LIVE_SHARE * workload.batch
        return (weights, Item("largest live tensors", live, Part.LIVE))
    requests, length = max(1, workload.batch), workload.sequence_tokens or 1
    width = (workload.kv_heads or 0) * (workload.head_dim or 0)
    bits = CACHE_BITS[workload.recipe.cache]
    cache = 2 * (workload.layers or 0) * width * requests * length * bits / 8
    # One prompt is read at a time, while every other request gets its next token.
    in_work = length + requests - 1
    live = 2 * in_work * ((workload.hidden or 0) * 2 + (workload.intermediate or 0) * 2)
    return (
        weights,
        Item("keys and values of the text so far", cache, Part.CACHE),
        Item("largest live tensors", live, Part.LIVE),
    )
