"""The diagnostics say what is broken, and say nobody's name."""

from __future__ import annotations

import json
import sqlite3
import zipfile

import pytest

from hwstudio.core.base import redact
from hwstudio.core.base.settings import Settings, changed, save_settings
from hwstudio.core.report.diagnostics import bundle, databases, gather, save_bundle


@pytest.fixture
def used_home(home, monkeypatch):
    """A home of somebody: a damaged database, a log with secrets, a project version."""
    monkeypatch.setattr(redact, "identity", lambda: redact.Identity((), ("janedoe",), ("labbox",)))
    save_settings(
        home.settings_file, changed(Settings(), interpreter="/home/janedoe/venv/bin/python")
    )
    base = sqlite3.connect(home.history_file)
    base.execute("CREATE TABLE result (id TEXT)")
    base.execute("INSERT INTO result VALUES ('a')")
    base.commit()
    base.close()
    home.monitor_file.write_bytes(b"no database at all" * 100)
    home.log_dir.mkdir()
    words = "janedoe on labbox: token=abc123, GPU-12345678-1234-1234-1234-123456789abc\n"
    (home.log_dir / "hwstudio.log").write_text(words, "utf-8")
    (home.versions_dir / "0123456789abcdef").mkdir(parents=True)
    (home.versions_dir / "0123456789abcdef" / "janedoe.hws").write_bytes(b"x")
    return home


def test_a_damaged_database_is_named_and_a_whole_one_is_ok(used_home):
    found = {each["name"]: each for each in databases(used_home)}
    assert found["history.db"]["integrity"] == "ok"
    assert found["history.db"]["rows"] == {"result": 1}
    assert "not a database" in found["monitor.db"]["trouble"]
    assert found["catalog.db"]["integrity"] == "ok"


def test_no_name_serial_or_key_is_in_any_file(used_home, tmp_path):
    entries = gather(used_home, with_machine=False)
    whole = "\n".join(entry.text for entry in entries)
    for secret in ("janedoe", "labbox", "abc123", "12345678-1234", "0123456789abcdef"):
        assert secret not in whole
    assert {"versions.json", "settings.json", "logs/hwstudio.log"} <= {e.name for e in entries}
    size = save_bundle(tmp_path / "d.zip", entries)
    assert size == len(bundle(entries))
    with zipfile.ZipFile(tmp_path / "d.zip") as archive:
        assert archive.testzip() is None
        settings = json.loads(archive.read("settings.json"))
    assert settings["interpreter"] == "/home/<user>/venv/bin/python"


def test_one_part_that_fails_does_not_cost_the_others(used_home, monkeypatch):
    monkeypatch.setattr("hwstudio.core.report.diagnostics._versions", lambda: 1 / 0)
    texts = {entry.name: entry.text for entry in gather(used_home, with_machine=False)}
    assert "could not be gathered: ZeroDivisionError" in texts["versions.json"]
    assert '"history.db"' in texts["databases.json"]
