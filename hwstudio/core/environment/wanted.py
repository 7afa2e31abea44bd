"""Which build of torch to install here, from where, and how large it is known to be."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass

from hwstudio.core.base.errors import UserError
from hwstudio.core.environment.driver import Drivers
from hwstudio.core.environment.match import BLACKWELL, TURING

TORCH = "2.13.0"
HOST = "download.pytorch.org"
INDEX = f"https://{HOST}/whl/"
PYPI = "pypi.org"
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A build torch is published in. ``download_bytes`` is None where nobody measured it."""

    id: str  # as it is called in PyTorch's own index
    title: str
    needs: str = ""  # in words
    download_bytes: int | None = None
    disk_bytes: int | None = None


# Measured on Linux x86-64 for torch 2.13.0, 2026-11-28: the wheels of torch and all it needs, and
# the whole environment (CPU; CUDA 13: the wheels only, 2026-11-20).
_CPU_BYTES, _CPU_DISK = 219_000_000, 1_014_000_000
_CUDA_BYTES = 2_755_000_000
CHOICES = (
    Wanted("cpu", "CPU", "", _CPU_BYTES, _CPU_DISK),
    Wanted("cu126", "NVIDIA, CUDA 12.6", "driver 525 or newer; also for GPUs older than Turing"),
    Wanted("cu130", "NVIDIA, CUDA 13.0", "driver 580 or newer", _CUDA_BYTES),
    Wanted("cu132", "NVIDIA, CUDA 13.2", "driver 580 or newer"),
    Wanted("rocm7.2", "AMD, ROCm 7.2", "AMD's compute driver, Linux only"),
)


def choice_named(name: str, drivers: Drivers) -> Wanted:
    """Return a build by its name; "auto" is the one that fits this computer.

    Raises:
        UserError: there is none of that name.
    """
    if name == AUTO:
        return fitting(drivers)
    for each in CHOICES:
        if each.id == name:
            return each
    known = ", ".join((AUTO, *(each.id for each in CHOICES)))
    raise UserError(f"There is no build of PyTorch called {name}", "", f"Choose one of {known}")


def fitting(drivers: Drivers) -> Wanted:
    """Return the build that uses the GPU there is."""
    by_id = {each.id: each for each in CHOICES}
    if drivers.cuda is not None:
        is_old = drivers.capability is not None and drivers.capability < TURING
        if drivers.cuda >= (13, 0) and not is_old:
            return by_id["cu130"]
        if drivers.cuda >= (12, 0) and not lacks_build(drivers):
            return by_id["cu126"]
    elif drivers.has_amd and sys.platform == "linux":
        return by_id["rocm7.2"]
    return by_id["cpu"]


def lacks_build(drivers: Drivers) -> bool:
    """Say whether a GPU is too new for the one build its driver runs: CUDA 12.6 for Blackwell."""
    newest = max(drivers.capabilities, default=drivers.capability or 0.0)
    return newest >= BLACKWELL and drivers.cuda is not None and drivers.cuda < (13, 0)


def index_of(wanted: Wanted) -> str:
    """Return the address of the index that build is in; "" = the usual one of Python."""
    if sys.platform == "darwin":
        return ""  # one build for all Macs, and it is there
    return f"{INDEX}{wanted.id}"


def place_of(wanted: Wanted) -> tuple[str, str]:
    """Return host and path that are asked, for the network log."""
    return (HOST, f"/whl/{wanted.id}") if index_of(wanted) else (PYPI, "/simple/torch/")


def known_size(wanted: Wanted) -> tuple[int | None, int | None]:
    """Return bytes to download and on disk, where they were measured for such a computer."""
    if sys.platform == "linux" and platform.machine() in ("x86_64", "AMD64"):
        return wanted.download_bytes, wanted.disk_bytes
    return None, None
