"""How several GPUs hold one job: each keeps its own memory, and only what is shared out shrinks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.units import GIB
from hwstudio.core.model.recipe import Cache, Optimiser, Recipe, Shard
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.footprint import items_of
from hwstudio.core.predict.held import Part
from hwstudio.core.predict.memory import predict_memory
from hwstudio.core.predict.split import Layout, Plan, spread, why_not


def with_recipe(job, **knobs):
    return replace(job, recipe=Recipe(**knobs))


def bytes_of(items, part):
    return sum(item.bytes for item in items if item.part is part)


@pytest.fixture
def full(jobs):
    return jobs["llm_full_finetune_8b"]


def test_each_zero_stage_shares_out_one_part_more(full):
    """Rajbhandari et al. 2020: first optimiser, then gradients, then the weights."""
    alone = items_of(full)
    for stage, shared in (
        (Shard.NONE, ()),
        (Shard.OPTIMISER, (Part.STATES,)),
        (Shard.GRADIENTS, (Part.STATES, Part.GRADIENTS)),
        (Shard.ALL, (Part.STATES, Part.GRADIENTS, Part.WEIGHTS)),
    ):
        each = spread(full, alone, Plan(copies=8, shard=stage))
        for part in (Part.STATES, Part.GRADIENTS, Part.WEIGHTS):
            share = 8 if part in shared else 1
            assert bytes_of(each, part) == pytest.approx(bytes_of(alone, part) / share)


def test_the_published_zero_example_comes_out(full):
    """7.5 billion parameters, 64 GPUs: 120 GB, then 31.4, 16.6 and 1.9 GB of states each."""
    job = replace(full, params_total=7_500_000_000, weight_bytes=15_000_000_000)
    items = items_of(job)

    def states_gb(stage):
        each = spread(job, items, Plan(copies=64, shard=stage))
        parts = (Part.WEIGHTS, Part.GRADIENTS, Part.STATES)
        return sum(bytes_of(each, part) for part in parts) / 1e9

    assert states_gb(Shard.NONE) == pytest.approx(120, rel=0.01)
    assert states_gb(Shard.OPTIMISER) == pytest.approx(31.4, rel=0.01)
    assert states_gb(Shard.GRADIENTS) == pytest.approx(16.6, rel=0.01)
    assert states_gb(Shard.ALL) == pytest.approx(1.9, rel=0.02)


@given(
    copies=st.sampled_from((1, 2, 4)),
    tensor=st.sampled_from((1, 2, 4, 8)),
    pipeline=st.sampled_from((1, 2, 4)),
    shard=st.sampled_from((Shard.NONE, Shard.OPTIMISER, Shard.GRADIENTS, Shard.ALL)),
)
def test_no_split_loses_a_weight_and_none_needs_more_of_it(full, copies, tensor, pipeline, shard):
    alone = items_of(full)
    each = spread(full, alone, Plan(copies, tensor, pipeline, shard))
    for part in (Part.STATES, Part.GRADIENTS, Part.WEIGHTS):
        whole = bytes_of(alone, part)
        assert bytes_of(each, part) <= whole * 1.0001
        assert bytes_of(each, part) * copies * tensor * pipeline >= whole * 0.9999


def test_a_pipeline_keeps_a_batch_for_every_stage_behind_it(full):
    alone = bytes_of(items_of(full), Part.KEPT)
    waiting = spread(full, items_of(full), Plan(pipeline=4, in_flight=1))
    filled = spread(full, items_of(full), Plan(pipeline=4, in_flight=4))
    assert bytes_of(waiting, Part.KEPT) == pytest.approx(alone / 4)
    assert bytes_of(filled, Part.KEPT) == pytest.approx(alone)


def test_splitting_layers_halves_the_weights_but_not_all_activations(full):
    alone, two = items_of(full), spread(full, items_of(full), Plan(tensor=2))
    assert bytes_of(two, Part.WEIGHTS) == bytes_of(alone, Part.WEIGHTS) / 2
    assert bytes_of(two, Part.KEPT) > bytes_of(alone, Part.KEPT) / 2


@pytest.mark.parametrize(
    ("knobs", "count", "why"),
    [
        ({"tensor_split": 3}, 3, "32 attention heads cannot be split over 3 GPUs"),
        ({"tensor_split": 2}, 3, "3 GPUs cannot be shared into groups of 2"),
        ({"pipeline_split": 64}, 64, "32 layers cannot be dealt out to 64 GPUs"),
        ({"tensor_split": 8}, 8, ""),
    ],
)
def test_a_split_that_cannot_be_is_refused_with_the_reason(full, knobs, count, why):
    job = with_recipe(full, **knobs)
    assert why_not(job, count) == why
    memory = predict_memory(job, 80 * GIB, count)
    assert (memory.need_bytes is None) == bool(why)
    assert memory.refused == why


def test_pictures_are_not_split_within_a_layer(jobs):
    job = with_recipe(jobs["resnet50_train"], tensor_split=2)
    assert "not split" in predict_memory(job, 24 * GIB, 2).refused


def test_an_asked_for_stage_is_taken_and_named(full):
    named = {
        Shard.NONE: Layout.COPIED,
        Shard.OPTIMISER: Layout.OPTIMISER,
        Shard.GRADIENTS: Layout.GRADIENTS,
        Shard.ALL: Layout.SHARDED,
    }
    needs = []
    for stage, layout in named.items():
        memory = predict_memory(with_recipe(full, shard=stage), 80 * GIB, 8)
        assert memory.layout is layout
        needs.append(memory.need_bytes)
    assert needs == sorted(needs, reverse=True)


def test_optimisers_need_what_their_moments_take(full):
    def state(optimiser):
        return bytes_of(items_of(with_recipe(full, optimiser=optimiser)), Part.STATES)

    params, master = full.params_total, 4 * full.params_total
    assert state(Optimiser.USUAL) == state(Optimiser.ADAM) == 8 * params + master
    assert state(Optimiser.MOMENTUM) == 4 * params + master
    assert state(Optimiser.SGD) == master
    assert state(Optimiser.ADAM_8BIT) == 2 * params
    assert master < state(Optimiser.ADAFACTOR) < 1.01 * master


def test_plain_attention_keeps_the_square_of_the_length(full):
    """Korthikanti et al. 2022: 5 a s^2 b bytes in half precision, for every layer."""
    job = with_recipe(full, is_checkpointed=False)
    plain = with_recipe(full, is_checkpointed=False, has_fused_attention=False)
    more = bytes_of(items_of(plain), Part.KEPT) - bytes_of(items_of(job), Part.KEPT)
    assert more == pytest.approx(5 * job.heads * job.sequence_tokens**2 * job.batch * job.layers)


def test_keys_and_values_in_fewer_bits_need_so_much_less(jobs):
    chat = replace(jobs["llm_chat_8b"], batch=16)

    def kept(cache):
        return bytes_of(items_of(with_recipe(chat, cache=cache)), Part.CACHE)

    assert kept(Cache.FP8) == kept(Cache.FP16) / 2
    assert kept(Cache.Q4) == pytest.approx(kept(Cache.FP16) * 4.5 / 16)


def test_a_chat_that_is_too_long_is_advised_to_keep_keys_and_values_in_8_bits(jobs):
    chat = replace(jobs["llm_chat_8b"], sequence_tokens=65_536)
    need = predict_memory(chat, 80 * GIB).high
    advice = predict_memory(chat, need - GIB).advice
    assert advice.startswith("Keep keys and values in 8 bits")


def test_an_asked_for_recipe_beats_the_usual_one(jobs):
    job = jobs["llm_qlora_8b"]
    assert job.mode is Mode.QLORA
    kept = with_recipe(job, is_checkpointed=False)
    assert bytes_of(items_of(kept), Part.KEPT) > 5 * bytes_of(items_of(job), Part.KEPT)
