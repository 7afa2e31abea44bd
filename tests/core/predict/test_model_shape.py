"""Models read from files: parameters agree with published totals, bad bytes are refused."""

from __future__ import annotations

import json
import os
import struct
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import HwstudioError, UserError
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.job_maker import modes_of, usual_wish, weight_bytes_of
from hwstudio.core.predict.model_gguf import from_gguf
from hwstudio.core.predict.model_shape import from_config, from_safetensors
from hwstudio.core.project.model_file import open_model

LLAMA_8B = {
    "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "vocab_size": 128256,
    "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
    "max_position_embeddings": 131072, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
}  # fmt: skip
MIXTRAL = {
    **LLAMA_8B, "model_type": "mixtral", "vocab_size": 32000, "num_local_experts": 8,
    "num_experts_per_tok": 2,
}  # fmt: skip
GPT2 = {
    "model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "vocab_size": 50257,
    "n_positions": 1024,
}  # fmt: skip
BERT = {
    "model_type": "bert", "hidden_size": 768, "num_hidden_layers": 12, "vocab_size": 30522,
    "num_attention_heads": 12, "intermediate_size": 3072, "max_position_embeddings": 512,
}  # fmt: skip
DEEPSEEK_V3 = {
    "model_type": "deepseek_v3", "hidden_size": 7168, "num_hidden_layers": 61, "vocab_size": 129280,
    "num_attention_heads": 128, "num_key_value_heads": 128, "intermediate_size": 18432,
    "moe_intermediate_size": 2048, "n_routed_experts": 256, "num_experts_per_tok": 8,
    "n_shared_experts": 1, "first_k_dense_replace": 3, "kv_lora_rank": 512, "q_lora_rank": 1536,
    "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
    "tie_word_embeddings": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("config", "published", "within"),
    [
        (LLAMA_8B, 8_030_261_248, 1e-6),
        (MIXTRAL, 46_702_792_704, 1e-5),
        (GPT2, 124_439_808, 2e-3),
        (BERT, 109_482_240, 1e-2),
        (DEEPSEEK_V3, 671_026_404_352, 2e-3),
    ],
)
def test_the_parameters_agree_with_what_was_published(config, published, within):
    assert from_config(json.dumps(config), "x").params_total == pytest.approx(published, rel=within)


def test_a_mixture_of_experts_uses_only_some_of_them():
    found = from_config(json.dumps(MIXTRAL), "x")
    assert found.params_active == pytest.approx(12_879_925_248, rel=1e-4)
    assert found.family == "moe"


def test_the_text_part_of_a_model_that_also_sees_is_taken():
    found = from_config(json.dumps({"model_type": "llava", "text_config": LLAMA_8B}), "x")
    assert found.layers == 32


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no JSON"),
        ("[1]", "holds no names"),
        ("{}", "does not say hidden_size"),
        (json.dumps({**BERT, "model_type": "albert"}), "albert"),
        (json.dumps({**BERT, "hidden_size": -1}), "hidden_size"),
        (json.dumps({**BERT, "hidden_size": True}), "hidden_size"),
    ],
)
def test_what_is_no_transformer_is_refused_with_the_reason(text, words):
    with pytest.raises(UserError, match=words):
        from_config(text, "x.json")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with suppress(HwstudioError):
        from_config(text, "x")


def _safetensors(tensors):
    head = {
        name: {"dtype": kind, "shape": list(shape), "data_offsets": [0, 0]}
        for name, (kind, shape) in tensors.items()
    }
    raw = json.dumps({"__metadata__": {"format": "pt"}, **head}).encode()
    return struct.pack("<Q", len(raw)) + raw


SMALL = {
    "model.embed_tokens.weight": ("BF16", (1000, 64)),
    "model.layers.0.mlp.weight": ("BF16", (64, 256)),
    "model.layers.1.mlp.weight": ("F8_E4M3", (64, 256)),
}


def test_a_safetensors_header_tells_parameters_bytes_and_layers():
    found = from_safetensors(_safetensors(SMALL), "m.safetensors")
    assert found.params_total == 1000 * 64 + 2 * 64 * 256
    assert found.weight_bytes == 2 * 1000 * 64 + (2 + 1) * 64 * 256
    assert (found.layers, found.hidden, found.vocab) == (2, 64, 1000)


@pytest.mark.parametrize("cut", [0, 7, 20])
def test_a_cut_safetensors_header_is_refused(cut):
    with pytest.raises(UserError, match="no safetensors file"):
        from_safetensors(_safetensors(SMALL)[:cut], "m.safetensors")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw):
    for read, lead in ((from_safetensors, b""), (from_gguf, b"GGUF")):
        with suppress(HwstudioError):
            read(lead + raw, "x")


def _text(words):
    raw = words.encode()
    return struct.pack("<Q", len(raw)) + raw


def _gguf(pairs, tensors, version=3):
    out = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(pairs))
    for key, value in pairs.items():
        out += _text(key)
        if isinstance(value, str):
            out += struct.pack("<I", 8) + _text(value)
        elif isinstance(value, list):
            out += struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(_text, value))
        else:
            out += struct.pack("<II", 4, value)
    for name, (kind, shape) in tensors.items():
        out += _text(name) + struct.pack("<I", len(shape))
        out += struct.pack(f"<{len(shape)}Q", *shape) + struct.pack("<IQ", kind, 0)
    return out


