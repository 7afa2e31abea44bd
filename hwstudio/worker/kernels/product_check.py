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
LIMIT = {"fp64": FP64_LIMIT, "fp32": TF32_LIMIT, "tf32": TF32_LIMIT, "fp16": 2e-2, "bf16": 8e-2}


def precision_seen(torch: Any, tensors: tuple[Any, Any, Any], asked: str) -> str:
    """Return the precision the result shows.

    Raises:
        Failure: the result is wrong in any precision.
    """
    error = relative_error(torch, *tensors)
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


def relative_error(torch: Any, left: Any, right: Any, out: Any) -> float:
    """Return the root mean square error of a sub-block, relative to the results' spread."""
    size = left.shape[0]
    source = torch.Generator(device="cpu").manual_seed(size)
    count = min(BLOCK, size)
    rows = torch.randperm(size, generator=source)[:count]
    columns = torch.randperm(size, generator=source)[:count]
    a = left.cpu()[rows].double()
    b = right.cpu()[:, columns].double()
    got = out.cpu()[rows][:, columns].double()
    # Plain sums, not another product routine that might share the fault.
    expected = torch.stack([(a[i].unsqueeze(1) * b).sum(0) for i in range(count)])
    return float(((got - expected) ** 2).mean().sqrt()) / math.sqrt(size)
