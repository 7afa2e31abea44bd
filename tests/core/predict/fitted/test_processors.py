"""Few pictures at a time on a processor: scaled from the one that was measured so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.fitted.job import Software, question_for
from hwstudio.core.predict.fitted.software import usual_software
from hwstudio.core.predict.job_maker import job_of, usual_wish
from hwstudio.core.predict.processor_sheet import ProcessorFacts, processor_sheet

MEASURED = "Core i9-10940X"
ITS_SOFTWARE = Software("timm compile cpu pt2.4", "timm")


@pytest.fixture
def told(catalog, speed_model):
    """Return the answer for ResNet-50 on a device, so many pictures at once."""
    network = next(model for model in catalog.ai_models() if model.id == "timm-resnet50")
    usual = replace(usual_wish(network, Mode.INFERENCE), precision="fp32")

    def ask(sheet, batch=1, software=None):
        job = job_of(network, replace(usual, batch=batch))
        used = software or usual_software(speed_model, job)
        asked = speed_model.twin(question_for(job, sheet, 1, used))
        return speed_model.answer([asked])[0]

    return ask


@pytest.fixture
def two_cores():
    return processor_sheet(ProcessorFacts("Two cores", 2, "AVX512", 16e9), None)[0]


def test_one_picture_on_two_cores_is_as_fast_as_a_run_was(told, two_cores):
    found = told(two_cores)
    assert found.low < 33.0 < found.high  # run with PyTorch 2.13 on such a processor
    assert found.median > 15.0


def test_one_picture_keeps_the_cores_about_as_busy_as_many(told, two_cores):
    one, many = told(two_cores).median, told(two_cores, 32).median
    assert 0.8 < one / many < 1.8


def test_the_measured_processor_is_answered_as_with_the_software_it_was_measured_with(
    told, speed_model
):
    sheet = speed_model.devices[MEASURED]
    own, usual = told(sheet, software=ITS_SOFTWARE), told(sheet)
    assert usual.median == pytest.approx(own.median, rel=1e-6)
    assert usual.high / usual.low > own.high / own.low  # nobody measured it so


def test_twice_the_cores_are_faster_but_less_than_twice(told):
    facts = ProcessorFacts("Some cores", 8, "AVX2", 16e9)
    few, _ = processor_sheet(facts, None)
    more, _ = processor_sheet(replace(facts, cores=16), None)
    assert 1.0 < told(more).median / told(few).median < 2.0


@pytest.mark.parametrize("batch", [8, 32])
def test_many_pictures_are_left_to_the_fit(told, two_cores, batch, monkeypatch):
    with_it = told(two_cores, batch)
    monkeypatch.setattr(
        "hwstudio.core.predict.fitted.model.few_pictures",
        lambda _group, _sheets, _asked, found, _fit: found,
    )
    assert told(two_cores, batch) == with_it


def test_gpus_are_left_to_the_fit(told, speed_model, monkeypatch):
    with_it = told(speed_model.devices["RTX 4090"])
    monkeypatch.setattr(
        "hwstudio.core.predict.fitted.model.few_pictures",
        lambda _group, _sheets, _asked, found, _fit: found,
    )
    assert told(speed_model.devices["RTX 4090"]) == with_it
