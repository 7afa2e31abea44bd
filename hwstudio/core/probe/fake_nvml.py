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
    """Any error of the library; ``value`` is its nvmlReturn_t."""

    value = 999

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        if arguments and isinstance(arguments[0], int):
            self.value = arguments[0]


class NVMLError_LibraryNotFound(NVMLError):  # noqa: N801, N818 - the binding names them
    """No driver library."""

    value = 12


class NVMLError_DriverNotLoaded(NVMLError):  # noqa: N801, N818
    """Library without driver."""

    value = 9


class NVMLError_NotSupported(NVMLError):  # noqa: N801, N818
    """The GPU does not offer it."""

    value = 3


class NVMLError_NoPermission(NVMLError):  # noqa: N801, N818
    """Only for administrators."""

    value = 4


class NVMLError_GpuIsLost(NVMLError):  # noqa: N801, N818
    """The GPU fell off the bus."""

    value = 15


class NVMLError_FunctionNotFound(NVMLError):  # noqa: N801, N818
    """The driver is too old."""

    value = 13


class NVMLError_NotFound(NVMLError):  # noqa: N801, N818
    """No such GPU."""

    value = 6


class NVMLError_Timeout(NVMLError):  # noqa: N801, N818
    """The GPU did not answer in time."""

    value = 10


class NVMLError_Unknown(NVMLError):  # noqa: N801, N818
    """The driver does not say what went wrong."""

    value = 999


@dataclass
class FakeGpu:
    """One GPU in the units of the driver (mW, MHz, bytes, %)."""

    name: str = "NVIDIA GeForce RTX 4090"
    uuid: str = "GPU-fake-0"
    total: int = 24 * 2**30
    used: int = 6 * 2**30
    busy: int = 90
    memory_busy: int = 10
    temperature: int = 66
    slowdown: int = 87
    shutdown: int = 92
    power_mw: int = 320_000
    limit_mw: int = 450_000
    default_limit_mw: int = 450_000
    sm_mhz: int = 2520
    max_sm_mhz: int = 3105
    memory_mhz: int = 10501
    fan: int = 41
    energy_mj: int = 1_000_000
    reasons: int = 0
    capability: tuple[int, int] = (8, 9)
    link: tuple[int, int] = (4, 16)
    link_now: tuple[int, int] = (4, 16)
    bus_id: str = "00000000:01:00.0"
    encoder: int = 0
    decoder: int = 0
    ecc: tuple[int, int] | None = None  # corrected, uncorrected; None = no such memory
    mig: int | None = None  # 1 = on; None = this GPU cannot be split
    nvlinks: tuple[int, ...] = ()  # by link: 1 = active
    fields: dict[int, int] = field(default_factory=dict)  # NVML_FI_DEV_* -> value
    pcie_kib: tuple[int, int] = (0, 0)  # sent, received per second
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
    NVMLError_NotFound = NVMLError_NotFound
    NVMLError_Timeout = NVMLError_Timeout
    NVMLError_Unknown = NVMLError_Unknown
    nvmlMemory_v2 = 0x02000028  # noqa: N815 - the binding names it

    def __init__(self, *gpus: FakeGpu, init_error: Exception | None = None) -> None:
        self.gpus = list(gpus)
        self.init_error = init_error
        self.released = threading.Event()
        self.calls: list[str] = []
        self.open_count = 0
        self.now_s = 0.0  # the fake's own clock: a call takes its latency on it
        self.latency_us: dict[str, float] = {}
        self.spent_s: dict[str, float] = {}  # by uuid

    def clock(self) -> float:
        """Return the fake's own time."""
        return self.now_s

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

    def nvmlSystemGetCudaDriverVersion_v2(self) -> int:  # noqa: N802
        """Return the newest CUDA of that driver: 1000 times the major plus 10 times the minor."""
        return 13000

    def nvmlDeviceGetHandleByIndex(self, index: int) -> FakeGpu:  # noqa: N802
        """Return the GPU itself as handle."""
        if index >= len(self.gpus):
            raise NVMLError(2)
        return self.gpus[index]

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> FakeGpu:  # noqa: N802
        """Return the GPU with that id."""
        found = next((gpu for gpu in self.gpus if gpu.uuid == uuid), None)
        if found is None:
            raise NVMLError_NotFound(uuid)
        return found

    def __getattr__(self, call: str) -> Callable[..., Any]:
        answer = _ANSWERS.get(call)
        if answer is None:
            raise AttributeError(call)

        def ask(gpu: FakeGpu, *arguments: Any, **named: Any) -> Any:
            self.calls.append(call)
            self._take(gpu, call)
            if call in gpu.hangs:
                self.released.wait()
            error = gpu.errors.get(call) or gpu.errors.get("*")
            if error is not None:
                raise error
            return answer(gpu, *arguments, **named)

        return ask

    def _take(self, gpu: FakeGpu, call: str) -> None:
        took_s = self.latency_us.get(call, 0.0) / 1e6
        self.now_s += took_s
        self.spent_s[gpu.uuid] = self.spent_s.get(gpu.uuid, 0.0) + took_s


