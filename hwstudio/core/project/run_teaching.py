"""What a recorded run teaches the predictions, once a person said what it did (``run_speed``).

Its speed becomes an observation as if it had been told in the Workload tab, kept once for each run,
and scores what was expected of it. Nothing is learned by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from hwstudio.core.base.errors import HwstudioError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.base.units import significant
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.asked import Taught
from hwstudio.core.monitor.runs.predicted import Predicted, document_of, predicted_of
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.offsets import Observation, Offsets
from hwstudio.core.project.measured_speeds import drop_observation, keep_observation, observations
from hwstudio.core.project.run_speed import Reached, asked_in, observation_of, why_not
from hwstudio.core.project.scoring import (
    check,
    fit_of,
    logged,
    note,
    predict_and_check,
    same_question,
    uncheck,
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """Where a lesson is kept, and what estimates rest on without it."""

    own_speeds: Path
    prediction_log: Path
    model: SpeedModel
    offsets: Offsets


def note_expected(lesson: Lesson, predicted: Predicted, now: str) -> None:
    """Log what is expected of a run, so that what it reaches can score it.

    Args:
        now: ISO.

    Raises:
        HostError: the log cannot be read or written.
    """
    seen = None if predicted.asked is None else observation_of(predicted.asked, 1.0, now)
    if seen is None:
        return
    (plain,) = lesson.model.answer([seen.question])
    answer = lesson.offsets.applied(seen.question, plain)
    note(lesson.prediction_log, seen.question, answer, now, fit_of(lesson.model))


def expected_words(run: Run, reached: Reached) -> str:
    """Return how a speed compares with what was expected, before it teaches."""
    asked = asked_in(run)
    ratio = reached.units_per_s / asked.expected_per_s
    words = (
        f"{significant(reached.units_per_s, 3)} {asked.unit}/s, {significant(ratio, 2)} x of what "
        f"was expected ({asked.range_words})"
    )
    if not asked.low_per_s / 2 <= reached.units_per_s <= asked.high_per_s * 2:
        words += ". That is far off: was it the whole job, with this batch and precision?"
        return words
    return f"{words}."


def teach(run: Run, reached: Reached, lesson: Lesson) -> Run:
    """Let a run teach the estimates, once; return the run that says so.

    Raises:
        UserError: it taught already, or cannot.
        HostError: it cannot be kept.
    """
    asked, predicted = asked_in(run), predicted_of(run.predicted)
    if predicted is None or run.ended_s is None:
        raise UserError(why_not(run))
    if taught_of(run, lesson.own_speeds) is not None:
        raise UserError("This run taught the estimates already", "", "Let it be forgotten first")
    at = datetime.fromtimestamp(run.ended_s, UTC).isoformat().replace("+00:00", "Z")
    seen = observation_of(asked, reached.units_per_s, at)
    if seen is None:
        raise UserError("This prediction cannot be taught", "", "Attach the prediction again")
    _score(lesson, seen)
    keep_observation(lesson.own_speeds, seen)
    taught = Taught(reached.units_per_s, reached.how.value, at)
    return replace(run, predicted=document_of(replace(predicted, taught=taught)))


def _score(lesson: Lesson, seen: Observation) -> None:
    """Score what was noted when the prediction was attached, else what is expected now."""
    log = lesson.prediction_log
    try:
        is_scored = any(
            row.measured_at == seen.measured_at and same_question(row.question, seen.question)
            for row in logged(log)
        )
        if not is_scored and not check(log, seen):
            predict_and_check(log, lesson.model, lesson.offsets, seen)
    except HwstudioError as error:  # the log is not worth losing a measurement for
        logger("predict").warning("%s", error.sentence)


def forget(run: Run, own_speeds: Path, prediction_log: Path) -> Run:
    """Forget what a run taught, its score too; return the run without it.

    Raises:
        HostError: it cannot be forgotten.
    """
    predicted = predicted_of(run.predicted)
    if predicted is None or predicted.asked is None or predicted.taught is None:
        return run
    seen = observation_of(
        predicted.asked, predicted.taught.units_per_s, predicted.taught.measured_at
    )
    if seen is not None:
        drop_observation(own_speeds, seen)
        uncheck(prediction_log, seen)
    return replace(run, predicted=document_of(replace(predicted, taught=None)))


def taught_of(run: Run, own_speeds: Path) -> Taught | None:
    """Return what a run taught and still counts; what was forgotten elsewhere no longer does.

    Raises:
        HostError: the measured speeds cannot be read.
    """
    predicted = predicted_of(run.predicted)
    if predicted is None or predicted.asked is None or predicted.taught is None:
        return None
    taught = predicted.taught
    seen = observation_of(predicted.asked, taught.units_per_s, taught.measured_at)
    is_kept = seen is not None and any(
        each.measured_at == seen.measured_at and same_question(each.question, seen.question)
        for each in observations(own_speeds)
    )
    return taught if is_kept else None


def is_doubted(run: Run, lesson: Lesson) -> bool:
    """Say whether what a run taught is so far off that it counts less."""
    predicted = predicted_of(run.predicted)
    if predicted is None or predicted.asked is None or predicted.taught is None:
        return False
    seen = observation_of(
        predicted.asked, predicted.taught.units_per_s, predicted.taught.measured_at
    )
    if seen is None:
        return False
    alone = Offsets(lesson.model, [seen], replace(lesson.offsets.probes, steps=()))
    return bool(alone.seen) and alone.is_doubted(0)
