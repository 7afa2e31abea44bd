"""Slow change over weeks: a machine that gets hotter, louder, slower or less sound at equal work.

Made for hour rows of the history. An hour is compared only with earlier hours of about the same
work (power, or processor load), so that a busier week is no drift. Hours become medians of days,
which takes out the daily swing and single odd hours; then the last three days are held against
the first ones.

False alarms: on stationary hours with a spread up to 2 °C (or 0.06 of fan, 3 % of clock), even
where neighbouring hours depend on each other by 0.8, fewer than 1 in 1,000 judged days raise a
notice; the tests hold that. A shift of 6 °C is mostly named after two or three days.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from hwstudio.core.base.units import percent
from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.limits.counters import error_growth
from hwstudio.core.monitor.limits.evidence import Columns, Evidence
from hwstudio.core.monitor.limits.shift import AT, Drift, Shift, is_real, shift_of


def drifts(hours: Columns, devices: Sequence[Device]) -> tuple[Drift, ...]:
    """Return the slow changes in hour rows (means; counters as their last or highest value).

    Looks at whatever sensors there are; needs about ten days of rows before it says anything.
    """
    gpus = [device for device in devices if device.kind == "gpu"]
    warmer = [found for gpu in gpus if (found := _warmer(hours, gpu)) is not None]
    rest = [
        *(found for gpu in gpus for found in (_louder(hours, gpu), _slower(hours, gpu)) if found),
        *(found for device in devices if (found := _warmer_sensor(hours, device)) is not None),
        *error_growth(hours, devices),
    ]
    if len(gpus) > 1 and len(warmer) == len(gpus):
        warmer = [_all_warmer(warmer)]
    return (*warmer, *rest)


# --- GPUs and processors --------------------------------------------------------------------


def _at_power(hours: Columns, gpu: Device, quantity: str, scale: float = 1.0) -> Shift | None:
    values = hours.columns.get(f"{gpu.id}.{quantity}")
    power = hours.columns.get(f"{gpu.id}.power_w")
    limit = gpu.limits.get("power_w")
    if values is None or power is None or not limit:
        return None
    shares = [watts / limit for watts in power]
    scaled = [value / scale for value in values]
    return shift_of(hours.times_s, scaled, shares, AT["power_least"], AT["power_step"])


def _warmer(hours: Columns, gpu: Device) -> Drift | None:
    shift = _at_power(hours, gpu, "temperature_c")
    if shift is None or not is_real(shift, AT["temperature_c"]):
        return None
    limit = gpu.limits.get("temperature_c")
    near = limit is not None and shift.now >= limit - 2 * AT["temperature_c"]
    return Drift(
        "warn" if near else "info",
        gpu.id,
        "temperature_c",
        shift.size,
        shift.since_s,
        f"{gpu.title} runs {shift.size:.0f} °C warmer than before at the same power: "
        f"{shift.now:.0f} instead of {shift.usual:.0f} °C.",
        "Clean its fans and filters. If the room is not warmer either, its thermal paste or a fan "
        "may be worn.",
        _evidence(f"{gpu.id}.temperature_c", "Temperature at equal power", "c", shift),
    )


def _all_warmer(found: list[Drift]) -> Drift:
    """Return one notice for GPUs that all got warmer: that is the air, not a card."""
    low, high = (round(pick(each.shift for each in found)) for pick in (min, max))
    size = f"{low}" if low == high else f"{low} to {high}"
    return Drift(
        max((each.kind for each in found), key=("info", "warn", "error").index),
        "",
        "temperature_c",
        median(each.shift for each in found),
        min(each.since_s for each in found),
        f"All {len(found)} GPUs run {size} °C warmer than before at the same power.",
        "Their common air is warmer: look at the room, the case's filters and its fans.",
        tuple(piece for each in found for piece in each.evidence),
    )


def _louder(hours: Columns, gpu: Device) -> Drift | None:
    shift = _at_power(hours, gpu, "fan_share")
    if shift is None or not is_real(shift, AT["fan_share"]):
        return None
    return Drift(
        "info",
        gpu.id,
        "fan_share",
        shift.size,
        shift.since_s,
        f"The fans of {gpu.title} run faster than before at the same power: "
        f"{percent(shift.now)} instead of {percent(shift.usual)}.",
        "Dust does that. Clean its fans and filters before it gets hot.",
        _evidence(f"{gpu.id}.fan_share", "Fan at equal power", "share", shift),
    )


def _slower(hours: Columns, gpu: Device) -> Drift | None:
    top = gpu.limits.get("sm_clock_hz")
    shift = _at_power(hours, gpu, "sm_clock_hz", top) if top else None
    if shift is None or not is_real(shift, AT["clock_share"], down=True):
        return None
    return Drift(
        "info",
        gpu.id,
        "sm_clock_hz",
        shift.size,
        shift.since_s,
        f"{gpu.title} runs at lower clocks than before at the same power: {percent(shift.now)} "
        f"instead of {percent(shift.usual)} of the highest.",
        "Compare its temperature and driver with then; a new kind of job does it too.",
        _evidence(f"{gpu.id}.sm_clock_hz", "Clock at equal power", "share", shift),
    )


def _warmer_sensor(hours: Columns, device: Device) -> Drift | None:
    """Judge a temperature sensor of the computer at equal processor load."""
    values = hours.columns.get(f"{device.id}.celsius_c")
    load = hours.columns.get("cpu.busy_share")
    if device.kind != "temperature" or values is None or load is None:
        return None
    shift = shift_of(hours.times_s, values, load, AT["load_least"], AT["load_step"])
    if shift is None or not is_real(shift, AT["temperature_c"]):
        return None
    return Drift(
        "info",
        device.id,
        "celsius_c",
        shift.size,
        shift.since_s,
        f"{device.title} is {shift.size:.0f} °C warmer than before at the same load.",
        "Clean fans and filters; if the room is not warmer, check the cooler.",
        _evidence(f"{device.id}.celsius_c", "Temperature at equal load", "c", shift),
    )


def _evidence(sensor: str, label: str, unit: str, shift: Shift) -> tuple[Evidence, ...]:
    words = f"the first days' median was {shift.usual:.3g}, days spread by {shift.spread:.2g}"
    return (Evidence(sensor, label, shift.now, unit, shift.usual, words),)
