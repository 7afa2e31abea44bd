"""Row sanity: what cannot be a price is left out, with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.cloud.refresh.days import Days
from hwstudio.core.cloud.refresh.judge import LEAST_EACH, MOST_EACH, Judge
from hwstudio.core.cloud.refresh.names import Names, tpu_chips
from hwstudio.core.cloud.refresh.row import RawOffer, key_of

TODAY = date(2026, 11, 28)
RAW = RawOffer(
    row="1",
    provider="aws",
    instance="p4d.24xlarge",
    region="us-east-1",
    accelerator="A100",
    count="8",
    memory_gb="40",
    price="21.96",
    spot="9.10",
    price_1y="15",
    price_3y="10",
    as_of="2026-11-20",
)
KNOWN = ("A100", "H100", "RTX 4090", "RTX A6000", "TPU v5e", "RTX PRO 6000", "Radeon Pro V520")


def judged(raw, known=None, days=None):
    judge = Judge("test", "2026-11-28T10:00:00Z", days or Days(TODAY), Names(KNOWN), known or {})
    judge.take(raw)
    return judge.offers(), [each.why for each in judge.rejected]


def test_a_sound_row_is_taken_as_it_stands():
    (offer,), rejected = judged(RAW)
    assert rejected == []
    assert (offer.price, offer.spot) == (Decimal("21.96"), Decimal("9.1"))
    assert (offer.price_1y, offer.price_3y) == (Decimal(15), Decimal(10))
    assert offer.memory_bytes == 40 * 2**30


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"price": "700.0"}, "stands for unknown"),
        ({"price": "-1"}, "negative"),
        ({"price": "nan"}, "nan"),
        ({"price": "inf"}, "inf"),
        ({"price": "", "spot": ""}, "no price"),
        ({"price": "0", "spot": ""}, "is 0"),
        ({"price": "12,5"}, "no number"),
        ({"price": "21.96 USD"}, "no number"),
        ({"price": "5000"}, "outside"),
        ({"price": "0.01", "spot": "", "price_1y": "", "price_3y": ""}, "outside"),
        ({"count": "0"}, "number of accelerators"),
        ({"count": ""}, "number of accelerators"),
        ({"accelerator": " "}, "names no accelerator"),
        ({"provider": ""}, "names no provider"),
        ({"instance": "x" * 200}, "cannot be read"),
        ({"instance": "a\x1bb"}, "cannot be read"),
        ({"price": "1e400"}, "digits"),
    ],
)
def test_a_row_that_cannot_be_is_rejected(values, why):
    offers, rejected = judged(replace(RAW, **values))
    assert offers == ()
    assert why in rejected[-1]


@pytest.mark.parametrize(
    ("values", "lost"),
    [
        ({"spot": "30"}, {"spot"}),
        ({"spot": "nan"}, {"spot"}),
        ({"spot": "-2"}, {"spot"}),
        ({"price_3y": "16"}, {"price_1y", "price_3y"}),
        ({"price_1y": "30"}, {"price_1y"}),
        ({"price_3y": "700"}, {"price_3y"}),
    ],
)
def test_a_side_price_that_cannot_be_is_left_out_alone(values, lost):
    (offer,), rejected = judged(replace(RAW, **values))
    assert {n for n in ("spot", "price_1y", "price_3y") if getattr(offer, n) is None} == lost
    assert offer.price == Decimal("21.96")
    assert rejected


def test_memory_of_0_is_unknown_not_0():
    (offer,), rejected = judged(replace(RAW, memory_gb="0"))
    assert offer.memory_bytes is None
    assert rejected == []


def test_a_price_ten_times_off_the_known_one_is_not_believed():
    known = {key_of("aws", "p4d.24xlarge", "us-east-1"): Decimal("250")}
    offers, rejected = judged(RAW, known)
    assert offers == ()
    assert "times off" in rejected[0]


def test_the_rows_on_demand_and_spot_of_one_machine_become_one_offer():
    judge = Judge("test", "", Days(TODAY), Names(KNOWN), {})
    judge.take(replace(RAW, spot="", row="1"))
    judge.take(replace(RAW, price="", spot="8", price_1y="", price_3y="", row="2"))
    judge.take(replace(RAW, price="", spot="7", price_1y="", price_3y="", row="3"))
    judge.take(replace(RAW, price="22.5", spot="", price_1y="", price_3y="", row="4"))
    (offer,) = judge.offers()
    assert (offer.price, offer.spot) == (Decimal("21.96"), Decimal(7))
    assert [r.row for r in judge.rejected] == ["4"]


money = st.decimals(allow_nan=True, allow_infinity=True, places=4) | st.none()


@given(price=money, spot=money, year=money, years=money, count=st.floats(-2, 20))
def test_whatever_a_source_says_what_is_kept_is_sound(price, spot, year, years, count):
    values = {"price": price, "spot": spot, "price_1y": year, "price_3y": years}
    texts = {name: "" if value is None else str(value) for name, value in values.items()}
    offers, _ = judged(replace(RAW, count=str(count), **texts))
    for offer in offers:
        found = [p for p in (offer.price, offer.spot, offer.price_1y, offer.price_3y) if p]
        assert found
        assert all(p > 0 for p in found)
        each = found[0] / Decimal(str(offer.count))
        assert LEAST_EACH <= each <= MOST_EACH
        if offer.price is not None:
            assert max(found) <= offer.price
        if offer.price_1y is not None and offer.price_3y is not None:
            assert offer.price_3y <= offer.price_1y


# --- clocks --------------------------------------------------------------------------------------


def test_a_price_from_the_future_is_of_the_day_it_was_fetched():
    (offer,), _ = judged(replace(RAW, as_of="2031-01-01"))
    assert offer.as_of == "2026-11-28"
    assert "yet to come" in offer.note


def test_a_day_ahead_is_a_time_zone_not_a_mistake():
    (offer,), _ = judged(replace(RAW, as_of="2026-11-29"))
    assert offer.as_of == "2026-11-29"
    assert offer.note == ""


def test_a_clock_set_back_does_not_make_fresh_prices_old():
    days = Days(date(2020, 1, 1), floor=date(2026, 11, 20))
    assert days.is_clock_behind
    (offer,), _ = judged(replace(RAW, as_of=""), days=days)
    assert offer.as_of == "2026-11-20"


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "name", "variant"),
    [
        ("RTX4090", "RTX 4090", ""),
        ("A100 SXM4", "A100", "SXM"),
        ("NVIDIA H100 PCIe", "H100", "PCIe"),
        ("H100NVL", "H100", "NVL"),
        ("A6000", "RTX A6000", ""),
        ("v5litepod-8", "TPU v5e", ""),
        ("v6e-4", "TPU v6e", ""),
        ("A100 SXM4 80GB", "A100", "SXM"),
        ("RTXPRO6000", "RTX PRO 6000", ""),
        ("Radeon Pro V520", "Radeon Pro V520", ""),
        ("Wonder 9000", "Wonder 9000", ""),
    ],
)
def test_sources_spell_one_card_in_many_ways(said, name, variant):
    found = Names(KNOWN).find(said)
    assert (found.accelerator, found.variant) == (name, variant)


def test_a_tpu_slice_counts_chips_not_cores():
    assert [tpu_chips(s) for s in ("v2-8", "v5p-8", "v5litepod-4", "v6e-16", "a2-highgpu-1g")] == [
        4, 4, 4, 16, None,
    ]  # fmt: skip
