"""NVIDIA GPUs through the driver's own library (NVML): lazily loaded, forgiving, never guessed.

Built against NVIDIA's published interface and tested with libraries that stand in for the real
one (``fake_nvml`` and the C library of the tests); what only real hardware shows is how dear each
call is there, which is why the probe times its own calls.
"""

from __future__ import annotations

import time
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.deadline import TooSlowError, within
from hwstudio.core.probe.live import GpuSet, GpuUse
from hwstudio.core.probe.nvml_absent import NO_LIBRARY
from hwstudio.core.probe.nvml_budget import BUDGET, CallCost
from hwstudio.core.probe.nvml_device import NvmlDevice
from hwstudio.core.probe.nvml_lane import Lane, Round, Seat
from hwstudio.core.probe.nvml_pcie import PcieTraffic
from hwstudio.core.probe.nvml_refusal import refusal

_RETRY_S = 30.0
_SLOWEST_RETRY_S = 600.0  # a GPU that stays away is not worth a new start every half minute
_COUNT_EVERY_S = 10.0
_DENIED, _NO_LIBRARY, _NO_DRIVER = 4, 12, 9  # nvmlReturn_t
NO_DRIVER = "no NVIDIA GPU found: the NVML library is there, but the NVIDIA driver is not loaded"
NO_DEVICE = "no NVIDIA GPU found: the driver answers and lists zero devices"


def load_nvml() -> Any:
    """Return the binding (imported on first need)."""
    import pynvml

    return pynvml


@dataclass(frozen=True, slots=True)
class NvmlOptions:
    """How the probe behaves.

    ``pcie_every_s``: sample PCIe traffic that often, None = not at all (40 ms of the driver's time
    per GPU and sample). ``patience_s``: how long one GPU may keep the others waiting, once.
    ``clock``: what the calls are timed with.
    """

    budget: float = BUDGET
    pcie_every_s: float | None = None
    patience_s: float = 0.15
    deadline_s: float = 3.0
    clock: Callable[[], float] = time.perf_counter


_DEFAULT = NvmlOptions()


