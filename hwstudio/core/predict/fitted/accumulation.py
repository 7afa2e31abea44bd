"""The matrix rate of workstation cards that is felt, where the fit has met too few of them.

GeForce cards add up FP16 products in FP32 at half the rate of a workstation or data-centre card
with the same chip, and the data sheet says so. Little of that is felt: an RTX 3090 trains as fast
as an RTX A5000 that states 1.6 times its rate, an RTX 4090 reads prompts 1.5 times as fast as an
RTX 5000 Ada that states as much more. Where several such cards were measured with a kind of work
and of model, the fit has learned it. Elsewhere it would take the stated rate at its word, and rank
a card of 145 W over one of 360 W with the larger chip. So one that was not measured with such work
is looked at with the rate below.

Measured on cards left out of the fit (``benchmarks/predict/accumulation.py``).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.sustained import FULL_OVER_FP32

ENOUGH = 4  # such cards met with a kind of work and of model: the fit knows better
_BOTH = ("Turing", "Ampere", "Ada", "Blackwell")  # made with the whole rate and with half of it
OFTEN = 3  # measurements that make a card one that was met
_ALIKE = 0.1  # a sheet's rates are rounded, and its clocks are not quite the chip's


@lru_cache(maxsize=1024)
def is_unhalved(device: DeviceSheet) -> bool:
    """Say whether a card has the whole matrix rate of a chip that GeForce cards have half of."""
    family = "Blackwell" if device.architecture.startswith("Blackwell") else device.architecture
    if device.vendor != "NVIDIA" or family not in _BOTH or not device.fp32_flop_per_s:
        return False
    full = FULL_OVER_FP32["half"][family]
    return abs(device.fp16_flop_per_s / device.fp32_flop_per_s / full - 1) <= _ALIKE


@lru_cache(maxsize=1024)
def felt(device: DeviceSheet, met: int) -> DeviceSheet:
    """Return a card with the matrix rates to look at it with.

    Args:
        met: such cards the fit knows with this kind of work and of model: with none, nothing of
            the doubling counts; with ``ENOUGH``, all of it, as the fit knows what it is worth.
    """
    if not is_unhalved(device) or met >= ENOUGH:
        return device
    share = 2.0 ** (met / ENOUGH - 1)
    return replace(
        device,
        fp16_flop_per_s=device.fp16_flop_per_s * share,
        tf32_flop_per_s=device.tf32_flop_per_s * share,
    )
