"""The expected speed of a job on a GPU."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
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
@settings(max_examples=40, deadline=None)
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
        predict_speed(chat, gpu(fp16_tensor_flop_per_s=270e12)).median
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


PAIRS = (  # what published same-setup pairs show, with room for their scatter
    ("llm_qlora_8b", "RTX A5000", "GeForce RTX 3090", 0.8, 1.2),
    ("llm_full_finetune_8b", "RTX A5000", "GeForce RTX 3090", 0.8, 1.2),
    ("bert_base_train", "RTX A5000", "GeForce RTX 3090", 0.8, 1.2),
    ("llm_qlora_8b", "RTX A6000", "GeForce RTX 3090", 0.99, 1.49),
    ("bert_base_train", "RTX A6000", "GeForce RTX 3090", 0.97, 1.49),
    ("llm_qlora_8b", "RTX 6000 Ada Generation", "GeForce RTX 4090", 0.9, 1.35),
    ("bert_base_train", "RTX 6000 Ada Generation", "GeForce RTX 4090", 0.9, 1.35),
    ("llm_qlora_8b", "RTX PRO 4000 Blackwell", "GeForce RTX 5080", 0.4, 1.0),
    ("resnet50_train", "RTX PRO 4000 Blackwell", "GeForce RTX 5080", 0.4, 1.0),
    ("bert_base_train", "A100 PCIe 40 GB", "GeForce RTX 3090", 1.3, 2.3),
    ("resnet50_train", "GeForce RTX 4070 SUPER", "GeForce RTX 5070", 0.7, 1.0),
)


@pytest.mark.parametrize(("job", "one", "other", "low", "high"), PAIRS)
def test_two_cards_compare_as_published_runs_in_one_setup_do(
    jobs, catalog, job, one, other, low, high
):
    by_name = {gpu.name: gpu for gpu in catalog.gpus()}
    speeds = [predict_speed(jobs[job], by_name[name]).median for name in (one, other)]
    assert low <= speeds[0] / speeds[1] <= high


def test_a_card_limited_by_bandwidth_is_not_slower_than_one_with_less_of_it(jobs, catalog):
    """Among today's GeForce cards: more bandwidth, at most a sixth less arithmetic."""
    job = jobs["resnet50_train"]
    cards = [
        gpu
        for gpu in catalog.gpus()
        if gpu.segment == "consumer"
        and gpu.architecture.startswith(("Ada", "Blackwell"))
        and gpu.name.startswith("GeForce RTX")
        and gpu.bandwidth_bytes_per_s
        and gpu.fp16_tensor_flop_per_s
    ]
    speeds = {gpu.id: predict_speed(job, gpu) for gpu in cards}
    for wide in cards:
        for narrow in cards:
            is_wider = wide.bandwidth_bytes_per_s > 1.05 * narrow.bandwidth_bytes_per_s
            is_similar = wide.fp16_tensor_flop_per_s > narrow.fp16_tensor_flop_per_s * 5 / 6
            if is_wider and is_similar and speeds[wide.id].bottleneck == "memory bandwidth":
                assert speeds[wide.id].median >= speeds[narrow.id].median, (wide.id, narrow.id)


def test_halved_accumulation_costs_a_card_something_but_not_half(jobs, gpu):
    chip = {"fp32_flop_per_s": 35e12, "fp16_tensor_flop_per_s": 140e12}
    full = predict_speed(jobs["llm_qlora_8b"], gpu(**chip)).median
    halved = gpu(**chip | {"fp16_tensor_flop_per_s": 70e12})
    ratio = predict_speed(jobs["llm_qlora_8b"], halved).median / full
    assert 0.65 < ratio < 0.95
    assert "only in part" in predict_speed(jobs["llm_qlora_8b"], halved).inputs["peak rate"]


def test_a_data_centre_chip_lends_nothing_to_a_desktop_chip_of_the_same_name(jobs, gpu):
    desktop = gpu(architecture="Blackwell 2.0", fp32_flop_per_s=31e12)
    centre = gpu(architecture="Blackwell", fp32_flop_per_s=4e12)  # matrix units far ahead
    job = jobs["resnet50_train"]
    assert "not measured" in predict_speed(job, desktop).inputs["architecture"]
    assert "architecture" not in predict_speed(job, centre).inputs


def test_few_rows_of_lora_take_the_shape_of_training_and_a_wider_range(jobs, gpu):
    lora = predict_speed(jobs["llm_qlora_8b"], gpu())
    full = predict_speed(jobs["llm_full_finetune_8b"], gpu())
    assert lora.high / lora.low >= full.high / full.low
    assert "full training" in lora.inputs["fitted on"]
