"""Turns published measurements into ideal times, one sample a row, for fit_efficiency.py.

A row joins the class whose formulas (core/predict/demand.py) describe it, or none. Kept apart from
the fit because what a row means and how coefficients are found change for different reasons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hwstudio.core.predict import demand as d
from hwstudio.core.predict.demand import WorkClass
from hwstudio.core.predict.sustained import (
    Rates,
    Sustain,
    family_of,
    full_rate,
    sustained_rate,
)

MAX_SHARE_OF_PEAK = 0.95  # a row above this is a typing error in its source
SETUP = ("source", "model", "task", "method", "precision", "framework", "input_size", "metric")
SHAPES = {  # layers, hidden, from the models' published configurations
    "bert-base": (12, 768),
    "bert-large": (24, 1024),
    "gpt2-large": (36, 1280),
    "opt-1.3b": (24, 2048),
    "gpt3-2.7b": (32, 2560),
    "qwen-1.8b": (24, 2048),
    "qwen-7b": (32, 4096),
    "llama-3.1-8b": (32, 4096),
    "llama-2-7b": (32, 4096),
    "llama-2-13b": (40, 5120),
    "phi-1.5": (24, 2048),
}
SD15_MACS, SD15_ACTIVATIONS, SD15_PARAMS = 401.637e9, 992.047e6, 859_520_964
BITS = {
    "bf16": 16, "f16": 16, "fp16": 16, "bf16-true": 16, "int8": 8, "int4": 4, "int4-g32": 4.5,
    "q4_0": 4.55, "q4_k_m": 4.85, "ud-q4_k_xl": 4.9, "ud-q6_k_xl": 6.8, "ud-q8_k_xl": 9.0,
    "awq-int4-g128 gemm": 4.25, "awq-int4-g128 gemv": 4.25, "gptq-4b-g128": 4.15,
    "exl2-2.5bpw": 2.5, "exl2-3.0bpw": 3.0, "exl2-4.0bpw": 4.0, "exl2-5.0bpw": 5.0,
    "bnb.nf4": 4.5, "bnb.nf4-dq": 4.13,
}  # fmt: skip
MIXTURES = ("a3b", "a13b", "moe", "mixtral", "a17b", "a22b", "scout")
WITHOUT_MATRIX_UNITS = ("Pascal",)
GENERAL_FRAMEWORKS = ("HF", "LitGPT")  # an order slower than the engines people chat with
HALF = {
    "amp-fp16", "fp16", "bf16", "bfloat16", "amp_bf16", "bf16-true", "f16", "fp16-or-bf16",
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One measured row turned into ideal times: seconds at peak rates per unit."""

    work_class: WorkClass
    precision: str
    device: str
    architecture: str
    measured_s: float
    compute_s: float
    traffic_s: float
    setup: tuple[str, ...]


def number(text: str) -> float:
    return float(text) if text else 0.0


def precision_of(row: dict[str, str]) -> str:
    """Return the arithmetic a row used; NVIDIA's containers run "fp32" as TF32 on Ampere on."""
    text = row["precision"].lower()
    if text == "tf32":
        return "tf32"
    if text == "fp32":
        return "tf32" if row["framework"].startswith("NGC") else "fp32"
    return "half" if text in HALF else ""


def vision(row: dict[str, str], precision: str) -> tuple[WorkClass, float, float] | None:
    """Ordinary image models of at least one GMAC, batch 16 or more."""
    macs, activations = number(row["gmacs_per_sample"]) * 1e9, number(row["macts_per_sample"]) * 1e6
    params = number(row["num_params_m"]) * 1e6
    batch = number(row["batch_per_device"]) or 64
    if row["family"] not in ("cnn", "vit") or macs < 1e9 or not activations or batch < 16:
        return None
    if row["source"] == "mac-ml-speed" or not precision or activations / macs > 8e-3:
        return None
    training = row["task"] == "train"
    if not training and row["task"] != "infer":
        return None
    traffic = d.vision_traffic if training else d.inference_traffic
    moved = traffic(activations, params, batch, d.element_bytes(precision))
    kind = WorkClass.VISION_TRAIN if training else WorkClass.VISION_INFERENCE
    return kind, d.vision_flop(macs, training=training), moved


def shape_of(model: str) -> tuple[int, int] | None:
    """Return layers and width for the transformer rows whose configuration is published."""
    for name, shape in SHAPES.items():
        if model.lower().removeprefix("dle:").startswith(name):
            return shape
    return None


