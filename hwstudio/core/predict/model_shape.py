"""Reads what a model is from the files it is shared as: never its weights, never any code.

Pure functions over text and bytes: who has the file reads it (``project/model_file``).
Known are Hugging Face's ``config.json`` (decoders, mixtures of experts, BERT-like encoders) and the
header of a safetensors file; ``model_gguf`` reads GGUF.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.ai_model import AiModel

MOST_HEADER = 100 << 20
_ELEMENT = {
    "F64": 8.0, "F32": 4.0, "F16": 2.0, "BF16": 2.0, "I64": 8.0, "I32": 4.0, "I16": 2.0,
    "I8": 1.0, "U8": 1.0, "BOOL": 1.0, "F8_E4M3": 1.0, "F8_E5M2": 1.0,
}  # fmt: skip
_ENCODERS = ("bert", "roberta", "electra", "distilbert", "deberta", "xlm-roberta", "mpnet")
_OLD_NAMES = {  # GPT-2 and friends call them so
    "hidden_size": ("n_embd", "d_model", "dim"),
    "num_hidden_layers": ("n_layer", "n_layers", "num_layers"),
    "num_attention_heads": ("n_head", "n_heads", "num_heads"),
    "intermediate_size": ("n_inner", "ffn_dim", "hidden_dim", "ffn_hidden_size"),
    "max_position_embeddings": ("n_positions", "n_ctx", "max_sequence_length"),
    "num_key_value_heads": ("num_kv_heads", "n_head_kv"),
    "num_local_experts": ("n_routed_experts", "num_experts"),
    "num_experts_per_tok": ("moe_top_k",),
}
_SHARED = ("albert", "mamba", "rwkv", "jamba", "nemotron_h", "t5")  # other sums than a plain stack
_UNGATED = ("gpt2", "gpt_neo", "gpt_neox", "opt", "bloom", "falcon", "phi", "mpt", "gptj")


def from_config(text: str, name: str) -> AiModel:
    """Return the model a Hugging Face ``config.json`` describes; parameters are reckoned.

    Raises:
        UserError: it is no such file, or of a kind that is not known.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(
            f"{name} is no JSON", str(error).split("\n")[0], "Choose another"
        ) from error
    if not isinstance(raw, dict):
        raise UserError(f"{name} is no model description", "it holds no names", "Choose another")
    config = raw.get("text_config") if isinstance(raw.get("text_config"), dict) else raw
    shape = _Shape(config if isinstance(config, dict) else raw)
    needed = ("hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size")
    if shape.kind in _SHARED:
        raise UserError(
            f"{name} is of a kind hwstudio cannot reckon ({shape.kind})",
            "its layers share or vary their weights",
            "Choose its weights file, or type the number of parameters",
        )
    missing = [word for word in needed if not shape.whole(word)]
    if missing:
        raise UserError(
            f"{name} describes no transformer",
            f"it does not say {', '.join(missing)} (a whole number above 0)",
            "Type the number of parameters instead",
        )
    return _reckoned(shape, name)


def _attention(shape: _Shape, hidden: int, heads: int, kv_width: int, width: int) -> int:
    """Return the parameters of one layer's attention, low-rank (DeepSeek's MLA) or plain."""
    rank = shape.whole("kv_lora_rank")
    if not rank:
        return 2 * hidden * width + 2 * hidden * kv_width
    turned, plain = shape.whole("qk_rope_head_dim"), shape.whole("qk_nope_head_dim")
    value, squeezed = shape.whole("v_head_dim", plain), shape.whole("q_lora_rank")
    asked = heads * (plain + turned)
    query = hidden * squeezed + squeezed * asked if squeezed else hidden * asked
    return (
        query + hidden * (rank + turned) + rank * heads * (plain + value) + heads * value * hidden
    )


