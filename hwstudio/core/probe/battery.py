"""Battery charge and charger."""

from __future__ import annotations

import sys

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import BatteryUse
from hwstudio.core.probe.probe import Probe


def battery_probe() -> Probe:
    """Return the reader that fits this system."""
    from hwstudio.core.probe.power_supply import PowerSupplyProbe

    return PowerSupplyProbe() if sys.platform.startswith("linux") else BatteryProbe()


class BatteryProbe:
    """What psutil shows, for systems other than Linux: charge, charger and time left."""

    name = "battery"
    how = "operating system power information"
    cost_ms = 1.0
    cadence_s = 30.0
    is_slow = True

    def read(self, _now_s: float) -> Reading[BatteryUse]:
        """Return the present charge."""
        import psutil

        found = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
        if found is None:
            return absent(Status.UNSUPPORTED, self.how, "no battery found")
        return ok(
            BatteryUse(
                charge_share=min(max(found.percent / 100, 0.0), 1.0),
                is_plugged=_known(found.power_plugged),
                left_s=_left(found.secsleft),
            ),
            self.how,
        )

    def close(self) -> None:
        """Hold nothing."""


def _known(is_plugged: bool | None) -> Reading[bool]:
    if is_plugged is None:
        return absent(Status.UNSUPPORTED, BatteryProbe.how, "the system does not say")
    return ok(bool(is_plugged), BatteryProbe.how)


def _left(seconds: int | None) -> Reading[float]:
    """Negative values are the library's words for "charging" and "unknown"."""
    if seconds is None or seconds < 0:
        return absent(Status.UNSUPPORTED, BatteryProbe.how, "charging, or not known")
    return ok(float(seconds), BatteryProbe.how)
