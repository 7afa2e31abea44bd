"""One complete set of readings, and its JSON form. The flat form is in ``flat``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hwstudio.core.model.reading import Reading, Status, absent
from hwstudio.core.probe.live import (
    BatteryUse,
    CpuUse,
    DiskUse,
    FilesystemUse,
    GpuSet,
    GpuUse,
    MemoryUse,
    NicUse,
    PressureUse,
    ProcessTable,
    ProcessUse,
    Temperature,
)

if TYPE_CHECKING:  # a window that follows a recorder reads neither itself
    from hwstudio.core.probe.hwmon import BoardSensor
    from hwstudio.core.probe.rapl import PowerZone

SCHEMA = 1
_NOT_READ = absent(Status.UNSUPPORTED, "", "not read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything at one moment. ``taken_s`` is monotonic, ``taken_at`` ISO UTC."""

    taken_at: str
    taken_s: float
    cpu: Reading[CpuUse] = _NOT_READ
    memory: Reading[MemoryUse] = _NOT_READ
    pressure: Reading[PressureUse] = _NOT_READ
    disks: Reading[tuple[DiskUse, ...]] = _NOT_READ
    filesystems: Reading[tuple[FilesystemUse, ...]] = _NOT_READ
    network: Reading[tuple[NicUse, ...]] = _NOT_READ
    temperatures: Reading[tuple[Temperature, ...]] = _NOT_READ
    gpus: Reading[GpuSet] = _NOT_READ
    processes: Reading[ProcessTable] = _NOT_READ
    battery: Reading[BatteryUse] = _NOT_READ
    board: Reading[tuple[BoardSensor, ...]] = _NOT_READ
    cpu_power: Reading[tuple[PowerZone, ...]] = _NOT_READ


def snapshot_of(taken_at: str, taken_s: float, readings: dict[str, Reading[Any]]) -> Snapshot:
    """Return a snapshot; the driver's GPU memory per process is put into the process table."""
    made = Snapshot(taken_at=taken_at, taken_s=taken_s, **readings)
    if made.gpus.value is None or made.processes.value is None:
        return made
    held = [(p.pid, p.vram_bytes, p.busy_share) for p in made.gpus.value.processes]
    return replace(made, processes=with_gpu_use(made.processes, held))


def with_gpu_use(
    table: Reading[ProcessTable], held: Iterable[tuple[int, int | None, float | None]]
) -> Reading[ProcessTable]:
    """Return the table with what each process holds and uses of all GPUs together."""
    memory: dict[int, int] = {}
    shares: dict[int, float] = {}
    for pid, vram_bytes, share in held:
        memory[pid] = memory.get(pid, 0) + (vram_bytes or 0)
        if share is not None:
            shares[pid] = shares.get(pid, 0.0) + share
    if not memory or table.value is None:
        return table
    rows = tuple(
        replace(row, vram_bytes=memory[row.pid], gpu_share=shares.get(row.pid))
        if row.pid in memory
        else row
        for row in table.value.processes
    )
    return replace(table, value=replace(table.value, processes=rows))


# --- JSON -----------------------------------------------------------------------------------


def document(snapshot: Snapshot) -> dict[str, Any]:
    """Return the JSON form: units in names; absent = null, with its status beside it."""
    return {
        "schema": SCHEMA,
        "taken_at": snapshot.taken_at,
        "cpu": _family(snapshot.cpu, _cpu),
        "memory": _family(snapshot.memory, _memory),
        "pressure": _family(snapshot.pressure, _pressure),
        "disks": [_disk(disk) for disk in snapshot.disks.value or ()],
        "filesystems": [_filesystem(each) for each in snapshot.filesystems.value or ()],
        "network": [_nic(nic) for nic in snapshot.network.value or ()],
        "temperatures": [_temperature(t) for t in snapshot.temperatures.value or ()],
        "gpus": [_gpu(gpu) for gpu in snapshot.gpus.value.gpus] if snapshot.gpus.value else [],
        "processes": _processes(snapshot.processes),
        "process_count": snapshot.processes.value.count if snapshot.processes.value else None,
        "battery": _family(snapshot.battery, _battery),
        "board": [_board(sensor) for sensor in snapshot.board.value or ()],
        "cpu_power": [_power(zone) for zone in snapshot.cpu_power.value or ()],
        "status": {
            name: _status(getattr(snapshot, name))
            for name in (
                "cpu",
                "memory",
                "pressure",
                "disks",
                "filesystems",
                "network",
                "temperatures",
                "gpus",
                "processes",
                "battery",
                "board",
                "cpu_power",
            )
        },
    }


def _status(reading: Reading[Any]) -> dict[str, str]:
    found = {"status": reading.status.value, "how": reading.how}
    return found | ({"why": reading.why} if reading.why else {})


