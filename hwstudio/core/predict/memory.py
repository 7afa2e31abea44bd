"""Does the job fit the GPU's memory, how sure is that, and what is the cheapest way to fit it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from hwstudio.core.base.units import GIB, gib
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.workload import GENERAL, Mode, Workload
from hwstudio.core.predict.changes import changes_of
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.footprint import items_of, one_at_a_time
from hwstudio.core.predict.held import Item, Part
from hwstudio.core.predict.overhead import OVERHEAD, Overhead
from hwstudio.core.predict.split import Layout, Plan, plans_of, spread, why_not

# The allocator keeps about a quarter more than the tensors that come and go, and a few per cent
# more than what is held for the whole run; the driver's context comes on top.
STATE_SHARE = 1.03
LIVE_SHARE = 1.25
CONTEXT_BYTES = 0.6 * GIB
LEAST_REST, MOST_REST = 0.4, 2.0  # of what making pictures takes beside weights
OVERHEAD_LABEL = "framework overhead, from published runs"
MOST_BATCH = 1 << 16
NO_HELP = "Choose a GPU with more memory or a smaller model"
MAYBE = "which may just fit"
MOVE_OUT = (
    "Let the text encoders and the decoder wait in the computer's memory (diffusers: "
    "enable_model_cpu_offload)"
)


class Fit(StrEnum):
    """The verdict; ``tight`` means the card's memory lies inside the interval."""

    FITS = "fits"
    TIGHT = "tight"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MemoryItem:
    """One part of the need on one GPU."""

    label: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPrediction:
    """Bytes needed on EACH GPU as its driver will show them, with the 90 % band.

    ``live_bytes``: the tensors alone, what a framework calls allocated.
    """

    need_bytes: int | None
    low: int | None
    high: int | None
    vram_bytes: int
    verdict: Fit
    layout: Layout
    items: tuple[MemoryItem, ...]
    advice: str = ""
    refused: str = ""
    live_bytes: int | None = None
    source: str = ""  # where it comes from, when not from the formulas


def predict_memory(
    workload: Workload, vram_bytes_per_gpu: int, count: int = 1, *, is_advised: bool = True
) -> MemoryPrediction:
    """Return the need per GPU and the verdict; when it does not fit, the cheapest change.

    ``is_advised`` False leaves the search for that change out: it costs as much as all the rest.
    """
    plain = _best_layout(workload, vram_bytes_per_gpu, count)
    if not is_advised or plain.verdict in (Fit.FITS, Fit.UNKNOWN):
        return plain
    return replace(plain, advice=_advice(workload, vram_bytes_per_gpu, count)[0])


def memory_on(
    workload: Workload, gpu: Gpu, count: int = 1, *, is_advised: bool = True
) -> MemoryPrediction:
    """Return the need on each GPU of ``count`` cards, which may hold several GPUs."""
    one, seen = chips(gpu, count)
    return predict_memory(workload, one.vram_bytes, seen, is_advised=is_advised)


def advised_on(workload: Workload, gpu: Gpu, count: int = 1) -> tuple[str, Workload | None]:
    """Return the cheapest change that makes a job fit that does not, in words and as a job.

    None instead of the job = nothing that is known of makes it fit.
    """
    one, seen = chips(gpu, count)
    return _advice(workload, one.vram_bytes, seen)


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


def _best_layout(workload: Workload, vram: int, count: int) -> MemoryPrediction:
    """Return the first layout that fits, simplest first; else the one that needs least."""
    count = max(1, count)
    why = why_not(workload, count)
    if why:
        return _unknown(vram, Layout.MIXED, why)
    found = _unknown(vram, Layout.SINGLE, "")
    for plan in plans_of(workload, count):
        found = _predict(workload, vram, plan)
        if found.verdict in (Fit.FITS, Fit.UNKNOWN):
            break
    return found


def _unknown(vram: int, layout: Layout, why: str) -> MemoryPrediction:
    return MemoryPrediction(
        need_bytes=None,
        low=None,
        high=None,
        vram_bytes=vram,
        verdict=Fit.UNKNOWN,
        layout=layout,
        items=(),
        refused=why,
    )


