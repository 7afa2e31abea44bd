"""Crowded markets: the median of reliable hosts, never the single lowest."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hwstudio.core.cloud.market import is_crowd, market_prices
from hwstudio.core.model.offer import Offer


def host(number, price, notes="", **values):
    base = Offer(
        id=number,
        provider="vast",
        instance=f"host-{number}",
        region="unspecified",
        accelerator="RTX 4090",
        variant="PCIe",
        accelerator_count=1,
        accelerator_memory_bytes=24 * 2**30,
        vcpus=None,
        memory_bytes=None,
        price_per_hour=Decimal(price),
        spot_per_hour=None,
        spot_kind="",
        price_1y_per_hour=None,
        price_3y_per_hour=None,
        interruption_band="",
        offer_type="marketplace",
        gpu_id="gpu-4090",
        currency="USD",
        source="test",
        as_of="2026-10-20",
        notes=notes,
    )
    return replace(base, **values)


def test_the_median_counts_and_a_lone_bargain_does_not():
    (price,) = market_prices([host(1, "0.02"), host(2, "0.40"), host(3, "0.44")])
    assert price.median == Decimal("0.40")
    assert (price.low, price.high, price.hosts) == (Decimal("0.02"), Decimal("0.44"), 3)
    assert price.middle.id == 2
    assert not price.is_thin


def test_a_host_that_is_often_down_does_not_count():
    hosts = [host(1, "0.10", "host reliability 0.644"), host(2, "0.30", "host reliability 0.990")]
    (price,) = market_prices(hosts)
    assert price.median == Decimal("0.30")
    assert price.is_thin


def test_firm_offers_are_no_market():
    firm = host(1, "1", offer_type="on-demand")
    assert not is_crowd(firm)
    assert market_prices([firm]) == ()


def test_a_source_that_only_says_marketplace_in_a_note_is_a_market():
    assert is_crowd(host(1, "1", "Marketplace min price", offer_type="on-demand"))


def test_prices_are_compared_per_accelerator():
    (price,) = market_prices([host(1, "4", accelerator_count=8)])
    assert price.median == Decimal("0.5")
