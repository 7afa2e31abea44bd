"""GPUs on macOS (system_profiler) and on Windows (registry)."""

from __future__ import annotations

import re
from typing import Any

from hwstudio.core.model.machine import SHARED, GpuInfo
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe import mac_facts
from hwstudio.core.probe.gpu_pci import Found, Match, row_id
from hwstudio.core.probe.source import Source

_VENDORS = ("NVIDIA", "AMD", "Intel", "Apple", "Qualcomm")
_METAL = re.compile(r"metal\D*(\d)", re.IGNORECASE)
_REGISTRY = "Windows registry"
_NO_CAPABILITY = "only NVIDIA GPUs have one"


def _vendor(name: str) -> str:
    if "Radeon" in name:
        return "AMD"
    if "Adreno" in name:
        return "Qualcomm"
    return next((vendor for vendor in _VENDORS if vendor in name), "unknown")


# --- macOS ----------------------------------------------------------------------------------------


def apple_gpus(text: str, match: Match | None = None) -> Found:
    """Return the GPUs in the JSON that system_profiler prints."""
    rows = mac_facts.profile_rows(text, "SPDisplaysDataType")
    if rows is None:
        return [], ["system_profiler: its answer could not be read"]
    found = [_apple(row, match) for row in rows]
    return found, [f"system_profiler: {len(found)} found"]


def mac_gpus(source: Source, match: Match | None) -> Found:
    """Return the GPUs macOS lists."""
    rows = mac_facts.profile(source, "SPDisplaysDataType")
    if rows is None:
        return [], [f"system_profiler: {mac_facts.NO_ANSWER}"]
    return [_apple(row, match) for row in rows], [f"system_profiler: {len(rows)} found"]


def _apple(row: dict[str, Any], match: Match | None) -> GpuInfo:
    how = mac_facts.PROFILER
    name = str(row.get("sppci_model") or row.get("_name") or "GPU")
    stated = row.get("spdisplays_vram") or row.get("_spdisplays_vram")
    size = mac_facts.bytes_in(stated)
    shared: Reading[int] = absent(Status.UNSUPPORTED, how, SHARED)
    unknown = absent(Status.UNSUPPORTED, how, "macOS does not state it")
    cores = str(row.get("sppci_cores") or "")
    width = re.fullmatch(r"x(\d{1,2})", str(row.get("spdisplays_pcie_width") or ""))
    return GpuInfo(
        name=ok(name, how),
        vendor=_vendor(name),
        uuid=f"apple-{name}",
        vram_bytes=ok(size, how) if size else shared,
        driver=ok("part of macOS", how),
        compute_capability=absent(Status.UNSUPPORTED, how, _NO_CAPABILITY),
        power_limit_w=unknown,
        pcie=unknown,
        pcie_now=ok(f"PCIe x{width[1]}", how) if width else unknown,
        compute=_metal(row),
        cores=ok(int(cores), how) if cores.isdecimal() and len(cores) < 5 else unknown,
        gpu_id=row_id(match, name, size),
    )


def _metal(row: dict[str, Any]) -> Reading[str]:
    how = mac_facts.PROFILER
    places = ("spdisplays_mtlgpufamilysupport", "spdisplays_metal")
    said = " ".join(str(row.get(place) or "") for place in places)
    if not said.strip() or "notsupported" in said.lower():
        return absent(Status.UNSUPPORTED, how, "this GPU does not offer Metal")
    version = _METAL.search(said)
    return ok(f"Metal{f' {version[1]}' if version else ''} (MPS in PyTorch)", how)


# --- Windows --------------------------------------------------------------------------------------


def windows_gpus(source: Source, match: Match | None, *, has_nvidia: bool) -> Found:
    """Return the video adapters with a driver; NVIDIA's own where its driver told none."""
    try:
        rows = [row for row in source.call("video_adapters") if isinstance(row, dict)]
    except (OSError, TypeError) as error:
        return [], [f"{_REGISTRY}: could not be read ({error})"]
    found = [
        _windows(row, match)
        for row in rows
        if not (has_nvidia and "NVIDIA" in str(row.get("name") or ""))
    ]
    return found, [f"{_REGISTRY}: {len(rows)} video adapters"]


def _windows(row: dict[str, Any], match: Match | None) -> GpuInfo:
    how = _REGISTRY
    name, size = str(row.get("name") or "GPU"), row.get("memory_bytes")
    unsaid: Reading[Any] = absent(Status.UNSUPPORTED, how, "not stated there")
    vram: Reading[int] = (
        ok(size, how)
        if isinstance(size, int) and size > 0
        else absent(Status.UNSUPPORTED, how, "the driver does not state it")
    )
    driver = str(row.get("driver") or "")
    return GpuInfo(
        name=ok(name, how),
        vendor=_vendor(name),
        uuid=f"windows-{row.get('key', name)}",
        vram_bytes=vram,
        driver=ok(driver, how) if driver else absent(Status.LOST, how, "no version stated"),
        compute_capability=unsaid,
        power_limit_w=unsaid,
        pcie=unsaid,
        pcie_now=unsaid,
        compute=absent(Status.UNSUPPORTED, how, "only NVIDIA's driver tells it on Windows"),
        gpu_id=row_id(match, name, vram.value),
    )
