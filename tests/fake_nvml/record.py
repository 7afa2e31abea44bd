"""Records a session from the NVIDIA GPUs of this computer, to be replayed by the stand-in.

    python tests/fake_nvml/record.py OUT.csv SECONDS ["what ran, on what"]

Written once a second: what each call answered, its return code and how long it took. The first
line says that it was recorded, on which GPUs, with which driver, and when. Processes are written
without their names; look through the file before you hand it on.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

if __package__:
    from tests.fake_nvml.session import Row, write
else:  # run as a script
    from session import Row, write

Show = Callable[[Any], str]


def _pair(value: Any) -> str:
    return ";".join(str(part) for part in value)


def _processes(rows: Any) -> str:
    return ";".join(
        f"{row.pid}:{'N/A' if row.usedGpuMemory is None else row.usedGpuMemory}" for row in rows
    )


def _memory(found: Any) -> str:
    return f"{found.total};{found.free};{found.used};{found.reserved}"


# Name without "nvmlDeviceGet", arguments of the binding, and how the answer is written.
_CALLS: tuple[tuple[str, tuple[int, ...], Show], ...] = (
    ("Name", (), str),
    ("UUID", (), str),
    ("PciInfo", (), lambda found: _text(found.busId)),
    ("UtilizationRates", (), lambda found: f"{found.gpu};{found.memory}"),
    ("MemoryInfo", (0x02000028,), _memory),
    ("BAR1MemoryInfo", (), lambda f: f"{f.bar1Total};{f.bar1Free};{f.bar1Used}"),
    ("Temperature", (0,), str),
    ("TemperatureThreshold", (0,), str),
    ("TemperatureThreshold", (1,), str),
    *((name, (), str) for name in ("PowerUsage", "EnforcedPowerLimit", "PowerManagementLimit")),
    ("PowerManagementDefaultLimit", (), str),
    ("TotalEnergyConsumption", (), str),
    ("CurrentClocksEventReasons", (), str),
    ("FanSpeed", (), str),
    *(("ClockInfo", (kind,), str) for kind in range(4)),
    *(("MaxClockInfo", (kind,), str) for kind in range(4)),
    ("EncoderUtilization", (), _pair),
    ("DecoderUtilization", (), _pair),
    *((f"{when}PcieLinkGeneration", (), str) for when in ("Curr", "Max")),
    *((f"{when}PcieLinkWidth", (), str) for when in ("Curr", "Max")),
    ("TotalEccErrors", (0, 0), str),
    ("TotalEccErrors", (1, 0), str),
    ("MigMode", (), _pair),
    ("CudaComputeCapability", (), _pair),
    ("ComputeRunningProcesses", (), _processes),
    ("GraphicsRunningProcesses", (), _processes),
    *((name, (), str) for name in ("PersistenceMode", "PerformanceState", "ComputeMode")),
    *((name, (), str) for name in ("DisplayActive", "DisplayMode")),
)  # fmt: skip
_FIELDS = (82, 91, 185, 186)
_C_CALLS = {"ComputeRunningProcesses": 2, "GraphicsRunningProcesses": 2}  # in one of the binding


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def rows_of(api: Any, handle: Any, gpu: int, time_s: float) -> Iterator[Row]:
    """Yield what one GPU answers now."""
    for name, arguments, show in _CALLS:
        call = f"nvmlDeviceGet{name}"
        argument = "" if name == "MemoryInfo" else ":".join(str(each) for each in arguments)
        value, code, took_us = _timed(api, lambda c=call, a=arguments: getattr(api, c)(handle, *a))
        if value:  # without a process the binding asks once, else twice
            took_us /= _C_CALLS.get(name, 1)
        yield Row(time_s, str(gpu), call, show(value) if code == 0 else "", argument, code, took_us)
    for field in _FIELDS:
        found, code, took_us = _timed(
            api, lambda f=field: api.nvmlDeviceGetFieldValues(handle, [f])
        )
        value = ""
        if code == 0:
            code = found[0].nvmlReturn
            value = str(found[0].value.uiVal) if code == 0 else ""
        yield Row(time_s, str(gpu), "nvmlDeviceGetFieldValues", value, str(field), code, took_us)


def _timed(api: Any, call: Callable[[], Any]) -> tuple[Any, int, float]:
    began = time.perf_counter()
    try:
        value, code = call(), 0
    except api.NVMLError as error:
        value, code = None, error.value
    return value, code, round((time.perf_counter() - began) * 1e6, 1)


def record(
    path: Path, seconds: int, note: str, pause: Callable[[float], None] = time.sleep
) -> None:
    """Record for some seconds.

    Raises:
        pynvml.NVMLError: there is no NVIDIA driver.
    """
    import pynvml as api

    api.nvmlInit()
    driver = _text(api.nvmlSystemGetDriverVersion())
    handles = [api.nvmlDeviceGetHandleByIndex(n) for n in range(api.nvmlDeviceGetCount())]
    names = sorted({_text(api.nvmlDeviceGetName(handle)) for handle in handles})
    rows = [
        Row(0.0, "-", "nvmlSystemGetDriverVersion", driver),
        Row(0.0, "-", "nvmlSystemGetCudaDriverVersion", str(api.nvmlSystemGetCudaDriverVersion())),
    ]
    began = time.monotonic()
    for second in range(seconds):
        pause(max(0.0, began + second - time.monotonic()))
        for number, handle in enumerate(handles):
            rows += rows_of(api, handle, number, float(second))
    api.nvmlShutdown()
    today = dt.datetime.now(tz=dt.UTC).date()
    mark = f"recorded {today} on {len(handles)} x {', '.join(names)}, driver {driver}: {note}"
    write(path, rows, mark)


if __name__ == "__main__":
    what = sys.argv[3] if len(sys.argv) > 3 else "no note given"
    record(Path(sys.argv[1]), int(sys.argv[2]), what)
