"""Fit how much of a device's peak real work reaches, from published measurements.

    python benchmarks/fit_efficiency.py DIR > hwstudio/core/predict/efficiency.py

DIR holds throughput.csv and workload_devices.csv. Only the coefficients and their errors are
written; the measured rows are not shipped (some sources state no licence).

Model: time = (compute^p + traffic^p)^(1/p) / architecture factor, with
compute = FLOP / peak / e_compute and traffic = bytes / bandwidth / e_memory. The two
efficiencies and p are chosen per class by the smallest leave-one-device-out error; every device
weighs sqrt(rows), so that one device with many rows does not decide. The architecture factor is
shrunk towards 1 by the number of devices seen. Errors are those of devices left out of the fit.
"""

from __future__ import annotations

import csv
import math
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hwstudio.core.predict import demand as d
from hwstudio.core.predict.demand import WorkClass

MAX_SHARE_OF_PEAK = 0.95  # a row above this is a typing error in its source
SHRINK_DEVICES = 2.0
BANDS = (0.05, 0.95)
RATIOS = np.exp(np.linspace(-3.5, 3.5, 29))
POWERS = (1.0, 2.0, 8.0)  # 8 behaves like "the larger of the two"
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


@dataclass(frozen=True)
class Fit:
    """Coefficients of one class and precision, and its error on devices left out."""

    ratio: float
    power: float
    scale: float
    architectures: dict[str, tuple[float, int]]


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


def peak_flops(device: dict[str, str], precision: str) -> float:
    """Return the dense peak rate of a device for an arithmetic, never below its FP32 rate."""
    column = {"half": "fp16_tflops", "tf32": "tf32_tflops", "fp32": "fp32_tflops"}[precision]
    return max(number(device[column]), number(device["fp32_tflops"])) * 1e12


def sample_of(row: dict[str, str], devices: dict[str, dict[str, str]]) -> Sample | None:
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
    compute_s = flop / peak_flops(device, precision)
    measured_s = 1 / number(row["value"])
    if kind is not WorkClass.LANGUAGE_DECODE and compute_s / measured_s > MAX_SHARE_OF_PEAK:
        return None
    traffic_s = moved / (number(device["bw_gbs"]) * 1e9)
    return Sample(kind, precision, row["device"], device["arch"], measured_s, compute_s, traffic_s)


def weighted_quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order])
    return float(
        values[order][min(len(order) - 1, np.searchsorted(cumulative, share * cumulative[-1]))]
    )


class Group:
    """The samples of one class and precision as arrays."""

    def __init__(self, samples: list[Sample]) -> None:
        self.device = np.array([s.device for s in samples])
        self.architecture = np.array([s.architecture for s in samples])
        counts = Counter(self.device.tolist())
        self.weight = np.array([1 / math.sqrt(counts[name]) for name in self.device.tolist()])
        self.log_time = np.log([s.measured_s for s in samples])
        self.compute = np.array([s.compute_s for s in samples])
        self.traffic = np.array([s.traffic_s for s in samples])

    def base(self, ratio: float, power: float) -> np.ndarray:
        """Return the log of the combined ideal time before scaling."""
        if not self.compute.any():
            return np.log(self.traffic)
        total = self.compute**power + (ratio * self.traffic) ** power
        return np.log(total) / power

    def fit(self, mask: np.ndarray, power: float) -> Fit:
        """Return the ratio and scale of least absolute error over ``mask``."""
        best: tuple[float, float, float] | None = None
        for ratio in RATIOS if self.traffic.any() and self.compute.any() else (1.0,):
            residual = (self.log_time - self.base(ratio, power))[mask]
            centre = weighted_quantile(residual, self.weight[mask], 0.5)
            shares = (math.exp(-centre), math.exp(-centre) / ratio)
            if self.compute.any() and self.traffic.any() and max(shares) > 1:
                continue  # nothing runs above its peak
            loss = float((self.weight[mask] * abs(residual - centre)).sum())
            if best is None or loss < best[0]:
                best = (loss, float(ratio), centre)
        assert best is not None
        residual = self.log_time - self.base(best[1], power) - best[2]
        return Fit(best[1], power, best[2], self.factors(residual, mask))

    def factors(self, residual: np.ndarray, mask: np.ndarray) -> dict[str, tuple[float, int]]:
        """Return the shrunk log factor of each architecture and its number of devices."""
        out = {}
        for name in sorted(set(self.architecture[mask].tolist())):
            chosen = mask & (self.architecture == name)
            medians = [
                float(np.median(residual[chosen & (self.device == device)]))
                for device in sorted(set(self.device[chosen].tolist()))
            ]
            out[name] = (sum(medians) / (len(medians) + SHRINK_DEVICES), len(medians))
        return out

    def left_out(self, power: float) -> np.ndarray:
        """Return log(measured / predicted) of every row by a fit without its device."""
        residual = np.zeros(len(self.log_time))
        for name in sorted(set(self.device.tolist())):
            mask = self.device != name
            if not mask.any():
                return (
                    self.log_time
                    - self.base(1.0, power)
                    - np.median(self.log_time - self.base(1.0, power))
                )
            fit = self.fit(mask, power)
            factor = np.array(
                [fit.architectures.get(a, (0.0, 0))[0] for a in self.architecture.tolist()]
            )
            error = self.log_time - self.base(fit.ratio, power) - fit.scale - factor
            residual[~mask] = error[~mask]
        return residual


