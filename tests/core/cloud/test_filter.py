"""Finding offers: by model, memory, place, price and age."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.cloud.filter import OfferFilter, filter_offers, per_accelerator
from hwstudio.core.cloud.retired import retirement
from hwstudio.core.model.offer import Offer

TODAY = date(2026, 11, 21)
GIB = 2**30
BASE = Offer(
    id=1,
    provider="aws",
    instance="p5.48xlarge",
    region="us-east-1",
    accelerator="H100",
    variant="SXM",
    accelerator_count=8,
    accelerator_memory_bytes=80 * GIB,
    vcpus=192,
    memory_bytes=2048 * GIB,
    price_per_hour=Decimal("55.04"),
    spot_per_hour=Decimal("26.42"),
    spot_kind="listed",
    price_1y_per_hour=None,
    price_3y_per_hour=None,
    interruption_band="",
    offer_type="on-demand",
    gpu_id="gpu-h100-sxm",
    currency="USD",
    source="test",
    as_of="2026-10-20",
    notes="",
)


def offer(number, **values):
    return replace(BASE, id=number, **values)


def found(wish, *offers):
    return [one.id for one in filter_offers(offers, wish, TODAY)]


NAMES = ("A10", "A100", "A10G", "RTX 4070", "RTX 4070 Ti", "RTX 4070 Ti SUPER", "L4", "L40S")


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_not_mistaken_for_its_neighbours(name):
    offers = [offer(n, accelerator=one, variant="PCIe") for n, one in enumerate(NAMES)]
    hits = found(OfferFilter(accelerator=name.lower()), *offers)
    assert hits == [NAMES.index(name)]


@pytest.mark.parametrize("text", ["4090", "rtx4090", "RTX 4090", "rtx-4090", "4090 pcie"])
def test_a_model_is_found_however_it_is_typed(text):
    assert found(
        OfferFilter(accelerator=text), offer(1, accelerator="RTX 4090", variant="PCIe")
    ) == [1]


def test_offers_come_cheapest_gpu_hour_first_and_unpriced_last():
    eight = offer(1)  # 6.88 a GPU
    one = offer(2, accelerator_count=1, price_per_hour=Decimal("7"))
    unknown = offer(3, price_per_hour=None, spot_per_hour=None)
    assert found(OfferFilter(), unknown, one, eight) == [1, 2, 3]
    assert per_accelerator(eight) == Decimal("6.88")
    assert per_accelerator(unknown) is None


def test_an_unknown_price_is_never_under_a_limit():
    unknown = offer(1, price_per_hour=None)
    assert found(OfferFilter(max_price=Decimal(100)), unknown) == []
    assert found(OfferFilter(max_price=Decimal(100), is_spot=True), unknown) == [1]


def test_a_spot_search_judges_the_spot_price():
    wish = OfferFilter(is_spot=True, max_price=Decimal(30))
    assert found(wish, offer(1), offer(2, spot_per_hour=None)) == [1]


def test_count_memory_place_and_provider_narrow():
    offers = (
        offer(1),
        offer(2, accelerator_count=4, region="eu-west-1"),
        offer(3, accelerator_memory_bytes=None, provider="gcp"),
    )
    assert found(OfferFilter(count=8), *offers) == [1, 3]
    assert found(OfferFilter(min_count=5), *offers) == [1, 3]
    assert found(OfferFilter(min_vram_bytes=80 * GIB), *offers) == [1, 2]
    assert found(OfferFilter(region="EU-"), *offers) == [2]
    assert found(OfferFilter(provider="GCP"), *offers) == [3]


def test_old_and_undated_prices_can_be_left_out():
    offers = (offer(1), offer(2, as_of="2025-03-07"), offer(3, as_of=""))
    assert found(OfferFilter(max_age_days=90), *offers) == [1]
    assert found(OfferFilter(), *offers) == [1, 2, 3]


def test_a_retired_shape_is_hidden_until_asked_for():
    gone = offer(1, provider="azure", instance="Standard_NC24rs_v3")
    kept = offer(2, provider="azure", instance="Standard_NC4as_T4_v3")
    assert found(OfferFilter(), gone, kept) == [2]
    assert found(OfferFilter(with_retired=True), gone, kept) == [1, 2]
    assert "2025-09-30" in retirement(gone)


@given(
    low=st.decimals(0, 100, places=2),
    more=st.decimals(0, 100, places=2),
    prices=st.lists(st.decimals(0, 200, places=2), max_size=12),
)
def test_a_higher_limit_never_loses_an_offer(low, more, prices):
    offers = [offer(n, price_per_hour=price) for n, price in enumerate(prices)]
    few = set(found(OfferFilter(max_price=low), *offers))
    assert few <= set(found(OfferFilter(max_price=low + more), *offers))


def test_the_bundled_offers_have_positive_prices_and_dates(catalog):
    offers = filter_offers(catalog.offers(), OfferFilter(with_retired=True), TODAY)
    assert len(offers) == len(catalog.offers()) > 1000
    for one in offers:
        prices = [one.price_per_hour, one.spot_per_hour]
        assert any(price is not None for price in prices)
        assert all(price is None or price > 0 for price in prices)
        assert one.as_of[:2] == "20"
