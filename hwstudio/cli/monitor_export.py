"""``hwstudio monitor export``: recorded readings to CSV, JSON or JSON lines."""

from __future__ import annotations

import argparse
import platform
import time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.cli.monitor_time import MOMENT_HELP, moment, span_s
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import si
from hwstudio.core.base.version import VERSION
from hwstudio.core.monitor.export.history_rows import RAW_S, WIDTHS_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hwstudio.core.history.readings.query import ReadingHistory
    from hwstudio.core.monitor.export.shape import Head

_WIDTH_WORDS = "1s 2s 5s 10s 30s 1m 5m 10m 15m 30m 1h 3h 6h 1d"


def add_export(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb and what it takes."""
    made = verbs.add_parser(
        "export",
        help="write recorded readings to a file",
        description="Write recorded readings to a CSV, JSON or JSON-lines file. Gaps stay empty.",
        epilog="Example: hwstudio monitor export --from 24h --every 1m --sensors 'gpu.*' "
        "--out day.csv",
    )
    made.add_argument("--from", dest="from_s", type=moment(), required=True, metavar="TIME",
                      help=MOMENT_HELP)  # fmt: skip
    made.add_argument("--to", dest="to_s", type=moment(), metavar="TIME", help="default: now")
    made.add_argument("--sensors", nargs="+", default=["*"], metavar="PATTERN",
                      help="ids or patterns with * and ?; default: all")  # fmt: skip
    made.add_argument("--every", type=_width, default=1, metavar="SPAN",
                      help=f"one of {_WIDTH_WORDS}; means, of counters the last value")  # fmt: skip
    made.add_argument("--out", type=Path, required=True, metavar="FILE",
                      help="ends with .csv, .json or .jsonl")  # fmt: skip
    common(made)
    made.set_defaults(run=run_export)


def _width(text: str) -> int:
    seconds = span_s(text)
    if seconds not in WIDTHS_S:
        raise argparse.ArgumentTypeError(f"'{text}' is none of {_WIDTH_WORDS}")
    return int(seconds)


def run_export(args: argparse.Namespace, out: Output) -> int:
    """Write the file and say what is in it.

    Raises:
        UserError: the period is empty, no sensor fits, or the file's ending is not known.
        HostError: the history cannot be read, or the file cannot be written.
    """
    from hwstudio.core.history.readings.query import ReadingHistory
    from hwstudio.core.monitor.export.history_rows import history_rows
    from hwstudio.core.monitor.export.writers import export

    to_s = args.to_s if args.to_s is not None else time.time()
    if args.from_s >= to_s:
        raise UserError("The period is empty", "its end is not after its beginning")
    history = ReadingHistory.open(out.studio.home.monitor_file)
    try:
        names = _chosen(history.series(), args.sensors)
        held = history.span()
        head = _head(history, names, (args.from_s, to_s), args.every)
        rows = history_rows(history, names, *_within(history, args.from_s, to_s), args.every)
        done = export(args.out, head, rows, lambda count: out.progress(f"{count:,} rows"))
    finally:
        history.close()
    out.progress("")
    if out.is_json:
        out.document(
            {
                "path": done.path,
                "rows": done.rows,
                "size_bytes": done.size_bytes,
                "sensors": len(names),
            }
        )
        return 0
    out.line(
        f"{done.rows:,} rows of {len(names)} sensors, {si(done.size_bytes, 'B')}, "
        f"written to {done.path}"
    )
    if not done.rows and held is not None and (to_s < held[0] or args.from_s > held[1]):
        first, last = (time.strftime("%Y-%m-%d %H:%M", time.localtime(at_s)) for at_s in held)
        out.line(f"Nothing was recorded in this period: the history goes from {first} to {last}.")
    elif not done.rows and args.every == RAW_S:
        out.line("Older readings are kept by the minute or hour only: try --every 1m or 1h.")
    return 0


def _chosen(known: Sequence[str], patterns: Sequence[str]) -> tuple[str, ...]:
    if not known:
        raise UserError(
            "There is no recorded history", "", "Start it with: hwstudio monitor recorder start"
        )
    found = tuple(n for n in known if any(n == p or fnmatchcase(n, p) for p in patterns))
    if not found:
        raise UserError(
            f"No recorded sensor fits {' '.join(patterns)}",
            f"there are {len(known)}, such as {known[0]}",
            "Choose with patterns such as 'gpu.*' or 'cpu.busy_share'",
        )
    return found


def _head(
    history: ReadingHistory, names: tuple[str, ...], span: tuple[float, float], every_s: int
) -> Head:
    from hwstudio.core.model.sensor import device_of
    from hwstudio.core.monitor.export.shape import Head, Span

    devices = {device_of(name) for name in names}
    titles: dict[str, str] = {}
    for known in history.devices():
        if known.device.id in devices:
            titles.setdefault(known.device.id, known.device.title)
    intervals = [session.interval_s for session in history.boots()]
    return Head(
        host=platform.node() or "unknown",
        source=f"hwstudio {VERSION}, recorded history",
        from_s=span[0],
        to_s=span[1],
        sensors=names,
        step_s=max(float(every_s), max(intervals, default=1.0) if every_s == RAW_S else 0.0),
        gaps=tuple(Span(gap.from_s, gap.to_s, gap.why) for gap in history.gaps(*span)),
        titles=tuple(sorted(titles.items())),
    )


def _within(history: ReadingHistory, from_s: float, to_s: float) -> tuple[float, float]:
    """Return the part of the span that holds readings, so that empty years cost nothing."""
    held = history.span()
    if held is None:
        return from_s, from_s
    return max(from_s, held[0]), max(from_s, min(to_s, held[1] + 1))
