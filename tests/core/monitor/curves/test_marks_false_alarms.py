"""How often marks cry wolf on simulated curves that are healthy."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.monitor.curves.marks import diverged, overfit, plateau
from hwstudio.core.monitor.curves.trend import Points

FALLING = {
    "linear": lambda u: 2 - u,
    "exponential": lambda u: math.exp(-3 * u),
    "power": lambda u: (1 + 50 * u) ** -0.5,
    "logarithm": lambda u: 3 - math.log(1 + 20 * u) / 3,
}
FLAT = {"flat": lambda u: 1.0, "flat at the end": lambda u: max(2 - 4 * u, 1.0)}


def curve(shape, count, noise, seed, alike=0.0):
    draw, last, values = random.Random(seed), 0.0, []
    for n in range(count):
        last = alike * last + math.sqrt(1 - alike**2) * draw.gauss(0, noise)
        values.append(shape(n / (count - 1)) + last)
    return Points([float(n) for n in range(count)], values)


@pytest.mark.parametrize("name", FALLING)
@given(
    count=st.integers(60, 1200),
    noise=st.sampled_from([0.0, 0.01, 0.03, 0.1, 0.3]),
    alike=st.sampled_from([0.0, 0.5, 0.8]),
    seed=st.integers(0, 10**6),
)
@settings(max_examples=40, deadline=None)
def test_a_steadily_falling_loss_is_never_called_a_plateau(name, count, noise, alike, seed):
    assert plateau(curve(FALLING[name], count, noise, seed, alike)) is None


@pytest.mark.parametrize("name", [*FALLING, *FLAT])
@pytest.mark.parametrize(("count", "alike"), [(12, 0.0), (40, 0.0), (300, 0.0), (300, 0.8)])
def test_at_most_two_in_a_hundred_healthy_curves_are_called_over_fitting(name, count, alike):
    shape = {**FALLING, **FLAT}[name]
    runs = 50
    wrong = sum(overfit(curve(shape, count, 0.05, n, alike), None) is not None for n in range(runs))
    assert wrong <= 0.02 * runs


@pytest.mark.parametrize("name", [*FALLING, *FLAT])
@pytest.mark.parametrize(("count", "alike"), [(30, 0.0), (300, 0.0), (300, 0.8)])
def test_at_most_two_in_a_hundred_healthy_curves_are_called_diverging(name, count, alike):
    shape = {**FALLING, **FLAT}[name]
    runs = 50
    wrong = sum(diverged(curve(shape, count, 0.05, n, alike)) is not None for n in range(runs))
    assert wrong <= 0.02 * runs


def test_over_fitting_that_is_there_is_found_nearly_always():
    found = sum(
        overfit(curve(lambda u: 1 + 4 * (u - 0.5) ** 2, 60, 0.05, n), None) is not None
        for n in range(50)
    )
    assert found >= 48
