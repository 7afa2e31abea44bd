"""The energy of one device over a run: from its counter where it has one, else from its power."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from hwstudio.core.monitor.runs.track import Track, clean, edged, pieces, usual_gap_s

_JITTER_J = 1.0
_JITTER_SHARE = 0.001


class GapPolicy(StrEnum):
    """What to do about power where nothing was recorded for a while."""

    LEAVE_OUT = "left out"  # energy is a lower bound; how much time it covers is said
    BRIDGE = "bridged"  # the power is taken to have gone straight from one end to the other


class Source(StrEnum):
    """Where an energy comes from."""

    COUNTER = "energy counter"
    POWER = "power over time"


@dataclass(frozen=True, slots=True)
class Energy:
    """Joules over a run. ``covered_s`` of its ``span_s`` seconds are in it.

    ``resets``: times the counter began anew (the driver was loaded again); what was used between
    the last reading and that moment is not known, so the energy is a lower bound then.
    """

    joules: float
    source: Source
    covered_s: float
    span_s: float
    resets: int = 0
    policy: GapPolicy = GapPolicy.LEAVE_OUT

    @property
    def covered_share(self) -> float:
        """Return which part of the run's time is in it, 0..1."""
        return min(self.covered_s / self.span_s, 1.0) if self.span_s else 0.0

    @property
    def is_lower_bound(self) -> bool:
        """Say whether some of the run's energy is certainly missing."""
        return bool(self.resets) or self.covered_share < 0.99


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a run went (Unix seconds)."""

    start_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return max(self.end_s - self.start_s, 0.0)


def energy_of(
    counter: Track | None,
    power: Track | None,
    span: Span,
    policy: GapPolicy = GapPolicy.LEAVE_OUT,
) -> Energy | None:
    """Return a device's energy; None when neither its counter nor its power was recorded.

    ``counter`` is in joules since the driver was loaded, ``power`` in watts. The counter counts
    when it covers at least as much of the run as the power does: a counter misses nothing between
    two readings, while power is a sample of a moment.
    """
    counted = from_counter(counter, span) if counter is not None else None
    summed = from_power(power, span, policy) if power is not None else None
    if counted is None or summed is None:
        return counted or summed
    # A few seconds at an end weigh less than what power misses between its samples.
    return counted if counted.covered_s >= 0.98 * summed.covered_s else summed


def from_counter(counter: Track, span: Span) -> Energy | None:
    """Return the energy a counter went up by; None with fewer than two readings in the run.

    Gaps do not matter to a counter. Where it fell it was reset, and stands for what was used since;
    a fall of a thousandth is a wobble of the reading and counts as nothing.
    """
    whole = clean(counter)
    part = edged(whole, span.start_s, span.end_s, usual_gap_s(whole))
    part = _no_line_over_a_reset(part, whole, span)
    values, times = part.values, part.times_s
    if len(values) < 2:
        return None
    steps, resets = [], 0
    for before, after in pairwise(values):
        if after >= before:
            steps.append(after - before)
        elif before - after > max(_JITTER_J, _JITTER_SHARE * before):
            resets += 1
            steps.append(after)
    covered_s = times[-1] - times[0]
    return Energy(math.fsum(steps), Source.COUNTER, covered_s, span.seconds, resets)


def _no_line_over_a_reset(part: Track, whole: Track, span: Span) -> Track:
    """Return the part without an end that was put on a line between two sides of a reset."""
    times, values = list(part.times_s), list(part.values)
    known = set(whole.times_s)
    if times and times[0] not in known and _falls_around(whole, span.start_s):
        del times[0], values[0]
    if times and times[-1] not in known and _falls_around(whole, span.end_s):
        del times[-1], values[-1]
    return Track(times, values)


def _falls_around(whole: Track, time_s: float) -> bool:
    place = bisect_left(whole.times_s, time_s)
    return 0 < place < len(whole.values) and whole.values[place] < whole.values[place - 1]


def from_power(power: Track, span: Span, policy: GapPolicy = GapPolicy.LEAVE_OUT) -> Energy | None:
    """Return power summed over time (trapezoids); None with fewer than two samples in the run.

    A pause between samples of more than 5 s and three usual spacings is a gap.
    """
    whole = clean(power)
    max_gap_s = math.inf if policy is GapPolicy.BRIDGE else usual_gap_s(whole)
    stretches = pieces(edged(whole, span.start_s, span.end_s, max_gap_s), max_gap_s)
    if not stretches:
        return None
    joules = math.fsum(each.seconds * (each.before + each.after) / 2 for each in stretches)
    covered_s = math.fsum(each.seconds for each in stretches)
    return Energy(joules, Source.POWER, covered_s, span.seconds, 0, policy)
