"""How much work a unit is, and the ceiling that follows: laws, and figures done by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.predict.fitted.ceiling import ceiling
from hwstudio.core.predict.fitted.clues import baseline, class_of, ideal_s
from hwstudio.core.predict.fitted.need import memory_question_of, need_bytes, stated_gib
from hwstudio.core.predict.fitted.work import is_step_shared, work_of
from tests.core.predict.fitted.made import ROW, TEXT, card, question

DECODE = {**TEXT, "task": "decode", "method": "", "batch_per_device": "1", "act_ckpt": ""}
UNKNOWN = "nobodys-model"  # a name no table has: its size alone tells what it is made of


def test_a_picture_takes_two_operations_a_multiplication_and_three_passes_to_train():
    assert work_of(question()).flop == pytest.approx(2 * 4.11e9)
    assert work_of(question(task="train")).flop == pytest.approx(6 * 4.11e9)


def test_training_takes_six_operations_a_parameter_and_token_and_adapters_four():
    row = {**TEXT, "model": UNKNOWN, "act_ckpt": "0", "input_size": "1"}
    full, adapter = work_of(question(row, method="full")).flop, work_of(question(row)).flop
    assert full / 8.03e9 == pytest.approx(6, rel=1e-3)
    assert adapter / 8.03e9 == pytest.approx(4, rel=1e-3)


def test_checkpointing_adds_a_forward_pass():
    without = work_of(question(TEXT, method="full", act_ckpt="0")).flop
    assert work_of(question(TEXT, method="full", act_ckpt="1")).flop == pytest.approx(
        without * 4 / 3
    )


def test_one_text_at_a_time_reads_the_active_weights_once_a_token():
    dense = work_of(question(DECODE, model=UNKNOWN, input_size="", gen_len=""))
    assert dense.traffic_bytes == pytest.approx(8.03e9 * 2)
    experts = work_of(question(DECODE, model="x-30b-a3b", num_params_m="30532", input_size=""))
    assert experts.traffic_bytes == pytest.approx(3e9 * 2, rel=0.01)


def test_what_is_looked_up_row_by_row_is_neither_read_nor_multiplied():
    # 128,256 words of 4,096 numbers; the head of this model is a matrix of its own.
    known = work_of(question(DECODE, input_size="", gen_len=""))
    assert known.traffic_bytes == pytest.approx((8.0303e9 - 128_256 * 4_096) * 2, rel=1e-4)


def test_the_keys_of_a_known_model_are_read_back_at_every_token():
    short, deep = (
        work_of(question(DECODE, input_size="", gen_len="", note=f"depth={depth}"))
        for depth in (0, 1000)
    )
    # Keys and values of 8 heads of 128, two bytes each, in 32 layers.
    assert deep.traffic_bytes - short.traffic_bytes == pytest.approx(1000 * 2 * 2 * 1024 * 32)


def test_without_a_batch_for_each_device_the_whole_batch_is_shared_out():
    row = {**TEXT, "method": "full", "num_devices": "8", "batch_per_device": ""}
    told = work_of(question(row, global_batch="16"))
    same = work_of(question(row, global_batch="16", batch_per_device="2"))
    assert told == same


@pytest.mark.parametrize(("tokens", "longer"), [("512", 4.0), ("1024", 2.5), ("51200", 1.03)])
def test_a_prompt_goes_through_devices_with_a_few_layers_each_in_parts(tokens, longer):
    row = {**DECODE, "task": "prefill", "framework": "llama.cpp", "input_size": tokens}
    shared, in_turn = (
        work_of(question(row, num_devices="4", parallelism=way)) for way in ("tp4", "layer-split")
    )
    assert in_turn.flop / shared.flop == pytest.approx(longer)


def test_a_prompt_is_read_before_its_answer_is_written():
    row = {**DECODE, "task": "infer-total", "gen_len": "2048", "framework": ""}

    asked = question(row, input_size="120000")
    work = work_of(asked)
    assert math.exp(-baseline(asked, work)) > sum(ideal_s(asked, work))


def test_software_that_adds_up_in_half_precision_has_the_whole_rate_of_a_geforce_card():
    row = {**DECODE, "task": "prefill", "input_size": "2048"}

    def compute_s(framework: str, **changes: str) -> float:
        asked = question(row, card(**changes), framework=framework)
        return ideal_s(asked, work_of(asked))[0]

    assert compute_s("llama.cpp") == pytest.approx(compute_s("vLLM 0.11") / 2, rel=0.01)
    workstation = {"kind": "workstation", "fp16_tflops": "330.4"}
    assert compute_s("llama.cpp", **workstation) == compute_s("vLLM 0.11", **workstation)
    assert compute_s("llama.cpp", vendor="AMD") == compute_s("vLLM 0.11", vendor="AMD")


def test_training_feels_half_of_what_eight_bits_gain():
    half, eight = (
        ideal_s(asked, work_of(asked))[0]
        for asked in (question(TEXT, method="full", precision=p) for p in ("bf16", "fp8"))
    )
    assert eight == pytest.approx(half / math.sqrt(2))


def test_of_a_set_of_examples_time_counts_the_mean_and_memory_the_longest():
    row = {**TEXT, "input_size": "1304", "note": "seq = longest example"}
    assert question(row).input_size == pytest.approx(130.4)
    longest = memory_question_of({**row, "measure": "reserved"}, card())
    assert longest.input_size == 1304


@given(st.floats(1, 4096), st.floats(1.01, 8))
def test_more_texts_at_once_never_read_more_for_each(batch, more):
    def read(texts: float) -> float:
        row = {**DECODE, "task": "serve-decode", "model": "qwen3-30b-a3b", "num_params_m": "30532"}
        return work_of(question(row, batch_per_device=str(texts))).traffic_bytes

    assert read(batch * more) <= read(batch) * (1 + 1e-9)


@given(st.floats(100, 1e6), st.floats(1.001, 10))
def test_more_parameters_are_more_work_and_more_memory(params, more):
    def sizes(millions: float) -> tuple[float, float]:
        row = {**TEXT, "model": UNKNOWN, "num_params_m": str(millions), "measure": "allocated"}
        return work_of(question(row)).flop, need_bytes(memory_question_of(row, card()))

    small, large = sizes(params), sizes(params * more)
    assert large[0] > small[0]
    assert large[1] > small[1]


def test_sharding_spreads_what_is_held():
    row = {**TEXT, "method": "full", "measure": "allocated", "num_devices": "8"}
    row["framework"] = "pytorch"
    large, small = card(mem_gb="192"), card(mem_gb="80")
    whole = need_bytes(memory_question_of(row, large))
    shared = need_bytes(memory_question_of({**row, "parallelism": "fsdp"}, large))
    assert shared < whole / 3
    # A copy that a device cannot hold must have been shared out, though nobody says so.
    assert need_bytes(memory_question_of(row, small)) == shared


def test_weights_frozen_in_four_bits_are_held_so_whatever_the_arithmetic_is_named():
    row = {**TEXT, "measure": "allocated"}
    plain = need_bytes(memory_question_of({**row, "method": "lora"}, card()))
    small = need_bytes(memory_question_of({**row, "method": "qlora"}, card()))
    tables = 2 * 128256 * 4096  # words going in and coming out keep two bytes
    inputs = 14 * 4096 * 2 * 2048  # of the one layer that is worked on
    assert plain - small == pytest.approx((8.03e9 - tables) * (2 - 0.55) - inputs, rel=0.01)


def test_a_prompt_whose_words_are_all_scored_takes_more_the_longer_it_is():
    old = {**TEXT, "task": "infer", "method": "", "measure": "allocated", "year": "2023"}
    old |= {"framework": "AutoAWQ", "precision": "awq-int4-g128 GEMM", "batch_per_device": "8"}
    new = {**old, "year": "2025"}

    def more(length: str) -> float:
        asked = [memory_question_of({**r, "input_size": length}, card()) for r in (old, new)]
        return need_bytes(asked[0]) - need_bytes(asked[1])

    scores = 8 * 2048 * 6 * (128256 + 2048 * 4096 / 128)
    assert more("2048") == pytest.approx(scores)
    assert more("64") < scores / 32


def test_a_batch_rounded_down_to_nothing_is_one_sample():
    row = {**ROW, "measure": "nvidia-smi", "batch_per_device": "0"}
    assert memory_question_of(row, card()).batch == 1


def test_more_memory_than_a_device_has_is_that_of_all_of_them():
    row = {**TEXT, "num_devices": "4", "peak_gib": "60"}
    assert stated_gib(row, card()) == 15
    assert stated_gib({**row, "peak_gib": "23.9"}, card()) == 23.9
    assert stated_gib({**row, "num_devices": "1"}, card()) == 60


def test_devices_share_a_step_where_one_batch_goes_over_all_of_them():
    def is_shared(count: str, parallelism: str) -> bool:
        return is_step_shared(question(TEXT, num_devices=count, parallelism=parallelism))

    assert all(is_shared("4", how) for how in ("DataParallel", "tp4", "ulysses2ring2"))
    assert not any(is_shared("4", how) for how in ("dp", "fsdp", "tp1ep1dp4", ""))
    assert not is_shared("1", "DataParallel")


def test_the_ceiling_is_all_arithmetic_or_all_bandwidth():
    one = question()
    assert math.exp(ceiling(one, work_of(one))) == pytest.approx(165e12 / (2 * 4.11e9))
    text = question(DECODE, model=UNKNOWN, input_size="", gen_len="")
    assert math.exp(ceiling(text, work_of(text))) == pytest.approx(1008e9 / (8.03e9 * 2))


def test_fp32_may_run_on_the_faster_units():
    one = question(precision="fp32", device=card(tf32_tflops="165"))
    assert math.exp(ceiling(one, work_of(one))) == pytest.approx(165e12 / (2 * 4.11e9))


def test_the_ceiling_grows_with_the_number_of_devices():
    one, eight = question(), question(num_devices="8")
    assert ceiling(eight, work_of(eight)) - ceiling(one, work_of(one)) == pytest.approx(math.log(8))


def test_pictures_from_noise_have_no_ceiling():
    one = question(family="diffusion", task="generate")
    assert ceiling(one, work_of(one)) == math.inf


def test_where_the_work_is_not_known_nothing_is_claimed():
    unknown = question(model=UNKNOWN, gmacs_per_sample="", macts_per_sample="", num_params_m="")
    assert ideal_s(unknown, work_of(unknown)) == (0.0, 0.0)
    assert ceiling(unknown, work_of(unknown)) == math.inf


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "vision inference"),
        ({"task": "train"}, "vision training"),
        ({"metric": "minutes-to-target"}, "time to target"),
        ({"family": "diffusion", "task": "generate"}, "picture generation"),
        ({"family": "llm", "task": "decode"}, "text generation"),
        ({"family": "llm", "task": "finetune", "method": "qlora"}, "adapter training"),
        ({"family": "llm", "task": "serve-decode"}, "serving"),
        ({"family": "speech", "task": "train"}, "speech training"),
    ],
)
def test_every_question_is_of_one_kind(changes, kind):
    assert class_of(question(**changes)) == kind
