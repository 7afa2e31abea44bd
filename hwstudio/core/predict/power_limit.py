"""What a power limit set on GPUs costs in speed (nvidia-smi -pl and its like).

A limit matters only below what the work draws, and the less so the more the work waits for
memory: clocks fall, the memory's do not. Published points (gathered 2026-11-20):

- RTX PRO 6000, 600 W to 300 W: writing for one user -4 %, reading prompts -20 %, serving 64 users
  -30 % (published power-cap tests);
- RTX 3090, 350 W to 250 W: keeps about 94 % (published training tests).

Written as ``speed = share ** exponent`` these are exponents of 0.06, 0.32, 0.51 and 0.18. Below
half of the limit nobody published anything and clocks come near their floor: the exponents are
taken steeper there. In no case does a card do more than without the limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hwstudio.core.model.card_limit import limited_w
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.power import predicted_power
from hwstudio.core.predict.predictor import Predictor

PUBLISHED_DOWN_TO = 0.5  # of the card's own limit
SOURCE = "power-cap tests of RTX PRO 6000 and RTX 3090, gathered 2026-11-20"
FEW_AT_ONCE = 8  # up to so many answers at once, writing text waits for memory


@dataclass(frozen=True, slots=True)
class _Exponents:
    """How speed follows watts, down to the lowest published share and below it."""

    usual: float
    least: float
    most: float
    below: float


_COMPUTES = _Exponents(usual=0.32, least=0.15, most=0.6, below=0.7)
_WAITS_FOR_MEMORY = _Exponents(usual=0.06, least=0.0, most=0.2, below=0.3)


def limit_share(gpu: Gpu, limit_w: float | None) -> float:
    """Return the limit as a share of the GPU's own; 1 = no effect."""
    return limited_w(gpu.tdp_w, limit_w) / gpu.tdp_w if gpu.tdp_w > 0 else 1.0


def under_limit(
    speed: Prediction, workload: Workload, gpu: Gpu, limit_w: float | None
) -> Prediction:
    """Return a speed under a power limit; wider, because few published what limits cost."""
    share = limit_share(gpu, limit_w)
    if share >= 1 or speed.median is None or speed.low is None or speed.high is None:
        return speed
    kind = _exponents(workload)
    words = f"{limited_w(gpu.tdp_w, limit_w):,.0f} of {gpu.tdp_w:,.0f} W ({SOURCE})"
    return replace(
        speed,
        median=speed.median * _factor(share, kind.usual, kind.below),
        low=speed.low * _factor(share, kind.most, 1.0),
        high=speed.high * _factor(share, kind.least, kind.least),
        inputs={**speed.inputs, "power limit of each GPU": words},
    )


def _exponents(workload: Workload) -> _Exponents:
    writes = workload.mode is Mode.INFERENCE and workload.unit == "tokens"
    return _WAITS_FOR_MEMORY if writes and workload.batch <= FEW_AT_ONCE else _COMPUTES


def _factor(share: float, exponent: float, below: float) -> float:
    published = max(share, PUBLISHED_DOWN_TO)
    factor: float = published**exponent * (share / published) ** below
    return factor


@dataclass(frozen=True, slots=True)
class LimitedPredictor:
    """A ``Predictor`` whose GPUs are all held to ``limit_w``."""

    within: Predictor
    limit_w: float

    def speed(
        self,
        workload: Workload,
        gpu: Gpu | None,
        *,
        count: int = 1,
        lanes_per_gpu: int | None = None,
    ) -> Prediction:
        """Return the speed under the limit."""
        free = self.within.speed(workload, gpu, count=count, lanes_per_gpu=lanes_per_gpu)
        return free if gpu is None else under_limit(free, workload, gpu, self.limit_w)

    def watts(self, workload: Workload, gpu: Gpu, count: int = 1) -> Prediction:
        """Return the average draw of all GPUs: what the work draws, never above the limit."""
        free = predicted_power(self.within, workload, gpu, count)
        most = limited_w(gpu.tdp_w, self.limit_w) * count
        if free.median is None or free.low is None or free.high is None or free.high <= most:
            return free
        return replace(
            free,
            median=min(free.median, most),
            low=min(free.low, most),
            high=min(free.high, most),
            inputs={**free.inputs, "power limit of all GPUs": f"{most:,.0f} W"},
        )

    def prepare(self, workload: Workload, gpus: Iterable[Gpu], count: int) -> None:
        """Work out at once what is going to be asked."""
        self.within.prepare(workload, gpus, count)


def held_to(predictor: Predictor, limit_w: float | None) -> Predictor:
    """Return the predictor for GPUs under this limit, and under no other; None = no limit."""
    free = predictor.within if isinstance(predictor, LimitedPredictor) else predictor
    return free if limit_w is None else LimitedPredictor(free, limit_w)
