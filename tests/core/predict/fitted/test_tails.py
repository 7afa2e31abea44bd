"""What was behind the largest errors: rates, lengths and traffic that publishers do not state."""

from __future__ import annotations

import pytest

from hwstudio.core.predict.fitted.ceiling import ceiling
from hwstudio.core.predict.fitted.clues import ideal_s
from hwstudio.core.predict.fitted.coordinates import unit_of
from hwstudio.core.predict.fitted.launch import launch_s
from hwstudio.core.predict.fitted.model import is_untold
from hwstudio.core.predict.fitted.picture_models import times_written
from hwstudio.core.predict.fitted.work import work_of
from tests.core.predict.fitted.made import ROW, TEXT, card, question

A100 = card(device="A100", fp32_tflops="19.5", tf32_tflops="156", fp16_tflops="312")
V100 = card(device="V100", fp32_tflops="15.7", tf32_tflops="", fp16_tflops="125")
CONTAINER = "NGC pytorch 22.09"
PROMPT = {
    **TEXT, "task": "prefill", "method": "", "batch_per_device": "1", "act_ckpt": "",
    "framework": "llama.cpp",
}  # fmt: skip


def compute_s(device, **changes):
    asked = question(TEXT, device, **changes)
    return ideal_s(asked, work_of(asked))[0]


def test_fp32_in_containers_runs_on_tf32_units_where_a_card_has_them():
    plain, inside = (
        compute_s(A100, precision="fp32", framework=name) for name in ("HF pytorch", CONTAINER)
    )
    assert plain == pytest.approx(8 * inside)
    older = {compute_s(V100, precision="fp32", framework=n) for n in ("HF pytorch", CONTAINER)}
    assert len(older) == 1
    assert compute_s(A100, precision="bf16", framework=CONTAINER) < inside


def test_text_before_its_own_is_looked_at_again_and_its_scores_are_written_out():
    row = {
        **TEXT, "model": "transformer-xl-base", "family": "transformer", "task": "infer",
        "method": "", "batch_per_device": "8", "num_params_m": "192",
    }  # fmt: skip
    short, long = (work_of(question(row, input_size=n)) for n in ("64", "640"))
    assert short.flop > 2 * long.flop
    assert short.traffic_bytes > 16 * 8 * 640 * 2  # every score of every layer, at least once
    # What is looked up is multiplied with nothing: the table of words is two thirds of the model.
    assert long.flop < 2 * 192e6


def test_lengths_that_no_column_has_are_those_of_the_published_programs():
    assert question(TEXT, model="transformer-xl-base", input_size="").input_size == 192
    assert question(TEXT, model="dle:BERT/biobert-large-ft", input_size="384").input_size == 128
    assert question(TEXT, model="bert-large", input_size="384").input_size == 384
    cut = {"model": "distilbert-base-512", "input_size": "512"}
    assert question(TEXT, **cut).input_size == 256
    assert question(TEXT, **cut, metric="peak allocated").input_size == 512


def test_what_is_not_experts_keeps_more_bits_than_they_do():
    row = {**TEXT, "task": "decode", "method": "", "batch_per_device": "1", "act_ckpt": "",
           "framework": "llama.cpp", "model": "deepseek-v4-flash"}  # fmt: skip
    row["num_params_m"] = "284330"
    plain, mixed = (work_of(question(row, precision=p)) for p in ("IQ3_XXS", "UD-IQ3_XXS"))
    assert 1.2 * plain.traffic_bytes < mixed.traffic_bytes < 2.7 * plain.traffic_bytes
    four = {work_of(question(row, precision=p)).traffic_bytes for p in ("Q4_K_M", "UD-Q4_K_XL")}
    assert len(four) == 1


def test_a_graph_is_started_node_by_node_and_python_takes_longer_still():
    row = {**TEXT, "task": "infer", "method": "", "batch_per_device": "1", "act_ckpt": ""}
    spent = [
        launch_s(asked, work_of(asked))
        for name in ("TensorRT-LLM", "TensorFlow2", "PyTorch")
        for asked in [question(row, framework=name)]
    ]
    assert spent == sorted(spent)
    assert spent[0] < spent[1] < spent[2]


def test_deeper_networks_are_started_longer():
    names = ("resnet50", "efficientnet_b0", "dle:efficientnet-widese-b4", "dle:Efficientdet")
    spent = [launch_s(asked, work_of(asked)) for asked in (question(ROW, model=n) for n in names)]
    assert spent == sorted(spent)
    assert spent[3] > 3 * spent[0]


def test_norms_that_no_kernel_fuses_are_written_out():
    plain, unfused = (work_of(question(ROW, model=n)) for n in ("regnetz_c16", "regnetz_c16_evos"))
    assert unfused.traffic_bytes > 1.5 * plain.traffic_bytes
    assert unfused.flop == plain.flop
    assert times_written("resnet50") == 1


def test_a_sample_is_a_sequence_or_a_picture():
    assert unit_of(question(ROW, metric="samples/s")) == unit_of(question(ROW))
    text = {"family": "transformer", "method": "full"}
    asked = {unit_of(question(TEXT, **text, metric=m)) for m in ("samples/s", "sequences/s")}
    assert len(asked) == 1
    assert unit_of(question(ROW, metric="samples/s", family="speech")).endswith("samples/s")


def test_networks_of_volumes_fill_half_of_a_matrix_unit():
    row = {**ROW, "gmacs_per_sample": "", "macts_per_sample": "", "input_size": ""}
    asked = question(row, A100, model="dle:nnUNet-3")
    work = work_of(asked)
    assert ideal_s(asked, work)[0] == pytest.approx(2 * work.flop / 312e12)


