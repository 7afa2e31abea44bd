"""What was measured here moves the answers near it, and narrows them: a closed-form update.

Two questions share part of what the fit gets wrong (``shares``), and a device's probes share part
of it with every job on the device (``calibrate``). A number far outside what was expected counts
less: the machine may have been busy, or the number may be of another unit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from hwstudio.core.predict.fitted.calibrate import (
    MOST_OFF,
    NO_PROBES,
    NOISE,
    Z90,
    ProbeReading,
    Probes,
    between,
    sheet_variance,
    variance_of,
    widened,
    with_reading,
)
from hwstudio.core.predict.fitted.model import SpeedAnswer, SpeedModel
from hwstudio.core.predict.fitted.question import DeviceSheet, Question
from hwstudio.core.predict.fitted.shares import (
    Spread,
    Traits,
    common,
    covariance,
    spread_of,
    traits_of,
)

DOUBTED_FROM = 2.5  # standard deviations
MEASURED_HERE = "measured here"
CALIBRATED_HERE = "calibrated here"
_MOST_GENERAL = 0.8  # of the rest of an answer's spread
_NEW = ("model", "both")  # cases in which the fit does not know the model
_NEW_DEVICE = ("device", "both")


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


@dataclass(frozen=True, slots=True)
class _Place:
    """A question with what is known of its answer before anything was measured."""

    traits: Traits
    spread: Spread
    is_new: bool
    general: float  # log: what all jobs have in common on a device of a kind the fit hardly knows
    is_step: bool = False  # a training step of hwstudio's own: it tells of its device only


class Offsets:
    """The measurements of this machine, weighed; ``applied`` moves one answer."""

    def __init__(
        self, model: SpeedModel, seen: Sequence[Observation], probes: Probes = NO_PROBES
    ) -> None:
        self.probes = probes
        every = [*seen, *probes.steps]
        answers = model.answer([each.question for each in every])
        places, offs, kept = [], [], []
        for number, (each, answer) in enumerate(zip(every, answers, strict=True)):
            if answer.median is None or answer.high is None:
                continue
            is_step = number >= len(seen)
            places.append(replace(self._place(each.question, answer), is_step=is_step))
            offs.append(math.log(each.value / answer.median))
            if not is_step:
                kept.append(each)
        self.seen = tuple(kept)  # what the user told
        self._places = tuple(places)
        self._off = [*offs, *(_cut(each, probes) for each in probes.readings)]
        self._inverse, self._careful = self._inverted()

    def _place(self, question: Question, answer: SpeedAnswer) -> _Place:
        traits = traits_of(question)
        spread = spread_of(traits, _spread(answer), is_device_new=answer.case in _NEW_DEVICE)
        general = min(self.probes.doubt_of(traits.device).general, _MOST_GENERAL * spread.rest)
        rest = math.sqrt(spread.rest**2 - general**2)
        return _Place(traits, replace(spread, rest=rest), answer.case in _NEW, general)

    def _inverted(self) -> tuple[Any, Any]:
        """Return the inverse covariance of all that was measured, and one that doubts outliers.

        An observation that is doubted is believed as little as its distance asks for. A reading
        is cut off instead (``_cut``), so that a faster one never lowers an answer; the range it
        leaves is that of a doubted one.
        """
        import numpy as np

        count, readings = len(self._places), self.probes.readings
        if not count and not readings:
            return None, None
        size = count + len(readings)
        matrix = np.zeros((size, size))
        for n, one in enumerate(self._places):
            matrix[n, : n + 1] = [self._shared(one, other) for other in self._places[: n + 1]]
            matrix[:n, n] = matrix[n, :n]
            matrix[n, count:] = [self._read(one, each) for each in readings]
            far = self._far(n)
            matrix[n, n] += NOISE**2 + (max(1.0, far / DOUBTED_FROM) ** 2 - 1.0) * matrix[n, n]
        matrix[count:, :count] = matrix[:count, count:].T
        careful = np.zeros(size)
        for n, each in enumerate(readings):
            doubt = self.probes.doubt_of(each.device)
            for m, another in enumerate(readings):
                matrix[count + n, count + m] = between(each, another, doubt)
            whole = variance_of(each, doubt)
            matrix[count + n, count + n] = whole
            far = abs(each.off) / math.sqrt(whole)
            careful[count + n] = (max(1.0, far / MOST_OFF) ** 2 - 1.0) * whole
        return np.linalg.inv(matrix), np.linalg.inv(matrix + np.diag(careful))

    def _far(self, place: int) -> float:
        """Return how many standard deviations off an observation is."""
        return abs(self._off[place]) / self._places[place].spread.whole

    def is_doubted(self, place: int) -> bool:
        """Say whether an observation is far outside what was expected."""
        return self._far(place) > DOUBTED_FROM

    def _shared(self, one: _Place, other: _Place) -> float:
        is_here = one.traits.device == other.traits.device
        if not is_here and (one.is_step or other.is_step or not one.is_new):
            return 0.0
        out = covariance(
            common(one.traits, other.traits), one.spread, other.spread, is_new=one.is_new
        )
        if is_here:
            doubt = self.probes.doubt_of(one.traits.device)
            out += one.general * other.general + sheet_variance(one.traits, other.traits, doubt)
        return out

    def _read(self, place: _Place, reading: ProbeReading) -> float:
        doubt = self.probes.doubt_of(reading.device)
        return with_reading(place.traits, place.spread, reading, doubt)

    def before(self, question: Question, answer: SpeedAnswer) -> SpeedAnswer:
        """Return the answer as it stands without measurements: wider where the sheet is a guess."""
        doubt = self.probes.doubt_of(question.device.name)
        return widened(answer, traits_of(question), doubt)

    def applied(self, question: Question, answer: SpeedAnswer) -> SpeedAnswer:
        """Return the answer as the measurements of this machine change it."""
        if not self._off and not self.probes.doubts:
            return answer
        if answer.median is None or answer.high is None:
            return answer
        place = self._place(question, answer)
        answer = self.before(question, answer)
        shared = [self._shared(place, each) for each in self._places]
        shared += [self._read(place, each) for each in self.probes.readings]
        if not any(shared):
            return answer
        count = len(self._places)
        gains = (self._inverse @ shared).tolist()
        # What a better part would explain away of another measurement is left out: nobody would
        # understand that a faster matrix product lowers an estimate.
        gains[count:] = [max(0.0, gain) for gain in gains[count:]]
        move = sum(gain * off for gain, off in zip(gains, self._off, strict=True))
        told = float(self._careful @ shared @ shared)
        own = _spread(answer)
        half = min(Z90 * math.sqrt(max(own * own - told, NOISE**2)), Z90 * own)
        middle = math.log(answer.median or 1.0) + move
        return replace(
            answer,
            median=math.exp(middle),
            low=math.exp(middle - half),
            # An upper end that was cut off at the ceiling rises only with the answer.
            high=min(math.exp(middle + half), (answer.high or 0.0) * math.exp(max(move, 0.0))),
            case=MEASURED_HERE if self._is_same(place.traits) else CALIBRATED_HERE,
        )

    def _is_same(self, traits: Traits) -> bool:
        return any(common(traits, each.traits).same for each in self._places)


def _cut(reading: ProbeReading, probes: Probes) -> float:
    """Return how far a reading is off (log), cut where it can no longer be believed."""
    most = MOST_OFF * math.sqrt(variance_of(reading, probes.doubt_of(reading.device)))
    return min(max(reading.off, -most), most)


def _spread(answer: SpeedAnswer) -> float:
    """Return the standard deviation of an answer (log); its lower half is never cut off."""
    return math.log((answer.median or 1.0) / (answer.low or 1.0)) / Z90
