"""`hwstudio predict calibrate` and `predict score`: this machine's own measurements and answers."""

from __future__ import annotations

import argparse
from typing import Any

from hwstudio.cli.bench_stop import stop_on_signal
from hwstudio.cli.output import Output, common
from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import HostError
from hwstudio.core.base.units import percent, si, significant
from hwstudio.core.bench.launch import choose_interpreter
from hwstudio.core.bench.run import Place
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.result import Result
from hwstudio.core.project.calibrating import TITLES, Moved, on_device
from hwstudio.core.project.calibration import forget
from hwstudio.core.project.measured_speeds import observations
from hwstudio.core.project.own_measurements import Calibrated, Keeping, calibrate
from hwstudio.core.project.scoring import Logged, score

DONE, NEGATIVE = 0, 1


def add_calibrate(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb ``calibrate``."""
    words = "measure this machine for a minute, so that estimates for it become narrower"
    verb = verbs.add_parser(
        "calibrate",
        help=words,
        description=f"Calibrate: {words}. Three short benchmarks run in a separate process.",
        epilog="Example: hwstudio predict calibrate --device auto",
    )
    verb.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda:0, mps (auto)")
    verb.add_argument("--interpreter", metavar="PY", help="a Python that has PyTorch")
    verb.add_argument(
        "--forget", action="store_true", help="let no benchmark so far calibrate anything"
    )
    common(verb)
    verb.set_defaults(run=run_calibrate)


def add_score(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb ``score``."""
    words = "how good the predictions were that a measurement has checked"
    verb = verbs.add_parser(
        "score", help=words, description=words, epilog="Example: hwstudio predict score --json"
    )
    common(verb)
    verb.set_defaults(run=run_score)


def run_calibrate(args: argparse.Namespace, out: Output) -> int:
    """Run the probes; 1 when none of them gave a usable number."""
    studio = out.studio
    if args.forget:
        now = iso_now()
        forget(studio.home.calibration_file, now)
        if out.is_json:
            out.document({"forgotten_until": now})
        else:
            out.line("Forgotten. The benchmark results themselves stay in the history.")
        return DONE
    place = Place(
        interpreter=choose_interpreter(args.interpreter or "", studio.settings.interpreter),
        log_dir=studio.home.run_dir,
        match_gpu=studio.catalog.match_gpu,
    )
    keeping = Keeping(
        studio.history,
        studio.catalog,
        studio.speed_model,
        studio.home.prediction_log,
        observations(studio.home.own_speeds_file),
    )

    def heard(title: str, number: int, count: int, left_s: float) -> None:
        out.progress(f"{title} ({number + 1} of {count}, about {left_s:.0f} s left)")

    with stop_on_signal() as cancel:
        done = calibrate(place, args.device, keeping, heard=heard, cancel=cancel)
    out.progress("")
    if done.why_not:
        raise HostError(done.why_not)
    if out.is_json:
        out.document(_document(done))
    else:
        _show(done, out)
    return NEGATIVE if done.found.is_empty else DONE


def _document(done: Calibrated) -> dict[str, Any]:
    found = done.found
    device = found.sheets[0].name if found.sheets else None
    own = on_device(found.probes, device or "")
    return {
        "device": device,
        "is_sheet_reckoned": device in found.probes.doubts,
        "probes": [_probe(each) for each in done.results],
        "readings": [
            {
                "probe": each.probe,
                "value": each.value,
                "usual": each.usual,
                "ratio": each.value / each.usual,
                "is_clean": each.is_clean,
            }
            for each in own.readings
        ],
        "moved": [
            {
                "job": each.job.title,
                "unit": each.after.unit,
                "before": _range(each.before),
                "after": _range(each.after),
                "software": each.after.inputs.get("software", ""),
            }
            for each in done.changes
        ],
    }


def _probe(result: Result) -> dict[str, Any]:
    return {
        "id": result.id,
        "bench": result.bench,
        "title": TITLES[result.bench],
        "outcome": result.outcome,
        "verdict": result.verdict,
        "words": result.verdict_reason or result.words,
        "metrics": result.metrics,
    }


def _range(told: Prediction) -> dict[str, float | None]:
    width = told.high / told.low if told.high and told.low else None
    return {"low": told.low, "median": told.median, "high": told.high, "width": width}


def _show(done: Calibrated, out: Output) -> None:
    found = done.found
    for result in done.results:
        values = ", ".join(si(m.median, m.unit) for m in result.metrics)
        out.line(f"{TITLES[result.bench]}: {values or 'not measured'}")
        if result.verdict_reason:
            out.line(f"  {result.verdict_reason}")
    if found.is_empty:
        out.line("Nothing was calibrated: no measurement gave a number, or the GPU is not known.")
        return
    sheet = found.sheets[0]
    for each in on_device(found.probes, sheet.name).readings:
        out.line(f"{each.probe.capitalize()}: {each.value / each.usual:.2f} x the usual")
    out.line(f"\nOn {sheet.name}:")
    for change in done.changes:
        out.line(f"  {change.job.title}: {range_words(change)}")


def range_words(change: Moved) -> str:
    """Return ``38 to 95 images/s -> 52 to 66``."""
    ends = (change.before.low, change.before.high, change.after.low, change.after.high)
    low, high, then_low, then_high = (significant(value or 0.0, 2) for value in ends)
    return f"{low} to {high} {change.after.unit} -> {then_low} to {then_high}"


def run_score(args: argparse.Namespace, out: Output) -> int:
    """Print how good the checked predictions were; 1 when none was checked."""
    del args
    found = score(out.studio.home.prediction_log)
    if out.is_json:
        out.document(
            {
                "n": len(found.rows),
                "median_error": found.error,
                "inside_share": found.inside_share,
                "rows": [_scored(row) for row in found.rows],
            }
        )
    else:
        out.line(f"{found.words}.")
        for row in found.rows:
            unit = row.question.metric
            low, high, was = (significant(v or 0.0, 3) for v in (row.low, row.high, row.measured))
            out.line(
                f"  {row.question.model} on {row.question.device.name}, {row.question.task}: "
                f"{low} to {high} {unit} expected, {was} measured "
                f"({percent((row.ratio or 1.0) - 1.0)})"
            )
    return DONE if found.rows else NEGATIVE


def _scored(row: Logged) -> dict[str, Any]:
    question = row.question
    return {
        "model": question.model,
        "device": question.device.name,
        "task": question.task,
        "precision": question.precision,
        "software": question.framework,
        "batch": question.batch,
        "count": question.count,
        "unit": question.metric,
        "median": row.median,
        "low": row.low,
        "high": row.high,
        "ground": row.ground,
        "predicted_at": row.predicted_at,
        "measured": row.measured,
        "measured_at": row.measured_at,
        "ratio": row.ratio,
        "is_inside": row.is_inside,
        "versions": dict(row.versions),
    }
