"""The range beside a measured number: from the device's sheet, never from the number itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.bench.suites import benches
from hwstudio.core.project.expected_range import expected_ranges
from tests.data.probe_results import CPU, product, result, step, triad

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


def test_that_a_range_too_wide_to_say_anything_and_small_products_are_left_out(
    catalog, speed_model, monkeypatch
):
    monkeypatch.setattr("hwstudio.core.project.expected.steps.WIDEST", 1000.0)
    found = expected_ranges(step(), catalog, speed_model)  # training on a processor
    least = min(each.high / each.low for each in found.values())
    monkeypatch.setattr("hwstudio.core.project.expected.steps.WIDEST", 0.9 * least)
    assert expected_ranges(step(), catalog, speed_model) == {}
    assert expected_ranges(product(name="fp32 64"), catalog, speed_model) == {}


def test_that_a_disturbed_number_gets_its_range_but_no_word(catalog, speed_model):
    slow = replace(triad(1e6, device=H100), verdict="busy", conditions={"device": H100})
    (only,) = expected_ranges(slow, catalog, speed_model).values()
    assert only.word == ""


def test_that_of_an_unknown_card_nothing_is_said(catalog, speed_model):
    strange = {"device": "cuda:0", "device_name": "Card of the year 2040"}
    assert expected_ranges(triad(1e12, device=strange), catalog, speed_model) == {}


def ranges(catalog, speed_model, bench, values, device=H100, series=None, **more):
    made = result(bench, values, device)
    about = {"device": device, "series": series or {}, **more.pop("conditions", {})}
    return expected_ranges(
        replace(made, conditions={**made.conditions, **about}, **more), catalog, speed_model
    )


@pytest.mark.parametrize(
    ("bench", "values", "series"),
    [
        ("jax_matmul", {"bf16 8192": (6e14, "FLOP/s")}, {}),
        ("matmul_shapes", {"best": (7e14, "FLOP/s")}, {"best": {"precision_asked": "bf16"}}),
        (
            "inference_latency",
            {"resnet50 8": (0.003, "s")},
            {"resnet50 8": {"precision_asked": "bf16", "batch": 8, "tokens": 0}},
        ),
        (
            "inference_latency",
            {"bert 8": (0.006, "s")},
            {"bert 8": {"precision_asked": "bf16", "batch": 8, "tokens": 128}},
        ),
        (
            "training_step",
            {"resnet50": (2000.0, "samples/s")},
            {"resnet50": {"precision_asked": "bf16", "batch": 64, "tokens": 0}},
        ),
    ],
)
def test_that_a_test_somebody_published_the_like_of_is_as_expected(
    catalog, speed_model, bench, values, series
):
    (only,) = ranges(catalog, speed_model, bench, values, series=series).values()
    assert only.low < only.high
    assert only.word == "as expected"


def test_that_a_time_longer_than_its_range_is_called_longer(catalog, speed_model):
    series = {"resnet50 8": {"precision_asked": "bf16", "batch": 8, "tokens": 0}}
    values = {"resnet50 8": (5.0, "s")}
    (only,) = ranges(catalog, speed_model, "inference_latency", values, series=series).values()
    assert only.word == "longer"


def test_that_writing_is_bound_by_reading_the_weights_and_a_bound_gives_no_praise(
    catalog, speed_model
):
    series = {"decode": {"weight_bytes": 3.1e9, "batch": 1}}
    values = {"decode": (100.0, "tokens/s")}
    (only,) = ranges(catalog, speed_model, "llm_decode", values, series=series).values()
    assert (only.low, only.word) == (None, "")
    assert only.high == pytest.approx(3.35e12 / 3.1e9, rel=0.01)


def test_that_a_pipeline_is_held_against_its_filling_and_emptying(catalog, speed_model):
    values = {"pipeline": (1.5, "1"), "model_parallel": (0.9, "1")}
    found = ranges(catalog, speed_model, "two_devices", values, conditions={"pieces": 4})
    assert found["pipeline"].high == pytest.approx(1.6)
    assert found["model_parallel"].high == 1.0


def test_that_the_forecast_is_what_is_expected_of_scaling(catalog, speed_model):
    forecast = {"efficiency": 0.8, "low": 0.7, "high": 0.9}
    values = {"efficiency": (0.5, "1"), "all_reduce": (1e9, "B/s")}
    found = ranges(catalog, speed_model, "ddp", values, conditions={"forecast": forecast})
    assert found["efficiency"].word == "below"
    assert "all_reduce" not in found


def test_that_what_a_run_noted_as_impossible_to_pass_stands_as_a_bound(catalog, speed_model):
    bounds = {"to_gpu_pinned": {"low": None, "high": 63e9, "words": "PCI Express 5"}}
    values = {"to_gpu_pinned": (55e9, "B/s")}
    (only,) = ranges(
        catalog, speed_model, "host_copy", values, conditions={"bounds": bounds}
    ).values()
    assert (only.low, only.high, only.is_bound) == (None, 63e9, True)


def test_that_every_test_is_known_or_says_nothing_and_never_fails(catalog, speed_model):
    for each in benches():
        values = {metric.prefix.strip(): (1.0, metric.unit) for metric in each.metrics}
        for device in (H100, CPU):
            ranges(catalog, speed_model, each.id, values, device)
