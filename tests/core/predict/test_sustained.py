"""The rate a card keeps up, between its data sheet and its chip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.predict.sustained import (
    Rates,
    Sustain,
    family_of,
    full_rate,
    power_share,
    sustained_rate,
)

TYPICAL = {"Ampere": 0.5e12}
GEFORCE = Rates("half", 71e12, 71e12, 35.5e12, 350.0)
WORKSTATION = Rates("half", 142e12, 142e12, 35.5e12, 350.0)


def sustain(unhalved=0.6, thrift=0.0):
    return Sustain(unhalved=unhalved, thrift=thrift, flop_per_joule=TYPICAL)


def test_both_kinds_of_one_chip_have_the_same_full_rate():
    assert full_rate(GEFORCE, "Ampere") == full_rate(WORKSTATION, "Ampere") == 142e12


@given(unhalved=st.floats(0, 1))
def test_a_halved_card_lies_between_its_stated_and_its_full_rate(unhalved):
    rate = sustained_rate(GEFORCE, "Ampere", sustain(unhalved))
    assert 71e12 * (1 - 1e-9) <= rate <= 142e12 * (1 + 1e-9)
    assert sustained_rate(WORKSTATION, "Ampere", sustain(unhalved)) == pytest.approx(142e12)


@given(watts=st.floats(30, 600), thrift=st.floats(0, 1))
def test_power_only_ever_lowers_the_rate_and_more_watts_never_do(watts, thrift):
    few = Rates("half", 142e12, 142e12, 35.5e12, watts)
    more = Rates("half", 142e12, 142e12, 35.5e12, watts + 50)
    fitted = sustain(thrift=thrift)
    assert power_share(few, "Ampere", fitted) <= power_share(more, "Ampere", fitted) <= 1
    assert power_share(few, "unheard of", fitted) == 1


def test_with_all_of_scarce_power_felt_the_watts_decide():
    few = Rates("half", 142e12, 142e12, 35.5e12, 142.0)
    assert sustained_rate(few, "Ampere", sustain(thrift=1.0)) == pytest.approx(71e12)


def test_an_a100_is_another_family_than_a_card_with_the_same_architecture_name():
    assert family_of("Ampere", 312e12, 19.5e12) == "Ampere HBM"
    assert family_of("Ampere", 155e12, 38.7e12) == "Ampere"
    assert family_of("Turing", 65e12, 8e12) == "Turing"
