"""Earlier prices of an offer, and free core-hours as hours."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.free_hours import core_hours, hours_on
from hwstudio.core.cloud.price_history import history_of


def offer(catalog, instance):
    return next(one for one in catalog.offers() if one.instance == instance)


def test_the_price_cut_of_2025_shows_and_the_price_of_today_comes_last(catalog):
    p5 = offer(catalog, "p5.48xlarge")
    found = history_of(p5, catalog.table("cloud_price_history"))
    assert [price.per_accelerator_hour for price in found] == [Decimal("12.29"), Decimal("6.88")]
    assert [price.is_now for price in found] == [False, True]


def test_one_offer_has_no_history_of_another_provider_region_or_card(catalog):
    rows = catalog.table("cloud_price_history")
    found = {one.instance for one in catalog.offers() if history_of(one, rows)}
    assert "p4d.24xlarge" in found
    assert "lambda-h100-sxm-on-demand" in found
    assert not any("h200" in name or "pcie-80" in name for name in found)
    assert {one.provider for one in catalog.offers() if history_of(one, rows)} == {
        "aws", "lambda", "runpod",
    }  # fmt: skip


@pytest.mark.parametrize(("cores", "hours"), [(2, 60), (4, 30), (8, 15)])
def test_120_core_hours_last_60_30_or_15_hours(catalog, cores, hours):
    row = next(r for r in catalog.table("free_tier") if r.service == "GitHub Codespaces (Free)")
    assert hours_on(core_hours(row.quota), cores) == hours


def test_a_quota_in_gpu_hours_is_not_taken_for_core_hours(catalog):
    row = next(r for r in catalog.table("free_tier") if r.service.startswith("Kaggle"))
    assert core_hours(row.quota) is None
    assert core_hours(None) is None
    with pytest.raises(UserError, match="at least 1 core"):
        hours_on(120, 0)
