"""Pictures of another size: the work follows the area, attention its square."""

from __future__ import annotations

import pytest

from hwstudio.core.predict.picture_size import picture_side, score_elements, work_at


@pytest.fixture(scope="module")
def models(catalog):
    return {model.id: model for model in catalog.ai_models()}


def test_twice_the_side_is_four_times_the_work_of_a_convolution(models):
    resnet = models["timm-resnet50"]
    assert picture_side(resnet) == 224
    work = work_at(resnet, 448)
    assert work.macs == pytest.approx(4 * resnet.macs_per_sample)
    assert work.activations == pytest.approx(4 * resnet.activations_per_sample)
    assert work_at(resnet, 0).macs == work_at(resnet, 224).macs == resnet.macs_per_sample


def test_attention_makes_larger_pictures_dearer_than_their_area(models):
    """FLUX: 4,096 pieces of the picture look at each other; SDXL's share is not counted apart."""
    flux = models["flux1-dev"]
    assert work_at(flux, 2048).macs > 4.5 * flux.macs_per_sample
    assert work_at(flux, 512).macs < flux.macs_per_sample / 4


def test_the_pieces_of_a_latent_picture_look_at_each_other_too(models):
    """Stable Diffusion 3 cuts 128 x 128 into pieces of 2 x 2, beside 333 tokens of text."""
    assert score_elements(models["sd3-medium"]) == 24 * 24 * (64 * 64 + 333) ** 2
    assert score_elements(models["sd15-unet"]) == 0.0  # a U-Net: its layers differ


def test_what_reads_no_pictures_has_no_size(models):
    assert picture_side(models["gpt2"]) is None
    assert picture_side(models["whisper-small"]) is None
