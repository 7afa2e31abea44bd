"""The rate a GPU can keep up, between what its data sheet names and what its chip could do.

Two things stand between a data sheet's peak and long work. GeForce cards add up FP16 products in
FP32 at half the rate of a workstation card with the same chip; real kernels wait for other things
as well, so that only part of this halving is felt. And a card with few watts for its arithmetic
lowers its clock under load. How much of both counts is fitted (benchmarks/fit_efficiency.py).
"""

from __future__ import annotations

from dataclasses import dataclass

# Matrix operations a clock against FP32 vector operations, dense, FP16 accumulation: a property
# of the chip (vendor architecture papers). GeForce with FP32 accumulation does half of it.
FULL_OVER_FP32 = {
    "half": {"Volta": 8.0, "Turing": 8.0, "Ampere": 4.0, "Ada": 4.0, "Blackwell": 4.0},
    "tf32": {"Ampere": 2.0, "Ada": 2.0, "Blackwell": 2.0},
}
HBM = " HBM"  # A100 and B200 kinds: another chip under the same architecture name
MATRIX_HEAVY = 8.0  # their matrix units outdo their vector units by more than this
TWO_KINDS = ("Ampere", "Blackwell")


@dataclass(frozen=True, slots=True)
class Rates:
    """What a data sheet says: FLOP/s for one arithmetic, FP32 vector FLOP/s and board watts."""

    precision: str  # half | tf32 | fp32
    stated: float
    half: float  # matrix FLOP/s in FP16, for the power term; 0 without matrix units
    fp32: float
    board_w: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sustain:
    """Fitted: how much of the halved accumulation and of scarce power is felt (0 none, 1 all)."""

    unhalved: float  # 0: the stated rate counts; 1: the chip's full rate counts
    thrift: float  # 0: watts play no part; 1: rate = watts x typical FLOP per joule
    flop_per_joule: dict[str, float]  # typical of the family, full FP16 rate over board power


def family_of(architecture: str, half: float, fp32: float) -> str:
    """Return the fit's name of a chip family; data-centre kinds stand apart."""
    is_heavy = architecture in TWO_KINDS and fp32 > 0 and half >= MATRIX_HEAVY * fp32
    return architecture + HBM if is_heavy else architecture


def full_rate(rates: Rates, family: str) -> float:
    """Return the chip's rate with FP16 accumulation, never below the stated one."""
    factor = FULL_OVER_FP32.get(rates.precision, {}).get(family, 0.0) if rates.half else 0.0
    return max(rates.stated, factor * rates.fp32)


def sustained_rate(rates: Rates, family: str, sustain: Sustain) -> float:
    """Return the FLOP/s that efficiencies are a share of."""
    if not rates.stated:
        return 0.0
    unhalved: float = (full_rate(rates, family) / rates.stated) ** sustain.unhalved
    return rates.stated * unhalved * power_share(rates, family, sustain)


def power_share(rates: Rates, family: str, sustain: Sustain) -> float:
    """Return the share of the peak that the board power lets through, at most 1."""
    typical = sustain.flop_per_joule.get(family)
    if typical is None or not rates.half or not rates.board_w or rates.precision == "fp32":
        return 1.0
    half = full_rate(Rates("half", rates.half, rates.half, rates.fp32, rates.board_w), family)
    share: float = min(1.0, typical * rates.board_w / half) ** sustain.thrift
    return share
