"""A newer catalogue is taken whole or not at all, and never costs the user a working one."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import zipfile
from contextlib import closing
from decimal import Decimal

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.paths import Home, bundled_catalog
from hwstudio.core.catalog.update import bundle, candidate, update
from hwstudio.core.catalog.update.in_use import POINTER, catalog_in_use
from hwstudio.core.catalog.update.update import NotNewerError, pack, undo_update, update_from
from hwstudio.core.studio import open_studio

LATER = "2031-01-05"


@pytest.fixture(scope="session")
def shipped(tmp_path_factory):
    """The bundled catalogue as it is now, so that a compile meanwhile changes no test."""
    file = tmp_path_factory.mktemp("shipped") / "catalog.db"
    shutil.copy(bundled_catalog(), file)
    return file


@pytest.fixture(autouse=True)
def _bundled(shipped, monkeypatch):
    for module in ("in_use", "update"):
        monkeypatch.setattr(
            f"hwstudio.core.catalog.update.{module}.bundled_catalog", lambda: shipped
        )


@pytest.fixture
def in_full():
    """Asks for the reading of every row too, which takes a second a time."""


@pytest.fixture(autouse=True)
def _quick(request, monkeypatch):
    if "in_full" not in request.fixturenames:
        monkeypatch.setattr("hwstudio.core.catalog.update.candidate._bare_cells", lambda file: 0)


@pytest.fixture
def newer(shipped, tmp_path):
    """Make a catalogue with its checksum beside it; SQL changes it first."""

    def make(*statements, as_of=LATER, name="catalog-new.db"):
        file = tmp_path / name
        shutil.copy(shipped, file)
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE meta SET value = ? WHERE name = 'as_of'", (as_of,))
            for sql in statements:
                connection.execute(sql)
        return summed(file)

    return make


def summed(file):
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    file.with_name(f"{file.name}.sha256").write_text(f"{digest}  {file.name}\n", "ascii")
    return file


def zipped(file, entries, **changes):
    """Write a .hwcat around a catalogue; ``changes`` spoil its manifest."""
    body = file.read_bytes()
    manifest = {
        "format": 1,
        "schema_version": 1,
        "as_of": LATER,
        "sha256": hashlib.sha256(body).hexdigest(),
        "bytes": len(body),
    } | changes
    out = file.with_suffix(".hwcat")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name in entries:
            archive.writestr(name, body)
    return out


def in_use(home):
    """Return the date of what would be opened, and prove that it opens."""
    with closing(catalog_in_use(home).store()) as store:
        assert store.rows("SELECT count(*) AS n FROM gpu")[0]["n"] > 100
        return store.as_of


# --- taking ----------------------------------------------------------------------------------


def test_a_newer_catalogue_is_used_from_the_next_opening_on(home, newer, in_full):
    before = in_use(home)
    result = update_from(newer(), home)
    assert (result.updated, result.from_as_of, result.to_as_of) == (True, before, LATER)
    assert result.path.parent == home.catalog_dir
    assert in_use(home) == LATER
    studio = open_studio(home.root)
    assert studio.catalog.as_of == LATER
    studio.close()


def test_the_installation_is_never_written(home, newer, shipped):
    before = shipped.read_bytes()
    update_from(newer(), home)
    undo_update(home)
    assert shipped.read_bytes() == before


def test_what_changes_is_counted(home, newer):
    result = update_from(
        newer(
            "UPDATE psu SET rated_w = rated_w + 1 WHERE rowid IN (1, 2)",
            "UPDATE psu SET note = 'looked at again' WHERE rowid = 3",
            "UPDATE price SET amount = '5' WHERE rowid = 1",
            "INSERT INTO part SELECT 'psu-new', 'psu', name, maker FROM part LIMIT 1",
            "INSERT INTO psu (id, name, maker, rated_w, source, as_of, confidence, form_factor, "
            "efficiency, modular) SELECT 'psu-new', name, maker, rated_w, source, as_of, "
            "confidence, form_factor, efficiency, modular FROM psu LIMIT 1",
        ),
        home,
    )
    counts = (result.parts_added, result.parts_removed, result.parts_changed)
    assert (*counts, result.prices_changed) == (1, 0, 2, 1)


def test_a_bundle_is_packed_and_taken(home, newer, tmp_path):
    out = tmp_path / "catalog.hwcat"
    manifest = pack(out, newer())
    assert (manifest.as_of, manifest.schema_version) == (LATER, 1)
    again = tmp_path / "again.hwcat"
    pack(again, newer())
    assert again.read_bytes() == out.read_bytes()
    update_from(out, home)
    assert in_use(home) == LATER


def test_own_prices_are_never_touched(home, newer):
    studio = open_studio(home.root)
    card = studio.catalog.cards()[0].id
    studio.overlay.set_own_price(card, Decimal("77"), "USD", "2026-11-20", "quote")
    studio.close()
    before = home.overlay_file.read_bytes()
    update_from(newer(), home)
    studio = open_studio(home.root)
    assert studio.catalog.part(card).price.amount == 77
    studio.close()
    undo_update(home)
    assert home.overlay_file.read_bytes() == before


def test_undo_goes_back_and_leaves_nothing(home, newer):
    before = in_use(home)
    update_from(newer(), home)
    result = undo_update(home)
    assert (result.updated, result.from_as_of, result.to_as_of) == (True, LATER, before)
    assert in_use(home) == before
    assert list(home.catalog_dir.iterdir()) == []
    assert not undo_update(home).updated


def test_a_second_update_replaces_the_first(home, newer):
    update_from(newer(), home)
    update_from(newer(as_of="2031-02-01", name="catalog-2.db"), home)
    assert in_use(home) == "2031-02-01"
    assert len(list(home.catalog_dir.glob("*.db"))) == 1


def test_not_newer_is_refused_unless_forced(home, newer):
    with pytest.raises(NotNewerError, match="older than the catalogue in use"):
        update_from(newer(as_of="2020-01-01"), home)
    result = update_from(newer(as_of="2020-01-01"), home, force=True)
    assert result.to_as_of == "2020-01-01" == in_use(home)
    with pytest.raises(NotNewerError, match="the same date"):
        update_from(newer(as_of="2020-01-01"), home)


def test_a_named_catalogue_still_wins(home, newer, tmp_path, monkeypatch):
    update_from(newer(), home)
    monkeypatch.setenv("HWSTUDIO_CATALOG", str(tmp_path / "named.db"))
    assert catalog_in_use(home).file == tmp_path / "named.db"


# --- refusing --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE meta SET value = '99' WHERE name = 'schema_version'", "format 99 is newer"),
        ("UPDATE meta SET value = '0' WHERE name = 'schema_version'", "format 0 is older"),
        ("UPDATE meta SET value = '../../x' WHERE name = 'as_of'", "is no date"),
        ("DELETE FROM meta", "which version"),
        ("DROP TABLE egress", "'egress' is missing"),
        ("DROP TABLE meta", "which version"),
        ("DELETE FROM carbon", "'carbon' is empty"),
        ("ALTER TABLE offer DROP COLUMN vcpus", "has no column 'vcpus'"),
        ("UPDATE psu SET source = 'nobody' WHERE rowid = 1", "rows that are not there"),
        ("UPDATE psu SET rated_w = 'lots' WHERE rowid = 1", "cannot be read"),
        ("UPDATE model SET as_of = '' WHERE rowid = 1", "have no source"),
        ("CREATE VIEW trap AS SELECT 1", "a view 'trap'"),
        ("CREATE TRIGGER trap AFTER INSERT ON psu BEGIN SELECT 1; END", "a trigger 'trap'"),
        ("CREATE VIRTUAL TABLE trap USING fts5(x)", "a table 'trap'"),
    ],
)
def test_an_unfit_catalogue_is_refused_in_words(home, newer, in_full, sql, said):
    before = in_use(home)
    with pytest.raises(UserError, match=said) as caught:
        update_from(newer(sql), home)
    assert caught.value.what == "catalog-new.db was not taken"
    assert in_use(home) == before
    assert list(home.catalog_dir.iterdir()) == []


def test_a_damaged_page_is_found_though_the_checksum_is_right(home, newer):
    file = newer()
    raw = bytearray(file.read_bytes())
    raw[4096 * 40 : 4096 * 40 + 64] = b"\xff" * 64
    file.write_bytes(raw)
    with pytest.raises(UserError, match=r"damaged|cannot be read|wrong"):
        update_from(summed(file), home)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"<!DOCTYPE html><html>Sign in</html>", "a web page"),
        (b"\xef\xbb\xbf\n <html>", "a web page"),
        (b"hello", "neither a .hwcat bundle nor a catalogue"),
        (b"PK\x03\x04 but no zip", "damaged or was cut"),
        (b"PK\x05\x06" + bytes(18), "does not hold just"),
        (b"SQLite format 3\0" + bytes(5000), "damaged"),
    ],
)
def test_another_file_is_refused_in_words(home, tmp_path, content, said):
    file = tmp_path / "catalog-2031.db"
    file.write_bytes(content)
    with pytest.raises(UserError, match=said):
        update_from(summed(file), home)


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(home, tmp_path):
    with pytest.raises(UserError, match="There is no file"):
        update_from(tmp_path / "none.hwcat", home)
    with pytest.raises(UserError, match="it is no file"):
        update_from(tmp_path, home)


def test_a_file_cut_short_is_refused(home, newer, tmp_path):
    file = newer()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match="checksum is wrong"):
        update_from(file, home)
    out = zipped(newer(), ["catalog.db"])
    out.write_bytes(out.read_bytes()[:-100_000])
    with pytest.raises(UserError, match="damaged or was cut"):
        update_from(out, home)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "is not beside it"),
        ("", "holds no SHA-256 for it"),
        ("0" * 64 + "  catalog-new.db\n", "checksum is wrong"),
        ("0" * 64 + "  another.db\n", "holds no SHA-256 for it"),
        ("<html>\n", "holds no SHA-256 for it"),
    ],
)
def test_a_wrong_checksum_file_is_refused(home, newer, text, said):
    file = newer()
    beside = file.with_name(f"{file.name}.sha256")
    beside.unlink()
    if text is not None:
        beside.write_text(text, "utf-8")
    with pytest.raises(UserError, match=said):
        update_from(file, home)


def test_a_checksum_file_may_list_several_files_and_folders(home, newer):
    file = newer()
    beside = file.with_name(f"{file.name}.sha256")
    digest = beside.read_text("ascii").split()[0].upper()
    beside.write_text(f"{'1' * 64}  another.db\n{digest} *dist/{file.name}\n", "ascii")
    assert update_from(file, home).updated


@pytest.mark.parametrize(
    ("entries", "changes", "said"),
    [
        (["catalog.db"], {"sha256": "0" * 64}, "checksum is wrong"),
        (["catalog.db"], {"sha256": "short"}, "manifest.json cannot be read"),
        (["catalog.db"], {"bytes": 7}, "not the size"),
        (["catalog.db"], {"bytes": "many"}, "manifest.json cannot be read"),
        (["catalog.db"], {"format": 2}, "bundle format 2 is newer"),
        (["catalog.db"], {"as_of": "2040-01-01"}, "speaks of another catalogue"),
        (["catalog.db"], {"schema_version": 9}, "speaks of another catalogue"),
        ([], {}, "does not hold just"),
        (["../catalog.db"], {}, "does not hold just"),
        (["catalog.db", "/etc/cron.d/x"], {}, "does not hold just"),
    ],
)
def test_a_bundle_that_lies_is_refused(home, newer, entries, changes, said):
    with pytest.raises(UserError, match=said):
        update_from(zipped(newer(), entries, **changes), home)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_bundle_with_two_catalogues_is_refused(home, newer):
    with pytest.raises(UserError, match="does not hold just"):
        update_from(zipped(newer(), ["catalog.db", "catalog.db"]), home)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(home, tmp_path):
    out = tmp_path / "bomb.hwcat"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", "{}")
        with archive.open("catalog.db", "w") as entry:
            for _ in range(bundle.MOST_BYTES // 1_000_000 + 1):
                entry.write(bytes(1_000_000))
    assert out.stat().st_size < 1_000_000
    with pytest.raises(UserError, match="is larger than"):
        update_from(out, home)


def test_a_bundle_that_hides_its_size_is_stopped_while_it_is_copied(home, newer):
    out = zipped(newer(), ["catalog.db"], bytes=100)
    raw = out.read_bytes()
    size = newer().stat().st_size.to_bytes(4, "little")
    out.write_bytes(raw.replace(size, (100).to_bytes(4, "little")))
    with pytest.raises(UserError, match="not taken"):
        update_from(out, home)
    assert list(home.catalog_dir.iterdir()) == []


def test_a_file_over_200_mb_is_refused(home, tmp_path):
    file = tmp_path / "large.db"
    with file.open("wb") as out:
        out.truncate(bundle.MOST_BYTES + 1)
    with pytest.raises(UserError, match="larger than 200 MB"):
        update_from(file, home)


def test_packing_refuses_an_unfit_catalogue_and_another_name(newer, tmp_path):
    with pytest.raises(UserError, match="'carbon' is empty"):
        pack(tmp_path / "x.hwcat", newer("DELETE FROM carbon"))
    with pytest.raises(UserError, match=r"must end with \.hwcat"):
        pack(tmp_path / "x.db", newer())


# --- two at once ------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["update", "undo"])
def test_an_update_taken_while_another_hwstudio_tidies_up_is_not_lost(
    home, newer, monkeypatch, first
):
    update_from(newer(), home)
    second = newer(as_of="2031-03-01", name="catalog-3.db")
    real, others = update.read_pointer, []

    def read_slowly(asked):
        """Let another update run its course, if it may, between reading and removing."""
        try:
            return real(asked)
        finally:
            if not others:
                others.append(threading.Thread(target=update_from, args=(second, home)))
                others[0].start()
                others[0].join(2)

    monkeypatch.setattr(update, "read_pointer", read_slowly)
    if first == "undo":
        undo_update(home)
    else:
        update_from(newer(as_of="2031-02-01", name="catalog-2.db"), home)
    others[0].join()
    assert (in_use(home), catalog_in_use(home).notice) == ("2031-03-01", "")


def test_an_older_update_that_comes_to_its_end_later_does_not_win(home, newer, monkeypatch):
    older, newest = newer(), newer(as_of="2031-02-01", name="catalog-2.db")
    real, done = candidate.examine, []

    def examine_slowly(*given):
        if not done:
            done.append("once")
            update_from(newest, home)
        return real(*given)

    monkeypatch.setattr(candidate, "examine", examine_slowly)
    with pytest.raises(NotNewerError, match="older than the catalogue in use"):
        update_from(older, home)
    assert in_use(home) == "2031-02-01"


# --- crashing --------------------------------------------------------------------------------

# Counts the calls that change the disk and ends the process at the given one.
KILL = """
import os, sys
from pathlib import Path
left = int(sys.argv[3])
def counted(real):
    def call(*given, **named):
        global left
        left -= 1
        if left == 0:
            os._exit(9)
        return real(*given, **named)
    return call
