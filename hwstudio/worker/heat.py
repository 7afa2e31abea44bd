"""How warm and how fast the processor is, from Linux' own files; nothing where there are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SYSTEM = Path("/sys")
PROCESSOR_SENSORS = ("coretemp", "k10temp", "zenpower", "cpu_thermal")
PROCESSOR_ZONES = ("x86_pkg_temp", "cpu-thermal", "cpu_thermal", "soc-thermal")


def _numbers(files: Any) -> list[float]:
    found = []
    for file in files:
        try:
            found.append(float(file.read_text("ascii")))
        except (OSError, ValueError):
            continue
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def read(system: Path = SYSTEM) -> dict[str, float]:
    """Return ``temperature_c`` (the hottest part), ``clock_hz`` (mean), ``throttle_count``."""
    warm: list[float] = []
    for folder in system.glob("class/hwmon/hwmon*"):
        if _text(folder / "name") in PROCESSOR_SENSORS:
            warm += _numbers(folder.glob("temp*_input"))
    if not warm:
        for folder in system.glob("class/thermal/thermal_zone*"):
            if _text(folder / "type") in PROCESSOR_ZONES:
                warm += _numbers([folder / "temp"])
    cores = system / "devices/system/cpu"
    clocks = _numbers(cores.glob("cpu[0-9]*/cpufreq/scaling_cur_freq"))
    counts = _numbers(cores.glob("cpu[0-9]*/thermal_throttle/core_throttle_count"))
    found: dict[str, float] = {}
    if warm:
        found["temperature_c"] = max(warm) / 1e3
    if clocks:
        found["clock_hz"] = sum(clocks) / len(clocks) * 1e3
    if counts:
        found["throttle_count"] = sum(counts)
    return found


class Heat:
    """Follows the processor over a run."""

    def __init__(self, system: Path = SYSTEM) -> None:
        self._system = system
        self.readings = [read(system)]

    def look(self) -> dict[str, float]:
        """Take one more reading and return it."""
        self.readings.append(read(self._system))
        return self.readings[-1]

    def summary(self) -> dict[str, Any]:
        """Return first, highest and last of what can be read; {} where nothing can."""
        found: dict[str, Any] = {}
        for name in ("temperature_c", "clock_hz"):
            row = [each[name] for each in self.readings if name in each]
            if row:
                found[name] = {"first": row[0], "low": min(row), "high": max(row), "last": row[-1]}
        if self.times_throttled is not None:
            found["times_throttled"] = self.times_throttled
        return found

    @property
    def times_throttled(self) -> int | None:
        """Return how often a core was slowed for its heat; None where it is not counted."""
        row = [each["throttle_count"] for each in self.readings if "throttle_count" in each]
        return int(row[-1] - row[0]) if row else None