def _processes(gpu: FakeGpu) -> list[Any]:
    return [SimpleNamespace(pid=pid, usedGpuMemory=used) for pid, used in gpu.processes]


def _offered(value: Any) -> Any:
    if value is None:
        raise NVMLError_NotSupported("Not Supported")
    return value


def _field_values(gpu: FakeGpu, wanted: list[tuple[int, int]]) -> list[Any]:
    return [
        SimpleNamespace(
            nvmlReturn=0 if name in gpu.fields else NVMLError_NotSupported.value,
            valueType=3,
            value=SimpleNamespace(ullVal=gpu.fields.get(name, 0)),
        )
        for name, _scope in wanted
    ]


def _link_state(gpu: FakeGpu, link: int) -> int:
    if link >= len(gpu.nvlinks):
        raise NVMLError(2)
    return gpu.nvlinks[link]


_ANSWERS: dict[str, Callable[..., Any]] = {
    "nvmlDeviceGetName": lambda gpu: gpu.name,
    "nvmlDeviceGetUUID": lambda gpu: gpu.uuid,
    "nvmlDeviceGetPciInfo": lambda gpu: SimpleNamespace(busId=gpu.bus_id),
    "nvmlDeviceGetUtilizationRates": lambda gpu: SimpleNamespace(
        gpu=gpu.busy, memory=gpu.memory_busy
    ),
    "nvmlDeviceGetMemoryInfo": lambda gpu, version=0: SimpleNamespace(
        total=gpu.total, used=gpu.used, version=version
    ),
    "nvmlDeviceGetTemperature": lambda gpu, _sensor: gpu.temperature,
    "nvmlDeviceGetTemperatureThreshold": lambda gpu, which: (
        gpu.slowdown if which == 1 else gpu.shutdown
    ),
    "nvmlDeviceGetPowerUsage": lambda gpu: gpu.power_mw,
    "nvmlDeviceGetEnforcedPowerLimit": lambda gpu: gpu.limit_mw,
    "nvmlDeviceGetPowerManagementDefaultLimit": lambda gpu: gpu.default_limit_mw,
    "nvmlDeviceGetClockInfo": lambda gpu, kind: gpu.sm_mhz if kind == 1 else gpu.memory_mhz,
    "nvmlDeviceGetMaxClockInfo": lambda gpu, _kind: gpu.max_sm_mhz,
    "nvmlDeviceGetFanSpeed": lambda gpu: gpu.fan,
    "nvmlDeviceGetTotalEnergyConsumption": lambda gpu: gpu.energy_mj,
    "nvmlDeviceGetCurrentClocksEventReasons": lambda gpu: gpu.reasons,
    "nvmlDeviceGetCurrentClocksThrottleReasons": lambda gpu: gpu.reasons,
    "nvmlDeviceGetEncoderUtilization": lambda gpu: [gpu.encoder, 1000],
    "nvmlDeviceGetDecoderUtilization": lambda gpu: [gpu.decoder, 1000],
    "nvmlDeviceGetTotalEccErrors": lambda gpu, kind, _since: _offered(gpu.ecc)[kind],
    "nvmlDeviceGetMigMode": lambda gpu: [_offered(gpu.mig)] * 2,
    "nvmlDeviceGetComputeRunningProcesses": _processes,
    "nvmlDeviceGetGraphicsRunningProcesses": lambda _gpu: [],
    "nvmlDeviceGetCudaComputeCapability": lambda gpu: gpu.capability,
    "nvmlDeviceGetMaxPcieLinkGeneration": lambda gpu: gpu.link[0],
    "nvmlDeviceGetMaxPcieLinkWidth": lambda gpu: gpu.link[1],
    "nvmlDeviceGetCurrPcieLinkGeneration": lambda gpu: gpu.link_now[0],
    "nvmlDeviceGetCurrPcieLinkWidth": lambda gpu: gpu.link_now[1],
    "nvmlDeviceGetPcieThroughput": lambda gpu, which: gpu.pcie_kib[which],
    "nvmlDeviceGetNvLinkState": _link_state,
    "nvmlDeviceGetFieldValues": _field_values,
}
