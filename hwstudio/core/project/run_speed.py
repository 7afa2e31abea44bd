"""How fast a recorded run was, in the unit of its job, as far as that can be told.

A run that ended may have crashed, been stopped, or done another job than was predicted; nothing of
that can be seen from outside. So a person says "the whole job", "so many units of it", or confirms
the speed its log tells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.log import logger
from hwstudio.core.base.units import duration, significant
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.recipe import STEPS_ALONE
from hwstudio.core.model.run import Run
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.monitor.runs.asked import Asked
from hwstudio.core.monitor.runs.facts import RunFacts
from hwstudio.core.monitor.runs.log_speed import STEPS, LogSpeed
from hwstudio.core.monitor.runs.predicted import predicted_of
from hwstudio.core.monitor.runs.watch import is_about
from hwstudio.core.monitor.sampler import SLEPT
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.fitted.ceiling import ceiling
from hwstudio.core.predict.fitted.job import observed, sheet_of
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.offsets import Observation, from_row, to_row
from hwstudio.core.predict.fitted.software import usual_software
from hwstudio.core.predict.fitted.work import work_of

LEAST_S = 60.0  # of a shorter run too much is start-up
MOST_MISSED = 0.02  # of a run's time: slept, or gone before the run was marked
_NO_STEP = 10.0  # so far off a log's "step" is an epoch, or a part of one
_FASTER = 1.05  # boost clocks are this much above what the ceiling is reckoned from


class How(StrEnum):
    """What a person said of a run; the words are shown."""

    WHOLE = "the whole job"
    PART = "part of the job"
    LOG = "by its log"


@dataclass(frozen=True, slots=True)
class Reached:
    """The speed a run reached, in units of its job per second, and how that is known."""

    units_per_s: float
    how: How
    words: str  # how it came about, for people


def asked_for(
    model: SpeedModel, workload: Workload, gpu: Gpu, count: int, speed: Prediction
) -> Asked | None:
    """Return the question behind an expected speed; None where runs cannot teach it.

    That is so where nothing published is like it (making pictures), and for a job whose time
    depends on more than its steps.
    """
    if speed.median is None or speed.low is None or speed.high is None:
        return None
    if workload.around != STEPS_ALONE:
        return None
    seen, sheet = chips(gpu, count)[1], sheet_of(gpu, model.devices.values())
    found = observed(model, workload, sheet, seen, usual_software(model, workload), 1.0)
    if found is None:
        return None
    question, each = found
    together = question.global_batch or float(max(1, workload.batch))
    if workload.unit == "tokens" and workload.mode is not Mode.INFERENCE:
        together *= float(workload.sequence_tokens or 1)
    return Asked(
        workload_id=workload.id,
        gpu_id=gpu.id,
        conditions=f"batch {workload.batch} per GPU, {workload.precision}",
        job_title=workload.job_title,
        unit=workload.unit,
        units=workload.job_units,
        units_per_step=together,
        question_units=each,
        expected_per_s=speed.median,
        low_per_s=speed.low,
        high_per_s=speed.high,
        question=to_row(Observation(question, 1.0, ""))["question"],
    )


def why_not(run: Run) -> str:
    """Return why a run can teach nothing, as a sentence without its full stop; "" = it can."""
    predicted = predicted_of(run.predicted)
    if predicted is None:
        return "Only a run with a prediction can teach the estimates"
    if predicted.asked is None:
        return (
            "This prediction cannot be taught: it was attached by an older hwstudio (attach it "
            "again), or its kind of work has no measurements to compare with"
        )
    return "The run still goes on" if run.is_open else ""


def why_no_duration(facts: RunFacts) -> str:
    """Return why a run's time does not tell its speed; "" = it does."""
    run, seconds = facts.run, facts.span.seconds
    if is_about(run):
        return "Its end is only known roughly"
    if seconds < LEAST_S:
        return "It took less than a minute: most of that is start-up"
    slept_s = sum(hole.seconds for hole in facts.holes if hole.why == SLEPT)
    if slept_s > MOST_MISSED * seconds:
        return f"For {duration(slept_s)} of it {SLEPT}"
    return ""


