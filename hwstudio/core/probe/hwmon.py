"""The sensors of board, processor, drives and fans straight from /sys/class/hwmon.

Every sensor is timed by itself: some drives and controllers need many milliseconds for one
answer, and those are read less often. Chips of devices that sleep are left alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.device_file import DeviceFile
from hwstudio.core.probe.drm import is_asleep
from hwstudio.core.probe.hwmon_chip import SCALES, Channel, channels, limit
from hwstudio.core.probe.source import Source

CLASS = "/sys/class/hwmon"
_LIST_EVERY_S = 30.0
_MAX_SHARE = 0.002  # of one core, that a single sensor may cost
_SLOWEST_S = 60.0
_KEPT_OPEN = 256
# What the power is made of on chips that measure only voltage and current of a rail.
_RAIL_CHIPS = ("ina3221", "ina219", "ina226", "ina238")
_UNITS = {"temp": "c", "fan": "rpm", "in": "v", "power": "w", "curr": "a"}


@dataclass(frozen=True, slots=True)
class BoardSensor:
    """One measured value. ``unit`` is c, rpm, v, w or a; limits are the driver's own."""

    name: str  # "nct6798 CPU Fan"
    unit: str
    value: float
    low: float | None = None
    high: float | None = None
    critical: float | None = None


@dataclass(slots=True)
class _Sensor:
    """A channel with its file, limits, cost and last value."""

    name: str
    chip: str
    channel: Channel
    file: DeviceFile
    device: str
    limits: tuple[float | None, float | None, float | None]
    cost_s: float = 0.0
    due_s: float = float("-inf")
    value: float | None = None


class Hwmon:
    """All sensors of the wanted kinds (temp, fan, in, power, curr)."""

    def __init__(
        self,
        source: Source | None = None,
        kinds: tuple[str, ...] = ("temp",),
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._source = source or Source()
        self._kinds = kinds
        self._clock = clock
        self._sensors: list[_Sensor] = []
        self._listed_s = float("-inf")
        self._names: tuple[str, ...] = ()

    def read(self, now_s: float) -> tuple[BoardSensor, ...]:
        """Return every sensor with a value; those that were not due give their last one."""
        if now_s - self._listed_s >= _LIST_EVERY_S:
            self._list(now_s)
        asleep: dict[str, bool] = {}
        for sensor in self._sensors:
            if now_s + 0.05 < sensor.due_s:
                continue
            if sensor.device not in asleep:
                asleep[sensor.device] = is_asleep(self._source, sensor.device)
            if asleep[sensor.device]:
                sensor.value = None
            else:
                self._time(sensor, now_s)
        return tuple(_shown(sensor) for sensor in self._sensors if sensor.value is not None)

    @property
    def demoted(self) -> dict[str, float]:
        """Return the sensors that are read less often, and every how many seconds."""
        return {s.name: _cadence(s.cost_s) for s in self._sensors if _cadence(s.cost_s) > 1.0}

    def close(self) -> None:
        """Close every file."""
        for sensor in self._sensors:
            sensor.file.close()
        self._sensors = []
        self._listed_s = float("-inf")

    def _time(self, sensor: _Sensor, now_s: float) -> None:
        began_s = self._clock()
        reading = sensor.file.number(SCALES[sensor.channel.kind])
        took_s = self._clock() - began_s
        sensor.value = reading.value
        sensor.cost_s = took_s if sensor.cost_s == 0 else 0.7 * sensor.cost_s + 0.3 * took_s
        sensor.due_s = now_s + _cadence(sensor.cost_s)
        if len(self._sensors) > _KEPT_OPEN or reading.status is Status.LOST:
            sensor.file.close()  # a driver that was loaded anew has a new file of this name

    def _list(self, now_s: float) -> None:
        """Follow chips that came or went; unchanged ones keep their files and costs."""
        self._listed_s = now_s
        chips = self._source.names(CLASS)
        if chips == self._names and self._sensors:
            return
        self.close()
        self._listed_s, self._names = now_s, chips
        named = [(chip, self._source.text(CLASS, chip, "name") or chip) for chip in chips]
        titles = [name for _, name in named]
        for chip, name in named:
            title = self._title(chip, name) if titles.count(name) > 1 else name
            self._sensors += self._of_chip(chip, name, title)

    def _title(self, chip: str, name: str) -> str:
        """Return a name that tells several chips of one kind apart: "nvme1", "coretemp.1"."""
        try:
            device = self._source.path(CLASS, chip, "device").resolve(strict=True).name
        except OSError:
            device = chip
        return device if device.startswith(name) else f"{name} {device}"

    def _of_chip(self, chip: str, name: str, title: str) -> Iterator[_Sensor]:
        place = f"{CLASS}/{chip}"
        for channel in channels(self._source, place):
            if channel.kind not in self._kinds:
                continue
            label = channel.label or ("" if channel.kind == "temp" else _numbered(channel))
            yield _Sensor(
                name=f"{title} {label}".strip(),
                chip=name,
                channel=channel,
                file=DeviceFile(self._source.path(place, channel.file), f"{name} {channel.file}"),
                device=f"{place}/device",
                limits=(
                    limit(self._source, place, channel, "min"),
                    limit(self._source, place, channel, "max"),
                    limit(self._source, place, channel, "crit"),
                ),
            )


def _numbered(channel: Channel) -> str:
    return f"{channel.kind}{channel.number}"


def _cadence(cost_s: float) -> float:
    """Return how often a sensor of this cost may be read."""
    return min(max(1.0, cost_s / _MAX_SHARE), _SLOWEST_S)


def _shown(sensor: _Sensor) -> BoardSensor:
    low, high, critical = sensor.limits
    value = sensor.value if sensor.value is not None else 0.0
    return BoardSensor(sensor.name, _UNITS[sensor.channel.kind], value, low, high, critical)


class BoardProbe:
    """Fans, voltages, currents and power of the board's own sensors (Linux)."""

    name = "board"
    how = "kernel sensors (hwmon)"
    cost_ms = 5.0
    cadence_s = 5.0
    is_slow = True

    def __init__(self, source: Source | None = None) -> None:
        self._hwmon = Hwmon(source, ("fan", "in", "power", "curr"))

    def read(self, now_s: float) -> Reading[tuple[BoardSensor, ...]]:
        """Return every sensor; the power of a rail is made from its voltage and current."""
        found = self._hwmon.read(now_s)
        if not found:
            why = (
                "no sensor found: virtual machines, and boards whose chip has no driver, have none"
            )
            return absent(Status.UNSUPPORTED, self.how, why)
        return ok((*found, *rails(found)), self.how)

    def close(self) -> None:
        """Close every file."""
        self._hwmon.close()


def rails(found: tuple[BoardSensor, ...]) -> tuple[BoardSensor, ...]:
    """Return the power of each labelled rail that a voltage-and-current chip measures."""
    volts = {sensor.name: sensor.value for sensor in found if sensor.unit == "v"}
    made = []
    for sensor in found:
        if sensor.unit == "a" and sensor.name.startswith(_RAIL_CHIPS):
            place = sensor.name.rpartition(" ")
            label = place[2].replace("curr", "in") if place[2].startswith("curr") else place[2]
            voltage = volts.get(f"{place[0]} {label}")
            if voltage is not None:
                made.append(BoardSensor(sensor.name, "w", voltage * sensor.value))
    return tuple(made)
