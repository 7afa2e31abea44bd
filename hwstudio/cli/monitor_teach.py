"""``hwstudio monitor runs predict`` and ``teach``: what a run should take, and what it taught."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hwstudio.cli.number import number
from hwstudio.cli.output import Output, common
from hwstudio.cli.predict_wish import add_wish, workload_of
from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger

if TYPE_CHECKING:
    from hwstudio.core.model.run import Run
    from hwstudio.core.project.run_speed import Reached
    from hwstudio.core.project.run_teaching import Lesson


def add_predict(acts: argparse._SubParsersAction[Any]) -> None:
    """Add the act and what it takes."""
    act = acts.add_parser(
        "predict",
        help="lay a run over what its job should take",
        description="Keep with a run what a job should take on a GPU: time, energy, power, memory.",
        epilog="Example: hwstudio monitor runs predict 1a2b3c --workload resnet50_train "
        "--device 'RTX 4090' --count 2",
    )
    act.add_argument("id", metavar="ID")
    add_wish(act)
    act.add_argument("--device", required=True, metavar="ID", help='GPU id or name, "RTX 4090"')
    act.add_argument("--count", type=_count, default=1, metavar="N", help="how many GPUs (1)")
    common(act)
    act.set_defaults(run=run_predict)


def _count(text: str) -> int:
    from hwstudio.cli.predict import MOST_GPUS

    if not text.isdigit() or not 1 <= int(text) <= MOST_GPUS:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1 to {MOST_GPUS}")
    return int(text)


def add_teach(acts: argparse._SubParsersAction[Any]) -> None:
    """Add the act and what it takes."""
    act = acts.add_parser(
        "teach",
        help="let estimates learn from a run that ended",
        description="Say what a run with a prediction did. Its speed then counts as measured: "
        "estimates of that hardware, model and software move towards it. A run may have been "
        "stopped early, so nothing is learned until you say what it did.",
        epilog="Example: hwstudio monitor runs teach 1a2b3c --whole",
    )
    act.add_argument("id", metavar="ID")
    what = act.add_mutually_exclusive_group(required=True)
    what.add_argument("--whole", action="store_true", help="it did the whole job")
    what.add_argument(
        "--units", type=number, metavar="N", help="it did so many images, sequences or tokens of it"
    )
    what.add_argument("--log", action="store_true", help="take the speed in its training log")
    what.add_argument("--forget", action="store_true", help="forget what it taught")
    words = "with --log: images or sequences in one step of all GPUs together"
    act.add_argument("--step", type=number, metavar="N", help=words)
    common(act)
    act.set_defaults(run=run_teach)


# --- acts ---------------------------------------------------------------------------------------


def run_predict(args: argparse.Namespace, out: Output) -> int:
    """Attach a prediction to a run, and log what is expected of it."""
    from hwstudio.cli.monitor_runs import runs_in
    from hwstudio.cli.predict import device_of
    from hwstudio.core.monitor.runs.predicted import document_of
    from hwstudio.core.project.run_prediction import predict_run
    from hwstudio.core.project.run_teaching import note_expected, taught_of

    studio, runs = out.studio, runs_in(out)
    run = runs.get(args.id)
    if taught_of(run, studio.home.own_speeds_file) is not None:
        raise UserError(
            f"The prediction of {run.id} stays as it is",
            "the run taught the estimates by it",
            f"Let it be forgotten first: hwstudio monitor runs teach {run.id} --forget",
        )
    workload, gpu = workload_of(studio.catalog, args), device_of(studio.catalog, args.device)
    predictor = studio.predictors.checked()
    predicted = predict_run(workload, gpu, args.count, predictor, studio.speed_model)
    runs.put(replace(run, predicted=document_of(predicted)))
    try:
        note_expected(_lesson(out), predicted, iso_now())
    except HostError as error:  # the log is not worth losing the prediction for
        logger("predict").warning("%s", error.sentence)
    if out.is_json:
        out.document({"id": run.id, "predicted": document_of(predicted)})
    out.line(f"Attached: {predicted.title}.")
    if predicted.asked is None:
        out.note("What this run takes will not teach the estimates: nothing published is like it.")
    return 0


def run_teach(args: argparse.Namespace, out: Output) -> int:
    """Let a run teach, or be forgotten."""
    from hwstudio.cli.monitor_runs import runs_in
    from hwstudio.core.project.run_teaching import expected_words, forget, is_doubted, teach

    home, runs = out.studio.home, runs_in(out)
    run = runs.get(args.id)
    if args.forget:
        runs.put(forget(run, home.own_speeds_file, home.prediction_log))
        if out.is_json:
            out.document({"id": run.id, "taught": None})
        out.line("What this run taught is forgotten.")
        return 0
    reached, lesson = _reached(args, run, out), _lesson(out)
    run = teach(run, reached, lesson)
    runs.put(run)
    doubted = is_doubted(run, lesson)
    if out.is_json:
        told = lesson_document(run, out)
        out.document({"id": run.id, "taught": told and {**told, "is_doubted": doubted}})
    out.line(f"{reached.words}: {expected_words(run, reached)}")
    out.line(lesson_words(run, out))
    if doubted:
        out.note("It is far from what was expected, so it counts less.")
    return 0


def _reached(args: argparse.Namespace, run: Run, out: Output) -> Reached:
    """Return the speed a person says a run had.

    Raises:
        UserError: it tells none.
    """
    from hwstudio.cli.monitor_runs import facts_in, readings_in
    from hwstudio.core.monitor.runs.log_speed import read_log
    from hwstudio.core.project.run_speed import asked_in, by_job, by_log

    if args.log:
        asked = asked_in(run)
        if not run.log_path:
            raise UserError("This run has no training log", "", "Say --whole or --units N")
        step = None if args.step is None else float(args.step)
        found = by_log(run, read_log(run.log_path, run), step)
        if found is None:
            raise UserError(
                f"The log {run.log_path} tells no speed",
                f"it has neither {asked.unit} a second nor steps with times",
                "Say --whole or --units N",
            )
        return found
    readings = readings_in(out)
    try:
        facts = facts_in(run, readings, out)
    finally:
        readings.close()
    return by_job(facts, None if args.whole else float(args.units))


def _lesson(out: Output) -> Lesson:
    from hwstudio.core.project.run_teaching import Lesson

    studio = out.studio
    return Lesson(
        studio.home.own_speeds_file,
        studio.home.prediction_log,
        studio.speed_model,
        studio.predictors.offsets(),
    )


# --- showing ------------------------------------------------------------------------------------


def lesson_words(run: Run, out: Output) -> str:
    """Return what a run taught, or how it can."""
    from hwstudio.core.monitor.runs.asked import taught_words
    from hwstudio.core.project.run_speed import asked_in, why_not
    from hwstudio.core.project.run_teaching import taught_of

    taught = taught_of(run, out.studio.home.own_speeds_file)
    if taught is not None:
        return f"{taught_words(asked_in(run), taught)}."
    why = why_not(run)
    if why:
        return f"{why}."
    return f"Estimates can learn from this run: hwstudio monitor runs teach {run.id} --whole"


def lesson_document(run: Run, out: Output) -> dict[str, Any] | None:
    """Return what a run taught; None where nothing was, or no longer counts."""
    from hwstudio.core.project.run_speed import asked_in
    from hwstudio.core.project.run_teaching import taught_of

    taught = taught_of(run, out.studio.home.own_speeds_file)
    if taught is None:
        return None
    asked = asked_in(run)
    return {
        "units_per_s": taught.units_per_s,
        "unit": asked.unit,
        "expected_per_s": asked.expected_per_s,
        "ratio": taught.units_per_s / asked.expected_per_s,
        "how": taught.how,
        "measured_at": taught.measured_at,
    }
