"""How a job is run: what changes memory and speed but not what is learned or written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Optimiser(StrEnum):
    """What training keeps beside the weights."""

    USUAL = ""  # Adam for text, SGD with momentum for pictures
    ADAM = "adamw"
    ADAM_8BIT = "adamw8bit"
    ADAFACTOR = "adafactor"
    MOMENTUM = "momentum"
    SGD = "sgd"


class Shard(StrEnum):
    """What data-parallel copies share out among themselves (ZeRO stages; FSDP is the third)."""

    AUTO = ""  # copies where they fit, everything shared out where they do not
    NONE = "none"
    OPTIMISER = "zero1"
    GRADIENTS = "zero2"
    ALL = "zero3"


class Cache(StrEnum):
    """How keys and values of the text so far are kept."""

    FP16 = "fp16"
    FP8 = "fp8"
    Q8 = "q8_0"
    Q4 = "q4_0"


class Adapted(StrEnum):
    """Which matrices of a block LoRA gives an adapter."""

    ALL = "all"
    ATTENTION = "attention"


USUAL_RANK = 16
CACHE_BITS = {Cache.FP16: 16.0, Cache.FP8: 8.0, Cache.Q8: 8.5, Cache.Q4: 4.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Knobs; every default is what the usual recipe of the mode does.

    ``tensor_split`` devices hold one layer together, ``pipeline_split`` groups of them hold the
    layers one after another; what is left of the count are data-parallel copies.
    """

    optimiser: Optimiser = Optimiser.USUAL
    is_checkpointed: bool | None = None  # None: in fine-tuning yes, in training from scratch no
    has_fused_attention: bool = True
    shard: Shard = Shard.AUTO
    tensor_split: int = 1
    pipeline_split: int = 1
    accumulation: int = 1  # batches before the optimiser takes a step
    cache: Cache = Cache.FP16
    adapter_rank: int = USUAL_RANK  # of LoRA and QLoRA
    adapted: Adapted = Adapted.ALL


USUAL_RECIPE = Recipe()


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a whole job takes beside its steps; None = it does not limit or is not done."""

    runs: int = 1  # of the same job: a search for good settings, folds, seeds
    setup_s: float = 0.0  # of each run: preparing the data, loading, compiling
    feed_per_s: float | None = None  # units the input pipeline brings a second, all GPUs together
    save_every_s: float | None = None  # between two checkpoints
    save_bytes_per_s: float | None = None  # of the drive that takes them


STEPS_ALONE = Around()
