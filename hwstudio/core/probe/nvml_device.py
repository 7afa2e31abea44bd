"""One NVIDIA GPU: each call guarded by itself, so a missing sensor costs only its own reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import GpuProcess, GpuUse

T = TypeVar("T")
HOW = "NVML"
# Bits of nvmlDeviceGetCurrentClocksEventReasons, in words. Idle and the applications clock
# setting (bits 1, 2 and 256) are choices, not limits.
THROTTLE_WORDS = (
    (0x4, "power limit"),
    (0x8, "hardware slowdown"),
    (0x10, "linked with a slower GPU"),
    (0x20, "temperature (driver)"),
    (0x40, "temperature (hardware)"),
    (0x80, "power brake from outside"),
)
_SM, _MEMORY = 1, 2  # nvmlClockType_t
_CORE_SENSOR, _SLOWDOWN = 0, 1  # nvmlTemperatureSensors_t, nvmlTemperatureThresholds_t


class NvmlDevice:
    """A handle and what never changes."""

    def __init__(self, api: Any, index: int) -> None:
        self._api = api
        self.index = index
        self._handle: Any = None
        self._lost = ""
        self.name = self._static("nvmlDeviceGetName")
        self.uuid = self._static("nvmlDeviceGetUUID")
        self._slowdown = self._try(
            lambda: float(api.nvmlDeviceGetTemperatureThreshold(self._device(), _SLOWDOWN))
        )

    def _device(self) -> Any:
        if self._handle is None:
            self._handle = self._api.nvmlDeviceGetHandleByIndex(self.index)
        return self._handle

    def _static(self, call: str) -> str:
        found = self._try(lambda: getattr(self._api, call)(self._device()))
        value = found.value
        text = value.decode() if isinstance(value, bytes) else str(value or "")
        return text or f"NVIDIA GPU {self.index}"

    def _try(self, call: Callable[[], T]) -> Reading[T]:
        """Make one call; an error becomes the reading's status with the driver's words."""
        api = self._api
        if self._lost:
            return absent(Status.LOST, HOW, self._lost)
        try:
            return ok(call(), HOW)
        except api.NVMLError_GpuIsLost:
            self._lost = "the GPU fell off the bus or is no longer reachable"
            return absent(Status.LOST, HOW, self._lost)
        except (api.NVMLError_NotSupported, api.NVMLError_FunctionNotFound, AttributeError):
            return absent(Status.UNSUPPORTED, HOW, "this GPU or driver does not offer it")
        except api.NVMLError_NoPermission:
            return absent(Status.DENIED, HOW, "the driver shows it only to an administrator")
        except api.NVMLError as error:
            return absent(Status.LOST, HOW, str(error))

    def read(self) -> GpuUse:
        """Return every reading of this moment."""
        self._lost = ""
        memory = self._try(self._memory)
        return GpuUse(
            index=self.index,
            uuid=self.uuid,
            name=self.name,
            busy_share=self._ask("nvmlDeviceGetUtilizationRates", lambda r: r.gpu / 100),
            vram_total_bytes=_part(memory, 0),
            vram_used_bytes=_part(memory, 1),
            temperature_c=self._ask("nvmlDeviceGetTemperature", float, _CORE_SENSOR),
            slowdown_c=self._slowdown,
            power_w=self._ask("nvmlDeviceGetPowerUsage", _from_milli),
            power_limit_w=self.power_limit_w(),
            sm_clock_hz=self._ask("nvmlDeviceGetClockInfo", _from_mega, _SM),
            memory_clock_hz=self._ask("nvmlDeviceGetClockInfo", _from_mega, _MEMORY),
            fan_share=self._ask("nvmlDeviceGetFanSpeed", lambda percent: percent / 100),
            energy_j=self._ask("nvmlDeviceGetTotalEnergyConsumption", _from_milli),
            throttle=self._throttle(),
        )

    def _ask(self, call: str, convert: Callable[[Any], T], *arguments: int) -> Reading[T]:
        return self._try(lambda: convert(getattr(self._api, call)(self._device(), *arguments)))

    def _memory(self) -> tuple[int, int]:
        """Return total and used bytes; the second version does not count what is reserved."""
        api = self._api
        version = getattr(api, "nvmlMemory_v2", None)
        if version is not None:
            try:
                found = api.nvmlDeviceGetMemoryInfo(self._device(), version=version)
                return int(found.total), int(found.used)
            except (api.NVMLError_NotSupported, api.NVMLError_FunctionNotFound):
                pass  # an older driver: ask in the first version's way
        found = api.nvmlDeviceGetMemoryInfo(self._device())
        return int(found.total), int(found.used)

    def _throttle(self) -> Reading[tuple[str, ...]]:
        found = self._ask("nvmlDeviceGetCurrentClocksEventReasons", int)
        if found.status is Status.UNSUPPORTED:
            found = self._ask("nvmlDeviceGetCurrentClocksThrottleReasons", int)
        if found.value is None:
            return absent(found.status, found.how, found.why)
        return ok(tuple(words for bit, words in THROTTLE_WORDS if found.value & bit), HOW)

    def processes(self) -> Iterator[GpuProcess]:
        """Yield the processes with memory on this GPU, compute and graphics, each once."""
        seen: dict[int, int | None] = {}
        for kind in ("Compute", "Graphics"):
            found = self._ask(f"nvmlDeviceGet{kind}RunningProcesses", list)
            for process in found.value or ():
                seen[int(process.pid)] = process.usedGpuMemory
        for pid, used in seen.items():
            yield GpuProcess(pid, self.index, None if used is None else int(used))

    # --- what does not change while the computer runs ------------------------------------

    def power_limit_w(self) -> Reading[float]:
        """Return the power limit in force."""
        return self._ask("nvmlDeviceGetEnforcedPowerLimit", _from_milli)

    def vram_total(self) -> Reading[int]:
        """Return the memory of the card."""
        return _part(self._try(self._memory), 0)

    def compute_capability(self) -> Reading[str]:
        """Return e.g. "8.9"."""
        return self._ask("nvmlDeviceGetCudaComputeCapability", lambda pair: f"{pair[0]}.{pair[1]}")

    def link(self) -> Reading[str]:
        """Return the widest and fastest PCIe link card and slot can agree on."""
        generation = self._ask("nvmlDeviceGetMaxPcieLinkGeneration", int)
        width = self._ask("nvmlDeviceGetMaxPcieLinkWidth", int)
        if not (generation.is_ok and width.is_ok):
            return absent(generation.status, HOW, generation.why)
        return ok(f"PCIe {generation.value} x{width.value}", HOW)


def _from_milli(value: int) -> float:
    return value / 1e3


def _from_mega(value: int) -> float:
    return value * 1e6


def _part(pair: Reading[tuple[int, int]], number: int) -> Reading[int]:
    if pair.value is None:
        return absent(pair.status, pair.how, pair.why)
    return ok(pair.value[number], pair.how)
