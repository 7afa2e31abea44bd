"""The graphics drivers of this computer, as far as they decide which build of torch runs."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

LIMIT_S = 10.0
# The oldest driver for each family of CUDA, Linux and Windows alike. NVIDIA, "CUDA minor version
# compatibility", table 1, https://docs.nvidia.com/deploy/cuda-compatibility/ (read 2026-11).
OLDEST_DRIVER = {13: 580, 12: 525, 11: 450}
_CUDA = re.compile(r"CUDA[A-Za-z ]*Version\s*:\s*(\d+)\.(\d+)")
_NO_WINDOW = 0x08000000
_KFD, _AMDGPU = Path("/dev/kfd"), Path("/sys/module/amdgpu")
_CELLS = 3  # driver, compute capability, name
_WSL = "/usr/lib/wsl/lib/nvidia-smi"

Ask = Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Drivers:
    """What there is. Empty or None where there is none."""

    nvidia: str = ""  # version of the driver
    cuda: tuple[int, int] | None = None  # the newest CUDA it knows
    capability: float | None = None  # the least compute capability among the GPUs
    gpus: tuple[str, ...] = ()  # NVIDIA's, by name
    nvidia_fault: str = ""  # why the driver did not answer, where it is installed
    has_amd: bool = False  # AMD's compute driver is loaded
    is_apple: bool = False  # an Apple computer with its own chip
    capabilities: tuple[float, ...] = ()  # of each GPU in ``gpus``; () where one is not told
    silent_cards: tuple[str, ...] = ()  # NVIDIA's, seen on the bus, with no driver that answers

    @property
    def title(self) -> str:
        """Return it in one line."""
        if self.nvidia:
            cuda = f", CUDA up to {self.cuda[0]}.{self.cuda[1]}" if self.cuda else ""
            return f"NVIDIA driver {self.nvidia}{cuda}"
        if self.nvidia_fault:
            return f"NVIDIA driver: {self.nvidia_fault}"
        if self.has_amd:
            return "AMD compute driver loaded"
        return "Apple GPU" if self.is_apple else "No GPU driver for PyTorch found"


def read_drivers(ask: Ask | None = None) -> Drivers:
    """Ask the drivers; nothing here can hang for more than twice ``LIMIT_S``."""
    is_apple = sys.platform == "darwin" and platform.machine() == "arm64"
    has_amd = _KFD.exists() and _AMDGPU.is_dir()
    program = shutil.which("nvidia-smi") or (_WSL if Path(_WSL).is_file() else "")
    if ask is None and not program:
        return Drivers(has_amd=has_amd, is_apple=is_apple)
    return nvidia_drivers(ask or _ask, program, has_amd=has_amd)


def with_silent_cards(drivers: Drivers) -> Drivers:
    """Return the drivers with the NVIDIA cards that have none: those the bus shows."""
    if drivers.nvidia or drivers.is_apple:
        return drivers
    from hwstudio.core.probe.detect_gpu import detect_gpus  # only this needs it
    from hwstudio.core.probe.source import Source

    found, _ = detect_gpus(Source(), None)
    names = [each.name.value or "an NVIDIA GPU" for each in found if each.vendor == "NVIDIA"]
    return replace(drivers, silent_cards=tuple(names))


def nvidia_drivers(ask: Ask, program: str, *, has_amd: bool = False) -> Drivers:
    """Return what NVIDIA's own program says."""
    fields = "--query-gpu=driver_version,compute_cap,name"
    try:
        rows = [
            [cell.strip() for cell in line.split(",", 2)]
            for line in ask([program, fields, "--format=csv,noheader"]).splitlines()
            if line.count(",") >= _CELLS - 1
        ]
        head = ask([program])
    except subprocess.TimeoutExpired:
        return Drivers(nvidia_fault=f"no answer within {LIMIT_S:.0f} s", has_amd=has_amd)
    except subprocess.CalledProcessError as error:
        words = f"{error.stdout or ''}\n{error.stderr or ''}".strip().splitlines()
        why = words[0].rstrip(".") if words else "its program gave up"
        return Drivers(nvidia_fault=why, has_amd=has_amd)
    except OSError as error:
        return Drivers(nvidia_fault=error.strerror or str(error), has_amd=has_amd)
    if not rows:
        return Drivers(nvidia_fault="it lists no GPU", has_amd=has_amd)
    found = _CUDA.search(head)
    capabilities = [float(row[1]) for row in rows if re.fullmatch(r"\d+\.\d+", row[1])]
    return Drivers(
        nvidia=rows[0][0],
        cuda=(int(found[1]), int(found[2])) if found else cuda_of_driver(rows[0][0]),
        capability=min(capabilities, default=None),
        gpus=tuple(row[2] for row in rows),
        has_amd=has_amd,
        capabilities=tuple(capabilities) if len(capabilities) == len(rows) else (),
    )


def cuda_of_driver(version: str) -> tuple[int, int] | None:
    """Return the family of CUDA a driver runs at the least: 535.104 knows 12.0."""
    head = version.partition(".")[0]
    if not head.isdigit():
        return None
    fitting = [major for major, oldest in OLDEST_DRIVER.items() if int(head) >= oldest]
    return (max(fitting), 0) if fitting else None


def _ask(command: Sequence[str]) -> str:
    return subprocess.run(
        list(command),
        capture_output=True,
        text=True,
        errors="replace",
        timeout=LIMIT_S,
        stdin=subprocess.DEVNULL,
        creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
        check=True,
    ).stdout
