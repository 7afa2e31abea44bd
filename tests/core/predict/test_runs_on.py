"""Which software runs which weights on which hardware: facts that no measurement contradicts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.fitted.job import UNSTATED, Software, job_speeds, sheet_of
from hwstudio.core.predict.fitted.model import GROUPS
from hwstudio.core.predict.fitted.more_devices import as_gpu
from hwstudio.core.predict.job_maker import job_of, usual_wish
from hwstudio.core.predict.runs_on import FACTS, runs, usually_runs, why_not
from hwstudio.core.predict.weight_formats import GGUF
from hwstudio.core.predict.where_it_runs import STAND_IN, as_it_runs

TENSORRT, VLLM, LLAMA_CPP = "TensorRT-LLM 1.0", "vLLM 0.11 lm-arena-chat", "llama.cpp"
RTX_4090, RTX_3090 = "gpu-geforce-rtx-4090", "gpu-geforce-rtx-3090"
MI300X = "gpu-radeon-instinct-mi300x"
TIMED = ("vision", "text", "pictures")  # groups whose rows are of a software and a year


@pytest.fixture
def chat(catalog):
    """Return a chat of an 8B model in a format of weights."""
    model = next(model for model in catalog.ai_models() if model.id == "llama-3.1-8b")
    usual = usual_wish(model, Mode.INFERENCE)
    return lambda name="bf16": job_of(model, replace(usual, precision=name, batch=8))


@pytest.fixture
def measured(speed_model):
    """Return a measured device as the tables have it."""
    return lambda name: as_gpu(speed_model.devices[name])


def test_no_measurement_was_made_with_software_where_the_facts_say_it_does_not_run(
    speed_model, chat
):
    against = [
        (framework, device)
        for group in TIMED
        for kind in GROUPS[group]
        for (framework, _), (_, devices) in speed_model.groups[group].met(kind).items()
        for device in devices
        if device in speed_model.devices
        and why_not(chat("int4"), framework, as_gpu(speed_model.devices[device]))
    ]
    assert not against


@pytest.mark.parametrize("framework", [TENSORRT, "NGC pytorch 22.09", "Megatron-Bridge 26.04.01"])
def test_software_of_nvidia_runs_on_nvidia_gpus_alone(framework, chat, catalog, measured):
    assert "NVIDIA GPUs" in why_not(chat(), framework, catalog.part(MI300X))
    assert why_not(chat(), framework, measured("Apple M3 (10c GPU)"))
    assert not why_not(chat(), framework, catalog.part(RTX_4090))


def test_a_format_needs_a_card_whose_generation_has_kernels_for_it(chat, catalog):
    fp8 = chat("fp8")
    assert "Ada" in why_not(fp8, TENSORRT, catalog.part(RTX_3090))
    assert not why_not(fp8, TENSORRT, catalog.part(RTX_4090))
    assert not why_not(fp8, VLLM, catalog.part(RTX_3090))  # it spreads the weights itself
    assert "AWQ" in why_not(chat("awq"), VLLM, catalog.part(MI300X))


def test_gguf_files_run_in_llama_cpp_and_ollama_and_nothing_else_does_there(chat, catalog):
    rtx = catalog.part(RTX_4090)
    assert all(runs(name, LLAMA_CPP) and runs(name, "ollama GPU") for name in GGUF)
    assert not any(runs(name, VLLM) or runs(name, "exllamav2") for name in GGUF)
    assert "llama.cpp does not run" in why_not(chat("fp8"), LLAMA_CPP, rtx)
    assert runs("fp8", "HF transformers 4.51")
    assert not usually_runs("fp8", "HF transformers 4.51")


def test_qlora_needs_hardware_its_library_knows(catalog, measured):
    model = next(model for model in catalog.ai_models() if model.id == "llama-3.1-8b")
    job = job_of(model, usual_wish(model, Mode.QLORA))
    assert "bitsandbytes" in why_not(job, "", measured("TPU v5p"))
    assert not why_not(job, "", measured("Apple M3 (10c GPU)"))
    assert not why_not(job, "", catalog.part(MI300X))


def test_a_build_for_one_makers_gpus_runs_on_no_others(chat, catalog):
    assert why_not(chat(), "llama.cpp llama.cpp-hip fa", catalog.part(RTX_4090))
    assert why_not(chat(), "pytorch mps", catalog.part(RTX_4090))
    assert not why_not(chat(), "llama.cpp llama.cpp-vulkan fa", catalog.part(RTX_4090))


def test_what_no_fact_speaks_of_is_not_claimed_either_way(chat, catalog):
    assert not why_not(chat(), "xDiT text-to-image", catalog.part(MI300X))
    assert not why_not(chat(), UNSTATED.framework, catalog.part(MI300X))


def test_every_fact_names_its_source():
    assert all(fact.source for fact in FACTS)


def test_chosen_software_has_no_speed_where_it_does_not_run_and_usual_software_stands_in(
    chat, catalog, speed_model
):
    gpus = [catalog.part(RTX_4090), catalog.part(MI300X)]
    used = Software(TENSORRT, "trt-llm")
    hardware = [(gpu, sheet_of(gpu, speed_model.devices.values())) for gpu in gpus]
    speeds = job_speeds(speed_model, chat(), hardware, 1, used)
    here, there = as_it_runs(chat(), gpus, speeds, used, is_chosen=True)
    assert here == speeds[0]
    assert there.median is None
    assert "NVIDIA GPUs" in there.refused
    here, there = as_it_runs(chat(), gpus, speeds, used, is_chosen=False)
    assert here == speeds[0]
    assert there.median == speeds[1].median
    assert STAND_IN in there.inputs["software"]
