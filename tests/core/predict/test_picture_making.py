"""What making pictures holds: the denoiser, what stands beside it, and the decoder's peak."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.base.units import GIB
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.demand import demand_of
from hwstudio.core.predict.footprint import items_of
from hwstudio.core.predict.held import Part
from hwstudio.core.predict.job_maker import job_of, usual_wish
from hwstudio.core.predict.memory import Fit, predict_memory
from hwstudio.core.predict.picture_making import BESIDE_LABEL, decoding_bytes


@pytest.fixture
def job(catalog):
    """Return the making of pictures with a denoiser of the library."""
    models = {model.id: model for model in catalog.ai_models()}

    def made(name, **changes):
        return job_of(models[name], replace(usual_wish(models[name], Mode.GENERATE), **changes))

    return made


def bytes_of(job):
    return {item.part: item.bytes for item in items_of(job)}


# Counted with tensors without data on the modules of diffusers, two pictures (guidance).
@pytest.mark.parametrize(
    ("name", "fused", "plain"), [("sdxl-unet", 0.331e9, 1.516e9), ("sd15-unet", 0.137e9, 1.132e9)]
)
def test_a_call_of_a_unet_is_never_reckoned_to_need_less_than_was_counted(
    job, monkeypatch, name, fused, plain
):
    monkeypatch.setattr("hwstudio.core.predict.footprint.decoding_bytes", lambda _job: 0.0)
    usual = job(name)
    assert fused <= bytes_of(usual)[Part.LIVE] < 2.5 * fused
    whole = replace(usual, recipe=replace(usual.recipe, has_fused_attention=False))
    assert bytes_of(whole)[Part.LIVE] > 0.87 * plain


def test_decoding_the_picture_is_the_peak_and_follows_its_area(job):
    assert decoding_bytes(job("sd15-unet")) == pytest.approx(0.403e9, rel=0.001)  # counted
    assert bytes_of(job("sd15-unet"))[Part.LIVE] == decoding_bytes(job("sd15-unet"))
    large = decoding_bytes(job("sd15-unet", image_px=1024))
    assert large == pytest.approx(1.611e9, rel=0.001)


def test_encoders_of_the_words_stand_beside_and_may_be_moved_out(job):
    flux = predict_memory(job("flux1-dev"), 24 * GIB)
    items = {item.label: item.bytes for item in flux.items}
    assert 9.5e9 < items[BESIDE_LABEL] < 10.5e9  # T5 of 4.8 billion parameters, mostly
    assert flux.need_bytes > 34e9  # all of it at once
    assert flux.low < 24 * GIB  # the denoiser alone
    assert flux.verdict is Fit.TIGHT
    assert "encoders and the decoder wait" in flux.advice
    small = predict_memory(job("flux1-dev"), 20 * GIB)
    assert small.verdict is Fit.NO
    assert "encoders and the decoder wait" not in small.advice  # it would not do


def test_sdxl_runs_on_sixteen_gigabytes_and_may_just_on_eight(job):
    assert predict_memory(job("sdxl-unet"), 16 * GIB).verdict is Fit.FITS
    assert predict_memory(job("sdxl-unet"), 8 * GIB).verdict is Fit.TIGHT
    assert predict_memory(job("sdxl-unet"), 4 * GIB).verdict is Fit.NO


def test_a_denoiser_without_words_has_nothing_beside_it(job):
    assert Part.BESIDE not in bytes_of(job("ddpm-cifar10"))


def test_thirty_steps_with_guidance_are_sixty_calls_and_without_thirty(job, catalog):
    guided, unguided = demand_of(job("sd15-unet", steps=30)), demand_of(job("flux1-dev", steps=30))
    assert guided.flop == 60 * 2 * job("sd15-unet").macs_per_sample
    assert unguided.flop == 30 * 2 * job("flux1-dev").macs_per_sample
    # The job of the library is the same work as its model asked for it.
    assert demand_of(catalog.workload("sd15_generate")).flop == pytest.approx(guided.flop, rel=1e-4)


def test_both_calls_of_a_step_read_the_weights_once(job):
    guided = demand_of(job("sd15-unet", steps=1))
    made = job("sd15-unet")
    activations = 2 * made.activations_per_sample * 2 * 2  # both, two bytes, written and read
    assert guided.traffic_bytes == pytest.approx(activations + made.weight_bytes)
    unguided, flux = demand_of(job("flux1-dev", steps=1)), job("flux1-dev")
    moved = flux.activations_per_sample * 2 * 2 + flux.weight_bytes
    assert unguided.traffic_bytes == pytest.approx(moved)
