"""What would save memory: every technique by itself, with the bytes it saves and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.recipe import Cache, Optimiser, Shard
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.changes import LEAST_TEXT, as_four_bit, in_format
from hwstudio.core.predict.demand import is_checkpointed
from hwstudio.core.predict.footprint import optimiser_of
from hwstudio.core.predict.memory import MemoryPrediction, memory_on

TRAINING = (Mode.TRAIN, Mode.FINETUNE, Mode.LORA, Mode.QLORA)


@dataclass(frozen=True, slots=True)
class Saving:
    """One technique. ``saved_bytes``: on each GPU, of what its driver would show."""

    words: str
    price: str  # what it costs in speed or quality
    workload: Workload
    memory: MemoryPrediction
    saved_bytes: int


def savings_of(workload: Workload, gpu: Gpu, count: int = 1) -> tuple[Saving, ...]:
    """Return what makes a job smaller on ``count`` cards, the largest saving first."""
    now = memory_on(workload, gpu, count, is_advised=False)
    if now.need_bytes is None:
        return ()
    found = []
    for words, price, changed in _techniques(workload, count):
        then = memory_on(changed, gpu, count, is_advised=False)
        if then.need_bytes is not None and then.need_bytes < now.need_bytes:
            saved = now.need_bytes - then.need_bytes
            found.append(Saving(words, price, changed, then, saved))
    return tuple(sorted(found, key=lambda one: -one.saved_bytes))


def _techniques(workload: Workload, count: int) -> Iterator[tuple[str, str, Workload]]:
    if workload.mode in TRAINING:
        yield from _of_training(workload)
        if count > 1:
            yield from _of_copies(workload)
    else:
        yield from _of_running(workload)
    if workload.sequence_tokens and workload.sequence_tokens >= 2 * LEAST_TEXT:
        half = workload.sequence_tokens // 2
        words = f"Texts of {half:,} tokens instead of {workload.sequence_tokens:,}"
        yield words, "longer ones are cut", replace(workload, sequence_tokens=half)


def _of_training(workload: Workload) -> Iterator[tuple[str, str, Workload]]:
    recipe, is_text = workload.recipe, workload.group == "language"
    if workload.batch > 1:
        half = workload.batch // 2
        steps = -(-workload.batch // half)
        yield (
            f"Batch {half} instead of {workload.batch}, {steps} of them a step (accumulation)",
            "the same result, a little slower",
            replace(workload, batch=half, recipe=replace(recipe, accumulation=steps)),
        )
    if not is_checkpointed(workload):
        again = replace(recipe, is_checkpointed=True)
        words = "Recompute activations (checkpointing)"
        yield words, "about a third slower", replace(workload, recipe=again)
    if not recipe.has_fused_attention:
        fused = replace(recipe, has_fused_attention=True)
        yield "Fused attention", "nothing: it is faster as well", replace(workload, recipe=fused)
    if is_text and workload.mode in (Mode.TRAIN, Mode.FINETUNE):
        for optimiser, words, price in (
            (Optimiser.ADAM_8BIT, "8-bit Adam", "hardly anything"),
            (Optimiser.ADAFACTOR, "Adafactor", "it may learn a little worse"),
        ):
            if optimiser_of(workload) is not optimiser:
                changed = replace(recipe, optimiser=optimiser)
                yield words, price, replace(workload, recipe=changed)
    if workload.mode in (Mode.FINETUNE, Mode.LORA):
        words, price = "QLoRA: 4-bit weights, small adapters learn", "only adapters are learned"
        yield words, price, replace(as_four_bit(workload), batch=workload.batch)
    if workload.mode is Mode.FINETUNE:
        lora = replace(workload, mode=Mode.LORA)
        yield "LoRA: only small adapters learn", "only adapters are learned", lora


def _of_copies(workload: Workload) -> Iterator[tuple[str, str, Workload]]:
    for shard, words, price in (
        (Shard.OPTIMISER, "Spread the optimiser (ZeRO-1)", "hardly anything"),
        (Shard.GRADIENTS, "Spread gradients too (ZeRO-2)", "hardly anything"),
        (Shard.ALL, "Spread everything (ZeRO-3, FSDP)", "half as much again goes over the link"),
    ):
        recipe = replace(workload.recipe, shard=shard, tensor_split=1, pipeline_split=1)
        yield words, price, replace(workload, recipe=recipe)


def _of_running(workload: Workload) -> Iterator[tuple[str, str, Workload]]:
    recipe = workload.recipe
    if workload.batch > 1:
        half = workload.batch // 2
        words = f"{half} at once instead of {workload.batch}"
        yield words, "slower in total", replace(workload, batch=half)
    if not workload.writes_text:
        return
    for cache, words, price in (
        (Cache.Q8, "Keys and values in 8 bits", "hardly anything"),
        (Cache.Q4, "Keys and values in 4 bits", "a little less exact"),
    ):
        if recipe.cache is not cache:
            yield words, price, replace(workload, recipe=replace(recipe, cache=cache))
    smaller = replace(in_format(workload, "int4"), batch=workload.batch)
    if smaller.weight_bytes < workload.weight_bytes:
        yield "4-bit weights", "a little less exact, often faster", smaller
