"""From live tensors, which are exact, to what a driver shows and the smallest card that runs it.

Three numbers on purpose: a driver shows more than tensors need, as torch's cache grows into what
is free; with less memory the same job runs. 51 published nvidia-smi peaks of ResNet-50 (FP32 and
mixed precision, batch 64 to 1440, 8 to 80 GB, 15 cards, 2021) were 0.90 to 1.17 of
the expected value here, 1.00 in the median; the card ran in all 51.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hwstudio.core.base.units import gib
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.recipe import USUAL_RECIPE
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.fitted import room
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.job_maker import COUNTED_TOKENS, JobWish
from hwstudio.core.predict.memory import (
    CONTEXT_BYTES,
    LIVE_SHARE,
    STATE_SHARE,
    Fit,
    MemoryItem,
    MemoryPrediction,
)
from hwstudio.core.predict.module.result import ModuleMemory
from hwstudio.core.predict.smallest import order_of
from hwstudio.core.predict.split import Layout

SLACK_LABEL = "allocator's blocks and driver"
PROVENANCE = "exact: measured on fake tensors"
HIGH = 1.17  # the most that those 51 peaks were above the expected value
_AMP = {"amp_fp16": ("amp_fp16", "amp_bf16")}  # to a job mixed precision is one thing


@dataclass(frozen=True, slots=True)
class Expected:
    """What the driver will show as used on one card, in bytes; about 9 in 10 inside."""

    low: int
    median: int
    high: int


@dataclass(frozen=True, slots=True)
class Runs:
    """Whether it runs on one card. ``room_bytes``: what a job may use of its memory."""

    sheet: DeviceSheet
    verdict: Fit
    room_bytes: int


def expected(found: ModuleMemory) -> Expected:
    """Return what the driver will show: held blocks nearly as they are, the rest with its cache."""
    held, moving = found.held_bytes, found.peak_bytes - found.held_bytes
    median = held * STATE_SHARE + moving * LIVE_SHARE + CONTEXT_BYTES
    low = found.peak_bytes + room.CONTEXT_BYTES
    return Expected(round(low), round(max(median, low)), round(max(median, low) * HIGH))


def need_of(found: ModuleMemory) -> room.Need:
    """Return the bytes without which it cannot run."""
    live = float(found.peak_bytes)
    return room.need_behind("allocated", live, live, live)


def runs_on(found: ModuleMemory, sheet: DeviceSheet) -> Runs:
    """Return whether it runs on a card."""
    verdict = room.verdict_on(need_of(found), sheet)
    return Runs(sheet, verdict, round(room.room_bytes(sheet)))


def smallest(found: ModuleMemory, sheets: Iterable[DeviceSheet]) -> Runs | None:
    """Return the card with the least memory that surely runs it, the newest of several."""
    able = (runs_on(found, sheet) for sheet in sheets)
    return min(
        (each for each in able if each.verdict is Fit.FITS),
        key=lambda each: order_of(each.room_bytes, each.sheet.year, each.sheet.name),
        default=None,
    )


def as_prediction(found: ModuleMemory, sheet: DeviceSheet, vram_bytes: int) -> MemoryPrediction:
    """Return it as the Workload tab shows memory: what is needed, and the driver's upper end."""
    need = need_of(found)
    rest = MemoryItem(SLACK_LABEL, round(need.median) - found.peak_bytes)
    shown = expected(found)
    return MemoryPrediction(
        need_bytes=round(need.median),
        low=round(need.low),
        high=max(round(need.high), shown.high),
        vram_bytes=vram_bytes,
        verdict=room.verdict_on(need, sheet),
        layout=Layout.SINGLE,
        items=(*found.items, rest),
        live_bytes=found.peak_bytes,
        source=f"{gib(found.peak_bytes)} of tensors, {PROVENANCE}; {_step_words(found)}; with "
        f"room to spare the driver may show {gib(shown.low)} to {gib(shown.high)}",
    )


def _step_words(found: ModuleMemory) -> str:
    asked = found.question
    return "a forward pass" if asked.is_inference else f"a training step with {asked.optimiser}"


def answers(found: ModuleMemory, model: AiModel, job: JobWish, count: int) -> bool:
    """Say whether a job is the very one that was reckoned: on one card, same mode and sizes."""
    asked = found.question
    is_same = job.batch == asked.batch and not job.image_px
    if model != ai_model_of(found) or count != 1 or not is_same:
        return False
    if replace(job.recipe, accumulation=1, cache=USUAL_RECIPE.cache) != USUAL_RECIPE:
        return False
    is_inference = job.mode is Mode.INFERENCE
    if is_inference != asked.is_inference or job.mode not in (
        Mode.INFERENCE, Mode.TRAIN, Mode.FINETUNE,
    ):  # fmt: skip
        return False
    if found.shape.has_ids and (is_inference or job.sequence_tokens != found.shape.tokens):
        return False  # to write text keeps keys and values, a forward pass alone does not
    return asked.precision in _AMP.get(job.precision, (job.precision,))


def as_asked(found: ModuleMemory, wish: JobWish) -> JobWish:
    """Return the usual wish with the batch, length and precision that were reckoned."""
    asked = found.question
    precision = "amp_fp16" if asked.precision.startswith("amp") else asked.precision
    tokens = found.shape.tokens or wish.sequence_tokens
    return replace(wish, batch=asked.batch, precision=precision, sequence_tokens=tokens)


def family_of(found: ModuleMemory) -> str:
    """Return cnn, vit, transformer-decoder, transformer-encoder or other, by what is in it."""
    shape = found.shape
    if shape.has_ids:
        if not shape.attentions:
            return "other"
        return "transformer-decoder" if shape.has_head else "transformer-encoder"
    if shape.attentions:
        return "vit"
    return "cnn" if shape.convolutions else "other"


def ai_model_of(found: ModuleMemory) -> AiModel:
    """Return the module as a model of the library; what its parts do not tell stays None."""
    shape = found.shape
    scale = COUNTED_TOKENS / shape.tokens if shape.has_ids and shape.tokens else 1.0
    file = found.question.file.replace("\\", "/").rpartition("/")[2]
    return AiModel(
        id=f"own:{file}:{found.name}",
        name=f"{found.name} ({file})",
        family=family_of(found),
        task="text" if shape.has_ids else "",
        params_total=found.params_total,
        layers=shape.layers,
        hidden=shape.hidden,
        heads=shape.heads,
        kv_heads=shape.kv_heads,
        head_dim=shape.head_dim,
        vocab=shape.vocab,
        macs_per_sample=found.macs_per_sample * scale,
        activations_per_sample=found.activations_per_sample * scale,
        source=f"{file}, its step reckoned on tensors without data (PyTorch {found.torch})",
    )
