"""Whether a job fits a GPU's memory, and the cheapest way to make it fit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwstudio.core.base.units import GIB
from hwstudio.core.predict.footprint import block_bytes
from hwstudio.core.predict.memory import Fit, Layout, predict_memory


def test_the_items_add_up_to_the_need(jobs):
    for job in jobs.values():
        memory = predict_memory(job, 24 * GIB)
        assert sum(item.bytes for item in memory.items) == pytest.approx(
            memory.need_bytes, abs=len(memory.items)
        )
        assert memory.low < memory.need_bytes < memory.high


def test_qlora_of_an_8b_model_fits_a_12_gb_card(jobs):
    assert predict_memory(jobs["llm_qlora_8b"], 12 * GIB).verdict is Fit.FITS


def test_full_fine_tuning_of_an_8b_model_needs_16_bytes_a_parameter_and_more(jobs):
    job = jobs["llm_full_finetune_8b"]
    memory = predict_memory(job, 24 * GIB)
    assert memory.verdict is Fit.NO
    assert memory.low > 16 * job.params_total


def test_the_advice_for_full_fine_tuning_on_a_small_card_is_qlora(jobs):
    assert "QLoRA" in predict_memory(jobs["llm_full_finetune_8b"], 12 * GIB).advice


def test_the_advice_for_a_large_batch_is_the_largest_halved_batch_that_fits(jobs):
    memory = predict_memory(jobs["gpt2_train"], 12 * GIB)
    assert memory.verdict is Fit.NO
    assert "batch 8 instead of 16" in memory.advice
    assert predict_memory(replace(jobs["gpt2_train"], batch=8), 12 * GIB).verdict is Fit.FITS


def test_when_nothing_helps_the_advice_says_so(jobs):
    assert "no smaller setting fits" in predict_memory(jobs["llm_qlora_8b"], 2 * GIB).advice


def test_a_need_inside_the_band_is_tight(jobs):
    memory = predict_memory(jobs["llm_chat_8b"], 24 * GIB)
    assert predict_memory(jobs["llm_chat_8b"], memory.need_bytes).verdict is Fit.TIGHT


def test_several_gpus_spread_what_does_not_fit_one(jobs):
    job = jobs["llm_full_finetune_8b"]
    assert predict_memory(job, 80 * GIB, 1).verdict is Fit.NO
    eight = predict_memory(job, 80 * GIB, 8)
    assert eight.verdict is Fit.FITS
    assert eight.layout is Layout.SHARDED


def test_a_job_that_fits_is_copied_not_spread(jobs):
    assert predict_memory(jobs["resnet50_train"], 24 * GIB, 4).layout is Layout.COPIED


def test_chat_spreads_its_layers_over_several_gpus(jobs):
    chat = jobs["llm_chat_8b"]
    assert predict_memory(chat, 12 * GIB, 1).verdict is Fit.NO
    two = predict_memory(chat, 12 * GIB, 2)
    assert two.verdict is Fit.FITS
    assert two.layout is Layout.SPLIT


def test_an_unknown_card_memory_gives_an_unknown_verdict(jobs):
    assert predict_memory(jobs["resnet50_train"], 0).verdict is Fit.UNKNOWN


def test_a_transformer_without_its_shape_is_not_guessed(jobs):
    memory = predict_memory(replace(jobs["gpt2_train"], hidden=None), 24 * GIB)
    assert memory.verdict is Fit.UNKNOWN
    assert memory.need_bytes is None
    assert memory.refused


def test_the_block_formulas_give_the_measured_bytes(jobs):
    """GELU 32 x hidden; SwiGLU with unfused norms 53 x hidden at f 3.5, g 0.25 (measured 53.08)."""
    assert block_bytes(jobs["gpt2_train"]) == 32 * jobs["gpt2_train"].hidden
    llama = jobs["llm_qlora_8b"]
    assert block_bytes(llama) / llama.hidden == pytest.approx(53.0, abs=0.1)


@given(batch=st.integers(1, 64))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_larger_batch_never_needs_less(batch, jobs):
    for name in ("resnet50_train", "gpt2_train", "sd15_generate", "llm_chat_8b"):
        small = predict_memory(replace(jobs[name], batch=batch), 24 * GIB)
        large = predict_memory(replace(jobs[name], batch=batch + 1), 24 * GIB)
        assert large.need_bytes >= small.need_bytes
