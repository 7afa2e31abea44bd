"""More wishes about offers: sizes, terms, interruptions; every wish only ever narrows."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.band import BANDS, band_at_most
from hwstudio.core.cloud.filter import OfferFilter, filter_offers, listed_price

TODAY = date(2026, 11, 21)
GIB = 2**30

wishes = st.builds(
    OfferFilter,
    accelerator=st.sampled_from(["", "H100", "A100", "RTX 4090", "T4"]),
    count=st.sampled_from([None, 1.0, 8.0]),
    min_count=st.sampled_from([None, 2.0, 8.0]),
    min_vram_bytes=st.sampled_from([None, 24 * GIB, 80 * GIB]),
    provider=st.sampled_from(["", "aws", "gcp", "vast"]),
    region=st.sampled_from(["", "us", "eu"]),
    max_price=st.none() | st.decimals(0, 60, places=2),
    is_spot=st.booleans(),
    min_vcpus=st.none() | st.floats(0, 200),
    min_memory_bytes=st.sampled_from([None, 64 * GIB, 1024 * GIB]),
    max_band=st.sampled_from(["", *BANDS]),
    has_commitment=st.booleans(),
    offer_type=st.sampled_from(["", "on-demand", "marketplace"]),
)


def ids(catalog, wish):
    return {offer.id for offer in filter_offers(catalog.offers(), wish, TODAY)}


@given(wish=wishes, name=st.sampled_from([field.name for field in fields(OfferFilter)]))
def test_taking_one_wish_away_never_loses_an_offer(catalog, wish, name):
    loose = replace(wish, **{name: getattr(OfferFilter(), name)})
    if name == "with_retired":
        wish, loose = replace(wish, with_retired=False), replace(wish, with_retired=True)
    if name == "is_spot":  # another price counts then, so a limit means something else
        wish, loose = replace(wish, max_price=None), replace(loose, max_price=None)
    assert ids(catalog, wish) <= ids(catalog, loose)


@given(wish=wishes, low=st.decimals(0, 60, places=2), high=st.decimals(0, 60, places=2))
def test_a_lower_limit_never_adds_an_offer(catalog, wish, low, high):
    low, high = sorted((low, high))
    cheap = ids(catalog, replace(wish, max_price=low))
    assert cheap <= ids(catalog, replace(wish, max_price=high))


def test_an_interruption_limit_leaves_only_offers_whose_band_is_known(catalog):
    found = filter_offers(catalog.offers(), OfferFilter(max_band="5-10%"), TODAY)
    assert {offer.interruption_band for offer in found} == {"<5%", "5-10%"}


def test_a_commitment_wish_finds_prices_by_the_year_only(catalog):
    found = filter_offers(catalog.offers(), OfferFilter(has_commitment=True), TODAY)
    assert found
    assert all(one.price_1y_per_hour or one.price_3y_per_hour for one in found)


def test_without_an_on_demand_price_the_shortest_commitment_is_held_against_the_limit(catalog):
    offer = replace(
        catalog.offers()[0],
        price_per_hour=None,
        price_1m_per_hour=Decimal("1.50"),
        price_1y_per_hour=Decimal("1.20"),
    )
    assert listed_price(offer) == Decimal("1.50")
    wish = OfferFilter(max_price=Decimal("1.50"), with_retired=True)
    assert filter_offers((offer,), wish, TODAY) == (offer,)
    assert filter_offers((offer,), replace(wish, max_price=Decimal("1.49")), TODAY) == ()


@pytest.mark.parametrize(
    ("typed", "band"),
    [("<5%", "<5%"), ("5", "<5%"), ("5-10%", "5-10%"), ("10", "5-10%"), ("10 %", "5-10%"),
     ("20", "15-20%"), (">20%", ">20%"), (" 15-20 ", "15-20%")],
)  # fmt: skip
def test_a_band_may_be_typed_as_published_or_as_its_upper_end(typed, band):
    assert band_at_most(typed) == band


@pytest.mark.parametrize("typed", ["", "lots", "7", "-5", "5-15%"])
def test_what_is_no_band_is_refused_with_the_choices(typed):
    with pytest.raises(UserError, match="no interruption band") as refused:
        band_at_most(typed)
    assert "5-10%" in refused.value.sentence
