"""Which processor this is, read where each system keeps it; no slow library on the way."""

from __future__ import annotations

import platform
from typing import Any

from hwstudio.core.model.machine import CpuInfo
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe import windows_cim
from hwstudio.core.probe.arm_parts import part_name
from hwstudio.core.probe.cpu_shape import Shape, shape_of
from hwstudio.core.probe.deadline import TooSlowError, within
from hwstudio.core.probe.mac_facts import SYSCTL, sysctl, sysctl_number
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
# PF_... numbers of IsProcessorFeaturePresent in Microsoft's documentation.
_WINDOWS_FEATURES = {
    38: "sse4.2",
    39: "avx",
    40: "avx2",
    41: "avx512f",
    19: "neon",
    43: "neon-dot",
    67: "neon-fp16",
    68: "bf16",
    66: "i8mm",
    46: "sve",
    47: "sve2",
    70: "sme",
}
_AMX_STATE = (
    0b11 << 17
)  # XTILECFG and XTILEDATA: Windows saves the tiles, so a program may use them
_APPLE_FEATURES = {
    "hw.optional.sse4_2": "sse4.2",
    "hw.optional.avx1_0": "avx",
    "hw.optional.avx2_0": "avx2",
    "hw.optional.fma": "fma",
    "hw.optional.f16c": "f16c",
    "hw.optional.avx512f": "avx512f",
    "hw.optional.avx512vnni": "avx512-vnni",
    "hw.optional.neon": "neon",
    "hw.optional.arm.FEAT_FP16": "neon-fp16",
    "hw.optional.arm.FEAT_DotProd": "neon-dot",
    "hw.optional.arm.FEAT_BF16": "bf16",
    "hw.optional.arm.FEAT_I8MM": "i8mm",
    "hw.optional.arm.FEAT_SME": "sme",
}
_FALLBACK_S = 5.0
_CPUINFO = "/proc/cpuinfo"
_NO_NAME = ("ARMv", "AArch64")  # "ARMv8 Processor rev 1 (v8l)" names no processor


def detect_cpu(source: Source, system: str = "") -> CpuInfo:
    """Return the processor; ``system`` as platform.system() says it."""
    system = system or source.system
    named, features = _NAMERS.get(system, _other)(source)
    shape = shape_of(source, system)
    return CpuInfo(
        name=named if named.is_ok else _by_library(source, named),
        architecture=ok(source.machine or "unknown", "operating system"),
        cores=_count(source, shape.cores, logical=False),
        threads=_count(source, shape.threads, logical=True),
        max_mhz=_max_mhz(source, system, shape),
        features=features,
        sockets=shape.sockets,
        kinds=shape.kinds,
        caches=shape.caches,
    )


Named = tuple[Reading[str], Reading[tuple[str, ...]]]


def _linux(source: Source) -> Named:
    text = source.once(_CPUINFO) or ""
    rows = dict(_row(line) for line in reversed(text.splitlines()) if ":" in line)
    stated = rows.get("model name", "")
    name = "" if stated.startswith(_NO_NAME) else stated
    name = name or rows.get("Model") or rows.get("cpu model") or ""
    name = name or source.text("/sys/firmware/devicetree/base/model") or ""
    name = name or part_name(rows.get("CPU implementer", ""), rows.get("CPU part", ""))
    name = name or stated
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


def _apple(source: Source) -> Named:
    rows = sysctl(source)
    if not rows:
        return _lost(SYSCTL), _lost(SYSCTL)
    name = rows.get("machdep.cpu.brand_string", "")
    found = tuple(word for key, word in _APPLE_FEATURES.items() if rows.get(key) == "1")
    said = any(key.startswith("hw.optional") for key in rows)
    return (
        ok(name, SYSCTL) if name else _lost(SYSCTL),
        ok(found, f"{SYSCTL} hw.optional") if said else _lost(SYSCTL),
    )


def _lost(how: str = "operating system") -> Reading[Any]:
    return absent(Status.LOST, how, "no answer")


def _windows(source: Source) -> Named:
    how = "Windows registry"
    try:
        name = str(source.call("processor_name") or "")
    except OSError as error:
        return absent(Status.LOST, how, str(error)), _windows_features(source)
    return ok(name, how) if name else _lost(how), _windows_features(source)


def _windows_features(source: Source) -> Reading[tuple[str, ...]]:
    how = "IsProcessorFeaturePresent"
    try:
        present = set(source.call("processor_features"))
        found = tuple(word for number, word in _WINDOWS_FEATURES.items() if number in present)
    except (OSError, TypeError) as error:
        return absent(Status.LOST, how, str(error))
    try:
        states = int(source.call("state_features"))
    except (OSError, AttributeError, TypeError, ValueError):
        return ok(found, how)  # Windows before 7 SP1, or on ARM: there are no such states
    amx = ("amx",) if states & _AMX_STATE == _AMX_STATE else ()
    return ok(found + amx, f"{how}, GetEnabledXStateFeatures")


def _other(source: Source) -> Named:
    name = platform.processor() if source.is_live else ""
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


def _count(source: Source, stated: Reading[int], *, logical: bool) -> Reading[int]:
    if stated.is_ok or not source.is_live:
        return stated
    import psutil

    found = psutil.cpu_count(logical=logical)
    if not found:
        return absent(Status.UNSUPPORTED, "operating system", "the system does not say")
    return ok(int(found), "operating system")


def _max_mhz(source: Source, system: str, shape: Shape) -> Reading[float]:
    clocks = [kind.max_mhz for kind in shape.kinds.value or () if kind.max_mhz]
    khz = source.number("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq")
    if clocks or khz:
        return ok(max(clocks, default=(khz or 0) / 1e3), "cpufreq in /sys/devices/system/cpu")
    if system == "Darwin":
        hz = sysctl_number(sysctl(source), "hw.cpufrequency_max")
        why = "macOS does not state it on Apple silicon"
        return ok(hz / 1e6, SYSCTL) if hz else absent(Status.UNSUPPORTED, SYSCTL, why)
    if system == "Windows":
        row = next(iter(windows_cim.rows(source, "processor") or ()), {})
        mhz = windows_cim.whole(row.get("MaxClockSpeed"))
        if mhz:
            return ok(float(mhz), f"{windows_cim.HOW}, often the base clock")
        return absent(Status.UNSUPPORTED, windows_cim.HOW, windows_cim.NO_ANSWER)
    return absent(Status.UNSUPPORTED, "cpufreq", "the highest clock is not stated (usual in a VM)")
