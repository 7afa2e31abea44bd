"""Operating system, main memory, and the torch of this Python."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.mac_facts import SYSCTL, sysctl, sysctl_number
from hwstudio.core.probe.memory import swap_bytes
from hwstudio.core.probe.source import Source
from hwstudio.core.probe.windows_cim import HOW as CIM
from hwstudio.core.probe.windows_cim import NO_ANSWER, rows, whole

_MEMINFO = "/proc/meminfo"
_SWAP = re.compile(r"total = (\d+(?:\.\d+)?)M")


def detect_os(source: Source) -> Reading[str]:
    """Return the system's name and version as people know it."""
    system = source.system
    if system == "Linux":
        found = re.findall(r'^PRETTY_NAME="?([^"\n]+)', source.text("/etc/os-release") or "", re.M)
        name = found[0] if found else "Linux"
        return ok(f"{name} (Linux {source.release})", "/etc/os-release")
    name = {"Darwin": "macOS"}.get(system, system)
    return ok(f"{name} {source.release}".strip(), "operating system")


def detect_memory(source: Source) -> tuple[Reading[int], Reading[int]]:
    """Return main memory and swap in bytes."""
    if source.system == "Linux":
        text = source.text(_MEMINFO) or ""
        return _meminfo(text, "MemTotal"), _meminfo(text, "SwapTotal")
    if source.is_live:
        import psutil

        how = "operating system"
        memory, (swap, _) = psutil.virtual_memory(), swap_bytes()
        none: Reading[int] = absent(Status.LOST, how, "the system does not tell")
        return ok(int(memory.total), how), none if swap is None else ok(swap, how)
    return _written_mac(source) if source.system == "Darwin" else _written_windows(source)


def _meminfo(text: str, field: str) -> Reading[int]:
    found = re.search(rf"^{field}:\s+(\d{{1,15}}) kB", text, re.M)
    if not found:
        return absent(Status.LOST, _MEMINFO, f"no {field} there")
    return ok(int(found[1]) * 1024, _MEMINFO)


def _written_mac(source: Source) -> tuple[Reading[int], Reading[int]]:
    facts = sysctl(source)
    size = sysctl_number(facts, "hw.memsize")
    swap = _SWAP.search(facts.get("vm.swapusage", ""))
    none: Reading[int] = absent(Status.LOST, SYSCTL, "not stated there")
    return (
        ok(size, SYSCTL) if size else none,
        ok(round(float(swap[1]) * 2**20), SYSCTL) if swap else none,
    )


def _written_windows(source: Source) -> tuple[Reading[int], Reading[int]]:
    row = next(iter(rows(source, "system") or ()), {})
    size = whole(row.get("TotalPhysicalMemory"))
    none: Reading[int] = absent(Status.LOST, CIM, NO_ANSWER)
    return ok(size, CIM) if size else none, none


def detect_torch() -> Reading[str]:
    """Return the version of torch in this Python without importing it."""
    how = "installed packages of this Python"
    if importlib.util.find_spec("torch") is None:
        return absent(Status.UNSUPPORTED, how, "torch is not installed")
    try:
        return ok(importlib.metadata.version("torch"), how)
    except importlib.metadata.PackageNotFoundError:
        return absent(Status.LOST, how, "torch is there, but its version is not stated")
