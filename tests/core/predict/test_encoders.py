"""Running an encoder: texts are read at once, nothing of them is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.base.units import GIB
from hwstudio.core.model.recipe import Recipe
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.fitted.job import UNSTATED, job_speeds, sheet_of
from hwstudio.core.predict.fitted.latency import latency_of
from hwstudio.core.predict.footprint import items_of
from hwstudio.core.predict.job_maker import job_of, usual_wish
from hwstudio.core.predict.memory import memory_on
from hwstudio.core.predict.split import Layout
from tests.core.predict.conftest import PLAIN


@pytest.fixture
def run(catalog):
    """Return a function that makes the job of running a model of the library."""
    models = {model.id: model for model in catalog.ai_models()}

    def make(name, **changes):
        model = models[name]
        return job_of(model, replace(usual_wish(model, Mode.INFERENCE), **changes))

    return make


def speed(job, speed_model, count=1):
    device = PLAIN, sheet_of(PLAIN, speed_model.devices.values())
    return job_speeds(speed_model, job, [device], count, UNSTATED)[0]


def test_it_is_counted_in_texts_and_has_no_keys_and_values(run):
    job = run("bert-base")
    assert (job.unit, job.writes_text) == ("sequences", False)
    assert [item.label for item in items_of(job)] == ["weights", "largest live tensors"]


def test_plain_attention_keeps_the_scores_of_a_layer(run):
    fused, plain = run("bert-base"), run("bert-base", recipe=Recipe(has_fused_attention=False))
    more = sum(i.bytes for i in items_of(plain)) - sum(i.bytes for i in items_of(fused))
    assert more == 2 * 2 * fused.batch * 12 * 512**2  # two copies of two bytes, twelve heads


def test_it_fits_where_training_it_does_not(run, jobs):
    need = memory_on(run("bert-base", batch=16), PLAIN).need_bytes
    training = replace(jobs["bert_base_train"], batch=16, sequence_tokens=512)
    assert need < 2 * GIB < memory_on(training, PLAIN).need_bytes


def test_every_gpu_has_a_copy_and_they_share_the_texts(run, speed_model):
    job = run("bert-large")
    assert memory_on(job, PLAIN, 2).layout is Layout.COPIED
    one, two = (speed(job, speed_model, count).median for count in (1, 2))
    assert 1.5 * one < two < 2.2 * one


def test_short_texts_are_faster_and_a_batch_has_a_time(run, speed_model):
    long, short = (run("bert-base", sequence_tokens=n) for n in (512, 64))
    found = speed(short, speed_model)
    assert found.median > 3 * speed(long, speed_model).median
    sheet = sheet_of(PLAIN, speed_model.devices.values())
    batch = latency_of(speed_model, short, sheet, 1, UNSTATED, found).batch
    assert batch.median == pytest.approx(32 / found.median)


@pytest.mark.parametrize("mode", [Mode.INFERENCE, Mode.FINETUNE])
def test_layers_that_share_weights_are_refused_with_the_reason(catalog, speed_model, mode):
    model = next(each for each in catalog.ai_models() if each.id == "albert-base-v2")
    found = speed(job_of(model, usual_wish(model, mode)), speed_model)
    assert found.median is None
    assert "layers share weights" in found.refused