GGUF_WORDS = {
    "general.architecture": "llama", "general.name": "Small", "llama.block_count": 2,
    "llama.embedding_length": 64, "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2, "llama.context_length": 4096,
    "tokenizer.ggml.tokens": ["a", "b", "c"],
}  # fmt: skip
GGUF_TENSORS = {"token_embd.weight": (8, (64, 1000)), "blk.0.ffn.weight": (12, (64, 256))}


def test_a_gguf_header_tells_shape_and_the_bytes_of_its_weights():
    found = from_gguf(_gguf(GGUF_WORDS, GGUF_TENSORS), "m.gguf")
    assert (found.name, found.layers, found.hidden, found.kv_heads) == ("Small", 2, 64, 2)
    assert found.params_total == 64 * 1000 + 64 * 256
    assert found.weight_bytes == round(64 * 1000 * 8.5 / 8 + 64 * 256 * 4.5 / 8)
    assert (found.vocab, found.head_dim) == (1000, 16)


def test_a_gguf_file_needs_what_it_weighs():
    """Sixteen bits a weight would be asked of a file that has nine."""
    found = from_gguf(_gguf(GGUF_WORDS, GGUF_TENSORS), "m.gguf")
    usual = usual_wish(found, Mode.INFERENCE)
    assert usual.precision == "int8"
    assert weight_bytes_of(found, usual) == found.weight_bytes
    full = replace(usual, precision="bf16")
    assert weight_bytes_of(found, full) == 2 * found.params_total


def test_a_cut_gguf_header_is_refused():
    whole = _gguf(GGUF_WORDS, GGUF_TENSORS)
    for cut in (10, 40, len(whole) - 1):
        with pytest.raises(UserError, match="ends early"):
            from_gguf(whole[:cut], "m.gguf")


def test_a_file_is_opened_by_its_kind(tmp_path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps(LLAMA_8B))
    assert open_model(config).params_total == 8_030_261_248
    file = tmp_path / "m.gguf"
    file.write_bytes(_gguf(GGUF_WORDS, GGUF_TENSORS))
    assert open_model(file).layers == 2


SHARD = {
    "model.embed_tokens.weight": ("BF16", (1000, 256)),
    "model.layers.0.self_attn.q_proj.weight": ("BF16", (256, 256)),
    "model.layers.0.self_attn.k_proj.weight": ("BF16", (128, 256)),
}
SECOND = {"model.layers.1.mlp.up_proj.weight": ("BF16", (512, 256))}


def test_the_parts_of_a_model_are_read_together_and_none_passes_for_the_whole(tmp_path):
    first = tmp_path / "model-00001-of-00002.safetensors"
    first.write_bytes(_safetensors(SHARD))
    with pytest.raises(UserError, match="one of 2 parts"):
        open_model(first)
    (tmp_path / "model-00002-of-00002.safetensors").write_bytes(_safetensors(SECOND))
    found = open_model(first)
    assert found.params_total == 1000 * 256 + 256 * 256 + 128 * 256 + 512 * 256
    assert (found.layers, found.intermediate) == (2, 512)


def test_the_parts_of_a_gguf_file_are_summed(tmp_path):
    for place, tensors in ((1, GGUF_TENSORS), (2, {"blk.1.ffn.weight": (12, (64, 256))})):
        file = tmp_path / f"m-{place:05d}-of-00002.gguf"
        file.write_bytes(_gguf(GGUF_WORDS, tensors))
    assert open_model(file).params_total == 64 * 1000 + 2 * 64 * 256


def test_what_is_kept_of_a_text_follows_from_the_tensors():
    found = from_safetensors(_safetensors(SHARD), "m.safetensors")
    assert found.kv_heads * found.head_dim == 128
    squeezed = from_config(json.dumps(DEEPSEEK_V3), "x")
    assert 2 * squeezed.kv_heads * squeezed.head_dim == 512 + 64


def test_an_encoder_is_no_chat_model():
    tensors = {
        "embeddings.word_embeddings.weight": ("F32", (1000, 64)),
        "encoder.layer.0.intermediate.dense.weight": ("F32", (256, 64)),
    }
    found = from_safetensors(_safetensors(tensors), "m.safetensors")
    assert found.family == "transformer-encoder"


@pytest.mark.parametrize("name", ["m.bin", "m.pt", "m.pkl", "m.ckpt"])
def test_files_that_can_run_code_are_not_even_opened(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(b"cos\nsystem\n")
    with pytest.raises(UserError, match="can run code"):
        open_model(file)


@pytest.mark.parametrize(("name", "words"), [("gone.json", "not there"), ("m.txt", "unknown kind")])
def test_a_file_that_is_missing_or_of_another_kind_is_named(tmp_path, name, words):
    with pytest.raises(UserError, match=words):
        open_model(tmp_path / name)


def test_a_read_model_can_be_run_and_fine_tuned():
    assert Mode.QLORA in modes_of(from_config(json.dumps(LLAMA_8B), "x"))
    assert Mode.INFERENCE in modes_of(from_gguf(_gguf(GGUF_WORDS, GGUF_TENSORS), "x"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes of that kind here")
@pytest.mark.parametrize("name", ["model.gguf", "model.onnx", "config.json"])
def test_a_pipe_is_not_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(UserError, match="it is a pipe or a device"):
        open_model(tmp_path / name)
