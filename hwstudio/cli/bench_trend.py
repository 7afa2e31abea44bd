"""`hwstudio bench trend`: how the speed of a test moved over time, and what changed meanwhile."""

from __future__ import annotations

import argparse
from typing import Any

from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import duration, percent, si
from hwstudio.core.bench.full_names import full_name
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.trend import SLOWER, Trend, TrendPoint, trends

WORDS = "how the speed of each test moved over time, and what changed meanwhile"


def add(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb ``trend``."""
    verb = verbs.add_parser(
        "trend",
        help=WORDS,
        description=f"{WORDS}; 1 when a test became slower and no change is known",
        epilog="Example: hwstudio bench trend torch_matmul --machine lab7",
    )
    verb.add_argument("id", metavar="ID", nargs="?", help="one benchmark (all)")
    verb.add_argument("--machine", metavar="NAME", help="one machine (all in the history)")
    verb.add_argument("--metric", metavar="NAME", help='one point, e.g. "fp32 2048"')
    common(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Show the trends.

    Raises:
        UserError: no test of that name was run twice.
    """
    name = bench(arguments.id).id if arguments.id else None
    found = [
        each
        for each in trends(out.studio.history.results(name, with_samples=False))
        if arguments.machine in (None, each.machine)
        and arguments.metric in (None, each.metric, name_text(each.metric, each.bench))
    ]
    if out.is_json:
        out.document({"trends": found})
    elif not found:
        raise UserError(
            "There is no trend to show",
            "no test was run twice in the same way with a number that can be trusted",
            "Run a benchmark again: hwstudio bench run --profile quick",
        )
    else:
        for each in found:
            _show(each, out)
    return int(any(each.word == SLOWER for each in found))


def _show(trend: Trend, out: Output) -> None:
    out.line(f"{trend.machine}, {full_name(f'{trend.bench} {trend.metric}')}. {trend.sentence}")
    rows = [
        (each.taken_at[:16].replace("T", " "), _value(each.median, trend), _width(each),
         ", ".join(each.changes))
        for each in trend.points
    ]  # fmt: skip
    out.table(("when (UTC)", "median", "±", "changed since the run before"), rows, right=(1, 2))
    out.line("")


def _value(value: float, trend: Trend) -> str:
    return duration(value) if trend.unit == "s" else si(value, trend.unit)


def _width(point: TrendPoint) -> str:
    return percent((point.high - point.low) / 2 / abs(point.median), 1) if point.median else ""
