"""What a step costs beside its work, and what a call of a denoiser takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.predict.fitted.clues import baseline
from hwstudio.core.predict.fitted.diffusion import call_macs, denoiser_of
from hwstudio.core.predict.fitted.launch import launch_s
from hwstudio.core.predict.fitted.work import work_of
from tests.core.predict.fitted.made import ROW, TEXT, card, question

DECODE = {**TEXT, "task": "decode", "method": "", "batch_per_device": "1", "act_ckpt": ""}
PICTURE = {
    **ROW, "model": "flux.1-dev", "family": "diffusion", "task": "generate", "metric": "images/s",
    "framework": "diffusers", "batch_per_device": "1", "input_size": "1024",
    "num_params_m": "11901", "gmacs_per_sample": "", "macts_per_sample": "", "note": "steps=50",
}  # fmt: skip


def spent_s(row: dict[str, str], **changes: str) -> float:
    asked = question(row, **changes)
    return launch_s(asked, work_of(asked))


@given(st.integers(1, 512), st.integers(2, 8))
def test_a_larger_batch_shares_what_a_step_costs(batch, more):
    small, large = (spent_s(ROW, batch_per_device=str(n)) for n in (batch, batch * more))
    assert large * more == pytest.approx(small)


def test_software_that_starts_every_kernel_from_python_waits_longer():
    assert spent_s(DECODE, framework="HF transformers 4.51") > 5 * spent_s(
        DECODE, framework="llama.cpp"
    )
    assert spent_s(ROW, framework="TensorRT 8") < spent_s(ROW, framework="timm eager")


def test_packed_weights_are_spread_before_every_pass_of_training():
    low = spent_s(TEXT, method="lora")
    packed, recomputed = (
        spent_s(TEXT, method="qlora", precision="bnb.nf4", act_ckpt=kept) for kept in ("0", "1")
    )
    assert low < packed < recomputed
    assert spent_s(TEXT, method="full", act_ckpt="1") == spent_s(TEXT, method="full", act_ckpt="0")


def test_a_long_example_hides_what_a_training_step_costs():
    short, long = (spent_s(TEXT, input_size=n, framework="HF+DeepSpeed") for n in ("256", "8192"))
    assert short == pytest.approx(32 * long)
    assert short > 2 * spent_s(TEXT, input_size="256", framework="megatron")


def test_an_answer_among_many_costs_the_host_the_same_however_many_there_are():
    served = {**DECODE, "task": "serve-decode", "framework": "vLLM 0.11"}
    few, many = (spent_s(served, batch_per_device=str(n)) for n in (64, 4096))
    assert few > many > 30e-6


def test_layers_that_lie_on_several_devices_are_started_once():
    split = spent_s(DECODE, num_devices="4", parallelism="layer-split")
    assert split == pytest.approx(4 * spent_s(DECODE))  # of four devices' time one was busy


def test_devices_that_share_a_step_all_wait_for_it():
    assert spent_s(DECODE, num_devices="4") == pytest.approx(4 * spent_s(DECODE))


def test_a_deeper_network_starts_more_kernels():
    assert spent_s(ROW, model="resnet152") == pytest.approx(spent_s(ROW) * 152 / 50)
    assert spent_s(ROW, model="mobilenetv3_100") == spent_s(ROW)


def test_a_device_twice_as_fast_is_less_than_twice_as_fast_on_small_steps():
    def faster(batch: str) -> float:
        slow, fast = (
            question(ROW, card(fp16_tflops=half, bw_gbs=bandwidth), batch_per_device=batch)
            for half, bandwidth in (("165", "1008"), ("330", "2016"))
        )
        return baseline(fast, work_of(fast)) - baseline(slow, work_of(slow))

    assert 0 < faster("1") < 0.1
    assert faster("4096") == pytest.approx(0.693, abs=0.04)


@pytest.mark.parametrize(
    ("model", "params", "side", "frames", "macs"),
    [  # counted operation by operation on the architectures
        ("black-forest-labs/FLUX.1-dev", 11.9e9, 1024, None, 37.2e12),
        ("stabilityai/stable-diffusion-3.5-medium", 2.24e9, 1024, None, 5.62e12),
        ("stable-diffusion-1.5 txt2img", 0.86e9, 512, None, 0.402e12),
        ("Wan-AI/Wan2.1-T2V-1.3B-Diffusers", 1.42e9, 480, 81, 141.5e12),
    ],
)
def test_a_call_takes_what_was_counted(model, params, side, frames, macs):
    asked = question(
        PICTURE, model=model, num_params_m=str(params / 1e6), input_size=str(side),
        note=f"steps=50;frames={frames}" if frames else "steps=50",
    )  # fmt: skip
    assert call_macs(asked, denoiser_of(model, params)) == pytest.approx(macs, rel=0.2)


def test_guidance_is_a_second_call_and_a_distilled_model_needs_none():
    guided = question(PICTURE, model="somebodys-model", num_params_m="2000")
    calls = work_of(guided).flop / (2 * call_macs(guided, denoiser_of("somebodys-model", 2e9)))
    assert calls == pytest.approx(100)
    assert denoiser_of("flux.1-schnell", 12e9).calls == 1


@given(st.floats(1e8, 1e11), st.floats(1.01, 10))
def test_a_larger_denoiser_is_more_work(params, more):
    small, large = (
        work_of(question(PICTURE, model="x", num_params_m=str(n / 1e6))).flop
        for n in (params, params * more)
    )
    assert large > small
