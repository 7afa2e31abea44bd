"""Formats of weights: their bytes, the names published tables know them by, and who runs them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.base.units import GIB
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.fitted.arithmetic import arithmetic_named
from hwstudio.core.predict.fitted.job import UNSTATED, question_for
from hwstudio.core.predict.fitted.software import usual_software
from hwstudio.core.predict.job_maker import job_of, precisions_of, stored_as, usual_wish
from hwstudio.core.predict.weight_formats import FORMATS, GGUF, SHORT, format_named


@pytest.fixture
def llama(catalog):
    return next(model for model in catalog.ai_models() if model.id == "llama-3.1-8b")


def job(model, precision, **changes):
    return job_of(model, replace(usual_wish(model, Mode.INFERENCE), precision=precision, **changes))


@pytest.mark.parametrize(
    ("name", "gib"),  # sizes that llama.cpp states for this very model
    [("int4", 4.58), ("int8", 7.95), ("q2_k", 2.95), ("q6_k", 6.14), ("iq4_xs", 4.17)],
)
def test_a_gguf_file_of_llama_has_the_size_llama_cpp_states(llama, name, gib):
    assert job(llama, name).weight_bytes / GIB == pytest.approx(gib, abs=0.01)


def test_formats_of_servers_keep_the_tables_of_words_in_sixteen_bits(llama):
    assert job(llama, "fp8").weight_bytes > llama.params_total
    assert job(llama, "awq").weight_bytes > llama.params_total * 4.25 / 8


@pytest.mark.parametrize("name", FORMATS)
def test_the_speed_is_asked_by_a_name_that_means_about_as_many_bits(llama, speed_model, name):
    sheet = next(iter(speed_model.devices.values()))
    asked = question_for(job(llama, name), sheet)
    assert asked.precision == FORMATS[name].published_as
    bits = arithmetic_named(asked.precision).weight_bits
    assert bits == pytest.approx(FORMATS[name].bits, rel=0.12)


def test_the_usual_software_is_one_that_runs_the_format(llama, speed_model):
    used = {name: usual_software(speed_model, job(llama, name)).framework for name in FORMATS}
    assert all("llama.cpp" in used[name] for name in GGUF)
    assert used["gptq"] == "exllamav2"
    # Nobody published one answer at a time in FP8: of no software, with the wider range.
    assert used["fp8"] == UNSTATED.framework
    assert "vLLM" in usual_software(speed_model, job(llama, "fp8", batch=16)).framework


def test_the_short_names_come_first_and_other_names_of_them_are_known(llama):
    assert precisions_of(llama, Mode.INFERENCE)[:3] == SHORT
    assert format_named("Q4_K_M") == "int4"
    assert format_named("Q5_K_M") == "q5_k_m"


def test_a_file_keeps_its_own_bytes_and_is_named_after_the_nearest_type(llama):
    own = replace(llama, precision="gguf", weight_bytes=round(5.6 * llama.params_total / 8))
    assert stored_as(own) == "q5_k_m"
    assert job(own, "q5_k_m").weight_bytes == own.weight_bytes
    assert job(own, "q2_k").weight_bytes < own.weight_bytes
