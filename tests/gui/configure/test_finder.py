"""Parts are found by the words a person types."""

from __future__ import annotations

import pytest

from hwstudio.gui.configure.finder import is_meant


@pytest.fixture(scope="module")
def cards(catalog):
    return catalog.cards()


@pytest.mark.parametrize("typed", ["24 GB", "24gb"])
def test_memory_is_found_with_and_without_a_blank(cards, typed):
    found = [card for card in cards if is_meant(card, typed)]
    assert found
    assert {card.vram_bytes >> 30 for card in found} == {24}


def test_every_word_counts_and_case_does_not(cards):
    found = [card for card in cards if is_meant(card, "RTX 3090 evga")]
    assert found
    assert all("3090" in card.name and "evga" in card.name.lower() for card in found)


def test_nothing_typed_means_every_part(cards):
    assert all(is_meant(card, " ") for card in cards)
