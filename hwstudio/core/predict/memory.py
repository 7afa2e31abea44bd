"""Does the job fit the GPU's memory, how sure is that, and what is the cheapest way to fit it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from hwstudio.core.base.units import GIB, gib
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.footprint import Choice, Item, default_choice, items_of
from hwstudio.core.predict.overhead import OVERHEAD, Overhead

# The allocator keeps about a quarter more than the tensors that come and go, and a few per cent
# more than what is held for the whole run; the driver's context comes on top.
STATE_SHARE = 1.03
LIVE_SHARE = 1.25
CONTEXT_BYTES = 0.6 * GIB
OVERHEAD_LABEL = "framework and allocator overhead, from published runs"
MOST_BATCH = 1 << 16
NO_HELP = "Choose a GPU with more memory or a smaller model"
MAYBE = "which may just fit"
QLORA_BITS = 4.5  # NF4 with its scales
QLORA_OVERHEAD = 1.15  # embedding and head stay in half precision


class Fit(StrEnum):
    """The verdict; ``tight`` means the card's memory lies inside the interval."""

    FITS = "fits"
    TIGHT = "tight"
    NO = "no"
    UNKNOWN = "unknown"


class Layout(StrEnum):
    """How several GPUs hold one model."""

    SINGLE = "on one GPU"
    COPIED = "a full copy on every GPU"
    SHARDED = "weights and optimiser spread over the GPUs"
    SPLIT = "layers spread over the GPUs"


@dataclass(frozen=True, slots=True)
class MemoryItem:
    """One part of the need on one GPU."""

    label: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPrediction:
    """Bytes needed on EACH GPU as its driver will show them, with the 90 % band."""

    need_bytes: int | None
    low: int | None
    high: int | None
    vram_bytes: int
    verdict: Fit
    layout: Layout
    items: tuple[MemoryItem, ...]
    advice: str = ""
    refused: str = ""
    source: str = ""  # where it comes from, when not from the formulas


def predict_memory(
    workload: Workload, vram_bytes_per_gpu: int, count: int = 1, *, is_advised: bool = True
) -> MemoryPrediction:
    """Return the need per GPU and the verdict; when it does not fit, the cheapest change.

    ``is_advised`` False leaves the search for that change out: it costs as much as all the rest.
    """
    plain = _best_layout(workload, default_choice(workload), vram_bytes_per_gpu, count)
    if not is_advised or plain.verdict in (Fit.FITS, Fit.UNKNOWN):
        return plain
    return replace(plain, advice=_advice(workload, vram_bytes_per_gpu, count))


