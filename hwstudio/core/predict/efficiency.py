"""How much of a device's peak real work reaches: fitted, not guessed.

Written by benchmarks/fit_efficiency.py; change it there. Fitted on published single-GPU
measurements (gathered 2026-11-20 from public result sets), NVIDIA and AMD only. ``low`` and
``high`` bound the speed of 90 % of the rows of devices that were left out of the fit; ``error``
is the median over left-out devices of the median absolute error.
"""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.predict.sustained import Sustain

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
    lender: str = ""  # too few devices: shape and architectures are those of this class


SUSTAIN = Sustain(
    unhalved=0.6,
    thrift=0.0,
    flop_per_joule={
        "Ada": 9.339e11,
        "Ampere": 4.835e11,
        "Ampere HBM": 1.000e12,
        "Blackwell": 1.180e12,
        "Blackwell HBM": 2.083e12,
        "CDNA1": 6.153e11,
        "CDNA2": 6.652e11,
        "CDNA3": 1.743e12,
        "CDNA4": 2.043e12,
        "Hopper": 1.402e12,
        "RDNA3": 3.459e11,
        "RDNA3.5": 4.950e11,
        "Turing": 4.954e11,
        "Volta": 4.187e11,
    },
)
EFFICIENCY: dict[tuple[str, str], Efficiency] = {
    ("image_generation", "half"): Efficiency(
        compute=0.5477,
        memory=0.7032,
        power=1,
        low=0.571,
        high=2.544,
        error=0.228,
        rows=53,
        devices=5,
        architectures={
            "Ada": 1.056,
            "Ampere": 1.012,
            "Ampere HBM": 0.929,
            "Turing": 0.863,
            "Volta": 0.970,
        },
    ),
    ("language_adapter", "half"): Efficiency(
        compute=0.6547,
        memory=0.0886,
        power=1,
        low=0.548,
        high=2.254,
        error=0.314,
        rows=15,
        devices=3,
        architectures={
            "Ada": 1.079,
            "Ampere": 1.080,
            "Ampere HBM": 0.962,
            "Blackwell HBM": 0.873,
            "Hopper": 0.952,
            "Pascal": 1.072,
            "Turing": 0.979,
            "Volta": 0.991,
        },
        lender="language_train",
    ),
    ("language_decode", "half"): Efficiency(
        compute=1.0000,
        memory=0.7080,
        power=1,
        low=0.583,
        high=1.297,
        error=0.157,
        rows=79,
        devices=7,
        architectures={
            "Ada": 1.041,
            "Ampere": 0.972,
            "Ampere HBM": 0.928,
            "CDNA2": 0.898,
            "RDNA3.5": 1.016,
        },
    ),
    ("language_prefill", "half"): Efficiency(
        compute=0.2524,
        memory=1.0000,
        power=1,
        low=0.253,
        high=2.355,
        error=0.284,
        rows=59,
        devices=4,
        architectures={"Ada": 1.057, "Ampere": 1.317, "RDNA3.5": 0.957},
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
            "Ampere HBM": 0.918,
            "CDNA1": 1.000,
            "CDNA2": 1.020,
            "Hopper": 0.895,
            "Volta": 1.043,
        },
    ),
    ("language_train", "half"): Efficiency(
        compute=0.9084,
        memory=0.1229,
        power=1,
        low=0.666,
        high=1.391,
        error=0.095,
        rows=81,
        devices=25,
        architectures={
            "Ada": 1.079,
            "Ampere": 1.080,
            "Ampere HBM": 0.962,
            "Blackwell HBM": 0.873,
            "Hopper": 0.952,
            "Pascal": 1.072,
            "Turing": 0.979,
            "Volta": 0.991,
        },
    ),
    ("language_train", "tf32"): Efficiency(
        compute=0.8844,
        memory=0.1197,
        power=1,
        low=0.730,
        high=1.337,
        error=0.066,
        rows=57,
        devices=23,
        architectures={
            "Ada": 1.058,
            "Ampere": 0.945,
            "Ampere HBM": 1.002,
            "Blackwell HBM": 0.918,
            "Hopper": 0.910,
            "Pascal": 1.024,
            "Turing": 1.041,
            "Volta": 1.023,
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
        compute=0.3567,
        memory=0.1685,
        power=8,
        low=0.494,
        high=2.278,
        error=0.233,
        rows=2015,
        devices=8,
        architectures={
            "Ada": 1.071,
            "Ampere": 0.993,
            "Ampere HBM": 0.856,
            "Blackwell": 1.049,
            "Turing": 0.938,
            "Volta": 0.879,
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
        architectures={"Ampere HBM": 1.012},
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
        compute=0.8715,
        memory=0.1514,
        power=1,
        low=0.676,
        high=1.555,
        error=0.127,
        rows=264,
        devices=20,
        architectures={
            "Ada": 1.091,
            "Ampere": 1.009,
            "Ampere HBM": 0.983,
            "Blackwell HBM": 0.723,
            "Hopper": 0.872,
            "Pascal": 1.009,
            "Turing": 0.965,
            "Volta": 1.146,
        },
    ),
    ("vision_train", "tf32"): Efficiency(
        compute=0.6004,
        memory=0.1340,
        power=8,
        low=0.865,
        high=1.449,
        error=0.040,
        rows=27,
        devices=15,
        architectures={
            "Ada": 1.130,
            "Ampere": 1.048,
            "Ampere HBM": 1.006,
            "Hopper": 1.011,
            "Turing": 0.975,
            "Volta": 0.999,
        },
    ),
}
