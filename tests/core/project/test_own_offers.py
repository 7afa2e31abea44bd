"""Dedicated servers and typed quotes stand in the one list of offers everybody asks for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hwstudio.core.cloud.quotes import Quote
from hwstudio.core.project.page_memory import PageMemory
from hwstudio.core.studio import open_studio

TODAY = date(2026, 11, 21)
BOX = Quote(
    id=0,
    provider="Rack & Co",
    name="box 4",
    price=Decimal(1460),
    as_of="2026-11-01",
    accelerator="RTX 4090",
)


@pytest.fixture
def studio(tmp_path):
    made = open_studio(tmp_path)
    yield made
    made.close()


def own(studio):
    return [offer for offer in studio.catalog.offers() if offer.offer_type == "quote"]


def test_a_kept_quote_is_an_offer_at_once_and_is_gone_once_removed(studio):
    before = len(studio.catalog.offers())
    kept = studio.quotes.save(BOX, TODAY)
    (offer,) = own(studio)
    assert offer.price_1m_per_hour == 2
    assert offer.price_per_hour is None
    assert studio.catalog.part(offer.gpu_id).name == "GeForce RTX 4090"
    studio.quotes.remove(kept.id)
    assert len(studio.catalog.offers()) == before


def test_a_quote_keeps_its_number_when_another_one_goes(studio):
    first, second = studio.quotes.save(BOX, TODAY), studio.quotes.save(BOX, TODAY)
    numbers = [offer.id for offer in own(studio)]
    studio.quotes.remove(first.id)
    assert [offer.id for offer in own(studio)] == numbers[1:]
    assert second.id != first.id


def test_no_two_offers_share_a_number_and_none_stands_twice(studio):
    studio.quotes.save(BOX, TODAY)
    offers = studio.catalog.offers()
    assert len({offer.id for offer in offers}) == len(offers)
    keys = [(o.provider.casefold(), o.instance, o.region) for o in offers]
    assert len(keys) == len(set(keys))


def test_a_server_in_euros_has_a_dollar_price_only_once_a_rate_is_typed(studio):
    def server():
        return next(one for one in studio.catalog.offers() if one.instance == "GEX63")

    assert server().price_1m_per_hour is None
    assert "until a rate for EUR is typed" in server().notes
    studio.quotes.set_rate("EUR", Decimal("1.10"))
    assert server().price_1m_per_hour == Decimal(999) / 730 * Decimal("1.10")
    studio.quotes.undo()
    assert server().price_1m_per_hour is None


def test_memory_written_into_a_cards_name_is_understood(studio):
    offer = next(one for one in studio.catalog.offers() if one.instance == "g3.large")
    assert (offer.accelerator, offer.accelerator_memory_bytes) == ("A100", 80 * 2**30)


def test_a_page_remembers_its_fields_and_survives_a_damaged_file(tmp_path):
    file = tmp_path / "page.json"
    PageMemory(file).keep("filters", {"region": "eu"})
    PageMemory(file).keep("storage", {"size": "5"})
    assert PageMemory(file).texts("filters") == {"region": "eu"}
    file.write_text("{broken")
    assert PageMemory(file).texts("filters") == {}
