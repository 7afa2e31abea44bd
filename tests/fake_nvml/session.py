"""Writes sessions for the stand-in: what each call answers from which second on."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

COLUMNS = ("time_s", "gpu", "call", "argument", "return_code", "value", "latency_us")
SYNTHETIC = "synthetic: made up for tests, it shows nothing about a real GPU"
GPU_IS_LOST, NOT_SUPPORTED, NO_PERMISSION, DRIVER_NOT_LOADED = 15, 3, 4, 9
FOREVER_US = -1.0

# Microseconds per C call. The first four are what a laptop RTX 4090 was reported to take
# (MangoHud #2104); nobody published the others, so they are assumed to be 10.
LAPTOP_4090_US: dict[str, float] = {
    "nvmlDeviceGetComputeRunningProcesses": 4500.0,
    "nvmlDeviceGetGraphicsRunningProcesses": 4500.0,
    "nvmlDeviceGetFanSpeed": 137.0,
    "nvmlDeviceGetMemoryInfo": 12.0,
    "nvmlDeviceGetUtilizationRates": 2.5,
    "nvmlDeviceGetPcieThroughput": 20_000.0,
}
OTHERS_US = 10.0


@dataclass(frozen=True, slots=True)
class Row:
    """From ``time_s`` on this call answers this. ``gpu``: a number, "*" = all, "-" = the system."""

    time_s: float
    gpu: str
    call: str
    value: str = ""
    argument: str = ""
    return_code: int = 0
    latency_us: float = 0.0


@dataclass(frozen=True, slots=True)
class GpuState:
    """Everything one GPU answers at a moment, in the units of the driver."""

    name: str = "NVIDIA GeForce RTX 4090"
    busy: int = 0
    memory_busy: int = 0
    vram_total: int = 24 * 2**30
    vram_used: int = 2**30
    vram_reserved: int = 300 * 2**20
    temperature: int = 35
    memory_temperature: int | None = None
    slowdown: int = 87
    shutdown: int = 92
    power_mw: int = 20_000
    limit_mw: int = 450_000
    default_limit_mw: int = 450_000
    energy_mj: int = 0
    sm_mhz: int = 210
    max_sm_mhz: int = 3105
    memory_mhz: int = 405
    fan: int | None = 30
    reasons: int = 1
    encoder: int = 0
    decoder: int = 0
    ecc: tuple[int, int] | None = None
    link_now: tuple[int, int] = (4, 16)
    link: tuple[int, int] = (4, 16)
    pcie_kib: tuple[int, int] = (0, 0)  # sent, received
    nvlinks: tuple[int, ...] = ()
    nvlink_kib: tuple[int, int] = (0, 0)  # sent, received, all links together
    mig: int | None = None
    compute: tuple[tuple[int | str, int | None], ...] = ()  # pid ("self", "parent"), bytes
    graphics: tuple[tuple[int | str, int | None], ...] = ()


@dataclass
class Writer:
    """Collects rows; an answer that does not change is not written again."""

    latency_us: Mapping[str, float] = field(default_factory=dict)
    others_us: float = 0.0
    rows: list[Row] = field(default_factory=list)
    _last: dict[tuple[str, str, str], tuple[str, int]] = field(default_factory=dict)

    def put(self, row: Row) -> None:
        """Add a row with the latency that its call has here."""
        key, says = (row.gpu, row.call, row.argument), (row.value, row.return_code)
        if self._last.get(key) == says:
            return
        self._last[key] = says
        usual_us = self.latency_us.get(row.call, self.others_us)
        self.rows.append(row if row.latency_us else replace(row, latency_us=usual_us))

    def state(self, time_s: float, gpu: int, state: GpuState) -> None:
        """Add what changed of a GPU."""
        for call, argument, value in _answers(gpu, state):
            self.put(Row(time_s, str(gpu), call, value, argument))


def _answers(gpu: int, state: GpuState) -> list[tuple[str, str, str]]:
    """Return (call, argument, value) of all that this GPU offers."""
    free = state.vram_total - state.vram_used - state.vram_reserved
    memory = f"{state.vram_total};{free};{state.vram_used};{state.vram_reserved}"
    found = [
        ("Name", "", state.name),
        ("UUID", "", f"GPU-fake0000-0000-0000-0000-{gpu:012d}"),
        ("PciInfo", "", f"00000000:{gpu + 1:02X}:00.0"),
        ("UtilizationRates", "", f"{state.busy};{state.memory_busy}"),
        ("MemoryInfo", "", memory),
        ("BAR1MemoryInfo", "", f"{2**28};{2**28};0"),
        ("Temperature", "0", str(state.temperature)),
        ("TemperatureThreshold", "0", str(state.shutdown)),
        ("TemperatureThreshold", "1", str(state.slowdown)),
        ("PowerUsage", "", str(state.power_mw)),
        ("EnforcedPowerLimit", "", str(state.limit_mw)),
        ("PowerManagementLimit", "", str(state.limit_mw)),
        ("PowerManagementDefaultLimit", "", str(state.default_limit_mw)),
        ("TotalEnergyConsumption", "", str(state.energy_mj)),
        ("CurrentClocksEventReasons", "", str(state.reasons)),
        ("EncoderUtilization", "", f"{state.encoder};167000"),
        ("DecoderUtilization", "", f"{state.decoder};167000"),
        ("CurrPcieLinkGeneration", "", str(state.link_now[0])),
        ("CurrPcieLinkWidth", "", str(state.link_now[1])),
        ("MaxPcieLinkGeneration", "", str(state.link[0])),
        ("MaxPcieLinkWidth", "", str(state.link[1])),
        ("PcieThroughput", "0", str(state.pcie_kib[0])),
        ("PcieThroughput", "1", str(state.pcie_kib[1])),
        ("CudaComputeCapability", "", "8;9"),
        ("ComputeRunningProcesses", "", _processes(state.compute)),
        ("GraphicsRunningProcesses", "", _processes(state.graphics)),
        ("DisplayActive", "", "0"),
        ("DisplayMode", "", "0"),
        ("PersistenceMode", "", "1"),
        ("PerformanceState", "", "0"),
        ("ComputeMode", "", "0"),
        *_clocks(state),
        *_not_everywhere(state),
    ]
    return [(f"nvmlDeviceGet{call}", argument, value) for call, argument, value in found]


def _clocks(state: GpuState) -> list[tuple[str, str, str]]:
    now = {"0": state.sm_mhz, "1": state.sm_mhz, "2": state.memory_mhz, "3": state.sm_mhz}
    return [("ClockInfo", kind, str(mhz)) for kind, mhz in now.items()] + [
        ("MaxClockInfo", kind, str(state.max_sm_mhz)) for kind in now
    ]


def _not_everywhere(state: GpuState) -> list[tuple[str, str, str]]:
    found = []
    if state.fan is not None:
        found.append(("FanSpeed", "", str(state.fan)))
    if state.memory_temperature is not None:
        found.append(("FieldValues", "82", str(state.memory_temperature)))
    if state.ecc is not None:
        found += [("TotalEccErrors", f"{kind}:0", str(state.ecc[kind])) for kind in (0, 1)]
    if state.mig is not None:
        found.append(("MigMode", "", f"{state.mig};{state.mig}"))
    if state.nvlinks:
        found.append(("FieldValues", "91", str(len(state.nvlinks))))
        found += [("NvLinkState", str(n), str(on)) for n, on in enumerate(state.nvlinks)]
        found.append(("FieldValues", f"138:{0xFFFFFFFF}", str(state.nvlink_kib[0])))
        found.append(("FieldValues", f"139:{0xFFFFFFFF}", str(state.nvlink_kib[1])))
    return found


def _processes(rows: tuple[tuple[int | str, int | None], ...]) -> str:
    return ";".join(f"{pid}:{'N/A' if used is None else used}" for pid, used in rows)


def system(driver: str = "580.95.05", cuda: int = 13000) -> list[Row]:
    """Return the rows every session needs."""
    return [
        Row(0.0, "-", "nvmlSystemGetDriverVersion", driver),
        Row(0.0, "-", "nvmlSystemGetCudaDriverVersion", str(cuda)),
    ]


def write(path: Path, rows: Iterable[Row], mark: str = SYNTHETIC) -> Path:
    """Write a session; ``mark`` says where it comes from."""
    with path.open("w", newline="") as file:
        file.write(f"# {mark}\n")
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        for row in rows:
            out.writerow([getattr(row, name) for name in COLUMNS])
    return path


def still(path: Path, *gpus: GpuState, more: Iterable[Row] = (), costs: bool = False) -> Path:
    """Write a session in which nothing changes but what ``more`` says.

    ``costs``: every call takes the time it takes on the laptop of ``LAPTOP_4090_US``.
    """
    writer = Writer(LAPTOP_4090_US, OTHERS_US) if costs else Writer()
    for number, state in enumerate(gpus):
        writer.state(0.0, number, state)
    return write(path, [*system(), *writer.rows, *more])
