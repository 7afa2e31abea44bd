"""The user's own file is brought up to date, refused or set aside, and never lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import HostError, HwstudioError, UserError
from hwstudio.core.catalog.overlay import schema as overlay_schema
from hwstudio.core.catalog.overlay.file import DamageError, OverlayFile
from hwstudio.core.catalog.overlay.overlay import Overlay

V1 = (Path(__file__).parent / "my_catalog_v1.sql").read_text("utf-8")


@pytest.fixture
def file(tmp_path):
    """Where the user's file lies."""
    return tmp_path / "my-catalog.db"


@pytest.fixture
def old(file):
    """A file of format 1."""
    make_v1(file)
    return file


def make_v1(file, text=V1):
    with closing(sqlite3.connect(file)) as db, db:
        db.executescript(text)


def ask(file, sql):
    with closing(sqlite3.connect(file)) as db:
        return db.execute(sql).fetchall()


def test_prices_of_format_1_are_all_there_after_the_change(old):
    overlay = Overlay(old)
    prices = overlay.own_prices()
    assert set(prices) == {"cpu-1", "gpu-1"}
    assert (prices["cpu-1"].amount, prices["cpu-1"].currency) == (Decimal("199.90"), "EUR")
    assert "shop round the corner" in prices["cpu-1"].source
    assert prices["gpu-1"].as_of == "2025-07"
    assert ask(old, "PRAGMA user_version") == [(2,)]
    assert ask(old, "SELECT amount FROM price WHERE part_id = 'spoilt'") == [("twelve",)]


def test_the_old_file_is_copied_before_it_is_changed(old):
    before = ask(old, "SELECT * FROM own_price ORDER BY part_id")
    overlay = Overlay(old)
    overlay.set_own_price("cpu-1", Decimal(5), "EUR", "2026-11-20")
    assert overlay.backup is not None
    assert overlay.backup.name == "my-catalog.format-1.db"
    assert ask(overlay.backup, "SELECT * FROM own_price ORDER BY part_id") == before
    assert ask(overlay.backup, "PRAGMA user_version") == [(1,)]


def test_a_second_change_does_not_overwrite_the_first_copy(old):
    Overlay(old).own_prices()
    old.unlink()
    make_v1(old, V1.replace("199.90", "1.00"))
    Overlay(old).own_prices()
    amounts = {ask(copy, "SELECT amount FROM own_price WHERE part_id = 'cpu-1'")[0][0]
               for copy in old.parent.glob("*format-1*.db")}  # fmt: skip
    assert amounts == {"199.90", "1.00"}


def test_a_change_of_format_that_fails_leaves_the_old_file_as_it_was(old, monkeypatch):
    monkeypatch.setattr(overlay_schema, "_PRICES_OF_1", "INSERT INTO nowhere VALUES (1)")
    before = ask(old, "SELECT * FROM own_price")
    with pytest.raises(HostError, match="cannot be read"):
        Overlay(old).own_prices()
    assert ask(old, "SELECT * FROM own_price") == before
    assert ask(old, "PRAGMA user_version") == [(1,)]
    monkeypatch.undo()
    assert set(Overlay(old).own_prices()) == {"cpu-1", "gpu-1"}


def test_a_file_of_format_1_that_was_never_numbered_is_known_too(file):
    make_v1(file, V1.replace("user_version = 1", "user_version = 0"))
    assert set(Overlay(file).own_prices()) == {"cpu-1", "gpu-1"}


def test_a_newer_file_is_refused_and_left_alone_by_reading_and_writing(file):
    Overlay(file).set_note("cpu-1", "mine")
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("PRAGMA user_version = 3")
    before = file.read_bytes()
    for ask_it in (Overlay.own_prices, Overlay.batches, lambda o: o.set_note("cpu-1", "x")):
        with pytest.raises(UserError, match="a newer hwstudio"):
            ask_it(Overlay(file))
    assert file.read_bytes() == before
    assert sorted(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    "damage",
    [
        b"this was a database once " * 100,
        b"SQLite format 3\x00" + b"\xff" * 5000,
        b"\x00" * 4096,
    ],
)
def test_a_file_that_is_no_database_is_set_aside_whole_and_work_goes_on(file, damage):
    file.write_bytes(damage)
    overlay = Overlay(file)
    overlay.set_note("cpu-1", "new")
    assert Overlay(file).notes()["cpu-1"].text == "new"
    assert overlay.set_aside is not None
    assert overlay.set_aside.read_bytes() == damage


def test_a_database_of_another_program_is_set_aside(file):
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("CREATE TABLE price (shoes TEXT)")
    overlay = Overlay(file)
    assert overlay.own_prices() == {}
    assert ask(overlay.set_aside, "SELECT count(*) FROM price") == [(0,)]


