"""``hwstudio bench``: list, run one, run the data-parallel test; the window's Benchmark tab."""

from __future__ import annotations

import argparse
import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hwstudio.cli.bench_text import metric_rows, scaling_lines, verdict_line
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.units import duration
from hwstudio.core.bench.compare import against_earlier, against_reference
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.launch import candidates, choose_interpreter, find_interpreters
from hwstudio.core.bench.run import Place, run_bench
from hwstudio.core.bench.spec import Bench
from hwstudio.core.bench.suites import bench, benches
from hwstudio.core.model.result import Outcome, Result

if TYPE_CHECKING:
    from hwstudio.core.bench.compare import Comparison

DONE, NEGATIVE = 0, 1


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the noun and its verbs."""
    noun = commands.add_parser(
        "bench",
        help="measure this machine",
        description="Measure this machine in a separate, supervised process.",
        epilog="Example: hwstudio bench run torch_matmul --quick",
    )
    verbs = noun.add_subparsers(title="verbs", metavar="VERB", required=True)
    _add_list(verbs)
    _add_run(verbs)
    _add_ddp(verbs)


def _add_list(verbs: argparse._SubParsersAction[Any]) -> None:
    verb = verbs.add_parser(
        "list",
        help="what can be measured, and whether it can run here",
        epilog="Example: hwstudio bench list --json",
    )
    common(verb)
    verb.set_defaults(run=_list)


def _add_run(verbs: argparse._SubParsersAction[Any]) -> None:
    verb = verbs.add_parser(
        "run",
        help="run one benchmark",
        description="Run one benchmark, judge the measurement, and keep the result.",
        epilog="Example: hwstudio bench run torch_matmul --quick --param sizes=512,1024",
    )
    verb.add_argument("id", metavar="ID", help="see: hwstudio bench list")
    _add_options(verb)
    verb.set_defaults(run=_run)


def _add_ddp(verbs: argparse._SubParsersAction[Any]) -> None:
    verb = verbs.add_parser(
        "ddp",
        help="train one model with several processes and say how much is lost",
        epilog="Example: hwstudio bench ddp --nproc 2",
    )
    verb.add_argument("--nproc", metavar="N", default="2", help="processes (2)")
    _add_options(verb)
    verb.set_defaults(run=_ddp)


def _add_options(verb: argparse.ArgumentParser) -> None:
    common(verb)
    verb.add_argument("--quick", action="store_true", help="less time per point")
    verb.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set one parameter; may be given again",
    )
    verb.add_argument("--interpreter", metavar="PY", default="", help="a Python that has torch")


def _list(args: argparse.Namespace, out: Output) -> int:
    del args
    found = find_interpreters(candidates(out.studio.settings.interpreter))
    able = next((one for one in found if one.can_measure), None)
    why = "" if able else "no Python with torch was found"
    rows = [
        {
            "id": each.id,
            "title": each.title,
            "purpose": each.purpose,
            "needs": list(each.needs),
            "available": able is not None,
            "why_not": why,
            "interpreter": able.path if able else None,
            "method_version": each.method_version,
            "parameters": [
                {"name": p.name, "default": p.default, "unit": p.unit, "help": p.help}
                for p in each.parameters
            ],
        }
        for each in benches()
    ]
    if out.is_json:
        out.document(rows)
        return DONE
    out.table(
        ("id", "title", "needs", "can run here"),
        [
            (each.id, each.title, ", ".join(each.needs), "yes" if able else f"no: {why}")
            for each in benches()
        ],
    )
    out.line(f"\n{able.title} ({able.path})" if able else "\nInstall torch to run them.")
    return DONE


def _run(args: argparse.Namespace, out: Output) -> int:
    chosen = bench(args.id)
    result = _measure(chosen, _given(args.param), args, out)
    comparisons = _compared(result, out)
    if out.is_json:
        out.document(_run_document(result, comparisons))
    else:
        out.line(verdict_line(result))
        out.table(
            ("point", "median", "±", "samples", "verdict"), metric_rows(result), right=(1, 2, 3)
        )
        for each in comparisons:
            out.line(f"{each.metric}: {each.ratio:.2f} x {each.other} ({each.word})")
    return _exit_code(result)


def _ddp(args: argparse.Namespace, out: Output) -> int:
    result = _measure(bench("ddp"), {**_given(args.param), "nproc": args.nproc}, args, out)
    if out.is_json:
        out.document(_ddp_document(result))
    else:
        out.line(verdict_line(result))
        for line in scaling_lines(result):
            out.line(line)
    return _exit_code(result)


def _exit_code(result: Result) -> int:
    return DONE if result.outcome is Outcome.FINISHED else NEGATIVE


def _given(pairs: list[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise UserError(
                f"--param {pair!r} cannot be read", "", "Write it as --param sizes=512,1024"
            )
        given[name] = value
    return given


def _measure(chosen: Bench, given: dict[str, str], args: argparse.Namespace, out: Output) -> Result:
    """Run, keep and return; a run that never began is the host's refusal.

    Raises:
        UserError: a parameter is wrong.
        HostError: no Python with torch, or it does not start.
    """
    params = chosen.settle(given, is_quick=args.quick)
    studio = out.studio
    interpreter = choose_interpreter(args.interpreter, studio.settings.interpreter)
    place = Place(
        interpreter=interpreter,
        log_dir=studio.home.run_dir,
        match_gpu=studio.catalog.match_gpu,
    )
    cancel = threading.Event()
    with _stop_on_signal(cancel, out):
        result = run_bench(chosen, params, on_event=_teller(out), cancel=cancel, place=place)
    out.progress("")
    if result.outcome is Outcome.COULD_NOT_START:
        raise HostError(result.words)
    studio.history.add_result(result)
    return result


def _teller(out: Output) -> Any:
    """Return what rewrites the progress line."""

    def tell(event: Event) -> None:
        if event.kind == "progress":
            done, total = event.data.get("done", 0), event.data.get("total", 0)
            left = event.data.get("eta_s")
            rest = f", about {duration(float(left))} left" if isinstance(left, (int, float)) else ""
            out.progress(f"{event.text('label')} ({done} of {total}{rest})")

    return tell


@contextlib.contextmanager
def _stop_on_signal(cancel: threading.Event, out: Output) -> Iterator[None]:
    """Let Ctrl-C end the run in order: the first asks, the second is Python's own."""

    def stop(number: int, frame: object) -> None:
        del frame
        cancel.set()
        out.note("\nStopping; what was measured so far is kept.")
        signal.signal(number, signal.default_int_handler)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _compared(result: Result, out: Output) -> tuple[Comparison, ...]:
    if not result.metrics:
        return ()
    studio = out.studio
    about = result.conditions.get("device")
    name = about.get("device_name") if isinstance(about, dict) else None
    gpu = studio.catalog.match_gpu(str(name), about.get("vram_bytes")) if name and about else None
    earlier = against_earlier(result, studio.history.results(result.bench))
    return earlier + against_reference(
        result, studio.catalog.reference_results(), gpu.id if gpu else None
    )


