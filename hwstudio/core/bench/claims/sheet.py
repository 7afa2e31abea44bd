"""Finds the data sheet behind the name a publisher wrote, and which precisions a chip has.

A name may carry a seller ("Dell H100 80GB SXM5"), a host ("Pi 5 (AMD RX 6500 XT)") or another
memory than the maker's ("RTX 4090 48GB"). No sheet is better than a wrong one: laptop chips are
never taken for the card of the same number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from hwstudio.core.bench.claims.claim import Claim
from hwstudio.core.model.part import Gpu

MatchGpu = Callable[[str], "Gpu | None"]

_MEMORY = re.compile(r"\b\d{1,4}\s?(?:GB|GiB|G)\b", re.IGNORECASE)
_BRACKETED = re.compile(r"\(([^)]*)\)")
_LAPTOP = re.compile(r"\b(laptop|mobile|notebook|max-?q)\b", re.IGNORECASE)
_SUPERCHIP = re.compile(r"\bG[HB]\d{3}\b", re.IGNORECASE)


class Has(Enum):
    """Whether a chip calculates a precision in hardware."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Chip:
    """What is known about the device of a claim."""

    gpu: Gpu | None
    capability: float | None  # CUDA compute capability, None where it is not an NVIDIA GPU
    maker: str  # nvidia | amd | apple | intel | cpu | ""

    @property
    def is_superchip_or_module(self) -> bool:
        """Say whether the GPUs hang on a switch rather than on bridges or PCIe."""
        return self.gpu is not None and self.gpu.form_factor in ("SXM", "OAM")


def is_superchip(claim: Claim) -> bool:
    """Say whether CPU and GPU are one module (GH200, GB200), joined by more than PCIe."""
    return bool(_SUPERCHIP.search(f"{claim.device} {claim.model}"))


def chip_of(claim: Claim, match: MatchGpu) -> Chip:
    """Return what is known about the device of a claim."""
    gpu = _sheet(claim, match)
    names = f"{claim.device} {claim.model}"
    capability = _capability_of(gpu) or _capability_named(names)
    if gpu is not None:
        return Chip(gpu, capability, gpu.maker.casefold())
    return Chip(None, capability, "nvidia" if capability else _maker(names))


def _sheet(claim: Claim, match: MatchGpu) -> Gpu | None:
    if _LAPTOP.search(claim.device) or is_superchip(claim):
        return None
    for name in _readings(claim):
        found = match(name)
        if found is not None:
            return found
    return None


def _readings(claim: Claim) -> Iterator[str]:
    """Yield ways to read a device's name, the most literal first."""
    for name in (claim.device, *_BRACKETED.findall(claim.device), claim.model):
        if not name:
            continue
        yield name
        bare = _BRACKETED.sub(" ", name)
        yield bare
        words = bare.split()
        # Sellers stand before the model: "Dell H100 80GB SXM5".
        for start in range(1, min(3, len(words))):
            yield " ".join(words[start:])
        # A maker's memory is part of the name, a tinkerer's is not.
        if not re.search(r"\b(H100|A100|V100|H200)\b", bare):
            yield _MEMORY.sub(" ", bare)


def _capability_of(gpu: Gpu | None) -> float | None:
    if gpu is None or not gpu.compute_capability:
        return None
    return float(gpu.compute_capability)


