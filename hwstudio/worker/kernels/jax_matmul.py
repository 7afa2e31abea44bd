"""Square matrix products with JAX: what the same machine does through XLA."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hwstudio.worker import jax_device
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.extra import load
from hwstudio.worker.held_clock import HeldClock
from hwstudio.worker.kernels.array_check import precision_seen
from hwstudio.worker.memory import GIB, RESERVE, refuse_if_too_big
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

CPU_SIZES = (256, 512, 1024, 2048)
OTHER_SIZES = (1024, 2048, 4096, 8192)
BYTES = {"fp64": 8, "fp32": 4, "tf32": 4, "fp16": 2, "bf16": 2}


@dataclass(frozen=True)
class Product:
    """One product ready to run: the call, how to wait for it, and what came out of it."""

    call: Callable[[], object]
    clock: HeldClock
    compile_s: float
    arrays: Callable[[], tuple[Any, Any, Any]]


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure every size in every precision the device has."""
    numpy, jax = load("numpy"), jax_device.load_jax()
    device = jax_device.resolve(jax, str(params.get("device", "auto")))
    channel.emit("condition", name="device", value=jax_device.describe(jax, device))
    points = _points(device, params, channel)
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.5))
    )
    progress = Progress(channel, len(points), budget.cap_s * 0.5 + budget.warmup_s)
    for precision, size in points:
        progress.point(f"{precision} {size}")
        _refuse_if_too_big(device, 4 * size**2 * BYTES[precision], f"{precision} {size}")
        product = make(numpy, jax, device, (precision, size), int(params.get("seed", 20261120)))
        measure(numpy, product, (precision, size), budget, channel)


def _points(device: Any, params: dict[str, Any], channel: Channel) -> list[tuple[str, int]]:
    """Return what to measure; precisions the device lacks are named, not silently replaced."""
    sizes = params.get("sizes") or (CPU_SIZES if device.platform == "cpu" else OTHER_SIZES)
    wanted = params.get("precisions") or ["fp32", "bf16"]
    missing = {p: why for p in wanted if (why := jax_device.why_not(device, p))}
    for precision, why in missing.items():
        channel.emit("condition", name=f"skipped {precision}", value=why)
    points = [(p, int(size)) for p in wanted if p not in missing for size in sizes]
    if not points:
        raise Failure(
            "unsupported",
            "None of the precisions chosen exists on this device",
            "; ".join(missing.values()),
            "Choose fp32, which every device has",
        )
    return points


def _refuse_if_too_big(device: Any, need_bytes: int, what: str) -> None:
    if device.platform == "cpu":
        refuse_if_too_big(None, "cpu", need_bytes, what)
        return
    free = jax_device.free_bytes(device)
    if free is not None and need_bytes > free * RESERVE:
        raise Failure(
            "oom",
            f"{what} does not fit into the memory of {device.device_kind}",
            f"it needs {need_bytes / GIB:.1f} GiB and {free / GIB:.1f} GiB are free",
            "Choose a smaller size, or close other programs",
        )


def make(numpy: Any, jax: Any, device: Any, point: tuple[str, int], seed: int) -> Product:
    """Return one product, compiled; the time that took is told apart."""
    precision, size = point
    kind = getattr(jax.numpy, jax_device.KINDS[precision])
    source = numpy.random.default_rng(seed)
    made = numpy.float64 if precision == "fp64" else numpy.float32
    given = [source.standard_normal((size, size), dtype=made) for _ in range(2)]
    left, right = (jax.device_put(jax.numpy.asarray(each, dtype=kind), device) for each in given)
    how = jax_device.PRECISION.get(precision)
    begin = time.perf_counter()
    multiply = (
        jax.jit(lambda a, b: jax.numpy.matmul(a, b, precision=how)).lower(left, right).compile()
    )
    compile_s = time.perf_counter() - begin
    held: list[Any] = [multiply(left, right)]

    def wait() -> None:
        held[0].block_until_ready()

    def call() -> None:
        held[0] = multiply(left, right)

    def call_and_wait() -> None:
        held[0] = multiply(left, right).block_until_ready()

    # A processor may work on several at once, in any order: each is waited for. An accelerator
    # ends them in the order given, so waiting for the last is waiting for all.
    is_cpu = device.platform == "cpu"
    return Product(
        call_and_wait if is_cpu else call,
        HeldClock(wait, wait),
        compile_s,
        lambda: (numpy.asarray(left), numpy.asarray(right), numpy.asarray(held[0])),
    )


def measure(
    numpy: Any, product: Product, point: tuple[str, int], budget: Budget, channel: Channel
) -> None:
    """Sample one product, check it, and tell it with its evidence."""
    precision, size = point
    series = Series(f"{precision} {size}", "FLOP/s", 2.0 * size**3)
    Sampler(channel, product.clock, budget).run(product.call, series)
    left, right, out = product.arrays()
    channel.emit(
        "series",
        **summary(series),
        metric=series.name,
        precision_asked=precision,
        precision_seen=precision_seen(numpy, left, right, out, precision),
        size=size,
        compile_s=round(product.compile_s, 4),
        left_share=product.clock.left_share,
        clock=product.clock.name,
        data="normal random numbers with a fixed seed, result checked",
    )
