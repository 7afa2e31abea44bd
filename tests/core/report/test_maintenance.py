"""Maintenance notices from a recorded history."""

from __future__ import annotations

import random

import pytest

from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.model.sample import Device
from hwstudio.core.report.maintenance import notices_of

GPU = Device("gpu.0", "NVIDIA Test", "gpu", {"temperature_c": 87.0, "power_w": 300.0})
START_S = 1_767_225_600.0
DAYS = 24


def _history(tmp_path, warmer_c):
    """Record one reading a minute over some weeks; the last days run hotter at equal power."""
    now = [START_S]
    writer = ReadingWriter.open(tmp_path / "m.db", clock=lambda: now[0])
    writer.begin("boot", 60.0)
    writer.remember_devices((GPU,))
    rng = random.Random(7)
    for minute in range(0, DAYS * 1440, 10):
        now[0] = START_S + minute * 60
        late = warmer_c if minute > (DAYS - 5) * 1440 else 0.0
        heat = 65.0 + late + rng.gauss(0, 0.7)
        writer.add(now[0], {"gpu.0.temperature_c": heat, "gpu.0.power_w": 250.0})
        while minute % 60 == 0 and writer.compact_some(now[0], 1.0):
            pass
    writer.close()
    return ReadingHistory.open(tmp_path / "m.db")


@pytest.mark.parametrize(("warmer_c", "count"), [(0.0, 0), (8.0, 1)])
def test_a_gpu_that_runs_hotter_at_equal_power_is_named_and_a_steady_one_is_not(
    tmp_path, warmer_c, count
):
    history = _history(tmp_path, warmer_c)
    try:
        found = notices_of(history, START_S + DAYS * 86400)
    finally:
        history.close()
    assert [notice.device for notice in found] == ["gpu.0"] * count
    if count:
        assert "°C" in found[0].sentence


def test_an_empty_history_has_no_notices(tmp_path):
    history = ReadingHistory.open(tmp_path / "none.db")
    assert notices_of(history, START_S) == ()
    history.close()
