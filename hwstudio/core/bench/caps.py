"""Limits that somebody set: a number measured under one is right, and is not what the part can do.

Told apart from slowing down by heat or a weak supply, which nobody chose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hwstudio.core.bench.gather import is_number

LEAST = 0.98  # of the usual: less is a limit, more is rounding
POWER = "power limit"  # the driver's word for a GPU that would draw more if it might
CPU_FOLDER = Path("/sys/devices/system/cpu")
CGROUP = Path("/sys/fs/cgroup")
PROFILE = Path("/sys/firmware/acpi/platform_profile")
_GHZ = 1e6  # the system counts in kHz
# Variables that make a library use fewer instructions than the processor has; half the speed is
# usual, and nothing in the measurement itself shows it. From the libraries' own documents.
_NUMPY = ("OPENBLAS_CORETYPE", "BLIS_ARCH_TYPE", "MKL_ENABLE_INSTRUCTIONS", "MKL_CBWR")
_TORCH = (
    "ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "MKL_ENABLE_INSTRUCTIONS",
    "MKL_CBWR",
)  # fmt: skip
_OF_LIBRARY = {"numpy": _NUMPY, "torch": _TORCH}


def gpu_caps(readings: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return what held a GPU back by a setting, from readings taken during the run."""
    found: dict[str, None] = {}
    for reading in readings:
        reasons = reading.get("throttle", ())
        limit, usual = reading.get("power_limit_w"), reading.get("power_default_limit_w")
        is_low = is_number(limit) and is_number(usual) and limit < LEAST * usual  # type: ignore[operator]
        if is_low and POWER in reasons:
            found[f"its power limit is set to {limit:.0f} W, {usual:.0f} W are usual"] = None
    return tuple(found)


def cpu_caps(
    folder: Path = CPU_FOLDER, cgroup: Path = CGROUP, profile: Path = PROFILE
) -> tuple[str, ...]:
    """Return what holds this computer's processor back by a setting; empty where nothing tells."""
    return tuple(filter(None, (_clock(folder), _share(folder, cgroup), _profile(profile))))


def software_caps(library: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return which variables hold back the processor's instructions that a library uses."""
    return tuple(
        f"{name} is set to {environment[name]}"
        for name in _OF_LIBRARY.get(library, ())
        if environment.get(name)
    )


def _clock(folder: Path) -> str:
    place = folder / "cpu0" / "cpufreq"
    allowed = _number(place / "scaling_max_freq")
    possible = _number(place / "cpuinfo_max_freq")
    if not allowed or not possible or allowed >= LEAST * possible:
        return ""
    return f"it may run at {allowed / _GHZ:.1f} GHz, {possible / _GHZ:.1f} GHz are possible"


def _share(folder: Path, cgroup: Path) -> str:
    """Return how many cores' time a container may use, when that is less than it sees."""
    words = _text(cgroup / "cpu.max").split()
    if len(words) == 2 and words[0].isdigit() and words[1].isdigit():
        quota, period = float(words[0]), float(words[1])
    else:
        quota = _number(cgroup / "cpu" / "cpu.cfs_quota_us") or 0.0
        period = _number(cgroup / "cpu" / "cpu.cfs_period_us") or 0.0
    cores = len(list(folder.glob("cpu[0-9]*")))
    if quota <= 0 or period <= 0 or not cores or quota / period >= LEAST * cores:
        return ""
    return f"its container may use {quota / period:.3g} of {cores} cores"


def _profile(file: Path) -> str:
    return "the computer is set to save power" if _text(file) in ("low-power", "quiet") else ""


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _number(file: Path) -> float | None:
    text = _text(file)
    return float(text) if text.isdigit() else None
