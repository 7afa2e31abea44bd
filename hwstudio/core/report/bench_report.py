"""Stored benchmark results as a document: what was measured, how well, and beside what."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import gib
from hwstudio.core.bench.compare import Comparison
from hwstudio.core.bench.epoch import NOT_LOADED, EpochTime, data_set_text, epoch_times
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.suites import benches
from hwstudio.core.bench.verdict import TITLES
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.core.report.blocks import (
    Block,
    Cell,
    Chart,
    ChartForm,
    Column,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Line,
    Paragraph,
    Sources,
    Status,
    Table,
)

KIND = "bench"
# What a figure is shown in: factor and unit.
_SHOWN_IN = {
    "FLOP/s": (1e9, "GFLOP/s"),
    "B/s": (1e9, "GB/s"),
    "1": (0.01, "%"),
    "s": (1e-3, "ms"),
    "W": (1.0, "W"),
}
_UNITS = {"_mib": "MiB", "_s": "s", "_w": "W", "_c": "°C", "_mhz": "MHz"}
_PRIVATE = ("interpreter", "event_log", "verdicts")  # paths, and what stands elsewhere
_MOST_DIGITS = 6
_MOST_BARS = 12
_INTERVAL_WORDS = "Median of the samples; low and high are its 95 % interval."


@dataclass(frozen=True, slots=True)
class Measured:
    """What the report is made of: results, and what each is compared with, by result id."""

    results: tuple[Result, ...]
    made: str  # ISO date
    comparisons: Mapping[str, Sequence[Comparison]] = field(default_factory=dict)


def bench_report(measured: Measured) -> Document:
    """Return the report.

    Raises:
        UserError: there is no result.
    """
    results = measured.results
    if not results:
        raise UserError(
            "There is no benchmark result to report on",
            "none is stored",
            "Run one first: hwstudio bench run torch_matmul --quick",
        )
    machines = ", ".join(dict.fromkeys(result.machine for result in results))
    facts = (
        ("Computer", machines),
        ("Results", str(len(results))),
        ("Made", f"{measured.made[:10]} with hwstudio"),
    )
    blocks: list[Block] = []
    if len(results) > 1:
        blocks.append(_overview(results))
    for result in results:
        blocks += _result(result, measured.comparisons.get(result.id, ()))
    blocks += _sources(measured)
    title = f"Benchmark: {_title(results[0])}" if len(results) == 1 else "Benchmark results"
    return Document(KIND, title, facts, tuple(blocks), measured.made)


def _title(result: Result) -> str:
    return next((each.title for each in benches() if each.id == result.bench), result.bench)


def _overview(results: Sequence[Result]) -> Table:
    columns = (Column("Benchmark"), Column("Device"), Column("Measured"), Column("Verdict"))
    rows = tuple(
        (_title(each), each.device, each.taken_at[:16].replace("T", " "), _verdict(each))
        for each in results
    )
    return Table("All results", columns, rows)


def _verdict(result: Result) -> str:
    if result.outcome is not Outcome.FINISHED:
        return result.outcome.value
    return TITLES.get(result.verdict, result.verdict) or "not judged"


def _result(result: Result, comparisons: Sequence[Comparison]) -> Iterator[Block]:
    yield Heading(_title(result))
    is_clean = result.outcome is Outcome.FINISHED and result.verdict == "ok"
    yield KeyFigures(
        (
            KeyFigure(
                "Verdict", _verdict(result), result.verdict or result.outcome.value, "",
                Status.GOOD if is_clean else Status.PLAIN,
                result.verdict_reason or result.words,
            ),
            KeyFigure("Device", result.device or "not known", words=result.machine),
            KeyFigure(
                "Measured", result.taken_at[:16].replace("T", " "), result.taken_at,
                words=f"method {result.method_version}, run {result.id[:8]}",
            ),
        )
    )  # fmt: skip
    by_unit: dict[str, list[Metric]] = {}
    for metric in result.metrics:
        by_unit.setdefault(metric.unit, []).append(metric)
    for unit, metrics in by_unit.items():
        yield from _points(unit, metrics, result.bench)
    epochs = epoch_times(result)
    if epochs:
        yield _epochs(epochs)
    if not result.metrics:
        yield Paragraph(result.words or "It gave no figure.")
    if comparisons:
        yield _beside(comparisons)
    yield _conditions(result)


def _points(unit: str, metrics: Sequence[Metric], bench: str) -> Iterator[Block]:
    factor, shown = _SHOWN_IN.get(unit, (1.0, unit))
    digits = _digits([metric.median / factor for metric in metrics])
    if 1 < len(metrics) <= _MOST_BARS:
        yield Chart(
            "Median of each point",
            shown,
            tuple(name_text(metric.name, bench) for metric in metrics),
            (Line("median", tuple(metric.median / factor for metric in metrics)),),
            digits=digits,
            form=ChartForm.BARS,
        )
    columns = (
        Column("Point"), Column("Median", shown, digits), Column("Low", shown, digits),
        Column("High", shown, digits), Column("Samples", digits=0),
    )  # fmt: skip
    rows = tuple(
        (name_text(m.name, bench), m.median / factor, m.low / factor, m.high / factor, m.n)
        for m in metrics
    )
    yield Table(f"Points in {shown}", columns, rows, _INTERVAL_WORDS)


def _epochs(epochs: Sequence[EpochTime]) -> Table:
    columns = (
        Column("Point"), Column("Data set"), Column("One epoch", "h", 2), Column("Low", "h", 2),
        Column("High", "h", 2),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            name_text(each.metric, each.bench),
            data_set_text(each),
            each.median_s / 3600,
            each.low_s / 3600,
            each.high_s / 3600,
        )
        for each in epochs
    ]
    return Table("One pass over a data set", columns, tuple(rows), NOT_LOADED)


def _digits(values: Sequence[float]) -> int:
    """Return digits after the point that give the smallest value three that mean something."""
    smallest = min((abs(v) for v in values if v and math.isfinite(v)), default=1.0)
    return min(_MOST_DIGITS, max(0, 2 - math.floor(math.log10(smallest))))


def _beside(comparisons: Sequence[Comparison]) -> Table:
    columns = (Column("Point"), Column("Times as much", digits=2), Column("As"), Column("So it is"))
    rows = tuple((name_text(c.metric), c.ratio, c.other, c.word) for c in comparisons)
    return Table("Beside other figures", columns, rows)


def _conditions(result: Result) -> Table:
    """Return the parameters and those conditions that are plain values."""
    given = {**result.params, **result.conditions}
    rows = tuple(
        _condition(name, value)
        for name, value in given.items()
        if name not in _PRIVATE and value not in ("", [], ())
        if value is None or isinstance(value, str | int | float | bool | list | tuple)
    )
    return Table("Conditions", (Column("What"), Column("Value")), rows)


def _condition(name: str, value: object) -> tuple[str, str]:
    """Return a condition in words: ``array_mib`` is an array in MiB."""
    if name.endswith("_bytes") and isinstance(value, int):
        return _spaced(name.removesuffix("_bytes")), gib(value)
    for ending, unit in _UNITS.items():
        if name.endswith(ending) and isinstance(value, int | float):
            return _spaced(name.removesuffix(ending)), f"{value:g} {unit}"
    return _spaced(name), _plain(value)


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "default" if value is None else str(value)


def _sources(measured: Measured) -> Iterator[Block]:
    said = (each.source for found in measured.comparisons.values() for each in found)
    items = tuple(dict.fromkeys(filter(None, said)))
    if items:
        yield Sources(items, "Sources of the published figures")
