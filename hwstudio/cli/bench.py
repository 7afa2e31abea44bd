"""``hwstudio bench``: list, run one, run the data-parallel test; the window's Benchmark tab."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hwstudio.cli import (
    bench_check,
    bench_cluster,
    bench_files,
    bench_kit,
    bench_profile,
    bench_sheet,
    bench_slurm,
    bench_trend,
    bench_twins,
)
from hwstudio.cli.bench_stop import say, silence_output, stop_on_signal
from hwstudio.cli.bench_text import (
    POINT_HEAD,
    answer_lines,
    comparison_lines,
    epoch_lines,
    metric_rows,
    scaling_lines,
    verdict_line,
)
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import HostError, HwstudioError, UserError
from hwstudio.core.base.units import duration
from hwstudio.core.bench.answer import answer_text
from hwstudio.core.bench.cluster.run import run_on_hosts
from hwstudio.core.bench.compare import against_earlier, against_reference
from hwstudio.core.bench.epoch import epoch_times
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.launch import (
    Interpreter,
    candidates,
    choose_interpreter,
    find_interpreters,
)
from hwstudio.core.bench.packages import install_line
from hwstudio.core.bench.run import Place, run_bench
from hwstudio.core.bench.spec import Bench
from hwstudio.core.bench.suites import bench, benches
from hwstudio.core.history.store import remedy
from hwstudio.core.model.result import Outcome, Result
from hwstudio.core.project.expected_range import ExpectedRange, expected_ranges

if TYPE_CHECKING:
    from hwstudio.core.bench.compare import Comparison
    from hwstudio.core.history.store import History

    Show = Callable[[Result, History | None, Output], None]

DONE, NEGATIVE, HOST_REFUSED = 0, 1, 3


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
    bench_cluster.add(verbs)
    bench_check.add(verbs)
    bench_twins.add(verbs)
    bench_files.add(verbs)
    bench_trend.add(verbs)
    bench_kit.add(verbs)
    bench_slurm.add(verbs)


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
    verb.add_argument("id", metavar="ID", nargs="?", help="see: hwstudio bench list")
    bench_profile.add_option(verb)
    _add_options(verb)
    verb.set_defaults(run=_run)


def _add_ddp(verbs: argparse._SubParsersAction[Any]) -> None:
    verb = verbs.add_parser(
        "ddp",
        help="train one model with several processes and say how much is lost",
        epilog="Example: hwstudio bench ddp --nproc 2",
    )
    verb.add_argument(
        "--nproc",
        metavar="N",
        help="processes (2; with --hosts: all together, else as many as have a slot)",
    )
    bench_cluster.add_hosts_option(verb)
    bench_sheet.add_options(verb)
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
    verb.add_argument("--interpreter", metavar="PY", help="a Python that has PyTorch")
    verb.add_argument(
        "--force", action="store_true", help="start more processes than the cores can carry"
    )


def _list(args: argparse.Namespace, out: Output) -> int:
    del args
    found = find_interpreters(candidates(out.studio.settings.interpreter))
    able = {
        each.id: next((one for one in found if not one.lacks(each.needs)), None)
        for each in benches()
    }
    why = {
        each.id: "" if able[each.id] else f"no Python{_with(each)} was found{_pip(each)}"
        for each in benches()
    }
    rows = [
        {
            "id": each.id,
            "title": each.title,
            "purpose": each.purpose,
            "needs": list(each.needs),
            "available": able[each.id] is not None,
            "why_not": why[each.id],
            "interpreter": _path(able[each.id]),
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
            (
                each.id,
                each.title,
                ", ".join(each.needs),
                f"no: {why[each.id]}" if why[each.id] else "yes",
            )
            for each in benches()
        ],
    )
    best = next((one for one in found if one.can_measure), None)
    out.line(f"\n{best.title} ({best.path})" if best else "\nInstall PyTorch to run them all.")
    return DONE


def _with(chosen: Bench) -> str:
    return f" with {' and '.join(chosen.needs)}" if chosen.needs else ""


def _pip(chosen: Bench) -> str:
    """Return how to get what it needs."""
    return f"; {install_line(chosen.needs)}" if chosen.needs else ""


def _path(found: Interpreter | None) -> str | None:
    return found.path if found else None


def _run(args: argparse.Namespace, out: Output) -> int:
    if args.profile is not None:
        return _run_profile(args, out)
    if not args.id:
        raise UserError(
            "No benchmark was named", "", "Name one (see: hwstudio bench list), or --profile quick"
        )
    chosen = bench(args.id)
    with stop_on_signal() as cancel:
        result = _measure(chosen, _given(args.param), args, out, cancel)
        return _deliver(result, _show_run, out, cancel)


def _run_profile(args: argparse.Namespace, out: Output) -> int:
    """Run a row of benchmarks; each result is stored as soon as it is there."""
    history, why = _history(out)
    faults = [why] if why else []

    def keep(result: Result) -> None:
        fault = _store(result, history)
        if fault and fault not in faults:
            faults.append(fault)

    def document(result: Result) -> dict[str, Any]:
        return _run_document(result, _compared(result, history, out), _expected(result, out))

    with stop_on_signal() as cancel:
        code = bench_profile.run(args, out, cancel, keep, document, lambda r: _expected(r, out))
    for fault in faults:
        say(f"hwstudio: The results were not stored: {fault}")
    return HOST_REFUSED if faults else code


def _show_run(result: Result, history: History | None, out: Output) -> None:
    comparisons = _compared(result, history, out)
    if out.is_json:
        out.document(_run_document(result, comparisons, _expected(result, out)))
        return
    for line in (*answer_lines(result), verdict_line(result)):
        out.line(line)
    rows = metric_rows(result, _expected(result, out))
    if rows:
        out.table(POINT_HEAD, rows, right=(1, 2, 3, 4))
    for line in (*epoch_lines(result), *comparison_lines(result, comparisons)):
        out.line(line)


def _ddp(args: argparse.Namespace, out: Output) -> int:
    given = {**_given(args.param), "nproc": args.nproc or "2"}
    asked = bench_sheet.sheet(args)

    def show(result: Result, history: History | None, out: Output) -> None:
        del history
        if out.is_json:
            elsewhere = bench_sheet.document(result, asked)
            out.document({**_ddp_document(result), "forecasts_elsewhere": elsewhere})
            return
        out.line(verdict_line(result))
        told = (*scaling_lines(result), *bench_cluster.lines(result))
        for line in (*told, *bench_sheet.lines(result, asked)):
            out.line(line)

    with stop_on_signal() as cancel:
        if args.hosts is not None:
            result = _measure_on_hosts(given, args, out, cancel)
            if result.outcome is not Outcome.FINISHED:
                show(result, None, out)  # a run that failed is no result: it is not stored
                return NEGATIVE
        else:
            result = _measure(bench("ddp"), given, args, out, cancel)
        return _deliver(result, show, out, cancel)


def _measure_on_hosts(
    given: dict[str, str], args: argparse.Namespace, out: Output, cancel: threading.Event
) -> Result:
    """Run over the computers of a hosts file.

    Raises:
        UserError: the file or a parameter is wrong.
        HostError: no Python was found here, or it does not start.
    """
    hosts = bench_cluster.read(args.hosts)
    params = bench("ddp").settle(given, is_quick=args.quick)
    if args.nproc is None:
        params["nproc"] = 0
    place = bench_cluster.place(args, out)
    tell = bench_cluster.teller(_teller(out), out)
    result = run_on_hosts(bench("ddp"), params, hosts, on_event=tell, cancel=cancel, place=place)
    with contextlib.suppress(OSError):  # the terminal may be gone
        out.progress("")
    if result.outcome is Outcome.COULD_NOT_START:
        raise HostError(result.words)
    return result


def _exit_code(result: Result) -> int:
    if result.outcome is not Outcome.FINISHED:
        return NEGATIVE
    is_scaling = bench(result.bench).scoring == "scaling"
    has_answer = not is_scaling or any(m.name == "efficiency" for m in result.metrics)
    return DONE if has_answer else NEGATIVE


def _deliver(result: Result, show: Show, out: Output, cancel: threading.Event) -> int:
    """Show first, then store: whatever happens to the file, the numbers have been seen.

    Raises:
        HostError: the result could not be printed (it is stored all the same).
        BrokenPipeError: the reader of our output has gone.
    """
    history, why = _history(out)
    gone: OSError | None = None
    try:
        show(result, history, out)
        sys.stdout.flush()
    except OSError as error:
        gone = error
        silence_output()
    if fault := result.conditions.get("event_log_fault"):
        say(f"hwstudio: {fault}")
    why = why or _store(result, history)
    if why:
        say(f"hwstudio: The result was not stored: {why}")
    if gone is not None and not cancel.is_set():
        if isinstance(gone, BrokenPipeError):
            raise gone
        raise HostError("The result could not be printed", gone.strerror or str(gone))
    return HOST_REFUSED if why else _exit_code(result)


def _history(out: Output) -> tuple[History | None, str]:
    """Return the stored results, or why they cannot be used."""
    try:
        return out.studio.history, ""
    except HwstudioError as error:
        return None, error.sentence


def _store(result: Result, history: History | None) -> str:
    """Keep a result; return why it could not be kept, "" when it was."""
    if history is None:
        return ""
    try:
        history.add_result(result)
    except HwstudioError as error:
        return f"{error.why}. {error.remedy}."
    why = history.why_not_kept
    return f"{why}. {remedy(why)}." if why else ""


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


def _measure(
    chosen: Bench,
    given: dict[str, str],
    args: argparse.Namespace,
    out: Output,
    cancel: threading.Event,
) -> Result:
    """Run and return; a run that never began is the host's refusal.

    Raises:
        UserError: a parameter or the interpreter is wrong.
        HostError: no Python with torch, or it does not start.
    """
    params = chosen.settle(given, is_quick=args.quick)
    studio = out.studio
    if args.interpreter is not None and not args.interpreter.strip():
        raise UserError(
            "--interpreter is empty",
            "",
            "Give the path of a Python that has PyTorch, or leave it out",
        )
    place = Place(
        interpreter=choose_interpreter(
            args.interpreter or "", studio.settings.interpreter, chosen.needs
        ),
        log_dir=studio.home.run_dir,
        match_gpu=studio.catalog.match_gpu,
        is_forced=args.force,
    )
    tell = _teller(out)
    result = run_bench(chosen, params, on_event=tell, cancel=cancel, place=place)
    with contextlib.suppress(OSError):  # the terminal may be gone
        out.progress("")
    if result.outcome is Outcome.COULD_NOT_START:
        raise HostError(result.words)
    return result


def _teller(out: Output) -> Any:
    """Return what rewrites the progress line."""

    def tell(event: Event) -> None:
        if event.kind == "progress":
            done, total = event.data.get("done", 0), event.data.get("total", 0)
            left = event.data.get("eta_s")
            rest = f", about {duration(float(left))} left" if isinstance(left, (int, float)) else ""
            with contextlib.suppress(OSError):  # the terminal may be gone
                out.progress(f"{event.text('label')} ({done} of {total}{rest})")

    return tell


def _compared(result: Result, history: History | None, out: Output) -> tuple[Comparison, ...]:
    if not result.metrics:
        return ()
    studio = out.studio
    about = result.conditions.get("device")
    name = about.get("device_name") if isinstance(about, dict) else None
    gpu = studio.catalog.match_gpu(str(name), about.get("vram_bytes")) if name and about else None
    return _against_own(result, history) + against_reference(
        result, studio.catalog.reference_results(), gpu.id if gpu else None
    )


def _against_own(result: Result, history: History | None) -> tuple[Comparison, ...]:
    try:
        return against_earlier(result, history.results(result.bench)) if history else ()
    except HostError:
        return ()  # told when the result is stored


def _expected(result: Result, out: Output) -> Mapping[str, ExpectedRange]:
    studio = out.studio
    return expected_ranges(result, studio.catalog, studio.speed_model)


def _run_document(
    result: Result, comparisons: tuple[Comparison, ...], expected: Mapping[str, ExpectedRange]
) -> dict[str, Any]:
    return {
        "id": result.id,
        "bench": result.bench,
        "taken_at": result.taken_at,
        "machine": result.machine,
        "device": result.device,
        "params": result.params,
        "outcome": result.outcome,
        "words": result.words,
        "answer": answer_text(result),
        "is_partial": bool(result.conditions.get("is_partial")),
        "verdict": result.verdict,
        "verdict_reason": result.verdict_reason,
        "method_version": result.method_version,
        "metrics": result.metrics,
        "comparisons": comparisons,
        "expected": {m.name: expected.get(m.name) for m in result.metrics},
        "epochs": epoch_times(result),
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
        "forecast": result.conditions.get("forecast"),
        "verdicts": result.conditions.get("verdicts", {}),
        "failure": result.conditions.get("failure"),
        "preflight": result.conditions.get("preflight"),
        "cleared": result.conditions.get("cleared"),
        "ranks": [
            {**rank, "verdict": "busy" if rank.get("is_disturbed") else "ok"}
            for rank in result.conditions.get("ranks", [])
        ],
        "metrics": result.metrics,
        "epochs": epoch_times(result),
        "params": result.params,
        "conditions": result.conditions,
    }
