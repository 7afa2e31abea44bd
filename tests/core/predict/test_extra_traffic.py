"""Plain attention and small keys and values: counted bytes over the data sheet's bandwidth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.model.recipe import Cache
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.extra_traffic import Extra, without_extra
from hwstudio.core.predict.fitted.job import Software, observed, speeds
from hwstudio.core.predict.job_maker import job_of, usual_wish

LLAMA_CPP, TORCHTUNE = Software("llama.cpp", "xiongjiedai"), Software("torchtune", "torchtune")
OF_2021 = Software("NGC pytorch 20.01-20.10", "lambda")


@pytest.fixture
def sheet(speed_model):
    return speed_model.devices["RTX 4090"]


@pytest.fixture
def told(catalog, speed_model, sheet):
    """Return the speed of an 8B model: how, with which settings, with which software."""
    model = next(model for model in catalog.ai_models() if model.id == "llama-3.1-8b")

    def ask(mode, software, tokens, count=1, **settings):
        usual = usual_wish(model, mode)
        recipe = replace(usual.recipe, **settings)
        job = job_of(model, replace(usual, sequence_tokens=tokens, recipe=recipe), count)
        return speeds(speed_model, job, [sheet], count, software)[0]

    return ask


def test_the_fewer_bits_the_keys_have_the_faster_and_the_slow_end_stays(told):
    kinds = (Cache.FP16, Cache.Q8, Cache.Q4)
    found = [told(Mode.INFERENCE, LLAMA_CPP, 32_768, cache=kind) for kind in kinds]
    assert found[0].median < found[1].median < found[2].median
    assert found[0].high < found[1].high <= found[2].high
    assert found[0].low == found[1].low == found[2].low


def test_half_the_keys_save_at_most_the_reading_of_half_of_them(told, sheet):
    tokens = 32_768
    usual, small = (
        told(Mode.INFERENCE, LLAMA_CPP, tokens, cache=kind) for kind in (Cache.FP16, Cache.FP8)
    )
    a_token = 2 * 32 * 1024  # keys and values, layers, width of eight heads of 128; one byte each
    saved_s = a_token * (tokens + 64) / sheet.bandwidth_bytes_per_s
    assert 1 / usual.median - 1 / small.median == pytest.approx(saved_s, rel=1e-6)


def test_in_a_short_text_keys_hardly_matter(told):
    usual, small = (
        told(Mode.INFERENCE, LLAMA_CPP, 512, cache=kind) for kind in (Cache.FP16, Cache.Q4)
    )
    assert 1.0 <= small.median / usual.median < 1.02


def test_plain_attention_is_slower_and_the_more_so_the_longer_the_text(told):
    def lost(tokens):
        fused, plain = (
            told(Mode.LORA, TORCHTUNE, tokens, has_fused_attention=kind) for kind in (True, False)
        )
        assert plain.low < fused.low
        assert plain.high == fused.high
        return fused.median / plain.median

    assert 1.0 < lost(1024) < lost(4096)


def test_where_runs_may_have_been_plain_already_only_the_slow_end_moves(told):
    fused, plain = (
        told(Mode.TRAIN, OF_2021, 2048, has_fused_attention=kind) for kind in (True, False)
    )
    assert plain.median == fused.median
    assert plain.low < fused.low
    assert "may have been plain" in plain.inputs["attention"]


def test_a_speed_that_was_measured_with_small_keys_comes_back_as_it_was(
    told, catalog, speed_model, sheet
):
    model = next(model for model in catalog.ai_models() if model.id == "llama-3.1-8b")
    usual = usual_wish(model, Mode.INFERENCE)
    small = replace(usual.recipe, cache=Cache.Q8)
    job = job_of(model, replace(usual, sequence_tokens=32_768, recipe=small))
    answer = told(Mode.INFERENCE, LLAMA_CPP, 32_768, cache=Cache.Q8)
    _, value = observed(speed_model, job, sheet, 1, LLAMA_CPP, answer.median)
    assert value == pytest.approx(told(Mode.INFERENCE, LLAMA_CPP, 32_768).median, rel=1e-9)
    assert without_extra(100.0, Extra()) == 100.0
