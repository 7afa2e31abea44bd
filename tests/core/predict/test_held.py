"""One account of memory: a job of the library and the row that describes it keep the same bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.units import GIB
from hwstudio.core.model.recipe import Recipe, Shard
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.fitted.need import UNNAMED, items_asked, memory_question_of
from hwstudio.core.predict.footprint import items_of
from hwstudio.core.predict.memory import predict_memory
from hwstudio.core.predict.split import Plan, spread

ROUNDED = 1e-3  # rows look their models up in a table of four or five figures
TEXTS = ("bert_base_train", "gpt2_train", "llm_full_finetune_8b", "llm_qlora_8b", "llm_chat_8b")
JOBS = ("resnet50_train", *TEXTS)
FEW = settings(max_examples=25, deadline=None)
TASKS = {Mode.TRAIN: "train", Mode.INFERENCE: "infer"}


def row_of(job, **changes):
    """Return the job in the columns of memory.csv."""
    is_text, is_run = job.group == "language", job.mode is Mode.INFERENCE
    is_mixed = not is_run and job.weight_bytes == 4 * job.params_total
    precision = "amp-bf16" if is_mixed else job.precision
    return {
        "device": UNNAMED.name,
        "num_devices": "1",
        "model": job.model_id.removeprefix("timm-"),
        "family": ("transformer" if "bert" in job.model_id else "llm") if is_text else "cnn",
        "task": TASKS.get(job.mode, "finetune"),
        "method": job.mode.value if job.mode in (Mode.LORA, Mode.QLORA) else "full",
        "precision": "bnb.nf4" if job.mode is Mode.QLORA else precision,
        "batch_per_device": str(job.batch),
        "input_size": str(job.sequence_tokens or ""),
        "macts_per_sample": "" if is_text else str(job.activations_per_sample / 1e6),
        "num_params_m": str(job.params_total / 1e6),
        "act_ckpt": str(int(job.mode in (Mode.FINETUNE, Mode.LORA, Mode.QLORA))),
        "measure": "allocated",
        **changes,
    }


def asked(job, **changes):
    """Return the items of the row."""
    return items_asked(memory_question_of(row_of(job, **changes), UNNAMED))


def assert_alike(row_items, job_items):
    assert [item.label for item in row_items] == [item.label for item in job_items]
    for one, other in zip(row_items, job_items, strict=True):
        assert one.bytes == pytest.approx(other.bytes, rel=ROUNDED), one.label


@pytest.mark.parametrize("name", JOBS)
def test_a_row_and_its_job_keep_the_same_items(jobs, name):
    assert_alike(asked(jobs[name]), items_of(jobs[name]))


@FEW
@given(name=st.sampled_from(TEXTS), batch=st.integers(1, 64), tokens=st.integers(16, 8192))
def test_so_they_do_at_every_batch_and_length(jobs, name, batch, tokens):
    job = replace(jobs[name], batch=batch, sequence_tokens=tokens)
    assert_alike(asked(job), items_of(job))


def test_what_is_checked_by_a_row_is_what_the_workload_tab_calls_tensors_alone(jobs):
    for name in JOBS:
        live = predict_memory(jobs[name], 24 * GIB).live_bytes
        assert sum(item.bytes for item in asked(jobs[name])) == pytest.approx(live, rel=ROUNDED)


@FEW
@given(copies=st.sampled_from((2, 4, 8)), tensor=st.sampled_from((1, 2, 8)))
def test_several_devices_share_a_row_out_as_they_do_a_job(jobs, copies, tensor):
    job = replace(jobs["llm_full_finetune_8b"], recipe=Recipe(shard=Shard.ALL))
    words = {"num_devices": str(copies * tensor), "parallelism": f"fsdp tp{tensor}"}
    plan = Plan(copies=copies, tensor=tensor, shard=Shard.ALL)
    assert_alike(asked(job, **words), spread(job, items_of(job), plan))


@FEW
@given(
    name=st.sampled_from(TEXTS),
    batch=st.integers(1, 64),
    tokens=st.integers(16, 8192),
    more=st.integers(1, 512),
    layers=st.integers(1, 64),
)
def test_more_texts_longer_ones_and_deeper_models_never_need_less(
    jobs, name, batch, tokens, more, layers
):
    job = replace(jobs[name], batch=batch, sequence_tokens=tokens)
    small = predict_memory(job, 24 * GIB)
    for larger in (
        replace(job, batch=batch + more),
        replace(job, sequence_tokens=tokens + more),
        replace(job, layers=job.layers + layers),
    ):
        need = predict_memory(larger, 24 * GIB)
        for number in ("live_bytes", "low", "need_bytes", "high"):
            assert getattr(need, number) >= getattr(small, number)
    assert small.low >= job.weight_bytes


@FEW
@given(name=st.sampled_from(JOBS), batch=st.integers(1, 64), more=st.integers(1, 64))
def test_so_it_is_for_rows(jobs, name, batch, more):
    small, large = (
        sum(item.bytes for item in asked(jobs[name], batch_per_device=str(count)))
        for count in (batch, batch + more)
    )
    assert large >= small >= jobs[name].weight_bytes * (1 - ROUNDED)
