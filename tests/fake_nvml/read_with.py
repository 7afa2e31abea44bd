"""Reads the GPUs with one tool at given seconds of the session and prints JSON.

    NVML_FAKE_CLOCK=... python tests/fake_nvml/read_with.py ours|nvitop|gpustat SECOND...

Run in a process of its own: only there the dynamic linker finds the stand-in. Units of the driver
(%, bytes, mW, MHz), so that nothing is rounded on the way; what a tool does not show is left out.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

Rows = list[dict[str, Any]]
MIB = 2**20


def main() -> int:
    """Print the rows of every second."""
    from tests.fake_nvml.stand_in import SharedClock

    tool, seconds = sys.argv[1], [float(text) for text in sys.argv[2:]]
    clock = SharedClock(Path(os.environ["NVML_FAKE_CLOCK"]))
    read = {"ours": ours, "nvitop": nvitop, "gpustat": gpustat}[tool](clock)
    found = []
    for second in seconds:
        clock.set(second)
        found.append(read(second))
    print(json.dumps(found))
    return 0


def ours(clock: Any) -> Callable[[float], Rows]:
    """Return a reader that is our probe."""
    from hwstudio.core.probe.nvml import NvmlOptions, NvmlProbe

    probe = NvmlProbe(options=NvmlOptions(clock=clock.now_s))

    def read(second: float) -> Rows:
        found = probe.read(second)
        if found.value is None:
            return [{"why": found.why, "status": found.status.value}]
        by_gpu: dict[int, dict[str, int | None]] = {}
        for process in found.value.processes:
            by_gpu.setdefault(process.gpu_index, {})[str(process.pid)] = process.vram_bytes
        return [_row(gpu, by_gpu.get(gpu.index, {})) for gpu in found.value.gpus]

    return read


def _row(gpu: Any, processes: dict[str, int | None]) -> dict[str, Any]:
    from dataclasses import fields

    from hwstudio.core.model.reading import Reading

    row: dict[str, Any] = {"name": gpu.name, "uuid": gpu.uuid, "processes": processes}
    row |= {"bus_id": gpu.bus_id, "driver": gpu.driver, "missing": {}}
    for each in fields(gpu):
        reading = getattr(gpu, each.name)
        if isinstance(reading, Reading):
            if reading.is_ok:
                row[each.name] = reading.value
            else:
                row["missing"][each.name] = [reading.status.value, reading.why]
    return row


def nvitop(_clock: Any) -> Callable[[float], Rows]:
    """Return a reader that is nvitop's library."""
    from nvitop import NA, Device

    def read(_second: float) -> Rows:
        rows = []
        for device in Device.all():
            shot = device.as_snapshot()
            processes = device.processes()
            rows.append(
                {
                    "name": shot.name,
                    "uuid": shot.uuid,
                    "bus_id": shot.bus_id,
                    "driver": Device.driver_version(),
                    "busy": shot.gpu_utilization,
                    "memory_busy": shot.memory_utilization,
                    "vram_used": shot.memory_used,
                    "vram_total": shot.memory_total,
                    "temperature": shot.temperature,
                    "power_mw": shot.power_usage,
                    "limit_mw": shot.power_limit,
                    "sm_mhz": shot.sm_clock,
                    "memory_mhz": shot.memory_clock,
                    "max_sm_mhz": shot.max_clock_infos.sm,
                    "fan": shot.fan_speed,
                    "encoder": shot.encoder_utilization,
                    "decoder": shot.decoder_utilization,
                    "processes": {str(p): each.gpu_memory() for p, each in processes.items()},
                }
            )
        return [{k: v for k, v in row.items() if v is not NA} for row in rows]

    return read


def gpustat(_clock: Any) -> Callable[[float], Rows]:
    """Return a reader that is gpustat; it rounds watts and mebibytes down."""
    from gpustat import GPUStatCollection

    def read(_second: float) -> Rows:
        found = GPUStatCollection.new_query()
        return [
            {
                "name": gpu.entry["name"],
                "uuid": gpu.entry["uuid"],
                "driver": found.driver_version,
                "busy": gpu.entry["utilization.gpu"],
                "vram_used_mib": gpu.entry["memory.used"],
                "vram_total_mib": gpu.entry["memory.total"],
                "temperature": gpu.entry["temperature.gpu"],
                "power_w": gpu.entry["power.draw"],
                "limit_w": gpu.entry["enforced.power.limit"],
                "fan": gpu.entry["fan.speed"],
                "encoder": gpu.entry["utilization.enc"],
                "decoder": gpu.entry["utilization.dec"],
                "processes_mib": {
                    str(p["pid"]): p["gpu_memory_usage"] for p in gpu.entry["processes"]
                },
            }
            for gpu in found
        ]

    return read


if __name__ == "__main__":
    sys.exit(main())