class _Shape:
    """A config under the names of today."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw
        self.kind = str(raw.get("model_type", "")).lower()
        self.precision = str(raw.get("torch_dtype") or raw.get("dtype") or "")

    def whole(self, word: str, default: int = 0) -> int:
        for each in (word, *_OLD_NAMES.get(word, ())):
            value = self._raw.get(each)
            if isinstance(value, bool):
                continue
            if isinstance(value, (int, float)) and math.isfinite(value) and 0 < value < 1e12:
                return int(value)
        return default

    def flag(self, word: str, *, default: bool) -> bool:
        value = self._raw.get(word)
        return value if isinstance(value, bool) else default

    @property
    def is_encoder(self) -> bool:
        return any(self.kind.startswith(word) for word in _ENCODERS)

    @property
    def is_gated(self) -> bool:
        """Say whether the feed-forward part has three matrices rather than two."""
        return not self.is_encoder and not any(self.kind.startswith(w) for w in _UNGATED)


def _feed_forward(shape: _Shape, hidden: int, layers: int, inner: int) -> tuple[int, int]:
    """Return the parameters of all feed-forward parts, and those one token uses."""
    matrices = 3 if shape.is_gated else 2
    experts = shape.whole("num_local_experts")
    if not experts:
        every = layers * matrices * hidden * inner
        return every, every
    one = matrices * hidden * shape.whole("moe_intermediate_size", inner)
    shared = shape.whole("n_shared_experts") or shape.whole("num_shared_experts")
    dense_layers = min(shape.whole("first_k_dense_replace"), layers)
    routed = (layers - dense_layers) // shape.whole("interleave_moe_layer_step", 1)
    wide = shape.whole("intermediate_size_mlp", inner)
    dense = (layers - routed) * matrices * hidden * wide + routed * hidden * experts
    used = shape.whole("num_experts_per_tok", 1)
    return dense + routed * one * (experts + shared), dense + routed * one * (used + shared)


def _reckoned(shape: _Shape, name: str) -> AiModel:
    hidden, layers = shape.whole("hidden_size"), shape.whole("num_hidden_layers")
    heads, vocab = shape.whole("num_attention_heads"), shape.whole("vocab_size")
    kv_heads = shape.whole("num_key_value_heads", heads)
    head_dim = shape.whole("head_dim", max(1, hidden // heads))
    inner = shape.whole("intermediate_size", 4 * hidden)
    context = shape.whole("max_position_embeddings", 2048)
    attention = _attention(shape, hidden, heads, kv_heads * head_dim, heads * head_dim)
    if rank := shape.whole("kv_lora_rank"):  # of a text only the squeezed row of it is kept
        kv_heads, head_dim = 1, max(1, (rank + shape.whole("qk_rope_head_dim")) // 2)
    experts = shape.whole("num_local_experts")
    feed, feed_used = _feed_forward(shape, hidden, layers, inner)
    is_tied = shape.flag("tie_word_embeddings", default=not shape.is_gated)
    tables = vocab * hidden * (1 if is_tied or shape.is_encoder else 2)
    if not shape.is_gated:
        tables += context * hidden
    rest = layers * 2 * hidden + hidden
    if not shape.is_gated:  # biases, and a bias beside every norm's weight
        rest += layers * (2 * hidden + inner + hidden + 2 * heads * head_dim + 2 * hidden)
    total = attention * layers + feed + tables + rest
    active = attention * layers + feed_used + tables + rest
    return AiModel(
        id=f"own:{name}",
        name=name,
        family="transformer-encoder"
        if shape.is_encoder
        else ("moe" if experts else "transformer-decoder"),
        task="text",
        params_total=total,
        params_active=active if experts else None,
        layers=layers,
        hidden=hidden,
        intermediate=inner,
        heads=heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        vocab=vocab,
        max_context=context,
        precision=shape.precision,
        source=f"{name}, read by hwstudio; parameters reckoned from its sizes",
    )


def tensors_of_safetensors(head: bytes, name: str) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return name -> (type, shape) of every tensor, from the file's first bytes.

    Raises:
        UserError: they are no safetensors header.
    """
    wrong = UserError(f"{name} is no safetensors file", "its header cannot be read", "Check it")
    if len(head) < 8:
        raise wrong
    (length,) = struct.unpack("<Q", head[:8])
    if not 2 <= length <= MOST_HEADER or len(head) < 8 + length:
        raise wrong
    try:
        raw = json.loads(head[8 : 8 + length])
        return {
            key: (str(value["dtype"]), tuple(int(n) for n in value["shape"]))
            for key, value in raw.items()
            if key != "__metadata__"
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise wrong from error


def from_safetensors(head: bytes, name: str) -> AiModel:
    """Return the model behind a safetensors header: exact parameters, what else names tell.

    Raises:
        UserError: the bytes are no such header, or hold no numbers.
    """
    return from_tensors(tensors_of_safetensors(head, name), name)


def from_tensors(tensors: Mapping[str, tuple[str, tuple[int, ...]]], name: str) -> AiModel:
    """Return the model made of tensors (name -> type, shape), which may come from several files.

    Raises:
        UserError: they hold no numbers.
    """
    sizes = {key: math.prod(shape) for key, (_, shape) in tensors.items()}
    total = sum(sizes.values())
    if total <= 0:
        raise UserError(f"{name} holds no weights", "its header lists none", "Choose another file")
    stored = sum(sizes[key] * _ELEMENT.get(kind.upper(), 2.0) for key, (kind, _) in tensors.items())
    table = next(
        (shape for key, (_, shape) in tensors.items()
         if len(shape) == 2 and any(w in key for w in ("embed_tokens", "wte", "word_embeddings"))),
        None,
    )  # fmt: skip
    layers = len({part for key in tensors if (part := _layer_of(key)) is not None})
    is_text = bool(table and layers)
    is_encoder = any("token_type_embeddings" in key or "encoder.layer." in key for key in tensors)
    family = "transformer-encoder" if is_encoder else "transformer-decoder"
    hidden = table[1] if table else 0
    asked, kept = _rows(tensors, "q_proj.weight"), _rows(tensors, "k_proj.weight")
    head_dim = _HEAD if hidden % _HEAD == 0 and (asked or hidden) % _HEAD == 0 else _SMALL_HEAD
    return AiModel(
        id=f"own:{name}",
        name=name,
        family=family if is_text else "other",
        task="text" if table else "",
        params_total=total,
        layers=layers or None,
        hidden=hidden or None,
        intermediate=_rows(tensors, "up_proj.weight")
        or _rows(tensors, "intermediate.dense.weight"),
        # How wide a head is no header says; what is kept of a text depends on the product alone.
        heads=max(1, (asked or hidden) // head_dim) if is_text else None,
        kv_heads=max(1, (kept or asked or hidden) // head_dim) if is_text else None,
        head_dim=head_dim if is_text else None,
        vocab=table[0] if table else None,
        weight_bytes=round(stored),
        source=f"{name}, its header read by hwstudio",
    )


_HEAD, _SMALL_HEAD = 128, 64  # usual widths of an attention head


def _rows(tensors: Mapping[str, tuple[str, tuple[int, ...]]], *endings: str) -> int | None:
    """Return what the first matrix of such a name puts out; None = there is none."""
    found = (shape for key, (_, shape) in tensors.items() if key.endswith(endings))
    return next((shape[0] for shape in found if len(shape) == 2), None)


def _layer_of(key: str) -> str | None:
    parts = key.split(".")
    for before, part in pairwise(parts):
        if part.isdigit() and before in ("layers", "h", "layer", "blocks", "block"):
            return part
    return None
