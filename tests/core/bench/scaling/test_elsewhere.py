"""Machines and a link that are not there: never better than the wire, nor than sending is here."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.bench.scaling.elsewhere import Sheet, forecasts, over
from hwstudio.core.bench.scaling.link import Link, Point
from tests.core.bench.scaling.test_forecast import inputs

HERE = Link(2, (Point(1e3, 0.001, 0.001, 1.5, 0.5), Point(1e6, 0.1, 0.1, 1.5, 0.5)))


def test_a_slow_wire_rules_and_the_processor_has_less_to_do_at_a_time():
    found = over(HERE, 2, 1e6, 0.0).points[1]  # 1 s on the wire, 0.1 s here
    assert found.rested_s == pytest.approx(1.0)
    assert found.slowed_share == pytest.approx(0.5 * 0.1 * 1.5 / 1.0)
    assert found.stretch == pytest.approx(1.05)


def test_a_fast_wire_does_not_make_sending_cheaper_than_it_is_here():
    assert over(HERE, 2, 1e12, 0.0).points[1].rested_s == pytest.approx(0.1)
    assert over(HERE, 4, 1e12, 0.0).points[1].rested_s == pytest.approx(0.15)


@settings(deadline=None, max_examples=30)
@given(st.floats(0.01, 400), st.floats(1, 50), st.floats(0, 1e4))
def test_a_faster_network_never_has_a_worse_forecast(gbit_s, more, latency_us):
    conditions = {"scaling_inputs": inputs()}
    slow, fast = (
        forecasts(conditions, Sheet(rate, latency_us, (4,)))[0].efficiency
        for rate in (gbit_s, gbit_s * more)
    )
    assert fast >= slow - 1e-9


def test_every_machine_keeps_all_of_its_speed_when_it_computes():
    found = forecasts({"scaling_inputs": inputs()}, Sheet(10.0, 50.0, (2, 8)))
    assert [each.nproc for each in found] == [2, 8]
    assert all(each.compute_share == pytest.approx(1.0) for each in found)


def test_an_unmeasured_machine_has_no_forecast():
    assert forecasts({}, Sheet(10.0, 50.0, (2,))) == []
    assert forecasts({"scaling_inputs": {"nproc": 2}}, Sheet(10.0, 50.0, (2,))) == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((0.0, 50.0, (2,)), "0 Gbit/s"),
        ((1.0, -1.0, (2,)), "-1 µs"),
        ((1.0, 1.0, ()), "numbers of machines"),
        ((1.0, 1.0, (1,)), "numbers of machines"),
        ((1.0, 1.0, (1000,)), "numbers of machines"),
    ],
)
def test_a_network_that_cannot_be_is_refused(values, words):
    with pytest.raises(UserError, match=words):
        Sheet(*values)
