"""Jobs made of models: units, bytes and work that follow from what is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.job_maker import (
    carried,
    job_of,
    modes_of,
    usual_wish,
    weight_bytes_of,
)
from hwstudio.core.predict.memory import predict_memory


@pytest.fixture(scope="module")
def models(catalog):
    return {model.id: model for model in catalog.ai_models()}


def test_every_model_of_the_catalogue_can_be_asked_about_or_says_nothing(models):
    asked = 0
    for model in models.values():
        for mode in modes_of(model):
            job = job_of(model, usual_wish(model, mode))
            assert job.job_units > 0
            assert job.weight_bytes > 0
            assert predict_memory(job, 24 << 30).need_bytes is not None, job.title
            asked += 1
    assert asked > 400


def test_a_made_job_equals_the_one_in_the_library(models, catalog):
    library = catalog.workload("llm_full_finetune_8b")
    wish = replace(
        usual_wish(models["llama-3.1-8b"], Mode.FINETUNE), sequence_tokens=2048,
        samples=15_000, epochs=3,
    )  # fmt: skip
    made = job_of(models["llama-3.1-8b"], wish)
    assert made.weight_bytes == library.weight_bytes
    assert made.job_units == library.job_units
    assert made.macs_per_sample == pytest.approx(library.macs_per_sample, rel=0.01)
    assert (made.unit, made.group, made.mode) == (library.unit, library.group, library.mode)


def test_fewer_bits_need_less_memory(models):
    model = models["llama-3.1-8b"]
    wish = usual_wish(model, Mode.INFERENCE)
    sizes = [weight_bytes_of(model, replace(wish, precision=p)) for p in ("bf16", "int8", "int4")]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 2 * model.params_total


def test_a_longer_text_is_more_work_and_more_memory(models):
    model = models["llama-3.1-8b"]
    wish = usual_wish(model, Mode.FINETUNE)
    short, long = (job_of(model, replace(wish, sequence_tokens=n)) for n in (512, 4096))
    assert long.macs_per_sample == pytest.approx(8 * short.macs_per_sample)
    room = 24 << 30
    assert predict_memory(long, room).need_bytes > predict_memory(short, room).need_bytes


def test_a_model_of_unknown_shape_offers_nothing(models):
    assert modes_of(replace(models["llama-3.1-8b"], layers=None)) == ()
    assert modes_of(replace(models["timm-resnet50"], macs_per_sample=None)) == ()


def test_guidance_calls_the_denoiser_twice_a_step(models):
    model = models["sd15-unet"]
    job = job_of(model, replace(usual_wish(model, Mode.GENERATE), steps=25))
    assert job.steps == 50


def test_what_was_set_is_carried_to_another_model_but_not_from_training_to_running(models):
    small, large = models["gpt2"], models["llama-3.1-8b"]
    lora = replace(usual_wish(large, Mode.LORA), sequence_tokens=4096, samples=500.0)
    onto = carried(large, lora, small, Mode.QLORA)
    assert onto.samples == 500
    assert onto.sequence_tokens == small.max_context  # it reads no longer texts
    assert onto.precision == "int4"
    assert carried(large, lora, large, Mode.INFERENCE) is None
