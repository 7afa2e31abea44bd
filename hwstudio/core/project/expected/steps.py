"""Training steps: estimated from published training speeds of the same networks."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.result import Result
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.fitted.calibrate import SheetDoubt
from hwstudio.core.predict.fitted.job import question_for
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.question import DeviceSheet, Question
from hwstudio.core.predict.job_maker import JobWish, job_of
from hwstudio.core.project.calibration import STEP, steps_of
from hwstudio.core.project.expected.span import NINE_OF_TEN, Span, Spans

LIBRARY = {"resnet50": "timm-resnet50", "bert": "bert-base", "gpt2": "gpt2"}
WIDEST = 50.0  # high over low: a wider range says nothing
# Who measured such networks with PyTorch, as our tests run them; other frameworks differ by twice.
PYTORCH = frozenset(
    {
        ("PyTorch", "dle"),
        ("NGC pytorch 22.09", "lambda"),
        ("NGC pytorch 24.10", "lambda"),
        ("pytorch cuda", "mac-ml-speed"),
        ("pytorch mps", "mac-ml-speed"),
        ("llm-foundry FSDP torch1.13-2.0", "llm-foundry"),
        ("timm compile cpu pt2.4", "timm"),
    }
)
PRECISIONS = {"bf16": "bf16", "fp16": "amp_fp16", "fp32": "fp32", "tf32": "tf32"}


def step_spans(
    result: Result, sheet: DeviceSheet, doubt: SheetDoubt, model: SpeedModel, catalog: Catalog
) -> Spans:
    """Return the ranges of the networks that the estimates know."""
    if result.bench != STEP:
        return {}
    asked = {
        each.question.id.removeprefix("training step, "): (with_software(each.question, model), 1.0)
        for each in steps_of(result, sheet, model)
    }
    for metric in result.metrics:
        found = library_model(catalog, metric.name)
        about = about_of(result, metric.name)
        if found is not None and about:
            asked |= _asked(metric.name, found, about, sheet, model)
    spans: Spans = {}
    for name, (question, units) in asked.items():
        span = estimated(question, units, doubt, model)
        spans |= {name: span} if span is not None else {}
    return spans


def library_model(catalog: Catalog, network: str) -> AiModel | None:
    """Return the library's model that a network of ours is."""
    wanted = LIBRARY.get(network)
    return next((each for each in catalog.ai_models() if each.id == wanted), None)


def about_of(result: Result, name: str) -> dict[str, Any]:
    """Return what the kernel told of a point."""
    series = result.conditions.get("series")
    about = series.get(name) if isinstance(series, dict) else None
    return about if isinstance(about, dict) else {}


def _asked(
    name: str, found: AiModel, about: dict[str, Any], sheet: DeviceSheet, model: SpeedModel
) -> dict[str, tuple[Question, float]]:
    """Return the question, and how many units of ours one of its is."""
    precision = PRECISIONS.get(str(about.get("precision_asked", "")))
    batch, tokens = about.get("batch"), about.get("tokens")
    if precision is None or not isinstance(batch, int):
        return {}
    wish = JobWish(mode=Mode.TRAIN, precision=precision, batch=batch)
    if isinstance(tokens, int) and tokens:
        wish = replace(wish, sequence_tokens=tokens)
    question = question_for(job_of(found, wish), sheet)
    if question is None:
        return {}
    is_whole_texts = question.metric == "sequences/s"
    return {name: (with_software(question, model), float(tokens) if is_whole_texts else 1.0)}  # type: ignore[arg-type]


def with_software(question: Question, model: SpeedModel) -> Question:
    """Return the question as the nearest publisher would have measured it with PyTorch."""
    question = model.twin(question)
    found = model.software_like([question], PYTORCH)[0]
    framework, source = found if found in PYTORCH else ("", "")  # unstated: the range covers all
    return replace(question, framework=framework, source=source)


def estimated(
    question: Question, units: float, doubt: SheetDoubt, model: SpeedModel
) -> Span | None:
    """Return the range of an estimated speed, in ``units`` a second for each of the question's."""
    answer = model.answer([question])[0]
    if not answer.low or not answer.high:
        return None
    width = math.exp(NINE_OF_TEN * max(doubt.arithmetic, doubt.bandwidth))
    if answer.high / answer.low * width**2 > WIDEST:
        return None
    words = f"estimated for {question.device.name} from published speeds of such networks"
    return answer.low / width * units, answer.high * width * units, words
