"""One sensor's recorded numbers over a run: cut to its time, weighted by how long each held."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_LEAST_GAP_S = 5.0
_GAP_FACTOR = 3.0


@dataclass(frozen=True, slots=True)
class Track:
    """Numbers of one sensor by time (Unix seconds, rising); a NaN is "nothing was read"."""

    times_s: Sequence[float]
    values: Sequence[float]

    def __post_init__(self) -> None:
        if len(self.times_s) != len(self.values):
            raise ValueError("as many times as values are needed")


def clean(track: Track) -> Track:
    """Return the track without what was not read, sorted by time, a repeated time once."""
    pairs = [
        (time_s, value)
        for time_s, value in zip(track.times_s, track.values, strict=True)
        if math.isfinite(time_s) and math.isfinite(value)
    ]
    if any(b[0] <= a[0] for a, b in pairwise(pairs)):
        pairs = sorted(dict(pairs).items())
    return Track(array("d", [t for t, _ in pairs]), array("d", [v for _, v in pairs]))


def usual_gap_s(track: Track) -> float:
    """Return the longest pause between two samples that is no gap: 5 s, or 3 usual spacings."""
    times = track.times_s
    spans = [b - a for a, b in pairwise(times)]
    return max(_LEAST_GAP_S, _GAP_FACTOR * median(spans)) if spans else _LEAST_GAP_S


def inside(track: Track, start_s: float, end_s: float) -> Track:
    """Return the samples from ``start_s`` to ``end_s``, both included; the track must be clean."""
    first = bisect_left(track.times_s, start_s)
    last = bisect_right(track.times_s, end_s)
    return Track(track.times_s[first:last], track.values[first:last])


def at(track: Track, time_s: float, max_gap_s: float) -> float | None:
    """Return the value at a moment on the line between its two neighbours; None across a gap."""
    place = bisect_left(track.times_s, time_s)
    if place < len(track.times_s) and track.times_s[place] == time_s:
        return track.values[place]
    if place in (0, len(track.times_s)):
        return None
    before_s, after_s = track.times_s[place - 1], track.times_s[place]
    if after_s - before_s > max_gap_s:
        return None
    share = (time_s - before_s) / (after_s - before_s)
    before, after = track.values[place - 1], track.values[place]
    return before + (after - before) * share


def edged(track: Track, start_s: float, end_s: float, max_gap_s: float) -> Track:
    """Return the samples of a span with values put at its very ends where they can be known."""
    part = inside(track, start_s, end_s)
    times, values = array("d", part.times_s), array("d", part.values)
    first, last = at(track, start_s, max_gap_s), at(track, end_s, max_gap_s)
    if first is not None and (not times or times[0] > start_s):
        times.insert(0, start_s)
        values.insert(0, first)
    if last is not None and times and times[-1] < end_s:
        times.append(end_s)
        values.append(last)
    return Track(times, values)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch between two neighbouring samples that lie close enough together."""

    seconds: float
    before: float
    after: float


def pieces(track: Track, max_gap_s: float) -> list[Piece]:
    """Return the stretches of a clean track without its gaps."""
    times, values = track.times_s, track.values
    return [
        Piece(times[n + 1] - times[n], values[n], values[n + 1])
        for n in range(len(times) - 1)
        if times[n + 1] - times[n] <= max_gap_s
    ]


def time_mean(stretches: Sequence[Piece]) -> float | None:
    """Return the mean over time; None without a stretch."""
    seconds = math.fsum(each.seconds for each in stretches)
    if not seconds:
        return None
    return math.fsum(each.seconds * (each.before + each.after) / 2 for each in stretches) / seconds


def time_quantile(stretches: Sequence[Piece], share: float) -> float | None:
    """Return the value that was not exceeded for ``share`` of the time; None without a stretch.

    Each sample stands for half of the stretches beside it.
    """
    weights: list[tuple[float, float]] = []
    for each in stretches:
        weights += ((each.before, each.seconds / 2), (each.after, each.seconds / 2))
    weights.sort()
    whole, passed = math.fsum(weight for _, weight in weights), 0.0
    for value, weight in weights:
        passed += weight
        if passed >= share * whole - 1e-9 * whole:
            return value
    return None
