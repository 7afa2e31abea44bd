"""Which GPUs a build of torch has code for, from the list the build itself gives.

A binary for one compute capability runs on GPUs of the same first number and the same or a higher
second one; code kept as PTX runs on every newer GPU. NVIDIA,
https://docs.nvidia.com/cuda/blackwell-compatibility-guide, section 1.2 (read 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ARCH = re.compile(r"(sm|compute)_(\d+)(\d)([af]?)$")
Capability = tuple[int, int]


def capability_of(number: float) -> Capability:
    """Return 8.9 as (8, 9)."""
    return int(number), round(number * 10) % 10


def has_code_for(archs: Iterable[str], capability: Capability) -> bool | None:
    """Say whether a build runs on such a GPU; None where the build names no NVIDIA GPU at all."""
    found = [match.groups() for arch in archs if (match := _ARCH.match(arch))]
    if not found:
        return None
    return any(_runs(kind, (int(a), int(b)), tail, capability) for kind, a, b, tail in found)


def _runs(kind: str, built: Capability, tail: str, gpu: Capability) -> bool:
    if tail == "a":  # for this one generation only
        return built == gpu
    if kind == "compute" and not tail:
        return built <= gpu
    return built[0] == gpu[0] and built[1] <= gpu[1]


def span_words(archs: Iterable[str]) -> str:
    """Return "5.0 to 9.0", the compute capabilities a build was made for; "" without any."""
    found = {(int(m[2]), int(m[3])) for arch in archs if (m := _ARCH.match(arch))}
    if not found:
        return ""
    low, high = (f"{a}.{b}" for a, b in (min(found), max(found)))
    return low if low == high else f"{low} to {high}"
