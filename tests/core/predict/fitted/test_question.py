"""A row of the published tables becomes a question; what was measured there is never read."""

from __future__ import annotations

import pytest

from hwstudio.core.predict.fitted.arithmetic import arithmetic_named, rate_of
from hwstudio.core.predict.fitted.clues import clues_of
from hwstudio.core.predict.fitted.need import memory_question_of
from hwstudio.core.predict.fitted.question import active_of
from tests.core.predict.fitted.made import ROW, TEXT, card, question


@pytest.mark.parametrize("answers", [{"value": "1"}, {"value": "1e9", "power_w": "300"}])
def test_measured_columns_change_nothing(answers):
    assert question(**answers) == question()


def test_a_result_that_stands_in_the_note_is_not_read():
    note = "active_params_b=8.0;median_itl_ms=17.25;model TFLOP/s/GPU=433.0"
    told = question(TEXT, note=note)
    assert told.active_params == 8e9
    other = question(TEXT, note="active_params_b=8.0;median_itl_ms=99.9;model TFLOP/s/GPU=1.0")
    assert told == other


def test_a_measured_peak_is_not_read():
    row = {**TEXT, "measure": "allocated", "optimizer": "adamw"}
    low = memory_question_of({**row, "peak_gib": "1", "oom": "0"}, card())
    high = memory_question_of({**row, "peak_gib": "", "oom": "1"}, card())
    assert low == high
    assert low.optimiser == "adamw"


@pytest.mark.parametrize(
    ("name", "params_m", "active"),
    [
        ("qwen3-30b-a3b", 30532, 3e9),
        ("Qwen/Qwen3-VL-235B-A22B-Instruct", 235000, 22e9),
        ("llama-4-scout-17b-16e-instruct", 107770, 17e9),
        ("gpt-oss-120b", 116829, 5.1e9),
        ("llama-3.1-8b", 8030, None),
    ],
)
def test_a_mixture_of_experts_tells_what_a_token_uses(name, params_m, active):
    assert active_of(name, params_m) == active


@pytest.mark.parametrize(
    ("precision", "rate", "bits"),
    [
        ("fp32", "fp32", 32.0),
        ("tf32", "tf32", 32.0),
        ("amp-fp16", "half", 32.0),
        ("bf16-true", "half", 16.0),
        ("UD-Q4_K_XL", "half", 4.8),
        ("exl2-2.5bpw", "half", 2.5),
        ("gptq-int8", "half", 8.3),
        ("mxfp8", "fp8", 8.2),
        ("nvfp4", "fp4", 4.5),
    ],
)
def test_a_precision_tells_its_rate_and_its_bits(precision, rate, bits):
    found = arithmetic_named(precision)
    assert (found.rate, found.weight_bits) == (rate, bits)


def test_a_device_without_a_rate_has_the_next_wider_one():
    old = card(tf32_tflops="0", fp8_tflops="0")
    assert rate_of(old, "tf32") == old.fp32_flop_per_s
    assert rate_of(old, "fp8") == old.fp16_flop_per_s
    assert rate_of(old, "fp4") == old.fp16_flop_per_s


def test_pictures_of_two_sides_count_as_the_square_of_the_same_area():
    assert question(input_size="512x2048").input_size == pytest.approx(1024)


def test_a_row_with_words_for_a_number_is_refused():
    with pytest.raises(ValueError, match="many"):
        question(batch_per_device="many")


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("num_devices", "0"), ("num_devices", "-2"), ("num_devices", "1e9"),
        ("batch_per_device", "nan"), ("num_params_m", "inf"), ("gmacs_per_sample", "-1"),
        ("input_size", "1e300"),
    ],
)  # fmt: skip
def test_a_number_that_no_run_can_have_is_refused(column, text):
    with pytest.raises(ValueError, match=r"devices|is not from 0"):
        question(**{column: text})


def test_every_question_has_the_same_clues():
    assert list(clues_of(question())) == list(clues_of(question(TEXT)))
    assert list(clues_of(question({**ROW, "num_params_m": ""}))) == list(clues_of(question()))
