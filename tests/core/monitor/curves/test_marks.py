"""Marks say what they are defined to say, at the right place, in words."""

from __future__ import annotations

import math
import random

import pytest

from hwstudio.core.monitor.curves.marks import MarkKind, marks_of
from hwstudio.core.monitor.curves.series import Series
from hwstudio.core.monitor.curves.trend import points_of, scatter


def series_of(values, name="loss", first=0):
    made = Series(name)
    for place, value in enumerate(values):
        made.append(float(first + place), math.nan, value)
    return made


def kinds(series, training=None):
    return [mark.kind for mark in marks_of(series, training)]


def falling(count, noise=0.0, seed=0):
    draw = random.Random(seed)
    return [2 * math.exp(-3 * n / count) + draw.gauss(0, noise) for n in range(count)]


@pytest.mark.parametrize(("value", "word"), [(math.nan, "NaN"), (math.inf, "infinite")])
def test_nan_and_infinity_are_marked_at_once_and_where_they_began(value, word):
    (mark,) = marks_of(series_of([3.0, 2.0, value, value], first=10))
    assert mark.kind is MarkKind.NOT_A_NUMBER
    assert mark.step == 12
    assert word in mark.sentence


def test_nan_in_any_curve_is_marked():
    assert kinds(series_of([1.0, math.nan], name="grad_norm")) == [MarkKind.NOT_A_NUMBER]


@pytest.mark.parametrize("lowest", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("count", [40, 200, 2000])
@pytest.mark.parametrize("seed", range(4))
def test_a_u_shaped_validation_loss_is_marked_at_its_lowest_point(lowest, count, seed):
    draw = random.Random(seed)
    values = [1 + 4 * (n / count - lowest) ** 2 + draw.gauss(0, 0.01) for n in range(count)]
    (mark,) = [m for m in marks_of(series_of(values, "val_loss")) if m.kind is MarkKind.OVERFIT]
    assert abs(mark.step / count - lowest) <= 0.1


def test_without_noise_the_lowest_point_is_met_within_a_step():
    values = [1 + (n / 100 - 0.6) ** 2 for n in range(100)]
    (mark,) = marks_of(series_of(values, "val_loss"))
    assert mark.kind is MarkKind.OVERFIT
    assert abs(mark.step - 60) <= 1


def test_over_fitting_is_worded_by_what_the_training_loss_does():
    values = [1 + 4 * (n / 100 - 0.5) ** 2 for n in range(100)]
    val = series_of(values, "val_loss")
    (learns,) = marks_of(val, series_of(falling(100)))
    assert "by heart" in learns.sentence
    (both,) = marks_of(val, series_of(values))
    assert "learning rate" in both.sentence
    (alone,) = marks_of(val)
    assert alone.sentence.endswith("rising since")


def test_a_training_loss_is_never_called_over_fitting():
    values = [1 + 4 * (n / 100 - 0.5) ** 2 for n in range(100)]
    assert MarkKind.OVERFIT not in kinds(series_of(values, "loss"))


def test_a_loss_that_climbs_back_is_diverging_from_where_it_turned():
    values = [*falling(200, 0.02), *(0.1 + n * 0.02 for n in range(100))]
    marks = [m for m in marks_of(series_of(values)) if m.kind is MarkKind.DIVERGED]
    assert len(marks) == 1
    assert abs(marks[0].step - 200) <= 30


def test_a_curve_that_went_flat_is_a_plateau_from_about_there():
    draw = random.Random(3)
    values = [max(2 - n / 100, 1.0) + draw.gauss(0, 0.004) for n in range(400)]
    (mark,) = marks_of(series_of(values))
    assert mark.kind is MarkKind.PLATEAU
    assert 90 <= mark.step <= 160
    assert mark.value == pytest.approx(1.0, abs=0.01)


def test_an_accuracy_that_stopped_rising_is_a_plateau_too():
    values = [min(n / 100, 0.9) for n in range(300)]
    assert kinds(series_of(values, "val_acc")) == [MarkKind.PLATEAU]


def test_a_single_high_value_is_a_spike_and_a_step_up_is_none():
    values = falling(300, 0.01)
    values[150] += 5
    (mark,) = [m for m in marks_of(series_of(values)) if m.kind is MarkKind.SPIKE]
    assert mark.step == 150
    stepped = [1.0 + 0.01 * math.sin(n) + (5 if n >= 150 else 0) for n in range(300)]
    assert MarkKind.SPIKE not in kinds(series_of(stepped))


def test_a_spike_is_not_called_before_it_is_over():
    values = [*falling(100, 0.01), 9.0]
    assert MarkKind.SPIKE not in kinds(series_of(values))


def test_only_what_came_after_the_last_restart_is_judged():
    made = Series("loss")
    for value in (0.1,) * 100:
        made.append(float(len(made)), math.nan, value)
    for step, value in enumerate(falling(100)):
        made.append(float(step), math.nan, value)
    assert kinds(made) == []


def test_a_few_points_are_too_few_for_any_judgement():
    assert kinds(series_of([3, 2, 1, 2, 3], "val_loss")) == []
    assert kinds(series_of([], "val_loss")) == []
    assert kinds(series_of([1.0] * 30)) == []


def test_a_million_points_are_judged_by_their_means():
    made = Series("loss")
    count = 300_000
    values = [math.exp(-3 * n / count) for n in range(count)]
    made.extend([float(n) for n in range(count)], [math.nan] * count, values)
    assert len(points_of(made)) <= 4096
    assert kinds(made) == []


def test_scatter_sees_how_alike_neighbours_are():
    draw = random.Random(1)
    white = [draw.gauss(0, 1) for _ in range(4000)]
    alike, last = [], 0.0
    for _ in range(4000):
        last = 0.8 * last + 0.6 * draw.gauss(0, 1)
        alike.append(last)
    assert scatter(white).sigma == pytest.approx(1, abs=0.1)
    assert scatter(white).likeness < 0.1
    assert scatter(alike).sigma == pytest.approx(1, abs=0.15)
    assert scatter(alike).likeness == pytest.approx(0.8, abs=0.1)


def test_scatter_does_not_count_a_bend():
    assert scatter([(n / 100) ** 2 for n in range(100)]).sigma < 0.02
