"""A job made of a model and what is to be done with it: the numbers a Workload holds."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.recipe import STEPS_ALONE, USUAL_RECIPE, Around, Recipe, Shard
from hwstudio.core.model.workload import GENERAL, Mode, Workload
from hwstudio.core.predict.demand import calls_a_step
from hwstudio.core.predict.fitted.architectures import tables_of
from hwstudio.core.predict.held import FOUR_BITS, packed_bytes
from hwstudio.core.predict.picture_size import growth_of, picture_side, score_elements, work_at
from hwstudio.core.predict.weight_formats import FORMATS, GGUF, SHORT, WHOLE, run_bytes

PICTURE = ("cnn", "vit", "detection", "segmentation")
ENCODER = "transformer-encoder"
TEXT = ("transformer-decoder", "moe", ENCODER)
GENERATED = ("diffusion",)
OTHERS = (
    "encoder-decoder",
    "speech",
    "rnn",
    "gan",
    "rl",
    "recsys",
    "other",
)  # counted, never measured
COUNTED_TOKENS = 2048.0  # the prompt for which a language model's operations are counted
BITS = {"fp32": 32.0, "amp_fp16": 32.0, "bf16": WHOLE}
PRECISIONS = {  # what is usual, most usual first
    Mode.TRAIN: ("amp_fp16", "bf16", "fp32"),
    Mode.FINETUNE: ("bf16", "fp32"),
    Mode.LORA: ("bf16",),
    Mode.QLORA: ("int4",),
    Mode.INFERENCE: SHORT,
    Mode.GENERATE: ("amp_fp16",),
}
_ENCODER_RUN = ("amp_fp16", "bf16", "fp32")  # reads texts once and keeps nothing
MODE_WORDS = {
    Mode.TRAIN: "Train from scratch",
    Mode.FINETUNE: "Fine-tune all weights",
    Mode.LORA: "Fine-tune with LoRA",
    Mode.QLORA: "Fine-tune with QLoRA (4-bit)",
    Mode.INFERENCE: "Run it",
    Mode.GENERATE: "Make pictures",
}


class Sharing(StrEnum):
    """How several GPUs share one job, whatever their number."""

    AUTO = "auto"
    COPY = "copy"
    OPTIMISER = "zero1"
    GRADIENTS = "zero2"
    ALL = "zero3"
    TENSOR = "tensor"
    PIPELINE = "pipeline"


SHARDS = {
    Sharing.COPY: Shard.NONE,
    Sharing.OPTIMISER: Shard.OPTIMISER,
    Sharing.GRADIENTS: Shard.GRADIENTS,
    Sharing.ALL: Shard.ALL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWish:
    """What is done with a model. ``samples``: pictures, texts, or tokens to write, per epoch."""

    mode: Mode
    precision: str
    batch: int = 1  # per GPU
    sequence_tokens: int = 2048
    steps: int = 30  # of one picture
    image_px: int = 0  # a side of a picture; 0 = as the model was counted with
    samples: float = 10_000.0
    epochs: float = 1.0
    recipe: Recipe = USUAL_RECIPE
    around: Around = STEPS_ALONE
    sharing: Sharing = Sharing.AUTO


def sharings_of(model: AiModel, mode: Mode) -> tuple[Sharing, ...]:
    """Return the ways several GPUs can share a job, the usual one first; one = no choice."""
    if mode is Mode.GENERATE:
        return (Sharing.AUTO,)
    if mode is Mode.INFERENCE:
        is_chat = model.family in TEXT and model.family != ENCODER
        return (Sharing.AUTO, Sharing.TENSOR) if is_chat else (Sharing.AUTO,)
    copies = (Sharing.AUTO, *SHARDS)
    if model.family not in TEXT:
        return copies
    return (*copies, Sharing.TENSOR, Sharing.PIPELINE)


def recipe_for(wish: JobWish, count: int) -> Recipe:
    """Return the recipe with ``count`` GPUs sharing the job as wished."""
    if wish.sharing in SHARDS:
        return replace(wish.recipe, shard=SHARDS[wish.sharing])
    if wish.sharing is Sharing.TENSOR:
        return replace(wish.recipe, tensor_split=count)
    if wish.sharing is Sharing.PIPELINE:
        return replace(wish.recipe, pipeline_split=count)
    return wish.recipe


def modes_of(model: AiModel) -> tuple[Mode, ...]:
    """Return what can be done with a model, most usual first; empty = no estimate for it."""
    if model.family in PICTURE:
        has_work = bool(model.macs_per_sample and model.activations_per_sample)
        return (Mode.TRAIN, Mode.INFERENCE) if has_work else ()
    if model.family in OTHERS:
        has_work = bool(model.macs_per_sample and model.activations_per_sample)
        return (Mode.TRAIN, Mode.INFERENCE) if has_work and model.weight_bytes else ()
    if model.family in GENERATED:
        return (Mode.GENERATE,) if model.macs_per_sample and model.weight_bytes else ()
    if model.family not in TEXT or not model.layers or not model.hidden:
        return ()
    if model.family == ENCODER:
        return (Mode.FINETUNE, Mode.TRAIN, Mode.INFERENCE)
    return (Mode.INFERENCE, Mode.QLORA, Mode.LORA, Mode.FINETUNE, Mode.TRAIN)


def precisions_of(model: AiModel, mode: Mode) -> tuple[str, ...]:
    """Return the formats of weights that a model's job can have, what is usual first."""
    if mode is not Mode.INFERENCE or model.family not in TEXT:
        return PRECISIONS[mode]
    return _ENCODER_RUN if model.family == ENCODER else tuple(FORMATS)


