"""Which arithmetic rate of a GPU a job can use, with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.part import Gpu
from hwstudio.core.predict.efficiency import EFFICIENCY, Efficiency

# Name in the catalogue -> names in the fit: its own first, then its nearest relatives.
FAMILIES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Ada", ("Ada",), ("Ampere", "Blackwell")),
    ("Ampere", ("Ampere",), ("Ada", "Turing")),
    ("Blackwell", ("Blackwell",), ("Ada", "Hopper")),
    ("Hopper", ("Hopper",), ("Ampere", "Blackwell")),
    ("Pascal", ("Pascal",), ("Volta", "Turing")),
    ("Turing", ("Turing",), ("Volta", "Ampere")),
    ("Volta", ("Volta",), ("Turing", "Ampere")),
    ("RDNA 3", ("RDNA3", "RDNA3.5"), ("RDNA4",)),
    ("RDNA 4", ("RDNA4",), ("RDNA3.5", "RDNA3")),
    ("CDNA 1", ("CDNA1",), ("CDNA2",)),
    ("CDNA 2", ("CDNA2",), ("CDNA1", "CDNA3")),
    ("CDNA", ("CDNA3", "CDNA4"), ("CDNA2", "CDNA1")),
)
FALLBACK = {"tf32": "half", "fp32": "tf32"}  # classes without a fit of their own precision


@dataclass(frozen=True, slots=True)
class Peak:
    """A dense peak rate in FLOP/s and where it comes from; None when unknown."""

    flop_per_s: float | None
    words: str


def peak_of(gpu: Gpu, precision: str) -> Peak:
    """Return the rate ``gpu`` offers for ``half``, ``tf32`` or ``fp32`` arithmetic."""
    if precision == "fp32":
        return Peak(gpu.fp32_flop_per_s, "FP32 rate")
    if precision == "tf32" and gpu.tf32_tensor_flop_per_s:
        return Peak(gpu.tf32_tensor_flop_per_s, "TF32 matrix rate")
    if precision == "half":
        tensor = gpu.fp16_tensor_flop_per_s or gpu.bf16_tensor_flop_per_s
        if tensor:
            return Peak(tensor, "FP16 matrix rate with FP32 accumulation")
        vector, full = gpu.fp16_vector_flop_per_s, gpu.fp32_flop_per_s
        if vector and full and vector > full:
            return Peak(vector, "FP16 vector rate: this GPU has no known matrix units")
    return Peak(gpu.fp32_flop_per_s, "FP32 rate: this GPU has no known matrix units")


def efficiency_of(work_class: str, precision: str) -> Efficiency | None:
    """Return the fitted shares for a class of work, falling back to the next precision."""
    name: str | None = precision
    while name is not None:
        found = EFFICIENCY.get((work_class, name))
        if found is not None:
            return found
        name = FALLBACK.get(name)
    return None


@dataclass(frozen=True, slots=True)
class Factor:
    """Speed of an architecture against the fit's average, and how well that is known."""

    value: float
    ground: str  # seen | relative | none


def architecture_factor(fit: Efficiency, architecture: str) -> Factor:
    """Return the architecture's own factor, else its nearest relative's, else 1 without ground."""
    for prefix, own, relatives in FAMILIES:
        if not architecture.startswith(prefix):
            continue
        for names, ground in ((own, "seen"), (relatives, "relative")):
            known = next((fit.architectures[n] for n in names if n in fit.architectures), None)
            if known is not None:
                return Factor(known, ground)
    return Factor(1.0, "none")
