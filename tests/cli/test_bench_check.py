"""`bench check`: a verdict for every row, in the order of the table; answers are never read."""

from __future__ import annotations

import csv
import json

import pytest

from hwstudio.cli.main import main

COLUMNS = ("row_id", "device", "n_devices", "test", "dtype", "size_or_batch", "value", "unit")


@pytest.fixture
def check(home, capsys, tmp_path):
    def go(rows, *words):
        file = tmp_path / "rows.csv"
        with file.open("w", newline="", encoding="utf-8") as opened:
            writer = csv.DictWriter(opened, sorted({*COLUMNS, *(k for row in rows for k in row)}))
            writer.writeheader()
            writer.writerows(rows)
        code = main(["--home", str(home.root), "bench", "check", "--cases", str(file), *words])
        return code, capsys.readouterr().out

    return go


def row(row_id, value, **more):
    return {
        "row_id": row_id,
        "device": "NVIDIA GeForce RTX 4090",
        "n_devices": "1",
        "test": "memory_bandwidth",
        "dtype": "fp32",
        "value": value,
        "unit": "GB/s",
    } | more


def test_rows_keep_their_order_and_a_bad_one_stops_nothing(check):
    code, out = check([row("b", 3868), row("x", "fast"), row("a", 900)], "--json")
    first, second, third = json.loads(out)["cases"]
    assert code == 1
    assert (first["row_id"], first["verdict"]) == ("b", "impossible")
    assert first["reason"]
    assert first["value"] > first["limit"]
    assert second["row_id"] == "x"
    assert "fast" in second["error"]
    assert (third["row_id"], third["verdict"]) == ("a", "ok")


def test_answers_in_the_table_change_nothing(check):
    answers = {"verdict": "impossible", "note": "buffer sits in the cache"}
    plain, told = ([row("a", 900)], [row("a", 900) | answers])
    assert check(plain, "--json") == check(told, "--json")
    assert check(plain)[0] == 0


def test_people_see_what_is_wrong_and_a_count(check):
    _, out = check([row("b", 3868), row("a", 900)])
    assert "cache" in out
    assert "1 impossible" in out
    assert "1 ok" in out
