"""Slow changes of the machine, from the hours of the last weeks: hotter, louder, slower, errors."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass

from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.model.sensor import quantity_of
from hwstudio.core.monitor.limits.drift import drifts
from hwstudio.core.report.period import Notice

DAYS = 60.0  # looked back: enough to know what is usual, short enough for one season
_HOUR_S, _DAY_S = 3600, 86400.0
_LOOKED_AT = frozenset(
    {
        "temperature_c",
        "celsius_c",
        "fan_share",
        "sm_clock_hz",
        "power_w",
        "busy_share",
        "ecc_corrected_errors_count",
        "ecc_uncorrected_errors_count",
    }
)


@dataclass(frozen=True, slots=True)
class _Hours:
    """Hourly means: when, and one column for each sensor."""

    times_s: array[float]
    columns: Mapping[str, array[float]]


def notices_of(history: ReadingHistory, end_s: float) -> tuple[Notice, ...]:
    """Return the maintenance notices as they stand at ``end_s`` (Unix time).

    Raises:
        HostError: the history cannot be read.
    """
    names = [
        name
        for name in history.series()
        if quantity_of(name) in _LOOKED_AT and not name.startswith("cpu.core.")
    ]
    if not names:
        return ()
    traces = history.trace(names, end_s - DAYS * _DAY_S, end_s, width_s=_HOUR_S)
    longest = max((trace.times_s for trace in traces.values()), key=len, default=array("d"))
    if not len(longest):
        return ()  # nothing was recorded lately
    columns = {name: _on(trace.times_s, trace.mean, longest) for name, trace in traces.items()}
    devices = [known.device for known in history.devices()]
    found = drifts(_Hours(longest, columns), devices)
    return tuple(
        Notice(drift.device, f"{drift.sentence} {drift.advice}".strip(), drift.since_s)
        for drift in found
    )


def _on(times: array[float], values: array[float], grid: array[float]) -> array[float]:
    """Return the values at the grid's hours; an hour that is missing is a gap."""
    known = dict(zip(times, values, strict=True))
    gap = float("nan")
    return array("d", (known.get(at, gap) for at in grid))
