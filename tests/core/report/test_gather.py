"""What a report reads out of a real history: recorded seconds, energy, slow-downs, alerts."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass

import pytest

from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.alerts.event import AlertEvent, Kind, StoredEvents
from hwstudio.core.monitor.export.shape import Span
from hwstudio.core.report.as_markdown import markdown
from hwstudio.core.report.gather import ReportPeriod, course_of, gather
from hwstudio.core.report.gpu_use import gpu_use
from hwstudio.core.report.performance import ReportWishes, performance_report

T0 = 1_763_632_800  # 2025-11-20T10:00:00Z, a whole hour
CARD = Device("gpu.0", "RTX 4090", "gpu", {"vram_used_bytes": 24.0 * 2**30})


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Half an hour at full load, a gap of ten minutes, twenty minutes idle."""
    file = tmp_path_factory.mktemp("gather") / "monitor.db"
    writer = ReadingWriter.open(file, clock=lambda: float(T0 + 3600))
    writer.begin("boot", 1.0)
    writer.remember_devices((CARD,))
    joules = 5000.0
    for second in [*range(1800), *range(2400, 3600)]:
        is_busy = second < 1800
        joules += 300.0 if is_busy else 20.0
        writer.add(
            T0 + second,
            {
                "gpu.0.busy_share": 1.0 if is_busy else 0.0,
                "gpu.0.power_w": 300.0 if is_busy else 20.0,
                "gpu.0.energy_j": joules,
                "gpu.0.vram_used_bytes": 12.0 * 2**30,
                "gpu.0.throttle_bits": 4.0 if second < 900 else 1.0,
                "cpu.busy_share": 0.25,
            },
        )
    writer.gap(T0 + 1800, T0 + 2400, "the computer slept")
    event = AlertEvent(
        kind=Kind.RAISED, rule="hot", title="Hot", subject="gpu.0.temperature_c",
        severity=Severity.WARNING, at_s=T0 + 60.0, since_s=T0 + 30.0, held_s=30.0, value=91.0,
        threshold=85.0, sentence="Hot.",
    )  # fmt: skip
    StoredEvents(writer.add_event).write(event)
    writer.add_event("alert", T0 + 61.0, {"not": "an alert"})
    writer.flush()
    writer.close()
    opened = ReadingHistory.open(file)
    yield opened
    opened.close()


def _period(history, **wish):
    return gather(history, ReportPeriod(**{"host": "lab", "from_s": float(T0),
                  "to_s": float(T0 + 3600), "made_at": "2025-12-01", **wish}))  # fmt: skip


def test_recorded_time_leaves_the_gap_out(history):
    found = _period(history)
    assert found.recorded_s == pytest.approx(3000)
    assert [(g.from_s - T0, g.to_s - T0, g.why) for g in found.gaps] == [
        (1800, 2400, "the computer slept")
    ]


def test_load_energy_and_slow_downs_are_what_was_recorded(history):
    found = _period(history)
    assert found.course("gpu.0.busy_share").integral == pytest.approx(1800)
    assert found.increases["gpu.0.energy_j"] == pytest.approx(1799 * 300 + 1200 * 20)
    assert found.slowed_s == {"gpu.0": {4: 900.0, 1: 2100.0}}
    assert [device.title for device in found.gpus] == ["RTX 4090"]


def test_alerts_are_read_and_a_damaged_one_is_left_out(history):
    assert [event.rule for event in _period(history).alerts] == ["hot"]


def test_a_part_of_the_period_is_cut_to_the_second(history):
    found = _period(history, from_s=T0 + 30.0, to_s=T0 + 90.0)
    assert found.course("cpu.busy_share").recorded_s == pytest.approx(60)


def test_a_long_period_is_read_by_the_hour(history):
    found = _period(history, from_s=T0 - 50 * 86400.0)
    assert found.bucket_s == 3600
    assert found.course("gpu.0.busy_share").integral == pytest.approx(1800, rel=0.01)


def test_the_report_of_a_real_history_reads_well(history):
    text = markdown(performance_report(_period(history), ReportWishes()))
    assert "GPU 0 (RTX 4090)" in text
    assert "the computer slept" in text
    assert "power limit" in text


def test_an_empty_history_gives_an_empty_period(tmp_path):
    opened = ReadingHistory.open(tmp_path / "none.db")
    try:
        found = _period(opened)
    finally:
        opened.close()
    assert found.courses == {}
    assert performance_report(found, ReportWishes()).blocks


@pytest.mark.parametrize(
    ("counted", "kwh", "said"),
    [
        (lambda n: 300.0 * n, 0.05, ""),
        (lambda n: 300.0 * n * 14, 0.05, "so the power is taken"),
        (lambda n: 300.0 * n + (4e8 if n > 300 else 0), 0.05, "leapt once"),
        (lambda n: 5e8 + 300.0 * n - (4e8 if n > 300 else 0), 0.05, "leapt once"),
        (lambda n: 450.0 * n, 0.075, "either may be off"),
    ],
)
def test_an_energy_counter_far_from_the_power_is_told_in_the_report(tmp_path, counted, kwh, said):
    file = tmp_path / "monitor.db"
    writer = ReadingWriter.open(file, clock=lambda: float(T0 + 600))
    writer.begin("boot", 1.0)
    for second in range(600):
        read = {"energy_j": counted(second), "power_w": 300.0, "power_limit_w": 450.0}
        values = {f"gpu.0.{name}": value for name, value in read.items()}
        writer.add(T0 + second, values | {"gpu.0.busy_share": 1.0})
    writer.close()
    opened = ReadingHistory.open(file)
    found = _period(opened, to_s=T0 + 600.0)
    opened.close()
    use = gpu_use(found, found.gpus[0])
    assert use.energy_kwh == pytest.approx(kwh, rel=0.25)  # of ten minutes a leap takes two
    assert said in use.energy_doubt
    assert bool(said) is bool(use.energy_doubt)
    assert use.energy_doubt in markdown(performance_report(found, ReportWishes()))


@dataclass
class _Trace:
    times_s: array
    low: array
    mean: array
    high: array


def test_buckets_know_how_many_seconds_they_hold():
    middles = array("d", [T0 + 30.0, T0 + 60.0, T0 + 90.0, T0 + 3600 + 1800.0])
    values = array("d", [1.0, math.nan, 2.0, 3.0])
    trace = _Trace(middles, values, values, values)
    gaps = (Span(T0 + 50.0, T0 + 70.0), Span(T0 + 110.0, T0 + 5000.0))
    found = course_of(trace, 60, (T0 + 10.0, T0 + 7200.0), gaps)
    assert list(found.starts) == [T0, T0 + 60, T0 + 3600]
    assert list(found.seconds) == [40.0, 40.0, 2200.0]
