"""Who answers how fast a job runs: one question, one answer, in every part of the app.

The app asks the fitted process (``fitted.predictor``). The counted estimate of ``speed`` is what
it falls back on, and what a caller gets who names no predictor.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.speed import predict_speed


class Predictor(Protocol):
    """Answers never change: who wants newer ones asks another predictor.

    So a plan can be proven with the numbers it was made with, and be remembered by them.
    """

    def speed(
        self,
        workload: Workload,
        gpu: Gpu | None,
        *,
        count: int = 1,
        lanes_per_gpu: int | None = None,
    ) -> Prediction:
        """Return units of the job per second for ``count`` GPUs, or why there is no answer.

        ``lanes_per_gpu``: PCIe lanes at each; None = as many as the GPU has.
        """
        ...

    def prepare(self, workload: Workload, gpus: Iterable[Gpu], count: int) -> None:
        """Work out at once what is going to be asked; never needed, only faster."""
        ...


class CountedPredictor:
    """The roofline with one fitted efficiency for each kind of work: fast, needs no file."""

    def speed(
        self,
        workload: Workload,
        gpu: Gpu | None,
        *,
        count: int = 1,
        lanes_per_gpu: int | None = None,
    ) -> Prediction:
        """Return the counted estimate."""
        return predict_speed(workload, gpu, count=count, lanes_per_gpu=lanes_per_gpu)

    def prepare(self, workload: Workload, gpus: Iterable[Gpu], count: int) -> None:
        """Nothing is worth preparing."""


COUNTED: Predictor = CountedPredictor()
