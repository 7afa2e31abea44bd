"""The published values an answer leans on: shown where a licence allows it, else why not."""

from __future__ import annotations

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.predict.fitted.job import Software, sheet_of, speeds
from hwstudio.core.predict.fitted.measured import (
    NO_LICENCE,
    NOT_KEPT,
    Kept,
    KeptValues,
    Near,
)
from hwstudio.core.predict.fitted.model import CASES, SpeedModel
from hwstudio.core.predict.fitted.points import CheckPoints
from hwstudio.core.predict.fitted.software_words import UNLICENSED

SPEEDS = ("vision", "text", "pictures", "other", "target")


@pytest.fixture(scope="module")
def values():
    return KeptValues.from_bytes(resource_bytes("predict/nearest.npz"))


@pytest.fixture(scope="module")
def model(values):
    return SpeedModel.from_bytes(resource_bytes("predict/speed.npz"), values)


def all_near(model, name):
    group = model.groups[name]
    return [group.near(place) for place in range(len(group.weights))]


@pytest.mark.parametrize("name", SPEEDS)
def test_no_value_of_a_source_without_a_licence_is_kept_and_every_other_is(model, name):
    for near in all_near(model, name):
        assert (near.kept is None) == (near.source in UNLICENSED)
        if near.kept is None:
            assert near.value_words() == NO_LICENCE
        else:
            assert near.kept.value > 0
            assert 2016 <= near.kept.year <= 2026
            assert near.kept.count >= 1


def test_the_values_are_those_of_the_same_model_device_and_publisher(model):
    """The points of the check were written from the same tables by other means."""
    points = CheckPoints.from_bytes(resource_bytes("predict/points.npz"))
    kept = {}
    for near in all_near(model, "vision"):
        if near.kept is not None:
            key = near.model, near.device, near.source, near.unit
            kept.setdefault(key, []).append(near.kept.value)
    told = [point for case in CASES for point in points.of("vision inference", case, is_many=False)]
    same = 0
    for point in told:
        values = kept.get((point.model, point.device, point.source, point.unit), ())
        same += any(value == pytest.approx(point.measured, rel=1e-6) for value in values)
    assert same > len(told) / 3


def test_values_of_another_fit_are_not_told(values, model):
    weights = model.groups["text"].weights
    place = next(n for n in range(len(weights)) if values.at("text", weights, n))
    assert values.at("text", weights + 1, place) is None
    assert values.at("nothing", weights, place) is None


def test_the_value_stands_with_its_unit_conditions_publisher_and_year():
    near = Near(
        "resnet50", "A100", "PyTorch", "dle", "images/s", "amp-fp16", Kept(2771.4, 2021, 256.0, 8)
    )
    assert near.words() == (
        "resnet50 on A100: 2,771 images/s (8 devices, amp-fp16, 256 at once, PyTorch, "
        "NVIDIA DeepLearningExamples, 2021)"
    )


def test_why_a_value_is_missing_is_said_in_plain_words():
    near = Near("llama-3-8b", "RTX 4090", "llama.cpp", "xiongjiedai", "tokens/s", "F16")
    assert near.words().startswith("llama-3-8b on RTX 4090: value not shown, its publisher states")
    assert Near("a", "b", "PyTorch", "dle", "images/s", "").value_words() == NOT_KEPT


def test_an_answer_names_the_values_it_leans_on(model, catalog):
    gpu = next(gpu for gpu in catalog.gpus() if gpu.name.startswith("A100"))
    job, software = catalog.workload("resnet50_train"), Software("PyTorch", "dle")
    told = speeds(model, job, [sheet_of(gpu, model.devices.values())], 1, software)[0]
    assert "images/s (" in told.inputs["nearest measurements"]


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 nonsense"])
def test_a_damaged_file_says_so(raw):
    with pytest.raises(UserError, match="cannot be read"):
        KeptValues.from_bytes(raw)
