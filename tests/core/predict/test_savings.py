"""What would save memory, and how several GPUs can share a job."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.model.recipe import Recipe, Shard
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.memory import Fit, memory_on
from hwstudio.core.predict.savings import savings_of
from hwstudio.core.predict.ways import link_words, scaled, ways_of
from tests.core.predict.conftest import PLAIN

JOBS = ("resnet50_train", "bert_base_train", "gpt2_train", "llm_full_finetune_8b", "llm_qlora_8b",
        "llm_chat_8b", "sd15_generate")  # fmt: skip
ANY = settings(max_examples=40, deadline=None)


@ANY
@given(job=st.sampled_from(JOBS), count=st.integers(1, 8))
def test_every_technique_listed_saves_what_it_says(jobs, job, count):
    now = memory_on(jobs[job], PLAIN, count, is_advised=False).need_bytes
    found = savings_of(jobs[job], PLAIN, count)
    saved = [one.saved_bytes for one in found]
    assert saved == sorted(saved, reverse=True)
    for one in found:
        then = memory_on(one.workload, PLAIN, count, is_advised=False).need_bytes
        assert now - then == one.saved_bytes > 0
        assert one.price


def test_what_is_done_already_is_not_advised_again(jobs):
    job = jobs["llm_full_finetune_8b"]  # fine-tuning recomputes activations as it is
    assert not any("Recompute" in one.words for one in savings_of(job, PLAIN))
    kept = replace(job, recipe=Recipe(is_checkpointed=False))
    assert any("Recompute" in one.words for one in savings_of(kept, PLAIN))


def test_half_a_batch_is_made_up_for_by_accumulation(jobs):
    job = jobs["gpt2_train"]
    half = next(one for one in savings_of(job, PLAIN) if one.words.startswith("Batch"))
    assert half.workload.batch * half.workload.recipe.accumulation == job.batch


def test_spreading_is_only_advised_where_there_are_several_gpus(jobs):
    job = replace(jobs["llm_full_finetune_8b"], recipe=Recipe(shard=Shard.NONE))
    assert not any("ZeRO" in one.words for one in savings_of(job, PLAIN, 1))
    assert sum("ZeRO" in one.words for one in savings_of(job, PLAIN, 4)) == 3


def test_a_chat_can_save_in_weights_keys_and_length(jobs):
    words = " ".join(one.words for one in savings_of(jobs["llm_chat_8b"], PLAIN))
    for part in ("4-bit weights", "Keys and values in 8 bits", "tokens instead of"):
        assert part in words


def test_a_full_copy_brings_no_room_and_every_stage_brings_more(jobs):
    ways = {way.words: way for way in ways_of(jobs["llm_full_finetune_8b"], PLAIN, 4)}
    most = [
        ways[name].most_params
        for name in (
            "A full copy on each (DDP)",
            "Optimiser spread (ZeRO-1)",
            "Gradients spread too (ZeRO-2)",
            "Everything spread (ZeRO-3, FSDP)",
        )
    ]
    assert most == sorted(most)
    alone = ways_of(jobs["llm_full_finetune_8b"], PLAIN, 2)[0]
    assert most[0] == pytest.approx(alone.most_params, rel=0.05)


def test_the_largest_model_surely_fits_and_a_larger_one_does_not(jobs):
    for way in ways_of(jobs["gpt2_train"], PLAIN, 2):
        scale = way.most_params / way.workload.params_total
        assert memory_on(scaled(way.workload, scale), PLAIN, 2).verdict is Fit.FITS
        assert memory_on(scaled(way.workload, scale * 1.15), PLAIN, 2).verdict is not Fit.FITS


def test_running_a_model_can_deal_out_layers_or_split_them(jobs):
    chat = ways_of(jobs["llm_chat_8b"], PLAIN, 2)
    assert [way.workload.recipe.tensor_split for way in chat] == [1, 2]
    assert "no speed" in chat[0].adds
    pictures = replace(jobs["resnet50_train"], mode=Mode.INFERENCE)
    assert [way.words for way in ways_of(pictures, PLAIN, 2)] == ["A full copy on each"]


def test_the_link_is_named_with_its_rate_or_not_known():
    assert link_words(PLAIN, 2).startswith("PCIe 4.0 x16")
    assert link_words(replace(PLAIN, pcie_gen=None, nvlink_bytes_per_s=0.0), 2) == "not known"
