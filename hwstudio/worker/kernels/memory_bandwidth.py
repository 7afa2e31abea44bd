"""Memory bandwidth by the STREAM triad rule: a = b + s·c over arrays far larger than the caches."""

from __future__ import annotations

from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.memory import last_cache_bytes, refuse_if_too_big
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

MIB = 2**20
SCALAR = 3.0
LEAST_BYTES = 256 * MIB  # of one array; all that can be said where no cache size is told
CACHE_MULTIPLE = 4  # STREAM's rule: each array at least four times the last cache
ARRAYS = 3  # two read, one written: STREAM counts these bytes and no others


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure one array size on one device."""
    torch = devices.load_torch()
    device = devices.resolve(torch, str(params.get("device", "auto")))
    if int(params.get("threads", 0)) > 0:
        torch.set_num_threads(int(params["threads"]))
    channel.emit("condition", name="device", value=devices.describe(torch, device))
    size_bytes = _array_bytes(torch, device, int(params.get("array_mib", 0)))
    refuse_if_too_big(torch, device, ARRAYS * size_bytes, "The array")
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)), warmup_s=float(params.get("warmup_s", 0.5))
    )
    Progress(channel, 1, budget.cap_s).point("triad")
    _measure(torch, device, size_bytes, budget, channel)


def _array_bytes(torch: Any, device: str, wanted_mib: int) -> int:
    """Return the size of one array: what was asked, else at least four times the last cache."""
    if wanted_mib > 0:
        return wanted_mib * MIB
    cache = cache_bytes(torch, device)
    return max(LEAST_BYTES, CACHE_MULTIPLE * cache)


def cache_bytes(torch: Any, device: str) -> int:
    """Return the size of the last cache of a device, 0 when it cannot be asked."""
    if device.startswith("cuda"):
        return int(getattr(torch.cuda.get_device_properties(device), "L2_cache_size", 0))
    return last_cache_bytes() if device == "cpu" else 0


def _measure(torch: Any, device: str, size_bytes: int, budget: Budget, channel: Channel) -> None:
    count = size_bytes // 4
    b = torch.full((count,), 1.0, device=device, dtype=torch.float32)
    c = torch.full((count,), 2.0, device=device, dtype=torch.float32)
    out = torch.zeros(count, device=device, dtype=torch.float32)  # touched: no page faults later
    series = Series(
        "triad",
        "B/s",
        float(ARRAYS * count * 4),
        is_device=devices.is_accelerator_clock(device),
    )
    Sampler(channel, devices.clock_for(torch, device), budget).run(
        lambda: torch.add(b, c, alpha=SCALAR, out=out), series
    )
    if not bool((out == 1.0 + SCALAR * 2.0).all()):
        raise Failure(
            "error",
            "The memory test gave a wrong result",
            "an element of b + 3·c differs from 7",
            "Do not trust this machine: test its memory and undo any overclocking",
        )
    channel.emit(
        "series",
        **summary(series),
        metric="triad",
        array_bytes=size_bytes,
        is_cached=size_bytes < (CACHE_MULTIPLE * cache_bytes(torch, device) or LEAST_BYTES),
        data="constant arrays, result checked",
    )
