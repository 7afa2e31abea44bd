"""Square matrix products: the plainest measure of what a processor can compute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.device import guess_oom
from hwstudio.worker.kernels.product_check import precision_run
from hwstudio.worker.kernels.products import Product, Shape, make, need_bytes, unit_of
from hwstudio.worker.memory import free_bytes, refuse_if_too_big
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

CPU_SIZES = (256, 512, 1024, 2048)
GPU_SIZES = (1024, 2048, 4096, 8192)
LARGE_GPU_SIZE, LARGE_GPU_BYTES = 16384, 20 * 2**30  # GPUs of data centres need it to be filled
FREE_SHARE = 0.25  # of the free memory: so much of it may a size that we choose take
TRIAL = Shape(64, 64, 64)
LEAST_CALLS = 6  # a size of ours of which fewer fit into the time is left out
SOFTWARE_RATE = 1e9  # FLOP per second; a processor below this works a format out in software


@dataclass(frozen=True)
class Point:
    """One size in one precision. ``is_ours``: nobody asked for this size."""

    size: int
    precision: str
    is_ours: bool = False

    @property
    def name(self) -> str:
        return f"{self.precision} {self.size}"

    @property
    def shape(self) -> Shape:
        return Shape(self.size, self.size, self.size)


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure every size in every precision the device has."""
    torch = devices.load_torch()
    device = devices.resolve(torch, str(params.get("device", "auto")))
    if int(params.get("threads", 0)) > 0:
        torch.set_num_threads(int(params["threads"]))
    channel.emit("condition", name="device", value=devices.describe(torch, device))
    precisions = usable(torch, device, params.get("precisions") or ["fp32", "bf16"], channel)
    points = _points(torch, device, params, precisions)
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)),
        warmup_s=float(params.get("warmup_s", 0.5)),
        half_width=float(params.get("half_width", 0.01)),
    )
    progress = Progress(channel, len(points), budget.cap_s * 0.5 + budget.warmup_s)
    seed = int(params.get("seed", 20261120))
    # FLOP per second of the last size in each precision; a slow trial counts as the first.
    rates = _software(torch, device, precisions)
    is_measured = False
    for point in points:
        progress.point(point.name)
        if not point.is_ours:
            refuse_if_too_big(torch, device, need_bytes(point.shape, point.precision), point.name)
        call_s = point.shape.flop / rates.get(point.precision, float("inf"))
        calls = LEAST_CALLS if point.is_ours else 1
        if call_s * calls > budget.cap_s:
            words = f"one product takes about {call_s:.2g} s; give more time per point"
            channel.emit("condition", name=f"skipped {point.name}", value=words)
            continue
        best_s = _measure(torch, device, point, budget, channel, seed)
        rates[point.precision] = point.shape.flop / best_s
        is_measured = True
    if not is_measured:
        raise Failure(
            "unsupported",
            "No product was measured",
            "each would take longer than the time for it",
            "Give more time per point, or choose smaller sizes",
        )


def usable(torch: Any, device: str, wanted: list[str], channel: Channel) -> list[str]:
    """Return the precisions that the device has; the others are named, not silently replaced.

    Raises:
        Failure: none of the precisions exists on this device.
    """
    missing = {p: why for p in wanted if (why := _why_not(torch, device, p))}
    for precision, why in missing.items():
        channel.emit("condition", name=f"skipped {precision}", value=why)
    found = [p for p in wanted if p not in missing]
    if not found:
        raise Failure(
            "unsupported",
            f"None of the precisions chosen exists on {device}",
            "; ".join(missing.values()),
            "Choose fp32, which every device has",
        )
    return found


def _why_not(torch: Any, device: str, precision: str) -> str:
    """Return why a precision cannot run: what is known of the device, then a small trial."""
    why = devices.why_not(torch, device, precision)
    if why:
        return why
    try:
        make(torch, device, TRIAL, precision, 1).call()
        devices.clock_for(torch, device).synchronise()
    except (RuntimeError, TypeError, AttributeError) as error:
        if guess_oom(error):
            raise
        return (str(error).strip().splitlines() or ["PyTorch gave no reason"])[0]
    return ""


def _software(torch: Any, device: str, precisions: list[str]) -> dict[str, float]:
    """Return the precisions a processor has no units for, with what it does in them."""
    found: dict[str, float] = {}
    for precision in precisions if device == "cpu" else []:
        call = make(torch, device, TRIAL, precision, 1).call
        call()
        clock = devices.clock_for(torch, device)
        # The best of some: another program may hold up a single one.
        rate = TRIAL.flop / min(clock.time_block(call, 1).call_s for _ in range(3))
        if rate < SOFTWARE_RATE:
            found[precision] = rate
    return found


def _points(torch: Any, device: str, params: dict[str, Any], precisions: list[str]) -> list[Point]:
    """Return what to measure: the sizes asked for, or those that fill this device and fit it."""
    asked = params.get("sizes")
    if asked:
        return [Point(int(size), p) for p in precisions for size in asked]
    free = free_bytes(torch, device)
    sizes = list(CPU_SIZES if device == "cpu" else GPU_SIZES)
    if device != "cpu" and free is not None and free >= LARGE_GPU_BYTES:
        sizes.append(LARGE_GPU_SIZE)
    found = [Point(size, p, is_ours=True) for p in precisions for size in sizes]
    if free is None:
        return found
    return [
        each
        for each in found
        if each.size == sizes[0] or need_bytes(each.shape, each.precision) <= free * FREE_SHARE
    ]


def _measure(
    torch: Any, device: str, point: Point, budget: Budget, channel: Channel, seed: int
) -> float:
    """Sample one point and tell it; return the seconds of its fastest call."""
    devices.set_precision(torch, point.precision)
    refuse_if_too_big(torch, device, need_bytes(point.shape, point.precision), point.name)
    product = make(torch, device, point.shape, point.precision, seed)
    is_device = devices.is_accelerator_clock(device)
    series = Series(point.name, unit_of(point.precision), point.shape.flop, is_device=is_device)
    Sampler(channel, devices.clock_for(torch, device), budget).run(product.call, series)
    tell(torch, channel, point.name, series, product, point.precision, size=point.size)
    return min(sample.call_s for sample in series.samples)


def tell(
    torch: Any,
    channel: Channel,
    name: str,
    series: Series,
    product: Product,
    precision: str,
    **more: Any,
) -> None:
    """Check a product and tell its series.

    Raises:
        Failure: the result is wrong in any precision.
    """
    channel.emit(
        "series",
        **summary(series),
        precision_asked=precision,
        precision_seen=precision_run(torch, product, precision),
        metric=name,
        data="randn with a fixed seed",
        **more,
    )
