"""The energy of one device over a run: from its counter where it has one, else from its power."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from hwstudio.core.monitor.runs.counter_check import Doubt, doubt_of, most_w_of
from hwstudio.core.monitor.runs.track import (
    Track,
    clean,
    edged,
    inside,
    pieces,
    usual_gap_s,
)

_JITTER_J = 1.0
_JITTER_SHARE = 0.001
_MANY = 0.1  # of a counter's steps: if so many are leaps, it is no counter
_WHOLE = 0.9  # a stretch counts in the comparison when the counter covers so much of it


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
    ``leaps``: steps of the counter larger than the device can draw; they are left out.
    ``doubt``: counter and power were both there and are far apart.
    """

    joules: float
    source: Source
    covered_s: float
    span_s: float
    resets: int = 0
    policy: GapPolicy = GapPolicy.LEAVE_OUT
    leaps: int = 0
    doubt: Doubt | None = None

    @property
    def covered_share(self) -> float:
        """Return which part of the run's time is in it, 0..1."""
        return min(self.covered_s / self.span_s, 1.0) if self.span_s else 0.0

    @property
    def is_lower_bound(self) -> bool:
        """Say whether some of the run's energy is certainly missing."""
        return bool(self.resets or self.leaps) or self.covered_share < 0.99


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
    limit: Track | None = None,
) -> Energy | None:
    """Return a device's energy; None when neither its counter nor its power was recorded.

    ``counter`` is in joules since the driver was loaded, ``power`` and its ``limit`` in watts. The
    counter counts when it covers at least as much of the run as the power does: a counter misses
    nothing between two readings, while power is a sample of a moment. Where the two are far apart
    over the same seconds, the one that can be right is taken, and the doubt is told.
    """
    most_w = most_w_of(power, limit, span.start_s, span.end_s)
    counted = from_counter(counter, span, most_w) if counter is not None else None
    summed = from_power(power, span, policy) if power is not None else None
    if counted is None or summed is None or counter is None or power is None:
        return counted or summed
    doubt = _doubt(counter, power, span, most_w)
    if doubt is not None and doubt.takes_power:
        return replace(summed, doubt=doubt)
    # A few seconds at an end weigh less than what power misses between its samples.
    taken = counted if counted.covered_s >= 0.98 * summed.covered_s else summed
    return replace(taken, doubt=doubt)


def from_counter(counter: Track, span: Span, most_w: float = math.inf) -> Energy | None:
    """Return the energy a counter went up by; None with fewer than two readings in the run.

    Gaps do not matter to a counter. Where it fell it was reset, and stands for what was used since;
    a fall of a thousandth is a wobble of the reading and counts as nothing. A step of more than
    ``most_w`` allow is no energy: it is left out and counted, one that stands for a reset too.
    """
    whole = clean(counter)
    return _grown(whole, usual_gap_s(whole), span, most_w)


def _grown(whole: Track, gap_s: float, span: Span, most_w: float = math.inf) -> Energy | None:
    """Return what ``from_counter`` does, of a clean track and its longest pause that is no gap."""
    part = edged(whole, span.start_s, span.end_s, gap_s)
    part = _no_line_over_a_reset(part, whole, span)
    values, times = part.values, part.times_s
    if len(values) < 2:
        return None
    late_s = gap_s / 3  # a reading may be so much older than its place says
    steps, resets, leaps = [], 0, 0
    for (from_s, before), (to_s, after) in pairwise(zip(times, values, strict=True)):
        is_reset = before - after > max(_JITTER_J, _JITTER_SHARE * before)
        grown = after if is_reset else max(after - before, 0.0)
        if grown > most_w * (to_s - from_s + late_s) + _JITTER_J:
            leaps += 1
            continue
        resets += is_reset
        steps.append(grown)
    covered_s = times[-1] - times[0]
    return Energy(math.fsum(steps), Source.COUNTER, covered_s, span.seconds, resets, leaps=leaps)


def _doubt(counter: Track, power: Track, span: Span, most_w: float) -> Doubt | None:
    """Return how far counter and power are apart over the seconds that both cover.

    A few leaps are left out here as in the energy; a counter that only leaps is no counter, and
    what it says is told whole.
    """
    known, counter = clean(power), clean(counter)
    power_gap_s, gap_s = usual_gap_s(known), usual_gap_s(counter)
    counted_j, summed_j, seconds, lowest_w = 0.0, 0.0, 0.0, math.inf
    for stretch in _stretches(known, span, power_gap_s):
        summed = _summed(known, power_gap_s, stretch)
        counted = _grown(counter, gap_s, stretch, most_w)
        if summed is None or counted is None or counted.covered_s < _WHOLE * stretch.seconds:
            continue
        readings = len(inside(counter, stretch.start_s, stretch.end_s).times_s)
        if counted.leaps > _MANY * readings:
            counted = _grown(counter, gap_s, stretch) or counted
        counted_j, summed_j = counted_j + counted.joules, summed_j + summed.joules
        seconds += stretch.seconds
        lowest_w = min(lowest_w, *inside(known, stretch.start_s, stretch.end_s).values)
    if not seconds:
        return None
    return doubt_of(counted_j, summed_j, seconds, most_w=most_w, lowest_w=lowest_w)


def _stretches(power: Track, span: Span, max_gap_s: float) -> list[Span]:
    """Return the stretches of a clean track that have no gap."""
    times = inside(power, span.start_s, span.end_s).times_s
    ends = [n for n in range(1, len(times)) if times[n] - times[n - 1] > max_gap_s]
    cuts = pairwise([0, *ends, len(times)])
    return [Span(times[a], times[b - 1]) for a, b in cuts if b - a > 1]


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
    found = _summed(whole, max_gap_s, span)
    return None if found is None else replace(found, policy=policy)


def _summed(whole: Track, max_gap_s: float, span: Span) -> Energy | None:
    """Return what ``from_power`` does, of a clean track."""
    stretches = pieces(edged(whole, span.start_s, span.end_s, max_gap_s), max_gap_s)
    if not stretches:
        return None
    joules = math.fsum(each.seconds * (each.before + each.after) / 2 for each in stretches)
    covered_s = math.fsum(each.seconds for each in stretches)
    return Energy(joules, Source.POWER, covered_s, span.seconds)
