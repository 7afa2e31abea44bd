"""Answer times and text writing: from published speeds, and from what writing must read."""

from __future__ import annotations

import math
from dataclasses import replace

from hwstudio.core.bench.gather import is_number
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.result import Metric, Result
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.fitted.calibrate import USUAL, USUAL_CPU, SheetDoubt
from hwstudio.core.predict.fitted.job import question_for
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.question import DeviceSheet, Question
from hwstudio.core.predict.job_maker import JobWish, job_of
from hwstudio.core.project.expected.span import NINE_OF_TEN, Spans
from hwstudio.core.project.expected.steps import (
    PRECISIONS,
    about_of,
    estimated,
    library_model,
    with_software,
)

ANSWER_TIME, CHAT = "inference_latency", "llm_decode"


def answer_spans(
    result: Result, sheet: DeviceSheet, doubt: SheetDoubt, model: SpeedModel, catalog: Catalog
) -> Spans:
    """Return the ranges of answer times, and of a language model's writing."""
    if result.bench == CHAT:
        return _writing(result, sheet, doubt)
    if result.bench != ANSWER_TIME:
        return {}
    spans: Spans = {}
    for metric in result.metrics:
        network, _, count = metric.name.partition(" ")
        found = library_model(catalog, network)
        if found is not None and count.isdigit():
            question = _question(result, metric, found, sheet)
            asked = with_software(question, model) if question is not None else None
            span = estimated(asked, 1.0, doubt, model) if asked is not None else None
            if span is not None and span[0] and span[1]:
                at_once = float(count)
                spans[metric.name] = (at_once / span[1], at_once / span[0], span[2])
    return spans


def _question(
    result: Result, metric: Metric, found: AiModel, sheet: DeviceSheet
) -> Question | None:
    about = about_of(result, metric.name)
    precision = PRECISIONS.get(str(about.get("precision_asked", "")))
    batch, tokens = about.get("batch"), about.get("tokens")
    if precision is None or not isinstance(batch, int):
        return None
    if not tokens:
        wish = JobWish(mode=Mode.INFERENCE, precision=precision, batch=batch)
        return question_for(job_of(found, wish), sheet)
    # The library knows encoders in training only; answering is the same network without the rest.
    wish = JobWish(mode=Mode.TRAIN, precision=precision, batch=batch, sequence_tokens=int(tokens))
    question = question_for(job_of(found, wish), sheet)
    if question is None:
        return None
    return replace(question, task="infer", method="", is_checkpointed=None)


def _writing(result: Result, sheet: DeviceSheet, doubt: SheetDoubt) -> Spans:
    """Return how fast words can come: each one reads all weights once, for all texts at once.

    Small models on fast cards wait for their many small steps instead, so below there is no bound.
    """
    about = about_of(result, "decode")
    weights, batch = about.get("weight_bytes"), about.get("batch")
    if not is_number(weights) or not weights or not is_number(batch):
        return {}
    if not sheet.bandwidth_bytes_per_s:
        return {}
    is_cpu = sheet.kind == "cpu"
    share, spread = (USUAL_CPU if is_cpu else USUAL)["bandwidth"]
    rate = sheet.bandwidth_bytes_per_s / float(weights) * float(batch)  # type: ignore[arg-type]
    if not is_cpu:
        words = f"the memory bandwidth of {sheet.name}: every word reads all weights"
        return {"decode": (None, rate, words)}
    width = math.exp(NINE_OF_TEN * math.hypot(spread, doubt.bandwidth))
    words = f"every word reads all weights, at the bandwidth reckoned for {sheet.name}"
    return {"decode": (rate * share / width, rate * share * width, words)}