def test_boxes_sorted_by_the_host_take_as_long_on_every_card():
    row = {**ROW, "model": "dle:SSD-tf-320", "task": "infer", "framework": "TensorFlow"}
    asked = question({**row, "batch_per_device": "64"}, A100)
    assert launch_s(asked, work_of(asked)) == pytest.approx(12e-3, rel=0.05)
    other = question({**row, "model": "dle:SSD", "batch_per_device": "64"}, A100)
    assert launch_s(other, work_of(other)) < 1e-3


def test_a_training_that_states_no_batch_filled_its_card():
    row = {**ROW, "task": "train", "framework": "PyTorch", "global_batch": ""}
    empty, small = (question({**row, "batch_per_device": n}, A100) for n in ("", "32"))
    assert launch_s(empty, work_of(empty)) == pytest.approx(launch_s(small, work_of(small)) / 4)


def flop(**changes):
    return work_of(question(PROMPT, **changes)).flop


def test_layers_that_keep_a_state_do_not_look_back_and_wide_heads_look_at_more():
    far = {"input_size": "34816", "note": "depth=32768", "task": "decode"}
    dense, hybrid = (
        flop(model=m, num_params_m=n, **far) - flop(model=m, num_params_m=n, task="decode")
        for m, n in (("qwen3-32b", "32762"), ("qwen3.6-27b", "27321"))
    )
    assert dense == pytest.approx(8192 / 1536 * hybrid, rel=0.1)  # both have 64 layers
    # What a peak of memory is compared with stays as it was.
    kept = [flop(model=m, num_params_m="27321", metric="peak allocated", **far)
            for m in ("qwen3.6-27b", "unnamed")]  # fmt: skip
    assert kept[0] == pytest.approx(kept[1], rel=0.3)


def test_experts_that_get_few_tokens_fill_up_their_tiles():
    def spent_s(tokens, model="qwen3-30b-a3b", params="30532", framework="vLLM"):
        return prompt_s(
            card(), model=model, num_params_m=params, framework=framework, input_size=tokens
        )

    assert spent_s("64") > 3 * spent_s("4096")
    cut = [spent_s(n, framework="llama.cpp") for n in ("512", "8192")]
    assert cut[0] == pytest.approx(cut[1], rel=0.6)  # it never works on more than 512
    dense = [spent_s(n, "llama-3.1-8b", "8030") for n in ("64", "128")]
    assert dense[0] == pytest.approx(dense[1], rel=0.01)
    # No device is held to the operations on rows that are not there.
    asked = [question(PROMPT, model="qwen3-30b-a3b", num_params_m="30532", input_size=n)
             for n in ("64", "512")]  # fmt: skip
    few, many = (ceiling(each, work_of(each)) for each in asked)
    assert few == pytest.approx(many, abs=0.1)


def test_builds_without_tuned_kernels_reach_a_third_on_the_cards_that_need_them():
    rdna = card(device="Radeon", vendor="AMD", arch="RDNA3.5", tf32_tflops="")
    builds = (
        "llama.cpp-hip",
        "llama.cpp-rocwmma fa",
        "llama.cpp-hip hipblaslt",
        "llama.cpp-vulkan",
    )
    for device, slow in ((rdna, 3), (card(), 1)):
        spent = [prompt_s(device, framework=name) for name in builds]
        assert spent[0] == spent[1] == pytest.approx(slow * spent[2])
        assert spent[2] == spent[3]


def prompt_s(device, **changes):
    asked = question(PROMPT, device, **changes)
    return ideal_s(asked, work_of(asked))[0]


def test_weights_that_python_scales_one_by_one_start_slowly():
    row = {**PROMPT, "task": "decode", "framework": "HF transformers 4.51"}
    spent = {
        name: launch_s(asked, work_of(asked))
        for name in ("bf16", "awq-int4", "bnb.nf4", "gptq-int8", "fp8")
        for asked in [question(row, precision=name)]
    }
    assert spent["bf16"] == spent["awq-int4"] < spent["bnb.nf4"] < spent["gptq-int8"] < spent["fp8"]
    recorded = {
        launch_s(asked, work_of(asked))
        for name in ("bf16", "fp8")
        for asked in [question({**row, "framework": "vLLM"}, precision=name)]
    }
    assert len(recorded) == 1


def test_remembered_text_that_comes_from_the_host_takes_its_time():
    row = {**PROMPT, "model": "transformer-xl-base", "family": "transformer", "input_size": "64",
           "num_params_m": "192", "framework": "TensorFlow"}  # fmt: skip
    new, old = (card(device="A", year=year) for year in ("2020", "2017"))

    def step_s(device, batch, **changes):
        asked = question(row, device, batch_per_device=str(batch), **changes)
        return launch_s(asked, work_of(asked)) * 64 * batch

    more = step_s(new, 32) - step_s(new, 16)
    assert more == pytest.approx(16 * 16 * 512 * 640 * 8 / 24e9)
    assert step_s(old, 32) - step_s(old, 16) == pytest.approx(2 * more)
    assert step_s(new, 32, framework="PyTorch") == step_s(new, 16, framework="PyTorch")


def test_a_small_published_program_has_a_size_though_no_column_says_it():
    asked = question(TEXT, model="small-transformer-imdb", num_params_m="", method="full")
    assert not is_untold(asked)
    assert work_of(asked).flop
