"""Whether a result of another machine has the shape of ours, so that no screen stumbles over it.

The signature of a file says that nothing was changed, not that a hwstudio wrote it. Only what is
read again later is looked at; whatever else a file holds is kept as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hwstudio.core.bench.gather import is_number
from hwstudio.core.model.result import Result

MOST_VERSIONS = 10_000  # of a method; the history keeps the number as an integer
_TABLES = ("device", "verdicts", "series", "bounds", "check")  # objects, where they are there
_ROWS = ("verdicts", "series")  # objects of objects
_TEXTS = ("verdict", "reason", "unit", "precision_asked")
_NUMBERS = ("clean_share", "predicted", "next_batch", "tokens", "count")
_FACTS = ("cpu_cores", "cpu_threads", "memory_bytes")


def check_shape(result: Result) -> None:
    """Pass a result that looks like ours.

    Raises:
        ValueError: something has another shape, with its name.
    """
    told = result.conditions
    _must(0 <= result.method_version <= MOST_VERSIONS, "method_version")
    for name in _TABLES:
        _must(isinstance(told.get(name, {}), dict), name)
    for name in _ROWS:
        for row in told.get(name, {}).values():
            _must(isinstance(row, dict), name)
            _check_row(name, row)
    for name in _FACTS:
        _must(told.get(name) is None or is_number(told[name]), name)
    ranks = told.get("ranks", [])
    _must(isinstance(ranks, list) and all(isinstance(each, dict) for each in ranks), "ranks")
    named = (result.id, result.bench, result.machine, result.device, result.words)
    more = (result.taken_at, result.verdict, result.verdict_reason, result.params, told)
    for text in _texts([*named, *more, *(metric.name + metric.unit for metric in result.metrics)]):
        text.encode("utf-8")  # half of a pair of code units can neither be stored nor shown


def _check_row(name: str, row: Mapping[str, Any]) -> None:
    for key in _TEXTS:
        _must(isinstance(row.get(key) or "", str), f"{name}: {key}")
    for key in _NUMBERS:
        _must(row.get(key) is None or is_number(row[key]), f"{name}: {key}")
    _must(isinstance(row.get("clean") or [], list), f"{name}: clean")
    _must(name != "verdicts" or {"verdict", "reason"} <= row.keys(), f"{name}: verdict")


def _must(is_right: bool, name: str) -> None:
    if not is_right:
        raise ValueError(f"{name} has another shape")


def _texts(value: object) -> Iterator[str]:
    """Yield every text inside."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
