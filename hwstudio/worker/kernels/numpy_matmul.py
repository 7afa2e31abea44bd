"""Square matrix products with numpy: what a processor does without torch, by another library."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.clock import Clock
from hwstudio.worker.disturbance import usable_cores
from hwstudio.worker.kernels.array_check import precision_seen
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
    arrays = (left, right, out)
    measure(
        numpy, lambda: multiply(left, right, out=out), arrays, (precision, size), budget, channel
    )


def measure(
    numpy: Any,
    call: Callable[[], object],
    arrays: tuple[Any, Any, Any],
    point: tuple[str, int],
    budget: Budget,
    channel: Channel,
) -> None:
    """Sample one product, check it, and tell it with its evidence."""
    precision, size = point
    series = Series(f"{precision} {size}", "FLOP/s", 2.0 * size**3)
    Sampler(channel, Clock(), budget).run(call, series)
    channel.emit(
        "series",
        **summary(series),
        precision_asked=precision,
        precision_seen=precision_seen(numpy, *arrays, precision),
        size=size,
        metric=series.name,
        data="normal random numbers with a fixed seed, result checked",
    )