def language(row: dict[str, str], precision: str) -> tuple[WorkClass, float, float] | None:
    """Training rows of known transformers with at least 512 tokens on the device at once."""
    shape = shape_of(row["model"])
    if row["task"] not in ("train", "finetune") or shape is None:
        return None
    adapter = row["method"] in ("lora", "qlora")
    if not adapter and row["method"] not in ("full", ""):
        return None
    params = number(row["num_params_m"]) * 1e6
    if row["model"].startswith("bert-large"):
        params = 335e6
    tokens, batch = number(row["input_size"]) or 512, number(row["batch_per_device"]) or 8
    if tokens * batch < 512 or (row["metric"] == "microbatches/s" and batch > 1):
        return None
    if adapter and (params < 5e9 or tokens * batch < 1024):
        return None
    precision = "half" if adapter else precision
    if not precision or not params:
        return None
    flop = d.token_flop(params, adapter=adapter, recompute=row["act_ckpt"] == "1")
    moved = d.token_traffic(
        *shape, 0 if adapter else params, tokens * batch, d.element_bytes(precision)
    )
    units = 1.0 if row["metric"] == "tokens/s" else tokens
    kind = WorkClass.LANGUAGE_ADAPTER if adapter else WorkClass.LANGUAGE_TRAIN
    return kind, flop * units, moved * units


def reading(row: dict[str, str], _precision: str) -> tuple[WorkClass, float, float] | None:
    """Prefill and single-stream decode rows of dense language models of 3 billion and more."""
    params = number(row["num_params_m"]) * 1e6
    name = row["model"].lower()
    if row["metric"] != "tokens/s" or params < 3e9 or any(mark in name for mark in MIXTURES):
        return None
    if row["task"] == "prefill":
        return WorkClass.LANGUAGE_PREFILL, d.FLOP_PER_MAC * params, 0.0
    bits = BITS.get(row["precision"].lower())
    is_engine = not row["framework"].startswith(GENERAL_FRAMEWORKS)
    if row["task"] != "decode" or bits is None or not is_engine:
        return None
    return WorkClass.LANGUAGE_DECODE, 0.0, params * bits / 8


def denoise(row: dict[str, str], _precision: str) -> tuple[WorkClass, float, float] | None:
    """Stable Diffusion 1.5 at 512 x 512; one step of the whole batch."""
    plain = "txt2img" in row["model"] or "img2img" in row["model"]
    if not row["metric"].startswith("unet-it") or not plain:
        return None
    batch = number(row["batch_per_device"]) or 1
    flop = d.GUIDED * d.FLOP_PER_MAC * SD15_MACS * batch
    moved = d.denoise_traffic(SD15_ACTIVATIONS, SD15_PARAMS * 2, batch) * batch
    return WorkClass.IMAGE_GENERATION, flop, moved


def rates_of(device: dict[str, str], precision: str) -> Rates:
    """Return what a device's row says about an arithmetic, never below its FP32 rate."""
    column = {"half": "fp16_tflops", "tf32": "tf32_tflops", "fp32": "fp32_tflops"}[precision]
    fp32, half = number(device["fp32_tflops"]) * 1e12, number(device["fp16_tflops"]) * 1e12
    stated = max(number(device[column]) * 1e12, fp32)
    has_matrix_units = half > 0 and device["arch"] not in WITHOUT_MATRIX_UNITS
    watts = number(device["tdp_w"])
    return Rates(precision, stated, half if has_matrix_units else 0.0, fp32, watts)


def family_in(device: dict[str, str]) -> str:
    """Return the family of a device's row."""
    return family_of(device["arch"], number(device["fp16_tflops"]), number(device["fp32_tflops"]))


def typical_flop_per_joule(devices: Iterable[dict[str, str]]) -> dict[str, float]:
    """Return the median over each family's cards of full FP16 rate over board power."""
    found: dict[str, list[float]] = defaultdict(list)
    for device in devices:
        rates = rates_of(device, "half")
        if device["vendor"] in ("NVIDIA", "AMD") and rates.half and rates.board_w:
            family = family_in(device)
            found[family].append(full_rate(rates, family) / rates.board_w)
    return {family: float(np.median(values)) for family, values in sorted(found.items())}


def sample_of(
    row: dict[str, str], devices: dict[str, dict[str, str]], sustain: Sustain
) -> Sample | None:
    """Turn a row into a sample, or None when it does not belong to a fitted class."""
    device = devices.get(row["device"])
    if device is None or device["vendor"] not in ("NVIDIA", "AMD") or row["num_devices"] != "1":
        return None
    if not row["value"] or not number(row["value"]):
        return None
    precision = precision_of(row)
    found = None
    for read in (vision, language, reading, denoise):
        found = found or read(row, precision)
    if found is None:
        return None
    kind, flop, moved = found
    if kind in (WorkClass.LANGUAGE_PREFILL, WorkClass.LANGUAGE_DECODE, WorkClass.IMAGE_GENERATION):
        precision = "half"
    if kind is WorkClass.LANGUAGE_ADAPTER:
        precision = "half"
    rates, family = rates_of(device, precision), family_in(device)
    compute_s = flop / sustained_rate(rates, family, sustain)
    measured_s = 1 / number(row["value"])
    share = flop / rates.stated / measured_s
    if kind is not WorkClass.LANGUAGE_DECODE and share > MAX_SHARE_OF_PEAK:
        return None
    traffic_s = moved / (number(device["bw_gbs"]) * 1e9)
    setup = tuple(row[name] for name in SETUP)
    return Sample(kind, precision, row["device"], family, measured_s, compute_s, traffic_s, setup)
