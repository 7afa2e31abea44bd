"""A run beside its prediction: how far the measured number is from the median, in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.reading import Reading


class Place(StrEnum):
    """Where a measured number lies."""

    BELOW = "below the predicted range"
    INSIDE = "inside the predicted range"
    ABOVE = "above the predicted range"
    UNKNOWN = "cannot be compared"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``ratio`` = measured / predicted median; None where either is missing."""

    what: str
    place: Place
    ratio: float | None
    sentence: str


def compare(what: str, actual: Reading[float], predicted: Prediction) -> Comparison:
    """Return how a measured number compares; ``what`` starts the sentence ("Energy").

    Both must be in ``predicted.unit``.
    """
    if predicted.median is None:
        return _unknown(what, f"there is no prediction ({predicted.refused or 'refused'})")
    if actual.value is None:
        return _unknown(what, actual.why or "not measured")
    if predicted.median <= 0:
        return _unknown(what, "the prediction is not above 0")
    ratio = actual.value / predicted.median
    low = predicted.median if predicted.low is None else predicted.low
    high = predicted.median if predicted.high is None else predicted.high
    place = Place.INSIDE
    if actual.value < low:
        place = Place.BELOW
    elif actual.value > high:
        place = Place.ABOVE
    sentence = f"{what}: {_distance(ratio)} ({predicted.evidence.value}), {place.value}"
    return Comparison(what, place, ratio, sentence)


def _distance(ratio: float) -> str:
    percent = round((ratio - 1) * 100)
    if percent == 0:
        return "as predicted"
    if ratio >= 2:
        return f"{ratio:.1f} times the prediction"
    return f"{abs(percent)} % {'more' if percent > 0 else 'less'} than predicted"


def _unknown(what: str, why: str) -> Comparison:
    return Comparison(what, Place.UNKNOWN, None, f"{what}: {Place.UNKNOWN.value}, {why}")
