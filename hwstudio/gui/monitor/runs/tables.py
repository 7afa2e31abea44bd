"""The tables of a run: every sensor's numbers, and the run beside its prediction."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.base.units import duration, gib, percent, watts
from hwstudio.core.model.sensor import device_of, sensor_of
from hwstudio.core.monitor.labels import name_of, value_text
from hwstudio.core.monitor.runs.compare import Place
from hwstudio.core.monitor.runs.facts import RunFacts
from hwstudio.core.monitor.runs.predicted import (
    GPU_BYTES,
    GPU_WATTS,
    SECONDS,
    WHAT,
    Beside,
)
from hwstudio.core.monitor.runs.summary import Stats
from hwstudio.core.monitor.runs.words import basis_words, energy_words, gpu_words, why_none
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import prediction_tip, rows_tip

_DEVICES = {"cpu": "Processor", "memory": "Memory", "disks": "Drives", "temperature_all": "Sensors"}


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One sensor over a run."""

    name: str
    sensor: str
    stats: Stats
    basis: str


def number_rows(facts: RunFacts) -> tuple[NumberRow, ...]:
    """Return one row per sensor, the GPUs first."""
    names = sorted(facts.summary.stats, key=lambda name: (not name.startswith("gpu."), name))
    return tuple(
        NumberRow(_full_name(name), name, facts.summary.stats[name], basis_words(facts))
        for name in names
    )


def _full_name(sensor: str) -> str:
    device = device_of(sensor)
    title = _DEVICES.get(device) or gpu_words(device)
    return f"{title}: {name_of(sensor).lower()}"


def _text(row: NumberRow, value: float) -> str:
    return value_text(sensor_of(row.sensor), value)


def _number_tip(row: NumberRow) -> str:
    return rows_tip(
        [
            ("Sensor", row.sensor),
            ("Mean and 95 %", f"weighted by time, from {row.basis}"),
            ("Lowest", _text(row, row.stats.lowest)),
            ("Recorded", f"{percent(row.stats.covered_share)} of the run"),
        ]
    )


NUMBER_COLUMNS = (
    Column("Sensor", lambda row: row.name, stretch=True, tip=_number_tip),
    Column("Mean", lambda row: row.stats.mean, lambda row: _text(row, row.stats.mean),
           right=True, tip=_number_tip, width=92),
    Column("95 %", lambda row: row.stats.p95, lambda row: _text(row, row.stats.p95),
           right=True, tip=_number_tip, width=92),
    Column("Highest", lambda row: row.stats.peak, lambda row: _text(row, row.stats.peak),
           right=True, tip=_number_tip, width=92),
    Column("Recorded", lambda row: row.stats.covered_share,
           lambda row: percent(row.stats.covered_share), right=True, tip=_number_tip, width=84),
)  # fmt: skip


def figure_text(key: str, value: float | None) -> str:
    """Return a figure of a prediction with its unit."""
    if value is None:
        return "–"
    if key == SECONDS:
        return duration(value)
    if key == GPU_WATTS:
        return watts(value)
    return gib(value) if key == GPU_BYTES else energy_words(value)


def range_text(key: str, low: float, high: float) -> str:
    """Return "7.49 to 13.7 GiB": a unit that both share is said once."""
    first, last = figure_text(key, low), figure_text(key, high)
    number, _, unit = first.partition(" ")
    return f"{number if last.partition(' ')[2] == unit else first} to {last}"


def _range_text(row: Beside) -> str:
    figure = row.predicted
    if figure.low is None or figure.high is None:
        return "–"
    return range_text(row.key, figure.low, figure.high)


def _actual_text(row: Beside) -> str:
    return "–" if row.actual.value is None else figure_text(row.key, row.actual.value)


def _place_text(row: Beside) -> str:
    place = row.comparison.place
    if place is Place.UNKNOWN:
        return "not comparable"
    return {Place.INSIDE: "inside", Place.BELOW: "below", Place.ABOVE: "above"}[place]


def _place_colour(row: Beside) -> str:
    place = row.comparison.place
    return {Place.INSIDE: "ok", Place.ABOVE: "warn", Place.BELOW: "warn"}.get(place, "muted")


def _beside_tip(row: Beside) -> str:
    return prediction_tip(row.predicted)


def _actual_tip(row: Beside) -> str:
    if row.actual.value is None:
        return rows_tip([], f"Not measured: {why_none(row.actual.why)}.")
    return rows_tip([("Measured by", row.actual.how)])


BESIDE_COLUMNS = (
    Column("Figure", lambda row: WHAT[row.key], stretch=True),
    Column("Measured", lambda row: row.actual.value, _actual_text, right=True, tip=_actual_tip,
           width=92),
    Column("Predicted", lambda row: row.predicted.median,
           lambda row: figure_text(row.key, row.predicted.median), right=True, tip=_beside_tip,
           width=92),
    Column("Range (90 %)", _range_text, right=True, tip=_beside_tip, width=160),
    Column("Verdict", _place_text, colour=_place_colour, tip=lambda row: row.comparison.sentence,
           width=96),
)  # fmt: skip
