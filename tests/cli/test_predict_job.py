"""`hwstudio predict job` as a script and as a person at a terminal see it."""

from __future__ import annotations

import json

import pytest

from hwstudio.cli.main import main

CHAT = ["predict", "job", "--workload", "llm_chat_8b", "--device", "RTX 4090"]
TUNE = ["predict", "job", "--model", "llama-3.1-8b", "--mode", "finetune"]
EIGHT = [*TUNE, "--device", "H100 SXM5 80 GB", "--count", "8"]


@pytest.fixture
def run(tmp_path, capsys):
    """Return a function that runs a command and gives its exit code, stdout and stderr."""

    def go(*arguments):
        try:
            code = main(["--home", str(tmp_path / "h"), *arguments])
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


@pytest.fixture
def told(run):
    """Return a function that gives the JSON document of a job that can be answered."""

    def go(*arguments):
        code, out, _ = run(*arguments, "--json")
        assert code == 0
        return json.loads(out)

    return go


def test_a_job_on_a_gpu_is_predicted_with_ranges(run):
    code, out, _ = run(
        "predict", "job", "--workload", "llm_qlora_8b", "--device", "RTX 4090", "--json"
    )
    job = json.loads(out)
    assert code == 0
    for name in ("time", "power", "energy", "cost"):
        assert 0 < job[name]["low"] < job[name]["median"] < job[name]["high"]
    assert sum(job["shares"].values()) == pytest.approx(1)
    assert job["memory"]["verdict"] == "fits"
    assert job["bottleneck"]


def test_a_processor_is_refused_as_the_device_of_a_job(run, catalog):
    cpu = catalog.cpus()[0].id
    code, _, err = run("predict", "job", "--workload", "llm_qlora_8b", "--device", cpu)
    assert code == 2
    assert "bench run" in err


def test_memory_is_three_numbers(told):
    job = told(*CHAT)
    memory, least = job["memory"], job["smallest_card"]
    assert memory["live_bytes"] < memory["need_bytes"] < memory["high"] <= least["vram_bytes"]


def test_an_answer_has_a_first_token_and_every_further_one(told, run):
    latency = told(*CHAT)["latency"]
    for part in ("first_token", "each_token"):
        assert 0 < latency[part]["low"] < latency[part]["median"] < latency[part]["high"]
    _, out, _ = run(*CHAT)
    assert "First    token after about" in out
    assert "the way over a network is not counted" in out


def test_every_zero_stage_needs_less_of_each_gpu(told):
    needs = [told(*EIGHT, "--zero", str(n))["memory"]["need_bytes"] for n in range(4)]
    assert needs == sorted(needs, reverse=True)
    assert needs[3] < needs[0] / 3


def test_a_search_of_three_runs_takes_three_times_as_long_and_pays_for_it(told):
    once, three = told(*EIGHT), told(*EIGHT, "--runs", "3")
    for name in ("time", "energy", "cost"):
        assert three[name]["median"] == pytest.approx(3 * once[name]["median"])


def test_saving_often_to_a_slow_drive_is_named(told):
    shares = told(*EIGHT, "--save-min", "10", "--save-mb-s", "200")["shares"]
    assert shares["saving"] > 0.3
    assert sum(shares.values()) == pytest.approx(1)


def test_the_software_is_chosen_by_its_name_or_left_open(told):
    usual = told(*CHAT)["speed"]
    named, none = (told(*CHAT, "--software", name)["speed"] for name in ("exllama", "any"))
    assert named["inputs"]["software"].startswith("ExLlamaV2")
    assert usual["inputs"]["software"].startswith("llama.cpp")
    assert none["inputs"]["software"].startswith("not stated")
    assert none["high"] / none["low"] > usual["high"] / usual["low"]


def test_a_format_of_weights_is_named_as_files_name_it(told):
    run = ["predict", "job", "--model", "llama-3.1-8b", "--device", "RTX 4090", "--precision"]
    small, usual = told(*run, "Q2_K"), told(*run, "Q4_K_M")
    assert small["memory"]["need_bytes"] < usual["memory"]["need_bytes"]
    assert small["speed"]["median"] > usual["speed"]["median"]


