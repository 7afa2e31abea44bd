"""The predictor by the fitted process: tables, narrow links, what it refuses, several threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.predict.fitted.job import job_speeds, sheet_of, speeds
from hwstudio.core.predict.fitted.predictor import FittedPredictor
from hwstudio.core.predict.fitted.software import usual_software
from hwstudio.core.predict.speed import CPU_REFUSED, predict_speed

TRAINING = ("resnet50_train", "bert_base_train", "gpt2_train", "llm_full_finetune_8b")
JOBS = (*TRAINING, "llm_qlora_8b", "llm_chat_8b", "sd15_generate")
LANES = (1, 2, 4, 8, 16)


@pytest.fixture
def fresh(speed_model, catalog):
    return FittedPredictor(speed_model, catalog.gpus())


def test_a_card_asked_alone_is_answered_as_in_the_table(fresh, speed_model, catalog):
    job, gpu = catalog.workload("resnet50_train"), catalog.match_gpu("RTX 4090")
    alone = speeds(
        speed_model,
        job,
        [sheet_of(gpu, speed_model.devices.values())],
        software=usual_software(speed_model, job),
    )[0]
    assert fresh.speed(job, gpu).median == pytest.approx(alone.median, rel=1e-4)


def test_preparing_changes_no_answer(fresh, fitted, catalog):
    job, gpus = catalog.workload("bert_base_train"), catalog.gpus()
    fresh.prepare(job, gpus[:20], 2)
    for gpu in (gpus[3], gpus[19], gpus[40]):
        prepared, whole = fresh.speed(job, gpu, count=2), fitted.speed(job, gpu, count=2)
        assert prepared.median == pytest.approx(whole.median, rel=1e-4)


@pytest.mark.parametrize("job", JOBS)
def test_all_cards_and_numbers_are_compared_with_the_same_software(fitted, catalog, job):
    workload = catalog.workload(job)
    told = [
        fitted.speed(workload, gpu, count=count) for gpu in catalog.gpus() for count in (1, 2, 4)
    ]
    assert len({speed.inputs.get("software") for speed in told if speed.median}) == 1
    assert all("is not known" in speed.refused for speed in told if not speed.median)


@given(job=st.sampled_from(JOBS), place=st.integers(0, 181), count=st.integers(1, 8))
@settings(max_examples=60, deadline=None)
def test_fewer_lanes_are_never_faster_and_no_link_beats_the_full_one(
    fitted, catalog, job, place, count
):
    workload, gpu = catalog.workload(job), catalog.gpus()[place]
    full = fitted.speed(workload, gpu, count=count)
    narrow = [fitted.speed(workload, gpu, count=count, lanes_per_gpu=n) for n in LANES]
    if full.median is None:
        assert all(one.refused == full.refused for one in narrow)
        return
    medians = [one.median for one in narrow]
    assert medians == sorted(medians)
    assert medians[-1] <= full.median
    assert all(one.low <= one.median <= one.high for one in narrow)


def test_few_lanes_slow_training_on_several_cards_by_what_the_link_costs(fitted, catalog):
    job, gpu = catalog.workload("bert_base_train"), catalog.match_gpu("RTX 4090")
    full = fitted.speed(job, gpu, count=2)
    narrow = fitted.speed(job, gpu, count=2, lanes_per_gpu=4)
    counted = predict_speed(job, gpu, count=2, lanes_per_gpu=4)
    share = counted.median / predict_speed(job, gpu, count=2).median
    assert share < 0.9
    assert narrow.median == pytest.approx(full.median * share)
    assert "x4" in narrow.inputs["PCIe lanes"]
    assert fitted.speed(job, gpu, lanes_per_gpu=4) == fitted.speed(job, gpu)  # one has no link


def test_pictures_are_counted_and_the_processor_alone_is_refused(fitted, catalog):
    pictures, gpu = catalog.workload("sd15_generate"), catalog.match_gpu("RTX 4090")
    assert fitted.speed(pictures, gpu, count=2) == predict_speed(pictures, gpu, count=2)
    assert fitted.speed(pictures, None).refused == CPU_REFUSED
    assert "At least one GPU" in fitted.speed(pictures, gpu, count=0).refused


def test_what_the_fit_refuses_is_refused_with_its_words(fitted, catalog):
    unsized = replace(
        catalog.workload("llm_qlora_8b"), model_id="nobody-knows", params_total=0, params_active=0
    )
    speed = fitted.speed(unsized, catalog.match_gpu("RTX 4090"))
    assert speed.median is None
    assert "parameters" in speed.refused


def test_a_card_with_other_facts_under_the_same_id_has_an_answer_of_its_own(fresh, catalog):
    job, gpu = catalog.workload("llm_chat_8b"), catalog.match_gpu("RTX 4090")
    before = fresh.speed(job, gpu).median
    slow = replace(gpu, bandwidth_bytes_per_s=gpu.bandwidth_bytes_per_s / 2)
    assert fresh.speed(job, slow).median < 0.8 * before
    assert fresh.speed(job, gpu).median == pytest.approx(before, rel=1e-4)


@pytest.mark.parametrize("job", ["resnet50_train", "llm_qlora_8b", "llm_chat_8b"])
@pytest.mark.parametrize("name", ["GeForce GTX 1080", "Tesla P40", "TITAN Xp"])
def test_a_chip_with_a_slow_half_precision_is_about_as_fast_as_its_measured_sister(
    fitted, catalog, job, name
):
    """A 64th of the rate in FP16 on the data sheet: nobody computes with that."""
    workload, cards = catalog.workload(job), {gpu.name: gpu for gpu in catalog.gpus()}
    sister = fitted.speed(workload, cards["GeForce GTX 1080 Ti"]).median
    assert sister / 3 < fitted.speed(workload, cards[name]).median < sister * 2


def test_many_threads_get_the_same_answers(fresh, fitted, catalog):
    jobs = [catalog.workload(job) for job in TRAINING]
    asked = [(job, gpu, count) for job in jobs for gpu in catalog.gpus()[::30] for count in (1, 2)]

    def ask(one):
        return fresh.speed(one[0], one[1], count=one[2], lanes_per_gpu=8).median

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(ask, asked * 3))
    expected = [fitted.speed(j, g, count=n, lanes_per_gpu=8).median for j, g, n in asked]
    assert found == pytest.approx(expected * 3, rel=1e-4)


def test_more_jobs_than_are_kept_are_all_answered(fresh, catalog, monkeypatch):
    monkeypatch.setattr("hwstudio.core.predict.fitted.predictor.MOST_TABLES", 2)
    job, gpu = catalog.workload("bert_base_train"), catalog.match_gpu("RTX 4090")
    batches = [replace(job, batch=batch) for batch in (1, 2, 4, 8)]
    for one in batches:
        fresh.prepare(one, (gpu,), 1)
    first = [fresh.speed(one, gpu).median for one in batches]
    assert first == sorted(first)
    assert [fresh.speed(one, gpu).median for one in batches] == pytest.approx(first, rel=1e-4)


def test_no_hardware_is_no_answer_and_no_error(speed_model, catalog):
    job = catalog.workload("llm_chat_8b")
    software = usual_software(speed_model, job)
    assert job_speeds(speed_model, job, [], 1, software) == []
    assert "llama.cpp" in software.framework