def test_a_file_that_lost_a_table_is_set_aside(file):
    Overlay(file).set_note("cpu-1", "mine")
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("DROP TABLE owned")
    overlay = Overlay(file)
    overlay.set_owned("cpu-1", 1)
    assert ask(overlay.set_aside, "SELECT text FROM note") == [("mine",)]
    assert overlay.owned()["cpu-1"].quantity == 1


@pytest.mark.parametrize("first", [Overlay.notes, lambda o: o.set_owned("cpu-2", 4)])
def test_a_good_file_another_process_began_is_not_set_aside_for_the_damaged_one(
    file, monkeypatch, first
):
    file.write_bytes(b"this was a database once " * 100)
    real, others = OverlayFile.move_aside, []

    def move_late(disk, damage):
        """Let another process find the damage too, mend it, and write."""
        if not others:
            others.append(Overlay(file))
            others[0].set_note("cpu-1", "written meanwhile")
        return real(disk, damage)

    monkeypatch.setattr(OverlayFile, "move_aside", move_late)
    first(Overlay(file))
    assert Overlay(file).notes()["cpu-1"].text == "written meanwhile"
    assert [kept.name for kept in file.parent.glob("*damaged*")] == ["my-catalog.damaged.db"]


def test_what_an_interrupted_change_left_goes_with_the_damaged_file(file):
    file.write_bytes(b"this was a database once " * 100)
    disk = OverlayFile(file)
    with pytest.raises(DamageError) as caught, disk.reading():
        pytest.fail("it was opened")
    journal = file.with_name(file.name + "-journal")
    journal.write_bytes(b"left over")
    disk.move_aside(caught.value)
    assert (file.parent / "my-catalog.damaged.db-journal").read_bytes() == b"left over"
    assert not journal.exists()


def test_columns_another_program_added_are_left_alone_and_nothing_is_set_aside(file):
    overlay = Overlay(file)
    overlay.set_owned("cpu-1", 1, "2025", "mine")
    overlay.set_note("cpu-1", "mine")
    overlay.set_own_price("cpu-1", Decimal(5), "USD", "2026-11-20")
    with closing(sqlite3.connect(file)) as db, db:
        for table in (*overlay_schema.TABLES, *overlay_schema.JOURNAL):
            db.execute(f"ALTER TABLE {table} ADD COLUMN extra TEXT")
        db.execute("UPDATE owned SET extra = 'theirs'")
    overlay = Overlay(file)
    assert (overlay.owned()["cpu-1"].note, overlay.notes()["cpu-1"].text) == ("mine", "mine")
    overlay.set_owned("cpu-1", 2)
    overlay.set_note("cpu-1", "changed")
    overlay.set_own_price("cpu-1", Decimal(6), "USD", "2026-11-20")
    assert overlay.set_aside is None
    assert ask(file, "SELECT quantity, extra FROM owned") == [(2, "theirs")]
    for _ in range(6):
        overlay.undo_last()
    assert (overlay.owned(), overlay.notes(), overlay.own_prices()) == ({}, {}, {})


def test_an_empty_file_becomes_a_new_one(file):
    file.touch()
    overlay = Overlay(file)
    overlay.set_note("cpu-1", "x")
    assert overlay.set_aside is None
    assert overlay.notes()["cpu-1"].text == "x"


def test_a_locked_file_is_the_machines_trouble_and_nothing_is_moved(file, monkeypatch):
    monkeypatch.setattr("hwstudio.core.catalog.overlay.file._WAIT_S", 0.05)
    overlay = Overlay(file)
    overlay.set_note("cpu-1", "x")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(HostError, match=r"could not be saved: .*locked"):
            overlay.set_note("cpu-1", "y")
    assert overlay.set_aside is None
    assert overlay.notes()["cpu-1"].text == "x"


@pytest.fixture(scope="module")
def whole_file(tmp_path_factory):
    """A sound file with content on several pages."""
    file = tmp_path_factory.mktemp("whole") / "my-catalog.db"
    overlay = Overlay(file)
    for number in range(30):
        overlay.set_note(f"cpu-{number}", "x" * 300)
    return file


@settings(max_examples=60, deadline=None)
@given(
    place=st.floats(0, 0.999),
    junk=st.binary(min_size=1, max_size=600),
    kept=st.sampled_from([1, 2, 20]),
)
def test_no_damage_ever_ends_in_a_traceback(tmp_path_factory, whole_file, place, junk, kept):
    file = tmp_path_factory.mktemp("damage") / "my-catalog.db"
    whole = whole_file.read_bytes()
    start = int(place * len(whole))
    spoilt = whole[:start] + junk + whole[start + len(junk) :]
    file.write_bytes(spoilt[: len(spoilt) // kept])
    overlay = Overlay(file)
    with suppress(HwstudioError):
        overlay.notes()
        overlay.own_prices()
        overlay.set_owned("cpu-1", 3)
        assert overlay.owned()["cpu-1"].quantity == 3
        overlay.undo_last()
