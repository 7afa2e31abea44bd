"""Results of one machine as one file that others can check: nothing in it was changed since.

The signature is a SHA-256 over the file's canonical JSON (sorted keys, no spaces) without the
signature itself. It finds damage and careless edits; it does not prove who made the file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.version import VERSION
from hwstudio.core.bench.stranger import check_shape
from hwstudio.core.model.result import Metric, Outcome, Result

KIND = "hwstudio results"
SCHEMA = 1
MOST_BYTES = 256 << 20
_TEXTS = ("id", "bench", "taken_at", "machine", "device", "words", "verdict", "verdict_reason")


@dataclass(frozen=True, slots=True)
class ResultFile:
    """What a file holds."""

    machine: str
    exported_at: str
    results: tuple[Result, ...]


def signature_of(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of everything but the signature."""
    bare = {name: value for name, value in document.items() if name != "sha256"}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def document_of(results: Sequence[Result], machine: str) -> dict[str, Any]:
    """Return the signed document of some results."""
    document: dict[str, Any] = {
        "kind": KIND,
        "schema": SCHEMA,
        "hwstudio": VERSION,
        "machine": machine,
        "exported_at": iso_now(),
        "results": [_plain(result) for result in results],
    }
    document = json.loads(json.dumps(document, allow_nan=False))  # as a reader will see it
    return document | {"sha256": signature_of(document)}


def write_result_file(file: Path, results: Sequence[Result], machine: str) -> None:
    """Write a file, whole or not at all.

    Raises:
        UserError: there are no results, or one holds a number that is none.
        HostError: it cannot be written.
    """
    if not results:
        raise UserError("There are no results to export", "none are stored", "Run a benchmark")
    try:
        document = document_of(results, machine)
    except ValueError as error:
        raise UserError(
            "The results cannot be exported", "one of them holds a number that is none"
        ) from error
    part = file.with_name(file.name + ".part")
    try:
        part.write_text(json.dumps(document, indent=1), "utf-8")
        part.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):  # a read-only folder refuses this too
            part.unlink(missing_ok=True)
        raise HostError(
            f"{file} cannot be written", error.strerror or str(error), "Choose another place"
        ) from error


def read_result_file(file: Path) -> ResultFile:
    """Read and check a file.

    Raises:
        UserError: it is missing, damaged, changed since it was written, of a newer hwstudio, or
            not by hwstudio at all.
        HostError: it may not be read.
    """
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UserError(f"{file.name} is too large for a result file")
        text = file.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise UserError(
            f"{file} cannot be opened", "there is no such file", "Check the name"
        ) from error
    except UnicodeDecodeError as error:
        raise _damaged(file) from error
    except OSError as error:
        raise HostError(f"{file} cannot be read", error.strerror or str(error)) from error
    if not text.lstrip().startswith("{"):
        raise _foreign(file)
    try:
        document = json.loads(text, parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise _damaged(file) from error
    return _checked(file, document)


def _checked(file: Path, document: object) -> ResultFile:
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise _foreign(file)
    schema = document.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise UserError(
            f"{file.name} is from a newer hwstudio",
            f"its format is {schema}, this version knows {SCHEMA}",
            "Update hwstudio",
        )
    try:
        signature = signature_of(document)
    except (ValueError, RecursionError) as error:  # 1e999 is valid JSON, and no number
        raise _damaged(file) from error
    if document.get("sha256") != signature:
        raise UserError(
            f"{file.name} was changed after it was written",
            "its signature does not fit its content",
            "Export it again on the machine it comes from",
        )
    rows = document.get("results")
    try:
        results = tuple(_result(row) for row in rows) if isinstance(rows, list) else None
        for result in results or ():
            check_shape(result)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise UserError(
            f"{file.name} holds something that no hwstudio writes",
            str(error)[:80],
            "Export it again on the machine it comes from",
        ) from error
    if results is None:
        raise _damaged(file)
    return ResultFile(
        str(document.get("machine", "")), str(document.get("exported_at", "")), results
    )


def _foreign(file: Path) -> UserError:
    return UserError(
        f"{file.name} is no result file", "", "Make one with: hwstudio bench export FILE"
    )


def _damaged(file: Path) -> UserError:
    return UserError(
        f"{file.name} is damaged", "it cannot be read to its end", "Copy it again from its machine"
    )


def _refuse(word: str) -> float:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name given twice: a reader that takes the other one would see another file."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _plain(result: Result) -> dict[str, Any]:
    return {
        **{name: getattr(result, name) for name in _TEXTS},
        "method_version": result.method_version,
        "outcome": result.outcome.value,
        "params": result.params,
        "metrics": [[m.name, m.unit, m.median, m.low, m.high, m.n] for m in result.metrics],
        "samples": result.samples,
        "conditions": result.conditions,
    }


def _result(row: Mapping[str, Any]) -> Result:
    texts = {name: row[name] for name in _TEXTS}
    if not all(isinstance(each, str) for each in texts.values()) or not texts["id"]:
        raise TypeError("text")
    params, samples, conditions = row["params"], row["samples"], row["conditions"]
    if not all(isinstance(each, dict) for each in (params, samples, conditions)):
        raise TypeError("object")
    return Result(
        **texts,
        method_version=int(row["method_version"]),
        outcome=Outcome(row["outcome"]),
        params=dict(params),
        metrics=tuple(_metric(each) for each in row["metrics"]),
        samples={str(k): [float(v) for v in values] for k, values in samples.items()},
        conditions=dict(conditions),
    )


def _metric(row: Sequence[Any]) -> Metric:
    name, unit, median, low, high, n = row
    found = Metric(str(name), str(unit), float(median), float(low), float(high), int(n))
    if not all(map(math.isfinite, (found.median, found.low, found.high))):
        raise ValueError("number")
    return found
