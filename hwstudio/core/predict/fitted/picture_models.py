"""What published detectors keep for the backward pass, by their names: elements of one picture.

Their publishers state neither operations nor activations. The figures are counted on detectors
of the same kind (output elements of all convolutions and matrix products, forward pass); in
between they are interpolated by size.
"""

from __future__ import annotations

import re
from functools import lru_cache

_COUNTED_SIDE = 640.0
# One-stage detectors are named by a size; the mean of YOLO v5, v8 and 11 at 640 pixels a side.
_SIZES = {
    "n": 15e6, "t": 18e6, "tiny": 18e6, "s": 27e6, "m": 52e6, "l": 78e6, "x": 110e6, "e": 130e6,
    "w": 100e6,
}  # fmt: skip
_SIZE = re.compile(
    r"(?:yolov?\d*|ppyoloe_plus|rtmdet-r|rtmdet)[_-]?(?:ins_|pose_)?(tiny|[ntsmlxew])(?![a-z])"
)
_SIDES = (("p6", 1280.0), ("rtmdet-r", 1024.0))
# Two-stage detectors and relatives on a backbone, at 800 x 1344 pixels.
_HEADS = (
    ("cascade", 450e6), ("keypoint", 400e6), ("panoptic", 420e6), ("mask", 358e6), ("rpn", 250e6),
    ("rcnn", 311e6), ("retina", 315e6), ("reppoints", 330e6), ("atss", 330e6), ("fcos", 330e6),
    ("r3det", 340e6), ("roi_trans", 340e6), ("redet", 500e6), ("gliding", 330e6), ("cfa_", 330e6),
    ("s2anet", 330e6),
)  # fmt: skip
_BACKBONES = (
    (re.compile(r"x[_-]?101"), 430e6), (re.compile(r"r[_-]?101"), 110e6),
    (re.compile("convnext"), 100e6),
)  # fmt: skip
_NORMALISED = re.compile(r"_(gn|syncbn)(?!_fast)")
_NORMS = 1.25
# name, elements at a side of so many pixels
_OTHERS = (
    ("deeplabv3plus-r-101", 253e6, 520.0), ("deeplabv3plus-r-50", 142e6, 520.0),
    ("ssd300", 26e6, 300.0), ("resnet50", 11.1e6, 224.0),
)  # fmt: skip


@lru_cache(maxsize=4096)
def known_activations(model: str, side: float | None) -> float | None:
    """Return the activations of one picture in elements; None for a name of no known kind.

    Args:
        side: pixels; the usual picture of the kind where None. Two-stage detectors state the
            shorter side, and are taken at their usual shape.
    """
    name = model.lower()
    for word, elements, counted in _OTHERS:
        if word in name:
            return elements * ((side or counted) / counted) ** 2
    found = _SIZE.search(name)
    if found:
        usual = next((s for word, s in _SIDES if word in name), _COUNTED_SIDE)
        return _SIZES[found[1]] * ((side or usual) / _COUNTED_SIDE) ** 2
    head = next((elements for word, elements in _HEADS if word in name), None)
    if head is None:
        return None
    head += next((more for pattern, more in _BACKBONES if pattern.search(name)), 0.0)
    return head * (_NORMS if _NORMALISED.search(name) else 1.0)
