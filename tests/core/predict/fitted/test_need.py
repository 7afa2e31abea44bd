"""What a row keeps in memory where its publisher does not say it in a column."""

from __future__ import annotations

import pytest

from hwstudio.core.base.units import GIB
from hwstudio.core.predict.fitted.need import (
    UNNAMED,
    items_asked,
    memory_question_of,
    need_bytes,
)
from hwstudio.core.predict.fitted.picture_models import batch_named
from tests.core.predict.fitted.made import ROW, TEXT, card

SHARDED = {
    **TEXT, "framework": "LitGPT", "parallelism": "fsdp", "num_devices": "8", "act_ckpt": "",
    "measure": "allocated",
}  # fmt: skip
DETECTOR = {
    **ROW, "task": "train", "family": "detection", "precision": "fp32", "batch_per_device": "",
    "macts_per_sample": "", "gmacs_per_sample": "", "input_size": "", "measure": "allocated",
}  # fmt: skip


def need(row, device=UNNAMED, **changes):
    return need_bytes(memory_question_of({**row, **changes}, device))


def test_litgpt_holds_the_whole_model_for_a_while_however_many_devices_share_it():
    whole = 8.03e9 * 2
    few, many = need(SHARDED, num_devices="2"), need(SHARDED)
    assert many > whole
    held = whole + 0.006 * 8.03e9 * 16  # with the adapters and what they learn with
    assert few - many == pytest.approx(held * (1 / 2 - 1 / 8), rel=0.01)


def test_weights_published_in_four_bits_stay_so_whatever_the_file_is_called():
    row = {**TEXT, "task": "infer", "method": "", "precision": "F16", "measure": "vram+gtt"}
    row |= {"model": "gpt-oss-120b", "num_params_m": "116829", "framework": "llama.cpp"}
    assert 58 * GIB < need(row) < 64 * GIB  # 59 to 61 GiB as its file


def test_words_that_are_learned_beside_adapters_are_counted():
    row = {**TEXT, "measure": "allocated"}
    plain, words = need(row), need(row, method="lora+emb")
    assert words - plain == pytest.approx(2 * 128256 * 4096 * 16, rel=0.01)


@pytest.mark.parametrize(
    ("name", "batch"),
    [
        ("yolov7:yolov7_x_syncbn_fast_8x16b-300e_coco", 16),
        ("yolov5:yolov5_n-v61_syncbn_fast_8xb32-300e_coco", 32),
        ("retinanet_x101_32x4d_fpn_1x_coco", None),
    ],
)
def test_a_configuration_says_in_its_name_what_a_device_takes(name, batch):
    assert batch_named(name) == batch


def test_a_detector_of_no_known_batch_takes_two_pictures_where_that_is_usual():
    name = "rotated_retinanet_obb_r50_fpn_1x_dota_le90"
    assert need(DETECTOR, model=name) == need(DETECTOR, model=name, batch_per_device="2")
    assert need(DETECTOR, model=name) > need(DETECTOR, model=name.replace("dota", "hrsc"))


def test_a_batch_nobody_states_was_as_large_as_the_card_allowed():
    row = {**DETECTOR, "model": "ssd300-resnet50", "input_size": "300"}
    small, large = (need(row, card(mem_gb=size)) for size in ("16", "48"))
    assert small == pytest.approx(0.9 * 16e9)
    assert large == pytest.approx(0.9 * 48e9)


def test_the_items_of_a_row_are_in_plain_words_and_none_is_negative():
    for row in (SHARDED, {**TEXT, "measure": "reserved"}, {**DETECTOR, "model": "mask_rcnn_r50"}):
        items = items_asked(memory_question_of(row, card()))
        assert all(item.label and item.bytes >= 0 for item in items)
