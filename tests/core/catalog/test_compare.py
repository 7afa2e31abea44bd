"""Two to five things side by side: what differs comes first, what nobody knows is left out."""

from __future__ import annotations

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.compare import compared
from hwstudio.core.model.fact import Fact


def fact(name, value):
    return Fact(name, value, "W", "a source", "2026")


def test_what_differs_stands_first_and_keeps_its_order():
    left = [fact("maker", "A"), fact("tdp_w", 450), fact("slots", 3)]
    right = [fact("maker", "A"), fact("tdp_w", 350), fact("slots", 2)]
    rows = compared([left, right])
    assert [(row.name, row.differs) for row in rows] == [
        ("tdp_w", True),
        ("slots", True),
        ("maker", False),
    ]


def test_unknown_against_known_differs_and_unknown_everywhere_is_left_out():
    rows = compared([[fact("a", None), fact("b", None)], [fact("a", 1), fact("b", None)]])
    assert [(row.name, row.differs) for row in rows] == [("a", True)]


def test_a_fact_only_one_thing_has_stands_with_a_gap():
    rows = compared([[fact("a", 1)], []])
    assert rows[0].facts == (fact("a", 1), None)
    assert rows[0].differs


@pytest.mark.parametrize("count", [0, 1, 6])
def test_it_takes_two_to_five(count):
    with pytest.raises(UserError, match="Choose 2 to 5"):
        compared([[fact("a", 1)]] * count)


def test_real_cards_differ_where_people_look(catalog):
    ids = ("gpu-geforce-rtx-4090", "gpu-geforce-rtx-3090")
    rows = compared([catalog.cells(part_id) for part_id in ids])
    different = {row.name for row in rows if row.differs}
    assert {"tdp_w", "fp16_tensor_flop_per_s", "nvlink_bytes_per_s"} <= different
    same = {row.name for row in rows if not row.differs}
    assert "vram_bytes" in same


def test_of_several_prices_of_a_kind_the_newest_is_compared(catalog):
    part_id = "gpu-geforce-rtx-4090"
    newest = next(p for p in catalog.prices(part_id) if p.kind == "estimate")
    rows = compared([catalog.cells(part_id), catalog.cells("gpu-geforce-rtx-3090")])
    [row] = [row for row in rows if row.name == "price_estimate"]
    assert (row.facts[0].value, row.facts[0].as_of) == (newest.amount, newest.as_of)


def test_the_same_number_in_another_currency_differs():
    euro = Fact("price_own", 500, "EUR", "me", "2026")
    dollar = Fact("price_own", 500, "USD", "me", "2026")
    assert compared([[euro], [dollar]])[0].differs
    assert not compared([[euro], [euro]])[0].differs
