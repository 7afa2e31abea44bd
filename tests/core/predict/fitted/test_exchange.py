"""Ranges hold for devices that they were not made from, not only for other rows of the same."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

FILE = Path(__file__).resolve().parents[4] / "benchmarks" / "predict" / "exchange.py"
SPEC = importlib.util.spec_from_file_location("exchange", FILE)
exchange = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(exchange)
NOTHING = (np.array([]), np.array([]), np.array([]))


def steps_of(off, support):
    return [[0.0, float(np.quantile(off, 0.9))]]


def factor(spread, devices=24, rows=40):
    """Return the stretch where devices differ so much, and by how much rows of one do."""
    rng = np.random.default_rng(0)
    units = np.repeat(np.arange(devices), rows)
    off = abs(rng.normal(0, spread, devices)[units] + rng.normal(0, 0.1, len(units)))
    ratio = exchange.ratios(off, np.ones(len(off)), units, steps_of, 20)
    return exchange.stretch((ratio, exchange.weights_of(units), units), NOTHING)


def test_rows_that_are_off_each_by_themselves_need_no_more():
    assert factor(0.0) == pytest.approx(1.0, abs=0.05)


def test_devices_that_are_off_as_a_whole_need_more_and_never_without_end():
    assert 1.02 < factor(0.4, devices=12) <= exchange.MOST
    assert factor(5.0, devices=2) <= exchange.MOST


def test_a_range_that_is_wide_already_is_stretched_no_further():
    assert exchange.stretched(0.2, 1.3) == pytest.approx(0.26)
    assert exchange.stretched(4.0, 1.5) == 4.0
    assert exchange.stretched(1.0, 1.5) == pytest.approx(np.log(3), abs=1e-3)
