"""How much of a device's peak real work reaches: fitted, not guessed.

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
    ("image_generation", "half"): Efficiency(
        compute=0.9784,
        memory=0.2803,
        power=2,
        low=0.631,
        high=2.754,
        error=0.198,
        rows=53,
        devices=5,
        architectures={"Ada": 1.165, "Ampere": 1.001, "Turing": 0.922, "Volta": 0.958},
    ),
    ("language_adapter", "half"): Efficiency(
        compute=0.5180,
        memory=0.8541,
        power=1,
        low=0.494,
        high=1.870,
        error=0.381,
        rows=15,
        devices=3,
        architectures={"Ada": 1.164, "Ampere": 0.991},
    ),
    ("language_decode", "half"): Efficiency(
        compute=1.0000,
        memory=0.7080,
        power=1,
        low=0.583,
        high=1.297,
        error=0.165,
        rows=79,
        devices=7,
        architectures={"Ada": 1.041, "Ampere": 0.935, "CDNA2": 0.898, "RDNA3.5": 1.016},
    ),
    ("language_prefill", "half"): Efficiency(
        compute=0.2749,
        memory=1.0000,
        power=1,
        low=0.204,
        high=3.284,
        error=0.453,
        rows=59,
        devices=4,
        architectures={"Ada": 1.124, "Ampere": 1.471, "RDNA3.5": 0.930},
    ),
    ("language_train", "fp32"): Efficiency(
        compute=0.7798,
        memory=0.2869,
        power=1,
        low=0.647,
        high=1.300,
        error=0.106,
        rows=44,
        devices=8,
        architectures={
            "Ampere": 0.918,
            "CDNA1": 1.000,
            "CDNA2": 1.020,
            "Hopper": 0.895,
            "Volta": 1.043,
        },
    ),
    ("language_train", "half"): Efficiency(
        compute=0.8683,
        memory=0.0915,
        power=2,
        low=0.685,
        high=1.501,
        error=0.141,
        rows=81,
        devices=25,
        architectures={
            "Ada": 1.107,
            "Ampere": 1.028,
            "Blackwell": 0.881,
            "Hopper": 0.960,
            "Pascal": 1.011,
            "Turing": 0.999,
            "Volta": 0.965,
        },
    ),
    ("language_train", "tf32"): Efficiency(
        compute=0.7632,
        memory=0.0804,
        power=2,
        low=0.765,
        high=1.446,
        error=0.060,
        rows=57,
        devices=23,
        architectures={
            "Ada": 1.120,
            "Ampere": 1.036,
            "Blackwell": 0.952,
            "Hopper": 0.938,
            "Pascal": 1.010,
            "Turing": 0.981,
            "Volta": 0.985,
        },
    ),
    ("vision_inference", "fp32"): Efficiency(
        compute=0.9424,
        memory=0.0993,
        power=2,
        low=0.389,
        high=1.493,
        error=0.247,
        rows=50,
        devices=3,
        architectures={"Turing": 0.973, "Volta": 1.045},
    ),
    ("vision_inference", "half"): Efficiency(
        compute=0.7775,
        memory=0.1735,
        power=2,
        low=0.481,
        high=2.275,
        error=0.217,
        rows=2015,
        devices=8,
        architectures={
            "Ada": 1.074,
            "Ampere": 0.880,
            "Blackwell": 1.034,
            "Turing": 0.935,
            "Volta": 0.884,
        },
    ),
    ("vision_inference", "tf32"): Efficiency(
        compute=0.7965,
        memory=0.1078,
        power=8,
        low=0.644,
        high=1.391,
        error=0.168,
        rows=20,
        devices=2,
        architectures={"Ampere": 1.012},
    ),
    ("vision_train", "fp32"): Efficiency(
        compute=0.6315,
        memory=0.8109,
        power=1,
        low=0.715,
        high=1.243,
        error=0.182,
        rows=19,
        devices=3,
        architectures={"Volta": 0.965},
    ),
    ("vision_train", "half"): Efficiency(
        compute=0.9208,
        memory=0.1600,
        power=1,
        low=0.678,
        high=1.521,
        error=0.114,
        rows=264,
        devices=20,
        architectures={
            "Ada": 1.091,
            "Ampere": 0.982,
            "Blackwell": 0.710,
            "Hopper": 0.848,
            "Pascal": 0.990,
            "Turing": 0.965,
            "Volta": 1.109,
        },
    ),
    ("vision_train", "tf32"): Efficiency(
        compute=0.6004,
        memory=0.1340,
        power=8,
        low=0.844,
        high=1.449,
        error=0.040,
        rows=27,
        devices=15,
        architectures={
            "Ada": 1.130,
            "Ampere": 1.031,
            "Hopper": 1.011,
            "Turing": 0.975,
            "Volta": 0.999,
        },
    ),
}
