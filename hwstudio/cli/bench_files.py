"""`hwstudio bench export|import|compare`: results as files, and runs side by side."""

from __future__ import annotations

import argparse
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.units import significant
from hwstudio.core.bench.compare import against_reference, sized
from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.result_file import read_result_file, write_result_file
from hwstudio.core.bench.side_by_side import Pairing, side_by_side
from hwstudio.core.bench.suites import SUITES, bench
from hwstudio.core.bench.take_in import take_in, to_export
from hwstudio.core.model.result import Result


def add(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verbs ``export``, ``import`` and ``compare``."""
    words = "write this machine's results into one signed file"
    verb = verbs.add_parser(
        "export", help=words, description=words, epilog="Example: hwstudio bench export lab7.json"
    )
    verb.add_argument("file", type=Path, metavar="FILE")
    verb.add_argument("--machine", metavar="NAME", help="the name others see (the host's name)")
    common(verb)
    verb.set_defaults(run=run_export)
    words = "take in result files of other machines"
    verb = verbs.add_parser(
        "import", help=words, description=words, epilog="Example: hwstudio bench import lab*.json"
    )
    verb.add_argument("files", type=Path, nargs="+", metavar="FILE")
    common(verb)
    verb.set_defaults(run=run_import)
    words = "put two to five runs side by side"
    verb = verbs.add_parser(
        "compare",
        help=words,
        description=f"{words}; the first is what the others are held against",
        epilog="Example: hwstudio bench compare 3f2a 91bc, or: bench compare lab1.json lab2.json",
    )
    verb.add_argument("runs", nargs="+", metavar="RUN", help="the id of a result, or a file")
    common(verb)
    verb.set_defaults(run=run_compare)


def run_export(arguments: argparse.Namespace, out: Output) -> int:
    """Write the file."""
    machine = (arguments.machine or platform.node() or "this computer").strip()
    results = to_export(out.studio.history.results(), machine)
    write_result_file(arguments.file, results, machine)
    if out.is_json:
        out.document({"file": arguments.file, "machine": machine, "results": len(results)})
    else:
        out.line(f"{len(results)} results of {machine} are in {arguments.file}.")
    return 0


def run_import(arguments: argparse.Namespace, out: Output) -> int:
    """Take in; 1 when a file was rejected."""
    history = out.studio.history
    if history.why_not_kept:
        raise HostError("Results cannot be taken in", history.why_not_kept, "Check the disk")
    known = {each.id for each in history.results(with_samples=False)}
    taken = take_in(arguments.files, known, history.add_result)
    if out.is_json:
        out.document(
            {
                "added": len(taken.added),
                "duplicates": taken.duplicates,
                "rejected": [{"file": each.file, "why": each.why} for each in taken.rejected],
                "machines": sorted({each.machine for each in taken.added}),
            }
        )
    else:
        out.line(f"{len(taken.added)} results added, {taken.duplicates} were there already.")
        for each in taken.rejected:
            out.line(f"Not taken: {each.why}")
    return int(bool(taken.rejected))


def run_compare(arguments: argparse.Namespace, out: Output) -> int:
    """Compare, benchmark by benchmark.

    Raises:
        UserError: no point has a number in two of the runs.
    """
    rows, left_out = _rows(chosen_runs(arguments.runs, out))
    told = [(run, published_of([run], out)[0]) for row in rows for run in row.runs]
    if out.is_json:
        runs = [
            {"id": run.id, "machine": run.machine, "bench": run.bench, "taken_at": run.taken_at,
             "device": run.device, "verdict": run.verdict, "expected": expected}
            for run, expected in told
        ]  # fmt: skip
        metrics = [{"bench": row.bench, **asdict(each)} for row in rows for each in row.pairs]
        out.document({"runs": runs, "metrics": metrics, "left_out": left_out})
        return 0
    for row in rows:
        _show(row, out)
    for run, expected in told:
        for each in expected:
            point = name_text(each.metric, run.bench)
            out.line(f"{run.machine}: {point} is {each.ratio:.2f} x {each.other} ({each.word})")
    if left_out:
        out.line(f"Not compared, no number in two of them: {', '.join(map(_title, left_out))}.")
    return 0


@dataclass(frozen=True, slots=True)
class _Row:
    """One benchmark: its runs, and each beside the first."""

    bench: str
    runs: list[Result]
    pairs: tuple[Pairing, ...]


def _rows(chosen: list[dict[str, Result]]) -> tuple[list[_Row], list[str]]:
    """Return the comparisons, and the benchmarks that all ran and none has numbers to compare."""
    shared = [name for name in chosen[0] if all(name in each for each in chosen)]
    rows, left_out = [], []
    for name in shared:
        runs = [each[name] for each in chosen]
        try:
            rows.append(_Row(name, runs, side_by_side(runs)))
        except UserError:
            if len(shared) == 1:
                raise
            left_out.append(name)
    if not rows:
        side_by_side([next(iter(each.values())) for each in chosen])  # says why
        raise UserError(
            "These runs have nothing in common",
            "no point has a number in two of them",
            "Close other programs and measure again",
        )
    return rows, left_out


def _show(row: _Row, out: Output) -> None:
    for place, run in enumerate(row.runs):
        when = run.taken_at[:16].replace("T", " ")
        out.line(f"{place}: {run.machine}, {run.device}, {_title(run.bench)}, {when}")
    rows = [
        (name_text(each.metric, row.bench), str(each.run), _ratio(each),
         sized(each.word, each.unit), each.why)
        for each in row.pairs
    ]  # fmt: skip
    out.table(("point", "run", "against run 0 (95 % interval)", "verdict", "why"), rows, right=(1,))
    out.line("")


def _title(name: str) -> str:
    return bench(name).title if name in SUITES else name


def _ratio(pair: Pairing) -> str:
    if pair.ratio is None or pair.low is None or pair.high is None:
        return "not compared"
    low, high = significant(pair.low), significant(pair.high)
    return f"{significant(pair.ratio)} ({low} to {high})"


def published_of(runs: list[Result], out: Output) -> list[Any]:
    """Return each run beside what others published of its GPU."""
    catalog = out.studio.catalog
    references = catalog.reference_results()
    found = []
    for run in runs:
        about = run.conditions.get("device")
        memory = about.get("vram_bytes") if isinstance(about, dict) else None
        gpu = catalog.match_gpu(run.device, memory if isinstance(memory, int) else None)
        found.append(against_reference(run, references, gpu.id if gpu else None))
    return found


def chosen_runs(names: list[str], out: Output) -> list[dict[str, Result]]:
    """Return by benchmark what each name means: a stored run by its id, or the newest in a file."""
    return [_of_file(Path(name)) if Path(name).is_file() else _of_id(name, out) for name in names]


def _of_file(file: Path) -> dict[str, Result]:
    results = sorted(read_result_file(file).results, key=_taken_at)
    if not results:
        raise UserError(f"{file.name} holds no results")
    return {each.bench: each for each in results}


def _taken_at(result: Result) -> str:
    return result.taken_at


def _of_id(name: str, out: Output) -> dict[str, Result]:
    history = out.studio.history
    ids = [e.id for e in history.results(with_samples=False) if e.id.startswith(name)]
    if len(ids) != 1:
        why = "several results begin like this" if ids else "no stored result begins like this"
        raise UserError(f"{name!r} names no run", why, "Give more of its id, or a result file")
    found = history.result(ids[0])
    return {found.bench: found}
