"""What the user measured moves the answers near it, and narrows them: a closed-form update.

Two questions share part of what the fit gets wrong: what is peculiar to the device, to the model,
to the software, and to the three together. The parts add up to the whole variance of an answer,
so a measurement of the very same job leaves little of it, one of another job on the same device
about two thirds. A measurement far outside what was expected counts less: the machine may have
been busy, or the number may be of another unit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from hwstudio.core.predict.fitted.clues import class_of
from hwstudio.core.predict.fitted.model import SpeedAnswer, SpeedModel
from hwstudio.core.predict.fitted.question import DeviceSheet, Question

Z90 = 1.645  # half-width of a 90 % interval in standard deviations
# Shares of an answer's variance: device, model, software, all three together, all and the batch.
DEVICE, MODEL, SOFTWARE, TOGETHER, SAME = 0.35, 0.2, 0.15, 0.2, 0.1
OTHER_KIND = 0.5  # of the device's part that another kind of work shares
NOISE = 0.04  # nominally identical machines differ by so much (log)
DOUBTED_FROM = 2.5  # standard deviations
MEASURED_HERE = "measured here"
CALIBRATED_HERE = "calibrated here"


@dataclass(frozen=True, slots=True)
class Observation:
    """A speed the user saw, in the question's own unit. ``measured_at``: ISO date and time."""

    question: Question
    value: float
    measured_at: str


def to_row(seen: Observation) -> dict[str, Any]:
    """Return an observation as plain values, for a file."""
    return {
        "question": asdict(seen.question),
        "value": seen.value,
        "measured_at": seen.measured_at,
    }


def from_row(row: Mapping[str, Any]) -> Observation:
    """Return the observation of a file's row.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    raw = dict(row["question"])
    device = DeviceSheet(**raw.pop("device"))
    value = float(row["value"])
    if not (math.isfinite(value) and value > 0):
        raise ValueError("a speed is more than nothing")
    return Observation(Question(device=device, **raw), value, str(row["measured_at"]))


def shared(a: Question, b: Question) -> float:
    """Return which part of the variance two questions have in common, 0 to 1."""
    same_kind = class_of(a) == class_of(b)
    is_device, is_model = a.device.name == b.device.name, a.model == b.model and same_kind
    is_software = a.framework == b.framework and a.source == b.source and same_kind
    out = 0.0
    if is_device:
        out += DEVICE * (1.0 if same_kind else OTHER_KIND)
    if is_model:
        out += MODEL
    if is_software:
        out += SOFTWARE
    if is_device and is_model and is_software and a.precision == b.precision:
        out += TOGETHER
        if (a.batch, a.input_size, a.count) == (b.batch, b.input_size, b.count):
            out += SAME
    return out


class Offsets:
    """The user's observations, weighed; ``applied`` moves one answer."""

    def __init__(self, model: SpeedModel, seen: Sequence[Observation]) -> None:
        answers = model.answer([each.question for each in seen])
        kept = [
            (each, answer)
            for each, answer in zip(seen, answers, strict=True)
            if answer.median is not None and answer.high is not None
        ]
        self.seen = tuple(each for each, _ in kept)
        self._spread = [_spread(answer) for _, answer in kept]
        self._off = [math.log(each.value / (answer.median or 1.0)) for each, answer in kept]
        self._inverse = self._inverted()

    def _inverted(self) -> list[list[float]]:
        import numpy as np

        if not self.seen:
            return []
        count = len(self.seen)
        matrix = np.empty((count, count))
        for n, one in enumerate(self.seen):
            for m, other in enumerate(self.seen):
                part = shared(one.question, other.question)
                matrix[n, m] = part * self._spread[n] * self._spread[m]
            # One that is doubted is believed as little as its distance asks for.
            doubt = max(1.0, abs(self._off[n]) / (DOUBTED_FROM * self._spread[n]))
            matrix[n, n] += NOISE**2 + (doubt**2 - 1.0) * self._spread[n] ** 2
        found: list[list[float]] = np.linalg.inv(matrix).tolist()
        return found

    def is_doubted(self, place: int) -> bool:
        """Say whether an observation is far outside what was expected."""
        return abs(self._off[place]) > DOUBTED_FROM * self._spread[place]

    def applied(self, question: Question, answer: SpeedAnswer) -> SpeedAnswer:
        """Return the answer as the user's measurements change it."""
        if not self.seen or answer.median is None or answer.high is None:
            return answer
        own = _spread(answer)
        common = [
            shared(question, each.question) * own * spread
            for each, spread in zip(self.seen, self._spread, strict=True)
        ]
        if not any(common):
            return answer
        gains = [sum(c * row[n] for c, row in zip(common, self._inverse, strict=True))
                 for n in range(len(common))]  # fmt: skip
        move = sum(gain * off for gain, off in zip(gains, self._off, strict=True))
        told = sum(gain * c for gain, c in zip(gains, common, strict=True))
        half = Z90 * math.sqrt(max(own * own - told, NOISE**2))
        half = min(half, Z90 * own)
        middle = math.log(answer.median) + move
        return replace(
            answer,
            median=math.exp(middle),
            low=math.exp(middle - half),
            # An upper end that was cut off at the ceiling rises only with the answer.
            high=min(math.exp(middle + half), (answer.high or 0.0) * math.exp(max(move, 0.0))),
            case=MEASURED_HERE if self._is_same(question) else CALIBRATED_HERE,
        )

    def _is_same(self, question: Question) -> bool:
        return any(shared(question, each.question) > 1 - SAME / 2 for each in self.seen)


def _spread(answer: SpeedAnswer) -> float:
    """Return the standard deviation of an answer (log); its lower half is never cut off."""
    return math.log((answer.median or 1.0) / (answer.low or 1.0)) / Z90
