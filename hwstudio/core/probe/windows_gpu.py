"""GPUs of any maker on Windows through the performance counters that Task Manager shows.

They tell load and memory, also per process, and nothing else: no temperature, power or clock.
The counters are asked for by their English names, so the language of Windows does not matter.
Tested with written-down samples in the counters' form; this never ran on Windows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.gpu_fields import GpuIdentity, gpu_use
from hwstudio.core.probe.live import GpuProcess, GpuSet, GpuUse

HOW = "Windows performance counters"
ENGINES = r"\GPU Engine(*)\Utilization Percentage"
ADAPTER_MEMORY = r"\GPU Adapter Memory(*)\Dedicated Usage"
ADAPTER_SHARED = r"\GPU Adapter Memory(*)\Shared Usage"
PROCESS_MEMORY = r"\GPU Process Memory(*)\Dedicated Usage"
PROCESS_SHARED = r"\GPU Process Memory(*)\Shared Usage"
COUNTERS = (ENGINES, ADAPTER_MEMORY, ADAPTER_SHARED, PROCESS_MEMORY, PROCESS_SHARED)
_INSTANCE = re.compile(
    r"^(?:pid_(?P<pid>\d+)_)?luid_0x(?P<high>[0-9a-f]+)_0x(?P<low>[0-9a-f]+)"
    r"_phys_(?P<phys>\d+)(?:_eng_(?P<engine>\d+)_engtype_(?P<kind>.*))?",
    re.IGNORECASE,
)
_LITTLE_MEMORY = 2**30  # an adapter with less of its own works in the main memory
_ADAPTERS_EVERY_S = 60.0
_REST = "Windows' counters do not tell it; a maker's own library would"


@dataclass(frozen=True, slots=True)
class Instance:
    """What a counter's instance name says. ``luid`` is the adapter's number since this start."""

    luid: int
    pid: int | None
    engine: str  # "0 0": physical adapter and engine; "" for memory
    kind: str  # "3D", "Compute_0", "VideoDecode", ...


@dataclass(frozen=True, slots=True)
class GpuAdapter:
    """One adapter as DirectX knows it."""

    luid: int
    name: str
    vendor_id: int
    memory_bytes: int
    driver: str = ""


class CounterReader(Protocol):
    """Where samples come from; the real one is in windows_pdh."""

    def read(self) -> Mapping[str, tuple[tuple[str, float], ...]]:
        """Return instance names and values of each counter path."""
        ...

    def adapters(self) -> tuple[GpuAdapter, ...]:
        """Return the adapters by their present numbers."""
        ...

    def close(self) -> None:
        """Give the query back."""
        ...


def instance_of(name: str) -> Instance | None:
    """Return what an instance name says, or None when its form is unknown."""
    found = _INSTANCE.match(name)
    if found is None:
        return None
    pid, engine = found["pid"], found["engine"]
    return Instance(
        luid=int(found["high"], 16) << 32 | int(found["low"], 16),
        pid=int(pid) if pid else None,
        engine=f"{found['phys']} {engine}" if engine else "",
        kind=found["kind"] or "",
    )


@dataclass(frozen=True, slots=True)
class Loads:
    """Shares by adapter: of the busiest engine, of its video engines, of each process."""

    busy: Mapping[int, float]
    encoder: Mapping[int, float]
    decoder: Mapping[int, float]
    by_process: Mapping[tuple[int, int], float]  # (process, adapter)


def loads_of(rows: tuple[tuple[str, float], ...]) -> Loads:
    """Return the loads in the engines' percentages: each engine is summed over its processes."""
    engines: dict[tuple[int, str, str], float] = {}
    processes: dict[tuple[int, int, str], float] = {}
    for name, percent in rows:
        at = instance_of(name)
        if at is None or not at.engine:
            continue
        key = (at.luid, at.engine, at.kind.lower())
        engines[key] = engines.get(key, 0.0) + percent / 100
        if at.pid is not None:
            process = (at.pid, at.luid, at.engine)
            processes[process] = processes.get(process, 0.0) + percent / 100
    busiest: dict[tuple[int, int], float] = {}
    for (pid, luid, _), share in processes.items():
        busiest[pid, luid] = min(max(busiest.get((pid, luid), 0.0), share), 1.0)
    return Loads(
        _busiest(engines, ""),
        _busiest(engines, "videoencode"),
        _busiest(engines, "videodecode"),
        busiest,
    )


def _busiest(engines: Mapping[tuple[int, str, str], float], kind: str) -> dict[int, float]:
    found: dict[int, float] = {}
    for (luid, _, own), share in engines.items():
        if own.startswith(kind):
            found[luid] = min(max(found.get(luid, 0.0), share), 1.0)
    return found


def bytes_of(rows: tuple[tuple[str, float], ...]) -> dict[tuple[int | None, int], int]:
    """Return bytes by (process or None, adapter)."""
    found: dict[tuple[int | None, int], int] = {}
    for name, value in rows:
        at = instance_of(name)
        if at is not None:
            found[at.pid, at.luid] = found.get((at.pid, at.luid), 0) + int(value)
    return found


