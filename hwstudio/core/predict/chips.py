"""Cards that hold several separate GPUs: each has its own memory, and a program sees them all."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.model.part import Gpu

_OF_ALL = (
    "bandwidth_bytes_per_s", "fp32_flop_per_s", "fp16_vector_flop_per_s", "fp16_tensor_flop_per_s",
    "bf16_tensor_flop_per_s", "tf32_tensor_flop_per_s", "fp8_tensor_flop_per_s",
    "fp4_tensor_flop_per_s", "int8_tensor_op_per_s", "tdp_w",
)  # fmt: skip


def chips(gpu: Gpu, count: int = 1) -> tuple[Gpu, int]:
    """Return what a program sees of ``count`` cards: one GPU by itself, and how many there are.

    A maker's data sheet adds up memory and rates of all GPUs of a card (A16: four of 16 GB).
    """
    each = gpu.gpus_on_card or 1
    if each == 1:
        return gpu, count
    shares = {name: value / each for name in _OF_ALL if (value := getattr(gpu, name)) is not None}
    made = replace(gpu, vram_bytes=gpu.vram_bytes // each, gpus_on_card=None, **shares)
    return made, count * each
