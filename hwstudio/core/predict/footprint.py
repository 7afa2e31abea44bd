"""What a job keeps in GPU memory, item by item, before overheads.

The activation formulas per transformer block were checked against the bytes autograd keeps
(torch 2.13); sizes are bytes on ONE device.
"""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.demand import element_bytes, is_checkpointed
from hwstudio.core.predict.scaling import ADAPTER_SHARE

ADAM_STATE_BYTES = 8  # two FP32 moments a parameter
ADAM_8BIT_BYTES = 2
MASTER_BYTES = 4  # FP32 copy beside BF16 weights
FULL_PRECISION_BYTES = 4
ADAPTER_BYTES = 16  # BF16 weight and gradient, FP32 master and moments
LOGIT_BYTES = 10  # per token and vocabulary entry: logits, FP32 log-softmax and their gradient
CNN_KEPT = 2.0  # convolution output and norm output
GUIDED = 2
LIVE_SHARE = 0.25  # of a denoiser's outputs alive at the same moment


@dataclass(frozen=True, slots=True)
class Choice:
    """What one may change to need less memory."""

    checkpointing: bool
    eight_bit_optimiser: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One part of the need. ``is_state`` parts can be spread over several GPUs."""

    label: str
    bytes: float
    is_state: bool


def default_choice(workload: Workload) -> Choice:
    """Return what the usual recipe of this mode does."""
    return Choice(checkpointing=is_checkpointed(workload))


def items_of(workload: Workload, choice: Choice) -> tuple[Item, ...] | None:
    """Return what is kept on one device, or None when a needed fact of the model is missing."""
    if workload.weight_bytes <= 0 or workload.params_total <= 0:
        return None
    if workload.mode in (Mode.INFERENCE, Mode.GENERATE):
        return _forward(workload)
    activations = _activations(workload, choice)
    if activations is None:
        return None
    label = f"activations for the backward pass{_recipe(workload, choice)}"
    return (*_states(workload, choice), Item(label, activations, False))


def _recipe(workload: Workload, choice: Choice) -> str:
    """Name what the activations assume; unfused attention can double them (BERT at 384 tokens)."""
    words = ["fused attention"] if workload.group == "language" else []
    words += ["checkpointed"] if choice.checkpointing else []
    return f" ({', '.join(words)})" if words else ""


def _states(workload: Workload, choice: Choice) -> tuple[Item, ...]:
    params = workload.params_total
    weights = Item("weights", workload.weight_bytes, True)
    if workload.mode in (Mode.LORA, Mode.QLORA):
        adapters = params * ADAPTER_SHARE * ADAPTER_BYTES
        return (weights, Item("adapters, their gradients and optimiser", adapters, True))
    per_param = workload.weight_bytes / params
    out = [weights, Item("gradients", params * per_param, True)]
    if workload.group == "vision":
        out.append(Item("optimiser (SGD momentum)", params * FULL_PRECISION_BYTES, True))
        return tuple(out)
    if choice.eight_bit_optimiser:
        out.append(Item("optimiser (8-bit Adam)", params * ADAM_8BIT_BYTES, True))
        return tuple(out)
    if per_param < FULL_PRECISION_BYTES:
        out.append(Item("FP32 master weights", params * MASTER_BYTES, True))
    elif workload.precision != "fp32":
        out.append(Item("half-precision copy of the weights", params * 2, True))
    out.append(Item("optimiser (Adam)", params * ADAM_STATE_BYTES, True))
    return tuple(out)


def _activations(workload: Workload, choice: Choice) -> float | None:
    if workload.group != "language":
        each = element_bytes("fp32" if workload.precision in ("fp32", "tf32") else "half")
        kept = CNN_KEPT * each * workload.activations_per_sample * workload.batch
        return kept / 4 if choice.checkpointing else kept
    block = block_bytes(workload)
    if block is None or not workload.layers or not workload.hidden:
        return None
    tokens = max(1, workload.batch) * (workload.sequence_tokens or 1)
    scale = element_bytes("fp32" if workload.precision == "fp32" else "half") / 2
    head = LOGIT_BYTES * tokens * (workload.vocab or 0)
    if choice.checkpointing:
        kept = 2 * workload.hidden * workload.layers * tokens + block * tokens
    else:
        kept = block * tokens * workload.layers
    return kept * scale + head


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
    weights = Item("weights", workload.weight_bytes, True)
    if workload.mode is Mode.GENERATE:
        live = workload.activations_per_sample * 2 * GUIDED * LIVE_SHARE * workload.batch
        return (weights, Item("largest live tensors", live, False))
    if workload.group == "vision":
        each = element_bytes("fp32" if workload.precision in ("fp32", "tf32") else "half")
        live = workload.activations_per_sample * each * LIVE_SHARE * workload.batch
        return (weights, Item("largest live tensors", live, False))
    tokens = max(1, workload.batch) * (workload.sequence_tokens or 1)
    width = (workload.kv_heads or 0) * (workload.head_dim or 0)
    cache = 2 * (workload.layers or 0) * width * 2 * tokens
    live = 2 * tokens * ((workload.hidden or 0) * 2 + (workload.intermediate or 0) * 2)
    return (
        weights,
        Item("keys and values of the text so far", cache, True),
        Item("largest live tensors", live, False),
    )
