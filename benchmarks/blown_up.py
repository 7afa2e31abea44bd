"""The catalogue made larger: copies of its parts with names and numbers of their own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from hwstudio.core.model.part import Part

SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo")
# Numbers that are counts or generations stay as they are; sizes, watts and rates move.
MOVED = (
    "vram_bytes", "tdp_w", "length_mm", "bandwidth_bytes_per_s", "fp32_flop_per_s", "rated_w",
    "max_power_w", "capacity_bytes", "height_mm", "max_gpu_length_mm", "speed_mts",
)  # fmt: skip


def blown_up(parts: Sequence[Part], count: int, seed: int = 7) -> tuple[Part, ...]:
    """Return ``parts`` and copies of them, ``count`` in all; the same ones for the same seed."""
    chance = random.Random(seed)
    copies = (_copy(parts[n % len(parts)], n, chance) for n in range(count - len(parts)))
    return (*parts, *copies)


def _copy(part: Part, number: int, chance: random.Random) -> Part:
    series = "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 3)))
    known = {field.name for field in fields(part)}
    changes: dict[str, Any] = {
        name: type(value)(value * chance.uniform(0.6, 1.6))
        for name in MOVED
        if name in known and (value := getattr(part, name)) is not None
    }
    if part.price is not None:
        amount = Decimal(str(round(float(part.price.amount) * chance.uniform(0.5, 2), 2)))
        changes["price"] = replace(part.price, amount=amount, low=amount, high=amount)
    if part.release_year is not None:
        changes["release_year"] = part.release_year - chance.randint(0, 3)
    name = f"{part.name} {series.title()} {chance.randint(100, 9999)}"
    return replace(part, id=f"{part.id}-{number}", name=name, **changes)