def device_median(group: Group, residual: np.ndarray) -> float:
    """Return the median over devices of the median absolute percentage error."""
    error = abs(np.expm1(-residual))
    return float(np.median([np.median(error[group.device == name]) for name in set(group.device)]))


def report(key: tuple[WorkClass, str], group: Group) -> str:
    """Return the generated source lines of one class and precision."""
    powers = POWERS if group.compute.any() and group.traffic.any() else POWERS[:1]
    tried = {power: group.left_out(power) for power in powers}
    power = min(powers, key=lambda p: device_median(group, tried[p]))
    residual = tried[power]
    fit = group.fit(np.ones(len(residual), bool), power)
    low, high = (math.exp(-weighted_quantile(residual, group.weight, q)) for q in BANDS[::-1])
    compute = math.exp(-fit.scale) if group.compute.any() else 1.0
    memory = math.exp(-fit.scale) / fit.ratio if group.traffic.any() else 1.0
    factors = ", ".join(
        f'"{name}": {math.exp(-value):.3f}' for name, (value, _) in fit.architectures.items()
    )
    devices = len(set(group.device.tolist()))
    error = device_median(group, residual)
    print(
        f"{key[0]:18} {key[1]:5} rows {len(residual):5} devices {devices:3} p {power:.0f} "
        f"e_compute {compute:.3f} e_memory {memory:.3f} error {error:.3f} "
        f"band x{low:.2f}..x{high:.2f}",
        file=sys.stderr,
    )
    return (
        f'    ("{key[0]}", "{key[1]}"): Efficiency(\n'
        f"        compute={compute:.4f}, memory={memory:.4f}, power={power:.0f},\n"
        f"        low={low:.3f}, high={high:.3f}, error={error:.3f},\n"
        f"        rows={len(residual)}, devices={devices},\n"
        f"        architectures={{{factors}}},\n    ),\n"
    )


HEADER = '''"""How much of a device's peak real work reaches: fitted, not guessed.

Written by benchmarks/fit_efficiency.py; change it there. Fitted on published single-GPU
measurements (gathered 2026-11-20 from public result sets), NVIDIA and AMD only. ``low`` and
``high`` bound the speed of 90 % of the rows of devices that were left out of the fit; ``error``
is the median over left-out devices of the median absolute error.
"""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "fit on published measurements, 2026-11-20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficiency:
    """Shares of peak compute and bandwidth; speed factors by architecture."""

    compute: float
    memory: float
    power: float  # how the two times combine: (a^p + b^p)^(1/p)
    low: float
    high: float
    error: float
    rows: int
    devices: int
    architectures: dict[str, float]


EFFICIENCY: dict[tuple[str, str], Efficiency] = {
'''


def main() -> None:
    folder = Path(sys.argv[1])
    with (folder / "workload_devices.csv").open(newline="") as file:
        devices = {row["device"]: row for row in csv.DictReader(file)}
    groups: dict[tuple[WorkClass, str], list[Sample]] = defaultdict(list)
    with (folder / "throughput.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            sample = sample_of(row, devices)
            if sample is not None:
                groups[sample.work_class, sample.precision].append(sample)
    body = "".join(
        report(key, Group(samples))
        for key, samples in sorted(groups.items())
        if len({s.device for s in samples}) >= 2
    )
    print(HEADER + body + "}")


if __name__ == "__main__":
    main()
