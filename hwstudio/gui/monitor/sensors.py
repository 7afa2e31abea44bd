"""The rows of the sensor table: now, lowest, mean and highest since watching began."""

from __future__ import annotations

from collections.abc import Iterable

from hwstudio.core.model.sample import Sample
from hwstudio.core.model.sensor import device_of, sensor_of
from hwstudio.core.monitor.extremes import Extremes
from hwstudio.core.monitor.labels import name_of, value_text
from hwstudio.gui.monitor.pages import titles_of
from hwstudio.gui.monitor.state import SensorRow

_NONE = "–"


def rows_of(names: Iterable[str], sample: Sample, seen: Extremes) -> tuple[SensorRow, ...]:
    """Return a row for every sensor, and one for each that the device does not show."""
    titles = titles_of(sample.devices, is_short=True)
    wanted = tuple(names)
    several = len({device_of(name) for name in wanted}) > 1
    return tuple(_row(name, sample, seen, titles if several else {}) for name in wanted)


def _row(name: str, sample: Sample, seen: Extremes, titles: dict[str, str]) -> SensorRow:
    sensor = sensor_of(name)
    now, extreme = sample.values.get(name), seen.of(name)
    low, mean, high = (
        (extreme.low, extreme.mean, extreme.high) if extreme is not None else (None, None, None)
    )
    if sensor.is_counter or sensor.unit == "bits":
        mean = None  # the mean of a counter, or of a set of reasons, says nothing
    words = f"{titles.get(sensor.device, sensor.device)}: " if titles else ""
    texts = tuple(_NONE if v is None else value_text(sensor, v) for v in (now, low, mean, high))
    return SensorRow(
        name, words + name_of(name), sensor.unit, now, low, mean, high,
        (texts[0], texts[1], texts[2], texts[3]),
    )  # fmt: skip