def test_fewer_bits_of_keys_and_values_need_less(told):
    usual = told(*CHAT, "--batch", "16")
    small = told(*CHAT, "--batch", "16", "--kv", "q4_0")
    assert small["memory"]["live_bytes"] < usual["memory"]["live_bytes"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "llama-3.1-8b", "--mode", "generate"], "Choose from inference"),
        (["--model", "llama-3.1"], "Did you mean llama-3.1-"),
        (["--model", "linear-svm"], "needs no GPU: a processor is enough"),
        (["--model", "dall-e-2"], "cannot run locally"),
        (["--model", "llama-3.1-8b", "--precision", "int3"], "Choose from bf16, int8, int4"),
        (["--workload", "llm_chat_8b", "--software", "Lotus"], "Choose from llama.cpp"),
        (["--workload", "llm_chat_8b", "--epochs", "3"], "--epochs goes with --model"),
        (["--workload", "resnet50_train", "--tokens", "9"], "ResNet-50 reads no text"),
        (["--workload", "llm_chat_8b", "--save-mb-s", "9"], "--save-mb-s goes with --save-min"),
        (["--model", "gpt2", "--image-px", "512"], "--image-px does not go with this model"),
        (["--model", "resnet50", "--image-px", "9"], "is not from 32 to 4096"),
        (["--model", "resnet50", "--steps", "9"], "ResNet-50 makes none"),
        (["--workload", "llm_chat_8b", "--batch", "0"], "not a whole number from 1 up"),
        (["--workload", "llm_chat_8b", "--feed", "1e-300"], "not a number from 0.001 up"),
        (["--model", "gpt2", "--tensor", "3", "--count", "2"], "into groups of 3"),
        (["--model", "nothing-like-it"], "See: hwstudio catalog search model"),
        (["--device", "RTX 4090"], "--workload"),
    ],
)
def test_what_cannot_be_ends_with_2_and_what_to_do(run, words, said):
    device = [] if "--device" in words else ["--device", "RTX 4090"]
    code, _, err = run("predict", "job", *words, *device)
    assert code == 2
    assert said in err


@pytest.mark.parametrize("said", ["resnet50", "ResNet-50", "timm-resnet50"])
def test_a_model_is_found_by_its_name_however_it_is_written(told, said):
    job = told("predict", "job", "--model", said, "--mode", "train", "--device", "RTX 4090")
    assert job["workload"] == "timm-resnet50:train"


def test_a_model_file_of_ones_own_is_answered(told, tmp_path):
    config = {
        "model_type": "llama", "hidden_size": 3072, "num_hidden_layers": 28, "vocab_size": 128256,
        "num_attention_heads": 24, "num_key_value_heads": 8, "intermediate_size": 8192,
    }  # fmt: skip
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config))
    job = told("predict", "job", "--model", str(file), "--device", "RTX 4090")
    assert job["memory"]["verdict"] == "fits"
    assert job["speed"]["median"] > 0


def test_software_that_does_not_run_there_is_refused_with_the_reason(run):
    words = [*TUNE, "--device", "Radeon Instinct MI300X", "--software", "NVIDIA's container"]
    code, out, _ = run(*words)
    assert code == 1
    assert "runs only on NVIDIA GPUs" in out


def test_measured_hardware_that_is_no_card_is_answered_by_its_name(told, run):
    chat = ["predict", "job", "--workload", "llm_chat_8b", "--device"]
    job = told(*chat, "apple m2 ultra (76c GPU) 192GB")
    assert job["memory"]["verdict"] == "fits"
    assert 20 < job["speed"]["median"] < 80
    code, _, err = run(*chat, "Apple M2 Ultra (76c GPU) 192GB", "--count", "2")
    assert code == 2
    assert "Leave --count out" in err


def test_pictures_have_a_size_and_their_making_says_what_it_goes_to(told):
    make = ["predict", "job", "--model", "sd15-unet", "--device", "RTX 4090"]
    small, large = told(*make), told(*make, "--image-px", "1024", "--batch", "2")
    assert large["time"]["median"] > 3 * small["time"]["median"]
    assert large["memory"]["live_bytes"] > 2 * small["memory"]["live_bytes"]
    assert sum(small["shares"].values()) == pytest.approx(1)


def test_money_under_a_cent_is_not_nothing(run):
    _, out, _ = run("predict", "job", "--model", "bert-base", "--device", "T4", "--samples", "100")
    assert "under $0.01" in out


def test_sharing_gradients_out_as_well_is_not_faster_than_the_optimiser_alone(told):
    """Both stages exchange the same; only the memory differs."""
    first, second = (told(*EIGHT, "--zero", stage) for stage in ("1", "2"))
    assert first["speed"]["median"] == second["speed"]["median"]
    assert first["nearest_measurements"]


def test_the_line_a_project_keeps_a_job_as_is_answered_too(told):
    line = "model:llama-3.1-8b?mode=qlora&batch=2&samples=500&optimiser=adamw8bit"
    job = told("predict", "job", "--workload", line, "--device", "RTX 4090")
    assert job["job"] == "3 x 500 texts"
    usual = told("predict", "job", "--workload", line.replace("&optimiser=adamw8bit", ""),
                 "--device", "RTX 4090")  # fmt: skip
    assert job["memory"]["live_bytes"] < usual["memory"]["live_bytes"]
