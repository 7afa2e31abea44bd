"""`hwstudio bench check --cases`: may published numbers be believed, and if not, why not."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from hwstudio.cli.cases import MOST_ID, check_readable, read_cases
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.bench.claims.claim import Claim, claim_of
from hwstudio.core.bench.claims.finding import ABOVE_WIRE, OK, Finding
from hwstudio.core.bench.claims.judge import judge_claims

EXAMPLE = "Example: hwstudio bench check --cases reference_results.csv --json"
# What a person made of the rows; never handed to the judge.
ANSWERS = ("verdict", "note")
MOST_SHOWN = 200


def add(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb ``check``."""
    verb = verbs.add_parser(
        "check",
        help="which published results can be believed",
        description="Judge every row of a table of published results: against the device's data "
        "sheet first, then against the rows beside it.",
        epilog=EXAMPLE,
    )
    verb.add_argument(
        "--cases", type=Path, required=True, metavar="FILE.csv", help="a table of results"
    )
    common(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Judge; 1 when a row cannot be believed."""
    rows = read_cases(arguments.cases, "row_id", "reference_results.csv")
    read = [_read(row) for row in rows]
    good = [each for each in read if isinstance(each, Claim)]
    found = iter(judge_claims(good, out.studio.catalog.match_gpu))
    judged = [
        (row.get("row_id", "")[:MOST_ID], next(found) if isinstance(each, Claim) else each, each)
        for row, each in zip(rows, read, strict=True)
    ]
    if out.is_json:
        out.document({"cases": [_document(*each) for each in judged]})
    else:
        _show(judged, out)
    return int(any(isinstance(each, Finding) and _is_bad(each) for _, each, _ in judged))


Judged = tuple[str, "Finding | UserError", "Claim | UserError"]


def _read(row: dict[str, str]) -> Claim | UserError:
    try:
        check_readable(row)
        return claim_of({name: text for name, text in row.items() if name not in ANSWERS})
    except UserError as error:
        return error


def _is_bad(finding: Finding) -> bool:
    return finding.verdict not in (OK, ABOVE_WIRE)


def _document(row_id: str, found: Finding | UserError, claim: Claim | UserError) -> dict[str, Any]:
    if isinstance(found, UserError) or isinstance(claim, UserError):
        why = found if isinstance(found, UserError) else claim
        sentence = why.sentence if isinstance(why, UserError) else ""
        return {"row_id": row_id, "verdict": None, "reason": "", "error": sentence}
    return {
        "row_id": row_id,
        "verdict": found.verdict,
        "reason": found.reason,
        "value": claim.value,
        "limit": found.limit,
    }


def _show(judged: list[Judged], out: Output) -> None:
    bad = [each for each in judged if isinstance(each[1], UserError) or _is_bad(each[1])]
    rows = [
        (row_id, "cannot be read", found.sentence)
        if isinstance(found, UserError)
        else (row_id, found.verdict.replace("_", " "), f"{_what(claim)}: {found.reason}")
        for row_id, found, claim in bad[:MOST_SHOWN]
    ]
    if rows:
        out.table(("row", "verdict", "why"), rows)
    if len(bad) > MOST_SHOWN:
        out.line(f"... and {len(bad) - MOST_SHOWN} more (--json shows all)")
    counts = Counter(
        "cannot be read" if isinstance(found, UserError) else found.verdict.replace("_", " ")
        for _, found, _ in judged
    )
    said = ", ".join(f"{count} {word}" for word, count in counts.most_common())
    out.line(f"{len(judged)} rows: {said}" if judged else "The table has no rows.")


def _what(claim: Claim | UserError) -> str:
    if isinstance(claim, UserError):
        return ""
    times = f"{claim.count} x " if claim.count > 1 else ""
    return f"{times}{claim.device}, {claim.test} {claim.dtype}".strip()
