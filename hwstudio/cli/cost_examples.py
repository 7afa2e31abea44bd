"""`hwstudio cost examples`: published calculations run by formula, from a table of inputs."""

from __future__ import annotations

import argparse
import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from hwstudio.cli.cases import check_readable, read_cases
from hwstudio.cli.number import filled, rounded
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.examples.run import FORMULAS, run_example

_LIKE = "cloud/worked_examples.csv"
_MOST_SHOWN = 8


def examples_options(verb: argparse.ArgumentParser) -> None:
    """Add what ``cost examples`` reads."""
    which = verb.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--cases", type=_file, metavar="FILE.csv",
        help="a table with the columns example_id, formula, inputs (a JSON object)",
    )  # fmt: skip
    which.add_argument("--formula", type=filled, metavar="F", help=f"one of {', '.join(FORMULAS)}")
    verb.add_argument("--inputs", type=filled, metavar="JSON", help="inputs of --formula")


def _file(text: str) -> Path:
    return Path(filled(text))


def run_examples(args: argparse.Namespace, out: Output) -> int:
    """Run every row; a bad one carries its error and the rest go on."""
    if args.cases is None:
        if args.inputs is None:
            raise UserError("The inputs are missing", "", "Give --inputs '{\"name\": number, …}'")
        rows = [{"example_id": args.formula, "formula": args.formula, "inputs": args.inputs}]
    else:
        rows = read_cases(args.cases, "formula", _LIKE)
    cases = [_case(row, number) for number, row in enumerate(rows, start=1)]
    failed = [case for case in cases if "error" in case]
    if args.cases is None and failed:
        raise UserError(str(failed[0]["error"]))
    if out.is_json:
        out.document({"cases": cases})
        return 0
    for case in cases:
        title = f"{case['example_id']}  {case['formula']}  {case.get('title', '')}".rstrip()
        out.line(title)
        if "error" in case:
            out.line(f"  {case['error']}")
            continue
        for name, value in list(case["outputs"].items())[:_MOST_SHOWN]:
            out.line(f"  {name}: {'none' if value is None else value}")
    return 0


def _case(row: dict[str, str], number: int) -> dict[str, Any]:
    case: dict[str, Any] = {
        "example_id": (row.get("example_id") or row.get("id") or str(number)).strip()[:200],
        "formula": (row.get("formula") or "").strip()[:200],
    }
    if row.get("title"):
        case["title"] = row["title"][:200]
    try:
        check_readable(row)
        outputs = run_example(case["formula"], _inputs(row.get("inputs") or ""))
        case["outputs"] = {name: _out(value) for name, value in outputs.items()}
    except UserError as error:
        case["error"] = error.sentence
    except (ArithmeticError, ValueError, OverflowError):
        case["error"] = "These inputs give no sensible number."
    return case


def _inputs(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise UserError(
            "The inputs cannot be read", "they are not JSON", 'Write {"name": number, …}'
        ) from error
    if not isinstance(found, dict):
        raise UserError("The inputs cannot be read", "they are not one JSON object")
    return found


def _out(value: Any) -> Any:
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, list):
        return [_out(item) for item in value]
    return rounded(value)
