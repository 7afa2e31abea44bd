"""How full memory really was, from the recorder's history: of every GPU and of the computer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

PERIOD_DAYS = 30
_DAY_S, _HOUR_S, _BUCKET_S = 86400.0, 3600.0, 600
_VRAM = ".vram_used_bytes"
MEMORY = "memory"


class Readings(Protocol):
    """What is asked of a history of readings (core.history.readings.query has one)."""

    def series(self) -> tuple[str, ...]:
        """Return the ids of every sensor."""

    def statistics(self, name: str, from_s: float, to_s: float) -> Any:
        """Return lowest, highest and 95th percentile, None without readings."""

    def trace(
        self, names: Sequence[str], from_s: float, to_s: float, *, width_s: int
    ) -> Mapping[str, Any]:
        """Return buckets of each sensor; their ``mean`` is NaN where nothing was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressure:
    """One memory over the last 30 days. None = not recorded.

    ``p95_bytes``: 95 % of the time it was no fuller. ``means``: the mean of every recorded ten
    minutes, as a share of the whole.
    """

    device: str  # gpu.0 ... | memory
    peak_bytes: float
    p95_bytes: float
    total_bytes: float | None
    recorded_hours: float
    busy_hours: float | None  # of the device, at full load: 2 h half busy are 1 h
    means: tuple[float, ...] = ()

    @property
    def p95_share(self) -> float | None:
        """Return the 95th percentile as a share of the whole."""
        return self.p95_bytes / self.total_bytes if self.total_bytes else None

    def hours_above(self, share: float) -> float:
        """Return the recorded hours in which it was at least so full."""
        return sum(mean >= share for mean in self.means) * _BUCKET_S / _HOUR_S


def recorded_pressure(history: Readings, now_s: float) -> tuple[Pressure, ...]:
    """Return the pressure on every GPU's memory and on main memory; empty = not recorded.

    Raises:
        HostError: the history cannot be read.
    """
    names = history.series()
    gpus = sorted(
        n.removesuffix(_VRAM) for n in names if n.startswith("gpu.") and n.endswith(_VRAM)
    )
    asked = [(gpu, f"{gpu}{_VRAM}", f"{gpu}.vram_total_bytes", f"{gpu}.busy_share") for gpu in gpus]
    asked.append((MEMORY, "memory.used_bytes", "memory.total_bytes", "cpu.busy_share"))
    begin = now_s - PERIOD_DAYS * _DAY_S
    found = (_pressure(history, each, begin, now_s) for each in asked if each[1] in names)
    return tuple(each for each in found if each is not None)


def _pressure(
    history: Readings, asked: tuple[str, str, str, str], begin_s: float, end_s: float
) -> Pressure | None:
    device, used, whole, busy = asked
    statistics = history.statistics(used, begin_s, end_s)
    if statistics is None:
        return None
    total = history.statistics(whole, begin_s, end_s)
    total_bytes = total.high if total is not None and total.high > 0 else None
    means = _means(history, used, begin_s, end_s)
    shares = _means(history, busy, begin_s, end_s)
    hours = len(means) * _BUCKET_S / _HOUR_S
    return Pressure(
        device=device,
        peak_bytes=statistics.high,
        p95_bytes=statistics.p95,
        total_bytes=total_bytes,
        recorded_hours=hours,
        busy_hours=sum(shares) * _BUCKET_S / _HOUR_S if shares else None,
        means=tuple(mean / total_bytes for mean in means) if total_bytes else (),
    )


def _means(history: Readings, name: str, begin_s: float, end_s: float) -> list[float]:
    trace = history.trace([name], begin_s, end_s, width_s=_BUCKET_S).get(name)
    return [] if trace is None else [mean for mean in trace.mean if not math.isnan(mean)]
