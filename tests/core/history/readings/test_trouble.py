"""A disk that is full, locked, read-only or damaged is survived, with words for people."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.history.migrations import Migration, applied, schema_of
from hwstudio.core.history.readings import store
from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.readings.schema import MIGRATIONS
from hwstudio.core.history.readings.writer import Pace, ReadingWriter

A = "cpu.busy_share"
START = 1_758_240_000 // (32 * 86400) * (32 * 86400)


def times(file):
    history = ReadingHistory.open(file)
    found = [int(at) - START for at in history.raw(A, 0, 4e9).times_s]
    history.close()
    return found


def add(writer, *seconds):
    for at in seconds:
        writer.add(START + at, {A: 0.5})


class Refusing(sqlite3.Connection):
    """A connection that refuses to write, in given words."""

    words = ""

    def execute(self, sql, *args):
        if self.words and sql.startswith(("BEGIN IMMEDIATE", "INSERT", "PRAGMA journal_mode")):
            raise sqlite3.OperationalError(self.words)
        return super().execute(sql, *args)


@pytest.fixture
def refusing(monkeypatch):
    def connect(name, *, waits_s, uri=False):
        return sqlite3.connect(
            name, timeout=waits_s, isolation_level=None, uri=uri, factory=Refusing
        )

    monkeypatch.setattr(store, "connect", connect)
    yield Refusing
    Refusing.words = ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("attempt to write a readonly database", "it may not be written"),
        ("database or disk is full", "the disk is full"),
        ("disk I/O error", "the disk refuses"),
        ("unable to open database file", "it cannot be opened"),
    ],
)
def test_what_cannot_be_written_is_held_and_written_later(file, refusing, words, said):
    writer = ReadingWriter.open(file)
    add(writer, *range(20))
    refusing.words = words
    add(writer, *range(20, 50))
    writer.gap(1.0, 2.0, "held too")
    run = writer.add_event("run", 5.0, {"name": "held"})
    assert said in writer.notice
    assert str(file) in writer.notice
    assert writer.held == 30
    assert times(file) == list(range(20))
    refusing.words = ""
    assert writer.flush()
    assert writer.notice == ""
    assert times(file) == list(range(50))
    history = ReadingHistory.open(file)
    assert [event.id for event in history.events("run")] == [run]
    assert history.gaps(1.0, 2.0)[0].why == "held too"
    history.close()
    writer.close()


def test_a_disk_that_was_made_read_only_is_not_called_full(file, refusing, monkeypatch):
    """SQLite says the same of both: "disk I/O error"."""
    writer = ReadingWriter.open(file)
    refusing.words = "disk I/O error"
    real = os.open

    def refuse(path, flags, *rest):
        if Path(path) == file and flags & os.O_WRONLY:
            raise OSError(errno.EROFS, "Read-only file system")
        return real(path, flags, *rest)

    monkeypatch.setattr(os, "open", refuse)
    add(writer, *range(12))
    assert "its disk has become read-only" in writer.notice
    assert "full" not in writer.notice
    monkeypatch.undo()
    writer.close()


def test_a_recorder_starts_where_nothing_can_be_written_and_goes_on(file, refusing):
    refusing.words = "attempt to write a readonly database"
    writer = ReadingWriter.open(file)
    assert "may not be written" in writer.notice
    add(writer, *range(25))
    refusing.words = ""
    add(writer, *range(25, 30))
    assert writer.notice == ""
    assert times(file) == list(range(30))
    writer.close()


def test_what_is_held_has_an_end_and_what_was_lost_is_a_gap_with_its_reason(file, refusing):
    writer = ReadingWriter.open(file, pace=Pace(10.0, 60.0))
    add(writer, *range(10))
    refusing.words = "database or disk is full"
    add(writer, *range(10, 100))
    assert writer.held == 60
    assert writer.lost == 30
    refusing.words = ""
    writer.close()
    assert times(file) == [*range(10), *range(40, 100)]
    history = ReadingHistory.open(file)
    lost = [(g.from_s - START, g.to_s - START, g.why) for g in history.gaps(0, 4e9)]
    assert lost == [(10, 40, "they could not be written in time")]
    history.close()


def test_a_file_that_reached_its_most_pages_is_a_full_disk(file):
    writer = ReadingWriter.open(file)
    add(writer, *range(10))
    pages = writer._db.execute("PRAGMA page_count").fetchone()[0]
    writer._db.execute(f"PRAGMA max_page_count = {pages + 1}")
    seconds = range(10, 10_000)
    for at in seconds:
        writer.add(START + at, {A: 0.5, **{f"cpu.core.{n}.busy_share": 0.5 for n in range(60)}})
        if writer.notice:
            break
    assert "the disk is full" in writer.notice
    # The writer opens the file anew, without the limit, as if there were room again.
    assert writer.flush()
    assert writer.notice == ""
    assert times(file) == list(range(at + 1))
    writer.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a small file system")
def test_a_disk_that_is_really_full(file):
    import resource
    import subprocess

    program = f"""
