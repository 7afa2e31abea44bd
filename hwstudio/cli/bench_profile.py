"""``hwstudio bench run --profile``: a row of benchmarks with one progress and one sentence."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from hwstudio.cli.bench_text import POINT_HEAD, epoch_lines, metric_rows
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.units import duration
from hwstudio.core.bench.launch import Interpreter, choose_interpreter
from hwstudio.core.bench.profile import PROFILES, profile
from hwstudio.core.bench.profile_run import Overall, ProfileRun, run_profile
from hwstudio.core.bench.profile_words import sentence
from hwstudio.core.bench.run import Place
from hwstudio.core.bench.suites import bench
from hwstudio.core.model.result import Result
from hwstudio.core.project.expected_range import ExpectedRange

DONE, NEGATIVE = 0, 1


def add_option(verb: argparse.ArgumentParser) -> None:
    """Add the option to ``bench run``."""
    names = ", ".join(PROFILES)
    verb.add_argument("--profile", metavar="NAME", help=f"run a whole row instead: {names}")


def run(
    args: argparse.Namespace,
    out: Output,
    cancel: threading.Event,
    keep: Callable[[Result], None],
    document: Callable[[Result], dict[str, Any]],
    expected: Callable[[Result], Mapping[str, ExpectedRange]],
) -> int:
    """Run a profile, show it, and return the exit code.

    Raises:
        UserError: there is no such profile, or an option does not go with one.
        HostError: no Python can be started.
    """
    chosen = profile(args.profile)
    if args.id or args.param:
        raise UserError(
            "--profile runs a row of benchmarks of its own",
            "",
            "Leave out the benchmark and --param, or leave out --profile",
        )
    place = Place(
        interpreter=_interpreter(args.interpreter or "", out.studio.settings.interpreter),
        log_dir=out.studio.home.run_dir,
        match_gpu=out.studio.catalog.match_gpu,
    )
    found = run_profile(chosen, place=place, cancel=cancel, tell=_teller(out), keep=keep)
    with contextlib.suppress(OSError):
        out.progress("")
    _show(found, out, document, expected)
    sys.stdout.flush()
    return DONE if found.results and not found.failed and not found.is_cancelled else NEGATIVE


def _interpreter(named: str, setting: str) -> Interpreter:
    """Return a Python with torch, else one that can do the rest."""
    try:
        return choose_interpreter(named, setting, ("torch",))
    except HostError:
        return choose_interpreter(named, setting, ())


def _teller(out: Output) -> Callable[[Overall], None]:
    def tell(overall: Overall) -> None:
        of = f" of {overall.total}" if overall.total else ""
        label = f" ({overall.label})" if overall.label else ""
        with contextlib.suppress(OSError):  # the terminal may be gone
            out.progress(
                f"Test {overall.number}{of}: {overall.title}{label}, "
                f"about {duration(overall.eta_s)} left"
            )

    return tell


def _show(
    found: ProfileRun,
    out: Output,
    document: Callable[[Result], dict[str, Any]],
    expected: Callable[[Result], Mapping[str, ExpectedRange]],
) -> None:
    if out.is_json:
        out.document(
            {
                "profile": found.profile.id,
                "words": sentence(found),
                "verdict": found.verdict,
                "seconds": round(found.seconds, 1),
                "is_cancelled": found.is_cancelled,
                "results": [document(each) for each in found.results],
                "skipped": [{"bench": name, "why_not": why} for name, why in found.skipped],
            }
        )
        return
    out.line(sentence(found))
    rows = [
        (bench(result.bench).title, *row)
        for result in found.results
        for row in metric_rows(result, expected(result))
    ]
    if rows:
        out.line("")
        out.table(("test", *POINT_HEAD), rows, right=(2, 3, 4, 5))
    for result in found.results:
        for line in epoch_lines(result):
            out.line(line)
    out.line(f"\nIt took {duration(found.seconds)}.")
