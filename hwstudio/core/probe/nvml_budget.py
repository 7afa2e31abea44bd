"""How often calls of known cost may be made so that together they stay within a budget.

Plain arithmetic: no clock, no driver. Times in seconds; the budget is seconds of NVML per second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

BUDGET = 1e-3  # 1 ms of the driver's time per GPU and second, kept in every minute
# Spent in a minute is at most what 60 s earn and what was saved before: 60 * 0.8 + 10 < 60.
_EARNED = 0.8
_SAVED_S = 10.0  # at most this many seconds of budget are saved
_OWED_S = 60.0  # and at most this many owed
_AIM = 0.75  # cadences are laid out for this part of the budget
_DEAR = 0.2  # a call above this part of one second's budget waits until it is saved up
_LAST, _ANEW_EVERY, _PART = 9, 4, 4
TRIALS = 3  # a cheap call is made so often before its cost is believed


@dataclass(frozen=True, slots=True)
class CallCost:
    """What one call costs and how often it is really made; ``inf`` = once."""

    gpu_index: int
    function: str
    fields: tuple[str, ...]
    usual_s: float  # 0 = not asked yet
    wanted_every_s: float
    every_s: float
    count: int

    @property
    def is_demoted(self) -> bool:
        """Say whether it is made less often than one would like."""
        return self.every_s > self.wanted_every_s


def spread(costs: Sequence[tuple[float, float]], budget: float) -> list[float]:
    """Return a cadence for each (cost, wanted cadence) so that the load stays within the budget.

    Cheap calls keep their cadence; the dear ones share what is left equally, none is starved.
    """
    loads = [cost / every for cost, every in costs]
    if sum(loads) <= budget:
        return [every for _, every in costs]
    left, level = budget, 0.0
    for number, load in enumerate(sorted(loads)):
        level = left / (len(loads) - number)
        if load > level:
            break
        left -= load
    return [
        every if load <= level else cost / level
        for load, (cost, every) in zip(loads, costs, strict=True)
    ]


class Usual:
    """What a call usually takes: a low quantile of the last few durations.

    Wall time also holds what other programs and threads took from us meanwhile. On a busy computer
    that can be a thousand times the call itself, so neither the mean nor the first one is believed.
    """

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=_LAST)
        self._added = 0
        self.value = 0.0

    def add(self, duration: float) -> None:
        """Take one more in."""
        self._last.append(max(duration, 0.0))
        self._added += 1
        if self._added <= _LAST or self._added % _ANEW_EVERY == 0:
            self.value = sorted(self._last)[len(self._last) // _PART]


class Purse:
    """Budget saved up: a dear call waits until it can be paid, whatever its cadence says."""

    def __init__(self, budget: float) -> None:
        self.budget = budget
        self._saved = 0.0
        self._then_s: float | None = None

    def earn(self, now_s: float) -> None:
        """Add what the time since the last call of this has earned."""
        if self._then_s is not None and now_s > self._then_s:
            earned = _EARNED * self.budget * (now_s - self._then_s)
            self._saved = min(self._saved + earned, self.budget * _SAVED_S)
        self._then_s = now_s

    def can_pay(self, cost: float) -> bool:
        """Say whether a call of this cost may be made now. Cheap ones always may."""
        return cost <= _DEAR * self.budget or self._saved >= min(cost, self.budget * _SAVED_S)

    def pay(self, cost: float) -> None:
        """Take off what was spent; one call that hung does not owe for hours."""
        self._saved = max(self._saved - cost, -_OWED_S * self.budget)

    @property
    def aim(self) -> float:
        """Return the budget that cadences are laid out for."""
        return _AIM * self.budget
