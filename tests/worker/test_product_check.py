"""The check of a product tells which arithmetic ran, and refuses a wrong result."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from hwstudio.worker.channel import Failure  # noqa: E402
from hwstudio.worker.kernels.product_check import precision_seen, relative_error  # noqa: E402

pytestmark = pytest.mark.torch


def tensors(size, kind):
    source = torch.Generator().manual_seed(size)
    left = torch.randn(size, size, generator=source).to(kind)
    right = torch.randn(size, size, generator=source).to(kind)
    return left, right


def to_tf32(x):
    """Round to the 10 bits of TF32."""
    return ((x.view(torch.int32) + 0x1000) & ~0x1FFF).view(torch.float32)


@pytest.mark.parametrize("size", [1, 7, 64, 500])
@pytest.mark.parametrize("name", ["fp64", "fp32", "bf16", "fp16"])
def test_an_honest_product_shows_its_own_precision(size, name):
    kind = {"fp64": "float64", "fp32": "float32", "bf16": "bfloat16", "fp16": "float16"}[name]
    left, right = tensors(size, getattr(torch, kind))
    assert precision_seen(torch, (left, right, left @ right), name) == name


@pytest.mark.parametrize("size", [64, 500])
def test_tf32_inputs_are_seen_in_the_error_of_a_float32_product(size):
    left, right = tensors(size, torch.float32)
    out = to_tf32(left) @ to_tf32(right)
    assert precision_seen(torch, (left, right, out), "fp32") == "tf32"
    assert precision_seen(torch, (left, right, out), "tf32") == "tf32"


def test_a_float32_product_does_not_pass_as_tf32():
    left, right = tensors(200, torch.float32)
    assert precision_seen(torch, (left, right, left @ right), "tf32") == "fp32"


@pytest.mark.parametrize("spoil", [0.5, float("nan"), float("inf")])
def test_a_wrong_result_is_a_failure(spoil):
    left, right = tensors(12, torch.float32)
    out = left @ right
    out[3] += spoil
    with pytest.raises(Failure, match="product is wrong"):
        precision_seen(torch, (left, right, out), "fp32")


def test_the_error_does_not_grow_with_the_size():
    errors = [
        relative_error(torch, *(ab := tensors(n, torch.float32)), ab[0] @ ab[1]) for n in (64, 512)
    ]
    assert max(errors) < 5e-6
