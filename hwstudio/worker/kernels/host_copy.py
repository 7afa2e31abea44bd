"""Copies between the computer's memory and a GPU's, both ways, pinned and pageable."""

from __future__ import annotations

from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.clock import Clock
from hwstudio.worker.kernels.copies import Blocks, Copy, both_of, copy_of, refuse_if_changed
from hwstudio.worker.kernels.inference_latency import WaitingClock
from hwstudio.worker.memory import refuse_if_too_big
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

POINTS = ("to_gpu_pinned", "from_gpu_pinned", "to_gpu_pageable", "from_gpu_pageable", "both_ways")


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure every way that this device has."""
    torch = devices.load_torch()
    device = devices.resolve(torch, str(params.get("device", "auto")))
    if device == "cpu":
        raise Failure(
            "unsupported",
            "There is no GPU to copy to",
            f"PyTorch {torch.__version__} finds {', '.join(devices.names(torch))}",
            "Run it on a computer with a GPU, with a build of PyTorch that can use it",
        )
    channel.emit("condition", name="device", value=devices.describe(torch, device))
    points = [p for p in params.get("points") or POINTS if p in POINTS]
    for name, why in lacking(device, points).items():
        channel.emit("condition", name=f"skipped {name}", value=why)
        points.remove(name)
    size_mib = int(params.get("size_mib", 256))
    refuse_if_too_big(torch, device, 2 * size_mib * 2**20, "The block")
    refuse_if_too_big(torch, "cpu", 4 * size_mib * 2**20, "The block")
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.2))
    )
    progress = Progress(channel, len(points), budget.cap_s * 0.5 + budget.warmup_s)
    ways = Ways(torch, device, Blocks(torch, size_mib))
    for name in points:
        progress.point(name)
        measure(torch, device, ways, name, budget, channel)


def lacking(device: str, points: list[str]) -> dict[str, str]:
    """Return the points that a device has not, with the reason."""
    if device != "mps":
        return {}
    why = "an Apple GPU shares the computer's memory, PyTorch pins none of it"
    return {name: why for name in points if name.endswith("pinned") or name == "both_ways"}


class Ways:
    """The blocks on both sides and the copies between them."""

    def __init__(self, torch: Any, device: str, blocks: Blocks) -> None:
        self._torch, self._device, self.blocks = torch, device, blocks

    def clock(self, name: str) -> Clock:
        """Return the device's clock; a pageable copy is work of the processor as well."""
        if name.endswith("pageable"):
            return WaitingClock(devices.clock_for(self._torch, self._device).synchronise)
        return devices.clock_for(self._torch, self._device)

    def way(self, name: str) -> tuple[Copy, Any, float]:
        """Return the copy to time, the block whose bytes arrive, and the bytes of one call."""
        blocks, is_pinned = self.blocks, not name.endswith("pageable")
        here, there = blocks.host(is_pinned=is_pinned), blocks.on(self._device)
        if name.startswith("to_gpu"):
            here.copy_(blocks.random)
            return copy_of(there, here), there, float(blocks.bytes)
        there.copy_(blocks.random)
        if name.startswith("from_gpu"):
            return copy_of(here, there), here, float(blocks.bytes)
        out, into = blocks.host(is_pinned=True), blocks.on(self._device)
        out.copy_(blocks.random)
        room = self._torch.xpu if self._device.startswith("xpu") else self._torch.cuda
        both = both_of(room, self._device, copy_of(into, out), copy_of(here, there))
        return both, here, 2.0 * blocks.bytes


def measure(
    torch: Any, device: str, ways: Ways, name: str, budget: Budget, channel: Channel
) -> None:
    """Sample one way, then check what arrived."""
    call, arrived, count = ways.way(name)
    clock = ways.clock(name)
    is_device = devices.is_accelerator_clock(device) and not name.endswith("pageable")
    series = Series(name, "B/s", count, is_device=is_device)
    Sampler(channel, clock, budget).run(call, series)
    clock.synchronise()
    refuse_if_changed(torch, arrived, ways.blocks.random, name)
    channel.emit(
        "series",
        **summary(series),
        metric=name,
        block_bytes=ways.blocks.bytes,
        is_link=device != "mps",
        is_both_ways=name == "both_ways",
        clock=clock.name,
        data="random bytes, compared after the copy",
    )
