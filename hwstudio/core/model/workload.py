"""The work a machine is for: a model, a mode, a batch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hwstudio.core.model.recipe import STEPS_ALONE, USUAL_RECIPE, Around, Recipe

GENERAL = "general"  # the group of networks of no measured kind: counted, but not timed


class Mode(StrEnum):
    """What is done with the model."""

    TRAIN = "train"
    FINETUNE = "finetune"  # all weights
    LORA = "lora"
    QLORA = "qlora"
    INFERENCE = "inference"  # batch of inputs, or chat (prefill + decode) for language models
    GENERATE = "generate"  # diffusion


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One job. ``macs_per_sample``: multiply-accumulates of ONE forward pass of one sample
    (image, sequence of ``sequence_tokens``, denoiser call), 1 MAC = 2 FLOP."""

    id: str
    title: str
    group: str  # vision | language | image_generation | general
    mode: Mode
    model_id: str
    model_name: str
    unit: str  # what is counted: images | sequences | tokens
    precision: str  # fp32 | amp_fp16, or a format of weights (predict.weight_formats)
    batch: int
    sequence_tokens: int | None
    steps: int  # denoiser calls per image; 1 otherwise
    params_total: int
    params_active: int
    layers: int | None
    hidden: int | None
    heads: int | None
    kv_heads: int | None
    head_dim: int | None
    intermediate: int | None
    vocab: int | None
    macs_per_sample: float
    activations_per_sample: float  # elements of one forward pass (timm's definition)
    weight_bytes: int
    job_units: float  # units of a typical whole job, e.g. 90 epochs of ImageNet
    job_title: str  # "90 epochs of ImageNet-1k (115 M images)"
    source: str
    source_date: str
    image_px: int | None = None  # a side of a picture
    score_elements: float = 0.0  # of the activations: attention scores, which fusing never writes
    recipe: Recipe = USUAL_RECIPE
    around: Around = STEPS_ALONE

    @property
    def writes_text(self) -> bool:
        """Say whether a language model answers token by token, which reading texts is not."""
        is_run = self.group == "language" and self.mode is Mode.INFERENCE
        return is_run and self.unit == "tokens"
