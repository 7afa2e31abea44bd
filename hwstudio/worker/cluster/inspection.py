"""What this computer is: versions, cores, memory, GPUs, addresses. Imports nothing heavy."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import socket
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from hwstudio.worker.channel import SCHEMA
from hwstudio.worker.cluster.interfaces import as_rows
from hwstudio.worker.disturbance import usable_cores

_NCCL = ("nvidia-nccl-cu13", "nvidia-nccl-cu12", "nvidia-nccl-cu11")


def _version(*names: str) -> str:
    for name in names:
        with contextlib.suppress(metadata.PackageNotFoundError):
            return metadata.version(name)
    return ""


def gpu_count() -> int:
    """Return how many NVIDIA GPUs the driver shows; importing torch to ask would take seconds."""
    library = "nvml.dll" if os.name == "nt" else "libnvidia-ml.so.1"
    number = ctypes.c_uint(0)
    with contextlib.suppress(OSError, AttributeError):
        nvml = ctypes.CDLL(library)
        if nvml.nvmlInit_v2() == 0:
            nvml.nvmlDeviceGetCount_v2(ctypes.byref(number))
            nvml.nvmlShutdown()
    return int(number.value)


def _own_name_leads_to(name: str) -> list[str]:
    """Return the addresses the computer's own name has in its own hosts file or DNS."""
    with contextlib.suppress(OSError):
        return sorted({str(found[4][0]) for found in socket.getaddrinfo(name, None)})
    return []


def _machine(name: str) -> str:
    """Return what two logins to one computer share: this start of its system, and its cores.

    Computers may bear the same name, and containers of one may each have cores of their own.
    """
    boot = ""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return f"{boot or name} {','.join(map(str, cores))}"


def inspect() -> dict[str, Any]:
    """Return it as plain data."""
    name = socket.gethostname()
    reached = os.environ.get("SSH_CONNECTION", "").split()
    return {
        "schema": SCHEMA,
        "hostname": name,
        "machine": _machine(name),
        "own_name_leads_to": _own_name_leads_to(name),
        "system": f"{platform.system()} {platform.release()}",
        "platform": sys.platform,
        "python": platform.python_version(),
        "executable": sys.executable,
        "torch": _version("torch"),
        "nccl": _version(*_NCCL),
        "gpus": gpu_count(),
        "cores": usable_cores(),
        "interfaces": as_rows(),
        # By which of its addresses the ssh connection came in: one that is reachable.
        "reached_at": reached[2] if len(reached) == 4 else "",
        "pid": os.getpid(),
    }