def _predict(workload: Workload, vram: int, plan: Plan) -> MemoryPrediction:
    items = items_of(workload)
    if items is None:
        why = f"The shape of {workload.model_name} is not known well enough"
        return _unknown(vram, plan.layout, why)
    items = spread(workload, items, plan)
    low, need, high, shares = _band(items, OVERHEAD[class_of(workload)])
    if any(item.part is Part.BESIDE for item in items):
        low, high = _counted_band(items, need)
    shown = (*items, *shares)
    return MemoryPrediction(
        need_bytes=need,
        low=low,
        high=high,
        vram_bytes=vram,
        verdict=_verdict(low, high, vram),
        layout=plan.layout,
        items=tuple(MemoryItem(item.label, round(item.bytes)) for item in shown),
        live_bytes=round(sum(item.bytes for item in items)),
    )


def _verdict(low: int, high: int, vram: int) -> Fit:
    if vram <= 0:
        return Fit.UNKNOWN
    if high <= vram:
        return Fit.FITS
    return Fit.NO if low > vram else Fit.TIGHT


def _band(items: tuple[Item, ...], overhead: Overhead) -> tuple[int, int, int, tuple[Item, ...]]:
    """Return low, need and high, and the items that fill the need up.

    The low end is never below what is held for the whole run (weights, optimiser, keys and
    values ...), which is known; only what comes and goes can be less than reckoned.
    """
    held = sum(item.bytes for item in items if item.is_state)
    live = sum(item.bytes for item in items if not item.is_state)
    kept = held * STATE_SHARE + live * LIVE_SHARE
    grown = held * STATE_SHARE * overhead.state + live * LIVE_SHARE * overhead.live
    shares = [Item("driver, workspaces and cache", kept + CONTEXT_BYTES - held - live, Part.LIVE)]
    if grown > kept:
        shares.append(Item(OVERHEAD_LABEL, grown - kept, Part.LIVE))
    need = grown + CONTEXT_BYTES
    low = max(need * overhead.low, held)
    return round(low), round(need), round(need * overhead.high), tuple(shares)


def _counted_band(items: tuple[Item, ...], need: int) -> tuple[int, int]:
    """Return low and high where networks are known one by one: their weights are exact.

    The least is the largest of them alone, the others waiting outside; what comes and goes, and
    what framework and driver take, nobody published: at the most twice as much.
    """
    held = sum(item.bytes for item in items if item.is_state)
    alone = max(item.bytes for item in items if item.is_state)
    rest = need - held
    return round(alone + LEAST_REST * rest), round(held + MOST_REST * rest)


def class_of(workload: Workload) -> str:
    """Return the name under which the overhead of this kind of work is listed."""
    if workload.group == GENERAL:
        return "general"
    if workload.group == "vision":
        return "vision_inference" if workload.mode is Mode.INFERENCE else "vision_train"
    if workload.mode is Mode.GENERATE:
        return "image_generation"
    if workload.mode is Mode.INFERENCE:
        # Nobody published what running an encoder takes: the widest band.
        return "language_inference" if workload.writes_text else "general"
    if workload.mode in (Mode.LORA, Mode.QLORA):
        return "language_adapter"
    return "language_train_fp32" if workload.precision == "fp32" else "language_train"


def _advice(workload: Workload, vram: int, count: int) -> tuple[str, Workload | None]:
    """Return the first change, cheapest first, that makes the job fit; or the first that may."""
    apart = one_at_a_time(workload) + CONTEXT_BYTES
    if CONTEXT_BYTES < apart <= vram:
        just = f", {MAYBE}" if apart * STATE_SHARE > vram else ""
        return f"{MOVE_OUT}: about {gib(apart)} per GPU{just}", None
    maybe: tuple[str, Workload | None] | None = None
    for words, changed in changes_of(workload):
        tried = _best_layout(changed, vram, count)
        if tried.need_bytes is None:
            continue
        text = f"{words}: about {gib(tried.need_bytes)} per GPU"
        if tried.verdict is Fit.FITS:
            return text, changed
        if tried.need_bytes <= vram:
            maybe = maybe or (f"{text}, {MAYBE}", changed)
    return maybe or (f"{NO_HELP}: no smaller setting fits", None)