class Nvml:
    """An opened NVML, or the words for why there is none."""

    def __init__(self, api: Any, options: NvmlOptions = _DEFAULT) -> None:
        self.api = api
        self.devices: tuple[NvmlDevice, ...] = ()
        self.why = ""
        self.status = Status.OK
        self._options = options
        self._is_open = False

    def open(self) -> None:
        """Start the library and list the devices; the reason for none is in ``why``."""
        try:
            self.api.nvmlInit()
            self._is_open = True
            count = self.count()
        except Exception as error:  # noqa: BLE001 - a vendor library's border
            self.why, self.status = _words(error)
            return
        self.why = "" if count else NO_DEVICE
        self.status = Status.OK if count else Status.UNSUPPORTED
        options = self._options
        self.devices = tuple(
            NvmlDevice(self.api, index, options.clock, options.budget) for index in range(count)
        )

    def count(self) -> int:
        """Return how many GPUs the driver lists."""
        return int(self.api.nvmlDeviceGetCount())

    @property
    def driver(self) -> str:
        """Return the driver's version."""
        found = self.api.nvmlSystemGetDriverVersion()
        return found.decode() if isinstance(found, bytes) else str(found)

    def cuda(self) -> Reading[str]:
        """Return the newest CUDA this driver can run, such as "CUDA 13.0"."""
        try:
            found = int(self.api.nvmlSystemGetCudaDriverVersion_v2())
        except Exception as error:  # noqa: BLE001 - a vendor library's border
            return refusal(error).reading
        return ok(f"CUDA {found // 1000}.{found % 1000 // 10}", "NVML, the newest it can run")

    def close(self) -> None:
        """Shut the library down."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            self.api.nvmlShutdown()
        except self.api.NVMLError:
            return  # a lost driver cannot be closed either


def _words(error: Exception) -> tuple[str, Status]:
    code = getattr(error, "value", None)
    if code == _NO_LIBRARY:
        return NO_LIBRARY, Status.UNSUPPORTED
    if code == _NO_DRIVER:
        return NO_DRIVER, Status.UNSUPPORTED
    if code == _DENIED:
        return "the NVIDIA driver refuses access for this user", Status.DENIED
    return f"the NVIDIA driver did not start: {error}", Status.LOST


class NvmlProbe:
    """Every NVIDIA GPU each second, within 1 ms of the driver's time per GPU.

    A call that hangs costs the other GPUs ``patience_s`` once; from then on they go on without
    the silent one, whose readings are lost until it answers. With a single GPU there is nobody to
    protect: its feed tells that it is lost.
    """

    name = "gpus"
    how = "NVML"
    cost_ms = 0.3
    cadence_s = 1.0
    is_slow = True

    def __init__(self, api: Any = None, options: NvmlOptions = _DEFAULT) -> None:
        self._api = api
        self._options = options
        self._nvml: Nvml | None = None
        self._opened_s = float("-inf")
        self._counted_s = float("-inf")
        self._seats: list[Seat] = []
        self._lane: Lane | None = None
        self._retry_s = _RETRY_S
        self._pcie: PcieTraffic | None = None
        self._pcie_every_s = options.pcie_every_s

    def read(self, now_s: float) -> Reading[GpuSet]:
        """Return all GPUs, or why there are none (asked again every 30 s)."""
        nvml = self._opened(now_s)
        if nvml.why:
            return absent(nvml.status, self.how, nvml.why)
        self._watch_pcie(nvml)
        self._look(now_s)
        answers = [seat.answer(self._options.deadline_s) for seat in self._seats]
        gpus = tuple(self._with_pcie(use) for use, _ in answers)
        return ok(GpuSet(gpus, tuple(p for _, found in answers for p in found)), self.how)

    def costs(self) -> tuple[CallCost, ...]:
        """Return what every call costs and how often it really is made, GPU by GPU."""
        found = [cost for seat in self._seats for cost in seat.device.costs()]
        return (*found, *(self._pcie.costs() if self._pcie is not None else ()))

    def sample_pcie(self, every_s: float | None) -> None:
        """Sample PCIe traffic that often from the next read on; None = no more."""
        self._pcie_every_s = every_s

    # --- one round --------------------------------------------------------------------------

    def _look(self, now_s: float) -> None:
        if len(self._seats) == 1:
            self._seats[0].look(now_s)
            return
        left = deque(seat for seat in self._seats if seat.busy_since_s is None)
        while left:
            if self._lane is None:
                self._lane = Lane("hwstudio-nvml")
                weakref.finalize(self, self._lane.end)
            turn = Round(left, now_s)
            self._lane.put(turn.run)
            if not turn.ends(self._options.patience_s):
                self._lane.end()  # left behind with the silent GPU; the others get a new one
                self._lane = None

    def _with_pcie(self, use: GpuUse) -> GpuUse:
        if self._pcie is None:
            return use
        receive, send = self._pcie.readings(use.index)
        return replace(use, pcie_receive_bytes_per_s=receive, pcie_send_bytes_per_s=send)

    # --- start, restart, hot plug -------------------------------------------------------------

    def _opened(self, now_s: float) -> Nvml:
        if self._nvml is not None and self._must_restart(self._nvml, now_s):
            self._nvml.close()
            self._nvml = None
        if self._nvml is None:
            self._nvml = self._open(now_s)
        return self._nvml

    def _must_restart(self, nvml: Nvml, now_s: float) -> bool:
        """Say whether the library has to be started anew: no driver, other GPUs, or a lost one."""
        if any(seat.busy_since_s is not None for seat in self._seats):
            return False  # to shut down under a hanging call could hang as well
        is_time = now_s - self._opened_s >= _RETRY_S
        if nvml.why:
            return is_time
        if now_s - self._counted_s >= _COUNT_EVERY_S:
            self._counted_s = now_s
            try:
                if nvml.count() != len(nvml.devices):
                    return True
            except Exception:  # noqa: BLE001 - a vendor library's border
                return is_time
        lost = [s.device.lost_since_s for s in self._seats if s.device.lost_since_s is not None]
        if not lost:
            self._retry_s = _RETRY_S
            return False
        if now_s - max(self._opened_s, min(lost)) < self._retry_s:
            return False
        self._retry_s = min(2 * self._retry_s, _SLOWEST_RETRY_S)
        return True

    def _open(self, now_s: float) -> Nvml:
        nvml = Nvml(self._api if self._api is not None else load_nvml(), self._options)
        nvml.open()
        self._opened_s = self._counted_s = now_s
        if nvml.why:
            return nvml
        self._seat(nvml)
        self._name_driver(nvml)
        return nvml

    def _seat(self, nvml: Nvml) -> None:
        """Give every listed GPU its seat: a GPU that was seen before keeps its number."""
        if not self._seats:
            self._seats = [Seat(device) for device in nvml.devices]
            return
        known = {seat.device.known_uuid() for seat in self._seats}
        nameless = {seat.device.index for seat in self._seats if not seat.device.known_uuid()}
        for seat in self._seats:
            seat.device.restart()
        for device in self._answering(nvml):
            if device.known_uuid() not in known and device.index not in nameless:
                device.index = len(self._seats)
                self._seats.append(Seat(device))

    def _answering(self, nvml: Nvml) -> tuple[NvmlDevice, ...]:
        """Return the listed GPUs that tell their uuid."""
        try:
            within(self._options.deadline_s, lambda: [device.uuid for device in nvml.devices])
        except TooSlowError:
            return ()
        return tuple(device for device in nvml.devices if device.known_uuid())

    def _name_driver(self, nvml: Nvml) -> None:
        try:
            driver = nvml.driver
        except Exception:  # noqa: BLE001 - a vendor library's border; the version stays unknown
            driver = ""
        for seat in self._seats:
            seat.device.driver = driver

    def _watch_pcie(self, nvml: Nvml) -> None:
        every_s = self._pcie_every_s
        if self._pcie is not None and self._pcie.every_s != every_s:
            self._pcie.end()
            self._pcie = None
        if every_s is None:
            return
        if self._pcie is None:
            options = self._options
            self._pcie = PcieTraffic(nvml.api, every_s, options.deadline_s, options.clock)
            weakref.finalize(self, self._pcie.end)
        known = ((s.device.index, s.device.known_uuid()) for s in self._seats)
        self._pcie.watch([(index, uuid) for index, uuid in known if uuid])

    def close(self) -> None:
        """Shut the library down, unless a call still hangs in it."""
        if self._lane is not None:
            self._lane.end()
        if self._pcie is not None:
            self._pcie.end()
        is_silent = any(seat.busy_since_s is not None for seat in self._seats)
        if self._nvml is not None and not is_silent:
            self._nvml.close()
        self._nvml = self._lane = self._pcie = None
        self._seats = []
