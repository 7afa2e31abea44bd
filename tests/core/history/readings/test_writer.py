"""The recorder's side: what is kept, what is refused, what is written down beside the numbers."""

from __future__ import annotations

import math
import sqlite3

import pytest

from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.readings.writer import Pace, ReadingWriter
from hwstudio.core.model.sample import Device

A, B, C = "cpu.busy_share", "memory.used_bytes", "gpu.0.power_w"


def count(file, table):
    db = sqlite3.connect(file)
    try:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    finally:
        db.close()


def read(file, name, from_s, to_s):
    history = ReadingHistory.open(file)
    raw = history.raw(name, from_s, to_s)
    history.close()
    return dict(zip(raw.times_s, raw.values, strict=True))


def test_ten_ticks_are_one_commit(file, midnight):
    writer = ReadingWriter.open(file)
    writer.begin("boot", 1.0)
    for at in range(9):
        writer.add(midnight + at, {A: 0.5})
    assert count(file, "hot") == 0
    writer.add(midnight + 9, {A: 0.5})
    assert count(file, "hot") == 10
    writer.close()


def test_ticks_wait_no_longer_than_the_pace_by_the_clock(file, midnight, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("hwstudio.core.history.readings.writer.monotonic_s", lambda: now[0])
    writer = ReadingWriter.open(file, pace=Pace(commit_s=10.0))
    writer.begin("boot", 1.0)
    writer.add(midnight, {A: 0.5})
    now[0] += 9.5
    writer.add(midnight + 1, {A: 0.5})
    assert count(file, "hot") == 2
    writer.close()


def test_of_two_samples_in_a_second_the_later_one_counts(file, midnight):
    writer = ReadingWriter.open(file)
    writer.add(midnight + 0.1, {A: 0.1, B: 2**20})
    writer.add(midnight + 0.9, {A: 0.9})
    writer.flush()
    writer.add(midnight + 0.95, {A: 0.2})
    writer.close()
    assert read(file, A, midnight, midnight + 5) == {midnight: pytest.approx(0.2)}
    assert read(file, B, midnight, midnight + 5) == {}


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e300, -1e200])
def test_a_number_that_is_none_is_left_out_and_counted(file, midnight, bad):
    writer = ReadingWriter.open(file)
    writer.add(midnight, {A: 0.5, B: bad})
    writer.add(midnight + 1, {A: bad})
    writer.close()
    assert writer.refused == 2
    assert read(file, A, midnight, midnight + 5) == {midnight: pytest.approx(0.5)}
    assert read(file, B, midnight, midnight + 5) == {}


@pytest.mark.parametrize("bad", [math.nan, math.inf, -5.0, 10_000.0])
def test_an_impossible_time_is_refused(file, bad):
    writer = ReadingWriter.open(file, clock=lambda: 1000.0)
    writer.add(bad, {A: 0.5})
    writer.add(1500.0, {A: 0.5})  # a little ahead of the clock is nothing
    writer.close()
    assert writer.refused == 1
    assert count(file, "hot") == 1


def test_a_clock_that_was_set_back_writes_over_what_it_repeats(file, midnight):
    writer = ReadingWriter.open(file)
    for at in (0, 1, 2, 3, 1, 2):
        writer.add(midnight + at, {A: at / 10})
    writer.add(midnight + 3, {A: 0.9})
    writer.close()
    values = [0.0, 0.1, 0.2, 0.9]
    assert list(read(file, A, midnight, midnight + 9).values()) == pytest.approx(values)


def test_sensors_that_come_and_go_share_a_few_layouts(file, midnight):
    writer = ReadingWriter.open(file)
    sensors = [f"cpu.core.{core}.busy_share" for core in range(8)]
    wanted = {}
    for at in range(400):
        there = [name for n, name in enumerate(sensors) if (at * 7 + n) % 5]
        wanted[at] = dict.fromkeys(there, at % 10 / 10)
        writer.add(midnight + at, wanted[at])
    writer.close()
    assert count(file, "layout") <= 8
    for name in sensors:
        there = {midnight + at: pytest.approx(v[name]) for at, v in wanted.items() if name in v}
        assert read(file, name, midnight, midnight + 400) == there


