"""How long one answer takes: the first token, every further one, one batch of pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.fitted.job import FORMULA, Software, question_for
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.offsets import Offsets
from hwstudio.core.predict.fitted.question import DeviceSheet, Question
from hwstudio.core.predict.fitted.software_words import software_words


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds, 90 % ranges; without the way over a network. None: it is not of this kind."""

    first_token: Prediction | None = None  # after a prompt of the job's whole length
    each_token: Prediction | None = None
    batch: Prediction | None = None  # of pictures, or of texts that are read


NO_LATENCY = Latency()


def prompt_question(asked: Question) -> Question:
    """Return the question how fast the prompt of a chat is read, one request at a time."""
    return replace(
        asked, task="prefill", batch=1.0, global_batch=1.0, generated=None, metric="tokens/s"
    )


def latency_of(
    model: SpeedModel,
    workload: Workload,
    sheet: DeviceSheet,
    count: int,
    software: Software,
    speed: Prediction,
    offsets: Offsets | None = None,
) -> Latency:
    """Return how long one answer takes.

    Args:
        speed: of the job on all devices together, in units of the job.
    """
    if workload.mode is not Mode.INFERENCE or not speed.median:
        return NO_LATENCY
    at_once = max(1, workload.batch)
    if workload.group == "vision":
        return Latency(batch=_seconds(speed, float(at_once * count), "pictures at once / speed"))
    if not workload.writes_text:
        return Latency(batch=_seconds(speed, float(at_once * count), "texts at once / speed"))
    each = _seconds(speed, float(at_once), "requests at once / speed")
    asked = question_for(workload, sheet, count, software)
    if asked is None or not workload.sequence_tokens:
        return Latency(each_token=each)
    told = model.twin(prompt_question(asked))
    told = _with_software(model, told)
    answer = model.answer([told])[0]
    if offsets is not None:
        answer = offsets.applied(told, answer)
    reading = Prediction(
        median=answer.median,
        low=answer.low,
        high=answer.high,
        unit="tokens/s",
        evidence=speed.evidence,
        formula=FORMULA,
        inputs={"software": software_words(told.framework, told.source)},
        refused=answer.refused,
    )
    words = f"{workload.sequence_tokens:,} tokens of the prompt / reading speed"
    return Latency(_seconds(reading, float(workload.sequence_tokens), words), each)


def _with_software(model: SpeedModel, question: Question) -> Question:
    """Return the question with software that prompt reading was measured with."""
    framework, source = model.software_like([question])[0]
    if not question.framework or question.framework == framework:
        return replace(question, framework=framework, source=source)
    return question


def _seconds(speed: Prediction, amount: float, formula: str) -> Prediction:
    if not speed.median or not speed.low or not speed.high:
        return replace(speed, unit="s", formula=formula)
    return replace(
        speed,
        median=amount / speed.median,
        low=amount / speed.high,
        high=amount / speed.low,
        unit="s",
        formula=formula,
    )
