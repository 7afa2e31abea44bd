"""The catalogue's date for the status line, without opening the catalogue."""

from __future__ import annotations

import subprocess
import sys

from hwstudio.core.catalog.glance import date_at_a_glance


def test_it_is_the_date_the_opened_catalogue_says(home, catalog):
    assert date_at_a_glance(home) == catalog.as_of


def test_a_taken_update_or_a_damaged_file_is_left_to_the_opening(home, tmp_path, monkeypatch):
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"no database")
    monkeypatch.setenv("HWSTUDIO_CATALOG", str(damaged))
    assert date_at_a_glance(home) == ""
    monkeypatch.delenv("HWSTUDIO_CATALOG")
    home.catalog_dir.mkdir(parents=True)
    assert date_at_a_glance(home) == ""


def test_a_glance_loads_none_of_the_catalogues_rooms():
    code = (
        "import sys; from hwstudio.core.catalog import glance; "
        "print([m for m in sys.modules if m.startswith('hwstudio.core.catalog.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['hwstudio.core.catalog.glance']"
