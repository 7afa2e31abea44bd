"""Each score against what all the others let one expect of it, as one Gaussian field.

log(score) = level of the test (unknown) + what the host brings (known loads, unknown amount) +
noise (known size). With the inverse P of the scores' covariance, what the others say of score i is
off by (P y)_i / P_ii with variance 1 / P_ii; a score set aside is a rank-one change of P.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hwstudio.core.bench.twins.noise import Noise
from hwstudio.core.bench.twins.score import Score

Array = np.ndarray[Any, np.dtype[Any]]
LEVEL_VARIANCE = 1.0  # of a log rate: nothing is known of a test's level beforehand
TRUST = 30.0  # how many scores the known spread weighs against the spread seen
MEDIAN_OF_NORMAL = 0.6745  # of |z|
ENOUGH = 20  # scores from which one slow one hides among the others
FEWEST = 3  # scores of a test from which its own spread is judged


class Field:
    """The scores of equal machines; ``active`` are those not set aside."""

    def __init__(
        self, scores: Sequence[Score], noise: Noise, repeats: dict[tuple[str, str], float]
    ) -> None:
        self.scores = scores
        self.tests = _numbered([score.key for score in scores])
        self.machines = _numbered([score.machine for score in scores])
        self._units = _numbered([(score.machine, score.setting) for score in scores])
        logs = np.log([score.value for score in scores])
        centre = np.array([np.median(logs[self.tests == t]) for t in range(self.tests.max() + 1)])
        self._y: Array = logs - centre[self.tests]
        spreads = [
            noise.of(s.test, s.dtype, s.count, repeats.get((s.test, s.dtype))) for s in scores
        ]
        self._sd: Array = np.array([spread.sd for spread in spreads])
        self._loads: Array = np.array([spread.loads for spread in spreads])
        self.active: Array = np.ones(len(scores), bool)
        self._precision: Array = self._inverse(np.ones(len(scores)))
        self._precision = self._inverse(self._widening())

    def _inverse(self, factor: Array) -> Array:
        same_test = self.tests[:, None] == self.tests
        same_unit = self._units[:, None] == self._units
        covariance = np.diag((self._sd * factor) ** 2)
        covariance += same_test * LEVEL_VARIANCE + same_unit * (self._loads @ self._loads.T)
        return np.asarray(np.linalg.inv(covariance))

    def _widening(self) -> Array:
        """Return by how much these machines differ more than the known spread says."""
        if len(self.scores) >= ENOUGH:
            z = np.abs(self.off()[1]) / MEDIAN_OF_NORMAL
        else:  # one slow score would move all the others: look around the median instead
            usual = np.sqrt(self._sd**2 + np.sum(self._loads**2, axis=1))
            z = np.abs(self._y) / usual / MEDIAN_OF_NORMAL
        many = self.peers() >= FEWEST
        if many.sum() < FEWEST:
            return np.ones(len(self.scores))
        all_over = _shrunk(float(np.median(z[many])), int(many.sum()))
        factor = np.full(len(self.scores), all_over)
        for test in set(self.tests[many].tolist()):
            here = self.tests == test
            factor[here] *= _shrunk(float(np.median(z[here])) / all_over, int(here.sum()))
        return factor

    def peers(self) -> Array:
        """Return how many active scores of its test there are, for each score."""
        counts = np.bincount(self.tests[self.active], minlength=self.tests.max() + 1)
        return np.asarray(counts[self.tests])

    def off(self) -> tuple[Array, Array]:
        """Return by how much (log) each active score is off, and how many standard deviations."""
        pulled = self._precision @ np.where(self.active, self._y, 0.0)
        weight = np.diag(self._precision)
        can = self.active & (weight > 1e-9)
        weight = np.where(can, weight, 1.0)
        return np.where(can, pulled / weight, 0.0), np.where(can, pulled / np.sqrt(weight), 0.0)

    def off_together(self) -> tuple[Array, Array]:
        """Return the same of each machine as a whole: one shift (log) in all its active scores."""
        member = (self.machines[:, None] == np.arange(self.machines.max() + 1)) & (
            self.active[:, None]
        )
        pulled = self._precision @ np.where(self.active, self._y, 0.0)
        weight = np.einsum("nm,nk,km->m", member, self._precision, member, optimize=True)
        can = weight > 1e-9
        shift = np.where(can, member.T @ pulled / np.where(can, weight, 1.0), 0.0)
        return shift, shift * np.sqrt(np.where(can, weight, 0.0))

    def set_aside(self, place: int) -> None:
        """Take one score out; the others are judged without it from now on."""
        p = self._precision
        self._precision = p - np.outer(p[:, place], p[place]) / p[place, place]
        self._precision[place, :] = self._precision[:, place] = 0.0
        self.active[place] = False


def _shrunk(ratio: float, count: int) -> float:
    """Return a widening between "as known" and "as seen", never a narrowing."""
    return float(np.sqrt((TRUST + count * max(1.0, ratio) ** 2) / (TRUST + count)))


def _numbered(values: Sequence[object]) -> Array:
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values])
