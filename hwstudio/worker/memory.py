"""Asks whether a job fits before it starts: Linux kills the largest process when memory ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hwstudio.worker.channel import Failure

RESERVE = 0.9  # of what is free: the system needs the rest
GIB = 2**30


def available_bytes(meminfo: Path = Path("/proc/meminfo")) -> int | None:
    """Return the memory that can be had without swapping; None where it cannot be asked."""
    try:
        for line in meminfo.read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return min(int(line.split()[1]) * 1024, _limit_bytes())
    except (OSError, ValueError, IndexError):
        pass
    return None


def _limit_bytes(folder: Path = Path("/sys/fs/cgroup")) -> int:
    """Return what a container's limit leaves, or a huge number without one."""
    try:
        limit = (folder / "memory.max").read_text("ascii").strip()
        used = int((folder / "memory.current").read_text("ascii"))
        return 2**62 if limit == "max" else max(0, int(limit) - used)
    except (OSError, ValueError):
        return 2**62


def free_bytes(torch: Any, device: str) -> int | None:
    """Return the free memory of a device; None where it cannot be asked."""
    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(device)[0])
    if device.startswith("xpu"):
        return int(torch.xpu.mem_get_info(device)[0])
    if device == "mps":
        # Shared with the system: what Metal recommends, less what is in use.
        left = torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
        return max(0, int(left))
    return available_bytes()


def refuse_if_too_big(torch: Any, device: str, need_bytes: int, what: str) -> None:
    """Refuse a job that cannot fit.

    Raises:
        Failure: more memory is needed than is free.
    """
    free = free_bytes(torch, device)
    where = "this computer" if device == "cpu" else device
    if free is not None and need_bytes > free * RESERVE:
        raise Failure(
            "oom",
            f"{what} does not fit into the memory of {where}",
            f"it needs {need_bytes / GIB:.1f} GiB and {free / GIB:.1f} GiB are free",
            "Choose a smaller size, or close other programs",
        )


def last_cache_bytes(cores: Path = Path("/sys/devices/system/cpu")) -> int:
    """Return the size of all last-level caches together, 0 where it cannot be asked.

    A processor of several chips has one for each, and threads on all of them use them all.
    """
    return sum(_last_caches(cores))


def one_last_cache_bytes(cores: Path = Path("/sys/devices/system/cpu")) -> int:
    """Return the size of the largest last-level cache that one core has; 0: cannot be asked."""
    return max(_last_caches(cores), default=0)


def _last_caches(cores: Path) -> list[int]:
    sizes: dict[tuple[int, str], int] = {}
    for index in cores.glob("cpu[0-9]*/cache/index*"):
        try:
            text = (index / "size").read_text("ascii").strip()
            level = int((index / "level").read_text("ascii"))
            shared = (index / "shared_cpu_list").read_text("ascii").strip()
        except (OSError, ValueError):
            continue
        factor = {"K": 2**10, "M": 2**20}.get(text[-1:], 1)
        digits = text.rstrip("KM")
        if digits.isdigit():
            sizes[level, shared] = int(digits) * factor
    last = max((level for level, _ in sizes), default=0)
    return [size for (level, _), size in sizes.items() if level == last]
