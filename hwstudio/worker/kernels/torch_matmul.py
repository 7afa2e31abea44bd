"""Square matrix products: the plainest measure of what a processor can compute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.kernels.product_check import precision_seen
from hwstudio.worker.memory import refuse_if_too_big
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

BYTES = {"fp64": 8, "fp32": 4, "tf32": 4, "fp16": 2, "bf16": 2}
CPU_SIZES = (256, 512, 1024, 2048)
GPU_SIZES = (1024, 2048, 4096, 8192)


@dataclass(frozen=True)
class Point:
    """One size in one precision."""

    size: int
    precision: str

    @property
    def name(self) -> str:
        return f"{self.precision} {self.size}"

    @property
    def flop(self) -> float:
        """2·n³: a multiplication and an addition per inner step."""
        return 2.0 * self.size**3


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure every size in every precision the device has."""
    torch = devices.load_torch()
    device = devices.resolve(torch, str(params.get("device", "auto")))
    if int(params.get("threads", 0)) > 0:
        torch.set_num_threads(int(params["threads"]))
    channel.emit("condition", name="device", value=devices.describe(torch, device))
    points = _points(torch, device, params, channel)
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)),
        warmup_s=float(params.get("warmup_s", 0.5)),
        half_width=float(params.get("half_width", 0.01)),
    )
    progress = Progress(channel, len(points), budget.cap_s * 0.5 + budget.warmup_s)
    for point in points:
        progress.point(point.name)
        _measure(torch, device, point, budget, channel, int(params.get("seed", 20261120)))


def _points(torch: Any, device: str, params: dict[str, Any], channel: Channel) -> list[Point]:
    """Return what to measure; precisions the device lacks are named, not silently replaced.

    Raises:
        Failure: none of the precisions exists on this device.
    """
    sizes = params.get("sizes") or (CPU_SIZES if device == "cpu" else GPU_SIZES)
    wanted = params.get("precisions") or ["fp32", "bf16"]
    missing = {p: why for p in wanted if (why := devices.why_not(torch, device, p))}
    for precision, why in missing.items():
        channel.emit("condition", name=f"skipped {precision}", value=why)
    points = [Point(int(size), p) for p in wanted if p not in missing for size in sizes]
    if not points:
        raise Failure(
            "unsupported",
            f"None of the precisions chosen exists on {device}",
            "; ".join(missing.values()),
            "Choose fp32, which every device has",
        )
    return points


def _measure(
    torch: Any, device: str, point: Point, budget: Budget, channel: Channel, seed: int
) -> None:
    devices.set_precision(torch, point.precision)
    refuse_if_too_big(torch, device, 3 * point.size**2 * BYTES[point.precision], point.name)
    call, seen = _product(torch, device, point, seed)
    series = Series(
        point.name,
        "FLOP/s",
        point.flop,
        is_device=device.startswith("cuda"),
    )
    Sampler(channel, devices.clock_for(torch, device), budget).run(call, series)
    channel.emit(
        "series",
        **summary(series),
        precision_asked=point.precision,
        precision_seen=seen(),
        size=point.size,
        metric=point.name,
        data="randn with a fixed seed",
    )


def _product(
    torch: Any, device: str, point: Point, seed: int
) -> tuple[Callable[[], object], Callable[[], str]]:
    """Return the call to time (result reused, nothing allocated) and the check of its result."""
    kind = getattr(torch, devices.FLOAT_NAMES[point.precision])
    source = torch.Generator(device="cpu").manual_seed(seed)
    shape = (point.size, point.size)
    made = torch.float64 if point.precision == "fp64" else torch.float32
    left = torch.randn(shape, generator=source, dtype=made).to(device=device, dtype=kind)
    right = torch.randn(shape, generator=source, dtype=made).to(device=device, dtype=kind)
    out = torch.empty(shape, device=device, dtype=kind)
    multiply = torch.mm

    def call() -> object:
        return multiply(left, right, out=out)

    def seen() -> str:
        return precision_seen(torch, (left, right, out), point.precision)

    return call, seen
