"""The bundled catalogue's date without opening the catalogue: for a status line, in 1 ms."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from hwstudio.core.base.paths import Home, catalog_file


def date_at_a_glance(home: Home) -> str:
    """Return the date of the newest fact, or "" where only opening the catalogue can tell.

    That is so when an update was taken, which has to be checked whole first, and when the file
    cannot be read: opening it will say why.
    """
    if home.catalog_dir.exists():
        return ""
    try:
        name = f"{catalog_file().resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(name, uri=True)) as db:
            row = db.execute("SELECT value FROM meta WHERE name = 'as_of'").fetchone()
    except (sqlite3.Error, OSError):
        return ""
    return str(row[0]) if row is not None else ""
