"""Collects what a worker says into samples and evidence; a damaged event is passed over."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hwstudio.core.bench.event import Event

MAX_SAMPLES = 200_000  # per series; far above what any kernel takes


@dataclass(slots=True)
class Gathered:
    """Everything heard so far."""

    hello: dict[str, Any] = field(default_factory=dict)
    device: dict[str, Any] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=dict)
    samples: dict[str, list[float]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    series: dict[str, dict[str, Any]] = field(default_factory=dict)
    planned: int = 0  # points the worker means to measure, 0 while it has not said so

    def take(self, event: Event) -> None:
        """Keep one event."""
        if event.kind == "hello":
            self.hello = dict(event.data)
        elif event.kind == "condition":
            self._condition(event.data)
        elif event.kind == "sample":
            self._add(event.data)
        elif event.kind == "series":
            self._series(event.data)
        elif event.kind == "progress" and is_number(event.data.get("total")):
            self.planned = int(event.data["total"])

    def _condition(self, data: Mapping[str, Any]) -> None:
        name, value = str(data.get("name", "")), data.get("value")
        self.conditions[name] = value
        if name == "device" and isinstance(value, dict):
            self.device = value

    def _add(self, data: Mapping[str, Any]) -> None:
        name = str(data.get("series", ""))
        values = self.samples.setdefault(name, [])
        self.units[name] = str(data.get("unit", ""))
        fresh = data.get("values")
        for value in fresh if isinstance(fresh, list) else []:
            if is_number(value) and len(values) < MAX_SAMPLES:
                values.append(float(value))

    def _series(self, data: Mapping[str, Any]) -> None:
        name = str(data.get("series", ""))
        self.series[name] = dict(data)
        self.units[name] = str(data.get("unit", ""))
        values = data.get("values")
        if isinstance(values, list):
            self.samples[name] = [float(value) for value in values if is_number(value)]

    def evidence(self) -> dict[str, dict[str, Any]]:
        """Return the evidence per series, without the samples themselves."""
        return {
            name: {key: value for key, value in data.items() if key not in ("values", "series")}
            for name, data in self.series.items()
        }


def is_number(value: object) -> bool:
    """Say whether a value is a finite number (JSON may bring text, null, true or NaN)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value)
