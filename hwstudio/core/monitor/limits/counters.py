"""Counters of errors: those that must never grow, and those that may a little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.limits.evidence import Columns, Evidence
from hwstudio.core.monitor.limits.shift import AT, DAY_S, Drift


def error_growth(hours: Columns, devices: Sequence[Device]) -> Iterator[Drift]:
    """Yield counters that grew in the last week by more than is usual."""
    for device in devices:
        for sensor in hours.columns:
            quantity = sensor.removeprefix(f"{device.id}.")
            if quantity == sensor or not quantity.endswith(("errors_count", "retired_count")):
                continue
            yield from _growth(hours, device, sensor, quantity)


def _growth(hours: Columns, device: Device, sensor: str, quantity: str) -> Iterator[Drift]:
    """Judge one counter. It may begin again at 0 when the driver is loaded anew."""
    came = _increments(hours.times_s, hours.columns[sensor])
    if not came:
        return
    end_s = hours.times_s[-1]
    recent = [(at, n) for at, n in came if at > end_s - AT["error_days"] * DAY_S]
    now = sum(n for _, n in recent)
    since_s = next((at for at, n in recent if n), end_s)
    is_mild = "uncorrected" not in quantity and "corrected" in quantity
    if is_mild:
        days = (came[0][0], end_s - AT["error_days"] * DAY_S)
        before = sum(n for at, n in came if at <= days[1])
        weeks = max(0.0, days[1] - days[0]) / (AT["error_days"] * DAY_S)
        usual = before / weeks if weeks >= 1 else 0.0
        if now < max(AT["errors_least"], usual + AT["errors_spread"] * (usual + 1) ** 0.5):
            return
        what, kind = f"{now:.0f} memory errors were corrected", "warn"
        advice = "Still harmless. If they go on to grow, have the part checked."
    else:
        if now <= 0:
            return
        usual = 0.0
        what, kind = f"{now:.0f} errors could not be corrected", "error"
        if "retired" in quantity:
            what, kind = f"{now:.0f} memory pages or rows were taken out of use", "warn"
        advice = "Check results of that time. If it happens again, the part is failing: replace it."
    yield Drift(
        kind,
        device.id,
        quantity,
        now,
        since_s,
        f"{device.title}: {what} in the last {AT['error_days']:.0f} days.",
        advice,
        (Evidence(sensor, "In the last week", now, "count", usual, "usual per week before"),),
    )


def _increments(times_s: Sequence[float], counts: Sequence[float]) -> list[tuple[float, float]]:
    """Return what came at each hour; a counter that fell has begun again and counts from 0."""
    known = [(at, n) for at, n in zip(times_s, counts, strict=True) if n == n]
    return [(at, b - a if b >= a else b) for (_, a), (at, b) in pairwise(known)]