def _run_document(result: Result, comparisons: tuple[Comparison, ...]) -> dict[str, Any]:
    return {
        "id": result.id,
        "bench": result.bench,
        "taken_at": result.taken_at,
        "machine": result.machine,
        "device": result.device,
        "params": result.params,
        "outcome": result.outcome,
        "words": result.words,
        "verdict": result.verdict,
        "verdict_reason": result.verdict_reason,
        "method_version": result.method_version,
        "metrics": result.metrics,
        "comparisons": comparisons,
        "conditions": result.conditions,
        "samples": [{"series": name, "values": values} for name, values in result.samples.items()],
    }


def _ddp_document(result: Result) -> dict[str, Any]:
    values = {metric.name: metric for metric in result.metrics}

    def middle(name: str, factor: float = 1.0) -> float | None:
        return values[name].median * factor if name in values else None

    return {
        "id": result.id,
        "outcome": result.outcome,
        "words": result.words,
        "verdict": result.verdict,
        "verdict_reason": result.verdict_reason,
        "method_version": result.method_version,
        "efficiency": middle("efficiency"),
        "compute_share": middle("compute_share"),
        "communication_share": middle("communication_share"),
        "busbw_gb_s": middle("all_reduce", 1e-9),
        "samples_per_s": middle("together_rate"),
        "ranks": result.conditions.get("ranks", []) if values else [],
        "metrics": result.metrics,
        "params": result.params,
        "conditions": result.conditions,
    }
