"""Usual tasks rest on models of the catalogue, and larger ones ask for more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.predict.job_maker import OTHERS, job_of, modes_of, usual_wish
from hwstudio.core.predict.memory import predict_memory
from hwstudio.core.predict.picture_size import score_elements
from hwstudio.core.predict.tasks import TASKS, task_answers


@pytest.fixture(scope="module")
def models(catalog):
    return {model.id: model for model in catalog.known_models()}


@pytest.fixture(scope="module")
def answers(models, catalog):
    return {one.task.title: one for one in task_answers(models, catalog.gpus())}


def test_every_model_named_is_in_the_catalogue_and_can_do_the_task(models):
    for task in TASKS:
        for name in task.model_ids:
            model = models[name]
            assert task.mode in modes_of(model) or model.is_cpu_enough, name


def test_the_detectors_that_people_ask_for_are_named(answers, models):
    named = {name for task in TASKS for name in task.model_ids}
    assert {"yolo11m", "d2-faster-r-cnn-r50-fpn", "tv-ssd300_vgg16"} <= named
    # Its convolutions at 300 x 300 add up to the published multiply-accumulates.
    ssd = models["tv-ssd300_vgg16"]
    assert 1e6 < ssd.activations_per_sample < ssd.macs_per_sample / 1000


def test_small_asks_for_less_than_medium_and_that_for_less_than_large(answers):
    needs = [
        answers[f"Image classification, {size}"].need_high_bytes
        for size in ("small", "medium", "large")
    ]
    assert needs == sorted(needs)


def test_the_card_holds_the_heaviest_model_of_the_task(answers):
    for one in answers.values():
        if one.card is not None:
            assert one.need_high_bytes <= one.card.vram_bytes


def test_a_network_nobody_timed_has_memory_that_grows_with_the_batch(models):
    for model in models.values():
        if model.family in OTHERS and modes_of(model):
            wish = usual_wish(model, modes_of(model)[0])
            one = predict_memory(job_of(model, replace(wish, batch=1)), 0)
            many = predict_memory(job_of(model, replace(wish, batch=64)), 0)
            assert model.params_total * 4 < one.need_bytes < many.need_bytes, model.id


def test_attention_scores_are_told_from_the_tokens_of_the_sample(models):
    """FLUX: 24 heads, 57 blocks, 4,096 picture and 512 text tokens."""
    flux = models["flux1-dev"]
    assert score_elements(flux) == 24 * 57 * (4096 + 512) ** 2
    assert score_elements(models["sdxl-unet"]) == 0.0
    assert score_elements(models["gpt2"]) == 0.0
