"""The most a processor can do, so that an impossible number is refused instead of shown.

Bounds are generous on purpose: a bound may let a wrong number pass, it must never refuse a right
one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hwstudio.core.model.part import Gpu

MARGIN = 1.05  # measuring error, and a boost above the sheet
# Fastest clock of any processor on sale, used where this one's cannot be asked (virtual machines):
# 6.2 GHz, Intel Core i9-14900KS product page.
FASTEST_HZ = 6.2e9
# FLOP per cycle and core in float32: two fused multiply-add units as wide as the registers
# (Intel 64 optimisation manual; AMD Zen 5 software optimisation guide). NEON: four 128-bit units
# (Apple and Arm X cores). Apple's matrix unit is outside this table, hence its own bound.
_FP32_PER_CYCLE = {"AVX512": 64.0, "AVX2": 32.0, "NEON": 32.0, "SVE256": 64.0, "DEFAULT": 64.0}
_APPLE_FP32_PER_CYCLE = 1024.0
# Shares of the float32 rate; AMX tiles do 2048 bfloat16 FLOP or 4096
# int8 operations per cycle and core (Intel manual).
_FACTOR = {"fp32": 1.0, "fp64": 0.5, "bf16": 4.0, "fp16": 4.0, "int8": 8.0}
_AMX_PER_CYCLE = {"bf16": 2048.0, "fp16": 2048.0, "int8": 4096.0}


@dataclass(frozen=True, slots=True)
class Peak:
    """An upper bound with its reason in words."""

    value: float
    words: str


def cpu_peak(device: dict[str, Any], precision: str, *, clock_hz: float, cpu: str) -> Peak | None:
    """Return the bound of a CPU for a product: threads x clock x FLOP per cycle."""
    threads = device.get("threads")
    if not isinstance(threads, int) or precision not in _FACTOR:
        return None
    simd = str(device.get("simd", "DEFAULT")).upper().split("_")[0]
    per_cycle = _FP32_PER_CYCLE.get(simd, 64.0) * _FACTOR[precision]
    if cpu.startswith("Apple"):
        per_cycle = _APPLE_FP32_PER_CYCLE * max(1.0, _FACTOR[precision])
    elif precision in _AMX_PER_CYCLE and simd.startswith("AVX512"):
        per_cycle = _AMX_PER_CYCLE[precision]
    hertz = clock_hz or FASTEST_HZ
    return Peak(
        threads * hertz * per_cycle,
        f"{threads} threads at {hertz / 1e9:.1f} GHz and {per_cycle:.0f} operations per cycle",
    )


def gpu_peak(gpu: Gpu | None, precision: str) -> Peak | None:
    """Return the catalogue's peak rate of a GPU; None when the sheet does not say."""
    if gpu is None:
        return None
    tensor = {
        "tf32": gpu.tf32_tensor_flop_per_s,
        "bf16": gpu.bf16_tensor_flop_per_s,
        "fp32": gpu.fp32_flop_per_s,
        "int8": gpu.int8_tensor_op_per_s,
        "fp8_e4m3": gpu.fp8_tensor_flop_per_s,
        "fp8_e5m2": gpu.fp8_tensor_flop_per_s,
    }
    value = tensor.get(precision)
    if precision == "fp16":
        # Tensor cores may also accumulate in half precision, at up to twice the listed rate.
        rates = (gpu.fp16_tensor_flop_per_s, gpu.fp16_vector_flop_per_s)
        value = max((rate for rate in rates if rate), default=None)
    if not value:
        return None
    return Peak(value, f"the data sheet of {gpu.name}")


def gpu_bandwidth(gpu: Gpu | None) -> Peak | None:
    """Return the memory bandwidth of a GPU's data sheet."""
    if gpu is None or not gpu.bandwidth_bytes_per_s:
        return None
    return Peak(gpu.bandwidth_bytes_per_s, f"the data sheet of {gpu.name}")


# Bytes a second and lane in one direction, after the line code (PCI Express base specification).
_LANE_BYTES_PER_S = {1: 0.25e9, 2: 0.5e9, 3: 0.985e9, 4: 1.969e9, 5: 3.938e9, 6: 7.563e9}


def gpu_link(gpu: Gpu | None, *, ways: int = 1) -> Peak | None:
    """Return what a card's PCI Express connection carries; None where the sheet does not say.

    ``ways``: 2 when bytes of both directions are counted.
    """
    rate = _LANE_BYTES_PER_S.get(gpu.pcie_gen or 0) if gpu is not None else None
    if gpu is None or rate is None or not gpu.pcie_lanes:
        return None
    words = f"PCI Express {gpu.pcie_gen} with {gpu.pcie_lanes} lanes, the data sheet of {gpu.name}"
    return Peak(ways * rate * gpu.pcie_lanes, words)