for name in ("replace", "fsync", "unlink"):
    setattr(os, name, counted(getattr(os, name)))
from hwstudio.core.base.paths import Home
from hwstudio.core.catalog.update import candidate
from hwstudio.core.catalog.update.update import update_from
candidate.compared = lambda old, new: candidate.Changes()
candidate._bare_cells = lambda file: 0  # it writes nothing
update_from(Path(sys.argv[1]), Home(Path(sys.argv[2])))
"""


def test_a_kill_at_any_step_leaves_a_usable_catalogue(home, newer, tmp_path):
    first, second = newer(), newer(as_of="2031-02-01", name="catalog-2.db")
    update_from(first, home)
    seen = []
    for step in range(1, 20):
        root = tmp_path / f"home-{step}"
        shutil.copytree(home.root, root)
        code = [sys.executable, "-c", KILL, str(second), str(root), str(step)]
        done = subprocess.run(code, check=False, capture_output=True, text=True)
        seen.append(in_use(Home(root)))
        assert catalog_in_use(Home(root)).notice == ""
        if done.returncode == 0:
            break
        assert done.returncode == 9, done.stderr
    assert done.returncode == 0, "the update never came to its end"
    assert seen.count(LATER) >= 3, "stopped before the switch: the old one"
    assert seen.count("2031-02-01") >= 3, "stopped after it: the new one"
    assert seen == sorted(seen)


@pytest.mark.parametrize("name", ["replace", "fsync"])
@pytest.mark.parametrize("call", [1, 2])
def test_a_full_disk_is_a_sentence_and_the_old_catalogue_stays(
    home, newer, monkeypatch, name, call
):
    before, file = in_use(home), newer()
    real, calls = getattr(os, name), []

    def full(*given):
        calls.append(given)
        if len(calls) == call:
            raise OSError(28, "No space left on device")
        return real(*given)

    monkeypatch.setattr(os, name, full)
    if name == "fsync" and call == 2:  # the folder's own sync is a kindness, not a must
        assert update_from(file, home).updated
        return
    with pytest.raises(HostError, match="No space left"):
        update_from(file, home)
    assert in_use(home) == before


# --- opening ---------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["appended", "cut", "gone", "schema", "pointer", "nothing"])
def test_a_damaged_update_is_set_aside_and_the_bundled_one_used(home, newer, damage, shipped):
    path = update_from(newer(), home).path
    pointer = home.catalog_dir / POINTER
    if damage == "appended":
        path.write_bytes(path.read_bytes() + b"x")
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:9000])
    elif damage == "gone":
        path.unlink()
    elif damage == "schema":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE meta SET value = '2' WHERE name = 'schema_version'")
    elif damage == "pointer":
        pointer.write_text('{"file": "../../elsewhere.db"}', "utf-8")
    else:
        pointer.write_bytes(b"")
    found = catalog_in_use(home)
    assert found.file == shipped
    assert "cannot be used" in found.notice
    assert not pointer.exists()
    assert catalog_in_use(home).notice == "", "it is said once"


@pytest.mark.parametrize(
    "text",
    ["[]", "null", '{"file": 3}', "{" * 5000, '{"file": "catalog-2031-01-05-000000000000.db"}'],
)
def test_a_pointer_full_of_nonsense_is_no_traceback(home, text, shipped):
    home.catalog_dir.mkdir()
    (home.catalog_dir / POINTER).write_text(text, "utf-8")
    assert catalog_in_use(home).file == shipped


def test_the_window_and_the_log_learn_why_an_update_was_set_aside(home, newer):
    update_from(newer(), home).path.write_bytes(b"spoilt")
    studio = open_studio(home.root)
    assert studio.catalog.gpus()
    assert "changed or damaged" in studio.catalog_notice
    studio.close()


def test_a_bundled_catalogue_that_is_newer_wins_over_an_old_update(home, newer, monkeypatch):
    update_from(newer(), home)
    renewed = newer(as_of="2032-01-01", name="renewed.db")
    monkeypatch.setattr("hwstudio.core.catalog.update.in_use.bundled_catalog", lambda: renewed)
    found = catalog_in_use(home)
    assert (found.file, found.notice, found.is_update) == (renewed, "", False)


def test_a_forced_older_one_gives_way_when_hwstudio_is_renewed(home, newer, monkeypatch):
    update_from(newer(as_of="2020-01-01"), home, force=True)
    renewed = newer(as_of="2032-01-01", name="renewed.db")
    monkeypatch.setattr("hwstudio.core.catalog.update.in_use.bundled_catalog", lambda: renewed)
    assert catalog_in_use(home).file == renewed


def test_an_update_that_lacks_what_a_renewed_hwstudio_reads_is_set_aside(
    home, newer, shipped, tmp_path, monkeypatch
):
    update_from(newer(), home)
    renewed = tmp_path / "renewed.db"
    shutil.copy(shipped, renewed)
    with closing(sqlite3.connect(renewed)) as connection, connection:
        connection.execute("ALTER TABLE psu ADD COLUMN noise_dba REAL")
    monkeypatch.setattr("hwstudio.core.catalog.update.in_use.bundled_catalog", lambda: renewed)
    found = catalog_in_use(home)
    assert found.file == renewed
    assert "no column 'noise_dba'" in found.notice


def test_damage_found_later_advises_to_undo(home, newer):
    update_from(newer(), home)
    with closing(catalog_in_use(home).store()) as store:
        assert "--undo" in store.damaged("a page").remedy


def test_an_update_repairs_a_bundled_catalogue_that_is_gone(home, newer, tmp_path, monkeypatch):
    file = newer()
    for module in ("in_use", "update"):
        gone = f"hwstudio.core.catalog.update.{module}.bundled_catalog"
        monkeypatch.setattr(gone, lambda: tmp_path / "gone.db")
    result = update_from(file, home)
    assert result.from_as_of == ""
    assert result.parts_added > 1000
    assert in_use(home) == LATER