_IN_TWO_STAGES = re.compile(r"r-cnn|rcnn|retinanet|fcos|detr")


def _usual_batch(model: AiModel) -> int:
    """Return the usual pictures at once in training: large ones come few at a time."""
    if model.family == "detection":
        return 2 if _IN_TWO_STAGES.search(model.id) else 16
    return 8 if model.family == "segmentation" else 64


def usual_wish(model: AiModel, mode: Mode) -> JobWish:
    """Return usual settings, to begin with."""
    precision = precisions_of(model, mode)[0]
    longest = model.max_context or 2048
    if model.family in PICTURE:
        is_training = mode is Mode.TRAIN
        return JobWish(
            mode=mode, precision=precision, batch=_usual_batch(model) if is_training else 32,
            samples=1_281_167 if is_training else 100_000, epochs=90 if is_training else 1,
        )  # fmt: skip
    if mode is Mode.GENERATE:
        return JobWish(mode=mode, precision=precision, samples=1000)
    if model.family in OTHERS:
        is_rl = model.family == "rl"
        return JobWish(mode=mode, precision=precision, batch=256 if is_rl else 8)
    is_small = model.family == ENCODER
    if is_small and mode is Mode.INFERENCE:
        return JobWish(
            mode=mode, precision=precision, batch=32, sequence_tokens=min(512, longest),
            samples=100_000,
        )  # fmt: skip
    if mode is Mode.INFERENCE:
        return JobWish(
            mode=mode,
            precision=stored_as(model) or precision,
            sequence_tokens=min(4096, longest),
            samples=1_000_000,
        )
    return JobWish(
        mode=mode, precision=precision, batch=16 if is_small else 1,
        sequence_tokens=min(512 if is_small else 2048, longest), samples=10_000, epochs=3,
    )  # fmt: skip


_TRAINING = (Mode.TRAIN, Mode.FINETUNE, Mode.LORA, Mode.QLORA)
_CARRIED = (
    "batch",
    "sequence_tokens",
    "steps",
    "image_px",
    "samples",
    "epochs",
    "recipe",
    "around",
)


def carried(model: AiModel, wish: JobWish, onto: AiModel, mode: Mode) -> JobWish | None:
    """Return what is usual of another model or mode, with what was set otherwise than usual here.

    None = nothing is carried over: between running and training the numbers mean something else.
    """
    new, usual = usual_wish(onto, mode), usual_wish(model, wish.mode)
    is_alike = wish.mode is mode or {wish.mode, mode} <= set(_TRAINING)
    if not is_alike or _kind(model) != _kind(onto):
        return None
    set_here = {
        name: value for name in _CARRIED if (value := getattr(wish, name)) != getattr(usual, name)
    }
    if onto.max_context and "sequence_tokens" in set_here:
        set_here["sequence_tokens"] = min(wish.sequence_tokens, onto.max_context)
    if wish.precision != usual.precision and wish.precision in precisions_of(onto, mode):
        set_here["precision"] = wish.precision
    if wish.sharing in sharings_of(onto, mode):
        set_here["sharing"] = wish.sharing
    return replace(new, **set_here)


def job_as(model: AiModel, wish: JobWish, made: Workload) -> JobWish:
    """Return a wish as a technique or an advice changed its workload; the rest stays as it was."""
    known = precisions_of(model, made.mode)
    job = replace(
        wish,
        mode=made.mode,
        precision=made.precision if made.precision in known else known[0],
        batch=made.batch,
        sequence_tokens=made.sequence_tokens or wish.sequence_tokens,
        recipe=made.recipe,
    )
    if not made.image_px or made.image_px == (wish.image_px or picture_side(model)):
        return job
    return replace(job, image_px=made.image_px)


