"""A result as one database row and back; everything that grows lives in JSON columns."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from hwstudio.core.model.result import Metric, Outcome, Result


class UnreadableRow(Exception):  # noqa: N818  (a fact about a file, not a bug of ours)
    """A row that is no result. The message names the column."""


COLUMNS = (
    "id",
    "bench",
    "method_version",
    "taken_at",
    "machine",
    "device",
    "outcome",
    "words",
    "verdict",
    "verdict_reason",
    "params",
    "metrics",
    "samples",
    "conditions",
)


def to_row(result: Result) -> tuple[Any, ...]:
    """Return the values of COLUMNS."""
    metrics = [[m.name, m.unit, m.median, m.low, m.high, m.n] for m in result.metrics]
    return (
        result.id,
        result.bench,
        result.method_version,
        result.taken_at,
        result.machine,
        result.device,
        result.outcome.value,
        result.words,
        result.verdict,
        result.verdict_reason,
        json.dumps(result.params),
        json.dumps(metrics),
        json.dumps(result.samples),
        json.dumps(result.conditions),
    )


def of_row(row: sqlite3.Row) -> Result:
    """Return the result of one row; damaged samples are left out, they are only the evidence.

    Raises:
        UnreadableRow: anything else in it is damaged.
    """
    try:
        samples = _object(row, "samples")
    except UnreadableRow:
        samples = {}
    return Result(
        id=row["id"],
        bench=row["bench"],
        method_version=row["method_version"],
        taken_at=row["taken_at"],
        machine=row["machine"],
        device=row["device"],
        outcome=_outcome(row["outcome"]),
        words=row["words"],
        verdict=row["verdict"],
        verdict_reason=row["verdict_reason"],
        params=_object(row, "params"),
        metrics=_metrics(row),
        samples=samples,
        conditions=_object(row, "conditions"),
    )


def _load(row: sqlite3.Row, column: str) -> Any:
    try:
        return json.loads(row[column])
    except (ValueError, TypeError, RecursionError) as error:
        raise UnreadableRow(column) from error


def _object(row: sqlite3.Row, column: str) -> dict[str, Any]:
    value = _load(row, column)
    if not isinstance(value, dict):
        raise UnreadableRow(column)
    return value


def _outcome(word: str) -> Outcome:
    try:
        return Outcome(word)
    except ValueError as error:
        raise UnreadableRow("outcome") from error


def _metrics(row: sqlite3.Row) -> tuple[Metric, ...]:
    found = _load(row, "metrics")
    if not isinstance(found, list) or not all(map(_is_metric, found)):
        raise UnreadableRow("metrics")
    return tuple(Metric(*each) for each in found)


def _is_metric(value: object) -> bool:
    """Say whether it is [name, unit, median, low, high, n]."""
    return (
        isinstance(value, list)
        and len(value) == 6
        and all(isinstance(each, str) for each in value[:2])
        and all(isinstance(each, (int, float)) for each in value[2:])
    )
