"""The expected speed of a job on a GPU."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwstudio.core.model.prediction import Evidence
from hwstudio.core.predict.speed import is_backed_by_measurements, predict_speed

ALL_JOBS = (
    "resnet50_train",
    "bert_base_train",
    "gpt2_train",
    "llm_full_finetune_8b",
    "llm_qlora_8b",
    "llm_chat_8b",
    "sd15_generate",
)


@pytest.mark.parametrize("job", ALL_JOBS)
def test_every_bundled_job_has_a_range_around_its_median_and_says_it_is_estimated(jobs, gpu, job):
    speed = predict_speed(jobs[job], gpu())
    assert 0 < speed.low < speed.median < speed.high
    assert speed.evidence is Evidence.ESTIMATED
    assert speed.unit == f"{jobs[job].unit}/s"
    assert speed.bottleneck
    assert "fitted on" in speed.inputs


@pytest.mark.parametrize("job", ALL_JOBS)
def test_a_gpu_better_in_everything_is_faster(jobs, gpu, job):
    better = gpu(bandwidth_bytes_per_s=1200e9, fp16_tensor_flop_per_s=200e12, fp32_flop_per_s=50e12)
    assert predict_speed(jobs[job], better).median > predict_speed(jobs[job], gpu()).median


@given(share=st.floats(0.1, 0.999))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_less_bandwidth_never_makes_a_job_faster(share, jobs, gpu):
    slow = gpu(bandwidth_bytes_per_s=900e9 * share)
    for job in jobs.values():
        assert predict_speed(job, slow).median <= predict_speed(job, gpu()).median


def test_chat_reads_the_weights_once_a_token_so_bandwidth_decides(jobs, gpu):
    chat = jobs["llm_chat_8b"]
    speed = predict_speed(chat, gpu())
    assert speed.bottleneck == "memory bandwidth"
    assert speed.median < 900e9 / chat.weight_bytes  # never above the wire
    assert speed.median == pytest.approx(
        predict_speed(chat, gpu(fp16_tensor_flop_per_s=1e15)).median
    )


def test_a_published_measurement_lies_inside_the_range(jobs, catalog):
    """llama.cpp on an RTX 3090 with Llama 3 8B in 16 bits: 46.5 tokens/s (published table)."""
    card = catalog.match_gpu("NVIDIA GeForce RTX 3090")
    speed = predict_speed(jobs["llm_chat_8b"], card)
    assert speed.low < 46.5 < speed.high


def test_resnet_training_on_an_a100_lies_inside_the_range(jobs, catalog):
    """NVIDIA's own examples publish 2,470 to 2,711 images/s with mixed precision."""
    card = catalog.match_gpu("A100 SXM4 80 GB")
    assert card is not None
    speed = predict_speed(jobs["resnet50_train"], card)
    assert speed.low < 2470 < speed.high


def test_without_a_gpu_the_estimate_is_refused_and_measuring_is_advised(jobs):
    speed = predict_speed(jobs["resnet50_train"], None)
    assert speed.median is None
    assert "Benchmark" in speed.refused


def test_an_unknown_bandwidth_is_refused_by_name(jobs, gpu):
    speed = predict_speed(jobs["llm_chat_8b"], gpu(bandwidth_bytes_per_s=None))
    assert speed.median is None
    assert "bandwidth" in speed.refused
    assert "Plain 24" in speed.refused


def test_an_unknown_arithmetic_rate_is_refused(jobs, gpu):
    bare = gpu(
        fp32_flop_per_s=None,
        fp16_vector_flop_per_s=None,
        fp16_tensor_flop_per_s=None,
        bf16_tensor_flop_per_s=None,
    )
    assert "rate" in predict_speed(jobs["bert_base_train"], bare).refused


def test_a_gpu_without_matrix_units_uses_its_vector_rate_and_says_so(jobs, gpu):
    old = gpu(fp16_tensor_flop_per_s=None, bf16_tensor_flop_per_s=None, architecture="Pascal")
    speed = predict_speed(jobs["bert_base_train"], old)
    assert speed.median < predict_speed(jobs["bert_base_train"], gpu()).median
    assert "no known matrix units" in speed.inputs["peak rate"]


def test_an_architecture_nobody_measured_gets_a_wider_range(jobs, gpu):
    known = predict_speed(jobs["resnet50_train"], gpu())
    unknown = predict_speed(jobs["resnet50_train"], gpu(architecture="Xe2-HPG", maker="Intel"))
    assert unknown.high / unknown.low > known.high / known.low
    assert not is_backed_by_measurements(jobs["resnet50_train"], gpu(architecture="Xe2-HPG"))
    assert is_backed_by_measurements(jobs["resnet50_train"], gpu())


def test_two_gpus_are_faster_than_one_but_not_twice(jobs, gpu):
    one = predict_speed(jobs["bert_base_train"], gpu())
    two = predict_speed(jobs["bert_base_train"], gpu(), count=2)
    assert one.median < two.median < 2 * one.median
    assert two.high / two.low > one.high / one.low


def test_fewer_lanes_make_the_exchange_slower(jobs, gpu):
    wide = predict_speed(jobs["bert_base_train"], gpu(), count=2, lanes_per_gpu=16)
    narrow = predict_speed(jobs["bert_base_train"], gpu(), count=2, lanes_per_gpu=4)
    assert narrow.median < wide.median


def test_a_consumer_card_without_peer_to_peer_scales_worse(jobs, gpu):
    job = jobs["bert_base_train"]
    with_p2p = predict_speed(job, gpu(), count=2)
    without = predict_speed(job, gpu(segment="consumer"), count=2)
    assert without.median < with_p2p.median


def test_nvlink_between_two_cards_beats_the_slot(jobs, gpu):
    job = jobs["bert_base_train"]
    bridged = predict_speed(job, gpu(nvlink_bytes_per_s=112.5e9), count=2)
    assert bridged.median > predict_speed(job, gpu(), count=2).median
    assert "NVLink" in bridged.inputs["several GPUs"]


def test_one_stream_of_chat_is_not_faster_on_two_gpus(jobs, gpu):
    chat = jobs["llm_chat_8b"]
    assert predict_speed(chat, gpu(), count=2).median == predict_speed(chat, gpu()).median


def test_zero_gpus_are_refused(jobs, gpu):
    assert predict_speed(jobs["llm_chat_8b"], gpu(), count=0).median is None
