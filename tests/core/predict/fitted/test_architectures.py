"""What a language model is made of, by its name or by its size."""

from __future__ import annotations

import pytest

from hwstudio.core.predict.fitted.architectures import known_shape, shape_of


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("DeepSeekV3", "deepseek-v3"),
        ("deepseek-ai/DeepSeek-V3.1", "deepseek-v3"),
        ("deepseek-r1-671b", "deepseek-r1"),
        ("DeepSeekV4 Flash", "deepseek-v4-flash"),
        ("Qwen/Qwen3-VL-30B-A3B-Instruct", "qwen3-30b-a3b"),
        ("google/gemma-3-27b-it", "gemma-3-27b"),
        ("bert-large-squad384", "bert-large"),
        ("EleutherAI/gpt3-xl", "gpt3-xl"),
        ("shisa-v2-llama3.1-8b.i1", "llama-3.1-8b"),
    ],
)
def test_a_model_is_known_by_any_of_its_names(written, plain):
    assert known_shape(written) is known_shape(plain) is not None


@pytest.mark.parametrize("name", ["gpt-20b", "llama-9-8b", "my-own-model", ""])
def test_a_name_of_no_known_model_is_none(name):
    assert known_shape(name) is None


def test_a_name_with_another_size_than_stated_goes_by_its_size():
    assert shape_of("llama-2-7b", 6.7e9, None).is_known
    pruned = shape_of("llama-2-7b", 3e9, None)
    assert not pruned.is_known
    assert pruned.params == 3e9


def test_a_known_name_needs_no_size_and_an_unknown_one_does():
    assert shape_of("mistral-7b", None, None).params == pytest.approx(7.24e9, rel=1e-3)
    assert shape_of("my-own-model", None, None) is None


def test_experts_make_a_model_larger_but_not_wider():
    dense, sparse = shape_of("a", 8e9, None), shape_of("b", 100e9, 8e9)
    assert (dense.width, dense.layers) == (sparse.width, sparse.layers)
    assert sparse.active_params == 8e9
