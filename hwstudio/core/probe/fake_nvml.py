"""An NVML that answers from memory, for tests: several GPUs, errors by call, and calls that hang.

It has the functions hwstudio uses, with the binding's names, units and exceptions. What it says is
synthetic; no test may claim from it that a real GPU works.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any


class NVMLError(Exception):
    """Any error of the library."""


class NVMLError_LibraryNotFound(NVMLError):  # noqa: N801, N818 - the binding names them
    """No driver library."""


class NVMLError_DriverNotLoaded(NVMLError):  # noqa: N801, N818
    """Library without driver."""


class NVMLError_NotSupported(NVMLError):  # noqa: N801, N818
    """The GPU does not offer it."""


class NVMLError_NoPermission(NVMLError):  # noqa: N801, N818
    """Only for administrators."""


class NVMLError_GpuIsLost(NVMLError):  # noqa: N801, N818
    """The GPU fell off the bus."""


class NVMLError_FunctionNotFound(NVMLError):  # noqa: N801, N818
    """The driver is too old."""


@dataclass
class FakeGpu:
    """One GPU in the units of the driver (mW, MHz, bytes, %)."""

    name: str = "NVIDIA GeForce RTX 4090"
    uuid: str = "GPU-fake-0"
    total: int = 24 * 2**30
    used: int = 6 * 2**30
    busy: int = 90
    temperature: int = 66
    slowdown: int = 87
    power_mw: int = 320_000
    limit_mw: int = 450_000
    sm_mhz: int = 2520
    memory_mhz: int = 10501
    fan: int = 41
    energy_mj: int = 1_000_000
    reasons: int = 0
    capability: tuple[int, int] = (8, 9)
    link: tuple[int, int] = (4, 16)
    processes: tuple[tuple[int, int | None], ...] = ()
    errors: dict[str, Exception] = field(default_factory=dict)  # function name -> raised
    hangs: set[str] = field(default_factory=set)


class FakeNvml:
    """Stands in for the binding module. ``released`` ends every hanging call."""

    NVMLError = NVMLError
    NVMLError_LibraryNotFound = NVMLError_LibraryNotFound
    NVMLError_DriverNotLoaded = NVMLError_DriverNotLoaded
    NVMLError_NotSupported = NVMLError_NotSupported
    NVMLError_NoPermission = NVMLError_NoPermission
    NVMLError_GpuIsLost = NVMLError_GpuIsLost
    NVMLError_FunctionNotFound = NVMLError_FunctionNotFound

    def __init__(self, *gpus: FakeGpu, init_error: Exception | None = None) -> None:
        self.gpus = list(gpus)
        self.init_error = init_error
        self.released = threading.Event()
        self.calls: list[str] = []
        self.open_count = 0

    def nvmlInit(self) -> None:  # noqa: N802
        """Start, or raise what was asked for."""
        if self.init_error is not None:
            raise self.init_error
        self.open_count += 1

    def nvmlShutdown(self) -> None:  # noqa: N802
        """End."""
        self.open_count -= 1

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        """Return how many GPUs there are."""
        return len(self.gpus)

    def nvmlSystemGetDriverVersion(self) -> str:  # noqa: N802
        """Return a driver version."""
        return "580.95.05"

    def nvmlDeviceGetHandleByIndex(self, index: int) -> FakeGpu:  # noqa: N802
        """Return the GPU itself as handle."""
        return self.gpus[index]

    def __getattr__(self, call: str) -> Callable[..., Any]:
        answer = _ANSWERS.get(call)
        if answer is None:
            raise AttributeError(call)

        def ask(gpu: FakeGpu, *arguments: int) -> Any:
            self.calls.append(call)
            if call in gpu.hangs:
                self.released.wait()
            error = gpu.errors.get(call) or gpu.errors.get("*")
            if error is not None:
                raise error
            return answer(gpu, *arguments)

        return ask


def _processes(gpu: FakeGpu) -> list[Any]:
    return [SimpleNamespace(pid=pid, usedGpuMemory=used) for pid, used in gpu.processes]


_ANSWERS: dict[str, Callable[..., Any]] = {
    "nvmlDeviceGetName": lambda gpu: gpu.name,
    "nvmlDeviceGetUUID": lambda gpu: gpu.uuid,
    "nvmlDeviceGetUtilizationRates": lambda gpu: SimpleNamespace(gpu=gpu.busy, memory=10),
    "nvmlDeviceGetMemoryInfo": lambda gpu: SimpleNamespace(total=gpu.total, used=gpu.used),
    "nvmlDeviceGetTemperature": lambda gpu, _sensor: gpu.temperature,
    "nvmlDeviceGetTemperatureThreshold": lambda gpu, _which: gpu.slowdown,
    "nvmlDeviceGetPowerUsage": lambda gpu: gpu.power_mw,
    "nvmlDeviceGetEnforcedPowerLimit": lambda gpu: gpu.limit_mw,
    "nvmlDeviceGetClockInfo": lambda gpu, kind: gpu.sm_mhz if kind == 1 else gpu.memory_mhz,
    "nvmlDeviceGetFanSpeed": lambda gpu: gpu.fan,
    "nvmlDeviceGetTotalEnergyConsumption": lambda gpu: gpu.energy_mj,
    "nvmlDeviceGetCurrentClocksEventReasons": lambda gpu: gpu.reasons,
    "nvmlDeviceGetComputeRunningProcesses": _processes,
    "nvmlDeviceGetGraphicsRunningProcesses": lambda _gpu: [],
    "nvmlDeviceGetCudaComputeCapability": lambda gpu: gpu.capability,
    "nvmlDeviceGetMaxPcieLinkGeneration": lambda gpu: gpu.link[0],
    "nvmlDeviceGetMaxPcieLinkWidth": lambda gpu: gpu.link[1],
}
