"""Lowest, mean and highest of every sensor since watching began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(slots=True)
class Extreme:
    """What was seen of one sensor."""

    low: float
    high: float
    total: float
    count: int

    @property
    def mean(self) -> float:
        return self.total / self.count


class Extremes:
    """Grows with each sample; a sensor that is absent leaves its numbers as they are."""

    def __init__(self) -> None:
        self._seen: dict[str, Extreme] = {}
        self.since_s: float | None = None

    def add(self, taken_s: float, values: Mapping[str, float]) -> None:
        """Take one sample in."""
        if self.since_s is None:
            self.since_s = taken_s
        seen = self._seen
        for name, value in values.items():
            found = seen.get(name)
            if found is None:
                seen[name] = Extreme(value, value, value, 1)
                continue
            if value < found.low:
                found.low = value
            elif value > found.high:
                found.high = value
            found.total += value
            found.count += 1

    def of(self, name: str) -> Extreme | None:
        """Return what was seen of a sensor."""
        return self._seen.get(name)

    def clear(self) -> None:
        """Begin anew."""
        self._seen.clear()
        self.since_s = None
