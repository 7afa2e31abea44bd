"""The range beside a measured number: from the device's sheet, never from the number itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.project.expected_range import expected_ranges
from tests.data.probe_results import product, step, triad

H100 = {"device": "cuda:0", "device_name": "NVIDIA H100 80GB HBM3", "vram_bytes": 85_000_000_000}


@pytest.mark.parametrize(
    ("value", "word"), [(50e9, "below"), (2.9e12, "as expected"), (3.4e12, "above")]
)
def test_that_memory_of_a_known_card_is_held_against_its_sheet(catalog, speed_model, value, word):
    found = expected_ranges(triad(value, device=H100), catalog, speed_model)
    (only,) = found.values()
    assert only.word == word
    assert only.low < 3e12 < only.high <= 3.36e12
    assert "H100" in only.source


def test_that_a_processors_range_is_wide_and_says_what_it_is_reckoned_from(catalog, speed_model):
    found = expected_ranges(product(2e11, name="fp32 2048"), catalog, speed_model)["fp32 2048"]
    assert found.high / found.low > 2
    assert "reckoned from the cores" in found.source


def test_that_training_has_a_range_and_small_products_have_none(catalog, speed_model):
    assert set(expected_ranges(step(), catalog, speed_model)) <= {"pictures", "text"}
    assert expected_ranges(step(), catalog, speed_model)
    assert expected_ranges(product(name="fp32 64"), catalog, speed_model) == {}


def test_that_a_disturbed_number_gets_its_range_but_no_word(catalog, speed_model):
    slow = replace(triad(1e6, device=H100), verdict="busy", conditions={"device": H100})
    (only,) = expected_ranges(slow, catalog, speed_model).values()
    assert only.word == ""


def test_that_of_an_unknown_card_nothing_is_said(catalog, speed_model):
    strange = {"device": "cuda:0", "device_name": "Card of the year 2040"}
    assert expected_ranges(triad(1e12, device=strange), catalog, speed_model) == {}
