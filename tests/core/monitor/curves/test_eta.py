"""The time left: right within its interval, deaf to one long pause, honest about not knowing."""

from __future__ import annotations

import math
import random

import pytest

from hwstudio.core.monitor.curves.eta import eta, pace_of, rounded, throughput
from hwstudio.core.monitor.curves.series import Clock, Series


def logged(gaps, steps_each=10, clock=Clock.UNIX):
    """A log with a point every ``steps_each`` steps, ``gaps`` seconds apart."""
    made, now_s = Series("loss", clock), 1000.0
    for place, gap_s in enumerate([0.0, *gaps]):
        now_s += gap_s
        made.append(float(place * steps_each), now_s, 1.0)
    return made


def test_a_steady_run_has_an_exact_answer():
    found = eta(logged([5.0] * 50), 1000)
    assert found.left_s == pytest.approx(250)
    assert found.low_s == found.high_s == pytest.approx(250)
    assert found.sentence == "about 4 min"


def test_the_sentence_has_the_time_and_its_interval():
    draw = random.Random(0)
    found = eta(logged([10 * draw.uniform(0.6, 1.4) for _ in range(200)], 1), 1000)
    assert found.sentence.startswith("about 2 h 15 min (")
    assert " to " in found.sentence


def test_one_long_pause_changes_nothing():
    gaps = [5.0] * 50
    gaps[30] = 8 * 3600.0
    assert eta(logged(gaps), 1000).left_s == pytest.approx(250)


def test_pauses_that_come_again_and_again_are_counted_in():
    gaps = [60.0 if n % 10 == 9 else 5.0 for n in range(100)]
    found = eta(logged(gaps), 2000)
    assert found.left_s == pytest.approx(100 * (5 + 5.5), rel=0.05)


@pytest.mark.parametrize("alike", [0.0, 0.7])
def test_the_interval_holds_in_nine_of_ten_runs(alike):
    held, runs = 0, 200
    for seed in range(runs):
        draw, last, gaps = random.Random(seed), 0.0, []
        for _ in range(300):
            last = alike * last + draw.gauss(0, 0.2)
            gaps.append(5.0 * math.exp(last))
        found = eta(logged(gaps[:150], 1), 300)
        held += found.low_s <= sum(gaps[150:]) <= found.high_s
    assert held >= 0.9 * runs


def test_only_the_newest_part_counts_after_the_pace_changed():
    assert eta(logged([50.0] * 1000 + [5.0] * 600), 17_000).left_s == pytest.approx(500)


def test_the_time_since_the_last_point_is_taken_off():
    series = logged([5.0] * 50)
    last_s = series.times[-1]
    assert eta(series, 1000, last_s + 20).left_s == pytest.approx(230)


@pytest.mark.parametrize("total", [None, 0, -5, math.nan, math.inf])
def test_without_a_total_it_is_refused(total):
    found = eta(logged([5.0] * 50), total)
    assert found.left_s is None
    assert "how many steps" in found.sentence


def test_without_points_or_times_or_with_too_few_it_is_refused():
    assert "nothing is logged" in eta(Series("a"), 100).sentence
    without = Series("a")
    for step in range(50):
        without.append(float(step), math.nan, 1.0)
    assert "no times" in eta(without, 100).sentence
    assert "at least 6 points" in eta(logged([5.0] * 3), 1000).sentence
    assert "at least 6 points" in eta(logged([0.0] * 30), 1000).sentence


def test_a_log_that_went_quiet_is_not_believed():
    series = logged([5.0] * 50)
    found = eta(series, 1000, series.times[-1] + 7200)
    assert found.left_s is None
    assert "nothing new for 2 h" in found.sentence
    assert eta(logged([5.0] * 50, clock=Clock.ELAPSED), 1000, 1e9).left_s is not None


def test_a_run_at_its_end_is_finished():
    assert eta(logged([5.0] * 50), 500).sentence == "finished"
    assert eta(logged([5.0] * 50), 400).left_s == 0


def test_a_run_that_counts_from_nought_is_finished_once_it_is_quiet():
    series = logged([5.0] * 99, 1)  # steps 0 to 99 of 100
    assert eta(series, 100, series.times[-1] + 4).sentence == "a few seconds"
    assert eta(series, 100, series.times[-1] + 20).sentence == "finished"
    assert eta(series, 200, series.times[-1] + 20).left_s > 400


def test_a_restart_begins_the_pace_anew():
    series = logged([100.0] * 50)
    for n in range(50):
        series.append(float(n * 10), series.times[-1] + 5.0, 1.0)
    assert eta(series, 990).left_s == pytest.approx(250)


def test_points_of_one_step_are_one_moment():
    series = Series("loss", Clock.UNIX)
    for n in range(40):
        series.append(float(n // 2), 1000.0 + n // 2 * 4.0, 1.0)
    assert pace_of(series).s_per_step == pytest.approx(4)


def test_throughput_is_worded_by_its_size():
    assert throughput(logged([5.0] * 50)) == "2.0 steps/s"
    assert throughput(logged([50.0] * 50)) == "5.0 s a step"
    assert throughput(Series("a")) == ""


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, 0), (7.4, 7), (93, 90), (312, 300), (3590, 3600), (7900, 7800)]
)
def test_times_are_rounded_to_what_can_be_known(seconds, shown):
    assert rounded(seconds) == shown