import resource, signal
from pathlib import Path
from hwstudio.core.history.readings.writer import ReadingWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
writer = ReadingWriter.open(Path({str(file)!r}))
names = [f"cpu.core.{{n}}.busy_share" for n in range(60)]
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, hard))
at = 0
while not writer.notice:
    writer.add({START} + at, dict.fromkeys(names, 0.5))
    at += 1
    assert at < 20_000
print(writer.notice)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
assert writer.flush(), writer.notice
writer.close()
print(at)
"""
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert "cannot be written" in answer[0]
    history = ReadingHistory.open(file)
    assert len(history.raw("cpu.core.7.busy_share", 0, 4e9).times_s) == int(answer[1])
    history.close()
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 600_000


def test_a_lock_of_another_program_is_waited_out_in_memory(file, monkeypatch):
    monkeypatch.setattr(store, "_WRITER_WAITS_S", 0.01)
    writer = ReadingWriter.open(file)
    add(writer, *range(10))
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    add(writer, *range(10, 30))
    assert "another program is using it" in writer.notice
    other.execute("ROLLBACK")
    other.close()
    add(writer, *range(30, 40))
    assert writer.notice == ""
    assert times(file) == list(range(40))
    writer.close()


@pytest.mark.parametrize("harm", ["head", "text", "table"])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(file, write, harm):
    write(file, {START + at: {A: 0.5} for at in range(50)}).close()
    if harm == "head":
        data = bytearray(file.read_bytes())
        data[:16384] = os.urandom(16384)
        file.write_bytes(data)
    elif harm == "text":
        file.write_text("this is no database " * 1000)
    else:
        db = sqlite3.connect(file)
        db.execute("DROP TABLE chunk")
        db.close()
    writer = ReadingWriter.open(file)
    add(writer, *range(50, 60))
    assert "was damaged. It was kept as monitor.damaged-" in writer.notice
    writer.close()
    assert times(file) == list(range(50, 60))
    assert len(list(file.parent.glob("monitor.damaged-*.db"))) == 1


def test_damage_that_shows_while_writing_loses_no_tick(file, write):
    writer = write(file, {START + at: {A: 0.5} for at in range(4000)})
    writer._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    data = bytearray(file.read_bytes())
    data[16384:] = os.urandom(len(data) - 16384)
    writer._disconnect()
    file.write_bytes(data)
    add(writer, *range(4000, 4030))
    writer.close()
    assert "was damaged" in writer.notice
    assert times(file) == list(range(4000, 4030))


def test_a_damaged_file_is_an_error_with_words_for_the_window(file):
    file.write_text("this is no database " * 1000)
    with pytest.raises(HostError, match="could not be read"):
        ReadingHistory.open(file)


def test_the_window_finds_the_new_file_after_damage(file, write):
    write(file, {START: {A: 0.5}}).close()
    history = ReadingHistory.open(file)
    assert len(history.raw(A, 0, 4e9).times_s) == 1
    store.set_aside(file)
    assert history.series() == ()
    write(file, {START + 5: {A: 0.5}, START + 6: {A: 0.5}}).close()
    assert list(history.raw(A, 0, 4e9).times_s) == [START + 5, START + 6]
    history.close()


@pytest.mark.parametrize("how", ["number", "step"])
def test_a_file_of_a_newer_hwstudio_is_left_alone(file, write, how):
    write(file, {START: {A: 0.5}}).close()
    db = sqlite3.connect(file, isolation_level=None)
    if how == "number":
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    else:
        db.execute("INSERT INTO migration VALUES (99, '0099 from the future', 'then')")
    db.close()
    before = file.read_bytes()
    with pytest.raises(UserError, match="newer hwstudio"):
        ReadingWriter.open(file)
    with pytest.raises(UserError, match="newer hwstudio"):
        ReadingHistory.open(file)
    assert file.read_bytes() == before


def test_an_older_file_is_copied_and_migrated_whole_or_not_at_all(file, write, monkeypatch):
    write(file, {START: {A: 0.5}}).close()

    def half(db):
        db.execute("CREATE TABLE extra (x)")
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(store, "MIGRATIONS", (*MIGRATIONS, Migration("0002 half", half)))
    writer = ReadingWriter.open(file)
    assert "the disk is full" in writer.notice
    writer.close()
    db = sqlite3.connect(file)
    assert schema_of(db) == 1
    assert applied(db) == ("0001 readings",)
    assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'extra'").fetchall()
    db.close()
    copies = list(file.parent.glob("monitor.schema1-*.db"))
    assert copies
    assert times(copies[0]) == [0]


def test_a_file_of_schema_1_is_read_by_this_version(file):
    db = sqlite3.connect(file)
    db.executescript(Path(__file__).with_name("schema1.sql").read_text(encoding="utf-8"))
    db.execute("PRAGMA user_version = 1")
    db.close()
    writer = ReadingWriter.open(file)
    writer.close()
    assert writer.notice == ""
    history = ReadingHistory.open(file)
    first = 1_755_648_000
    assert history.series() == ("cpu.busy_share", "gpu.0.energy_j")
    assert history.span() == (first, first + 90_000)
    raw = history.raw("cpu.busy_share", 0, 4e9)
    assert len(raw.times_s) == 1501
    assert raw.values[7] == pytest.approx(0.07)
    assert history.increase("gpu.0.energy_j", 0, 4e9) == 1500 * 30
    hours = history.trace(["cpu.busy_share"], first, first + 86400, width_s=3600)
    assert len(hours["cpu.busy_share"].times_s) == 24
    assert history.devices()[0].device.title == "A card"
    assert history.events("run")[0].document == {"name": "first"}
    assert history.gaps(0, 4e9)[0].why == "the computer slept"
    assert history.boots()[0].boot_id == "boot"
    history.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs folders that may not be written")
def test_a_file_on_a_disk_that_cannot_be_written_is_read(file, write, monkeypatch):
    write(file, {START + at: {A: 0.5} for at in range(20)}).close()
    shutil.copy(file, file.with_name("copy.db"))
    connect = store.connect

    def unable(name, *, waits_s, uri=False):
        if "immutable" not in name:
            raise sqlite3.OperationalError("unable to open database file")
        return connect(name, waits_s=waits_s, uri=uri)

    monkeypatch.setattr(store, "connect", unable)
    history = ReadingHistory.open(file.with_name("copy.db"))
    assert len(history.raw(A, 0, 4e9).times_s) == 20
    monkeypatch.setattr(store, "connect", connect)
    write(file.with_name("copy.db"), {START + 20: {A: 0.5}}).close()
    assert len(history.raw(A, 0, 4e9).times_s) == 21  # what changed meanwhile is noticed
    history.close()
