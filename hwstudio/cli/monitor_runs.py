"""``hwstudio monitor runs``: mark training runs, see what they used, read their curves."""

from __future__ import annotations

import argparse
import os
import secrets
import time
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hwstudio.cli.number import filled, whole
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import percent
from hwstudio.core.model.run import ENDINGS

if TYPE_CHECKING:
    from hwstudio.core.history.readings.query import ReadingHistory
    from hwstudio.core.history.runs import Runs
    from hwstudio.core.model.run import Run
    from hwstudio.core.monitor.runs.facts import RunFacts

_ID_BYTES = 3


def add_runs(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb and what it takes."""
    made = verbs.add_parser(
        "runs",
        help="training runs: list, start, stop, mark, show, predict, teach, curves, delete",
        description="A run is a stretch of time with a name. While the recorder runs, hwstudio "
        "says what it used: energy, cost, GPU time and memory.",
        epilog="Example: hwstudio monitor runs start 'Fine-tune' --pid 4711 --log runs/1",
    )
    acts = made.add_subparsers(title="acts", metavar="ACT", dest="act", required=True)
    listed = acts.add_parser("list", help="show the runs", description="Show the runs.")
    listed.set_defaults(run=_list)
    _add_start(acts)
    stop = acts.add_parser("stop", help="end a run now", description="End a run now.")
    stop.add_argument("id", metavar="ID")
    words = "how it ended; without it nothing is said"
    stop.add_argument("--as", dest="ending", choices=ENDINGS, help=words)
    stop.set_defaults(run=_stop)
    mark = acts.add_parser(
        "mark",
        help="say how a run ended",
        description="Say how a run ended. It counts in: hwstudio cost budget roi.",
        epilog="Example: hwstudio monitor runs mark 4f2a1c finished",
    )
    mark.add_argument("id", metavar="ID")
    mark.add_argument("ending", choices=(*ENDINGS, "unsaid"))
    mark.set_defaults(run=_mark)
    show = acts.add_parser(
        "show", help="what one run used", description="Show what one run used, as recorded."
    )
    show.add_argument("id", metavar="ID")
    show.set_defaults(run=_show)
    delete = acts.add_parser(
        "delete",
        help="forget a run",
        description="Forget a run. What was recorded meanwhile stays in the history.",
    )
    delete.add_argument("id", metavar="ID")
    delete.set_defaults(run=_delete)
    for act in (listed, stop, mark, show, delete):
        common(act)
    from hwstudio.cli.monitor_curves import add_curves
    from hwstudio.cli.monitor_teach import add_predict, add_teach

    add_predict(acts)
    add_teach(acts)
    add_curves(acts)


def _add_start(acts: argparse._SubParsersAction[Any]) -> None:
    act = acts.add_parser(
        "start",
        help="begin a run now",
        description="Begin a run now. It ends with its process, or when you say so.",
        epilog="Example: hwstudio monitor runs start 'Fine-tune' --pid 4711 --gpu gpu.0",
    )
    act.add_argument("title", metavar="TITLE", type=filled)
    act.add_argument("--pid", type=whole, metavar="N", help="ends when this process ends")
    act.add_argument("--log", default="", metavar="PATH", help="its training log or folder")
    act.add_argument("--gpu", action="append", default=[], metavar="ID",
                     help="a GPU it uses, such as gpu.0; can be repeated")  # fmt: skip
    common(act)
    act.set_defaults(run=_start)


# --- acts ---------------------------------------------------------------------------------------


def _list(_args: argparse.Namespace, out: Output) -> int:
    runs = runs_in(out)
    readings = readings_in(out)
    try:
        _end_gone(out, runs, readings)
        every = [facts_in(run, readings, out) for run in runs.all()]
    finally:
        readings.close()
    if out.is_json:
        out.document({"runs": [_document(facts) for facts in every]})
        return 0
    if not every:
        out.line("There is no run yet. Begin one with: hwstudio monitor runs start TITLE")
        return 0
    out.table(
        ["ID", "Run", "State", "Began", "Took", "Energy", "Cost", "GPU in use"],
        [_row(facts) for facts in every],
        right=(4, 5, 6, 7),
    )
    return 0


def _row(facts: RunFacts) -> list[str]:
    from hwstudio.core.monitor.runs.words import cost_words, duration_words, energy_words

    run, summary = facts.run, facts.summary
    busy = summary.over_gpus("busy_share").value
    return [
        run.id,
        run.title,
        "running" if run.is_open else run.ending or "ended",
        _moment(run.started_s),
        duration_words(facts),
        "–" if summary.energy_j.value is None else energy_words(summary.energy_j.value),
        "–" if summary.cost.value is None else cost_words(summary.cost.value),
        "–" if busy is None else percent(busy.mean),
    ]


def _start(args: argparse.Namespace, out: Output) -> int:
    from hwstudio.core.monitor.runs.watch import begun

    for gpu in args.gpu:
        if not gpu.startswith("gpu."):
            raise UserError(f"'{gpu}' is no GPU", "", "Write gpu.0, gpu.1 ...")
    # The log may be given from any folder; it is found again from every other.
    log = os.path.abspath(args.log) if args.log else ""  # noqa: PTH100 - a link stays a link
    run = begun(
        args.title,
        secrets.token_hex(_ID_BYTES),
        pid=args.pid,
        devices=tuple(dict.fromkeys(args.gpu)),
        log_path=log,
    )
    runs_in(out).put(run)
    if out.is_json:
        out.document(_run_document(run))
    out.line(f"Run {run.id} ({run.title}) began.")
    _note_recorder(out)
    return 0


def _note_recorder(out: Output) -> None:
    from hwstudio.core.monitor.recorder_control import is_recording

    if not is_recording(out.studio.home):
        out.note(
            "Nothing is recorded at the moment; energy and use need the recorder: "
            "hwstudio monitor recorder start"
        )


def _stop(args: argparse.Namespace, out: Output) -> int:
    runs = runs_in(out)
    run = runs.get(args.id)
    if not run.is_open:
        raise UserError(f"The run {run.id} has ended already", f"at {_moment(run.ended_s or 0)}")
    ended = runs.end(run.id, time.time())
    if args.ending and ended is not None:
        runs.put(replace(ended, ending=args.ending))
    return _say(runs.get(run.id), out)


def _mark(args: argparse.Namespace, out: Output) -> int:
    runs = runs_in(out)
    run = runs.get(args.id)
    if run.is_open:
        raise UserError(f"The run {run.id} still goes on", "", "End it: hwstudio monitor runs stop")
    runs.put(replace(run, ending="" if args.ending == "unsaid" else args.ending))
    return _say(runs.get(run.id), out)


def _show(args: argparse.Namespace, out: Output) -> int:
    runs = runs_in(out)
    readings = readings_in(out)
    try:
        _end_gone(out, runs, readings)
    finally:
        readings.close()
    return _say(runs.get(args.id), out)


def _delete(args: argparse.Namespace, out: Output) -> int:
    runs = runs_in(out)
    run = runs.get(args.id)
    runs.delete(run.id)
    if out.is_json:
        out.document(_run_document(run))
    out.line(f"Run {run.id} ({run.title}) is forgotten.")
    return 0


# --- showing ------------------------------------------------------------------------------------


def _say(run: Run, out: Output) -> int:
    from hwstudio.core.model.sensor import device_of, sensor_of
    from hwstudio.core.monitor.labels import name_of, value_text
    from hwstudio.core.monitor.runs import words
    from hwstudio.core.monitor.runs.predicted import beside

    readings = readings_in(out)
    try:
        facts = facts_in(run, readings, out)
    finally:
        readings.close()
    if out.is_json:
        from hwstudio.cli.monitor_teach import lesson_document

        out.document({**_document(facts), "taught": lesson_document(run, out)})
        return 0
    word = run.ending or "ended"
    state = "running" if run.is_open else f"{word} {_moment(run.ended_s or 0)}"
    out.line(f"{run.title} ({run.id}): {words.duration_words(facts)}, {state}")
    out.line(words.sentence(facts))
    for line in (words.recorded_words(facts), *facts.summary.notes, *run.note.splitlines()):
        if line:
            out.line(line)
    if facts.summary.stats:
        out.line()
        rows = []
        for name, stats in facts.summary.stats.items():
            sensor = sensor_of(name)
            numbers = (value_text(sensor, v) for v in (stats.mean, stats.p95, stats.peak))
            rows.append([f"{words.gpu_words(device_of(name))} {name_of(name).lower()}", *numbers])
        out.table(["Sensor", "Mean", "95 %", "Highest"], rows, right=(1, 2, 3))
    rows_beside = beside(facts)
    if rows_beside:
        out.line()
        for each in rows_beside:
            out.line(f"{each.comparison.sentence}.")
    if run.predicted:
        from hwstudio.cli.monitor_teach import lesson_words

        out.line(lesson_words(run, out))
    return 0


def _document(facts: RunFacts) -> dict[str, Any]:
    from hwstudio.core.monitor.runs import words
    from hwstudio.core.monitor.runs.predicted import beside

    summary = facts.summary
    return {
        **_run_document(facts.run),
        "seconds": facts.span.seconds,
        "sentence": words.sentence(facts),
        "energy_j": summary.energy_j.as_json(),
        "cost": summary.cost.as_json(),
        "recorded_share": facts.recorded_share,
        "not_recorded": [{"seconds": h.seconds, "why": h.why} for h in facts.holes],
        "basis_s": facts.basis_s,
        "stats": dict(summary.stats),
        "notes": summary.notes,
        "against_prediction": [
            {
                "what": each.key,
                "actual": each.actual.as_json(),
                "predicted": each.predicted,
                "place": each.comparison.place,
                "ratio": each.comparison.ratio,
            }
            for each in beside(facts)
        ],
    }


def _run_document(run: Run) -> dict[str, Any]:
    from hwstudio.core.monitor.runs.watch import is_about

    return {
        "id": run.id,
        "title": run.title,
        "state": "running" if run.is_open else "ended",
        "ending": run.ending or None,
        "started_s": run.started_s,
        "ended_s": run.ended_s,
        "is_end_about": is_about(run),
        "pid": run.pid,
        "devices": run.devices,
        "log_path": run.log_path,
        "note": run.note,
        "predicted": run.predicted,
    }


def _moment(at_s: float) -> str:
    return f"{datetime.fromtimestamp(at_s).astimezone():%Y-%m-%d %H:%M}"


# --- sources ------------------------------------------------------------------------------------


def runs_in(out: Output) -> Runs:
    """Return the user's runs."""
    from hwstudio.core.history.runs import Runs

    return Runs(out.studio.history)


def readings_in(out: Output) -> ReadingHistory:
    """Return what was recorded; whoever asks closes it."""
    from hwstudio.core.history.readings.query import ReadingHistory

    return ReadingHistory.open(out.studio.home.monitor_file)


def facts_in(run: Run, readings: ReadingHistory, out: Output) -> RunFacts:
    """Return what was recorded of a run."""
    from hwstudio.core.monitor.runs.facts import facts_of
    from hwstudio.core.monitor.runs.money import Tariff
    from hwstudio.core.monitor.runs.paid import PaidPrices

    settings = out.studio.settings
    tariff = Tariff(
        Decimal(str(settings.electricity_per_kwh)), settings.currency, settings.electricity_source
    )
    paid = PaidPrices(out.studio.home.paid_prices_file).of(run, tariff)
    return facts_of(run, readings, time.time(), paid)


def _end_gone(out: Output, runs: Runs, readings: ReadingHistory) -> None:
    """End the runs whose processes are gone, and say so."""
    from hwstudio.core.monitor.runs.last_sign import last_sign
    from hwstudio.core.monitor.runs.watch import RunWatch

    watch = RunWatch(runs, lambda run, seen_s: last_sign(run, readings, seen_s, time.time()))
    for run in watch.look():
        out.note(f"{run.title}: {run.note.splitlines()[-1]}")