def _family(reading: Reading[Any], form: Any) -> dict[str, Any] | None:
    return form(reading.value) if reading.value is not None else None


def _fields(readings: dict[str, Reading[Any]]) -> dict[str, Any]:
    """Return values, and under ``absent`` why the missing ones are missing."""
    out: dict[str, Any] = {name: reading.value for name, reading in readings.items()}
    missing = {n: _status(r) for n, r in readings.items() if r.status is not Status.OK}
    return out | ({"absent": missing} if missing else {})


def _percent(reading: Reading[float]) -> Reading[float]:
    if reading.value is None:
        return reading
    return replace(reading, value=round(reading.value * 100, 1))


def _cpu(cpu: CpuUse) -> dict[str, Any]:
    return {
        "busy_percent": round(cpu.busy_share * 100, 1),
        "cores_busy_percent": [round(share * 100, 1) for share in cpu.core_shares],
        **_fields(
            {
                "disk_wait_percent": _percent(cpu.wait_share),
                "frequency_hz": cpu.frequency_hz,
                "load_1min": cpu.load_1min,
            }
        ),
    }


def _memory(memory: MemoryUse) -> dict[str, Any]:
    return {
        "total_bytes": memory.total_bytes,
        "used_bytes": memory.used_bytes,
        "available_bytes": memory.available_bytes,
        "swap_total_bytes": memory.swap_total_bytes,
        "swap_used_bytes": memory.swap_used_bytes,
    }


def _pressure(pressure: PressureUse) -> dict[str, Any]:
    return {
        "cpu_stall_percent": round(pressure.cpu_share * 100, 1),
        "memory_stall_percent": round(pressure.memory_share * 100, 1),
        "disk_stall_percent": round(pressure.disk_share * 100, 1),
    }


def _disk(disk: DiskUse) -> dict[str, Any]:
    return {
        "name": disk.name,
        "read_bytes_per_s": round(disk.read_bytes_per_s),
        "write_bytes_per_s": round(disk.write_bytes_per_s),
        **_fields({"busy_percent": _percent(disk.busy_share)}),
    }


def _filesystem(use: FilesystemUse) -> dict[str, Any]:
    return {"mount": use.mount, "used_bytes": use.used_bytes, "total_bytes": use.total_bytes}


def _nic(nic: NicUse) -> dict[str, Any]:
    return {
        "name": nic.name,
        "receive_bytes_per_s": round(nic.receive_bytes_per_s),
        "send_bytes_per_s": round(nic.send_bytes_per_s),
        **_fields({"link_bytes_per_s": nic.link_bytes_per_s}),
    }


def _temperature(sensor: Temperature) -> dict[str, Any]:
    limits = {"high_c": sensor.high_c, "critical_c": sensor.critical_c}
    return {"name": sensor.name, "celsius": sensor.celsius, **_fields(limits)}


def _board(sensor: BoardSensor) -> dict[str, Any]:
    return {
        "name": sensor.name,
        "unit": sensor.unit,
        "value": sensor.value,
        "low": sensor.low,
        "high": sensor.high,
        "critical": sensor.critical,
    }


def _power(zone: PowerZone) -> dict[str, Any]:
    return {"name": zone.title, "power_w": round(zone.power_w, 2), "energy_j": zone.energy_j}


def _gpu(gpu: GpuUse) -> dict[str, Any]:
    return {
        "index": gpu.index,
        "name": gpu.name,
        "uuid": gpu.uuid,
        **_fields(
            {
                "busy_percent": _percent(gpu.busy_share),
                "vram_total_bytes": gpu.vram_total_bytes,
                "vram_used_bytes": gpu.vram_used_bytes,
                "temperature_c": gpu.temperature_c,
                "slowdown_c": gpu.slowdown_c,
                "power_w": gpu.power_w,
                "power_limit_w": gpu.power_limit_w,
                "sm_clock_hz": gpu.sm_clock_hz,
                "memory_clock_hz": gpu.memory_clock_hz,
                "fan_percent": _percent(gpu.fan_share),
                "energy_j": gpu.energy_j,
                "throttle_reasons": gpu.throttle,
            }
        ),
    }


def _processes(table: Reading[ProcessTable]) -> list[dict[str, Any]]:
    return [_process(row) for row in table.value.processes] if table.value else []


def _process(row: ProcessUse) -> dict[str, Any]:
    return {
        "pid": row.pid,
        "name": row.name,
        "user": row.user,
        "cpu_percent": None if row.cpu_share is None else round(row.cpu_share * 100, 1),
        "memory_bytes": row.memory_bytes,
        "vram_bytes": row.vram_bytes,
    }


def _battery(battery: BatteryUse) -> dict[str, Any]:
    return {
        "charge_percent": round(battery.charge_share * 100, 1),
        **_fields({"is_plugged": battery.is_plugged, "left_s": battery.left_s}),
    }
