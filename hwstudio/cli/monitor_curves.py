"""``hwstudio monitor runs curves``: read a training log, say what it shows, write it as CSV."""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import significant

if TYPE_CHECKING:
    from hwstudio.core.monitor.curves.follow import Log
    from hwstudio.core.monitor.curves.marks import Mark
    from hwstudio.core.monitor.curves.series import Series


def add_curves(acts: argparse._SubParsersAction[Any]) -> None:
    """Add the act and what it takes."""
    act = acts.add_parser(
        "curves",
        help="read a training log",
        description="Read TensorBoard events, CSV or JSON lines: loss, accuracy, learning rate, "
        "throughput, what stands out in them, and how long the rest will take.",
        epilog="Example: hwstudio monitor runs curves runs/1 --out curves.csv",
    )
    act.add_argument("path", metavar="PATH", type=Path, help="a file, or a folder of runs")
    act.add_argument("--out", type=Path, metavar="FILE.csv", help="write all points as CSV")
    common(act)
    act.set_defaults(run=run_curves)


@dataclass(frozen=True, slots=True)
class _Curve:
    """One curve of one run, and what is marked on it."""

    run: str
    series: Series
    marks: tuple[Mark, ...]


def run_curves(args: argparse.Namespace, out: Output) -> int:
    """Read the log to its end and say what is in it.

    Raises:
        UserError: there is nothing there, or nothing to plot.
        HostError: the table cannot be written.
    """
    from hwstudio.core.monitor.curves.export import export_csv
    from hwstudio.core.monitor.curves.follow import open_log

    log = open_log(args.path)
    log.poll()
    while log.is_behind:
        log.poll()
        out.progress(f"{sum(run.points for run in log.runs):,} points")
    out.progress("")
    curves = _curves(log)
    if not curves:
        raise UserError(
            f"There is nothing to plot in {args.path}",
            log.notice or "no TensorBoard events, CSV or JSON lines with numbers were found",
            "Choose the file or folder your training writes its metrics to",
        )
    written = export_csv(log, args.out) if args.out is not None else None
    if out.is_json:
        out.document(_document(log, curves, args.out, written))
        return 0
    out.table(
        ["Run", "Curve", "Kind", "Points", "Last step", "First", "Last", "Lowest", "Highest"],
        [_row(curve) for curve in curves],
        right=(3, 4, 5, 6, 7, 8),
    )
    for curve in curves:
        for mark in curve.marks:
            out.line(f"{curve.run}, {curve.series.name}: {mark.sentence}.")
    for run, words in _left(log).items():
        out.line(f"{run}: {words}")
    for notice in log.notices:
        out.note(notice)
    if written is not None:
        out.line(f"{written:,} points written to {args.out}")
    return 0


def _curves(log: Log) -> list[_Curve]:
    from hwstudio.core.monitor.runs.log_marks import curves_of, marks_in

    every = curves_of(log)
    return [_Curve(each.run, each.series, marks_in(each, every)) for each in every]


def _row(curve: _Curve) -> list[str]:
    series = curve.series
    finite = [value for value in series.values if math.isfinite(value)]
    ends = (min(finite), max(finite)) if finite else (math.nan, math.nan)
    numbers = (series.values[0], series.values[-1], *ends)
    return [
        curve.run,
        series.name,
        series.role.value,
        f"{len(series):,}",
        f"{series.steps[-1]:,.10g}",
        *(significant(number, 4) for number in numbers),
    ]


def _left(log: Log) -> dict[str, str]:
    """Return how long each run still takes, where its log says how many steps there will be."""
    from hwstudio.core.monitor.curves.eta import eta

    found = {}
    for run in log.runs:
        series = max(log.series(run), key=len, default=None)
        steps = run.totals.get("steps")
        if series is not None and steps is not None:
            found[run.name] = eta(series, steps, time.time()).sentence
    return found


def _document(
    log: Log, curves: list[_Curve], path: Path | None, written: int | None
) -> dict[str, Any]:
    return {
        "runs": [
            {
                "name": run.name,
                "kind": run.kind,
                "points": run.points,
                "files": run.paths,
                "totals": run.totals,
            }
            for run in log.runs
        ],
        "curves": [_curve_document(curve) for curve in curves],
        "time_left": _left(log),
        "notices": log.notices,
        "path": path,
        "written": written,
    }


def _curve_document(curve: _Curve) -> dict[str, Any]:
    series = curve.series
    return {
        "run": curve.run,
        "name": series.name,
        "role": series.role,
        "points": len(series),
        "last_step": _plain(series.steps[-1]),
        "first": _plain(series.values[0]),
        "last": _plain(series.values[-1]),
        "marks": [
            {"kind": mark.kind, "step": _plain(mark.step), "sentence": mark.sentence}
            for mark in curve.marks
        ],
    }


def _plain(value: float) -> float | str:
    """Return a number as JSON can hold it: NaN and infinity as words."""
    return value if math.isfinite(value) else repr(value)
