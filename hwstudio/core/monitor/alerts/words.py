"""Plain sentences about alerts and rules: what is it, how far, how long, what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hwstudio.core.base.units import duration, gib, percent, rate, si, significant, watts
from hwstudio.core.model.sample import Device
from hwstudio.core.model.sensor import sensor_of
from hwstudio.core.monitor.alerts.rule import FORECASTS, Level, Rule, When
from hwstudio.core.monitor.labels import throttle_text

_NAMES = {
    "busy_share": "load",
    "max_core_share": "load of the busiest core",
    "memory_busy_share": "memory load",
    "wait_share": "share of time waiting for a drive",
    "stall_share": "share of time stalled",
    "used_bytes": "use",
    "used_share": "use",
    "available_bytes": "free memory",
    "free_bytes": "free space",
    "swap_used_bytes": "swap in use",
    "vram_used_bytes": "memory in use",
    "temperature_c": "temperature",
    "celsius_c": "temperature",
    "hottest_c": "hottest temperature",
    "memory_temperature_c": "memory temperature",
    "power_w": "power",
    "power_limit_w": "power limit",
    "sm_clock_hz": "clock",
    "fan_share": "fan speed",
    "charge_share": "charge",
    "throttle_bits": "slow-down reasons",
    "ecc_corrected_errors_count": "count of corrected memory errors",
    "ecc_uncorrected_errors_count": "count of uncorrected memory errors",
    "pcie_width": "PCIe lanes",
    "pcie_generation": "PCIe generation",
    "load_1min": "load of the last minute",
}
_REASONS = "throttle_bits"
_KINDS = {"gpu": "GPU", "cpu": "Processor", "memory": "Memory", "disk": "Drive", "disks": "Drives",
          "network": "Network", "network_all": "Network", "temperature": "Sensor",
          "temperature_all": "Sensors", "battery": "Battery", "recorder": "Recorder",
          "filesystem": "Disk"}  # fmt: skip
# What reaching the device's own limit means, by the quantity.
_LIMITS = {
    "temperature_c": "it slows down from {limit}",
    "memory_temperature_c": "its limit is {limit}",
    "celsius_c": "its limit is {limit}",
    "hottest_c": "the limit is {limit}",
    "power_w": "its limit is {limit}",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a sentence is made of. ``eta_s``: seconds until a forecast comes true."""

    value: float | None
    threshold: float | None = None
    limit: float | None = None
    held_s: float = 0.0
    before: float | None = None
    eta_s: float | None = None
    why: str = ""


_FORMS: dict[str, Callable[[float], str]] = {
    "share": lambda v: percent(v, 0 if abs(v - round(v, 2)) < 1e-9 else 1),
    "bytes": gib,
    "bytes_per_s": rate,
    "w": watts,
    "c": lambda v: f"{v:.0f} °C" if v == round(v) else f"{v:.1f} °C",
    "hz": lambda v: si(v, "Hz"),
    "rpm": lambda v: f"{v:,.0f} rpm",
    "bits": lambda v: f"0x{int(v):x}",
    "count": lambda v: f"{v:,.0f}",
    "j": lambda v: si(v, "J"),
    "v": lambda v: f"{significant(v)} V",
    "s": duration,
    "per_s": lambda v: f"{significant(v)} a second",
}


def shown(unit: str, value: float) -> str:
    """Return a value with its unit for people: ``91 °C``, ``97 %``, ``22.4 GiB``."""
    return _FORMS.get(unit, _bare)(value)


