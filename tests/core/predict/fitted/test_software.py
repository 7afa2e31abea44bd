"""The software taken where nobody chose any, and the words it is shown with."""

from __future__ import annotations

import re

import pytest

from hwstudio.core.predict.fitted.clues import CLASSES, class_of
from hwstudio.core.predict.fitted.job import question_for
from hwstudio.core.predict.fitted.software import (
    CURRENT_SINCE,
    ENOUGH_DEVICES,
    ENOUGH_SUPPORTS,
    met_in,
    usual_software,
)
from hwstudio.core.predict.fitted.software_words import (
    UNLICENSED,
    framework_words,
    publisher_words,
    software_words,
)
from hwstudio.core.predict.job_maker import job_of, modes_of, usual_wish

KEYS = re.compile(r"\bdle\b|xiongjiedai|dlperf|mlperf-v|-strix|trt-llm|kecam|\bnchw\b|\bpt\d")


@pytest.fixture(scope="module")
def asked(catalog, speed_model):
    """Return every job of every model of the library that published measurements are like."""
    sheet = next(iter(speed_model.devices.values()))
    jobs = [
        job_of(model, usual_wish(model, mode), 1)
        for model in catalog.ai_models()[::6]
        for mode in modes_of(model)
    ]
    return [job for job in jobs if question_for(job, sheet) is not None]


def test_the_software_taken_unasked_is_of_today_and_measured_on_several_cards(asked, speed_model):
    sheet = next(iter(speed_model.devices.values()))
    assert len(asked) > 100
    for job in asked:
        used = usual_software(speed_model, job)
        kind = class_of(question_for(job, sheet))
        (met,) = (m for m in met_in(speed_model, kind) if m.software == used)
        assert met.year >= CURRENT_SINCE, job.id
        assert met.is_on_cards, job.id
        assert met.devices >= ENOUGH_DEVICES or met.supports >= ENOUGH_SUPPORTS, job.id


def test_what_nobody_measured_of_late_is_answered_with_what_there_is(
    speed_model, catalog, monkeypatch
):
    monkeypatch.setattr("hwstudio.core.predict.fitted.software.CURRENT_SINCE", 3000)
    assert usual_software(speed_model, catalog.workload("bert_base_train")).framework


def test_training_bert_is_not_taken_to_run_with_software_of_2020(speed_model, catalog):
    for model in catalog.ai_models():
        if not model.id.startswith("bert-"):
            continue
        for mode in modes_of(model):
            used = usual_software(speed_model, job_of(model, usual_wish(model, mode), 1))
            assert "mxnet" not in used.framework.lower()
            assert "tensorflow" not in used.framework.lower()


@pytest.mark.parametrize(
    ("framework", "source", "year", "words"),
    [
        ("PyTorch", "dle", 2021, "PyTorch, as run by NVIDIA DeepLearningExamples, 2021"),
        ("llama.cpp", "xiongjiedai", 2024, "llama.cpp, as run by XiongjieDai, 2024"),
        (
            "NGC pytorch 22.09", "lambda", 2022,
            "PyTorch 22.09 (NVIDIA's container), as run by Lambda, 2022",
        ),
        (
            "NGC MXNet 22.04 , NGC PyTorch", "mlperf-v2.0", 2022,
            "MXNet 22.04 or PyTorch (NVIDIA's container), as run in MLPerf Training 2.0, 2022",
        ),
        (
            "timm eager nhwc pt2.4", "timm", 2024,
            "PyTorch 2.4 (timm, not compiled, channels last), as run by Hugging Face, 2024",
        ),
        ("vLLM 0.11 gpqa", "ml.energy", None, "vLLM 0.11 (long reasoning), as run by ML.ENERGY"),
        ("PyTorch, ROCm 7.0.1", "", None, "PyTorch (ROCm 7.0.1)"),
        ("NeMo 2.1.0, Megatron-LM, PyTor", "", None, "NeMo 2.1.0 or PyTorch"),
        ("", "", None, "not stated"),
    ],
)  # fmt: skip
def test_software_is_named_as_a_person_knows_it(framework, source, year, words):
    assert software_words(framework, source, year) == words


def test_half_a_version_at_the_end_of_a_name_that_was_cut_is_not_shown():
    assert framework_words("TensorFlow NVIDIA Release 20.0") == "TensorFlow"


@pytest.mark.parametrize("kind", CLASSES)
def test_no_publishers_key_and_no_short_form_is_left_in_any_words(speed_model, kind):
    met = met_in(speed_model, kind)
    assert met
    for each in met:
        assert not KEYS.search(each.words()), each.words()
        assert each.words().endswith(f", {each.year}")


def test_every_publisher_has_a_name(speed_model):
    sources = {met.software.source for kind in CLASSES for met in met_in(speed_model, kind)}
    assert sources > UNLICENSED
    for source in sources:
        assert publisher_words(source) != source or source == "ryujaehun" or source == "lhl"
