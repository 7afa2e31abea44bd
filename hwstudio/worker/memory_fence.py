"""A fence around a device's memory, so that what does not fit fails in words and ends nothing else.

On a GPU torch's own allocator keeps to a share of the card, which also keeps Windows from moving
what does not fit into the computer's memory in silence. On a processor Linux refuses the process
more data than allowed (``RLIMIT_DATA``); without it the system would end the process, or swap.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from typing import Any

from hwstudio.worker.channel import Failure
from hwstudio.worker.device import guess_oom
from hwstudio.worker.memory import GIB, RESERVE, free_bytes

MIB = 2**20
CPU_BYTES = 2 * GIB  # a processor has no memory of its own: so much stands for a small card
CPU_SHARE = 0.5  # of what is free, at most
_MMAP_THRESHOLD = -3  # glibc's name for the size from which a block is given back at once
_FROM_BYTES = 64 * 1024
# What torch and oneDNN say where no memory is left; they have no type of their own for it.
_SAYINGS = (
    "can't allocate memory",
    "not enough memory",
    "out of memory",
    "could not create a primitive",
    "could not create a memory",
    "bad_alloc",
)


def fence(torch: Any, device: str, limit_mib: int) -> int:
    """Put the fence up and return the bytes inside it; nothing may be large on the device yet.

    Args:
        device: "cpu" or a CUDA device.
        limit_mib: what may be used; 0: all that is free, on a processor a part of it.

    Raises:
        Failure: this device can have no fence, or so much is not free.
    """
    if device == "cpu" and sys.platform != "linux":
        raise _refused("this system does not let a process limit its own memory")
    if device != "cpu" and not device.startswith("cuda"):
        raise _refused(f"PyTorch does not say what fits on {device}")
    free = free_bytes(torch, device)
    if free is None:
        raise _refused("this system does not say how much memory is free")
    size = limit_mib * MIB or _usual(device, free)
    if size > free * RESERVE:
        raise Failure(
            "oom",
            f"{size / GIB:.1f} GiB cannot be had",
            f"{free / GIB:.1f} GiB are free on {device}",
            "Choose a lower limit, or close other programs",
        )
    if device == "cpu":
        _begin_threads(torch)
        renew(device, size)
    else:
        whole = torch.cuda.mem_get_info(device)[1]
        torch.cuda.set_per_process_memory_fraction(min(1.0, size / whole), device)
    return size


def _usual(device: str, free: int) -> int:
    return min(CPU_BYTES, int(free * CPU_SHARE)) if device == "cpu" else int(free * RESERVE)


def renew(device: str, size: int) -> None:
    """Count anew: what libraries keep from earlier tries (compiled kernels) is not the next one's.

    Only a processor needs it; torch's allocator on a GPU counts what it holds itself.
    """
    if device == "cpu":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (used_bytes() + size, hard))


def _begin_threads(torch: Any) -> None:
    try:  # else glibc keeps what was freed, and the next try finds the fence already full
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _FROM_BYTES)
    except (OSError, AttributeError):
        pass  # another C library, which may give it back by itself
    square = torch.ones(256, 256)
    torch.mm(square, square)  # its threads begin before the fence, with the memory they need


def used_bytes(status: Path = Path("/proc/self/status")) -> int:
    """Return the bytes of this process that the fence counts."""
    for line in status.read_text("ascii").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


def _refused(why: str) -> Failure:
    return Failure(
        "unsupported",
        "What fits cannot be tried here",
        why,
        "Run it on an NVIDIA or AMD GPU, or with device=cpu on Linux",
    )


def is_full(error: BaseException) -> bool:
    """Say whether an error means that there was no memory left."""
    words = str(error).lower()
    is_said = isinstance(error, RuntimeError) and any(each in words for each in _SAYINGS)
    return guess_oom(error) or is_said
