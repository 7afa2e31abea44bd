"""Lets a step on tensors without data behave as on a graphics card, where that costs other memory.

The tensors stand on the processor, as a torch without a driver knows no other device. What differs
on a card: dropout keeps a byte an element, fused attention keeps nothing for its dropout, mixed
precision reckons some functions in FP32, and optimisers work on all weights at once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as functional
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_map

BLOCK = 512  # bytes; torch's CUDA allocator hands out multiples of it
# "CUDA Ops that can autocast to float32", torch's documentation of automatic mixed precision.
_FULL = (
    "__pow__ __rdiv__ __rpow__ __rtruediv__ acos asin binary_cross_entropy_with_logits cosh "
    "cosine_embedding_loss cdist cosine_similarity cross_entropy dist erfinv exp "
    "expm1 group_norm hinge_embedding_loss kl_div l1_loss layer_norm log log10 log_softmax log1p "
    "log2 margin_ranking_loss mse_loss multilabel_margin_loss multi_margin_loss nll_loss norm "
    "normalize pdist poisson_nll_loss pow reciprocal rms_norm rsqrt sinh smooth_l1_loss "
    "soft_margin_loss softmax softmin softplus renorm tan triplet_margin_loss"
)
FULL_PRECISION = frozenset(_FULL.split())
_SUMS = ("sum", "prod", "cumsum", "cumprod")  # add up in FP32 without a copy
_HALVES = (torch.float16, torch.bfloat16)
_OTHER = ("cuda", "mps", "xpu", "hip", "npu")


class OneDevice(TorchFunctionMode):  # type: ignore[misc]
    """Keeps every tensor where it is, whatever device the file names; knows a card's autocast."""

    def __init__(self, *, is_card: bool) -> None:
        super().__init__()
        self._is_card = is_card

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name in ("cuda", "xpu") and args and isinstance(args[0], torch.Tensor):
            return args[0]
        if name != "__get__":
            args, kwargs = tree_map(_here, (args, kwargs))
        if self._is_card and name in FULL_PRECISION and torch.is_autocast_enabled("cpu"):
            args, kwargs = tree_map(_full, (args, kwargs))
        if self._is_card and name in _SUMS and torch.is_autocast_enabled("cpu"):
            is_half = isinstance(args[0], torch.Tensor) and args[0].dtype in _HALVES
            kwargs = {"dtype": torch.float32, **kwargs} if is_half else kwargs
        return func(*args, **kwargs)


def _here(value: Any) -> Any:
    if isinstance(value, torch.device) and value.type in _OTHER:
        return torch.device("cpu")
    if isinstance(value, str) and value.split(":")[0] in _OTHER:
        return "cpu"
    return value


def _full(value: Any) -> Any:
    if isinstance(value, torch.Tensor) and value.dtype in _HALVES:
        return value.float()
    return value


@contextlib.contextmanager
def acting_as_card() -> Iterator[None]:
    """Replace two functions by what a card's kernels keep, for a while."""
    drop, attend = functional.dropout, functional.scaled_dot_product_attention

    def dropout(
        input: Any,  # noqa: A002  (torch's own names)
        p: float = 0.5,
        training: bool = True,
        inplace: bool = False,  # noqa: ARG001
    ) -> Any:
        return torch.native_dropout(input, p, True)[0] if training and p > 0 else input

    def attention(
        query: Any,
        key: Any,
        value: Any,
        attn_mask: Any = None,
        dropout_p: float = 0.0,  # noqa: ARG001  (a fused kernel draws it anew in the backward pass)
        is_causal: bool = False,
        **more: Any,
    ) -> Any:
        return attend(query, key, value, attn_mask, 0.0, is_causal, **more)

    functional.dropout = dropout
    functional.scaled_dot_product_attention = attention  # type: ignore[assignment]
    try:
        yield
    finally:
        functional.dropout, functional.scaled_dot_product_attention = drop, attend
