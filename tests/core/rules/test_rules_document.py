"""docs/rules.md against the code: all 50 rules, where they stand, what they may say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROWS = re.findall(
    r"^\| (R\d\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$",
    (ROOT / "docs" / "rules.md").read_text(encoding="utf-8"),
    re.M,
)
WORDS = {"error", "warning", "info", "unknown"}


def _files(cell, rules, elsewhere):
    for name in cell.split(", "):
        yield (elsewhere if "/" in name else rules) / name


def test_all_50_rules_have_a_row():
    assert [row[0] for row in ROWS] == [f"R{number:02}" for number in range(1, 51)]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_row_names_the_file_that_holds_the_rule_and_a_test_that_asks_for_it(row):
    rule, _, files, says, _, tests = row
    core, test = ROOT / "hwstudio" / "core", ROOT / "tests" / "core"
    code = "".join(
        f.read_text(encoding="utf-8") for f in _files(files, core / "rules", core) if f.is_file()
    )
    asked = "".join(f.read_text(encoding="utf-8") for f in _files(tests, test / "rules", test))
    assert all(file.is_file() for file in _files(files, core / "rules", core))
    assert f'"{rule}"' in code or rule == "R50"
    assert f'"{rule}"' in asked or rule == "R50"
    assert set(says.split(", ")) <= WORDS
