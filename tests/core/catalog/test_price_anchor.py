"""What shops asked for a part lately moves its estimate; old, used and list prices do not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hwstudio.core.catalog.price_anchor import CARD_SPREAD, anchor, quotes
from hwstudio.core.catalog.price_estimate import Estimate


def seen(part_id, usd, as_of, kind="street"):
    return {"part_id": part_id, "amount_usd": str(usd), "as_of": as_of, "kind": kind}


def estimate(usd):
    one = Decimal(usd)
    return Estimate(one, one / 2, one * 2, "2026-06", "the model")


def test_recent_shop_prices_count_together_and_older_ones_are_left():
    rows = [seen("a", 100, "2026-06-20"), seen("a", 400, "2026-08"), seen("a", 900, "2026-09-01")]
    [found] = quotes({"price_observation": rows}, "2026-09").values()
    assert (round(found.usd), found.count, found.as_of) == (600, 2, "2026-09-01")


@pytest.mark.parametrize(
    "row",
    [seen("a", 100, "2026-05-30"), seen("a", 100, "2026-09", "used"),
     seen("a", 100, "2026-09", "list")],
)  # fmt: skip
def test_old_used_and_list_prices_move_nothing(row):
    assert quotes({"price_observation": [row]}, "2026-09") == {}


def test_the_part_itself_takes_over_the_shop_price_and_its_date():
    [quote] = quotes({"price_observation": [seen("a", 549, "2026-08-27")]}, "2026-09").values()
    moved = anchor(Decimal(400), quote).moved(estimate(400))
    assert moved.amount == 549
    assert moved.low < 549 < moved.high
    assert moved.high / moved.low < 2, "a published price is surer than the model was"
    assert moved.as_of == "2026-08-27"
    assert "moved to 1 published shop price of this very part, newest 2026-08-27" in moved.source


def test_cards_of_a_chip_keep_their_distance_and_have_the_wider_band():
    [quote] = quotes({"price_observation": [seen("chip", 2000, "2026-09")]}, "2026-09").values()
    usual, dear = Decimal(1000), Decimal(1200)
    own, chip = anchor(usual, quote), anchor(usual, quote, is_chip_of=True)
    assert chip.moved(estimate(dear)).amount == 2400
    assert chip.down > own.down
    assert chip.down >= CARD_SPREAD


def test_the_shipped_estimates_of_popular_cards_follow_the_shops(catalog):
    """Each published shop price of the last three months lies inside its part's band."""
    found = {p.id: p.price for p in (*catalog.gpus(), *catalog.cpus())}
    for part_id, usd in (("gpu-geforce-rtx-5090", 4829), ("cpu-ee2ac384", 549)):
        price = found[part_id]
        assert price.low <= usd <= price.high
        assert "published shop price" in price.source
    usual = sorted(c.price.amount for c in catalog.cards() if c.gpu.id == "gpu-geforce-rtx-5090")
    assert 4300 <= usual[len(usual) // 2] <= 5400
