"""`hwstudio bench twins`: which of several equal machines is slow, in which test, and why."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hwstudio.cli.cases import MOST_ID, check_readable, read_cases
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.base.units import percent
from hwstudio.core.bench.result_file import read_result_file
from hwstudio.core.bench.twins.judge import SLOW, MachineVerdict, TestVerdict, judge_twins
from hwstudio.core.bench.twins.noise import Noise, noise_of
from hwstudio.core.bench.twins.score import Score, score_of
from hwstudio.core.bench.twins.stored import (
    LeftOut,
    left_out,
    left_out_text,
    scores_of_results,
)

EXAMPLES = (
    "Examples: hwstudio bench twins --cases fleet_h100.csv --json\n"
    "          hwstudio bench twins lab1.json lab2.json lab3.json\n"
    "          hwstudio bench twins            (all machines in your history)"
)


def add(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb ``twins``."""
    words = "which of several equal machines is slow"
    verb = verbs.add_parser(
        "twins",
        help=words,
        description=f"Say {words}, in which test, and what to look at.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("files", nargs="*", type=Path, metavar="FILE", help="result files")
    verb.add_argument("--cases", type=Path, metavar="FILE.csv", help="a table of scores")
    common(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Compare; 1 when a machine is slow."""
    scores, errors, lacking = _scores(arguments, out)
    found = judge_twins(scores, bundled_noise())
    if out.is_json:
        missing = [{"machine": e.machine, "test": e.test, "why": e.why} for e in lacking]
        machines = [_document(each) for each in found]
        out.document({"machines": machines, "errors": errors, "left_out": missing})
    else:
        _show(found, errors, out)
        if lacking:
            out.line(left_out_text(lacking))
    return int(any(each.verdict == SLOW for each in found))


def bundled_noise() -> Noise:
    """Return how much healthy machines differ, as it came with hwstudio."""
    return noise_of(resource_bytes("bench/twin_noise.csv").decode("utf-8"))


Read = tuple[list[Score], list[dict[str, Any]], tuple[LeftOut, ...]]


def _scores(arguments: argparse.Namespace, out: Output) -> Read:
    if arguments.cases is not None and arguments.files:
        raise UserError("Two things to compare", "a table or result files are wanted", EXAMPLES)
    if arguments.cases is not None:
        return _of_table(arguments.cases)
    if arguments.files:
        results = [one for file in arguments.files for one in read_result_file(file).results]
    else:
        results = list(out.studio.history.results(with_samples=False))
    scores = list(scores_of_results(results))
    lacking = left_out(results, scores)
    if len({score.machine for score in scores}) < 2:
        why = " ".join(("results of at least two machines are wanted.", left_out_text(lacking)))
        raise UserError(
            "There is nothing to compare",
            why.strip().rstrip("."),
            "Run the same benchmarks on each machine, export them there, and import them here",
        )
    return scores, [], lacking


def _of_table(file: Path) -> Read:
    scores, errors = [], []
    for number, row in enumerate(read_cases(file, "machine", "fleet_h100.csv"), 2):
        try:
            check_readable(row)
            scores.append(score_of(row))
        except UserError as error:
            name = row.get("machine", "")[:MOST_ID]
            errors.append({"line": number, "machine": name, "error": error.sentence})
    return scores, errors, ()


def _document(found: MachineVerdict) -> dict[str, Any]:
    return {
        "machine": found.machine,
        "verdict": found.verdict,
        "ratio": round(found.ratio, 5),
        "tests": [_test(each) for each in found.tests],
        "cause": found.cause,
    }


def _test(each: TestVerdict) -> dict[str, Any]:
    return {
        "test": each.score.test,
        "dtype": each.score.dtype,
        "n_devices": each.score.count,
        "gpus_in_offer": each.score.setting,
        "value": each.score.value,
        "unit": each.score.unit,
        "ratio": None if each.ratio is None else round(each.ratio, 5),
        "verdict": each.verdict,
    }


def _show(found: Sequence[MachineVerdict], errors: Sequence[dict[str, Any]], out: Output) -> None:
    rows = []
    for each in found:
        slow = sorted((t for t in each.tests if t.verdict == SLOW), key=lambda t: t.ratio or 0.0)
        worst = f"{slow[0].score.words}: {_against(slow[0])}" if slow else ""
        rows.append((each.machine, each.verdict, f"{len(slow)} of {len(each.tests)}", worst))
    if rows:
        out.table(("machine", "verdict", "slow tests", "the slowest"), rows)
    for each in found:
        if each.cause:
            out.line(f"{each.machine}: {each.cause}.")
    for bad in errors:
        out.note(f"line {bad['line']}: {bad['error']}")
    if not rows:
        out.line("The table has no rows that can be compared.")


def _against(test: TestVerdict) -> str:
    return "" if test.ratio is None else f"{percent(test.ratio, 1)} of the others"
