"""The work of making one picture or film out of noise: what one call of the denoiser costs.

A transformer multiplies a share of its weights with every token (two streams use half of theirs
for each) and lets all tokens look at all others. A network of convolutions costs so much a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from hwstudio.core.predict.fitted.question import Question

_USUAL_STEPS, _USUAL_SIDE = 30.0, 512.0
_WIDE = 16 / 9  # films are named by their height
_FORM, _WIDTH_A_LAYER = 3.75, 60.0  # width^3 over parameters; width over layers
_USUAL_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Denoiser:
    """``share`` of the weights that meet a token; ``calls`` a step (two with guidance)."""

    share: float = _USUAL_SHARE
    layers: float = 0.0  # 0: tokens do not look at all others
    width: float = 0.0
    calls: float = 2.0
    pixels: float = 16.0  # a side, that one token stands for
    frames: float = 4.0  # that one token stands for
    macs_a_pixel: float = 0.0  # of a network of convolutions


# From the architectures' counted operations (FLUX, SD 3, Wan, the U-Nets), else as published;
# the first whose words all occur in the name.
_KNOWN = (
    (("controlnet",), Denoiser(layers=25, macs_a_pixel=1.35 * 401.6e9 / 512**2)),
    (("stable-diffusion-1",), Denoiser(layers=25, macs_a_pixel=401.6e9 / 512**2)),
    (("stable-diffusion-2",), Denoiser(layers=25, macs_a_pixel=1074.6e9 / 768**2)),
    (("xl-base",), Denoiser(layers=70, macs_a_pixel=3380.6e9 / 1024**2)),
    (("sdxl",), Denoiser(layers=70, macs_a_pixel=3380.6e9 / 1024**2)),
    (("sana",), Denoiser(share=1.0, pixels=32.0)),
    (("pixart",), Denoiser(share=1.0, layers=28, width=1152)),
    (("hunyuandit",), Denoiser(share=1.0, layers=40, width=1408)),
    (("hunyuanvideo",), Denoiser(share=0.6, layers=60, width=3072, calls=1.0)),
    (("flux.1",), Denoiser(share=0.61, layers=57, width=3072, calls=1.0)),
    (("flux1",), Denoiser(share=0.61, layers=57, width=3072, calls=1.0)),
    (("flux",), Denoiser(share=0.96, layers=56, width=6144, calls=1.0)),
    (("qwen-image",), Denoiser(share=0.35, layers=60, width=3072)),
    (("3.5-large",), Denoiser(share=0.36, layers=38, width=2432)),
    (("3.5-medium",), Denoiser(share=0.46, layers=24, width=1536)),
    (("stable-diffusion-3",), Denoiser(share=0.36, layers=24, width=1536)),
    (("wan", "14b"), Denoiser(share=0.85, layers=40, width=5120)),
    (("wan", "1.3b"), Denoiser(share=0.92, layers=30, width=1536)),
    (("cogvideox1.5",), Denoiser(share=1.0, layers=42, width=3072, frames=8.0)),
    (("cogvideox", "5b"), Denoiser(share=1.0, layers=42, width=3072)),
    (("cogvideox",), Denoiser(share=1.0, layers=30, width=1920)),
)  # fmt: skip


@lru_cache(maxsize=1024)
def denoiser_of(model: str, params: float) -> Denoiser:
    """Return a denoiser by its name, else the usual form of so many parameters."""
    name = model.lower()
    for words, found in _KNOWN:
        if all(word in name for word in words):
            return found
    width = (params * _FORM) ** (1 / 3)
    return Denoiser(layers=width / _WIDTH_A_LAYER, width=width)


def tokens_of(question: Question, denoiser: Denoiser) -> float:
    """Return what a picture or a film is cut into."""
    side = question.input_size or _USUAL_SIDE
    tokens = (side / denoiser.pixels) ** 2
    if question.generated:
        tokens *= _WIDE * max(1.0, question.generated / denoiser.frames)
    return tokens


def call_macs(question: Question, denoiser: Denoiser) -> float:
    """Return the multiplications of one call for one picture, without guidance."""
    if denoiser.macs_a_pixel:
        return denoiser.macs_a_pixel * (question.input_size or _USUAL_SIDE) ** 2
    tokens = tokens_of(question, denoiser)
    met = (question.params or 0.0) * denoiser.share * tokens
    return met + 2.0 * denoiser.layers * tokens**2 * denoiser.width


def calls_of(question: Question, denoiser: Denoiser) -> float:
    """Return the calls of one counted unit."""
    if question.metric.startswith("unet-it"):
        return max(1.0, question.batch or 1.0) * denoiser.calls
    return (question.steps or _USUAL_STEPS) * denoiser.calls
