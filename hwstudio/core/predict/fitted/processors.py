"""Few pictures at a time on a processor: scaled from the processor that was measured so.

What the fit has learned of small batches it learned of GPUs, which one picture leaves idle while
the host starts kernels. A processor starts its own work: its cores are busy with one picture as
with many. The one that was measured (14 cores) took 0.2 ms a layer to set its cores to work and
bring the weights, and for the rest ran at about 0.6 of its sheet; seen as one efficiency, that is
0.2, and a processor of two cores was told to be four times as slow as it is. So the two parts are
scaled apart: the layers stay, the arithmetic follows the sheet.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hwstudio.core.predict.fitted.ceiling import ceiling
from hwstudio.core.predict.fitted.clues import class_of, ideal_s
from hwstudio.core.predict.fitted.launch import depth_of
from hwstudio.core.predict.fitted.question import DeviceSheet, Question
from hwstudio.core.predict.fitted.work import work_of

if TYPE_CHECKING:
    from hwstudio.core.predict.fitted.model import SpeedAnswer, SpeedGroup

KIND = "vision inference"
# Seconds a layer that more arithmetic does not change: rounded, from networks measured with three
# and more sizes of picture (ResNets 0.18 to 0.21 ms, the median of eleven 0.23 ms).
LAYER_S = 0.2e-3
LAYER_DOUBT = 2.0  # of another processor, either way: how its cores wait for each other is its own
# What another processor reaches of its sheet, either way: 0.4 to 0.6 there; one of two cores was
# seen at 0.45 to 0.75, with its neighbours and without.
REST_DOUBT = 1.6
_LEAST_REST = 0.2  # of the time is arithmetic at least, where the layers would be all of it
_MOST_BATCH = 8.0  # from here on the fit is asked alone: it held there
_PLAIN = ("", "timm", "torchvision", "pytorch")  # the same library runs them on a processor

Answers = Callable[[Sequence[Question]], list["SpeedAnswer"]]


def few_pictures(
    group: SpeedGroup,
    sheets: dict[str, DeviceSheet],
    questions: Sequence[Question],
    found: list[SpeedAnswer],
    answers: Answers,
) -> list[SpeedAnswer]:
    """Return the answers, with those for few pictures on a processor scaled so.

    Args:
        found: what the fit answers to ``questions``.
        answers: asks the fit of a group alone.
    """
    places = [n for n, question in enumerate(questions) if _is_meant(question)]
    reference = _reference(group, sheets) if places else None
    if reference is None:
        return found
    sheet, framework, source = reference
    asked = [
        replace(
            questions[n], device=sheet, framework=framework, source=source, precision="fp32",
            batch=1.0, global_batch=1.0,
        )
        for n in places
    ]  # fmt: skip
    out = list(found)
    for n, question, measured in zip(places, asked, answers(asked), strict=True):
        if measured.median and found[n].median:
            out[n] = _scaled(questions[n], found[n], question, measured.median)
    return out


def _is_meant(question: Question) -> bool:
    name = question.framework.lower()
    return (
        question.device.kind == "cpu"
        and class_of(question) == KIND
        and (question.batch or _MOST_BATCH) < _MOST_BATCH
        and any(name.startswith(word) if word else not name for word in _PLAIN)
    )


def _reference(
    group: SpeedGroup, sheets: dict[str, DeviceSheet]
) -> tuple[DeviceSheet, str, str] | None:
    """Return the processor that was measured at most of this, and with which software."""
    found = [
        (len(years), sheets[name], framework, source)
        for (framework, source), (years, devices) in group.met(KIND).items()
        for name in devices
        if name in sheets and sheets[name].kind == "cpu"
    ]
    best = max(found, key=lambda each: each[0], default=None)
    return None if best is None else best[1:]


def _scaled(question: Question, answer: SpeedAnswer, asked: Question, per_s: float) -> SpeedAnswer:
    """Return an answer moved to what the measured processor's speed makes of it.

    Args:
        per_s: of the measured processor at one picture at a time (``asked``).
    """
    middle, low, high = answer.median, answer.low, answer.high
    work, here = work_of(question), max(ideal_s(question, work_of(question)))
    there = max(ideal_s(asked, work_of(asked)))
    if not (middle and low and high and here and there):
        return answer
    layers_s = min(LAYER_S * depth_of(question.model), (1.0 - _LEAST_REST) / per_s)
    batch = question.batch or 1.0
    rest_s, layers_each_s = (1.0 / per_s - layers_s) * here / there, layers_s / batch
    scaled_s = rest_s + layers_each_s
    weight = 1.0 - math.log(batch) / math.log(_MOST_BATCH)
    most = math.exp(float(ceiling(question, work)))
    moved = min(scaled_s**-weight * middle ** (1.0 - weight), 0.95 * most)
    is_other = question.device.name != asked.device.name
    unsure = weight * is_other

    def wider(side: float, factor: float) -> float:
        """Return a log half-width with the doubts in layers and arithmetic, each by itself."""
        layers = math.log((rest_s + layers_each_s * factor) / scaled_s) * unsure
        rest = math.log((rest_s * REST_DOUBT + layers_each_s) / scaled_s) * unsure
        return math.hypot(math.log(side / middle), layers, rest)

    return replace(
        answer,
        median=moved,
        low=moved * math.exp(-wider(low, LAYER_DOUBT)),
        high=min(moved * math.exp(wider(high, 1.0 / LAYER_DOUBT)), most),
    )
