"""All curves as CSV: every digit, NaN as a word, no formula, and it can be read back."""

from __future__ import annotations

import csv
import math

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.monitor.curves.export import csv_lines, export_csv


@pytest.fixture
def log(tmp_path, opened, drain):
    text = '{"step": 1, "time": 1790000000.25, "loss": 0.1, "=cmd": 1}\n{"step": 2, "loss": NaN}\n'
    (tmp_path / "my,run.jsonl").write_text(text)
    made = opened(tmp_path / "my,run.jsonl")
    drain(made)
    return made


def test_every_point_is_a_line_with_all_its_digits(log, tmp_path):
    count = export_csv(log, tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert text.startswith("# hwstudio curves, schema 1\n")
    rows = list(csv.DictReader(text.splitlines()[1:]))
    assert len(rows) == count == 3
    assert rows[0] == {
        "run": "my,run", "curve": "loss", "role": "loss", "step": "1",
        "time_s": "1790000000.25", "time_is": "unix", "value": "0.1",
    }  # fmt: skip
    assert math.isnan(float(rows[1]["value"]))


def test_a_name_that_looks_like_a_formula_is_made_harmless(log):
    assert any(line.startswith('"my,run",\'=cmd') for line in csv_lines(log))


def test_runs_can_be_chosen(log):
    assert len(list(csv_lines(log, runs=["other"]))) == 2


def test_a_place_that_cannot_be_written_is_said(log, tmp_path):
    with pytest.raises(HostError) as caught:
        export_csv(log, tmp_path / "missing" / "out.csv")
    assert caught.value.remedy
