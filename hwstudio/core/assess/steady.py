"""A better card is never judged slower.

The predictor learns from measurements, which scatter: in one pair of cards in fifty it calls the
one slower that is at least as good in every figure of its data sheet. For points, a card counts
as fast as the fastest such card of its maker that it outdoes in every figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.predictor import Predictor

_FIGURES = (
    "vram_bytes", "bandwidth_bytes_per_s", "fp32_flop_per_s", "fp16_tensor_flop_per_s",
    "bf16_tensor_flop_per_s", "tf32_tensor_flop_per_s", "tdp_w", "nvlink_bytes_per_s",
    "release_year", "pcie_gen", "pcie_lanes",
)  # fmt: skip
_NEAR = 0.5  # a card with less than half of both rates is not looked at: it is never the faster


class SteadySpeeds:
    """Asks the predictor, and looks at the cards a card outdoes. Answers are kept."""

    def __init__(self, predictor: Predictor, gpus: Sequence[Gpu]) -> None:
        self._predictor, self._gpus = predictor, tuple(gpus)
        self._outdone: dict[Gpu, tuple[Gpu, ...]] = {}
        self._kept: dict[tuple[str, str, int, int | None], tuple[Gpu, Prediction, Prediction]] = {}

    def told(self, job: Workload, gpu: Gpu, count: int, lanes: int | None) -> Prediction:
        """Return what the predictor says: what every other screen shows."""
        return self._both(job, gpu, count, lanes)[0]

    def counted(self, job: Workload, gpu: Gpu, count: int, lanes: int | None) -> Prediction:
        """Return what points are counted by: never below a card that this one outdoes."""
        return self._both(job, gpu, count, lanes)[1]

    def prepare(self, job: Workload, gpus: Sequence[Gpu], count: int = 1) -> None:
        """Have the predictor work out many cards at once."""
        wanted = {each.id: each for gpu in gpus for each in (gpu, *self._lesser(gpu))}
        self._predictor.prepare(job, wanted.values(), count)

    def _both(
        self, job: Workload, gpu: Gpu, count: int, lanes: int | None
    ) -> tuple[Prediction, Prediction]:
        key = (job.id, gpu.id, count, lanes)
        found = self._kept.get(key)
        if found is None or found[0] != gpu:
            self.prepare(job, (gpu,), count)
            own = self._predictor.speed(job, gpu, count=count, lanes_per_gpu=lanes)
            found = self._kept[key] = gpu, own, self._raised(own, job, gpu, count, lanes)
        return found[1], found[2]

    def _raised(
        self, own: Prediction, job: Workload, gpu: Gpu, count: int, lanes: int | None
    ) -> Prediction:
        if own.median is None or own.low is None or own.high is None:
            return own
        median, low, high = own.median, own.low, own.high
        for other in self._lesser(gpu):
            its = self._predictor.speed(job, other, count=count, lanes_per_gpu=lanes)
            median = max(median, its.median or 0.0)
            low, high = max(low, its.low or 0.0), max(high, its.high or 0.0)
        return replace(own, median=median, low=low, high=high)

    def _lesser(self, gpu: Gpu) -> tuple[Gpu, ...]:
        if gpu not in self._outdone:
            self._outdone[gpu] = tuple(o for o in self._gpus if outdoes_near(gpu, o))
        return self._outdone[gpu]


def outdoes(gpu: Gpu, other: Gpu) -> bool:
    """Say whether a card is as good or better in every figure, of the same maker and make."""
    alike = gpu.maker == other.maker and gpu.gpus_on_card == other.gpus_on_card
    if not alike or gpu == other or (gpu.form_factor == "SoC") != (other.form_factor == "SoC"):
        return False
    return all((getattr(gpu, name) or 0) >= (getattr(other, name) or 0) for name in _FIGURES)


def outdoes_near(gpu: Gpu, other: Gpu) -> bool:
    """Say the same, of cards that are not far slower in every rate anyway."""
    return outdoes(gpu, other) and any(
        (getattr(other, name) or 0) >= _NEAR * (getattr(gpu, name) or 0)
        for name in ("bandwidth_bytes_per_s", "fp32_flop_per_s")
    )
