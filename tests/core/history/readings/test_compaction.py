"""Compaction loses nothing and doubles nothing, whatever happens in the middle of it."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys

import pytest

from hwstudio.core.history.readings import store
from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.readings.writer import ReadingWriter

A, B = "cpu.busy_share", "gpu.0.energy_j"
START = 1_758_240_000 // (32 * 86400) * (32 * 86400)


def everything(file):
    """Return all samples of both sensors as a reader sees them."""
    history = ReadingHistory.open(file)
    found = {}
    for name in (A, B):
        raw = history.raw(name, 0, 4e9)
        assert len(set(raw.times_s)) == len(raw.times_s)
        found[name] = dict(zip(raw.times_s, raw.values, strict=True))
    history.close()
    return found


def rows(file, sql):
    db = sqlite3.connect(file)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def ticks(count, stride=1):
    return {START + at: {A: at % 100 / 100, B: float(at)} for at in range(0, count, stride)}


def test_an_hour_that_is_over_moves_and_says_how_many_samples_it_holds(file, write, compact):
    writer = write(file, ticks(7300))
    before = everything(file)
    compact(writer, START + 7300)
    writer.close()
    assert everything(file) == before
    assert rows(file, "SELECT hour, samples, holds FROM hour") == [
        (START // 3600, 7200, 3),
        (START // 3600 + 1, 7200, 3),
    ]
    assert rows(file, "SELECT count(*), min(slot) FROM hot") == [(100, START + 7200)]


def test_an_hour_that_is_not_over_is_left_alone(file, write):
    writer = write(file, ticks(3600))
    assert not writer.compact_some(START + 3605)  # a late sample may still be on its way
    assert rows(file, "SELECT count(*) FROM hot") == [(3600,)]
    writer.close()


def test_an_hour_is_compacted_within_a_minute_when_asked_with_every_tick(file):
    writer = ReadingWriter.open(file)
    for at in range(3500, 3660):
        writer.add(START + at, {A: 0.5, B: float(at)})
        writer.compact_some(START + at)
    assert rows(file, "SELECT hour, samples FROM hour") == [(START // 3600, 200)]
    writer.close()


def test_compaction_can_be_done_in_slices_with_ticks_between(file, write):
    writer = write(file, ticks(7200))
    slices = 0
    while writer.compact_some(START + 7300, 0.0):
        slices += 1
        writer.add(START + 7200 + slices, {A: 0.5, B: 7200.0 + slices})
    writer.close()
    assert slices > 10
    assert len(everything(file)[A]) == 7200 + slices


def test_late_ticks_are_merged_into_hours_days_and_blocks(file, write, compact):
    day = {START + at: {A: 0.5, B: float(at)} for at in range(0, 86400, 60)}
    writer = write(file, day)
    compact(writer, START + 40 * 86400)
    packed = "SELECT step_s, hours, count(*) FROM tier GROUP BY 1, 2 ORDER BY 1, 2"
    assert rows(file, packed) == [(60, 24, 2), (600, 24, 2), (3600, 768, 2)]
    writer.add(START + 5 * 3600 + 7, {A: 0.9, B: 5 * 3600.0 + 7})
    writer.flush()
    compact(writer, START + 40 * 86400)
    assert rows(file, packed) == [(60, 24, 2), (600, 24, 2), (3600, 768, 2)]
    writer.close()
    history = ReadingHistory.open(file)
    hours = history.trace([A], START, START + 86400, width_s=3600)[A]
    assert hours.high[5] == pytest.approx(0.9)
    assert hours.mean[5] == pytest.approx((60 * 0.5 + 0.9) / 61, abs=0.001 / 8)
    assert len(history.raw(A, START, START + 86400).times_s) == 1441
    history.close()


def test_a_late_tick_is_seen_in_every_tier_before_it_is_merged(file, write, compact):
    writer = write(file, {START + at: {A: 0.5, B: 1.0} for at in range(0, 86400, 60)})
    compact(writer, START + 2 * 86400)
    writer.add(START + 5 * 3600 + 7, {A: 0.9, B: 1.0})
    writer.flush()
    history = ReadingHistory.open(file)
    for width in (1, 60, 600, 3600):
        trace = history.trace([A], START, START + 86400, width_s=width)[A]
        assert max(trace.high) == pytest.approx(0.9)
    history.close()
    writer.close()


def test_rows_of_a_clock_that_was_ahead_are_compacted_too(file, compact):
    now = [START + 90 * 86400.0]
    writer = ReadingWriter.open(file, clock=lambda: now[0])
    writer.add(now[0], {A: 0.5, B: 1.0})
    now[0] = float(START)
    writer.add(START, {A: 0.5, B: 1.0})
    writer.flush()
    compact(writer, START + 60)
    assert rows(file, "SELECT slot FROM hot") == [(START,)]
    assert len(everything(file)[A]) == 2
    writer.close()


def test_a_tick_of_an_hour_whose_seconds_are_gone_leaves_its_minutes_alone(file, write, compact):
    writer = write(file, ticks(3600))
    compact(writer, START + 4000)
    writer.close()
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("DELETE FROM chunk")
    db.execute("UPDATE hour SET holds = 2, samples = 0")
    db.close()
    writer = ReadingWriter.open(file)
    writer.add(START + 5, {A: 0.99})
    writer.flush()
    history = ReadingHistory.open(file)
    before = history.trace([A], START, START + 3600, width_s=60)
    compact(writer, START + 4000)
    assert history.trace([A], START, START + 3600, width_s=60) == before
    assert rows(file, "SELECT count(*) FROM hot") == [(0,)]
    history.close()
    writer.close()


def test_a_row_whose_bytes_do_not_fit_is_left_out_and_stops_nothing(file, write, compact):
    writer = write(file, ticks(3600))
    writer.close()
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("UPDATE hot SET data = x'00' WHERE slot = ?", (START + 7,))
    db.execute("UPDATE hot SET layout = 99 WHERE slot = ?", (START + 8,))
    db.close()
    writer = ReadingWriter.open(file)
    compact(writer, START + 4000)
    writer.close()
    assert len(everything(file)[A]) == 3598


class Breaking(sqlite3.Connection):
    """A connection whose n-th statement fails as a full disk does."""

    left = 10**9

    def execute(self, sql, *args):
        self._spend(sql)
        return super().execute(sql, *args)

    def executemany(self, sql, rows):
        self._spend(sql)
        return super().executemany(sql, rows)

    def _spend(self, sql):
        if sql.startswith("ROLLBACK"):
            return
        Breaking.left -= 1
        if Breaking.left == 0:
            raise sqlite3.OperationalError("database or disk is full")


@pytest.fixture
def breaking(monkeypatch):
    def connect(name, *, waits_s, uri=False):
        return sqlite3.connect(
            name, timeout=waits_s, isolation_level=None, uri=uri, factory=Breaking
        )

    monkeypatch.setattr(store, "connect", connect)
    Breaking.left = 10**9
    yield Breaking
    Breaking.left = 10**9


def test_a_fault_at_any_statement_loses_nothing_and_doubles_nothing(
    file, write, compact, breaking, monkeypatch
):
    samples = ticks(26 * 3600, 300)
    writer = write(file, samples)
    whole = everything(file)
    clock = [0.0]
    monkeypatch.setattr("hwstudio.core.history.readings.writer.monotonic_s", lambda: clock[0])
    faults = 0
    for statement in range(1, 2000, 7):
        breaking.left = statement
        clock[0] += 1000.0
        compact(writer, START + 26 * 3600 + 60)
        was_hit, breaking.left = breaking.left <= 0, 10**9
        if not was_hit:
            break
        faults += 1
        assert "the disk is full" in writer.notice
        assert everything(file) == whole
    clock[0] += 1000.0
    compact(writer, START + 26 * 3600 + 60)
    assert faults > 3
    assert writer.notice == ""
    assert everything(file) == whole
    assert rows(file, "SELECT count(*) FROM hot") == [(0,)]
    assert rows(file, "SELECT sum(samples) FROM hour") == [(2 * len(samples),)]
    writer.close()


KILLED = """
import sys
from pathlib import Path
from hwstudio.core.history.readings.writer import ReadingWriter
file, start, first = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
writer = ReadingWriter.open(file)
writer.begin("boot", 1.0)
for at in range(first, 10 ** 9):
    writer.add(start + at, {"cpu.busy_share": at % 100 / 100, "gpu.0.energy_j": float(at)})
    print(at, flush=True)
    if at % 5 == 0:
        writer.compact_some(start + at, 0.0005)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_recorder_loses_ten_seconds_at_the_most(file):
    chance = random.Random(7)
    next_one = 0
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(file), str(START), str(next_one)],
            stdout=subprocess.PIPE,
            text=True,
        )
        told = [process.stdout.readline() for _ in range(chance.randrange(2500, 4500))]
        process.send_signal(signal.SIGKILL)
        told += [line for line in process.stdout if line.endswith("\n")]
        process.stdout.close()
        process.wait()
        found = everything(file)[A]
        last = int(max(found)) - START
        assert int(told[-1]) - last <= 10
        wanted = {START + at: at % 100 / 100 for at in range(last + 1)}
        assert found == pytest.approx(wanted)
        next_one = last + 1
    assert rows(file, "SELECT count(*) FROM chunk")[0][0] >= 2
    assert rows(file, "PRAGMA integrity_check") == [("ok",)]
