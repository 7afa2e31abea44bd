"""The recorded use of the GPU: hours that were seen, never guessed."""

from __future__ import annotations

import pytest

from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.monitor.recorded_use import recorded_use

DAY = 86400
NOW = 1_758_240_000 // (32 * DAY) * (32 * DAY) + 10 * DAY


@pytest.fixture
def recorded(tmp_path):
    """Keep ticks at seconds before now, and ask for the use of them."""

    def ask(ticks):
        file = tmp_path / "monitor.db"
        writer = ReadingWriter.open(file)
        writer.begin("boot", 1.0)
        for ago, values in sorted(ticks.items(), reverse=True):
            writer.add(NOW - ago, values)
        assert writer.flush()
        writer.close()
        history = ReadingHistory.open(file)
        try:
            return recorded_use(history, NOW)
        finally:
            history.close()

    return ask


def hour_of(ago_h, share, name="gpu.0.busy_share"):
    return {int(ago_h * 3600 - second): {name: share} for second in range(0, 3600, 5)}


def test_a_busy_hour_in_five_days_is_a_small_share_of_them(recorded):
    use = recorded(hour_of(120, 0.8) | hour_of(100, 0.0))
    assert use.device == "gpu.0"
    assert use.recorded_hours == pytest.approx(2, abs=0.2)
    assert use.busy_hours == pytest.approx(0.8, abs=0.1)
    assert use.share_of_period == pytest.approx(0.8 / 120, rel=0.15)
    assert use.hours_per_month == pytest.approx(730 * 0.8 / 120, rel=0.15)


def test_what_is_older_than_thirty_days_does_not_count(recorded):
    assert recorded(hour_of(24 * 40, 1.0)) is None


def test_the_busiest_gpu_counts_and_the_processor_does_not(recorded):
    use = recorded(
        hour_of(5, 0.1) | hour_of(3, 0.9, "gpu.1.busy_share") | hour_of(2, 1.0, "cpu.busy_share")
    )
    assert use.device == "gpu.1"


def test_without_a_history_there_is_none(tmp_path):
    history = ReadingHistory.open(tmp_path / "none.db")
    assert recorded_use(history, NOW) is None
    history.close()
