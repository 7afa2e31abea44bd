"""Which arithmetic rate of a GPU a job can use, with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.part import Gpu
from hwstudio.core.predict.efficiency import EFFICIENCY, SUSTAIN, Efficiency
from hwstudio.core.predict.sustained import (
    HBM,
    Rates,
    family_of,
    full_rate,
    power_share,
    sustained_rate,
)

# Name in the catalogue -> names in the fit: its own first, then its nearest relatives.
FAMILIES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Ada", ("Ada",), ("Ampere", "Blackwell")),
    ("Ampere", ("Ampere",), ("Ada", "Turing")),
    ("Blackwell", ("Blackwell",), ("Ada", "Ampere")),
    ("Hopper", ("Hopper",), ("Ampere HBM", "Blackwell HBM", "Ampere")),
    ("Pascal", ("Pascal",), ("Volta", "Turing")),
    ("Turing", ("Turing",), ("Volta", "Ampere")),
    ("Volta", ("Volta",), ("Turing", "Ampere")),
    ("RDNA 3", ("RDNA3", "RDNA3.5"), ("RDNA4",)),
    ("RDNA 4", ("RDNA4",), ("RDNA3.5", "RDNA3")),
    ("CDNA 1", ("CDNA1",), ("CDNA2",)),
    ("CDNA 2", ("CDNA2",), ("CDNA1", "CDNA3")),
    ("CDNA", ("CDNA3", "CDNA4"), ("CDNA2", "CDNA1")),
)
DATA_CENTRE = {  # the kinds that only share their architecture's name
    "Ampere": (("Ampere HBM",), ("Hopper", "Ampere")),
    "Blackwell": (("Blackwell HBM",), ("Hopper", "Ampere HBM")),
}
FALLBACK = {"tf32": "half", "fp32": "tf32"}  # classes without a fit of their own precision


@dataclass(frozen=True, slots=True)
class Peak:
    """A dense peak rate in FLOP/s and where it comes from; None when unknown."""

    flop_per_s: float | None
    words: str


def peak_of(gpu: Gpu, precision: str) -> Peak:
    """Return the rate ``gpu`` keeps up in ``half``, ``tf32`` or ``fp32`` arithmetic."""
    stated = _stated(gpu, precision)
    tensor = _tensor(gpu)
    if not stated.flop_per_s or precision == "fp32" or tensor is None:
        return stated
    rates = Rates(precision, stated.flop_per_s, tensor, gpu.fp32_flop_per_s or 0.0, gpu.tdp_w)
    family = _family(gpu)
    words = [stated.words]
    if SUSTAIN.unhalved and full_rate(rates, family) > 1.05 * rates.stated:
        words.append("its halved accumulation counts only in part")
    if power_share(rates, family, SUSTAIN) < 1:
        words.append(f"lowered because {gpu.tdp_w:.0f} W is little for it")
    return Peak(sustained_rate(rates, family, SUSTAIN), ", ".join(words))


def _tensor(gpu: Gpu) -> float | None:
    return gpu.fp16_tensor_flop_per_s or gpu.bf16_tensor_flop_per_s


def _family(gpu: Gpu) -> str:
    """Return the fit's name of the chip family."""
    name = next(
        (own[0] for prefix, own, _ in FAMILIES if gpu.architecture.startswith(prefix)),
        gpu.architecture,
    )
    return family_of(name, _tensor(gpu) or 0.0, gpu.fp32_flop_per_s or 0.0)


def _stated(gpu: Gpu, precision: str) -> Peak:
    """Return the data sheet's rate."""
    if precision == "fp32":
        return Peak(gpu.fp32_flop_per_s, "FP32 rate")
    if precision == "tf32" and gpu.tf32_tensor_flop_per_s:
        return Peak(gpu.tf32_tensor_flop_per_s, "TF32 matrix rate")
    if precision == "half":
        tensor = _tensor(gpu)
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


def architecture_factor(fit: Efficiency, gpu: Gpu) -> Factor:
    """Return the family's own factor, else its nearest relative's, else 1 without ground."""
    for prefix, own, relatives in FAMILIES:
        if not gpu.architecture.startswith(prefix):
            continue
        if _family(gpu).endswith(HBM):
            own, relatives = DATA_CENTRE[prefix]
        for names, ground in ((own, "seen"), (relatives, "relative")):
            known = next((fit.architectures[n] for n in names if n in fit.architectures), None)
            if known is not None:
                return Factor(known, ground)
    return Factor(1.0, "none")
