"""What a curve shows besides its numbers: NaN, divergence, spikes, a plateau, over-fitting.

Each mark has a definition that can be checked, written at its function. All err on the side of
saying nothing: on simulated curves that fall or stay flat at most 2 in 100 get a false mark
(``tests/core/monitor/curves/test_marks_false_alarms.py``). With fewer than 50 points whose
neighbours are much alike (r = 0.8), a rise by chance cannot be told from a real one: up to 15 in
100 of flat curves are then called over-fitting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from hwstudio.core.monitor.curves.role import Role
from hwstudio.core.monitor.curves.series import Series
from hwstudio.core.monitor.curves.trend import (
    Points,
    blocks,
    mean,
    points_of,
    scatter,
    slope,
)


class MarkKind(StrEnum):
    """What was noticed; the words are shown to people."""

    NOT_A_NUMBER = "not a number"
    DIVERGED = "diverged"
    SPIKE = "spike"
    PLATEAU = "plateau"
    OVERFIT = "over-fitting"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to show at ``step`` of a curve, with a sentence that says why."""

    kind: MarkKind
    step: float
    value: float
    sentence: str


_PLATEAU_LEAST = 60  # points
_PLATEAU_BLOCKS = 10
_T_8 = 2.306  # Student's t, 95 % two-sided, 10 blocks less the two numbers of a line
_PLATEAU_SHARE = 0.02
_FLAT_SHARE = 0.002
_OVERFIT_LEAST = 8
_DIVERGE_LEAST = 20
_SPIKE_POINTS = 2000
_SPIKE_WINDOW = 25
_SPIKE_SIGMAS = 10.0
_SPIKES_MOST = 20


def marks_of(series: Series, training_loss: Series | None = None) -> tuple[Mark, ...]:
    """Return a curve's marks by step, according to its role.

    ``training_loss`` belongs to a validation loss: over-fitting is worded by what it does.
    """
    found = [not_a_number(series)]
    if series.role.is_loss:
        points = points_of(series)
        over = None
        if series.role is Role.VALIDATION_LOSS:
            over = overfit(points, points_of(training_loss) if training_loss else None)
        found += [*spikes(series), over or diverged(points) or plateau(points)]
    elif series.role.is_accuracy:
        found.append(plateau(points_of(series)))
    return tuple(sorted((mark for mark in found if mark), key=lambda mark: mark.step))


def not_a_number(series: Series) -> Mark | None:
    """Mark the first value that is NaN or infinite, at once.

    Never a false alarm: it is what the training wrote.
    """
    if series.first_bad < 0:
        return None
    step, value = series.steps[series.first_bad], series.values[series.first_bad]
    word = "NaN" if math.isnan(value) else "infinite"
    return Mark(
        MarkKind.NOT_A_NUMBER, step, value, f"{series.name} became {word} at step {_step(step)}"
    )


