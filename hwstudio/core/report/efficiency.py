"""Whether the machine does its work with less energy than before: energy per hour of full load.

A busy hour stands in for work, because nothing else is known of every job. The slope is robust
(Theil-Sen) and is believed only when its 95 % interval leaves no doubt about the direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hwstudio.core.monitor.alerts.trend import Trend, theil_sen
from hwstudio.core.report.gpu_use import J_PER_KWH, GpuUse
from hwstudio.core.report.period import DAY_S, HOUR_S, Period

_LEAST_BUSY_H = 0.5  # a day with less work says nothing about efficiency
_WEEKS_FROM_DAYS = 90


@dataclass(frozen=True, slots=True)
class Stretch:
    """One day or week. ``kwh_per_busy_h`` is None where too little was done or measured."""

    label: str  # the date it begins
    busy_share: float | None
    busy_h: float
    kwh: float | None
    kwh_per_busy_h: float | None


@dataclass(frozen=True, slots=True)
class Efficiency:
    """The stretches in order and the trend per stretch, when there are enough."""

    stretches: tuple[Stretch, ...]
    is_weekly: bool
    trend: Trend | None

    @property
    def sentence(self) -> str:
        """Return what the trend says, with its interval."""
        unit = "week" if self.is_weekly else "day"
        if self.trend is None:
            count = sum(each.kwh_per_busy_h is not None for each in self.stretches)
            return f"No trend: {count} {unit}s with enough work and power readings, 3 are needed."
        if not self.trend.is_sure:
            return (
                f"No trend can be told from chance over {self.trend.n} {unit}s "
                f"({self.trend.slope:+.4f} kWh per busy hour and {unit})."
            )
        word = "more" if self.trend.slope > 0 else "less"
        return (
            f"Each {unit} a busy hour took {abs(self.trend.slope):.2g} kWh {word} (95 % interval "
            f"{_signed(self.trend.low)} to {_signed(self.trend.high)}, {self.trend.n} {unit}s)."
        )


def efficiency(period: Period, uses: Sequence[GpuUse]) -> Efficiency:
    """Return load and energy per busy hour by day, or by week in a long period."""
    is_weekly = period.length_s > _WEEKS_FROM_DAYS * DAY_S
    step_s = 7 * DAY_S if is_weekly else DAY_S
    origin_s = period.from_s - (period.from_s + period.utc_offset_s) % DAY_S
    sums: dict[int, list[float]] = {}  # busy seconds, recorded seconds, joules
    for use in uses:
        name = use.device.id
        for number, part in period.course(f"{name}.busy_share").cut(step_s, origin_s):
            row = sums.setdefault(number, [0.0, 0.0, 0.0])
            row[0] += part.integral
            row[1] += part.recorded_s
        for number, part in period.course(f"{name}.power_w").cut(step_s, origin_s):
            sums.setdefault(number, [0.0, 0.0, 0.0])[2] += part.integral
    count = int(-(-(period.to_s - origin_s) // step_s))
    stretches = tuple(_stretch(origin_s + n * step_s, sums.get(n), period) for n in range(count))
    points = [
        (float(at), each.kwh_per_busy_h)
        for at, each in enumerate(stretches)
        if each.kwh_per_busy_h is not None
    ]
    trend = theil_sen([at for at, _ in points], [value for _, value in points])
    return Efficiency(stretches, is_weekly, trend)


def _stretch(start_s: float, row: list[float] | None, period: Period) -> Stretch:
    label = f"{datetime.fromtimestamp(start_s + period.utc_offset_s, UTC):%Y-%m-%d}"
    if row is None:
        return Stretch(label, None, 0.0, None, None)
    busy_s, recorded_s, joules = row
    busy_h = busy_s / HOUR_S
    kwh = joules / J_PER_KWH if joules > 0 else None
    per_h = kwh / busy_h if kwh is not None and busy_h >= _LEAST_BUSY_H else None
    return Stretch(label, busy_s / recorded_s if recorded_s > 0 else None, busy_h, kwh, per_h)


def _signed(value: float) -> str:
    return f"{value:+.2g}"
