"""What a picture of another size costs: work follows the area, attention the square of the area."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from hwstudio.core.model.ai_model import AiModel

LEAST_SIDE, MOST_SIDE = 32, 4096  # pixels
_SIDES = re.compile(r"(\d+)x(\d+)(?![x\d])")
_TOKENS = re.compile(r"(\d+)(?: image| text)?(?: tokens| \+)")
_LATENT, _CUT = re.compile(r"latent (\d+)x(\d+)"), 2  # transformers cut it into pieces of 2 x 2
_PATCH = re.compile(r"patch(\d+)")
_SIZED = ("cnn", "vit", "detection", "segmentation", "diffusion")
_MOST_ATTENTION = 0.9  # of all work: a count that leaves next to nothing is not believed


@dataclass(frozen=True, slots=True)
class PictureWork:
    """One forward pass of one picture: multiply-accumulates, and values that are written."""

    macs: float
    activations: float


def score_elements(model: AiModel) -> float:
    """Return how many of a denoiser's counted activations are attention scores.

    They were counted with plain attention; the tokens stand in the words of the sample, and a
    count that leaves next to nothing is not believed.
    """
    if model.family != "diffusion" or not (model.heads and model.layers):
        return 0.0
    tokens = _told_tokens(model)
    scores = float(model.heads) * tokens**2 * model.layers
    return scores if scores < 0.98 * (model.activations_per_sample or 0.0) else 0.0


def _told_tokens(model: AiModel) -> float:
    """Return the tokens a sample's words tell; a transformer's latent picture is cut into more."""
    told = sum(int(n) for n in _TOKENS.findall(model.sample))
    latent = _LATENT.search(model.sample)
    if latent is None or not model.layers:
        return float(told)
    return told + int(latent[1]) * int(latent[2]) / _CUT**2


def picture_side(model: AiModel) -> int | None:
    """Return the pixels a side of the square as large as the picture the model was counted with.

    None = it works on no pictures, or their size is not told.
    """
    found = _SIDES.match(model.sample) if model.family in _SIZED else None
    return round(math.sqrt(int(found[1]) * int(found[2]))) if found else None


def work_at(model: AiModel, side: int) -> PictureWork:
    """Return the work of a picture of ``side`` x ``side`` pixels; 0 = as it was counted."""
    macs, activations = model.macs_per_sample or 0.0, model.activations_per_sample or 0.0
    usual = picture_side(model)
    if not side or not usual or side == usual:
        return PictureWork(macs, activations)
    scale, tokens = (side / usual) ** 2, _tokens(model, usual)
    width, layers = model.hidden or 0, model.layers or 0
    looking = min(_MOST_ATTENTION * macs, 2.0 * tokens**2 * width * layers)
    scores = score_elements(model)
    return PictureWork(
        (macs - looking) * scale + looking * scale**2,
        (activations - scores) * scale + scores * scale**2,
    )


def growth_of(model: AiModel, side: int) -> float:
    """Return how many times the pixels of the counted size a picture has."""
    usual = picture_side(model)
    return (side / usual) ** 2 if side and usual else 1.0


def _tokens(model: AiModel, side: int) -> float:
    """Return the pieces a transformer cuts a picture into; 0 where it is none."""
    told = _told_tokens(model)
    patch = _PATCH.search(model.id)
    if told or model.family != "vit" or patch is None:
        return float(told)
    return (side / int(patch[1])) ** 2
