"""The history keeps results through restarts, damage, newer files and disks that refuse."""

from __future__ import annotations

import os
import sqlite3
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.history.migrations import MIGRATIONS, Migration, applied, migrate, schema_of
from hwstudio.core.history.row import of_row, to_row
from hwstudio.core.history.store import History
from hwstudio.core.model.result import Metric, Outcome, Result

ONE = Result(
    id="a1",
    bench="torch_matmul",
    method_version=1,
    taken_at="2026-11-20T10:00:00Z",
    machine="desk",
    device="CPU",
    params={"sizes": [64], "device": "auto"},
    outcome=Outcome.FINISHED,
    words="It finished.",
    verdict="ok",
    verdict_reason="",
    metrics=(Metric("fp32 64", "FLOP/s", 1e11, 0.9e11, 1.1e11, 10),),
    samples={"fp32 64": [1e11, 1.1e11]},
    conditions={"cpu": "x", "before": {"load": 0.5}},
)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "history.db"


def test_a_result_survives_a_restart_whole(file):
    store = History.open(file)
    store.add_result(ONE)
    store.close()
    again = History.open(file)
    assert again.results() == (ONE,)
    assert again.result("a1") == ONE
    assert again.notice == ""
    again.close()


@given(
    params=st.dictionaries(st.text(max_size=8), st.integers(-(2**60), 2**60), max_size=4),
    samples=st.dictionaries(
        st.text(max_size=8), st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=5)
    ),
    words=st.text(max_size=40).filter(lambda t: not any("\ud800" <= c <= "\udfff" for c in t)),
)
def test_any_result_comes_back_as_it_went_in(params, samples, words):
    result = replace(ONE, params=params, samples=samples, words=words)
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.row_factory = sqlite3.Row
    migrate(db)
    db.execute(f"INSERT INTO result VALUES ({','.join('?' * 14)})", to_row(result))
    assert of_row(db.execute("SELECT * FROM result").fetchone()) == result
    db.close()


def test_results_come_newest_first_and_by_benchmark(file):
    store = History.open(file)
    store.add_result(ONE)
    store.add_result(replace(ONE, id="b2", taken_at="2026-11-21T10:00:00Z", bench="ddp"))
    assert [r.id for r in store.results()] == ["b2", "a1"]
    assert [r.id for r in store.results("torch_matmul")] == ["a1"]
    store.close()


def test_a_list_without_samples_has_all_else(file):
    store = History.open(file)
    store.add_result(ONE)
    assert store.results("torch_matmul", with_samples=False) == (replace(ONE, samples={}),)
    assert store.results(with_samples=False) == (replace(ONE, samples={}),)
    store.close()


def test_a_deleted_result_is_gone_and_can_be_put_back(file):
    store = History.open(file)
    store.add_result(ONE)
    store.delete_result("a1")
    store.delete_result("never was")
    assert store.results() == ()
    with pytest.raises(UserError, match="a1"):
        store.result("a1")
    store.add_result(ONE)
    assert store.results() == (ONE,)
    store.close()


