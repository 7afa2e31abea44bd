"""Ways to rent: sound choices, and bills that follow the hours."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.cost.options import (
    MARKET,
    ON_DEMAND,
    ONE_YEAR,
    SPOT,
    Rental,
    Work,
    best_rentals,
    job_cost,
    job_hours,
    month_cost,
    ratio_band,
    rented_hours,
)
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.prediction import Evidence, Prediction

OFFER = Offer(
    id=1,
    provider="a",
    instance="x",
    region="r",
    accelerator="H100",
    variant="",
    accelerator_count=1,
    accelerator_memory_bytes=80 * 2**30,
    vcpus=None,
    memory_bytes=None,
    price_per_hour=Decimal(2),
    spot_per_hour=Decimal(1),
    spot_kind="listed",
    price_1y_per_hour=Decimal("1.2"),
    price_3y_per_hour=None,
    interruption_band="",
    offer_type="on-demand",
    gpu_id="gpu-h100",
    currency="USD",
    source="test",
    as_of="2026-10-20",
    notes="",
)


def speed(median, low=0.8, high=1.25):
    return Prediction(
        median=median,
        low=median * low,
        high=median * high,
        unit="images/s",
        evidence=Evidence.ESTIMATED,
        formula="",
    )


WORK = Work(100, 3_600_000, speed(10))


def rental(kind=ON_DEMAND, price="2", fast=20.0):
    return Rental(kind, OFFER, Decimal(price), speed(fast))


def test_a_twice_as_fast_rental_is_billed_half_the_hours():
    assert rented_hours(rental(), WORK) == 50
    assert month_cost(rental(), WORK) == 100
    assert job_hours(rental().speed, WORK) == 50
    assert job_cost(rental(), WORK) == 100


def test_a_commitment_bills_every_hour_and_a_job_bears_its_share():
    plan = rental(ONE_YEAR, "1.2")
    assert month_cost(plan, WORK) == Decimal("876.0")
    assert job_cost(plan, WORK) == Decimal("876.0")  # one job fills the month's used hours


def test_interruptions_make_spot_take_longer_but_never_less_than_the_work():
    spot = rental(SPOT, "1")
    assert rented_hours(spot, WORK) > rented_hours(rental(), WORK)
    assert month_cost(spot, WORK) >= Decimal("50")


@given(hours=st.floats(0, 700), more=st.floats(0, 700), price=st.decimals("0.01", 100, places=2))
def test_a_month_never_gets_cheaper_with_hours_or_price(hours, more, price):
    for kind in (ON_DEMAND, SPOT, ONE_YEAR):
        base = month_cost(rental(kind, str(price)), replace(WORK, hours_per_month=hours))
        longer = month_cost(rental(kind, str(price)), replace(WORK, hours_per_month=hours + more))
        dearer = month_cost(rental(kind, str(price + 1)), replace(WORK, hours_per_month=hours))
        assert longer >= base
        assert dearer >= base


def test_the_single_cheapest_provider_is_not_taken_as_the_market():
    offers = [
        replace(OFFER, id=n, provider=name, price_per_hour=Decimal(price))
        for n, (name, price) in enumerate([("a", "0.10"), ("b", "2.00"), ("c", "2.20")])
    ]
    first = best_rentals(offers, lambda _: speed(20), WORK)[0]
    assert first.kind == ON_DEMAND
    assert first.offer.provider == "b"
    assert first.note == "middle of 3 providers of H100 80 GB: 2.00 USD per GPU hour (0.10 to 2.20)"


def rated(prices, **fields):
    return [
        replace(OFFER, id=n, provider=f"p{n}", price_per_hour=Decimal(price), **fields)
        for n, price in enumerate(prices)
    ]


def test_of_an_even_number_of_providers_the_dearer_middle_one_is_taken_and_said():
    first = best_rentals(rated(("1", "2", "3", "9")), lambda _: speed(20), WORK)[0]
    assert first.price_per_hour == 3
    assert "3.00 USD per GPU hour, the dearer of the two in the middle (1.00 to 9.00)" in first.note


@given(st.lists(st.decimals("0.01", 100, places=2), min_size=1, max_size=9))
def test_half_the_providers_ask_no_more_and_half_no_less_than_the_middle(prices):
    first = best_rentals(rated(prices), lambda _: speed(20), WORK)[0]
    middle = first.price_per_gpu_hour
    assert sum(price <= middle for price in prices) * 2 >= len(prices)
    assert sum(price >= middle for price in prices) * 2 >= len(prices)


def test_the_middle_is_by_gpu_hour_however_many_gpus_a_shape_has():
    eight = replace(OFFER, id=9, provider="p9", accelerator_count=8, price_per_hour=Decimal(20))
    offers = [*rated(("1", "4")), eight]
    first = best_rentals(offers, lambda o: speed(10 * o.accelerator_count**0.5), WORK)[0]
    assert first.offer.id == 9  # 2.50 a GPU hour lies between 1 and 4


def test_cards_of_two_memory_sizes_or_variants_are_not_one_market():
    small = {"accelerator": "A100", "gpu_id": None, "accelerator_memory_bytes": 40 * 2**30}
    large = {**small, "accelerator_memory_bytes": 80 * 2**30}
    offers = [
        *rated(("5", "6", "7"), **large),
        *(replace(offer, id=offer.id + 10) for offer in rated(("1", "2", "3"), **small)),
    ]
    first = best_rentals(offers, lambda _: speed(20), WORK)[0]
    assert first.note == "middle of 3 providers of A100 40 GB: 2.00 USD per GPU hour (1.00 to 3.00)"
    variants = [replace(offer, variant="SXM" if offer.id < 10 else "PCIe") for offer in offers]
    assert "A100 PCIe 40 GB" in best_rentals(variants, lambda _: speed(20), WORK)[0].note


def test_a_marketplace_needs_three_hosts():
    hosts = [
        replace(OFFER, id=n, provider=f"p{n}", offer_type="marketplace", price_per_hour=Decimal(n))
        for n in (1, 2, 3)
    ]
    kinds = [found.kind for found in best_rentals(hosts, lambda _: speed(20), WORK)]
    assert MARKET in kinds
    assert ON_DEMAND not in kinds
    kinds = [found.kind for found in best_rentals(hosts[:2], lambda _: speed(20), WORK)]
    assert MARKET not in kinds


def test_shapes_of_unknown_speed_are_left_out():
    nothing = replace(speed(1), median=None, low=None, high=None, refused="unknown")
    assert best_rentals([OFFER], lambda _: nothing, WORK) == ()


def test_the_ratio_keeps_the_doubt_of_both_speeds_unless_it_is_the_same_gpu():
    band = ratio_band(speed(20), speed(10))
    assert band.typical == 2
    assert band.low < 2 * 0.8
    assert band.high > 2 * 1.25
    same = ratio_band(speed(10), speed(10), is_same=True)
    assert same.low == pytest.approx(0.95)
    assert ratio_band(speed(10), replace(speed(1), median=None)) is None
