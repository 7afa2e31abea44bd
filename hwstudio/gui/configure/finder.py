"""Finds parts by what a person types: "24 GB", "3090", "asus white"."""

from __future__ import annotations

import re

from hwstudio.core.base.units import GIB
from hwstudio.core.model.part import GpuCard, Part

_UNIT_AFTER_BLANK = re.compile(r"(?<=\d)\s+(?=(gb|gib|tb|w|mm)\b)")


def is_meant(part: Part, typed: str) -> bool:
    """Say whether every typed word stands in the part's name, maker or memory."""
    words = f"{part.name} {part.maker} {_memory(part)}"
    return all(word in _joined(words) for word in _joined(typed).split())


def _joined(text: str) -> str:
    """Return lower case with "24 GB" as one word, so that no "24" elsewhere counts."""
    return _UNIT_AFTER_BLANK.sub("", text.lower())


def _memory(part: Part) -> str:
    return f"{round(part.vram_bytes / GIB)} GB" if isinstance(part, GpuCard) else ""
