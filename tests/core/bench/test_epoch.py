"""One pass over a data set, reckoned from the speed that was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.bench.epoch import epoch_line, epoch_times
from hwstudio.core.model.result import Metric
from tests.data.probe_results import product, step


def trained(low: float, median: float, high: float, **params):
    metric = Metric("pictures", "samples/s", median, low, high, 20)
    return replace(step(), metrics=(metric,), params=params)


def test_that_an_epoch_is_the_usual_data_set_over_the_speed_with_its_interval():
    (epoch,) = epoch_times(trained(50.0, 100.0, 200.0))
    assert (epoch.data_set, epoch.items) == ("ImageNet-1k", 1_281_167)
    assert (epoch.low_s, epoch.median_s, epoch.high_s) == pytest.approx(
        (6405.835, 12811.67, 25623.34)
    )
    assert epoch.fastest_s is None  # no samples at hand: nothing is said of single steps
    assert "3 h 34 min (1 h 47 min to 7 h 7 min)" in epoch_line(epoch)


def test_that_a_chosen_size_goes_before_the_usual_one_and_counts_its_own_unit():
    (epoch,) = epoch_times(trained(10.0, 10.0, 10.0, epoch_samples=1000, epoch_tokens=5))
    assert (epoch.items, epoch.median_s) == (1000, 100.0)


def test_that_only_undisturbed_steps_say_how_long_it_takes_at_best_and_at_worst():
    run = replace(
        trained(9.0, 10.0, 11.0, epoch_samples=100),
        samples={"pictures": [8.0, 10.0, 12.5, 1.0]},
        conditions={"series": {"pictures": {"clean": [1, 1, 1, 0]}}},
    )
    (epoch,) = epoch_times(run)
    assert (epoch.fastest_s, epoch.slowest_s) == (8.0, 12.5)


def test_that_a_network_without_a_usual_data_set_has_an_epoch_only_when_one_is_chosen():
    rate = Metric("together_rate", "samples/s", 50.0, 50.0, 50.0, 9)
    run = replace(step(), bench="ddp", metrics=(rate,), params={"nproc": 2})
    assert epoch_times(run) == ()
    (epoch,) = epoch_times(replace(run, params={"epoch_samples": 500}))
    assert epoch.median_s == 10.0


def test_that_what_trains_nothing_has_no_epoch():
    assert epoch_times(product()) == ()
