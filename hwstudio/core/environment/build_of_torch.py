"""What one build of torch computes on, read from its own words: CPU, CUDA, ROCm, XPU or MPS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CPU, CUDA, ROCM, XPU, MPS = "cpu", "cuda", "rocm", "xpu", "mps"
_TITLES = {CPU: "CPU only", CUDA: "CUDA", ROCM: "ROCm", XPU: "Intel XPU", MPS: "CPU and Apple GPU"}
_CUDA_TAG = re.compile(r"cu(\d+)(\d)$")


@dataclass(frozen=True, slots=True)
class TorchBuild:
    """One installed torch. ``backend_version`` is "12.6" for CUDA, "7.2" for ROCm, else ""."""

    version: str
    backend: str
    backend_version: str = ""

    @property
    def title(self) -> str:
        """Return what it computes on: "CUDA 12.6", "CPU only"."""
        return f"{_TITLES[self.backend]} {self.backend_version}".strip()

    @property
    def backend_major(self) -> int | None:
        """Return the first number of the backend's version; None without one."""
        head = self.backend_version.partition(".")[0]
        return int(head) if head.isdigit() else None


def torch_build(told: Mapping[str, Any]) -> TorchBuild | None:
    """Return the build a Python told of; None where it has no torch.

    Args:
        told: "version", and of torch's own version file "cuda", "hip" and "xpu" (None where that
            file has none); "is_apple" where it is an Apple computer with its own chip.
    """
    version = str(told.get("version") or "")
    if not version:
        return None
    for name, backend in (("cuda", CUDA), ("hip", ROCM), ("xpu", XPU)):
        if told.get(name):
            return TorchBuild(version, backend, _short(str(told[name])))
    tag = version.partition("+")[2]
    if found := _CUDA_TAG.match(tag):
        return TorchBuild(version, CUDA, f"{found[1]}.{found[2]}")
    if tag.startswith("rocm"):
        return TorchBuild(version, ROCM, _short(tag.removeprefix("rocm")))
    if tag.startswith("xpu"):
        return TorchBuild(version, XPU)
    return TorchBuild(version, MPS if told.get("is_apple") else CPU)


def _short(version: str) -> str:
    """Return the first two numbers: "7.2.53211-e1a6bc5" is 7.2."""
    found = re.match(r"\d+(\.\d+)?", version)
    return found[0] if found else ""
