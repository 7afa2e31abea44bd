"""Counts what one forward pass does: operations, outputs, attention, tables of words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from hwstudio.worker.module.step import Inputs, call

_aten = torch.ops.aten
_CONVOLUTIONS = ("convolution", "_convolution")
_PRODUCTS = ("addmm", "mm", "bmm", "baddbmm")
_FUSED = "_scaled_dot_product"


@dataclass
class Seen:
    """What was counted."""

    flop: float = 0.0
    outputs: int = 0  # elements of convolutions, matrix products and fused attention
    kinds: Counter[str] = field(default_factory=Counter)
    heads: int | None = None
    kv_heads: int | None = None
    head_dim: int | None = None


class _Counting(TorchDispatchMode):  # type: ignore[misc]
    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self._seen = seen

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__
        first = out[0] if isinstance(out, (tuple, list)) and out else out
        if name in _CONVOLUTIONS:
            self._count("convolution", first)
        elif name in _PRODUCTS:
            self._count("product", first)
        elif name.startswith(_FUSED):
            self._count("attention", first)
            self._attention(args[0], args[1])
        elif name in ("_softmax", "_safe_softmax") and first.dim() == 4:
            self._plain_attention(first)
        return out

    def _count(self, kind: str, out: Any) -> None:
        self._seen.kinds[kind] += 1
        self._seen.outputs += out.numel()

    def _attention(self, query: Any, key: Any) -> None:
        seen = self._seen
        seen.heads, seen.kv_heads = int(query.shape[1]), int(key.shape[1])
        seen.head_dim = int(query.shape[-1])

    def _plain_attention(self, scores: Any) -> None:
        """A softmax over batch x heads x queries x keys is attention written out."""
        if scores.shape[-1] == scores.shape[-2]:
            self._seen.kinds["attention"] += 1
            self._seen.heads = int(scores.shape[1])


def _attention_flop(query: Any, key: Any, value: Any, *_rest: Any, **_more: Any) -> int:
    """Two products: queries with keys, and their shares with values."""
    batch, heads, asked, wide = query
    return int(2 * batch * heads * asked * key[-2] * (wide + value[-1]))


def count(model: nn.Module, inputs: Inputs, precision: str) -> Seen:
    """Run one forward pass and count."""
    seen = Seen()
    own = {_aten._scaled_dot_product_flash_attention_for_cpu: _attention_flop}  # noqa: SLF001
    model.eval()
    with torch.no_grad(), _Counting(seen), FlopCounterMode(display=False, custom_mapping=own) as f:
        call(model, inputs, precision)
    seen.flop = float(f.get_total_flops())
    return seen


def shape_of(model: nn.Module, seen: Seen, *, has_ids: bool) -> dict[str, Any]:
    """Return the facts of the model that its parts tell; None where they do not."""
    tables = [m for m in model.modules() if isinstance(m, nn.Embedding)]
    words = max(tables, key=lambda m: m.num_embeddings, default=None) if has_ids else None
    heads, dim = seen.heads, seen.head_dim
    hidden = words.embedding_dim if words is not None else None
    if hidden is None and heads and dim:
        hidden = heads * dim
    return {
        "convolutions": seen.kinds["convolution"],
        "products": seen.kinds["product"],
        "attentions": seen.kinds["attention"],
        "layers": seen.kinds["attention"] or None,
        "hidden": hidden,
        "heads": heads,
        "kv_heads": seen.kv_heads or heads,
        "head_dim": dim or (hidden // heads if hidden and heads else None),
        "vocab": words.num_embeddings if words is not None else None,
        "has_head": _has_head(model, words),
    }


def _has_head(model: nn.Module, words: Any) -> bool:
    """Say whether it ends in a score for every word: a model that writes text."""
    if words is None:
        return False
    return any(
        isinstance(m, nn.Linear) and m.out_features >= words.num_embeddings > 2
        for m in model.modules()
    )
