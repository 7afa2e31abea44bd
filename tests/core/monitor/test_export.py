"""Exports: gaps stay empty, units stand in names, nothing runs as a formula, all or nothing."""

from __future__ import annotations

import csv
import errno
import io
import json
import math
import os
import tracemalloc
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.monitor.export.history_rows import WIDTHS_S, bucket_width, history_rows
from hwstudio.core.monitor.export.shape import Head, Span, iso, number_text, with_gaps
from hwstudio.core.monitor.export.writers import export, safe_text

T0 = 1_763_632_800.0  # 2025-11-20T10:00:00Z
NAMES = ("cpu.busy_share", "gpu.0.power_w")


def _head(**wish):
    return Head(**{"host": "lab-1", "source": "hwstudio test", "from_s": T0, "to_s": T0 + 60,
                   "sensors": NAMES, **wish})  # fmt: skip


def _csv(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


ROWS = [(T0, (0.5, 100.0)), (T0 + 1, (0.25, None)), (T0 + 9, (None, 250.5))]


def test_csv_has_units_in_names_and_gaps_as_empty_fields_never_0(tmp_path):
    done = export(tmp_path / "a.csv", _head(), ROWS)
    rows = _csv(tmp_path / "a.csv")
    assert list(rows[0]) == ["time_utc", "unix_s", "host", "source", "schema", *NAMES]
    assert [row["gpu.0.power_w"] for row in rows] == ["100", "", "", "250.5"]
    assert [row["cpu.busy_share"] for row in rows] == ["0.5", "0.25", "", ""]
    assert rows[0]["time_utc"] == "2025-11-20T10:00:00Z"
    assert {(row["host"], row["schema"]) for row in rows} == {("lab-1", "1")}
    assert done.rows == 4
    assert done.size_bytes == (tmp_path / "a.csv").stat().st_size


def test_json_is_one_document_with_null_for_what_is_missing(tmp_path):
    gaps = (Span(T0 + 2, T0 + 9, "the computer slept"),)
    export(tmp_path / "a.json", _head(gaps=gaps, titles=(("gpu.0", "Card"),)), ROWS)
    found = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert found["schema"] == 1
    assert found["kind"] == "hwstudio.readings"
    assert found["sensors"][1] == {
        "id": "gpu.0.power_w",
        "device": "gpu.0",
        "unit": "w",
        "is_counter": False,
    }
    assert found["rows"] == [
        [T0, 0.5, 100],
        [T0 + 1, 0.25, None],
        [T0 + 2, None, None],
        [T0 + 9, None, 250.5],
    ]
    assert found["gaps"][0]["why"] == "the computer slept"
    assert found["devices"] == [{"id": "gpu.0", "title": "Card"}]


def test_json_lines_name_only_what_has_a_number(tmp_path):
    export(tmp_path / "a.jsonl", _head(), ROWS)
    head, *rows = [json.loads(x) for x in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    assert head["host"] == "lab-1"
    assert [row["values"] for row in rows] == [
        {"cpu.busy_share": 0.5, "gpu.0.power_w": 100},
        {"cpu.busy_share": 0.25},
        {},
        {"gpu.0.power_w": 250.5},
    ]


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl"])
def test_without_rows_there_is_still_a_whole_file(tmp_path, ending):
    assert export(tmp_path / f"a.{ending}", _head(), []).rows == 0
    text = (tmp_path / f"a.{ending}").read_text("utf-8-sig")
    if ending == "json":
        assert json.loads(text)["rows"] == []
    assert text.endswith("\n")


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl"])
def test_what_is_no_number_is_left_empty(tmp_path, ending):
    rows = [(T0, (math.nan, math.inf))]
    export(tmp_path / f"a.{ending}", _head(), rows)
    text = (tmp_path / f"a.{ending}").read_text("utf-8-sig")
    assert "nan" not in text.lower()
    assert "inf" not in text.lower()


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(UserError, match="ending"):
        export(tmp_path / "a.xlsx", _head(), [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C x'!A0"])
def test_no_text_is_run_by_a_spreadsheet(tmp_path, text):
    assert safe_text(text).startswith("'")
    export(tmp_path / "a.csv", _head(host=text, source=text, sensors=(text, "b_w")), ROWS)
    rows = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig"))))
    texts = [rows[0][5], rows[1][2], rows[1][3]]
    assert all(each[0] not in "=+-@\t\r" for each in texts)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_the_same_number(value):
    assert float(number_text(value)) == value


@given(st.lists(st.integers(0, 300), unique=True, max_size=40))
def test_every_stretch_without_rows_gets_exactly_one_empty_row(times):
    rows = [(float(t), (1.0,)) for t in sorted(times)]
    found = list(with_gaps(rows, 1, 1.0))
    assert [row for row in found if row[1] != (None,)] == rows
    assert [row[0] for row in found] == sorted(row[0] for row in found)
    breaks = sum(b - a > 2.5 for (a, _), (b, _) in pairwise(rows))
    assert len(found) - len(rows) == breaks


def test_a_full_disk_is_said_and_the_old_file_stays(tmp_path, monkeypatch):
    out = tmp_path / "a.csv"
    out.write_text("old", "utf-8")

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HostError, match="the disk is full"):
        export(out, _head(), ROWS)
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]
    assert out.read_text("utf-8") == "old"


def test_an_export_that_is_stopped_leaves_nothing_behind(tmp_path):
    def rows():
        yield ROWS[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(tmp_path / "a.json", _head(), rows())
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_length(tmp_path):
    def peak(count):
        tracemalloc.start()
        rows = ((T0 + i, (0.5, float(i))) for i in range(count))
        for ending in ("csv", "json", "jsonl"):
            export(tmp_path / f"a.{ending}", _head(), rows)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(8_000) < peak(1_000) + 100_000


# --- rows out of a history -----------------------------------------------------------------------


@dataclass
class _Numbers:
    times_s: array
    values: array


@dataclass
class _Trace:
    times_s: array
    low: array
    mean: array
    high: array


class FakeHistory:
    """Readings in memory that answers as the history does."""

    def __init__(self, samples):
        self.samples = samples  # name -> {second: value}
        self.coarse = {}  # name -> [(middle, value)]
        self.longest = 0.0

    def raw(self, name, from_s, to_s):
        self.longest = max(self.longest, to_s - from_s)
        found = sorted((t, v) for t, v in self.samples[name].items() if from_s <= t < to_s)
        return _Numbers(array("d", [t for t, _ in found]), array("d", [v for _, v in found]))

    def trace(self, names, from_s, to_s, points=600, *, width_s=None):
        out = {}
        for name in names:
            buckets = {}
            for t, v in self.samples[name].items():
                start = t // width_s * width_s
                if start < to_s and start + width_s > from_s:
                    buckets.setdefault(start, []).append(v)
            rows = [(s + width_s / 2, sum(v) / len(v)) for s, v in buckets.items()]
            rows += [(m, v) for m, v in self.coarse.get(name, ()) if from_s - 3600 < m < to_s]
            if rows:
                rows.append((rows[-1][0] + width_s, math.nan))
                rows.sort()
                times, means = (array("d", each) for each in zip(*rows, strict=True))
                out[name] = _Trace(times, means, means, means)
        return out


def test_seconds_are_joined_by_time_over_the_hours():
    history = FakeHistory(
        {
            "a_w": {T0 + t: float(t) for t in range(0, 9000, 3)},
            "b_w": {T0 + t: -float(t) for t in range(0, 9000, 2)},
        }
    )
    rows = list(history_rows(history, ("a_w", "b_w"), T0 + 5, T0 + 8999, 1))
    times = [at - T0 for at, _ in rows]
    assert times == sorted(t for t in range(5, 8999) if t % 3 == 0 or t % 2 == 0)
    for at, (a, b) in rows:
        t = at - T0
        assert a == (t if t % 3 == 0 else None)
        assert b == (-t if t % 2 == 0 else None)
    assert history.longest <= 3600


def test_minutes_begin_at_their_beginning_and_no_break_becomes_a_row():
    history = FakeHistory({"a_w": {T0 + t: 2.0 for t in range(0, 600, 7)}})
    rows = list(history_rows(history, ("a_w",), T0, T0 + 600, 60))
    assert rows == [(T0 + 60 * i, [2.0]) for i in range(10)]


def test_an_hour_that_is_only_kept_coarser_is_one_row():
    history = FakeHistory({"a_w": {T0 + 7200 + t: 1.0 for t in range(120)}})
    history.coarse = {"a_w": [(T0 + 1800, 5.0), (T0 + 5400, 6.0)]}
    rows = list(history_rows(history, ("a_w",), T0, T0 + 7320, 60))
    assert rows == [
        (T0, [5.0]),
        (T0 + 3600, [6.0]),
        (T0 + 7200, [1.0]),
        (T0 + 7260, [1.0]),
    ]


@pytest.mark.parametrize("width", WIDTHS_S)
def test_a_buckets_middle_tells_its_width(width):
    start = 1_763_596_800  # a whole day
    assert bucket_width(start + 5 * width + width / 2, width) == width
    if width < 60:
        assert bucket_width(start + 60 + 30, width) == 60
    if width < 3600:
        assert bucket_width(start + 3600 + 1800, width) == 3600


def test_other_widths_are_refused():
    with pytest.raises(UserError, match="cut"):
        list(history_rows(FakeHistory({}), (), T0, T0 + 1, 7))


def test_times_are_utc_and_keep_milliseconds():
    assert iso(T0) == "2025-11-20T10:00:00Z"
    assert iso(T0 + 0.25) == "2025-11-20T10:00:00.250Z"
    assert datetime.fromisoformat(iso(T0)) == datetime.fromtimestamp(T0, UTC)