# NVIDIA's generations by name, newest first, for chips whose sheet the catalogue lacks. From the
# list "CUDA GPU compute capability" (developer.nvidia.com).
_GENERATIONS: tuple[tuple[str, float], ...] = (
    (r"\bG?B[123]00\b|\bGB\d{3}\b", 10.0),
    (r"\bGB10\b", 12.1),
    (r"\bRTX\s?50[5-9]\d\b|\bRTX PRO \d{4}\b", 12.0),
    (r"\bG?H[128]00\b|\bH20\b", 9.0),
    (r"\bRTX\s?40[5-9]\d|\bAda\b|\bL4\b|\bL40S?\b|\bL20\b|\bL2\b", 8.9),
    (r"\bRTX\s?30[5-9]\d|\bRTX\s?2050\b|\bRTX\s?A\d{3,4}\b|\bA(2|10|10G|16|40)\b|\bMX570\b", 8.6),
    (r"\bA[138]00X?\b|\bA30\b|\b170HX\b|\bDrive.A100\b", 8.0),
    (r"\bCMP\s?[79]0HX\b|\bOrin\b", 8.6),
    (r"\bThor\b", 11.0),
    (r"\bGTX\s?16\d\d|\bRTX\s?20[5-8]\d|\bT(4|10|400|500|550|600|1000|1200|2000)\b", 7.5),
    (r"\bMX(450|550)\b|\bTITAN RTX\b|\bCMP\s?[345]0HX\b|\bRTX\s?[34568]000\b", 7.5),
    (r"\bXavier\b", 7.2),
    (r"\bG?V100S?(L|D)?\b|\bTITAN V\b|\bGV100\b|\b100-210\b", 7.0),
    (r"\bGTX\s?10\d\d|\bGT\s?10\d\d|\bP(4|6|40|102|104|106)\b|\bTITAN X[Pp]?\b", 6.1),
    (r"\bQuadro P\d+|\bMX[1-3]\d0\b|\bP[1-6]\d{2,3}0\b", 6.1),
    (r"\bG?P100\b", 6.0),
    (r"\bGTX\s?(9\d\d|7[45]0)|\bM(4|6|10|40|60)\b|\bJetson Nano\b", 5.2),
    (r"\bK(10|20|40|80)[mcxs]?\b|\bGTX\s?[67]\d\d", 3.5),
)  # fmt: skip
_NOT_NVIDIA = re.compile(
    r"\b(AMD|Radeon|RX|Instinct|MI\d+\w*|Apple|Intel|Arc|Ascend|MTT|Hygon|DCU|Gaudi|CPU|Mac\w*|"
    r"Moore|Cambricon|MLU\d*|MetaX|Iluvatar|Biren|Kunlun\w*|Enflame|Gfx\d+|Core|Ryzen|Xeon|EPYC)\b",
    re.IGNORECASE,
)  # fmt: skip


def _capability_named(names: str) -> float | None:
    says_nvidia = re.search(r"nvidia|geforce|tesla|quadro|\b[RG]TX\b", names, re.IGNORECASE)
    if _NOT_NVIDIA.search(names) and not says_nvidia:
        return None
    for pattern, capability in _GENERATIONS:
        if re.search(pattern, names, re.IGNORECASE):
            return capability
    return None


def _maker(names: str) -> str:
    low = names.casefold()
    if re.search(r"\bapple\b|\bmac\b|\bm[1-9]\b (?:pro|max|ultra)?", low):
        return "apple"
    if re.search(r"\bcpu\b|xeon|epyc|ryzen|core\(tm\)|\bi[3579]-|\bultra \d", low):
        return "cpu"
    if re.search(r"\bradeon\b|\brx \d|\bamd\b|instinct|\bmi\d{2,3}", low):
        return "amd"
    return "intel" if "arc" in low.split() else ""


# The first compute capability with a unit for the precision (CUDA programming guide, table
# "tensor core data types"; half precision: arithmetic throughput table).
_FIRST = {"tf32": 8.0, "bf16": 8.0, "fp8": 8.9, "fp4": 10.0, "fp16": 5.3, "int8": 6.1}
# AMD's CDNA and RDNA instruction set manuals; MI300's XF32 was dropped again in CDNA 4.
_AMD = {
    "bf16": ("CDNA", "RDNA 3", "RDNA 4"),
    "tf32": ("CDNA 3",),
    "fp8": ("CDNA 3", "CDNA 4", "RDNA 4"),
    "fp4": ("CDNA 4",),
}
_NOWHERE = {"apple": ("tf32", "fp8", "fp4"), "cpu": ("tf32", "fp8", "fp4")}


def plain_precision(dtype: str) -> str:
    """Return the precision behind a longer name: fp8_e4m3fn is fp8."""
    return dtype.partition("_")[0]


def has_unit(chip: Chip, precision: str) -> Has:
    """Say whether a chip has hardware for a precision."""
    if chip.capability is not None:
        first = _FIRST.get(precision)
        if first is None:
            return Has.UNKNOWN
        return Has.YES if chip.capability >= first else Has.NO
    if precision in _NOWHERE.get(chip.maker, ()):
        return Has.NO
    if chip.maker == "amd" and chip.gpu is not None and precision in _AMD:
        named = chip.gpu.architecture.startswith(_AMD[precision])
        return Has.YES if named else Has.NO
    if chip.maker == "apple":
        return Has.YES
    return Has.UNKNOWN
