"""One NVIDIA GPU: who it is, its readings of this moment, and that it may vanish and come back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import GpuProcess, GpuUse
from hwstudio.core.probe.nvml_budget import BUDGET, CallCost
from hwstudio.core.probe.nvml_calls import milli, plain
from hwstudio.core.probe.nvml_links import LinkRate
from hwstudio.core.probe.nvml_refusal import HOW, NOT_LISTED, Refusal, refusal
from hwstudio.core.probe.nvml_schedule import GpuSchedule

_IDENTITY = ("index", "uuid", "name", "vendor", "driver", "bus_id")
READINGS = tuple(each.name for each in fields(GpuUse) if each.name not in _IDENTITY)
_MIG = "the GPU is split (MIG is on): the driver gives this only for the slices, not for the whole"
_UNDER_MIG = ("busy_share", "memory_busy_share", "encoder_share", "decoder_share")


class NvmlDevice:
    """A GPU by its number. Only one thread at a time may call it, besides ``latest``."""

    def __init__(
        self,
        api: Any,
        index: int,
        clock: Callable[[], float] = time.perf_counter,
        budget: float = BUDGET,
    ) -> None:
        self._api = api
        self._clock = clock
        self._handle: Any = None
        self._place: int | None = index  # in the driver's list; None = find it by its uuid
        self._known: dict[str, str] = {}  # name, uuid, bus id once they were answered
        self._schedule = GpuSchedule(api, clock, budget)
        self._links = LinkRate()
        self.index = index
        self.driver = ""
        self.lost_since_s: float | None = None
        self.latest: tuple[GpuUse, tuple[GpuProcess, ...]] = (
            self.all_absent(Status.STALE, "no answer yet"),
            (),
        )

    # --- identity ---------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Return its name, "NVIDIA GPU 0" where the driver gives none."""
        return self._text("nvmlDeviceGetName") or f"NVIDIA GPU {self.index}"

    @property
    def uuid(self) -> str:
        """Return the driver's own id, "NVIDIA GPU 0" where it gives none."""
        return self._text("nvmlDeviceGetUUID") or f"NVIDIA GPU {self.index}"

    def _text(self, function: str) -> str:
        if function not in self._known:
            value = self._ask(function).value
            if value is None:
                return ""
            self._known[function] = value.decode() if isinstance(value, bytes) else str(value)
        return self._known[function]

    def _learn(self, handle: Any) -> None:
        """Ask for what never changes and is not known yet."""
        if len(self._known) == 3:
            return
        self._text("nvmlDeviceGetName")
        self._text("nvmlDeviceGetUUID")
        try:
            raw = self._api.nvmlDeviceGetPciInfo(handle).busId
        except Exception:  # noqa: BLE001 - a vendor library's border; the address stays unknown
            raw = b""
        self._known["bus_id"] = raw.decode() if isinstance(raw, bytes) else str(raw)

    def known_uuid(self) -> str:
        """Return the uuid if the driver gave one, without asking it."""
        return self._known.get("nvmlDeviceGetUUID", "")

    def _hold(self) -> Any:
        if self._handle is None:
            api, uuid = self._api, self.known_uuid()
            if self._place is None and uuid:
                self._handle = api.nvmlDeviceGetHandleByUUID(uuid)
            else:
                place = self.index if self._place is None else self._place
                self._handle = api.nvmlDeviceGetHandleByIndex(place)
        return self._handle

    def restart(self) -> None:
        """Find the GPU again: the library was started anew and its list may be another."""
        self._handle, self._place = None, None
        self._links.forget()
        self._schedule.restart()

    # --- live -------------------------------------------------------------------------------

    def tick(self, now_s: float) -> None:
        """Make the calls that are due and put the outcome in ``latest``."""
        began_s = self._clock()
        try:
            handle = self._hold()
            self._learn(handle)
        except Exception as error:  # noqa: BLE001 - a vendor library's border
            gone: Refusal | None = _without_handle(refusal(error))
        else:
            self._schedule.pay(self._clock() - began_s)
            gone = self._schedule.tick(now_s, handle)
        if gone is not None:
            self._lose(gone, now_s)
        else:
            self.lost_since_s = None
        self.latest = self._use(now_s), tuple(self._processes())

    def _lose(self, gone: Refusal, now_s: float) -> None:
        self._handle = None
        self._links.forget()
        self._schedule.lose(gone)
        if self.lost_since_s is None:
            self.lost_since_s = now_s

    def _use(self, now_s: float) -> GpuUse:
        found = self._schedule.readings
        if "nvlink_kib" in self._schedule.fresh:
            self._links.add(now_s, found["nvlink_kib"].value)
        receive, send = self._links.readings(found["nvlink_kib"])
        values: dict[str, Any] = {name: found[name] for name in READINGS if name in found}
        values |= {"nvlink_receive_bytes_per_s": receive, "nvlink_send_bytes_per_s": send}
        if found["mig_mode"].value:
            for name in _UNDER_MIG:
                if values[name].status is Status.UNSUPPORTED:
                    values[name] = absent(Status.UNSUPPORTED, HOW, _MIG)
        return GpuUse(**self._identity(), **values)

    def _identity(self) -> dict[str, Any]:
        known, instead = self._known, f"NVIDIA GPU {self.index}"
        return {
            "index": self.index,
            "name": known.get("nvmlDeviceGetName") or instead,
            "uuid": known.get("nvmlDeviceGetUUID") or instead,
            "bus_id": known.get("bus_id", ""),
            "driver": self.driver,
        }

    def all_absent(self, status: Status, why: str) -> GpuUse:
        """Return the GPU with one reason in place of every number."""
        values: dict[str, Any] = dict.fromkeys(READINGS, absent(status, HOW, why))
        return GpuUse(**self._identity(), **values)

    def _processes(self) -> list[GpuProcess]:
        """Return the processes with memory on this GPU, compute and graphics, each once."""
        seen: dict[int, int | None] = {}
        for field in ("compute_processes", "graphics_processes"):
            for process in self._schedule.readings[field].value or ():
                used = process.usedGpuMemory
                seen.setdefault(int(process.pid), None if used is None else int(used))
        return [GpuProcess(pid, self.index, used) for pid, used in seen.items()]

    def costs(self) -> tuple[CallCost, ...]:
        """Return what each call costs here and how often it is made."""
        return self._schedule.costs(self.index)

    # --- what does not change while the computer runs, asked at once --------------------------

    def _ask(self, function: str, *arguments: int) -> Reading[Any]:
        try:
            return ok(plain(function, *arguments).ask(self._api, self._hold()), HOW)
        except Exception as error:  # noqa: BLE001 - a vendor library's border
            return refusal(error).reading

    def power_limit_w(self) -> Reading[float]:
        """Return the power limit in force."""
        return _converted(self._ask("nvmlDeviceGetEnforcedPowerLimit"), milli)

    def vram_total(self) -> Reading[int]:
        """Return the memory of the card."""
        return _converted(self._ask("nvmlDeviceGetMemoryInfo"), lambda found: int(found.total))

    def compute_capability(self) -> Reading[str]:
        """Return e.g. "8.9"."""
        found = self._ask("nvmlDeviceGetCudaComputeCapability")
        return _converted(found, lambda pair: f"{pair[0]}.{pair[1]}")

    def link(self) -> Reading[str]:
        """Return the widest and fastest PCIe link card and slot can agree on."""
        return self._link("Max")

    def link_now(self) -> Reading[str]:
        """Return the link in use; it slows down while the GPU is idle."""
        return self._link("Curr")

    def _link(self, which: str) -> Reading[str]:
        generation = self._ask(f"nvmlDeviceGet{which}PcieLinkGeneration")
        width = self._ask(f"nvmlDeviceGet{which}PcieLinkWidth")
        if not (generation.is_ok and width.is_ok):
            missing = width if generation.is_ok else generation
            return absent(missing.status, HOW, missing.why)
        return ok(f"PCIe {generation.value} x{width.value}", HOW)


def _without_handle(why: Refusal) -> Refusal:
    """Return what it means when not even a handle is given."""
    if why.status is Status.UNSUPPORTED:
        return Refusal(Status.LOST, NOT_LISTED, is_gone=True)
    return why


def _converted(found: Reading[Any], convert: Callable[[Any], Any]) -> Reading[Any]:
    return ok(convert(found.value), HOW) if found.is_ok else found
