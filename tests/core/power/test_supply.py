"""Efficiency, market sizes and mains."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.power.mains import read_mains
from hwstudio.core.power.supply import efficiency, is_atx3, market_size


@pytest.mark.parametrize(
    ("label", "share", "volts", "expected"),
    [
        ("Gold", 0.5, 120, 0.90),
        ("Gold", 1.0, 120, 0.87),
        ("Gold", 0.75, 120, 0.885),
        ("Platinum", 0.5, 230, 0.94),
        ("Bronze", 5.0, 120, 0.82),
        (None, 0.5, 120, 0.90),
        ("never heard of", 0.5, 120, 0.90),
    ],
)
def test_certified_points_and_the_line_between_them(label, share, volts, expected):
    assert efficiency(label, share, volts) == pytest.approx(expected)


@given(st.floats(0, 3), st.sampled_from(["Bronze", "Gold", "Titanium"]))
def test_efficiency_stays_between_its_certified_points(share, label):
    assert 0.75 <= efficiency(label, share, 120) <= 0.96


@given(st.floats(1, 20_000))
def test_a_market_size_is_never_too_small_nor_twice_too_large(watts):
    total, units = market_size(watts)
    assert total >= watts
    assert total <= max(300, 2 * watts)
    assert total / units <= 2000


def test_market_sizes_are_what_shops_sell():
    assert market_size(709) == (750.0, 1)
    assert market_size(2001) == (2 * 1050.0, 2)


@pytest.mark.parametrize(
    ("text", "answer"),
    [("3.1", True), ("ATX 3.0", True), ("2.4", False), ("2.x", False), ("", None), ("?", None)],
)
def test_atx_versions(text, answer):
    assert is_atx3(text) is answer
    assert is_atx3(None) is None


@pytest.mark.parametrize(
    ("text", "watts"),
    [
        ("120V15A", 1440),
        ("120V20A", 1920),
        ("100V15A", 1200),
        ("230V16A", 2944),
        ("230 v 10 a", 1840),
    ],
)
def test_circuits_carry_80_percent_for_hours(text, watts):
    assert read_mains(text).continuous_w == pytest.approx(watts)


def test_a_circuit_of_unknown_amperes_has_no_limit():
    assert read_mains("230V").continuous_w is None


@pytest.mark.parametrize("text", ["", "lots", "15A", "0V15A", "120V0A", "1e9V15A", "120V-15A"])
def test_no_mains_in_the_world(text):
    with pytest.raises(UserError):
        read_mains(text)
