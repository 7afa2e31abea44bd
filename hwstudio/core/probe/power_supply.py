"""Batteries and chargers straight from /sys/class/power_supply (Linux)."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import BatteryUse
from hwstudio.core.probe.source import Source

CLASS = "/sys/class/power_supply"
HOW = "power supply class"
_CHARGERS = ("Mains", "USB", "Wireless")


@dataclass(frozen=True, slots=True)
class _Battery:
    """One battery in joules and watts; None = its driver does not say."""

    charge_share: float
    now_j: float | None
    full_j: float | None
    power_w: float | None
    status: str


class PowerSupplyProbe:
    """All batteries of the computer as one; those of mice and headphones are left out."""

    name = "battery"
    how = HOW
    cost_ms = 0.5
    cadence_s = 5.0
    is_slow = True  # the answer comes from a small controller, which can take its time

    def __init__(self, source: Source | None = None) -> None:
        self._source = source or Source()

    def read(self, _now_s: float) -> Reading[BatteryUse]:
        """Return charge, charger, power and the time left."""
        batteries, chargers = [], list[bool]()
        for name in self._source.names(CLASS):
            kind = self._source.text(CLASS, name, "type")
            if self._source.text(CLASS, name, "scope") == "Device":
                continue
            if kind == "Battery":
                found = self._battery(f"{CLASS}/{name}")
                batteries += [found] if found is not None else []
            elif kind in _CHARGERS:
                chargers.append(self._source.number(CLASS, name, "online") == 1)
        if not batteries:
            return absent(Status.UNSUPPORTED, HOW, "no battery found")
        power = _power(batteries)
        return ok(
            BatteryUse(
                charge_share=_charge(batteries),
                is_plugged=_plugged(batteries, chargers),
                left_s=_left(batteries, power),
                power_w=power,
            ),
            HOW,
        )

    def close(self) -> None:
        """Hold nothing."""

    def _battery(self, place: str) -> _Battery | None:
        """Return one battery; its driver counts energy (uWh) or charge (uAh)."""
        if self._source.number(place, "present") == 0:
            return None
        number = self._source.number
        volts = (number(place, "voltage_now") or 0) * 1e-6
        now_j = _joules(number(place, "energy_now"), number(place, "charge_now"), volts)
        full_j = _joules(number(place, "energy_full"), number(place, "charge_full"), volts)
        percent = number(place, "capacity")
        if percent is None and not (now_j is not None and full_j):
            return None
        share = percent / 100 if percent is not None else (now_j or 0.0) / (full_j or 1.0)
        micro_w, micro_a = number(place, "power_now"), number(place, "current_now")
        power = abs(micro_w) * 1e-6 if micro_w is not None else None
        if power is None and micro_a is not None and volts:
            power = abs(micro_a) * 1e-6 * volts
        status = self._source.text(place, "status") or "Unknown"
        return _Battery(min(max(share, 0.0), 1.0), now_j, full_j, power, status)


def _joules(micro_wh: int | None, micro_ah: int | None, volts: float) -> float | None:
    if micro_wh is not None:
        return micro_wh * 3600e-6
    return micro_ah * 3600e-6 * volts if micro_ah is not None and volts else None


def _charge(batteries: list[_Battery]) -> float:
    """Return the charge of all together, weighed by size where every size is known."""
    if len(batteries) > 1 and all(b.now_j is not None and b.full_j for b in batteries):
        full = sum(battery.full_j or 0.0 for battery in batteries)
        return min(sum(battery.now_j or 0.0 for battery in batteries) / full, 1.0)
    return sum(battery.charge_share for battery in batteries) / len(batteries)


def _plugged(batteries: list[_Battery], chargers: list[bool]) -> Reading[bool]:
    if chargers:
        return ok(any(chargers), HOW)
    states = {battery.status for battery in batteries}
    if states & {"Charging", "Discharging"}:
        return ok("Discharging" not in states, HOW)
    return absent(Status.UNSUPPORTED, HOW, "the system does not say")


def _power(batteries: list[_Battery]) -> Reading[float]:
    """Return the power out of all batteries together; below 0 while they are charged."""
    total = 0.0
    for battery in batteries:
        if battery.power_w is None:
            return absent(Status.UNSUPPORTED, HOW, "the battery does not state its power")
        sign = {"Discharging": 1.0, "Charging": -1.0}.get(battery.status, 0.0)
        total += sign * battery.power_w
    return ok(total, HOW)


def _left(batteries: list[_Battery], power: Reading[float]) -> Reading[float]:
    """Return the time until empty at the present power."""
    known = [battery.now_j for battery in batteries if battery.now_j is not None]
    if power.value is None or len(known) < len(batteries):
        return absent(Status.UNSUPPORTED, HOW, "the battery states neither energy nor power")
    if power.value <= 0:
        return absent(Status.UNSUPPORTED, HOW, "charging, or not in use")
    return ok(sum(known) / power.value, HOW)
