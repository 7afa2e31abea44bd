"""What a publisher did to need less memory, as a row's note or its optimiser's name states it.

Only what is stated counts. A note of a whole table names what some of its rows did: updating at
once is taken where weights and gradients together are more than the device has.
"""

from __future__ import annotations

import re

from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.fitted.work import is_adapter, is_training

OFFLOADED, _AT_ONCE, _PAGED = "cpu-offload", "updates-at-once", "paged"
_OFFLOAD = re.compile(r"cpu offload for (\d+)b", re.IGNORECASE)
_UPDATE = re.compile(r"fused optimizer|optimizer[_ ]in[_ ]b(?:ac)?kwa?r?d", re.IGNORECASE)
_PAGES = re.compile(r"paged_?adamw(?:_?8bit)?", re.IGNORECASE)
_NEAR = 0.05  # of the parameters a note names in billions
# Tensors of pages that the host lends are not in torch's own count.
_TORCH_COUNTS = ("peak allocated", "peak active", "peak reserved")
# torchtune scores the words of a step in eight parts, one after the other, since its version 0.4.
_IN_PARTS, _PARTS, _SINCE = "torchtune", 8.0, 2025


def savings_noted(note: str, question: Question) -> str:
    """Return what a note says was done in a full training; empty = nothing."""
    if not is_training(question) or is_adapter(question):
        return ""
    found = []
    if _PAGES.search(note):
        found.append(_PAGED)
    if _UPDATE.search(note):
        found.append(_AT_ONCE)
    offload, billions = _OFFLOAD.search(note), (question.params or 0.0) / 1e9
    if offload and abs(billions / float(offload[1]) - 1) < _NEAR:
        found.append(OFFLOADED)
    return " ".join(found)


def is_paged_out(question: Question) -> bool:
    """Say whether the optimiser's moments are in pages that torch's count leaves out."""
    return _PAGED in question.optimiser.lower() and question.metric in _TORCH_COUNTS


def is_offloaded(question: Question) -> bool:
    """Say whether weights, gradients and moments stay with the host."""
    return OFFLOADED in question.optimiser


def updates_at_once(question: Question, weight_bytes: float) -> bool:
    """Say whether a weight learns as soon as its gradient is known, which then is dropped.

    Args:
        weight_bytes: of the whole model; its gradients take as much.
    """
    room = question.device.memory_bytes
    return _AT_ONCE in question.optimiser and 0 < room < 2 * weight_bytes


def score_share(question: Question) -> float:
    """Return the part of the words' scores that is there at a time."""
    is_parted = _IN_PARTS in question.framework.lower() and (question.year or 0) >= _SINCE
    return 1 / _PARTS if is_parted and is_training(question) else 1.0
