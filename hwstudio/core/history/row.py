"""A result as one database row and back; everything that grows lives in JSON columns."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from hwstudio.core.model.result import Metric, Outcome, Result

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
    """Return the result of one row."""
    return Result(
        id=row["id"],
        bench=row["bench"],
        method_version=row["method_version"],
        taken_at=row["taken_at"],
        machine=row["machine"],
        device=row["device"],
        outcome=Outcome(row["outcome"]),
        words=row["words"],
        verdict=row["verdict"],
        verdict_reason=row["verdict_reason"],
        params=json.loads(row["params"]),
        metrics=tuple(Metric(*each) for each in json.loads(row["metrics"])),
        samples=json.loads(row["samples"]),
        conditions=json.loads(row["conditions"]),
    )