def test_a_newer_file_is_refused_politely_and_left_alone(file):
    History.open(file).close()
    db = sqlite3.connect(file)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    before = file.read_bytes()
    with pytest.raises(UserError, match="newer hwstudio"):
        History.open(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"this is no database, " * 100, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(file, content):
    file.write_bytes(content)
    store = History.open(file)
    assert "damaged" in store.notice
    store.add_result(ONE)
    store.close()
    aside = [p for p in file.parent.iterdir() if "damaged" in p.name]
    assert [p.read_bytes() for p in aside] == [content]
    again = History.open(file)
    assert again.results() == (ONE,)
    again.close()


def test_a_file_damaged_in_the_middle_is_noticed(file):
    store = History.open(file)
    for number in range(200):
        store.add_result(replace(ONE, id=f"r{number}", words="x" * 500))
    store.close()
    raw = bytearray(file.read_bytes())
    raw[8192:40960] = b"\xee" * (40960 - 8192)
    file.write_bytes(bytes(raw))
    store = History.open(file)
    assert "damaged" in store.notice
    store.close()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user rights hold for")
def test_a_folder_that_cannot_be_written_still_shows_the_old_results(file):
    store = History.open(file)
    store.add_result(ONE)
    store.close()
    file.chmod(0o400)
    file.parent.chmod(0o500)
    try:
        store = History.open(file)
        assert store.results() == (ONE,)
        assert "cannot be kept" in store.notice
        with pytest.raises(HostError, match="could not be saved"):
            store.add_result(ONE)
        store.close()
    finally:
        file.parent.chmod(0o700)


def test_a_disk_that_refuses_to_write_shows_the_old_results_and_says_so(file, monkeypatch):
    store = History.open(file)
    store.add_result(ONE)
    store.close()

    def refuse(_file):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("hwstudio.core.history.store._open", refuse)
    store = History.open(file)
    assert store.results() == (ONE,)
    assert "cannot be kept" in store.notice
    with pytest.raises(HostError, match="could not be saved"):
        store.add_result(replace(ONE, id="b2"))
    store.close()


def test_where_no_file_can_be_had_results_live_until_the_end(tmp_path):
    store = History.open(tmp_path / "no folder" / "history.db")
    assert "cannot be kept" in store.notice
    store.add_result(ONE)
    assert store.results() == (ONE,)
    store.close()


def test_every_step_is_recorded_and_taken_once(file):
    History.open(file).close()
    History.open(file).close()
    db = sqlite3.connect(file)
    assert applied(db) == tuple(step.name for step in MIGRATIONS)
    db.close()


def test_a_step_that_fails_half_way_leaves_the_schema_before_it(file):
    db = sqlite3.connect(file, isolation_level=None)
    migrate(db)

    def broken(connection):
        connection.execute("CREATE TABLE half (a)")
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        migrate(db, (*MIGRATIONS, Migration("0003 broken", broken)))
    assert schema_of(db) == len(MIGRATIONS)
    assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone()
    db.close()


def test_before_a_step_the_file_is_backed_up(file, monkeypatch):
    store = History.open(file)
    store.add_result(ONE)
    store.close()
    step = Migration("0003 note", lambda db: db.execute("ALTER TABLE result ADD note TEXT"))
    for room in ("migrations", "store"):
        monkeypatch.setattr(f"hwstudio.core.history.{room}.MIGRATIONS", (*MIGRATIONS, step))
    monkeypatch.setattr(
        "hwstudio.core.history.store.migrate", lambda db: migrate(db, (*MIGRATIONS, step))
    )
    monkeypatch.setattr("hwstudio.core.history.store.pending", lambda _db: (step,))
    store = History.open(file)
    assert store.results() == (ONE,)
    store.close()
    kept = [p for p in file.parent.iterdir() if f"schema{len(MIGRATIONS)}" in p.name]
    assert len(kept) == 1
    old = sqlite3.connect(kept[0])
    assert old.execute("SELECT id FROM result").fetchall() == [("a1",)]
    old.close()


def test_many_threads_may_write_at_once(file):
    store = History.open(file)
    threads = [
        threading.Thread(target=store.add_result, args=(replace(ONE, id=f"t{n}"),))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.results()) == 12
    store.close()


def test_two_windows_share_one_file(file):
    one, other = History.open(file), History.open(file)
    one.add_result(ONE)
    assert other.results() == (ONE,)
    one.close()
    other.close()


def damage(file, column, value="{bad"):
    store = History.open(file)
    store.add_result(ONE)
    store.add_result(replace(ONE, id="bad1"))
    store.close()
    db = sqlite3.connect(file)
    db.execute(f"UPDATE result SET {column} = ? WHERE id = 'bad1'", (value,))
    db.commit()
    db.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("metrics", "{bad"),
        ("metrics", "[[1]]"),
        ("metrics", '[["fp32 64", "FLOP/s", null, 1, 1, 3]]'),
        ("params", "[]"),
        ("conditions", ""),
        ("outcome", "exploded"),
    ],
)
def test_an_unreadable_row_is_left_out_with_a_warning_that_names_it(file, caplog, column, value):
    damage(file, column, value)
    store = History.open(file)
    assert store.results() == (ONE,)
    assert store.results(with_samples=False) == (replace(ONE, samples={}),)
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1, "once per row is enough"
    assert "bad1" in told[0]
    assert column in told[0]
    with pytest.raises(UserError, match="'bad1' cannot be read"):
        store.result("bad1")
    store.close()


def test_damaged_samples_cost_the_samples_only(file):
    damage(file, "samples")
    store = History.open(file)
    assert store.result("bad1") == replace(ONE, id="bad1", samples={})
    store.close()


@pytest.mark.parametrize("number", [1, 2])
def test_a_file_with_a_step_we_do_not_know_is_refused_and_left_alone(file, number):
    History.open(file).close()
    db = sqlite3.connect(file)
    db.execute("INSERT OR REPLACE INTO migration VALUES (?, '0002 tags', 'x')", (number,))
    db.commit()
    db.close()
    before = file.read_bytes()
    with pytest.raises(UserError, match=r"newer hwstudio.*0002 tags"):
        History.open(file)
    assert file.read_bytes() == before


def test_a_file_another_program_has_locked_is_told_so_in_plain_words(file):
    store = History.open(file)
    store.add_result(ONE)
    locker = sqlite3.connect(file, isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    store._db.execute("PRAGMA busy_timeout = 10")
    with pytest.raises(HostError, match="another program is using it"):
        store.add_result(replace(ONE, id="b2"))
    locker.execute("ROLLBACK")
    locker.close()
    store.close()


def test_what_lives_in_memory_only_says_why_it_is_not_kept(tmp_path):
    store = History.open(tmp_path / "no folder" / "history.db")
    assert store.why_not_kept == "it cannot be opened"
    store.close()
    kept = History.open(tmp_path / "history.db")
    assert kept.why_not_kept == ""
    kept.close()
