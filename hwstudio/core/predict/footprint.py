"""What a job of the library keeps in GPU memory, item by item, before overheads (``held``)."""

from __future__ import annotations

from hwstudio.core.model.recipe import CACHE_BITS, Optimiser
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.adapters import kept_more, trained_params
from hwstudio.core.predict.demand import calls_a_step, element_bytes, is_checkpointed
from hwstudio.core.predict.held import (
    FULL_PRECISION_BYTES,
    HALF_BYTES,
    LIVE_SHARE,
    MASTER_BYTES,
    Item,
    Learning,
    Part,
    TextModel,
    Texts,
    encoder_reading,
    picture_kept,
    picture_live,
    states,
    text_activations,
    text_reading,
)
from hwstudio.core.predict.picture_making import UNET_ALIVE, beside, decoding_bytes

ADAPTER_BYTES = 8  # BF16 weight and gradient, FP32 master; the moments come on top
MOMENT_BYTES = {  # a parameter; FP32 moments unless the name says otherwise
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
_ADAPTERS = (Mode.LORA, Mode.QLORA)
_PLAIN_INNER = 4  # times the width: feed-forward layers without a gate


def items_of(workload: Workload) -> tuple[Item, ...] | None:
    """Return what is kept on one device, or None when a needed fact of the model is missing."""
    if workload.weight_bytes <= 0 or workload.params_total <= 0:
        return None
    is_run = workload.mode in (Mode.INFERENCE, Mode.GENERATE)
    if workload.group == "language" and workload.mode is not Mode.GENERATE:
        return _text(workload, is_run=is_run)
    return _forward(workload) if is_run else _pictures(workload)


def text_model(workload: Workload) -> TextModel:
    """Return a language model's numbers; what is not known is 0."""
    hidden, inner = workload.hidden or 0, workload.intermediate
    heads, kv_heads = workload.heads or 1, workload.kv_heads or workload.heads or 1
    return TextModel(
        params=workload.params_total,
        weight_bytes=workload.weight_bytes,
        layers=workload.layers or 0,
        width=hidden,
        kept=kv_heads * (workload.head_dim or hidden // heads),
        inner=inner or _PLAIN_INNER * hidden,
        is_gated=bool(inner) and inner != _PLAIN_INNER * hidden,
        is_encoder="bert" in workload.model_id,
        vocabulary=workload.vocab or 0,
        heads=heads,
    )


def _text(workload: Workload, *, is_run: bool) -> tuple[Item, ...] | None:
    model = text_model(workload)
    texts = Texts(
        count=max(1, workload.batch),
        length=workload.sequence_tokens or 1,
        element_bytes=element_bytes("fp32" if workload.precision == "fp32" else "half"),
    )
    if is_run and not workload.writes_text:
        return encoder_reading(
            model, texts, has_fused_attention=workload.recipe.has_fused_attention
        )
    if is_run:
        return text_reading(model, texts, CACHE_BITS[workload.recipe.cache])
    if not model.layers or not model.width:
        return None
    learning = learning_of(workload)
    held = states(model.params, model.weight_bytes, learning)
    return (*held, *text_activations(model, texts, learning))


def learning_of(workload: Workload) -> Learning:
    """Return what a training keeps beside the weights."""
    params, optimiser = workload.params_total, optimiser_of(workload)
    per_param = workload.weight_bytes / params
    recipe, is_adapter = workload.recipe, workload.mode in _ADAPTERS
    copy = 0.0
    if not is_adapter and workload.group != "vision" and optimiser is not Optimiser.ADAM_8BIT:
        if per_param < FULL_PRECISION_BYTES:
            copy = MASTER_BYTES
        elif workload.precision != "fp32":
            copy = HALF_BYTES
    return Learning(
        gradient_bytes=ADAPTER_BYTES if is_adapter else per_param,
        copy_bytes=copy,
        moment_bytes=_moment_bytes(workload, optimiser),
        moments=OPTIMISER_WORDS[optimiser],
        trained=trained_params(workload) if is_adapter else None,
        kept_more=kept_more(workload) if is_adapter else 0.0,
        is_packed=workload.mode is Mode.QLORA,
        is_checkpointed=is_checkpointed(workload),
        has_fused_attention=recipe.has_fused_attention,
    )


def optimiser_of(workload: Workload) -> Optimiser:
    """Return the optimiser of a job; the usual one where none is asked for."""
    if workload.recipe.optimiser is not Optimiser.USUAL:
        return workload.recipe.optimiser
    return Optimiser.MOMENTUM if workload.group == "vision" else Optimiser.ADAM


def _moment_bytes(workload: Workload, optimiser: Optimiser) -> float:
    """Return the optimiser's bytes a parameter."""
    if optimiser is Optimiser.ADAFACTOR:
        # One sum a row and one a column of every matrix, FP32.
        return 2.0 * FULL_PRECISION_BYTES / (workload.hidden or 1024)
    return MOMENT_BYTES[optimiser]


def _pictures(workload: Workload) -> tuple[Item, ...]:
    """Return the items of training a network that is no language model."""
    each = element_bytes("fp32" if workload.precision in ("fp32", "tf32") else "half")
    kept = picture_kept(workload.activations_per_sample, workload.batch, each)
    words = " (checkpointed)" if is_checkpointed(workload) else ""
    kept = kept / 4 if is_checkpointed(workload) else kept
    held = states(workload.params_total, workload.weight_bytes, learning_of(workload))
    return (*held, Item(f"activations kept{words}", kept, Part.KEPT))


def _forward(workload: Workload) -> tuple[Item, ...]:
    weights: tuple[Item, ...] = (Item("weights", workload.weight_bytes, Part.WEIGHTS),)
    if workload.mode is Mode.GENERATE:
        # Blocks of one width run one after another: two of them are alive at a time.
        live = max(_denoising(workload), decoding_bytes(workload))
        more = beside(workload)
        weights = weights if more is None else (*weights, more)
    else:
        each = element_bytes("fp32" if workload.precision in ("fp32", "tf32") else "half")
        live = picture_live(workload.activations_per_sample, workload.batch, each)
    return (*weights, Item("largest live tensors", live, Part.LIVE))


def one_at_a_time(workload: Workload) -> float:
    """Return the bytes of making pictures with one network on the device at a time; 0 = not known.

    That is the denoiser with its call, its encoders or its decoder with the picture.
    """
    more = beside(workload)
    if workload.mode is not Mode.GENERATE or more is None:
        return 0.0
    decoding = decoding_bytes(workload)
    return max(workload.weight_bytes + _denoising(workload), more.bytes, decoding)


def _denoising(workload: Workload) -> float:
    """Return the bytes alive in one call of a denoiser, for pictures with and without the words."""
    written, is_fused = workload.activations_per_sample, workload.recipe.has_fused_attention
    alive = LIVE_SHARE
    if workload.layers:
        # Blocks of one width run one after another: two of them are alive at a time.
        alive = min(LIVE_SHARE, 2.0 / workload.layers)
    elif is_fused:
        alive = UNET_ALIVE
    if is_fused:
        written -= workload.score_elements
    return written * 2 * calls_a_step(workload.model_id) * alive * workload.batch
