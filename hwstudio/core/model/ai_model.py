"""A model as far as memory and speed depend on it; None = not known or not meaningful."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AiModel:
    """One model. ``macs_per_sample``: multiply-accumulates of one forward pass of one sample.

    For language models the sample is ``macs_tokens`` tokens of prompt, for diffusion one call of
    the denoiser, for pictures one picture.
    """

    id: str
    name: str
    family: str  # cnn | vit | detection | transformer-decoder | moe | diffusion ...
    task: str
    params_total: int
    params_active: int | None = None  # of a mixture of experts: used for one token
    layers: int | None = None
    hidden: int | None = None
    intermediate: int | None = None
    heads: int | None = None
    kv_heads: int | None = None
    head_dim: int | None = None
    vocab: int | None = None
    max_context: int | None = None
    macs_per_sample: float | None = None
    activations_per_sample: float | None = None
    weight_bytes: int | None = None  # as published
    precision: str = ""  # of the published weights
    is_public: bool | None = None  # None: a generic size, nothing to publish
    is_cpu_enough: bool = False  # a processor alone does the usual job
    sample: str = ""  # what one sample is: "256x256", "512+512 tokens"
    source: str = ""
    source_date: str = ""
