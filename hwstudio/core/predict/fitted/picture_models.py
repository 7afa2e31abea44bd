"""What published detectors and segmenters do with one picture, by their names.

Their publishers state neither operations nor activations. The figures are counted on detectors of
the same kind (multiplications, and output elements of all convolutions and matrix products, one
forward pass); in between they are interpolated by size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_COUNTED_SIDE = 640.0
# One-stage detectors are named by a size; the mean of YOLO v5, v8 and 11 at 640 pixels a side.
_SIZES = {
    "n": 15e6, "t": 18e6, "tiny": 18e6, "s": 27e6, "m": 52e6, "l": 78e6, "x": 110e6, "e": 130e6,
    "w": 100e6,
}  # fmt: skip
_SIZE = re.compile(
    r"(?:yolov?\d+|yolox(?:-pose)?|ppyoloe_plus|rtmdet-r|rtmdet)[_-]?(?:ins_)?(tiny|[ntsmlxew])(?![a-z])"
)
_SIDES = (("p6", 1280.0), ("rtmdet-r", 1024.0))
# YOLOX trains on pictures of several sizes: the peak is that of the largest.
_LARGEST_SIDES = (
    ("_voc", 512.0), ("yolox_tiny", 640.0), ("yolox-pose_tiny", 640.0), ("yolox", 800.0),
)  # fmt: skip
# Two-stage detectors and relatives on a backbone, at 800 x 1344 pixels: multiplications, elements.
_HEADS = (
    ("cascade", 450e9, 450e6), ("htc", 450e9, 450e6), ("keypoint", 340e9, 400e6),
    ("panoptic", 330e9, 420e6),
    ("mask", 269e9, 358e6), ("rpn", 180e9, 250e6), ("rcnn", 216e9, 311e6),
    ("retina", 254e9, 315e6), ("reppoints", 240e9, 330e6), ("atss", 240e9, 330e6),
    ("fcos", 240e9, 330e6), ("r3det", 300e9, 340e6), ("roi_trans", 260e9, 340e6),
    ("redet", 260e9, 500e6), ("gliding", 220e9, 330e6), ("cfa_", 240e9, 330e6),
    ("s2anet", 230e9, 330e6),
)  # fmt: skip
_BACKBONES = (
    (re.compile(r"x[_-]?101"), 264e9, 430e6), (re.compile(r"r[_-]?101"), 80e9, 110e6),
    (re.compile("convnext"), 20e9, 100e6),
)  # fmt: skip
_USUAL_OF_TWO_STAGES = 2.0
_FROZEN_NORMS = 0.75  # norms and first layers that do not learn keep nothing
_LAST_STAGE_A_REGION = re.compile(r"_c4(?![0-9])")  # instead of two small layers
_LAST_STAGE_MACS = 250e9
_SMALLER = (
    ("_hrsc", 0.38),
    ("^retinanet$", 0.6),
)  # pictures of other data sets: their area against the usual
# Names of configurations state what a device takes: 8 devices of 16 (``8xb16``, ``8x16b``), or in
# older ones 4 on each of 8 (``4x8``); "1x" alone is the length of the training.
_BATCHES = (
    re.compile(r"\d+xb(\d+)"), re.compile(r"\d+x(\d+)b(?![a-z])"),
    re.compile(r"_(\d{1,2})x(?:2|4|8|16)(?=_)"),
)  # fmt: skip
_MIXED = re.compile(r"[_-](?:fp16|amp)(?=[_-])")
_OF_PICTURES = re.compile(r"nuim|fcos3d|pgd_|faster_rcnn")  # detectors of volumes that see pictures
_NORMALISED = re.compile(r"_(gn|syncbn)(?!_fast)")
_NORMS = 1.25
# name, multiplications and elements at a side of so many pixels (a patch of a volume: of its own)
_OTHERS = (
    ("deeplabv3plus-r-101", 249e9, 253e6, 520.0), ("deeplabv3plus-r-50", 169e9, 142e6, 520.0),
    ("ssd300", 16e9, 32e6, 300.0), ("ssd-tf-320", 24e9, 32e6, 320.0),
    ("dle:ssd", 16e9, 32e6, 300.0), ("efficientdet", 2.5e9, 60e6, 512.0),
    ("unet_medical", 150e9, 134e6, 572.0), ("unet_3d", 474e9, 445e6, 128.0),
    ("unet3d", 474e9, 445e6, 128.0), ("nnunet-3", 474e9, 445e6, 128.0),
    ("nnunet-2", 6.7e9, 9.6e6, 175.0), ("unet_industrial", 35e9, 75e6, 512.0),
    ("dle:vnet", 3.6e9, 3.5e6, 32.0), ("efficientnet-quant-b0", 0.4e9, 6.75e6, 224.0),
    ("efficientnet_v1", 1.3e9, 18e6, 290.0),
    ("resnet50", 4.1e9, 11.1e6, 224.0),
)  # fmt: skip


# Stated activations are those of convolutions and matrix products. Some networks write as much
# again between them: norms that no kernel fuses, what all earlier layers gave, copies of
# neighbourhoods, pooling in place of attention. Reads and writes over the usual six, counted.
_BETWEEN = (
    ("evos", 2.2), ("_frn", 1.8), ("densenet", 2.5), ("halonet", 2.0), ("poolformer", 1.8),
)  # fmt: skip


# Matrix units are fed 64 channels or more at a time; networks of volumes have 32 where most of
# their products are, and no short cuts (Winograd): half of the rate that pictures reach.
_VOLUMES, _VOLUME_TIMES = ("unet_3d", "unet3d", "nnunet-3", "dle:vnet"), 2.0


@dataclass(frozen=True, slots=True)
class PictureWork:
    """Of one forward pass of one picture; ``macs`` None = not known."""

    macs: float | None
    activations: float


@lru_cache(maxsize=4096)
def known_picture(model: str, side: float | None) -> PictureWork | None:
    """Return the work of a published detector or segmenter; None for a name of no known kind.

    Args:
        side: pixels; the usual picture of the kind where None. Two-stage detectors state the
            shorter side, and are taken at their usual shape.
    """
    name = model.lower()
    found = _SIZE.search(name)
    if found:
        usual = next((s for word, s in _SIDES if word in name), _COUNTED_SIDE)
        return PictureWork(None, _SIZES[found[1]] * ((side or usual) / _COUNTED_SIDE) ** 2)
    head = next(((macs, kept) for word, macs, kept in _HEADS if word in name), None)
    if head is not None:
        return _two_stages(name, *head)
    for word, macs, elements, counted in _OTHERS:
        if word in name:
            area = ((side or counted) / counted) ** 2
            return PictureWork(macs * area, elements * area)
    return None


@lru_cache(maxsize=4096)
def times_written(model: str) -> float:
    """Return how many times more a network writes than its stated activations."""
    name = model.lower()
    return next((times for word, times in _BETWEEN if word in name), 1.0)


@lru_cache(maxsize=4096)
def times_computed(model: str) -> float:
    """Return how many times longer a network's products take than those of pictures."""
    name = model.lower()
    return _VOLUME_TIMES if any(word in name for word in _VOLUMES) else 1.0


