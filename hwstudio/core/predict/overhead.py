"""What frameworks keep in memory beyond the formulas: fitted, not guessed.

Written by benchmarks/fit_footprint.py; change it there. Fitted on published peaks (gathered
2026-11-20 from public result sets). ``low`` and ``high`` bound 90 % of the rows when each is
compared with a fit that did not see its source and model together; ``inside`` is the share of all
rows in the interval as it is shown. A class without rows has the widest band of all.
"""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "fit on published memory peaks, 2026-11-20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overhead:
    """Factors on what is held, on what comes and goes, and the band around the whole need."""

    state: float
    live: float
    low: float
    high: float
    inside: float
    rows: int
    devices: int
    models: int
    sources: int


OVERHEAD: dict[str, Overhead] = {
    "language_adapter": Overhead(
        state=1.08,
        live=1.00,
        low=0.799,
        high=1.428,
        inside=0.915,
        rows=59,
        devices=4,
        models=14,
        sources=4,
    ),
    "language_inference": Overhead(
        state=1.02,
        live=1.00,
        low=0.836,
        high=1.257,
        inside=0.942,
        rows=69,
        devices=4,
        models=11,
        sources=4,
    ),
    "language_train": Overhead(
        state=1.28,
        live=1.00,
        low=0.667,
        high=1.468,
        inside=0.950,
        rows=60,
        devices=20,
        models=5,
        sources=4,
    ),
    "language_train_fp32": Overhead(
        state=1.44,
        live=1.48,
        low=0.532,
        high=1.310,
        inside=1.000,
        rows=52,
        devices=18,
        models=2,
        sources=1,
    ),
    "vision_train": Overhead(
        state=1.48,
        live=1.00,
        low=0.902,
        high=1.143,
        inside=0.922,
        rows=51,
        devices=15,
        models=1,
        sources=1,
    ),
    "image_generation": Overhead(
        state=1.0,
        live=1.0,
        low=0.532,
        high=1.468,
        inside=0.0,
        rows=0,
        devices=0,
        models=0,
        sources=0,
    ),
    "vision_inference": Overhead(
        state=1.0,
        live=1.0,
        low=0.532,
        high=1.468,
        inside=0.0,
        rows=0,
        devices=0,
        models=0,
        sources=0,
    ),
    "general": Overhead(
        state=1.0,
        live=1.0,
        low=0.532,
        high=1.468,
        inside=0.0,
        rows=0,
        devices=0,
        models=0,
        sources=0,
    ),
}
