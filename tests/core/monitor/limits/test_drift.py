"""Slow change over weeks, on made-up hours: alarms that must come, and alarms that must not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.limits.drift import drifts
from tests.core.monitor.limits.machines import Recorded

LIMITS = {"power_w": 400.0, "temperature_c": 92.0, "sm_clock_hz": 2e9}
GPU = Device("gpu.0", "GPU A", "gpu", LIMITS)
OTHER = Device("gpu.1", "GPU B", "gpu", LIMITS)
START_S = 1.7e9
FALSE_ALARM_RATE = 1e-3  # per judged day; the module's docstring promises it


def hours(seed, days, quantity="temperature_c", *, base=40.0, slope=50.0, noise=1.5, lag=0.8):
    """Hour rows of one GPU under changing work: a level that follows power, and noise."""
    chance = random.Random(seed)
    times, values, power, rest = [], [], [], 0.0
    for hour in range(days * 24):
        work = chance.choice((0.12, 0.5, 0.8, 0.95)) + chance.uniform(-0.05, 0.05)
        rest = lag * rest + chance.gauss(0, noise * (1 - lag * lag) ** 0.5)
        times.append(START_S + hour * 3600.0)
        values.append(base + slope * work + rest)
        power.append(work * 400.0)
    return Recorded(times, {f"gpu.0.{quantity}": values, "gpu.0.power_w": power})


def moved(window, sensor, by, day):
    column = window.columns[sensor]
    column[day * 24 :] = [value + by for value in column[day * 24 :]]
    return window


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    days=st.integers(11, 40),
    noise=st.floats(0.1, 2.0),
    lag=st.sampled_from([0.0, 0.5, 0.8]),
)
def test_stationary_hours_raise_no_alarm(seed, days, noise, lag):
    assert drifts(hours(seed, days, noise=noise, lag=lag), (GPU,)) == ()


def test_the_stated_false_alarm_rate_holds():
    judged = alarms = 0
    for seed in range(80):
        window = hours(seed, 40, noise=2.0)
        for days in range(12, 39, 2):
            judged += 1
            alarms += bool(drifts(window.cut(0, days * 24), (GPU,)))
    assert judged == 1120
    assert alarms <= FALSE_ALARM_RATE * judged


@pytest.mark.parametrize("seed", range(8))
def test_six_degrees_more_at_equal_power_are_named_within_days(seed):
    window = moved(hours(seed, 34), "gpu.0.temperature_c", 6.0, 30)
    (found,) = drifts(window, (GPU,))
    assert (found.device, found.quantity) == ("gpu.0", "temperature_c")
    assert found.shift == pytest.approx(6.0, abs=2.0)
    assert abs(found.since_s - (START_S + 30 * 86400)) <= 2 * 86400
    assert "warmer" in found.sentence


def test_a_slow_rise_is_found_against_the_first_days():
    window = hours(3, 60)
    column = window.columns["gpu.0.temperature_c"]
    column[:] = [value + 8.0 * n / len(column) for n, value in enumerate(column)]
    assert [found.quantity for found in drifts(window, (GPU,))] == ["temperature_c"]


@given(seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_harder_work_is_no_drift(seed):
    """From day 20 on only the heaviest jobs run: hotter, but not at equal power."""
    light, window = hours(seed, 20), hours(seed + 1, 32)
    kept = [n for n in range(len(window.times_s)) if window.columns["gpu.0.power_w"][n] > 360]
    for name, column in window.columns.items():
        heavy = [column[n] for n in kept]
        column[: 20 * 24] = light.columns[name]
        column[20 * 24 :] = [heavy[n % len(heavy)] for n in range(12 * 24)]
    assert drifts(window, (GPU,)) == ()


def test_rest_is_not_judged():
    window = hours(1, 30)
    window.columns["gpu.0.power_w"] = [40.0] * len(window.times_s)
    assert drifts(moved(window, "gpu.0.temperature_c", 20.0, 20), (GPU,)) == ()


def test_gaps_are_not_numbers():
    window = moved(hours(1, 34), "gpu.0.temperature_c", 6.0, 30)
    for n in range(0, len(window.times_s), 3):
        window.columns["gpu.0.temperature_c"][n] = float("nan")
    assert len(drifts(window, (GPU,))) == 1


@pytest.mark.parametrize(
    ("quantity", "base", "slope", "noise", "by"),
    [("fan_share", 0.3, 0.4, 0.03, 0.2), ("sm_clock_hz", 1.9e9, -1e8, 2e7, -2e8)],
)
def test_faster_fans_and_lower_clocks_are_named(quantity, base, slope, noise, by):
    window = hours(5, 34, quantity, base=base, slope=slope, noise=noise)
    assert drifts(window, (GPU,)) == ()
    (found,) = drifts(moved(window, f"gpu.0.{quantity}", by, 30), (GPU,))
    assert found.quantity == quantity


def test_close_to_the_cards_own_limit_it_is_a_warning():
    window = moved(hours(1, 34, base=42.0), "gpu.0.temperature_c", 8.0, 30)
    assert drifts(window, (GPU,))[0].kind == "warn"
    window = moved(hours(1, 34, base=20.0), "gpu.0.temperature_c", 8.0, 30)
    assert drifts(window, (GPU,))[0].kind == "info"


def test_all_cards_warmer_is_the_air():
    window = moved(hours(1, 34), "gpu.0.temperature_c", 6.0, 30)
    second = moved(hours(2, 34), "gpu.0.temperature_c", 7.0, 30)
    for name, column in second.columns.items():
        window.columns[name.replace("gpu.0", "gpu.1")] = column
    (found,) = drifts(window, (GPU, OTHER))
    assert found.device == ""
    assert "All 2 GPUs" in found.sentence
    assert "room" in found.advice


def test_a_processor_that_gets_warmer_at_equal_load_is_named():
    window = hours(4, 34)
    device = Device("temperature.cpu", "Processor", "temperature")
    window.columns["cpu.busy_share"] = [w / 400 for w in window.columns["gpu.0.power_w"]]
    window.columns["temperature.cpu.celsius_c"] = list(window.columns["gpu.0.temperature_c"])
    assert drifts(window, (device,)) == ()
    moved(window, "temperature.cpu.celsius_c", 7.0, 30)
    assert [found.device for found in drifts(window, (device,))] == ["temperature.cpu"]


def counter(values):
    return Recorded(
        [START_S + n * 3600.0 for n in range(len(values))],
        {"gpu.0.ecc_uncorrected_errors_count": list(values)},
    )


def test_one_error_that_could_not_be_corrected_is_an_error():
    (found,) = drifts(counter([3.0] * 700 + [4.0] * 20), (GPU,))
    assert (found.kind, found.shift) == ("error", 1.0)
    assert found.since_s == START_S + 700 * 3600.0


def test_an_old_error_is_not_news():
    assert drifts(counter([0.0] * 10 + [1.0] * 700), (GPU,)) == ()


def test_a_counter_that_begins_anew_after_a_restart_is_no_growth():
    assert drifts(counter([5.0] * 700 + [0.0] * 20), (GPU,)) == ()


def corrected(seed, per_hour, more=1.0):
    chance, total, counts = random.Random(seed), 0, []
    for hour in range(35 * 24):
        rate = per_hour * (more if hour >= 28 * 24 else 1.0)
        total += sum(chance.random() < rate / 60 for _ in range(60))
        counts.append(float(total))
    times = [START_S + n * 3600.0 for n in range(len(counts))]
    return Recorded(times, {"gpu.0.ecc_corrected_errors_count": counts})


@given(seed=st.integers(0, 10**6), per_hour=st.sampled_from([0.0, 0.01, 0.1, 1.0]))
@settings(max_examples=20, deadline=None)
def test_a_steady_trickle_of_corrected_errors_is_usual(seed, per_hour):
    assert drifts(corrected(seed, per_hour), (GPU,)) == ()


def test_corrected_errors_that_multiply_are_a_warning():
    (found,) = drifts(corrected(1, 0.1, more=5.0), (GPU,))
    assert (found.kind, found.quantity) == ("warn", "ecc_corrected_errors_count")


def test_a_few_days_say_nothing():
    assert drifts(moved(hours(1, 9), "gpu.0.temperature_c", 20.0, 6), (GPU,)) == ()
