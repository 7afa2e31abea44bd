"""Checks a product against float64 and reads from the error which precision really ran.

The error is that of a random sub-block, divided by the spread of the result's entries (the square
root of n for unit-variance inputs), so it does not depend on the size. The limits stand between
the errors that each arithmetic leaves: float64 about 1e-16, float32 about 1e-7 to 1e-6, TF32
(10-bit inputs) about 3e-4, float16 results 5e-4, bfloat16 results 4e-3.
"""

from __future__ import annotations

import math
from typing import Any

from hwstudio.worker.channel import Failure

BLOCK = 16
FP64_LIMIT = 1e-9
FP32_LIMIT = 5e-5
TF32_LIMIT = 5e-3
LIMIT = {
    "fp64": FP64_LIMIT, "fp32": TF32_LIMIT, "tf32": TF32_LIMIT, "fp16": 2e-2, "bf16": 8e-2,
    # Whole numbers add up exactly; fp8 adds in float32 (Hopper: fewer bits) and rounds to bfloat16.
    "int8": 1e-12, "fp8_e4m3": 2e-2, "fp8_e5m2": 2e-2,
}  # fmt: skip
# Upper ends of the errors against the numbers before rounding: fp64 1e-16, fp32 3e-8, TF32 and
# fp16 4e-4 (TF32 cut off, not rounded: 8e-4), bf16 2.8e-3, int8 over +-4 deviations 1.3e-2,
# e4m3 3.8e-2, e5m2 times e4m3 6.1e-2 (2,048 numbers each; they hardly depend on the size).
BANDS = (
    (1e-10, "fp64"), (FP32_LIMIT, "fp32"), (1.5e-3, "tf32"), (6e-3, "bf16"), (2.2e-2, "int8"),
    (4.7e-2, "fp8_e4m3"), (1.1e-1, "fp8_e5m2"),
)  # fmt: skip
LEAST_INNER = 64  # sums of fewer products are too few to tell formats apart


def precision_seen(
    torch: Any, tensors: tuple[Any, Any, Any], asked: str, product: Any = None
) -> str:
    """Return the precision the result shows.

    ``product`` says by how much the result is scaled (int8).

    Raises:
        Failure: the result is wrong in any precision.
    """
    error = relative_error(torch, *tensors) / (product.scale if product is not None else 1.0)
    if not error <= LIMIT[asked]:  # a NaN fails too
        raise Failure(
            "error",
            f"The {asked} product is wrong",
            f"its error against a float64 reference is {error:.2g}, at most "
            f"{LIMIT[asked]:g} is explained by rounding",
            "Do not trust this device: test its memory, undo any overclocking, update its driver",
        )
    if asked in ("fp32", "tf32"):
        return "fp32" if error <= FP32_LIMIT else "tf32"
    return asked


def precision_run(torch: Any, product: Any, asked: str) -> str:
    """Return the precision that a product's error shows, whatever was asked for.

    Raises:
        Failure: the result is wrong in any precision.
    """
    seen = precision_seen(torch, (product.left, product.right, product.out), asked, product)
    inner = product.exact_left.shape[1]
    if inner < LEAST_INNER:
        return seen
    expected = _sums(torch, product.exact_left, product.exact_right)
    got = product.out.cpu()[product.rows][:, product.columns].double() / product.scale
    error = float(((got - expected) ** 2).mean().sqrt()) / math.sqrt(inner)
    found = next((name for limit, name in BANDS if error <= limit), "an unknown format")
    # Both have 10 bits behind the point; how the result is kept tells them apart.
    return "fp16" if found == "tf32" and product.out.dtype == torch.float16 else found


def relative_error(torch: Any, left: Any, right: Any, out: Any) -> float:
    """Return the root mean square error of a sub-block, relative to the results' spread."""
    inner = left.shape[1]
    source = torch.Generator(device="cpu").manual_seed(inner)
    rows = torch.randperm(left.shape[0], generator=source)[:BLOCK]
    columns = torch.randperm(right.shape[1], generator=source)[:BLOCK]
    a, b = _picked(torch, left)[rows].double(), _picked(torch, right)[:, columns].double()
    got = out.cpu()[rows][:, columns].double()
    return float(((got - _sums(torch, a, b)) ** 2).mean().sqrt()) / math.sqrt(inner)


def _sums(torch: Any, a: Any, b: Any) -> Any:
    """Return the product by plain sums, not by another routine that might share the fault."""
    return torch.stack([(row.unsqueeze(1) * b).sum(0) for row in a])


def _picked(torch: Any, tensor: Any) -> Any:
    """Return a tensor on the processor, in a type that can be indexed there."""
    is_fp8 = str(tensor.dtype).startswith("torch.float8")
    return tensor.cpu().to(torch.float32) if is_fp8 else tensor.cpu()