def largest_batch(workload: Workload, vram_bytes_per_gpu: int, count: int = 1) -> int | None:
    """Return the largest batch per GPU that surely fits; None = not even one does.

    The need grows with the batch, so the edge is found by halving.
    """

    def fits(batch: int) -> bool:
        tried = predict_memory(
            replace(workload, batch=batch), vram_bytes_per_gpu, count, is_advised=False
        )
        return tried.verdict is Fit.FITS

    if not fits(1):
        return None
    low, high = 1, 2
    while high <= MOST_BATCH and fits(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _best_layout(workload: Workload, choice: Choice, vram: int, count: int) -> MemoryPrediction:
    """Return the first layout that fits, simplest first; else the one that needs least."""
    if count <= 1:
        return _predict(workload, choice, vram, 1, Layout.SINGLE)
    if workload.mode is Mode.INFERENCE and workload.group == "language":
        return _predict(workload, choice, vram, count, Layout.SPLIT)
    copied = _predict(workload, choice, vram, count, Layout.COPIED)
    is_training = workload.mode not in (Mode.INFERENCE, Mode.GENERATE)
    if copied.verdict in (Fit.FITS, Fit.UNKNOWN) or not is_training:
        return copied
    return _predict(workload, choice, vram, count, Layout.SHARDED)


def _predict(
    workload: Workload, choice: Choice, vram: int, count: int, layout: Layout
) -> MemoryPrediction:
    items = items_of(workload, choice)
    if items is None:
        return MemoryPrediction(
            need_bytes=None,
            low=None,
            high=None,
            vram_bytes=vram,
            verdict=Fit.UNKNOWN,
            layout=layout,
            items=(),
            refused=f"The shape of {workload.model_name} is not known well enough",
        )
    items = spread(workload, items, count, layout)
    low, need, high, shares = _band(items, OVERHEAD[class_of(workload)])
    shown = (*items, *shares)
    return MemoryPrediction(
        need_bytes=need,
        low=low,
        high=high,
        vram_bytes=vram,
        verdict=_verdict(low, high, vram),
        layout=layout,
        items=tuple(MemoryItem(item.label, round(item.bytes)) for item in shown),
    )


def _verdict(low: int, high: int, vram: int) -> Fit:
    if vram <= 0:
        return Fit.UNKNOWN
    if high <= vram:
        return Fit.FITS
    return Fit.NO if low > vram else Fit.TIGHT


def _band(items: tuple[Item, ...], overhead: Overhead) -> tuple[int, int, int, tuple[Item, ...]]:
    """Return low, need and high, and the items that fill the need up.

    The low end is never below the weights themselves, which are known.
    """
    held = sum(item.bytes for item in items if item.is_state)
    live = sum(item.bytes for item in items if not item.is_state)
    kept = held * STATE_SHARE + live * LIVE_SHARE
    grown = held * STATE_SHARE * overhead.state + live * LIVE_SHARE * overhead.live
    shares = [Item("driver, workspaces and cache", kept + CONTEXT_BYTES - held - live, False)]
    if grown > kept:
        shares.append(Item(OVERHEAD_LABEL, grown - kept, False))
    need = grown + CONTEXT_BYTES
    low = max(need * overhead.low, items[0].bytes)
    return round(low), round(need), round(need * overhead.high), tuple(shares)


def class_of(workload: Workload) -> str:
    """Return the name under which the overhead of this kind of work is listed."""
    if workload.group == "vision":
        return "vision_inference" if workload.mode is Mode.INFERENCE else "vision_train"
    if workload.mode is Mode.GENERATE:
        return "image_generation"
    if workload.mode is Mode.INFERENCE:
        return "language_inference"
    if workload.mode in (Mode.LORA, Mode.QLORA):
        return "language_adapter"
    return "language_train_fp32" if workload.precision == "fp32" else "language_train"


def spread(
    workload: Workload, items: tuple[Item, ...], count: int, layout: Layout
) -> tuple[Item, ...]:
    """Return the items of one GPU; sharding needs room to gather two whole layers."""
    if layout in (Layout.SINGLE, Layout.COPIED):
        return items
    spread = tuple(replace(i, bytes=i.bytes / count) if i.is_state else i for i in items)
    if layout is Layout.SPLIT:
        return spread
    gathered = 2 * workload.weight_bytes / max(1, workload.layers or 1)
    return (*spread, Item("gathered layers", gathered, False))


def _advice(workload: Workload, vram: int, count: int) -> str:
    """Return the first change, cheapest first, that makes the job fit; or the first that may."""
    maybe = ""
    for words, changed, choice in _changes(workload):
        tried = _best_layout(changed, choice, vram, count)
        if tried.need_bytes is None:
            continue
        text = f"{words}: about {gib(tried.need_bytes)} per GPU"
        if tried.verdict is Fit.FITS:
            return text
        if tried.need_bytes <= vram:
            maybe = maybe or f"{text}, {MAYBE}"
    return maybe or f"{NO_HELP}: no smaller setting fits"


def _changes(workload: Workload) -> Iterator[tuple[str, Workload, Choice]]:
    choice = default_choice(workload)
    batch = workload.batch
    while batch > 1:
        batch = max(1, batch // 2)
        yield (
            f"Use batch {batch} instead of {workload.batch}",
            replace(workload, batch=batch),
            choice,
        )
    if workload.mode in (Mode.TRAIN, Mode.FINETUNE):
        saving = replace(choice, checkpointing=True)
        if not choice.checkpointing:
            yield "Switch on activation checkpointing (about a third slower)", workload, saving
        small = replace(saving, eight_bit_optimiser=True)
        if workload.group == "language":
            yield "Use an 8-bit optimiser", workload, small
            yield "Use an 8-bit optimiser and batch 1", replace(workload, batch=1), small
    if workload.mode in (Mode.FINETUNE, Mode.LORA):
        yield "Fine-tune with QLoRA instead", _as_qlora(workload), Choice(checkpointing=True)
    if workload.mode is Mode.INFERENCE and workload.group == "language":
        yield "Use 4-bit weights (a little less exact)", _as_qlora(workload, Mode.INFERENCE), choice


def _as_qlora(workload: Workload, mode: Mode = Mode.QLORA) -> Workload:
    weights = round(workload.params_total * QLORA_BITS / 8 * QLORA_OVERHEAD)
    return replace(workload, mode=mode, precision="int4", weight_bytes=weights, batch=1)
