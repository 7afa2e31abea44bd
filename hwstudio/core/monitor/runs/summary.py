"""What one run did to the machine: energy, cost, means, 95th percentiles and peaks by sensor.

All of it is arithmetic over tracks handed in: nothing is opened or asked. What was not recorded is
"not measured" with the reason, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.model.sensor import device_of, quantity_of, sensor_of
from hwstudio.core.monitor.runs.energy import Energy, GapPolicy, Span, energy_of
from hwstudio.core.monitor.runs.money import Cost, Grid, Tariff, co2_g, cost_of, kwh
from hwstudio.core.monitor.runs.track import (
    Track,
    clean,
    edged,
    pieces,
    time_mean,
    time_quantile,
    usual_gap_s,
)

NOT_MEASURED = "not measured"
POWER_LIMIT = "power_limit_w"


@dataclass(frozen=True, slots=True)
class Stats:
    """One sensor over a run, in its own unit. ``covered_share``: part of the time it was read."""

    mean: float
    p95: float  # not exceeded for 95 % of the time
    peak: float
    lowest: float
    covered_share: float


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run over all devices. Energy and cost are those of the GPUs alone."""

    span: Span
    energy_j: Reading[float]  # all GPUs together
    energy_kwh: Reading[float]
    cost: Reading[Cost]
    co2_g: Reading[float]
    energy_by_device: Mapping[str, Reading[Energy]]
    stats: Mapping[str, Stats]  # by sensor; what is not here was not measured
    notes: tuple[str, ...]

    def stat(self, sensor_id: str) -> Reading[Stats]:
        """Return a sensor's numbers, or why there are none."""
        found = self.stats.get(sensor_id)
        return ok(found, "recorded") if found else _none(f"{sensor_id} was not recorded")

    def over_gpus(self, quantity: str) -> Reading[Stats]:
        """Return a quantity over all GPUs: mean of the means, highest p95 and peak, lowest low."""
        found = [
            stats
            for name, stats in self.stats.items()
            if quantity_of(name) == quantity and device_of(name).startswith("gpu.")
        ]
        if not found:
            return _none(f"no GPU's {quantity} was recorded")
        return ok(
            Stats(
                math.fsum(each.mean for each in found) / len(found),
                max(each.p95 for each in found),
                max(each.peak for each in found),
                min(each.lowest for each in found),
                min(each.covered_share for each in found),
            ),
            "recorded",
        )


def summarize(
    tracks: Mapping[str, Track],
    span: Span,
    tariff: Tariff | None = None,
    grid: Grid | None = None,
    policy: GapPolicy = GapPolicy.LEAVE_OUT,
) -> RunSummary:
    """Return the summary of a run from the tracks of its sensors, by sensor id.

    The tracks may reach beyond the run: a sample on either side helps to get its ends right.
    """
    gpus = sorted({device_of(name) for name in tracks if device_of(name).startswith("gpu.")})
    energies = {gpu: _energy(tracks, gpu, span, policy) for gpu in gpus}
    joules = _sum(energies)
    return RunSummary(
        span,
        joules,
        ok(kwh(joules.value), joules.how) if joules.value is not None else _none(joules.why),
        _cost(joules, tariff),
        _co2(joules, tariff, grid),
        energies,
        {name: stats for name, track in tracks.items() if (stats := _stats(name, track, span))},
        tuple(_notes(energies)),
    )


def _energy(
    tracks: Mapping[str, Track], gpu: str, span: Span, policy: GapPolicy
) -> Reading[Energy]:
    counter, power = tracks.get(f"{gpu}.energy_j"), tracks.get(f"{gpu}.power_w")
    found = energy_of(counter, power, span, policy, tracks.get(f"{gpu}.{POWER_LIMIT}"))
    if found is None:
        return _none(f"neither the energy counter nor the power of {gpu} was recorded")
    return ok(found, found.source.value)


def _sum(energies: Mapping[str, Reading[Energy]]) -> Reading[float]:
    """Return the energy of all GPUs; a sum that lacks one of them is no sum."""
    if not energies:
        return _none("no GPU was recorded")
    missing = [gpu for gpu, energy in energies.items() if energy.value is None]
    if missing:
        return _none(f"no energy was measured on {', '.join(missing)}")
    measured = [energy.value for energy in energies.values() if energy.value is not None]
    how = " and ".join(sorted({energy.source.value for energy in measured}))
    return ok(math.fsum(energy.joules for energy in measured), how)


def _cost(joules: Reading[float], tariff: Tariff | None) -> Reading[Cost]:
    if joules.value is None:
        return _none(joules.why)
    if tariff is None:
        return _none("no electricity price is set")
    return ok(cost_of(joules.value, tariff), f"tariff of {tariff.as_of}")


def _co2(joules: Reading[float], tariff: Tariff | None, grid: Grid | None) -> Reading[float]:
    if joules.value is None:
        return _none(joules.why)
    if grid is None:
        return _none("no CO2 per kWh is set")
    if tariff is None:
        return ok(co2_g(joules.value, grid), grid.source)
    return ok(co2_g(joules.value, grid, tariff.overhead), grid.source)


def _stats(name: str, track: Track, span: Span) -> Stats | None:
    """Return a sensor's numbers; None for counters, bits and limits, whose mean says nothing."""
    sensor = sensor_of(name)
    if sensor.is_counter or sensor.unit == "bits" or sensor.quantity == POWER_LIMIT:
        return None
    whole = clean(track)
    max_gap_s = usual_gap_s(whole)
    part = edged(whole, span.start_s, span.end_s, max_gap_s)
    stretches = pieces(part, max_gap_s)
    mean, p95 = time_mean(stretches), time_quantile(stretches, 0.95)
    if mean is None or p95 is None:
        return None
    covered_s = math.fsum(each.seconds for each in stretches)
    share = min(covered_s / span.seconds, 1.0) if span.seconds else 0.0
    return Stats(mean, p95, max(part.values), min(part.values), share)


def _notes(energies: Mapping[str, Reading[Energy]]) -> list[str]:
    out = []
    for gpu, reading in energies.items():
        energy, name = reading.value, f"GPU {gpu.partition('.')[2]}"
        if energy is None:
            out.append(f"{name} {reading.why}")
            continue
        if energy.resets:
            times = "once" if energy.resets == 1 else f"{energy.resets} times"
            out.append(
                f"{name}: the energy counter began anew {times}; the energy is a lower bound"
            )
        if energy.leaps:
            steps = "1 step" if energy.leaps == 1 else f"{energy.leaps} steps"
            out.append(f"{name}: {steps} of the energy counter, beyond what it can draw, left out")
        if energy.doubt is not None:
            out.append(f"{name}: {energy.doubt.sentence}")
        if energy.covered_share < 0.99:
            out.append(
                f"{name}: {energy.covered_share:.0%} of the time was recorded; "
                "the energy is a lower bound"
            )
        if energy.policy is GapPolicy.BRIDGE:
            out.append(f"{name}: gaps in the power were bridged with a straight line")
    return out


def _none(why: str) -> Reading[Any]:
    why = why.removeprefix(f"{NOT_MEASURED}: ")
    return absent(Status.UNSUPPORTED, "", f"{NOT_MEASURED}: {why}")