def plateau(points: Points) -> Mark | None:
    """Mark where a curve stopped improving.

    Over the last third of the points (at least 30 of 60), a line through ten block means must
    be shown, at 95 %, to rise and fall by less than 2 % of the whole improvement so far, and
    must not fall (or rise) significantly at all. So "too noisy to tell" is not a plateau, and
    neither is a slow but steady fall. The mark stands where the flat stretch begins.
    """
    count = len(points)
    if count < _PLATEAU_LEAST:
        return None
    width = max(count // 3, _PLATEAU_LEAST // 2)
    start_level = median(points.values[: max(3, count // 20)])
    window = points.values[-width:]
    level = mean(window)
    tolerance = max(_PLATEAU_SHARE * abs(start_level - level), _FLAT_SHARE * abs(level))
    means = blocks(window, _PLATEAU_BLOCKS)
    line = slope(means)
    across, error = line.rise * (_PLATEAU_BLOCKS - 1), line.error * (_PLATEAU_BLOCKS - 1)
    if abs(across) + _T_8 * error >= tolerance or (error and abs(across) > _T_8 * error):
        return None
    step = points.steps[_flat_since(points, width, level, tolerance + 2 * error)]
    return Mark(
        MarkKind.PLATEAU, step, level, f"No change worth speaking of since about step {_step(step)}"
    )


def _flat_since(points: Points, width: int, level: float, reach: float) -> int:
    """Return the place where the flat stretch begins, found block by block backwards."""
    size = max(width // _PLATEAU_BLOCKS, 1)
    start = len(points) - width
    while start >= size and abs(mean(points.values[start - size : start]) - level) <= reach:
        start -= size
    return start


def overfit(points: Points, training: Points | None) -> Mark | None:
    """Mark the lowest point of a validation loss that has been rising since.

    The curve is averaged over a tenth of its points (at least 3). The mean of the last such
    stretch must lie above the lowest one by 4 standard errors and by 2 % of the whole fall, and
    the points since then (eight means of them, where there are many) must rise with a slope of
    3.5 standard errors.
    """
    count = len(points)
    if count < _OVERFIT_LEAST:
        return None
    width = max(3, count // 10) | 1
    half = width // 2
    smooth = [mean(points.values[at - half : at + half + 1]) for at in range(half, count - half)]
    place = min(range(len(smooth)), key=smooth.__getitem__)
    lowest, at = smooth[place], place + half
    since = points.values[at:]
    if len(since) < max(5, width + 1):
        return None
    error = scatter(points.values).of_mean(width)
    rise = mean(points.values[-width:]) - lowest
    fall = max(smooth[0] - lowest, 0.0)
    line = slope(blocks(since, 8) if len(since) >= 16 else since)
    if rise < max(4 * math.sqrt(2) * error, 0.02 * fall, 0.002 * abs(lowest)):
        return None
    if line.rise <= 3.5 * line.error:
        return None
    step = points.steps[at]
    sentence = f"Lowest at step {_step(step)}; it has been rising since{_beside(training, step)}"
    return Mark(MarkKind.OVERFIT, step, points.values[at], sentence)


def _beside(training: Points | None, step: float) -> str:
    """Return what the training loss did meanwhile: falling on is what over-fitting means."""
    if training is None or not training.values:
        return ""
    later = [value for at, value in zip(training.steps, training.values, strict=True) if at > step]
    before = [v for at, v in zip(training.steps, training.values, strict=True) if at <= step]
    if len(later) < 3 or len(before) < 3:
        return ""
    reach = max(3, len(later) // 3)
    falls = mean(later[-reach:]) < mean(before[-reach:])
    if falls:
        return " while the training loss went on falling: the model learns its examples by heart"
    return "; the training loss rises as well, so look at the learning rate first"


def diverged(points: Points) -> Mark | None:
    """Mark where a loss began to climb back.

    The mean of the last twentieth of the points (at least 5) must lie at least half-way back from
    the best such stretch to where the curve began, and 5 times the scatter of single values
    above that best.
    """
    count = len(points)
    if count < _DIVERGE_LEAST:
        return None
    width = max(5, count // 20)
    parts = max(count // width, 2)
    means = blocks(points.values, parts)
    best = min(range(parts), key=means.__getitem__)
    start, last = means[0], mean(points.values[-width:])
    sigma = scatter(points.values).sigma
    back = last - means[best]
    if best == parts - 1 or back < 0.5 * (start - means[best]) or back <= 5 * sigma:
        return None
    if back < 0.02 * abs(means[best]):
        return None
    at = min(round((best + 1) * count / parts), count - 1)
    step = points.steps[at]
    sentence = f"Climbing back since about step {_step(step)}: the training is diverging"
    return Mark(MarkKind.DIVERGED, step, points.values[at], sentence)


def spikes(series: Series) -> list[Mark]:
    """Mark single high values among the newest 2,000, at most 20.

    A spike stands 10 robust standard deviations and half its height above the median of the 25
    values before it, and of the 5 values after it most lie back under half of that.
    """
    start = max(len(series) - _SPIKE_POINTS, series.restarts[-1] if series.restarts else 0)
    values = series.values[start:]
    found: list[Mark] = []
    if len(values) <= _SPIKE_WINDOW + 5:
        return found
    # Only what stands far above the curve as a whole is worth the closer look.
    for at in range(_SPIKE_WINDOW, len(values) - 5):
        value = values[at]
        if not math.isfinite(value) or value <= values[at - 1]:
            continue
        before = [each for each in values[at - _SPIKE_WINDOW : at] if math.isfinite(each)]
        if len(before) < _SPIKE_WINDOW // 2 or not _stands_out(value, before):
            continue
        middle = median(before)
        after = [each for each in values[at + 1 : at + 6] if math.isfinite(each)]
        if len(after) >= 3 and median(after) < middle + (value - middle) / 2:
            step = series.steps[start + at]
            found.append(Mark(MarkKind.SPIKE, step, value, f"A spike at step {_step(step)}"))
    return sorted(found, key=lambda mark: mark.value)[-_SPIKES_MOST:]


def _stands_out(value: float, before: list[float]) -> bool:
    if value <= max(before):
        return False
    middle = median(before)
    sigma = 1.4826 * median(abs(each - middle) for each in before)
    return value - middle > max(_SPIKE_SIGMAS * sigma, 0.5 * abs(middle), 1e-12)


def _step(step: float) -> str:
    return f"{step:,.0f}" if step == int(step) else f"{step:,.2f}"
