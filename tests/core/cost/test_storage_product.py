"""Storage products and egress price lists of the catalogue, each billed as its provider does."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.egress_place import egress_places
from hwstudio.core.cost.storage_product import Wanted, product_bill, storage_products


def products(catalog):
    return {f"{one.provider} {one.name}": one for one in storage_products(catalog.table("storage_price"))}  # fmt: skip # noqa: E501


def places(catalog):
    return egress_places(catalog.table("egress"))


def total(catalog, name, **wanted):
    return product_bill(products(catalog)[name], Wanted(**wanted)).bill.total


@pytest.mark.parametrize(
    ("name", "wanted", "expected"),
    [
        ("aws EBS gp3", {"size_gb": 1000}, "80"),  # per GB-month: not 0.08
        ("aws EBS gp3", {"size_gb": 500, "iops": 4000, "throughput_mb_s": 225}, "49"),
        ("aws EFS Standard", {"size_gb": 100}, "30"),
        ("gcp Local SSD", {"size_gb": 375}, "30"),  # a month, not an hour
        ("gcp Local SSD", {"size_gb": 376}, "60"),  # the next unit of 375 GB
        ("azure Premium SSD", {"size_gb": 32}, "5.28"),
        ("azure Premium SSD", {"size_gb": 33}, "19.712"),  # the next size step, whole
        ("azure Premium SSD", {"size_gb": 20, "iops": 400}, "19.712"),  # only that is as fast
        ("azure Ultra Disk", {"size_gb": 100, "iops": 100, "throughput_mb_s": 10}, "20.431"),
    ],
)
def test_a_volume_costs_what_its_provider_bills(catalog, name, wanted, expected):
    assert total(catalog, name, **wanted) == Decimal(expected)


def test_what_is_included_per_gb_grows_with_the_volume(catalog):
    gp2 = products(catalog)["aws EBS gp2"]
    assert product_bill(gp2, Wanted(size_gb=100)).included_iops == 300
    assert product_bill(gp2, Wanted(size_gb=100_000)).included_iops == 16_000  # its limit


@pytest.mark.parametrize(
    ("name", "wanted", "words"),
    [
        ("aws EBS io1", {"size_gb": 100, "iops": 64_001}, "goes up to 64,000 IOPS"),
        ("azure Premium SSD", {"size_gb": 129}, "above 128 GiB has no price"),
        ("aws S3 Standard", {"size_gb": 100, "iops": 1}, "not in the catalogue"),
        ("aws EBS gp2", {"size_gb": 100, "iops": 301}, "price per extra IOPS is missing"),
        ("aws EBS gp3", {"size_gb": -1}, "cannot be negative"),
    ],
)
def test_what_has_no_known_price_is_refused_and_never_free(catalog, name, wanted, words):
    with pytest.raises(UserError, match=words):
        total(catalog, name, **wanted)


@given(
    number=st.integers(0, 40),
    size=st.integers(0, 120),
    more=st.integers(0, 5000),
    hours=st.integers(0, 730),
)
def test_a_larger_or_longer_kept_volume_never_costs_less(catalog, number, size, more, hours):
    every = list(products(catalog).values())
    one = every[number % len(every)]
    most = 128 if one.name == "Premium SSD" else 1024
    large = min(size + more, most)
    small = product_bill(one, Wanted(size_gb=size, hours=hours)).bill.total
    assert small <= product_bill(one, Wanted(size_gb=large, hours=hours)).bill.total
    assert small <= product_bill(one, Wanted(size_gb=size)).bill.total


def top_price(place):
    return max((Decimal(str(tier.price_per_gb)) for tier in place.tiers), default=Decimal(0))


def test_every_egress_edge_of_every_provider_is_continuous(catalog):
    assert len(places(catalog)) >= 9
    for place in places(catalog):
        for edge in (*place.edges_gb, Decimal(10_240)):
            if place.most_gb is not None and edge + 1 > place.most_gb:
                continue
            before, at, after = (place.bill(edge + step).total for step in (-1, 0, 1))
            assert 0 <= at - before <= top_price(place), (place.name, edge)
            assert 0 <= after - at <= top_price(place), (place.name, edge)


@given(number=st.integers(0, 40), gb=st.floats(0, 4e5), more=st.floats(0, 1e5))
def test_more_gb_never_cost_less_at_any_provider(catalog, number, gb, more):
    place = places(catalog)[number % len(places(catalog))]
    if place.most_gb is not None:
        gb, more = min(gb, float(place.most_gb)), 0
    low, high = place.bill(gb).total, place.bill(gb + more).total
    assert low <= high <= low + top_price(place) * Decimal(str(more)) + Decimal("0.001")


def test_a_bill_is_cumulative_over_the_month_and_not_per_job(catalog):
    aws = next(place for place in places(catalog) if place.provider == "aws")
    assert aws.bill(200).total == Decimal("9.00")  # 100 GB of the month are free, once
    assert aws.bill(100).total * 2 == 0


def test_beyond_the_end_of_a_price_list_there_is_no_bill(catalog):
    place = next(one for one in places(catalog) if one.most_gb is not None)
    with pytest.raises(UserError, match="end too early"):
        place.bill(place.most_gb + 1)
