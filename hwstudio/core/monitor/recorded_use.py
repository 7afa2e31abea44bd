"""How much a GPU was really used, from the recorder's history: nothing is guessed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hwstudio.core.base.units import HOURS_PER_MONTH

PERIOD_DAYS = 30
_DAY_S = 86400.0
_HOUR_S = 3600.0
_BUCKET_S = 600
_TAIL = ".busy_share"


class Readings(Protocol):
    """What is asked of a history of readings (core.history.readings.query has one)."""

    def series(self) -> tuple[str, ...]:
        """Return the ids of every sensor."""

    def span(self) -> tuple[float, float] | None:
        """Return the first and the last second with a reading."""

    def trace(
        self, names: Sequence[str], from_s: float, to_s: float, *, width_s: int
    ) -> Mapping[str, Any]:
        """Return buckets of each sensor; their ``mean`` is NaN where nothing was read."""


@dataclass(frozen=True, slots=True)
class RecordedUse:
    """Of the busiest GPU. ``busy_hours`` at full load: 2 h half busy are 1 h."""

    device: str
    busy_share: float  # mean over the recorded hours
    recorded_hours: float
    days: float

    @property
    def busy_hours(self) -> float:
        """Return the busy hours in the recorded time."""
        return self.busy_share * self.recorded_hours

    @property
    def share_of_period(self) -> float:
        """Return busy hours over all hours of the period; what was not recorded counts as idle."""
        return self.busy_hours / (self.days * 24)

    @property
    def hours_per_month(self) -> float:
        """Return the busy hours of a month of 730 h at that rate."""
        return self.share_of_period * HOURS_PER_MONTH


def recorded_use(history: Readings, now_s: float) -> RecordedUse | None:
    """Return the use of the busiest GPU in the last 30 days; None where none was recorded.

    Raises:
        HostError: the history cannot be read.
    """
    begin = now_s - PERIOD_DAYS * _DAY_S
    found = (_use_of(history, name, begin, now_s) for name in history.series() if _is_gpu(name))
    uses = [use for use in found if use is not None]
    return max(uses, key=_busy, default=None)


def _is_gpu(name: str) -> bool:
    return name.startswith("gpu.") and name.endswith(_TAIL)


def _use_of(history: Readings, name: str, begin_s: float, end_s: float) -> RecordedUse | None:
    """Return the use of one GPU, to 10 minutes: as finely as stretches without readings show."""
    trace = history.trace([name], begin_s, end_s, width_s=_BUCKET_S).get(name)
    means = [] if trace is None else [mean for mean in trace.mean if not math.isnan(mean)]
    span = history.span()
    if not means or span is None:
        return None
    share = sum(means) / len(means)
    hours = len(means) * _BUCKET_S / _HOUR_S
    days = max(end_s - max(begin_s, span[0]), hours * _HOUR_S) / _DAY_S
    return RecordedUse(name.removesuffix(_TAIL), share, hours, days)


def _busy(use: RecordedUse) -> float:
    return use.busy_hours
