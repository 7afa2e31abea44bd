"""Square matrix products with numpy: what a processor does without torch, by another library."""

from __future__ import annotations

import math
import os
from typing import Any

from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.clock import Clock
from hwstudio.worker.disturbance import usable_cores
from hwstudio.worker.kernels.product_check import BLOCK, LIMIT
from hwstudio.worker.memory import refuse_if_too_big
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

SIZES = (256, 512, 1024, 2048)
KINDS = {"fp32": "float32", "fp64": "float64"}
BYTES = {"fp32": 4, "fp64": 8}
# Every library below numpy reads one of these, once, when it is loaded.
THREAD_NAMES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def load_numpy(threads: int) -> Any:
    """Import numpy with so many threads (0: its own choice).

    Raises:
        Failure: there is none.
    """
    if threads > 0:
        os.environ.update(dict.fromkeys(THREAD_NAMES, str(threads)))
    try:
        import numpy as np
    except ImportError as error:
        raise Failure(
            "unsupported",
            "This Python cannot load numpy",
            str(error),
            "Install it with: pip install numpy, or choose another interpreter",
        ) from error
    return np


def library(numpy: Any) -> str:
    """Return the library that multiplies: "scipy-openblas 0.3.30"."""
    try:
        blas = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return f"{blas['name']} {blas['version']}"
    except (TypeError, KeyError, AttributeError):
        return "unknown"


def describe(numpy: Any, threads: int) -> dict[str, Any]:
    """Return what ran the job."""
    told = next((os.environ[name] for name in THREAD_NAMES if name in os.environ), "")
    counted = threads or (int(told) if told.isdigit() else usable_cores())
    return {
        "device": "cpu",
        "threads": counted,
        "numpy": numpy.__version__,
        "library": library(numpy),
    }


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure every size in every precision."""
    threads = int(params.get("threads", 0))
    numpy = load_numpy(threads)
    channel.emit("condition", name="device", value=describe(numpy, threads))
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.5))
    )
    sizes = params.get("sizes") or SIZES
    points = [(p, int(n)) for p in params.get("precisions") or list(KINDS) for n in sizes]
    progress = Progress(channel, len(points), budget.cap_s * 0.5 + budget.warmup_s)
    for precision, size in points:
        progress.point(f"{precision} {size}")
        _measure(numpy, precision, size, budget, channel, int(params.get("seed", 20261120)))


def _measure(
    numpy: Any, precision: str, size: int, budget: Budget, channel: Channel, seed: int
) -> None:
    name = f"{precision} {size}"
    refuse_if_too_big(None, "cpu", 3 * size**2 * BYTES[precision], name)
    source = numpy.random.default_rng(seed)
    kind = getattr(numpy, KINDS[precision])
    left, right = (source.standard_normal((size, size), dtype=kind) for _ in range(2))
    out = numpy.empty((size, size), dtype=kind)
    multiply = numpy.matmul
    series = Series(name, "FLOP/s", 2.0 * size**3)
    Sampler(channel, Clock(), budget).run(lambda: multiply(left, right, out=out), series)
    _check(numpy, precision, left, right, out)
    channel.emit(
        "series",
        **summary(series),
        precision_asked=precision,
        precision_seen=precision,
        size=size,
        metric=name,
        data="normal random numbers with a fixed seed, result checked",
    )


def _check(numpy: Any, precision: str, left: Any, right: Any, out: Any) -> None:
    """Compare the first rows with plain sums in float64.

    Raises:
        Failure: the result is wrong.
    """
    rows = min(BLOCK, left.shape[0])
    wide = right[:, :rows].astype(numpy.float64)
    expected = [(left[i].astype(numpy.float64)[:, None] * wide).sum(0) for i in range(rows)]
    apart = out[:rows, :rows].astype(numpy.float64) - numpy.stack(expected)
    error = float(numpy.sqrt((apart**2).mean())) / math.sqrt(left.shape[0])
    # The limit of torch's fp32 leaves room for TF32, which no processor has.
    limit = LIMIT["fp64"] if precision == "fp64" else 5e-5
    if not error <= limit:
        raise Failure(
            "error",
            f"The {precision} product is wrong",
            f"its error is {error:.2g}, at most {limit:g} is explained by rounding",
            "Do not trust this machine: test its memory and undo any overclocking",
        )