class WindowsGpuProbe:
    """Every adapter of DirectX. ``shares``: (process, adapter's address) -> busiest engine."""

    name = "gpus"
    how = HOW
    cost_ms = 10.0
    cadence_s = 1.0
    is_slow = True

    def __init__(self, reader: CounterReader | None = None) -> None:
        self.shares: Mapping[tuple[int, str], float] = {}
        self._reader = reader
        self._adapters: tuple[GpuAdapter, ...] = ()
        self._adapters_due_s = float("-inf")
        self._is_first = True

    def read(self, now_s: float) -> Reading[GpuSet]:
        """Return the adapters; percentages need two reads.

        Raises:
            OSError: this Windows has no such counters.
        """
        if self._reader is None:
            from hwstudio.core.probe.windows_pdh import PdhReader

            self._reader = PdhReader()
        if now_s >= self._adapters_due_s:
            self._adapters = self._reader.adapters()
            self._adapters_due_s = now_s + _ADAPTERS_EVERY_S
        if not self._adapters:
            return absent(Status.UNSUPPORTED, HOW, "no GPU found: DirectX lists none")
        rows = self._reader.read()
        if self._is_first:
            self._is_first = False
            return absent(Status.STALE, HOW, "a share needs two reads")
        return ok(self._set(rows), HOW)

    def close(self) -> None:
        """Give the counters back."""
        if self._reader is not None:
            self._reader.close()
        self._reader = None
        self._is_first = True
        self._adapters_due_s = float("-inf")

    def _set(self, rows: Mapping[str, tuple[tuple[str, float], ...]]) -> GpuSet:
        loads = loads_of(rows.get(ENGINES, ()))
        memory = {path: bytes_of(rows.get(path, ())) for path in COUNTERS[1:]}
        gpus = tuple(
            replace(_gpu(adapter, loads, memory, ENGINES in rows), index=index)
            for index, adapter in enumerate(self._adapters)
        )
        names = {adapter.luid: _address(adapter) for adapter in self._adapters}
        self.shares = {
            (pid, names[luid]): share
            for (pid, luid), share in loads.by_process.items()
            if luid in names
        }
        return GpuSet(gpus, tuple(_processes(self._adapters, memory)))


def _address(adapter: GpuAdapter) -> str:
    return f"luid-{adapter.luid:x}"


def _shares_memory(adapter: GpuAdapter) -> bool:
    return adapter.memory_bytes < _LITTLE_MEMORY


def _gpu(
    adapter: GpuAdapter,
    loads: Loads,
    memory: Mapping[str, dict[tuple[int | None, int], int]],
    has_engines: bool,
) -> GpuUse:
    vendor = {0x10DE: "NVIDIA", 0x1002: "AMD", 0x8086: "Intel", 0x5143: "Qualcomm"}
    identity = GpuIdentity(
        uuid=f"windows-{adapter.name}-{adapter.luid:x}",
        name=adapter.name,
        vendor=vendor.get(adapter.vendor_id, "unknown"),
        driver=adapter.driver,
        bus_id=_address(adapter),
    )
    known: dict[str, Reading[Any]] = _memory(adapter, memory)
    if has_engines:  # an adapter without any process has no instance: it is idle
        known["busy_share"] = ok(loads.busy.get(adapter.luid, 0.0), HOW)
        for field, shares in (("encoder_share", loads.encoder), ("decoder_share", loads.decoder)):
            if adapter.luid in shares:
                known[field] = ok(shares[adapter.luid], HOW)
    return gpu_use(identity, absent(Status.UNSUPPORTED, HOW, _REST), known)


def _memory(
    adapter: GpuAdapter, memory: Mapping[str, dict[tuple[int | None, int], int]]
) -> dict[str, Reading[Any]]:
    if _shares_memory(adapter):
        shared = absent(Status.UNSUPPORTED, HOW, "shares the main memory")
        return {"vram_total_bytes": shared, "vram_used_bytes": shared}
    used = memory[ADAPTER_MEMORY].get((None, adapter.luid))
    missing = absent(Status.UNSUPPORTED, HOW, "Windows counts no memory of this adapter")
    return {
        "vram_total_bytes": ok(adapter.memory_bytes, "DirectX"),
        "vram_used_bytes": missing if used is None else ok(used, HOW),
    }


def _processes(
    adapters: tuple[GpuAdapter, ...], memory: Mapping[str, dict[tuple[int | None, int], int]]
) -> list[GpuProcess]:
    found = []
    for index, adapter in enumerate(adapters):
        path = PROCESS_SHARED if _shares_memory(adapter) else PROCESS_MEMORY
        for (pid, luid), used in memory[path].items():
            if luid == adapter.luid and pid is not None and used:
                found.append(GpuProcess(pid, index, used))
    return found