def _kind(model: AiModel) -> str:
    """Return what one sample is: a text, a picture, a picture being made, something else."""
    families = {"text": TEXT, "picture": PICTURE, "generated": GENERATED}
    return next((name for name, each in families.items() if model.family in each), model.family)


def stored_as(model: AiModel) -> str:
    """Return the format nearest to the weights of a GGUF file; "" for models of no such file."""
    if model.precision != "gguf" or not model.weight_bytes:
        return ""
    bits = 8.0 * model.weight_bytes / model.params_total
    return min((*SHORT, *GGUF), key=lambda name: abs(math.log(FORMATS[name].bits / bits)))


def weight_bytes_of(model: AiModel, wish: JobWish) -> int:
    """Return the bytes of the weights as the job holds them."""
    if wish.mode is Mode.GENERATE and model.weight_bytes:
        scale = 0.5 if model.precision == "fp32" else 1.0
        return round(model.weight_bytes * scale)
    if wish.mode is Mode.INFERENCE and wish.precision == stored_as(model):
        return model.weight_bytes or 0
    if wish.mode is Mode.INFERENCE and wish.precision in FORMATS:
        return run_bytes(model.id, model.params_total, model.vocab, model.hidden, wish.precision)
    if wish.mode is Mode.QLORA:
        return frozen_bytes(model.id, model.params_total, model.vocab, model.hidden)
    return round(model.params_total * BITS[wish.precision] / 8)


def frozen_bytes(model_id: str, params: int, vocab: int | None, hidden: int | None) -> int:
    """Return the bytes of frozen weights of four bits; the tables of words keep sixteen."""
    tables = tables_of(model_id, params, vocab or 0, hidden or 0)
    return round(packed_bytes(params, tables, FOUR_BITS))


def _group_and_unit(model: AiModel, wish: JobWish) -> tuple[str, str]:
    """Return the group of work and what is counted of it."""
    if model.family in TEXT:
        writes = wish.mode is Mode.INFERENCE and model.family != ENCODER
        return "language", "tokens" if writes else "sequences"
    if model.family in OTHERS:
        return GENERAL, "samples"
    return "vision" if model.family in PICTURE else "image_generation", "images"


def job_of(model: AiModel, wish: JobWish, count: int = 1) -> Workload:
    """Return the job as every estimate takes it, for ``count`` GPUs."""
    is_text = model.family in TEXT
    group, unit = _group_and_unit(model, wish)
    tokens = wish.sequence_tokens if is_text else None
    work = work_at(model, wish.image_px)
    macs = work.macs or float(model.params_active or model.params_total)
    activations = work.activations
    if is_text and tokens:
        share = 1.0 / COUNTED_TOKENS if unit == "tokens" else tokens / COUNTED_TOKENS
        macs, activations = macs * share, activations * share
    return Workload(
        id=f"{model.id}:{wish.mode.value}",
        title=f"{MODE_WORDS[wish.mode]}: {model.name}",
        group=group,
        mode=wish.mode,
        model_id=model.id,
        model_name=model.name,
        unit=unit,
        precision=wish.precision,
        batch=wish.batch,
        sequence_tokens=tokens,
        steps=calls_a_step(model.id) * wish.steps if wish.mode is Mode.GENERATE else 1,
        params_total=model.params_total,
        params_active=model.params_active or model.params_total,
        layers=model.layers,
        hidden=model.hidden,
        heads=model.heads,
        kv_heads=model.kv_heads,
        head_dim=model.head_dim,
        intermediate=model.intermediate,
        vocab=model.vocab,
        macs_per_sample=macs,
        activations_per_sample=activations,
        score_elements=score_elements(model) * growth_of(model, wish.image_px) ** 2,
        image_px=wish.image_px or picture_side(model),
        weight_bytes=weight_bytes_of(model, wish),
        job_units=wish.samples * wish.epochs,
        job_title=amount_words(wish, unit),
        source=model.source,
        source_date=model.source_date,
        recipe=recipe_for(wish, count),
        around=wish.around,
    )


def amount_words(wish: JobWish, unit: str) -> str:
    """Return how much there is to do, for people."""
    words = {"sequences": "texts", "images": "pictures"}.get(unit, unit)
    amount = f"{wish.samples:,.0f} {words}"
    return amount if wish.epochs == 1 else f"{wish.epochs:g} x {amount}"