def _two_stages(name: str, macs: float, elements: float) -> PictureWork:
    for pattern, more_macs, more_elements in _BACKBONES:
        if pattern.search(name):
            macs, elements = macs + more_macs, elements + more_elements
            break
    if _LAST_STAGE_A_REGION.search(name) and "rcnn" in name:
        macs += _LAST_STAGE_MACS
    area = next((share for word, share in _SMALLER if word in f"^{name}$"), 1.0)
    norms = _NORMS if _NORMALISED.search(name) else 1.0
    return PictureWork(macs * area, elements * area * norms)


def kept_share(model: str) -> float:
    """Return what a network keeps for the way back against one whose norms learn."""
    return _FROZEN_NORMS if usual_pictures(model) else 1.0


def largest_side(model: str) -> float | None:
    """Return the pixels a side that the peak of a training is of; None = the usual ones."""
    return next((side for word, side in _LARGEST_SIDES if word in model.lower()), None)


def usual_pictures(model: str) -> float | None:
    """Return how many pictures a GPU takes at a time where a publisher does not say."""
    return _USUAL_OF_TWO_STAGES if any(word in model.lower() for word, _, _ in _HEADS) else None


@lru_cache(maxsize=4096)
def batch_named(model: str) -> float | None:
    """Return how many samples a device takes by the name of a configuration; None = not stated."""
    name = model.lower()
    for pattern in _BATCHES:
        found = pattern.search(name)
        if found:
            return float(found[1])
    return None


def is_mixed_named(model: str) -> bool:
    """Say whether the name of a configuration states mixed precision."""
    return bool(_MIXED.search(model.lower()))


def sees_pictures(model: str) -> bool:
    """Say whether a detector of volumes works on pictures."""
    return bool(_OF_PICTURES.search(model.lower()))
