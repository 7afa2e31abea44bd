"""Whether a device's energy counter can be believed: held against its power over the same seconds.

A counter can be in another unit than is thought, stand still, or be another device's from some
moment on (cards that changed places at a restart). Power is a sample of a moment and can miss what
lies between. Where the two are far apart both are told, and the one that can be right is taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from hwstudio.core.base.units import duration, significant
from hwstudio.core.monitor.runs.track import Track, clean, inside

LEAST_S = 60.0  # over less time the two are not held against each other
TOLERANCE = 0.25  # the larger is so much more than the smaller; sampled power misses swings
_LEAST_W = 5.0  # an idle device's readings are coarse
_OVER_LIMIT = 1.2  # what a device may draw above its power limit for a moment
_OVER_HIGHEST = 2.0  # the same above the highest power that was read, where no limit is known
_UNDER_LOWEST = 0.8
_OTHER_UNITS = (1e3, 3.6e3, 1e6, 3.6e6)  # mJ for J, J for Wh, uJ for J, J for kWh
_J_PER_KWH = 3.6e6


class Fault(StrEnum):
    """Which of the two cannot be right."""

    COUNTER_TOO_MUCH = "counter: more than the device can draw"
    COUNTER_TOO_LITTLE = "counter: less than the lowest power that was read"
    POWER_TOO_MUCH = "power: more than the device can draw"
    NOT_KNOWN = "either may be off"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What the counter and the power say of the same ``seconds``; joules and watts."""

    fault: Fault
    counted_j: float
    summed_j: float
    seconds: float
    most_w: float
    lowest_w: float

    @property
    def takes_power(self) -> bool:
        """Say whether the power is to be believed rather than the counter."""
        return self.fault in (Fault.COUNTER_TOO_MUCH, Fault.COUNTER_TOO_LITTLE)

    @property
    def sentence(self) -> str:
        """Return both figures, what is wrong and which was taken, for people."""
        counted, summed = _energy(self.counted_j), _energy(self.summed_j)
        return (
            f"the energy counter says {counted} for {duration(self.seconds)} in which the power "
            f"readings come to {summed}{self._unit_words()}; {self._fault_words()}"
        )

    def _unit_words(self) -> str:
        small, large = sorted((self.counted_j, self.summed_j))
        ratio = large / small if small > 0 else math.inf
        near = next((each for each in _OTHER_UNITS if abs(ratio / each - 1) < 0.05), None)
        return "" if near is None else f", about {near:,.0f} times apart as in another unit"

    def _fault_words(self) -> str:
        if self.fault is Fault.COUNTER_TOO_MUCH:
            return f"that is more than {self.most_w:.0f} W allow, so the power is taken"
        if self.fault is Fault.COUNTER_TOO_LITTLE:
            return f"even {self.lowest_w:.0f} W, the lowest reading, is more: the power is taken"
        if self.fault is Fault.POWER_TOO_MUCH:
            return f"the power is more than {self.most_w:.0f} W allow, so the counter is taken"
        return "either may be off; the counter is taken, for it misses nothing between readings"


def doubt_of(
    counted_j: float, summed_j: float, seconds: float, *, most_w: float, lowest_w: float
) -> Doubt | None:
    """Return what is wrong with a counter's or a power's joules; None where the two agree.

    ``most_w`` is the most the device can draw, ``lowest_w`` the lowest power that was read.
    """
    apart = abs(counted_j - summed_j)
    is_near = apart <= TOLERANCE * min(counted_j, summed_j) or apart <= _LEAST_W * seconds
    if seconds < LEAST_S or is_near:
        return None
    if counted_j > most_w * seconds:
        fault = Fault.NOT_KNOWN if summed_j > most_w * seconds else Fault.COUNTER_TOO_MUCH
    elif summed_j > most_w * seconds:
        fault = Fault.POWER_TOO_MUCH
    elif counted_j < _UNDER_LOWEST * lowest_w * seconds:
        fault = Fault.COUNTER_TOO_LITTLE
    else:
        fault = Fault.NOT_KNOWN
    return Doubt(fault, counted_j, summed_j, seconds, most_w, lowest_w)


def most_w_of(power: Track | None, limit: Track | None, start_s: float, end_s: float) -> float:
    """Return the most watts a device can have drawn, for a moment; infinite if nothing tells."""
    for track, over in ((limit, _OVER_LIMIT), (power, _OVER_HIGHEST)):
        if track is not None:
            highest = max(inside(clean(track), start_s, end_s).values, default=0.0)
            if highest > 0:
                return over * highest
    return math.inf


def _energy(joules: float) -> str:
    kwh = joules / _J_PER_KWH
    return f"{significant(kwh)} kWh" if kwh >= 0.1 else f"{significant(kwh * 1e3)} Wh"
