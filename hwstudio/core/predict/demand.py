"""What one unit of work asks of a device: floating-point operations and memory traffic.

The same formulas are used for fitting (benchmarks/fit_efficiency.py) and for predicting, so a
systematic error in a formula is absorbed by the fitted efficiency instead of being shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from hwstudio.core.model.workload import Mode, Workload

FLOP_PER_MAC = 2.0
FORWARD_AND_BACKWARD = 3.0  # the backward pass costs two forward passes
ADAPTER_FORWARD_AND_BACKWARD = 2.0  # frozen weights need no weight gradient
GUIDED = 2.0  # classifier-free guidance calls the denoiser twice a step
_UNGUIDED = ("flux", "ddpm")
OPTIMISER_BYTES_PER_PARAM = 28.0  # gradients, weights and two Adam states read and written once
KEPT_BYTES_PER_TOKEN_WIDTH = 32.0  # a transformer block keeps 32 x hidden bytes per token
WRITE_AND_READ = 2.0


class WorkClass(StrEnum):
    """Kinds of work that use a device alike; efficiencies are fitted per class."""

    VISION_TRAIN = "vision_train"
    VISION_INFERENCE = "vision_inference"
    LANGUAGE_TRAIN = "language_train"
    LANGUAGE_ADAPTER = "language_adapter"  # LoRA and QLoRA
    LANGUAGE_PREFILL = "language_prefill"
    LANGUAGE_DECODE = "language_decode"
    IMAGE_GENERATION = "image_generation"


@dataclass(frozen=True, slots=True)
class Demand:
    """One unit (image, sequence or token) of one class of work."""

    work_class: WorkClass
    precision: str  # half | tf32 | fp32: which arithmetic rate counts
    flop: float
    traffic_bytes: float
    words: str  # how flop and traffic came about, for the provenance tip


def element_bytes(precision: str) -> int:
    """Return the bytes of one activation in this arithmetic."""
    return 2 if precision == "half" else 4


def vision_flop(macs: float, *, training: bool) -> float:
    """Return FLOP for one image."""
    return macs * FLOP_PER_MAC * (FORWARD_AND_BACKWARD if training else 1.0)


def vision_traffic(activations: float, params: float, batch: float, bytes_each: int) -> float:
    """Return bytes moved for one image of a training step."""
    moved = activations * bytes_each * WRITE_AND_READ * FORWARD_AND_BACKWARD
    return moved + params * OPTIMISER_BYTES_PER_PARAM / batch


def inference_traffic(activations: float, params: float, batch: float, bytes_each: int) -> float:
    """Return bytes moved for one image of a forward pass."""
    return activations * bytes_each * WRITE_AND_READ + params * bytes_each / batch


def token_flop(params: float, *, adapter: bool = False, recompute: bool = False) -> float:
    """Return training FLOP per token: 6 x params, or 4 x params when the weights are frozen.

    Activation checkpointing (``recompute``) runs the forward pass a second time.
    """
    passes = ADAPTER_FORWARD_AND_BACKWARD if adapter else FORWARD_AND_BACKWARD
    return FLOP_PER_MAC * params * (passes + (1.0 if recompute else 0.0))


def token_traffic(
    layers: float, hidden: float, params: float, batch_tokens: float, bytes_each: int
) -> float:
    """Return bytes moved per token of a transformer training step (fused attention)."""
    kept = KEPT_BYTES_PER_TOKEN_WIDTH * bytes_each / 2 * hidden * layers
    return kept * FORWARD_AND_BACKWARD + params * OPTIMISER_BYTES_PER_PARAM / batch_tokens


def denoise_traffic(activations: float, weight_bytes: float, images: float) -> float:
    """Return bytes moved per denoiser step and image, guidance included, in half precision."""
    return activations * 2 * WRITE_AND_READ * GUIDED + weight_bytes / images


def arithmetic_of(precision: str) -> str:
    """Return which rate a workload precision uses: int4 and int8 weights compute in half."""
    known = {"fp32": "fp32", "tf32": "tf32"}
    return known.get(precision.lower(), "half")


def demand_of(workload: Workload) -> Demand:
    """Return what one unit of ``workload.unit`` asks for."""
    if workload.group == "vision":
        return _vision(workload)
    if workload.mode is Mode.GENERATE:
        return _generate(workload)
    if workload.writes_text:
        return _decode(workload)
    if workload.mode is Mode.INFERENCE:
        read = prefill_of(workload)
        return replace(read, flop=read.flop * (workload.sequence_tokens or 1))
    return _language_train(workload)


def _vision(workload: Workload) -> Demand:
    training = workload.mode is not Mode.INFERENCE
    precision = arithmetic_of(workload.precision)
    traffic = vision_traffic if training else inference_traffic
    return Demand(
        WorkClass.VISION_TRAIN if training else WorkClass.VISION_INFERENCE,
        precision,
        vision_flop(workload.macs_per_sample, training=training),
        traffic(
            workload.activations_per_sample,
            workload.params_total,
            max(1, workload.batch),
            element_bytes(precision),
        ),
        ("3 x forward" if training else "forward") + ", 2 FLOP per multiply-accumulate",
    )


def _language_train(workload: Workload) -> Demand:
    precision = arithmetic_of(workload.precision)
    adapter = workload.mode in (Mode.LORA, Mode.QLORA)
    tokens = workload.sequence_tokens or 1
    batch_tokens = max(1, workload.batch) * tokens
    flop = token_flop(workload.params_active, adapter=adapter, recompute=is_checkpointed(workload))
    traffic = token_traffic(
        workload.layers or 0,
        workload.hidden or 0,
        0.0 if adapter else workload.params_total,
        batch_tokens,
        element_bytes(precision),
    )
    per_unit = 1 if workload.unit == "tokens" else tokens
    words = f"{flop / workload.params_active:.0f} x parameters x tokens"
    if adapter:
        words += ", frozen weights need no weight gradient"
    if is_checkpointed(workload):
        words += ", activation checkpointing runs the forward pass twice"
    work_class = WorkClass.LANGUAGE_ADAPTER if adapter else WorkClass.LANGUAGE_TRAIN
    return Demand(work_class, precision, flop * per_unit, traffic * per_unit, words)


def is_checkpointed(workload: Workload) -> bool:
    """Fine-tuning recipes checkpoint activations; training from scratch here does not."""
    if workload.recipe.is_checkpointed is not None:
        return workload.recipe.is_checkpointed
    return workload.mode in (Mode.FINETUNE, Mode.LORA, Mode.QLORA)


def _decode(workload: Workload) -> Demand:
    return Demand(
        WorkClass.LANGUAGE_DECODE,
        arithmetic_of(workload.precision),
        0.0,
        workload.weight_bytes * active_share(workload),
        "each token reads the weights once (one request at a time)",
    )


def prefill_of(workload: Workload) -> Demand:
    """Return the demand of reading one prompt token (time to first token)."""
    flop = FLOP_PER_MAC * workload.params_active
    words = "2 x parameters per prompt token"
    return Demand(WorkClass.LANGUAGE_PREFILL, arithmetic_of(workload.precision), flop, 0.0, words)


def active_share(workload: Workload) -> float:
    """Return the share of the weights one token touches (below 1 for mixtures of experts)."""
    return workload.params_active / workload.params_total if workload.params_total else 1.0


def calls_a_step(model_id: str) -> int:
    """Return how often a denoiser is called in a step: twice where guidance compares two pictures.

    Models that learned to be guided (FLUX) or to need few steps are called once.
    """
    return 1 if model_id.startswith(_UNGUIDED) else round(GUIDED)


def _generate(workload: Workload) -> Demand:
    calls, images = max(1, workload.steps), max(1, workload.batch)
    each = calls_a_step(workload.model_id)
    flop = calls * FLOP_PER_MAC * workload.macs_per_sample
    # Both calls of a step are one pass over the weights.
    traffic = (
        calls
        / GUIDED
        * denoise_traffic(
            workload.activations_per_sample, workload.weight_bytes * GUIDED / each, images
        )
    )
    words = f"{calls / each:g} steps x {each} x one denoiser call"
    return Demand(WorkClass.IMAGE_GENERATION, "half", flop, traffic, words)
