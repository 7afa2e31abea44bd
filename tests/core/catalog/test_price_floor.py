"""A card of the current generation is never estimated below its maker's list price."""

from __future__ import annotations

from hwstudio.core.model.price import PriceKind


def test_no_current_card_is_estimated_below_its_list_price(catalog):
    listed = {
        gpu.id: price.amount
        for gpu in catalog.gpus()
        for price in catalog.prices(gpu.id)
        if price.kind is PriceKind.LIST and price.as_of >= "2024-06"
    }
    assert len(listed) > 10
    below = [
        card.name
        for card in catalog.cards()
        if card.gpu.id in listed and card.price and card.price.amount < listed[card.gpu.id]
    ]
    assert below == []


def test_the_band_of_a_lifted_estimate_still_holds_its_amount(catalog):
    for card in catalog.cards():
        if card.price is not None:
            assert card.price.low <= card.price.amount <= card.price.high, card.name
