"""Checks a product given as plain arrays, and reads from its numbers which precision really ran.

Two witnesses: the error against plain sums in float64 (the limits of ``product_check``), and the
grain, the fewest significant bits that hold every number. A result, or an input, that fits into
fewer bits than its precision has was rounded on the way, whatever it is called.
"""

from __future__ import annotations

import math
from typing import Any

from hwstudio.worker.channel import Failure
from hwstudio.worker.kernels.product_check import BLOCK, FP32_LIMIT, FP64_LIMIT, LIMIT

TF32_LIMIT = 1.5e-3  # its inputs keep 11 bits: about 3e-4; bfloat16 leaves five times this
BITS = {"fp64": 53, "fp32": 24, "tf32": 24, "fp16": 11, "bf16": 8}
NAMES = {53: "fp64", 24: "fp32", 11: "fp16", 8: "bf16"}
FEWEST = 64  # numbers; fewer may fit into few bits by chance
REMEDY = "Do not trust this device: test its memory, undo any overclocking, update its driver"


def grain_bits(numpy: Any, values: Any) -> int:
    """Return the significand (8, 11, 24 or 53 bits) that holds every value exactly."""
    parts, _ = numpy.frexp(numpy.asarray(values, dtype=numpy.float64))
    for bits in sorted(NAMES):
        scaled = parts * 2.0**bits
        if bool((scaled == numpy.rint(scaled)).all()):
            return bits
    return 53


def relative_error(numpy: Any, left: Any, right: Any, out: Any) -> float:
    """Return the root mean square error of the first rows and columns, relative to their spread."""
    count = min(BLOCK, out.shape[0])
    wide = right[:, :count].astype(numpy.float64)
    # Plain sums, not another product routine that might share the fault.
    expected = [(left[i].astype(numpy.float64)[:, None] * wide).sum(0) for i in range(count)]
    apart = out[:count, :count].astype(numpy.float64) - numpy.stack(expected)
    return float(numpy.sqrt((apart**2).mean())) / math.sqrt(left.shape[1])


def seen_by_error(error: float) -> str:
    """Return the coarsest arithmetic that explains an error, "" for none."""
    if error <= FP64_LIMIT:
        return "fp64"
    if error <= FP32_LIMIT:
        return "fp32"
    if error <= TF32_LIMIT:
        return "tf32"
    return "bf16" if error <= LIMIT["bf16"] else ""  # a NaN is none of these


def precision_seen(numpy: Any, left: Any, right: Any, out: Any, asked: str) -> str:
    """Return the precision that inputs and result show.

    Raises:
        Failure: the result is wrong in any precision.
    """
    error = relative_error(numpy, left, right, out)
    by_error = seen_by_error(error)
    if not by_error:
        raise Failure(
            "error",
            f"The {asked} product is wrong",
            f"its error against a float64 reference is {error:.2g}, at most "
            f"{LIMIT[asked]:g} is explained by rounding",
            REMEDY,
        )
    held = [each for each in (left, right, out[:BLOCK]) if each.size >= FEWEST]
    bits = min((grain_bits(numpy, each) for each in held), default=BITS[asked])
    if bits != BITS[asked]:
        return NAMES[bits]
    if asked in ("fp16", "bf16"):
        return asked if error <= LIMIT[asked] else "bf16"
    if asked == "fp64":
        return by_error
    return "fp32" if by_error == "fp64" else by_error  # a lucky small one
