"""How full memory was, from recorded readings only."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hwstudio.core.monitor.recorded_pressure import recorded_pressure

GIB = 2**30


@dataclass
class Statistics:
    high: float
    p95: float


@dataclass
class Trace:
    mean: tuple


class History:
    """Readings written by hand: six 10-minute means of each sensor, one of them missing."""

    def __init__(self, **data):
        self.data = data or {
            "gpu.0.vram_used_bytes": [22 * GIB, 23 * GIB, math.nan, 23 * GIB, 2 * GIB, 2 * GIB],
            "gpu.0.vram_total_bytes": [24 * GIB] * 6,
            "gpu.0.busy_share": [1.0, 0.5, math.nan, 0.5, 0.0, 0.0],
            "memory.used_bytes": [8 * GIB] * 6,
        }

    def series(self):
        return tuple(self.data)

    def statistics(self, name, _from_s, _to_s):
        values = [v for v in self.data.get(name, ()) if not math.isnan(v)]
        return Statistics(max(values), max(values)) if values else None

    def trace(self, names, _from_s, _to_s, *, width_s):
        assert width_s == 600
        return {name: Trace(tuple(self.data[name])) for name in names if name in self.data}


def test_peak_hours_and_busy_hours_come_from_what_was_recorded():
    gpu, memory = recorded_pressure(History(), 1e9)
    assert (gpu.device, gpu.peak_bytes, gpu.total_bytes) == ("gpu.0", 23 * GIB, 24 * GIB)
    assert gpu.recorded_hours == 5 / 6
    assert gpu.busy_hours == 2 / 6
    assert gpu.hours_above(0.9) == 3 / 6
    assert gpu.hours_above(0.95) == 2 / 6
    assert memory.total_bytes is None
    assert memory.p95_share is None
    assert memory.hours_above(0.5) == 0.0


def test_nothing_recorded_is_nothing_said():
    history = History()
    history.data = {}
    assert recorded_pressure(history, 1e9) == ()
