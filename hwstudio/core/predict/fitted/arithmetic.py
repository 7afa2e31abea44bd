"""What the name of a precision means: which rate counts, how many bytes a weight takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.sustained import FULL_OVER_FP32

# Containers of NVIDIA's in which FP32 products run on TF32 units wherever a card has them.
_TF32_BY_ITSELF = "ngc "
# Software that adds up in FP16 or whole numbers: GeForce cards do that at their chip's whole rate.
_SUMS_IN_HALF = ("llama.cpp", "ollama")
# Its HIP builds multiply with kernels that nobody tuned for RDNA unless hipBLASLt is there.
_UNTUNED, _TUNED, _OF_TUNED = ("hip", "rocwmma"), "hipblaslt", 1 / 3

_BITS = re.compile(r"(\d+(?:\.\d+)?)bpw")
_GGUF = {  # bits a weight, llama.cpp's own table of its types
    "q8": 8.6, "q6": 6.6, "q5": 5.6, "q4": 4.8, "q3": 3.9, "q2": 3.0,
    "iq4": 4.3, "iq3": 3.2, "iq2": 2.5, "iq1": 1.8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``rate``: fp32 | tf32 | half | fp8 | fp4. ``weight_bits`` as stored."""

    rate: str
    weight_bits: float
    element_bytes: float


HALF = Arithmetic("half", 16.0, 2.0)


@cache
def arithmetic_named(precision: str) -> Arithmetic:
    """Return what a precision means; an unknown or missing name counts as half precision."""
    name = precision.lower()
    bits = _stored_bits(name)
    if bits is not None:
        return Arithmetic("half", bits, 2.0)
    if name in ("fp32", "float32"):
        return Arithmetic("fp32", 32.0, 4.0)
    if name == "tf32":
        return Arithmetic("tf32", 32.0, 4.0)
    if "fp4" in name:
        return Arithmetic("fp4", 4.5, 2.0)
    if "fp8" in name or "float8" in name:
        return Arithmetic("fp8", 8.2, 2.0)
    if name.startswith("amp"):
        return Arithmetic("half", 32.0, 2.0)
    return HALF


def arithmetic_of(precision: str, framework: str, device: DeviceSheet) -> Arithmetic:
    """Return what a precision means with this software on this device."""
    named = arithmetic_named(precision)
    if named.rate == "fp32" and device.tf32_flop_per_s and _is_tf32(framework):
        return replace(named, rate="tf32")
    return named


@cache
def _is_tf32(framework: str) -> bool:
    return framework.lower().startswith(_TF32_BY_ITSELF)


def _stored_bits(name: str) -> float | None:
    found = _BITS.search(name)
    if found:
        return float(found[1])
    plain = name.removeprefix("ud-")
    for word, bits in sorted(_GGUF.items(), key=lambda pair: -len(pair[0])):
        if plain.startswith(word):
            return bits
    if "int8" in name:
        return 8.3
    if any(word in name for word in ("int4", "nf4", "4b-", "gptq-4")):
        return 4.4
    return None


def rate_of(device: DeviceSheet, rate: str) -> float:
    """Return the peak in FLOP/s a device has for this arithmetic, or for the next wider one."""
    half = device.fp16_flop_per_s or device.fp32_flop_per_s
    return {
        "fp32": device.fp32_flop_per_s or half,
        "tf32": device.tf32_flop_per_s or device.fp32_flop_per_s or half,
        "half": half,
        "fp8": device.fp8_flop_per_s or half,
        "fp4": device.fp4_flop_per_s or device.fp8_flop_per_s or half,
    }[rate]


def rate_with(device: DeviceSheet, rate: str, framework: str) -> float:
    """Return the peak in FLOP/s with this software: some does without FP32 sums."""
    stated = rate_of(device, rate)
    if rate != "half" or device.vendor != "NVIDIA" or not _is_summed_in_half(framework):
        return stated
    family = "Blackwell" if device.architecture.startswith("Blackwell") else device.architecture
    return max(stated, FULL_OVER_FP32["half"].get(family, 0.0) * device.fp32_flop_per_s)


def tuned_share(device: DeviceSheet, framework: str) -> float:
    """Return the share of a device's rate that the software's products can reach on it."""
    is_rdna = device.architecture.startswith("RDNA")
    return _OF_TUNED if is_rdna and _is_untuned(framework) else 1.0


@cache
def _is_untuned(framework: str) -> bool:
    name = framework.lower()
    is_hip = _is_summed_in_half(framework) and any(word in name for word in _UNTUNED)
    return is_hip and _TUNED not in name


@cache
def _is_summed_in_half(framework: str) -> bool:
    name = framework.lower()
    return any(word in name for word in _SUMS_IN_HALF)
