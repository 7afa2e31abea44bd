"""What a run says in words: the same sentence in the window, in the terminal and in JSON."""

from __future__ import annotations

import pytest

from hwstudio.core.bench.answer import answer_text, headline, left_out, scale
from hwstudio.core.bench.own_answer import OWN_ANSWER
from hwstudio.core.bench.point_words import choice_text, name_text
from hwstudio.core.bench.suites import benches
from hwstudio.core.model.result import Metric, Outcome, Result

GENERIC = {"torch_matmul", "numpy_matmul", "jax_matmul", "tensorflow_matmul"}  # "fp32 2048"
ELSEWHERE = {"memory_bandwidth", "training_step", "ddp"}


def run(bench: str, points: dict[str, float], unit: str, **conditions: object) -> Result:
    """Return a finished run with these medians."""
    metrics = tuple(Metric(name, unit, value, value, value, 20) for name, value in points.items())
    return Result(
        id="r1",
        taken_at="2026-11-29T06:00:00Z",
        machine="one",
        device="A processor",
        words="The measurement finished.",
        bench=bench,
        params={},
        outcome=Outcome.FINISHED,
        verdict="ok" if points else "busy",
        verdict_reason="" if points else "The machine was busy. Close other programs.",
        metrics=metrics,
        method_version=1,
        conditions={"device": {"device": "cpu"}, **conditions},
    )


def test_every_benchmark_has_a_sentence_that_fits_its_points():
    assert {each.id for each in benches()} == set(OWN_ANSWER) | GENERIC | ELSEWHERE


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (
            run("burn_in", {"cores": 2e11}, "FLOP/s", checked="8 products: every result was right"),
            (
                "No error was found. 8 products: every result was right. "
                "It ran all cores at 200 GFLOP/s."
            ),
        ),
        (
            run("memory_pattern", {"pattern": 2e10}, "B/s", checked="1 GiB: every bit was right"),
            "No error was found. 1 GiB: every bit was right. It was read at 20.0 GB/s.",
        ),
        (
            run("classic_ml", {"pca 1": 0.01, "kmeans 1": 0.4, "kmeans 2": 0.2}, "s"),
            (
                "Of 2 methods, each on a made-up table of its own, the quickest to train is "
                "Principal components (10 ms), the slowest k-means (200 ms). There 2 cores do 2.0 "
                "times as much as one."
            ),
        ),
        (
            run("onnx_inference", {"layers 1 CPU": 0.002, "layers 1 CUDA": 0.001}, "s"),
            "With ONNX Runtime one answer takes 1.0 ms of a network of wide layers on CUDA.",
        ),
        (
            run("tensorflow_split", {"layers": 12000.0}, "samples/s"),
            "TensorFlow trains wide layers on 12,000 rows/s, half of it on each device.",
        ),
    ],
)
def test_what_no_matrix_product_is_says_what_it_found_in_words(result, words):
    assert answer_text(result) == words


def test_a_burn_in_without_a_speed_still_says_that_nothing_was_wrong():
    result = run("burn_in", {}, "", checked="8 products: every result was right")
    assert headline(result).startswith("No error was found. 8 products: every result was right.")


def test_what_was_left_out_is_named_with_its_reason():
    result = run(
        "classic_ml",
        {"pca 1": 0.01},
        "s",
        **{"skipped xgboost": "it is not installed", "skipped lightgbm": "it is not installed"},
    )
    assert left_out(result) == ("Left out: XGBoost, LightGBM (it is not installed).",)


def test_a_small_network_of_another_library_does_not_bear_the_name_of_a_large_one():
    assert name_text("pictures", "training_step") == "ResNet-18, training"
    assert name_text("pictures", "jax_training") == "Small picture network, training"


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ("latency 1536 KiB", "Waiting in 1.5 MiB"),
        ("kmeans 1", "1 core: k-means"),
        ("workers 1", "Loading with 1 process"),
        ("workers 4", "Loading with 4 processes"),
        ("convolutions 8 CPU p99", "1 in 100: Pictures, 8 on CPU"),
    ],
)
def test_points_are_told_in_words(point, words):
    assert name_text(point) == words


@pytest.mark.parametrize(
    ("longest", "unit"), [(2e-9, "ns"), (3e-5, "µs"), (0.2, "ms"), (40.0, "s"), (0.0, "ms")]
)
def test_the_axis_of_times_has_a_unit_that_fits_the_longest(longest, unit):
    assert scale("s", [longest])[1] == unit


@pytest.mark.parametrize(
    ("choice", "bench", "words"),
    [
        ("kmeans", "classic_ml", "k-means"),
        ("pictures", "largest_batch", "ResNet-18"),
        ("pictures", "jax_training", "Small picture network"),
        ("convolutions", "onnx_inference", "Pictures"),
        ("fp8_e4m3", "torch_matmul", "fp8_e4m3"),
    ],
)
def test_what_can_be_chosen_has_the_name_of_its_point(choice, bench, words):
    assert choice_text(choice, bench) == words
