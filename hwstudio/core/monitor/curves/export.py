"""All curves as one CSV table, one point a line, written as it is made."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

from hwstudio.core.base.errors import HostError
from hwstudio.core.monitor.curves.follow import Log
from hwstudio.core.monitor.curves.series import Series

SCHEMA = 1
HEADER = ("run", "curve", "role", "step", "time_s", "time_is", "value")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take such a name for a formula


def csv_lines(log: Log, runs: Iterable[str] | None = None) -> Iterator[str]:
    """Yield the lines of the table: a comment with the schema version, the header, the points.

    Numbers keep all their digits; NaN and infinities are written as nan, inf and -inf; an unknown
    time is empty. ``time_is`` says what times are counted from.
    """
    wanted = None if runs is None else set(runs)
    yield f"# hwstudio curves, schema {SCHEMA}\r\n"
    yield _row(HEADER)
    for run in log.runs:
        if wanted is None or run.name in wanted:
            for series in log.series(run):
                yield from _points(run.name, series)


def export_csv(log: Log, path: Path, runs: Iterable[str] | None = None) -> int:
    """Write the table to ``path``; return how many points it has.

    Raises:
        HostError: the file cannot be written.
    """
    count = -2
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            for line in csv_lines(log, runs):
                file.write(line)
                count += 1
    except OSError as error:
        raise HostError(
            "The curves cannot be written", error.strerror or str(error), f"Check {path.parent}"
        ) from error
    return count


def _points(run: str, series: Series) -> Iterator[str]:
    head = _row((_safe(run), _safe(series.name), series.role.value)).removesuffix("\r\n")
    for step, time_s, value in zip(series.steps, series.times, series.values, strict=True):
        shown = "" if math.isnan(time_s) else repr(time_s)
        at = repr(int(step)) if step == int(step) else repr(step)
        yield f"{head},{at},{shown},{series.clock.value if shown else ''},{value!r}\r\n"


def _safe(name: str) -> str:
    return f"'{name}" if name.startswith(_FORMULA) else name


def _row(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
