"""What one may change about a job that does not fit, the cheapest change first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hwstudio.core.model.recipe import Cache, Optimiser
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.demand import is_checkpointed
from hwstudio.core.predict.footprint import optimiser_of
from hwstudio.core.predict.job_maker import frozen_bytes
from hwstudio.core.predict.picture_size import LEAST_SIDE
from hwstudio.core.predict.weight_formats import run_bytes

LEAST_TEXT = 128  # tokens
_FEWER_BITS = (  # formats to run in, and what that costs
    ("int4", "4-bit weights (a little less exact)"),
    ("q3_k_m", "3-bit weights (Q3_K_M, clearly less exact)"),
    ("q2_k", "2-bit weights (Q2_K, much less exact)"),
)
_SMALLER = (0.75, 0.5, 0.375, 0.25)  # of a side of a picture
_SIDE_STEP = 32  # pixels: what networks halve five times


def changes_of(workload: Workload) -> Iterator[tuple[str, Workload]]:
    """Yield what one may change, the cheapest for the result and for the speed first."""
    is_text, recipe = workload.group == "language", workload.recipe
    yield from _smaller_batches(workload)
    if workload.mode in (Mode.TRAIN, Mode.FINETUNE):
        saving = workload
        if not is_checkpointed(workload):
            saving = replace(workload, recipe=replace(recipe, is_checkpointed=True))
            yield "Switch on activation checkpointing (about a third slower)", saving
        if is_text and optimiser_of(workload) is Optimiser.ADAM:
            eight = replace(saving.recipe, optimiser=Optimiser.ADAM_8BIT)
            small = replace(saving, recipe=eight)
            yield "Use an 8-bit optimiser", small
            yield "Use an 8-bit optimiser and batch 1", replace(small, batch=1)
    if workload.mode is Mode.FINETUNE:
        yield "Fine-tune with LoRA instead", replace(workload, mode=Mode.LORA)
    if workload.mode in (Mode.FINETUNE, Mode.LORA):
        yield "Fine-tune with QLoRA instead", as_four_bit(workload)
    if workload.writes_text:
        if recipe.cache is Cache.FP16:
            kept = replace(workload, recipe=replace(recipe, cache=Cache.Q8))
            yield "Keep keys and values in 8 bits", kept
        for name, words in _FEWER_BITS:
            smaller = in_format(workload, name)
            if smaller.weight_bytes < workload.weight_bytes:
                yield f"Use {words}", smaller
    yield from _smaller_samples(workload)
    strongest = _strongest(workload)
    if strongest is not None:
        first, changed = strongest
        for words, smaller in _shorter(changed):
            yield f"{first}. {words}", smaller


def _strongest(workload: Workload) -> tuple[str, Workload] | None:
    """Return what saves most of a language model's memory, in words that another change follows."""
    if workload.mode in (Mode.FINETUNE, Mode.LORA):
        return "Fine-tune with QLoRA instead", as_four_bit(workload)
    if workload.writes_text and in_format(workload, "int4").weight_bytes < workload.weight_bytes:
        return "Use 4-bit weights, one answer at a time", in_format(workload, "int4")
    return None


def _smaller_samples(workload: Workload) -> Iterator[tuple[str, Workload]]:
    """Yield shorter texts and smaller pictures: the last resort, since they change what is asked.

    Each is tried as the job stands, then with one sample at a time.
    """
    for words, smaller in (*_shorter(workload), *_smaller_pictures(workload)):
        yield words, smaller
        if workload.batch > 1:
            yield f"{words}, one at a time", replace(smaller, batch=1)


def _shorter(workload: Workload) -> Iterator[tuple[str, Workload]]:
    length = workload.sequence_tokens or 0
    while length >= 2 * LEAST_TEXT:
        length //= 2
        words = f"Use texts of {length:,} tokens instead of {workload.sequence_tokens:,}"
        changed = replace(workload, sequence_tokens=length)
        if not workload.writes_text:  # counted for the whole of a text
            share = length / (workload.sequence_tokens or 1)
            changed = replace(
                changed,
                macs_per_sample=workload.macs_per_sample * share,
                activations_per_sample=workload.activations_per_sample * share,
            )
        yield f"{words} (longer ones are cut)", changed


def _smaller_pictures(workload: Workload) -> Iterator[tuple[str, Workload]]:
    """Yield smaller pictures; work and values are taken to follow the area.

    With attention they fall faster, so a picture that fits by this does fit.
    """
    side = workload.image_px or 0
    for share in _SMALLER:
        small = int(side * share) // _SIDE_STEP * _SIDE_STEP
        if not LEAST_SIDE <= small < side:
            continue
        scale = (small / side) ** 2
        price = "less is seen" if workload.mode is not Mode.GENERATE else "coarser pictures"
        yield (
            f"Use pictures of {small} x {small} instead of {side} x {side} ({price})",
            replace(
                workload,
                image_px=small,
                macs_per_sample=workload.macs_per_sample * scale,
                activations_per_sample=workload.activations_per_sample * scale,
                score_elements=workload.score_elements * scale**2,
            ),
        )


def _smaller_batches(workload: Workload) -> Iterator[tuple[str, Workload]]:
    batch, recipe = workload.batch, workload.recipe
    while batch > 1:
        batch = max(1, batch // 2)
        words = f"Use batch {batch:,} instead of {workload.batch:,}"
        changed = replace(workload, batch=batch)
        if workload.writes_text:
            words = f"Answer {batch:,} at once instead of {workload.batch:,}"
        elif workload.mode not in (Mode.INFERENCE, Mode.GENERATE):
            times = -(-workload.batch // batch)
            words += f", and {times:,} of them a step (accumulation)"
            filled = replace(recipe, accumulation=recipe.accumulation * times)
            changed = replace(changed, recipe=filled)
        yield words, changed


def as_four_bit(workload: Workload) -> Workload:
    """Return the job as QLoRA with one sample at a time."""
    vocab, hidden = workload.vocab, workload.hidden
    weights = frozen_bytes(workload.model_id, workload.params_total, vocab, hidden)
    recipe = replace(workload.recipe, is_checkpointed=None)
    return replace(
        workload, mode=Mode.QLORA, precision="int4", weight_bytes=weights, batch=1, recipe=recipe
    )


def in_format(workload: Workload, name: str) -> Workload:
    """Return a chat with its weights in another format, one answer at a time."""
    vocab, hidden = workload.vocab, workload.hidden
    weights = run_bytes(workload.model_id, workload.params_total, vocab, hidden, name)
    return replace(workload, precision=name, weight_bytes=weights, batch=1)
