"""CSV, JSON and JSON lines, row by row: memory does not grow with the length of the export."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.sensor import sensor_of
from hwstudio.core.monitor.export.shape import (
    KIND,
    SCHEMA,
    Head,
    Row,
    iso,
    number_text,
    with_gaps,
)
from hwstudio.core.monitor.export.whole_file import whole_file

# What a spreadsheet takes for the beginning of a formula.
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_TOLD_EVERY = 5000


@dataclass(frozen=True, slots=True)
class Written:
    """What was written; a gap's empty row counts as a row."""

    path: Path
    rows: int
    size_bytes: int


Write = Callable[[TextIO, Head, Iterable[Row]], int]


def export(
    out: Path,
    head: Head,
    rows: Iterable[Row],
    on_rows: Callable[[int], None] = lambda _count: None,
) -> Written:
    """Write readings to a file whose ending says the form: .csv, .json or .jsonl.

    Rows come in order of time. The file appears whole or not at all.

    Raises:
        UserError: the ending is none of these.
        HostError: the disk is full or the place cannot be written.
    """
    write, encoding = _FORMS.get(out.suffix.lower(), (None, ""))
    if write is None:
        raise UserError(
            f"'{out.name}' cannot be written",
            "its ending does not say what it is to be",
            "End its name with .csv, .json or .jsonl",
        )
    full = _told(with_gaps(rows, len(head.sensors), head.step_s), on_rows)
    with whole_file(out, encoding=encoding) as file:
        count = write(file, head, full)
    return Written(out, count, out.stat().st_size)


def _told(rows: Iterable[Row], on_rows: Callable[[int], None]) -> Iterable[Row]:
    for count, row in enumerate(rows, 1):
        if count % _TOLD_EVERY == 0:
            on_rows(count)
        yield row


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula, on one line."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return f"'{plain}" if plain.startswith(_RISKY) or text.startswith(_RISKY) else plain


def write_csv(file: TextIO, head: Head, rows: Iterable[Row]) -> int:
    """Write a table: time, who was measured, and one column a sensor named with its unit."""
    writer = csv.writer(file, lineterminator="\r\n")
    names = [safe_text(name) for name in head.sensors]
    writer.writerow(["time_utc", "unix_s", "host", "source", "schema", *names])
    same = [safe_text(head.host), safe_text(head.source), str(SCHEMA)]
    count = 0
    for at_s, values in rows:
        writer.writerow(
            [iso(at_s), number_text(round(at_s, 3)), *same, *(number_text(v) for v in values)]
        )
        count += 1
    return count


def write_json(file: TextIO, head: Head, rows: Iterable[Row]) -> int:
    """Write one document; each row is [Unix time, values in the order of ``sensors``]."""
    opening = json.dumps(head_document(head), ensure_ascii=False, indent=1)
    file.write(opening.removesuffix("\n}") + ',\n "rows": [')
    count = 0
    for at_s, values in rows:
        row = [round(at_s, 3), *map(_plain, values)]
        file.write((",\n  " if count else "\n  ") + json.dumps(row, allow_nan=False))
        count += 1
    file.write("\n ]\n}\n")
    return count


def write_jsonl(file: TextIO, head: Head, rows: Iterable[Row]) -> int:
    """Write the head as the first line, then one line a row that names only what has a number."""
    file.write(json.dumps(head_document(head), ensure_ascii=False) + "\n")
    count = 0
    for at_s, values in rows:
        found = {
            name: _plain(value)
            for name, value in zip(head.sensors, values, strict=True)
            if value is not None and math.isfinite(value)
        }
        line = {"unix_s": round(at_s, 3), "time_utc": iso(at_s), "values": found}
        file.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")
        count += 1
    return count


_FORMS: Mapping[str, tuple[Write | None, str]] = {
    # The mark at the beginning tells Excel that the letters are UTF-8.
    ".csv": (write_csv, "utf-8-sig"),
    ".json": (write_json, "utf-8"),
    ".jsonl": (write_jsonl, "utf-8"),
}


def head_document(head: Head) -> dict[str, Any]:
    """Return what stands above the numbers as plain JSON values."""
    return {
        "kind": KIND,
        "schema": SCHEMA,
        "host": head.host,
        "source": head.source,
        "from_utc": iso(head.from_s),
        "to_utc": iso(head.to_s),
        "step_s": head.step_s,
        "devices": [{"id": name, "title": title} for name, title in head.titles],
        "sensors": [
            {"id": each.id, "device": each.device, "unit": each.unit, "is_counter": each.is_counter}
            for each in map(sensor_of, head.sensors)
        ],
        "gaps": [
            {"from_utc": iso(gap.from_s), "to_utc": iso(gap.to_s), "why": gap.why}
            for gap in head.gaps
        ],
    }


def _plain(value: float | None) -> float | int | None:
    if value is None or not math.isfinite(value):
        return None
    return int(value) if value == int(value) and abs(value) < 2**53 else float(value)
