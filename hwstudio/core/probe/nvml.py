"""NVIDIA GPUs through the driver's own library (NVML): lazily loaded, forgiving, never guessed."""

from __future__ import annotations

from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import GpuProcess, GpuSet, GpuUse
from hwstudio.core.probe.nvml_device import NvmlDevice

_PROCESSES_EVERY_S = 5.0  # the driver's slowest call: 4.5 ms, under a lock that stalls GPU work
_RETRY_S = 30.0
NO_LIBRARY = (
    "no NVIDIA GPU found: the NVIDIA driver library (NVML) is not installed on this computer"
)
NO_DRIVER = "no NVIDIA GPU found: the NVML library is there, but the NVIDIA driver is not loaded"
NO_DEVICE = "no NVIDIA GPU found: the driver answers and lists zero devices"


def load_nvml() -> Any:
    """Return the binding (imported on first need)."""
    import pynvml

    return pynvml


class Nvml:
    """An opened NVML, or the words for why there is none."""

    def __init__(self, api: Any) -> None:
        self.api = api
        self.devices: tuple[NvmlDevice, ...] = ()
        self.why = ""
        self.status = Status.OK
        self._is_open = False

    def open(self) -> None:
        """Start the library and list the devices; the reason for none is in ``why``."""
        api = self.api
        try:
            api.nvmlInit()
            self._is_open = True
            count = int(api.nvmlDeviceGetCount())
        except api.NVMLError as error:
            self.why, self.status = self._words(error)
            return
        self.why = "" if count else NO_DEVICE
        self.status = Status.OK if count else Status.UNSUPPORTED
        self.devices = tuple(NvmlDevice(api, index) for index in range(count))

    def _words(self, error: Exception) -> tuple[str, Status]:
        api = self.api
        if isinstance(error, api.NVMLError_LibraryNotFound):
            return NO_LIBRARY, Status.UNSUPPORTED
        if isinstance(error, api.NVMLError_DriverNotLoaded):
            return NO_DRIVER, Status.UNSUPPORTED
        if isinstance(error, api.NVMLError_NoPermission):
            return "the NVIDIA driver refuses access for this user", Status.DENIED
        return f"the NVIDIA driver did not start: {error}", Status.LOST

    @property
    def driver(self) -> str:
        """Return the driver's version."""
        found = self.api.nvmlSystemGetDriverVersion()
        return found.decode() if isinstance(found, bytes) else str(found)

    def close(self) -> None:
        """Shut the library down."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            self.api.nvmlShutdown()
        except self.api.NVMLError:
            return  # a lost driver cannot be closed either


class NvmlProbe:
    """Every NVIDIA GPU each second; their processes every 5 s."""

    name = "gpus"
    how = "NVML"
    cost_ms = 0.3
    cadence_s = 1.0
    is_slow = True

    def __init__(self, api: Any = None) -> None:
        self._api = api
        self._nvml: Nvml | None = None
        self._failed_s = float("-inf")
        self._processes: tuple[GpuProcess, ...] = ()
        self._processes_due_s = float("-inf")

    def read(self, now_s: float) -> Reading[GpuSet]:
        """Return all GPUs, or why there are none (asked again every 30 s)."""
        nvml = self._opened(now_s)
        if nvml.why:
            return absent(nvml.status, self.how, nvml.why)
        if now_s >= self._processes_due_s:
            self._processes = tuple(p for device in nvml.devices for p in device.processes())
            self._processes_due_s = now_s + _PROCESSES_EVERY_S
        gpus = tuple(device.read() for device in nvml.devices)
        if all(_is_gone(gpu) for gpu in gpus):
            self._forget(now_s)  # a driver that was reset needs a new start
        return ok(GpuSet(gpus, self._processes), self.how)

    def _opened(self, now_s: float) -> Nvml:
        if self._nvml is not None and self._nvml.why and now_s - self._failed_s >= _RETRY_S:
            self.close()
        if self._nvml is None:
            self._nvml = Nvml(self._api if self._api is not None else load_nvml())
            self._nvml.open()
            self._failed_s = now_s
        return self._nvml

    def _forget(self, now_s: float) -> None:
        if now_s - self._failed_s >= _RETRY_S:
            self.close()

    def close(self) -> None:
        """Shut the library down."""
        if self._nvml is not None:
            self._nvml.close()
        self._nvml = None


def _is_gone(gpu: GpuUse) -> bool:
    return gpu.busy_share.status is Status.LOST and gpu.vram_used_bytes.status is Status.LOST
