"""Detectors and segmenters whose publishers state no operations are told by their names."""

from __future__ import annotations

import pytest

from hwstudio.core.predict.fitted.picture_models import known_picture
from hwstudio.core.predict.fitted.work import work_of
from tests.core.predict.fitted.made import question


@pytest.mark.parametrize(
    ("model", "gmacs", "macts"),
    [  # counted at 800 x 1344
        ("d2:faster_rcnn_R_50_FPN_1x", 216, 311),
        ("d2:mask_rcnn_R_101_FPN_1x", 349, 468),
        ("d2:retinanet_R_101_FPN_3x", 334, 424),
        ("d2:mask_rcnn_X_101_32x8d_FPN_3x", 533, 789),
        ("mask_rcnn_r50_fpn", 269, 358),
    ],
)
def test_a_detector_does_what_was_counted(model, gmacs, macts):
    found = known_picture(model, 800.0)
    assert found.macs == pytest.approx(gmacs * 1e9, rel=0.02)
    assert found.activations == pytest.approx(macts * 1e6, rel=0.02)


@pytest.mark.parametrize(
    ("small", "large"),
    [
        ("yolov5:yolov5_n-v61_syncbn", "yolov5:yolov5_x-v61_syncbn"),
        ("yolov5:yolov5_s-v61_fast", "yolov5:yolov5_s-p6-v62_fast"),
        ("yolox:yolox_tiny_fast", "yolox:yolox_l_fast"),
        ("rtmdet:rtmdet-r_tiny_fast", "rtmdet:rtmdet-r_l_syncbn"),
    ],
)
def test_sizes_in_names_are_sizes(small, large):
    assert known_picture(small, None).activations < known_picture(large, None).activations


def test_a_mask_in_the_recipe_of_a_one_stage_detector_is_no_second_stage():
    name = "yolov5:yolov5_l{}-v61_syncbn_fast_8xb16-300e_coco"
    assert known_picture(name.format("_mask-refine"), None) == known_picture(name.format(""), None)


def test_more_pixels_are_more_work():
    small, large = (known_picture("deeplabv3plus-r-50-d8", side) for side in (512.0, 1024.0))
    assert large.macs == pytest.approx(4 * small.macs)


def test_a_name_of_no_known_kind_is_none_and_stated_operations_go_first():
    assert known_picture("my-detector", 640.0) is None
    stated = question(model="mask_rcnn_r50_fpn", family="detection", gmacs_per_sample="100")
    assert work_of(stated).flop == pytest.approx(2 * 100e9)
