"""What is past its time goes, finest first; the file shrinks; a wrong clock empties nothing."""

from __future__ import annotations

import shutil
import sqlite3

import pytest

from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.readings.retention import Retention
from hwstudio.core.history.readings.writer import ReadingWriter

A, B = "cpu.busy_share", "disk.old.busy_share"
START = 1_758_240_000 // (32 * 86400) * (32 * 86400)
DAY = 86400


def prune(writer, now_s):
    while writer.prune(now_s, 5.0):
        pass


def kept(file, width):
    history = ReadingHistory.open(file)
    traces = history.trace([A], START, START + 40 * DAY, width_s=width)
    history.close()
    return [at - START for at in traces[A].times_s] if traces else []


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Ten days at a sample every two minutes, compacted; made once, copied for each test."""
    file = tmp_path_factory.mktemp("made") / "monitor.db"
    writer = ReadingWriter.open(file)
    for at in range(0, 10 * DAY, 120):
        writer.add(START + at, {A: at % 977 / 977})
    while writer.compact_some(START + 10 * DAY + 60, 5.0):
        pass
    writer.close()
    return file


@pytest.fixture
def ten_days(file, made):
    shutil.copy(made, file)
    writer = ReadingWriter.open(file)
    yield writer
    writer.close()


def raw_days(file):
    history = ReadingHistory.open(file)
    found = sorted({int(at - START) // DAY for at in history.raw(A, 0, 4e9).times_s})
    history.close()
    return found


def test_seconds_go_first_then_minutes_then_hours(file, ten_days):
    now = START + 10 * DAY + 60
    ten_days.retention = Retention(raw_days=2, minute_days=5, hour_days=8)
    prune(ten_days, now)
    assert raw_days(file) == [8, 9]
    db = sqlite3.connect(file)
    starts = "SELECT min(start) FROM tier WHERE step_s = ?"
    assert db.execute(starts, (60,)).fetchone()[0] == START // 3600 + 5 * 24
    assert db.execute(starts, (3600,)).fetchone()[0] == START // 3600 + 2 * 24
    db.close()


def test_what_is_left_of_an_old_day_is_still_drawn(file, ten_days):
    before = kept(file, 3600)
    ten_days.retention = Retention(raw_days=1, minute_days=3)
    prune(ten_days, START + 10 * DAY + 60)
    assert kept(file, 3600) == before
    assert len(before) == 240
    fine = kept(file, 60)
    # Seven days are hours now, three are minutes (a sample every other one).
    assert [at for at in fine if at < 7 * DAY] == [hour * 3600 + 1800 for hour in range(7 * 24)]
    assert len([at for at in fine if at > 7 * DAY]) > 3 * 700


def test_a_clock_far_ahead_empties_nothing(file, ten_days):
    prune(ten_days, START + 4000 * DAY)
    assert raw_days(file) == list(range(10))


def test_a_size_that_is_reached_drops_the_oldest_seconds_before_their_time(file, ten_days):
    db = ten_days._db
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    limit = (pages - db.execute("PRAGMA freelist_count").fetchone()[0] - 2) * 16384
    ten_days.retention = Retention(most_bytes=limit)
    prune(ten_days, START + 10 * DAY + 60)
    ten_days.close()
    assert file.stat().st_size <= limit
    found = raw_days(file)
    assert 0 < len(found) < 10
    assert found[-1] == 9
    assert len(kept(file, 3600)) == 240


def test_a_size_too_small_for_anything_leaves_the_hours(file, ten_days):
    ten_days.retention = Retention(most_bytes=1)
    prune(ten_days, START + 10 * DAY + 60)
    assert raw_days(file) == []
    assert len(kept(file, 3600)) == 240
    assert ten_days.notice == ""


def test_the_file_really_shrinks(file, write, compact):
    names = [f"cpu.core.{n}.busy_share" for n in range(30)]
    writer = ReadingWriter.open(file)
    for at in range(0, 4 * 3600, 3):
        writer.add(START + at, {name: at * (n + 3) % 997 / 997 for n, name in enumerate(names)})
    compact(writer, START + 5 * 3600)
    writer.close()
    before = file.stat().st_size
    writer = ReadingWriter.open(file, retention=Retention(most_bytes=1))
    prune(writer, START + 5 * 3600)
    writer.close()
    assert file.stat().st_size < before / 3
    db = sqlite3.connect(file)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


def test_pruning_stops_when_its_time_is_over_and_goes_on_when_called_again(file, ten_days):
    ten_days.retention = Retention(raw_days=1)
    assert ten_days.prune(START + 10 * DAY + 60, 0.0)
    assert 1 < len(raw_days(file)) <= 10
    prune(ten_days, START + 10 * DAY + 60)
    assert raw_days(file) == [9]


def test_a_compaction_under_way_goes_first(file, ten_days):
    for at in range(3600, 7200, 10):
        ten_days.add(START + 10 * DAY + at, {A: 0.5})
    assert ten_days.compact_some(START + 10 * DAY + 7300, 0.0)
    ten_days.retention = Retention(raw_days=1)
    assert ten_days.prune(START + 10 * DAY + 7300, 5.0)
    assert len(raw_days(file)) == 11
    while ten_days.compact_some(START + 10 * DAY + 7300, 1.0):
        pass
    prune(ten_days, START + 10 * DAY + 7300)
    assert raw_days(file) == [9, 10]


def test_a_sensor_that_left_no_trace_is_forgotten(file, ten_days):
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("INSERT INTO series (name, step, counter) VALUES (?, 0.001, 0)", (B,))
    db.close()
    history = ReadingHistory.open(file)
    assert history.series() == (A, B)
    prune(ten_days, START + 10 * DAY + 60)
    assert history.series() == (A,)
    history.close()
    # A sensor of that name that comes back gets a number of its own again.
    ten_days.add(START + 10 * DAY + 61, {A: 0.5, B: 0.5})
    assert ten_days.flush()


def test_size_and_bytes_per_sample_are_those_of_the_files(file, ten_days):
    history = ReadingHistory.open(file)
    lying = sum(each.stat().st_size for each in file.parent.glob("monitor.db*"))
    lying -= sum(each.stat().st_size for each in file.parent.glob("*-shm"))
    assert history.size_bytes() == lying
    assert history.bytes_per_sample() == pytest.approx(lying / (10 * 720))
    history.close()
