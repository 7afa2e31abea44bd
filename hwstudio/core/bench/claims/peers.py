"""Holds published numbers against each other: one device against N, one card against its like.

Only the numbers themselves are compared. A row's peers are those of the same table; the order of
the table never matters.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Container, Sequence

from hwstudio.core.base.units import percent
from hwstudio.core.bench.claims.claim import Claim
from hwstudio.core.bench.claims.finding import (
    IMPOSSIBLE,
    NO_HARDWARE,
    SUSPECT_HIGH,
    SUSPECT_LOW,
    Finding,
)
from hwstudio.core.bench.claims.sheet import Has, plain_precision
from hwstudio.core.bench.statistics import median
from hwstudio.core.bench.verdict import MAX_EFFICIENCY, SUSPECT_EFFICIENCY

POOR_EFFICIENCY = 0.5
MODEL_EFFICIENCY = 2.0  # against another machine of the same model: hosts differ, GPUs do not
SAME_SPEED = 1.2  # a "TF32" no faster than FP32 is FP32
EMULATED = 0.8  # of the FP32 speed: slower than calculating in FP32
BROKEN = 0.4  # of the FP32 speed
FAR_UNDER_LIKE = 0.6  # of the median: owners of one card publish within a quarter of each other
FEWEST_LIKE = 2
FEWEST_PAIRS = 5
FAR_PAIR = math.log(2.0)
MAD_TO_SD = 1.4826


class Peers:
    """The claims of one table, found by what they have in common."""

    def __init__(self, claims: Sequence[Claim], models: Sequence[str]) -> None:
        """Sort the claims. ``models``: what device model each is of; equal words, equal chips."""
        self._models = {id(claim): model for claim, model in zip(claims, models, strict=True)}
        self._by_system: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
        self._by_model: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
        self._by_job: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
        self._products: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
        for claim in claims:
            self._by_system[_system(claim)].append(claim)
            self._by_model[self._model(claim)].append(claim)
            self._by_job[_job(claim)].append(claim)
            if claim.is_arithmetic and claim.is_at_full_size:
                self._products[(claim.device, claim.software, claim.count)].append(claim)
        self._usual = self._usual_ratios()

    def judge_scaling(self, claim: Claim) -> Finding | None:
        """Compare N devices with fewer of the same system; None: nothing against it."""
        if claim.count == 1 or claim.is_arithmetic or "/s" not in claim.unit:
            return None
        if claim.test.startswith(("all_", "reduce", "p2p", "memory")):
            return None
        fewer = self._fewest(self._by_system[_system(claim)], claim)
        if fewer is not None:
            return _scaled(claim, *fewer)
        alike = self._fewest(self._by_model[self._model(claim)], claim)
        if alike is None:
            return None
        count, value = alike
        ratio = claim.value / claim.count / (value / count)
        if ratio <= MODEL_EFFICIENCY:
            return None
        return Finding(
            IMPOSSIBLE,
            f"each of {claim.count} devices would do {ratio:.1f} times what the fastest of the "
            f"same model does in a run with {count}",
            value / count * claim.count,
        )

    @staticmethod
    def _fewest(peers: Sequence[Claim], claim: Claim) -> tuple[int, float] | None:
        """Return the smallest count of devices among peers, and its best value."""
        fewer = [each for each in peers if each.count < claim.count]
        if not fewer:
            return None
        least = min(each.count for each in fewer)
        return least, max(each.value for each in fewer if each.count == least)

    def judge_precision(self, claim: Claim, has: Has) -> Finding | None:
        """Compare precisions of one machine: what is no faster than FP32 has no unit of its own."""
        precision = plain_precision(claim.dtype)
        if not claim.is_arithmetic or precision not in ("tf32", "bf16", "fp16"):
            return None
        single = [
            each.value
            for each in self._products.get((claim.device, claim.software, claim.count), ())
            if each.dtype == "fp32"
        ]
        if not single or not claim.is_at_full_size:
            return None
        base = max(single)
        ratio = claim.value / base
        said = f"{ratio:.2f} times its FP32 speed"
        if precision == "tf32" and has is Has.UNKNOWN and ratio < SAME_SPEED:
            return Finding(NO_HARDWARE, f"{said}: there is no TF32 unit, FP32 ran", base)
        if precision != "tf32" and ratio < BROKEN and has is not Has.UNKNOWN:
            return Finding(SUSPECT_LOW, f"{said}: far below what the chip can do", base)
        limit = EMULATED if precision == "bf16" else BROKEN
        if precision != "tf32" and has is Has.UNKNOWN and ratio < limit:
            return Finding(NO_HARDWARE, f"{said}: it was emulated", base)
        return None

    def judge_like(self, claim: Claim, doubted: Container[int]) -> Finding | None:
        """Compare a product with those of other machines of the same model.

        Args:
            doubted: the ``id`` of every claim that something else speaks against.
        """
        if not claim.is_arithmetic:
            return None  # training depends on the host as well
        others = [
            each.value
            for each in self._by_model[self._model(claim)]
            if each is not claim and each.count == claim.count and id(each) not in doubted
        ]
        if len(others) < FEWEST_LIKE:
            return None
        middle = median(others)
        if claim.value >= FAR_UNDER_LIKE * middle:
            return None
        return Finding(
            SUSPECT_LOW,
            f"{claim.value / middle:.2f} of the median of {len(others)} like machines",
            middle,
        )

    def _model(self, claim: Claim) -> tuple[object, ...]:
        return (*_work(claim), self._models[id(claim)])

    def judge_pair(self, claim: Claim) -> Finding | None:
        """Compare two precisions of one language model with how they usually compare."""
        if not claim.test.startswith("llm_"):
            return None  # elsewhere how two precisions compare differs by chip
        for other in self._by_job[_job(claim)]:
            usual = self._usual.get((claim.test, claim.dtype, other.dtype))
            if other.dtype == claim.dtype or usual is None:
                continue
            middle, spread = usual
            off = math.log(claim.value / other.value) - middle
            if off < -max(FAR_PAIR, 5 * spread):
                return Finding(
                    SUSPECT_LOW,
                    f"against the same job in {other.dtype} it reaches {percent(math.exp(off))} "
                    "of what is usual",
                    other.value * math.exp(middle),
                )
        return None

    def _usual_ratios(self) -> dict[tuple[str, str, str], tuple[float, float]]:
        """Return the median of log ratios and its spread for each test and two precisions."""
        found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
        for claims in self._by_job.values():
            for one in claims:
                for other in claims:
                    if one.dtype != other.dtype and one.test.startswith("llm_"):
                        key = (one.test, one.dtype, other.dtype)
                        found[key].append(math.log(one.value / other.value))
        usual = {}
        for key, ratios in found.items():
            if len(ratios) >= FEWEST_PAIRS:
                middle = median(ratios)
                spread = MAD_TO_SD * median([abs(each - middle) for each in ratios])
                usual[key] = (middle, spread)
        return usual


def _scaled(claim: Claim, count: int, value: float) -> Finding | None:
    efficiency = claim.value / claim.count / (value / count)
    single = value / count * claim.count
    base = "one" if count == 1 else str(count)
    said = (
        f"{claim.count} devices do {efficiency:.2f} times what the run with {base} of this system "
        "would give in proportion"
    )
    if efficiency > MAX_EFFICIENCY:
        return Finding(IMPOSSIBLE, said, single)
    if efficiency > SUSPECT_EFFICIENCY:
        return Finding(SUSPECT_HIGH, said, single)
    if efficiency < POOR_EFFICIENCY and claim.is_split_evenly:
        return Finding(SUSPECT_LOW, said, single)
    return None


def _system(claim: Claim) -> tuple[object, ...]:
    return (*_work(claim), claim.device, claim.framework, claim.software)


def _work(claim: Claim) -> tuple[object, ...]:
    return (claim.test, claim.dtype, claim.size, claim.unit)


def _job(claim: Claim) -> tuple[object, ...]:
    """Return what two precisions of one job share, the framework included."""
    return (claim.test, claim.device, claim.count, claim.size, claim.framework, claim.software)