def test_a_layout_is_used_again_when_a_sensor_comes_back(file, midnight):
    writer = ReadingWriter.open(file)
    for at in range(60):
        writer.add(midnight + at, {A: 0.5} if at // 10 % 2 else {A: 0.5, B: 2e9, C: 7.0})
    writer.close()
    assert count(file, "layout") == 2


def test_a_session_says_its_boot_and_why_there_was_a_gap_before_it(file, midnight):
    for boot, start in (("one", 0), ("one", 100), ("two", 500)):
        writer = ReadingWriter.open(file)
        writer.begin(boot, 1.0)
        for at in range(start, start + 20):
            writer.add(midnight + at, {A: 0.5})
        writer.close()
    history = ReadingHistory.open(file)
    assert [(s.boot_id, s.first_s - midnight, s.last_s - midnight) for s in history.boots()] == [
        ("one", 0, 19),
        ("one", 100, 119),
        ("two", 500, 519),
    ]
    assert [(g.from_s - midnight, g.to_s - midnight, g.why) for g in history.gaps(0, 1e12)] == [
        (20, 100, "nothing was recording"),
        (120, 500, "the computer was restarted"),
    ]
    assert history.gaps(midnight + 120, midnight + 121) == history.gaps(0, 1e12)[1:]
    history.close()


def test_a_session_that_was_killed_ends_with_its_last_reading(file, midnight, compact):
    killed = ReadingWriter.open(file)
    killed.begin("one", 1.0)
    for at in range(30):
        killed.add(midnight + at, {A: 0.5})
    # Not closed: the file is as a killed process leaves it.
    writer = ReadingWriter.open(file)
    compact(writer, midnight + 7300)
    writer.begin("two", 1.0)
    writer.add(midnight + 7200, {A: 0.5})
    writer.close()
    history = ReadingHistory.open(file)
    assert history.boots()[0].last_s == midnight + 29
    assert [(g.from_s, g.to_s) for g in history.gaps(0, 1e12)] == [(midnight + 30, midnight + 7200)]
    history.close()
    killed.close()


def test_a_gap_is_kept_with_its_reason(file, midnight):
    writer = ReadingWriter.open(file)
    writer.gap(midnight, midnight + 60, "the computer slept")
    writer.close()
    history = ReadingHistory.open(file)
    assert [gap.why for gap in history.gaps(midnight + 10, midnight + 20)] == ["the computer slept"]
    assert history.gaps(midnight + 60, midnight + 70) == ()
    history.close()


def test_a_device_that_is_gone_still_has_its_name(file):
    now = [1000.0]
    writer = ReadingWriter.open(file, clock=lambda: now[0])
    old = Device("gpu.0", "Old card", "gpu", {"power_w": 250.0}, (("Driver", "1.0"),))
    new = Device("gpu.0", "New card", "gpu", {"power_w": 300.0})
    newer = Device("gpu.0", "New card", "gpu", {"power_w": 310.0}, (("Driver", "2.0"),))
    for device, at in ((old, 1000), (old, 2000), (new, 3000), (newer, 4000)):
        now[0] = float(at)
        writer.remember_devices([device])
    now[0] = 5000.0
    writer.close()
    history = ReadingHistory.open(file)
    assert [(k.device, k.first_s, k.last_s) for k in history.devices()] == [
        (newer, 3000, 5000),
        (old, 1000, 1000),
    ]
    history.close()


def test_an_unchanged_device_is_written_down_once_an_hour(file):
    now = [0.0]
    writer = ReadingWriter.open(file, clock=lambda: now[0])
    statements = []
    writer._db.set_trace_callback(statements.append)
    for at in range(0, 7200, 100):
        now[0] = float(at)
        writer.remember_devices([Device("cpu", "A processor", "cpu")])
        writer.flush()
    assert sum("INTO device" in each for each in statements) == 2
    writer.close()


def test_events_are_kept_changed_and_forgotten(file):
    writer = ReadingWriter.open(file)
    run = writer.add_event("run", 100.0, {"name": "first", "end_s": None})
    other = writer.add_event("run", 50.0, {"name": "earlier"})
    writer.add_event("alert", 70.0, {"sensor": A})
    writer.update_event(run, {"name": "first", "end_s": 160.0})
    history = ReadingHistory.open(file)
    assert [(e.id, e.at_s, e.document) for e in history.events("run")] == [
        (other, 50.0, {"name": "earlier"}),
        (run, 100.0, {"name": "first", "end_s": 160.0}),
    ]
    assert history.events("run", 51.0, 100.0) == ()
    writer.delete_event(other)
    assert [event.id for event in history.events("run")] == [run]
    history.close()
    writer.close()


def test_words_that_are_no_valid_unicode_stop_nothing(file, midnight):
    writer = ReadingWriter.open(file)
    writer.add(midnight, {"disk.\udce4.busy_share": 0.5, A: 0.5})
    writer.remember_devices([Device("disk.\udce4", "Disk \udcff", "disk")])
    writer.gap(1.0, 2.0, "\ud800")
    writer.add_event("note\udce4", 1.0, {"text": "\udce4"})
    writer.close()
    assert writer.notice == ""
    assert len(read(file, A, midnight, midnight + 1)) == 1


def test_a_file_that_was_deleted_is_begun_anew(file, midnight):
    writer = ReadingWriter.open(file)
    writer.add(midnight, {A: 0.5})
    writer.flush()
    for each in file.parent.iterdir():
        each.unlink()
    writer.add(midnight + 1, {A: 0.5})
    assert writer.flush()
    assert len(read(file, A, midnight, midnight + 9)) == 1
    writer.close()