def by_job(facts: RunFacts, units: float | None = None) -> Reached:
    """Return the speed of a run that did the whole job, or so many ``units`` of it.

    Raises:
        UserError: the run, its time or the number tell no speed.
    """
    asked = asked_in(facts.run)
    why = why_no_duration(facts)
    if why:
        raise UserError(
            "The time of this run does not tell its speed",
            why[0].lower() + why[1:],
            "Use the speed in its training log, if it has one",
        )
    if units is None:
        _refuse_late(facts, asked)
    done = asked.units if units is None else units
    if not (math.isfinite(done) and 0 < done <= asked.units):
        raise UserError(
            f"{done:,.10g} {asked.unit} cannot be what this run did",
            f"the whole job is {significant(asked.units, 4)} {asked.unit}",
            f"Say how many {asked.unit} it went through",
        )
    how = How.WHOLE if units is None else How.PART
    words = f"{significant(done, 4)} {asked.unit} in {duration(facts.span.seconds)}"
    return _possible(asked, Reached(done / facts.span.seconds, how, words))


def _refuse_late(facts: RunFacts, asked: Asked) -> None:
    """Refuse to count a whole job in a run that was marked when its process had long begun."""
    began_s = facts.run.process_started_s
    before_s = 0.0 if began_s is None else facts.run.started_s - began_s
    if before_s > max(LEAST_S, MOST_MISSED * facts.span.seconds):
        raise UserError(
            "The time of this run is not that of the whole job",
            f"its process had gone on for {duration(before_s)} when the run was marked",
            f"Say how many {asked.unit} it went through since then",
        )


def by_log(
    run: Run, speeds: tuple[LogSpeed, ...], units_per_step: float | None = None
) -> Reached | None:
    """Return the speed its log tells in a unit that can be turned into the job's; None = none.

    Args:
        units_per_step: of all GPUs together; None = as the prediction has it.

    Raises:
        UserError: it is faster than the GPUs can be, or nothing was predicted of the run.
    """
    asked = asked_in(run)
    predicted = predicted_of(run.predicted)
    count = 1 if predicted is None else predicted.count
    for each in speeds:
        scale = _scale(asked, each.unit, units_per_step)
        if scale is None:
            continue
        number = each.per_s * scale * (count if each.is_each else 1)
        far = max(number / asked.expected_per_s, asked.expected_per_s / number)
        if each.unit == STEPS and units_per_step is None and far > _NO_STEP:
            continue
        words = f"{significant(each.per_s, 3)} {each.unit}/s in its log ({each.curve})"
        if each.is_each and count > 1:
            words += f", {count} GPUs"
        if each.unit == STEPS:
            words += f", {significant(scale, 4)} {asked.unit} a step"
        return _possible(asked, Reached(number, How.LOG, words))
    return None


def _scale(asked: Asked, unit: str, units_per_step: float | None) -> float | None:
    """Return units of the job in one unit of a log; None where that is not known."""
    if unit == STEPS:
        return units_per_step or asked.units_per_step
    if unit == asked.unit or (unit == "samples" and asked.unit != "tokens"):
        return 1.0
    if unit == "tokens" and asked.question.get("metric") == "tokens/s":
        return 1.0 / asked.question_units
    return None


def asked_in(run: Run) -> Asked:
    """Return what was asked of a run.

    Raises:
        UserError: it can teach nothing.
    """
    predicted, why = predicted_of(run.predicted), why_not(run)
    if why or predicted is None or predicted.asked is None:
        raise UserError(why)
    return predicted.asked


def _possible(asked: Asked, reached: Reached) -> Reached:
    """Return what was reached where the GPUs can have done so.

    Raises:
        UserError: they cannot: the run was stopped early, or did another job.
    """
    seen = observation_of(asked, reached.units_per_s, "")
    if seen is None:
        raise UserError(
            "This prediction cannot be taught",
            "its question is one of another version",
            "Attach the prediction again",
        )
    most = math.exp(min(ceiling(seen.question, work_of(seen.question)), 300.0))
    if seen.value > _FASTER * most:
        raise UserError(
            f"This run cannot have reached {significant(reached.units_per_s, 3)} {asked.unit}/s",
            f"{significant(most / asked.question_units, 3)} is all that the arithmetic of "
            "these GPUs allows",
            "It was stopped early, or did other work than was predicted",
        )
    return reached


def observation_of(asked: Asked, units_per_s: float, measured_at: str) -> Observation | None:
    """Return a speed in its question's own unit; None where the question cannot be read."""
    row = {
        "question": asked.question,
        "value": units_per_s * asked.question_units,
        "measured_at": measured_at,
    }
    try:
        return from_row(row)
    except (KeyError, TypeError, ValueError) as error:
        logger("predict").warning("the question of a run cannot be read: %s", error)
        return None
