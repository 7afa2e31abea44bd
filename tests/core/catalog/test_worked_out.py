"""Latency, bandwidth and price by size follow from the part's own facts (E6, E17, R92, R94)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.catalog.worked_out import worked_out
from hwstudio.core.model.price import Price, PriceKind


def facts(part):
    return {fact.name: fact for fact in worked_out(part)}


@pytest.mark.parametrize(
    ("speed", "cas", "latency"), [(3200, 16, 10.0), (4800, 40, 16.7), (6000, 36, 12.0)]
)
def test_first_word_latency_is_cas_times_2000_over_speed(catalog, speed, cas, latency):
    kit = replace(catalog.rams()[0], speed_mts=speed, cas=float(cas))
    assert facts(kit)["first_word_latency_ns"].value == latency


def test_two_channels_of_ddr5_5600_give_89_6_gb_a_second(catalog):
    kit = replace(catalog.rams()[0], speed_mts=5600)
    assert facts(kit)["two_channel_bytes_per_s"].value == 89.6e9


def test_an_unknown_cas_gives_no_latency(catalog):
    kit = replace(catalog.rams()[0], cas=None)
    assert "first_word_latency_ns" not in facts(kit)


def test_price_by_size_has_currency_formula_and_the_prices_date(catalog):
    amount = Decimal(200)
    price = Price(amount, amount, amount, "EUR", PriceKind.OWN, "2026-11-01", "me")
    drive = replace(catalog.storages()[0], capacity_bytes=2 * 10**12, price=price)
    fact = facts(drive)["price_per_tb"]
    assert (fact.value, fact.unit, fact.as_of) == (100.0, "EUR per TB", "2026-11-01")
    assert "price (own) / 2 TB" in fact.source
    assert facts(replace(drive, price=None)) == {}


def test_they_stand_among_the_cells_of_a_part(catalog):
    names = {fact.name for fact in catalog.cells(catalog.rams()[0].id)}
    assert "two_channel_bytes_per_s" in names
