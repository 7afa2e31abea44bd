"""node_exporter's temperatures and battery: several series make one sensor with a name."""

from __future__ import annotations

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.hosts.rule import Draft
from hwstudio.core.probe.live import Temperature
from hwstudio.core.probe.temperature import hottest

_BELIEVABLE = (-30.0, 150.0)  # °C; what no chip can have is a broken sensor
_LIMITS = (30.0, 150.0)
_NO_LIMIT: Reading[float] = absent(Status.UNSUPPORTED, "node_exporter", "it states no limit")


def temperatures(draft: Draft) -> None:
    """Put every believable temperature, the hottest, and their limits."""
    found = _chips(draft) or _zones(draft)
    seen: dict[str, int] = {}
    for sensor in found:
        number = seen[sensor.name] = seen.get(sensor.name, 0) + 1
        name = sensor.name + (f" {number}" if number > 1 else "")
        limit = sensor.critical_c.value or sensor.high_c.value
        limits = {"celsius_c": limit} if limit is not None else {}
        draft.values[f"temperature.{name}.celsius_c"] = sensor.celsius
        draft.device(Device(f"temperature.{name}", name, "temperature", limits))
    if found:
        draft.values["temperature_all.hottest_c"] = hottest(tuple(found)).celsius


def _chips(draft: Draft) -> list[Temperature]:
    highs = draft.group("node.chip.max")
    criticals = draft.group("node.chip.crit")
    found = []
    for where, celsius in draft.group("node.chip.now").items():
        if not _BELIEVABLE[0] < celsius < _BELIEVABLE[1] or celsius == 0:
            continue
        chip = where.partition("\n")[0]
        kind = draft.fact("node_hwmon_chip_names", chip).get("chip_name") or chip
        label = draft.fact("node_hwmon_sensor_label", where).get("label", "")
        limits = _limit(highs.get(where)), _limit(criticals.get(where))
        found.append(Temperature(f"{kind} {label}".strip(), celsius, *limits))
    return found


def _zones(draft: Draft) -> list[Temperature]:
    return [
        Temperature(where.partition("\n")[0], celsius, _NO_LIMIT, _NO_LIMIT)
        for where, celsius in draft.group("node.zone").items()
        if _BELIEVABLE[0] < celsius < _BELIEVABLE[1] and celsius != 0
    ]


def _limit(celsius: float | None) -> Reading[float]:
    if celsius is None or not _LIMITS[0] < celsius < _LIMITS[1]:
        return _NO_LIMIT
    return ok(celsius, "node_exporter")


def battery(draft: Draft) -> None:
    """Put the computer's own battery; those of a mouse or headset are left out."""
    watts = draft.group("node.battery.watt")
    for name, percent in sorted(draft.group("node.battery.capacity").items()):
        facts = draft.fact("node_power_supply_info", name)
        if facts.get("scope") == "Device" or facts.get("type", "Battery") != "Battery":
            continue
        draft.values["battery.charge_share"] = min(max(percent / 100, 0.0), 1.0)
        if name in watts:
            draft.values["battery.power_w"] = watts[name]
        draft.device(Device("battery", "Battery", "battery", {"charge_share": 1.0}))
        return
