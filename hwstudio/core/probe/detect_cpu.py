"""Which processor this is, read where each system keeps it; no slow library on the way."""

from __future__ import annotations

import platform
import re
from typing import Any

from hwstudio.core.model.machine import CpuInfo
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.deadline import TooSlowError, output_of, within
from hwstudio.core.probe.source import Source

# Instruction sets that matter for this kind of work, by the kernel's or system's names.
WANTED = {
    "sse4_2": "sse4.2",
    "avx": "avx",
    "avx2": "avx2",
    "fma": "fma",
    "f16c": "f16c",
    "avx512f": "avx512f",
    "avx512_bf16": "avx512-bf16",
    "avx512_fp16": "avx512-fp16",
    "avx512_vnni": "avx512-vnni",
    "avx_vnni": "avx-vnni",
    "amx_tile": "amx",
    "amx_bf16": "amx-bf16",
    "amx_int8": "amx-int8",
    "asimd": "neon",
    "asimdhp": "neon-fp16",
    "asimddp": "neon-dot",
    "neon": "neon",
    "bf16": "bf16",
    "i8mm": "i8mm",
    "sve": "sve",
    "sve2": "sve2",
    "sme": "sme",
}
_WINDOWS_FEATURES = {38: "sse4.2", 39: "avx", 40: "avx2", 41: "avx512f", 19: "neon", 46: "sve"}
_APPLE_FEATURES = {
    "hw.optional.avx2_0": "avx2",
    "hw.optional.avx512f": "avx512f",
    "hw.optional.neon": "neon",
    "hw.optional.arm.FEAT_BF16": "bf16",
    "hw.optional.arm.FEAT_I8MM": "i8mm",
    "hw.optional.arm.FEAT_SME": "sme",
}
_FALLBACK_S = 5.0
_CPUINFO = "/proc/cpuinfo"


def detect_cpu(source: Source, system: str = "") -> CpuInfo:
    """Return the processor; ``system`` as platform.system() says it."""
    system = system or platform.system()
    named, features = _NAMERS.get(system, _other)(source)
    return CpuInfo(
        name=named if named.is_ok else _by_library(source, named),
        architecture=ok(platform.machine() or "unknown", "operating system"),
        cores=_count(source, logical=False),
        threads=_count(source, logical=True),
        max_mhz=_max_mhz(source),
        features=features,
    )


Named = tuple[Reading[str], Reading[tuple[str, ...]]]


def _linux(source: Source) -> Named:
    text = source.text(_CPUINFO) or ""
    rows = dict(_row(line) for line in reversed(text.splitlines()) if ":" in line)
    name = rows.get("model name") or rows.get("Model") or rows.get("cpu model")
    name = name or source.text("/sys/firmware/devicetree/base/model") or ""
    flags = (rows.get("flags") or rows.get("Features") or "").split()
    found = tuple(dict.fromkeys(WANTED[flag] for flag in flags if flag in WANTED))
    return (
        ok(name, _CPUINFO) if name else absent(Status.UNSUPPORTED, _CPUINFO, "no model name there"),
        ok(found, f"flags in {_CPUINFO}")
        if flags
        else absent(Status.UNSUPPORTED, _CPUINFO, "no flags there"),
    )


def _row(line: str) -> tuple[str, str]:
    key, _, value = line.partition(":")
    return key.strip(), value.strip()


def _apple(_source: Source) -> Named:
    how = "sysctl"
    text = output_of(("sysctl", "machdep.cpu.brand_string", "hw.optional"), 3.0) or ""
    rows = dict(_row(line) for line in text.splitlines() if ":" in line)
    name = rows.get("machdep.cpu.brand_string", "")
    found = tuple(word for key, word in _APPLE_FEATURES.items() if rows.get(key) == "1")
    if not rows:
        return _lost(how), _lost(how)
    return ok(name, how), ok(found, how)


def _lost(how: str = "operating system") -> Reading[Any]:
    return absent(Status.LOST, how, "no answer")


def _windows(_source: Source) -> Named:
    how = "Windows registry"
    try:
        import winreg

        path = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
        registry: Any = winreg
        with registry.OpenKey(registry.HKEY_LOCAL_MACHINE, path) as key:
            name = str(registry.QueryValueEx(key, "ProcessorNameString")[0]).strip()
    except (ImportError, OSError) as error:
        return absent(Status.LOST, how, str(error)), _windows_features()
    return ok(name, how), _windows_features()


def _windows_features() -> Reading[tuple[str, ...]]:
    how = "IsProcessorFeaturePresent"
    try:
        import ctypes

        kernel: Any = getattr(ctypes, "windll").kernel32  # noqa: B009 - exists on Windows only
        asked = _WINDOWS_FEATURES.items()
        return ok(tuple(w for n, w in asked if kernel.IsProcessorFeaturePresent(n)), how)
    except (AttributeError, OSError) as error:
        return absent(Status.LOST, how, str(error))


def _other(_source: Source) -> Named:
    name = platform.processor()
    how = "operating system"
    unknown = absent(Status.UNSUPPORTED, how, "this system is not asked for instruction sets")
    return ok(name, how) if name else absent(Status.UNSUPPORTED, how, "no name given"), unknown


_NAMERS = {"Linux": _linux, "Darwin": _apple, "Windows": _windows}


def _by_library(source: Source, before: Reading[str]) -> Reading[str]:
    """Ask py-cpuinfo where the system's own place has no name (it needs over a second)."""
    if not source.is_live:
        return before
    how = "py-cpuinfo"
    try:
        name = within(_FALLBACK_S, _library_name)
    except TooSlowError as error:
        return absent(Status.LOST, how, str(error))
    except Exception as error:  # noqa: BLE001 - a foreign library reading odd machines
        return absent(Status.LOST, how, f"{before.why}; {error}")
    return ok(name, how) if name else before


def _library_name() -> str:
    import cpuinfo

    return str(cpuinfo.get_cpu_info().get("brand_raw") or "")


def _count(source: Source, *, logical: bool) -> Reading[int]:
    if not source.is_live:
        return _count_in(source.text(_CPUINFO) or "", logical=logical)
    import psutil

    found = psutil.cpu_count(logical=logical)
    if not found:
        return absent(Status.UNSUPPORTED, "operating system", "the system does not say")
    return ok(int(found), "operating system")


def _count_in(text: str, *, logical: bool) -> Reading[int]:
    """Count processors in the text of /proc/cpuinfo, or distinct (socket, core) pairs."""
    blocks = [dict(_row(line) for line in b.splitlines()) for b in re.split(r"\n\s*\n", text)]
    blocks = [block for block in blocks if "processor" in block]
    pairs = {(b.get("physical id"), b["core id"]) for b in blocks if "core id" in b}
    count = len(blocks) if logical else len(pairs)
    if not count:
        return absent(Status.UNSUPPORTED, _CPUINFO, "not stated there")
    return ok(count, _CPUINFO)


def _max_mhz(source: Source) -> Reading[float]:
    khz = source.number("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq")
    if khz:
        return ok(khz / 1e3, "/sys/devices/system/cpu/cpu0/cpufreq")
    if source.is_live and platform.system() != "Linux":
        import psutil

        try:
            found = psutil.cpu_freq()
        except (OSError, NotImplementedError, RuntimeError):
            found = None
        if found is not None and found.max:
            return ok(float(found.max), "operating system")
    return absent(Status.UNSUPPORTED, "cpufreq", "the highest clock is not stated (usual in a VM)")