def _bare(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else significant(value)


def subject_words(subject: str, devices: Sequence[Device] = ()) -> str:
    """Return a device in words: ``GPU 0 (NVIDIA GeForce RTX 4090)``; the id where unknown."""
    device = _device_of(subject)
    kind, _, rest = device.partition(".")
    name = f"{_KINDS.get(kind, kind)} {rest}".strip()
    title = next((each.title for each in devices if each.id == device), "")
    return f"{name} ({title})" if title and title.casefold() != name.casefold() else name


def _device_of(subject: str) -> str:
    unit = sensor_of(subject)
    is_sensor = bool(unit.unit) or unit.quantity in _NAMES
    return unit.device if is_sensor else subject


def quantity_words(quantity: str, unit: str) -> str:
    """Return what is measured in words."""
    known = _NAMES.get(quantity)
    if known:
        return known
    ending = f"_{unit}"
    plain = quantity.removesuffix(ending) if unit else quantity
    return plain.replace("_", " ")


def raised_words(rule: Rule, subject: str, seen: Seen, devices: Sequence[Device] = ()) -> str:
    """Return the sentence for an alert that is true now."""
    sensor = sensor_of(subject)
    who = subject_words(subject, devices)
    what = quantity_words(sensor.quantity, sensor.unit)
    text = _happened(rule, f"{who}: {what}", sensor.unit, seen)
    if rule.when in (When.LOST, When.SILENT):
        text = _gone(rule, who, seen)
    elif rule.when in FORECASTS:
        text = _forecast(f"{who}: {what}", sensor.unit, seen)
    elif rule.when is When.BITS and sensor.quantity == _REASONS and seen.value is not None:
        span = f" for {duration(seen.held_s)}" if seen.held_s >= 1 else ""
        text = f"{who} has been held back by {throttle_text(int(seen.value))}{span}"
    limit = _limit_words(rule, sensor.quantity, sensor.unit, seen)
    return _joined(text + limit, rule.advice)


def cleared_words(rule: Rule, subject: str, seen: Seen, devices: Sequence[Device] = ()) -> str:
    """Return the sentence for an alert that is over."""
    sensor = sensor_of(subject)
    who = subject_words(subject, devices)
    after = f" after {duration(seen.held_s)}" if seen.held_s >= 1 else ""
    if rule.when is When.SILENT:
        return f"{who} is writing again{after}."
    if rule.when is When.LOST:
        return f"{who} is back{after}."
    now = "" if seen.value is None else f" ({shown(sensor.unit, seen.value)} now)"
    return f"{who}: {quantity_words(sensor.quantity, sensor.unit)} is fine again{after}{now}."


def _happened(rule: Rule, head: str, unit: str, seen: Seen) -> str:
    if seen.value is None:
        return f"{head} has no value now"
    now = shown(unit, seen.value)
    span = f" for {duration(seen.held_s)}" if seen.held_s >= 1 else ""
    if rule.when in (When.CHANGES, When.GROWS) and seen.before is not None:
        if rule.when is When.GROWS:
            return f"{head} grew by {shown(unit, seen.value - seen.before)} to {now}"
        return f"{head} changed from {shown(unit, seen.before)} to {now}"
    return f"{head} has been at {now}{span}" if span else f"{head} is at {now}"


def _bits_words(rule: Rule) -> str:
    bits = int(rule.level.number)
    if sensor_of(rule.sensor).quantity == _REASONS:
        return f"any of: {throttle_text(bits)}"
    return f"has a bit of 0x{bits:x}"


def _gone(rule: Rule, who: str, seen: Seen) -> str:
    why = f": {seen.why.rstrip('.')}" if seen.why else ""
    if rule.when is When.SILENT:
        return f"{who} has written nothing for {duration(seen.held_s)}{why}"
    span = f" for {duration(seen.held_s)}" if seen.held_s >= 1 else ""
    return f"{who} was there and has given no readings{span}{why}"


def _forecast(head: str, unit: str, seen: Seen) -> str:
    now = "" if seen.value is None else f" is at {shown(unit, seen.value)} and"
    goal = "" if seen.threshold is None else f" {shown(unit, seen.threshold)}"
    if seen.eta_s is None or seen.eta_s <= 0:
        return f"{head}{now} has reached{goal}"
    return f"{head}{now} at this pace reaches{goal} in about {duration(seen.eta_s)}"


def _limit_words(rule: Rule, quantity: str, unit: str, seen: Seen) -> str:
    if rule.when not in (When.ABOVE, When.BELOW) or seen.threshold is None:
        return ""
    if rule.level.of_limit and seen.limit is not None:
        template = _LIMITS.get(
            quantity, "there are {limit}" if unit == "bytes" else "its limit is {limit}"
        )
        return "; " + template.format(limit=shown(unit, seen.limit))
    return f"; the alert is set to {shown(unit, seen.threshold)}"


def _joined(text: str, advice: str) -> str:
    return f"{text}. {advice.rstrip('.')}." if advice else f"{text}."


# --- rules in words ----------------------------------------------------------------------------


def rule_words(rule: Rule) -> str:
    """Return what a rule says, e.g. ``gpu.*.power_w at or above 300 W for 30 s``."""
    unit = sensor_of(rule.sensor.replace("*", "x")).unit
    parts = [rule.sensor, _when_words(rule, unit)]
    if rule.also is not None:
        also = sensor_of(rule.also.quantity)
        side = "at or above" if rule.also.when is When.ABOVE else "at or below"
        parts.append(f"while its {quantity_words(also.quantity, also.unit)} is {side} "
                     f"{level_words(rule.also.level, also.unit)}")  # fmt: skip
    if rule.hold_s and rule.when is not When.SILENT:
        parts.append(f"for {duration(rule.hold_s)}")
    return " ".join(parts)


def level_words(level: Level, unit: str) -> str:
    """Return a threshold in words."""
    if not level.of_limit:
        return shown(unit, level.number)
    part = "its limit" if level.share == 1 else f"{percent(level.share)} of its limit"
    return f"{part} less {shown(unit, level.margin)}" if level.margin else part


def _when_words(rule: Rule, unit: str) -> str:
    level = level_words(rule.level, unit)
    return {
        When.ABOVE: f"at or above {level}",
        When.BELOW: f"at or below {level}",
        When.EQUALS: f"equal to {level}",
        When.BITS: _bits_words(rule),
        When.LOST: "lost",
        When.CHANGES: "changes",
        When.GROWS: "grows",
        When.WILL_EXCEED: f"will exceed {level} within {duration(rule.within_s)}",
        When.WILL_FALL: f"will fall to {level} within {duration(rule.within_s)}",
        When.SILENT: f"silent for {duration(rule.hold_s)}",
    }[rule.when]
