"""GPUs on Linux' PCI bus: AMD and Intel in full, NVIDIA only when its driver does not answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from hwstudio.core.model.machine import SHARED, GpuInfo
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.drm import amd_name
from hwstudio.core.probe.kfd import gfx_targets
from hwstudio.core.probe.pci import Adapter, adapters, device_name
from hwstudio.core.probe.pci_link import link_words, outer_place
from hwstudio.core.probe.source import Source

_BUS = "PCI bus"
_ROCM = ("/opt/rocm/.info/version", "/opt/rocm/.info/version-dev")
_LEVEL_ZERO = ("libze_intel_gpu.so.1", "libze_intel_gpu.so.1.3.0")
_LIBRARIES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib")
_INTEGRATED = ":00:02.0"  # graphics inside an Intel processor always have this address
_VRAM_PLACES = ("mem_info_vram_total", "lmem_total_bytes", "tile0/physical_vram_size_bytes")

Found = tuple[list[GpuInfo], list[str]]


class HasId(Protocol):
    """A catalogue row, as far as detection needs it."""

    @property
    def id(self) -> str:
        """Return the row's id."""
        ...


Match = Callable[[str, "int | None"], "HasId | None"]


def row_id(match: Match | None, name: str, vram_bytes: int | None) -> str | None:
    """Return the catalogue's id of a GPU with that name and memory, or None."""
    row = match(name, vram_bytes) if match is not None and name else None
    return row.id if row is not None else None


def pci_gpus(source: Source, match: Match | None, *, has_nvidia: bool) -> Found:
    """Return the GPUs on the bus; ``has_nvidia``: its driver has told its own already."""
    every = adapters(source)
    found = [
        _gpu(source, adapter, match)
        for adapter in every
        if adapter.can_compute and not (has_nvidia and adapter.vendor == "NVIDIA")
    ]
    screens = [adapter for adapter in every if not adapter.can_compute]
    words = f"{_BUS}: {len(every)} display adapter{'' if len(every) == 1 else 's'}"
    if screens:
        words += f", {len(screens)} of them only for a screen ({screens[0].vendor})"
    if source.exists("/dev/dxg") and not found and not has_nvidia:
        words += "; Windows lends its GPU to WSL (/dev/dxg), which one is told only by its driver"
    return found, [words]


def _gpu(source: Source, adapter: Adapter, match: Match | None) -> GpuInfo:
    place = f"/sys/bus/pci/devices/{adapter.slot}"
    name = source.text(place, "product_name") or _listed(source, place, adapter)
    vram = _vram(source, place, adapter)
    shown = f"{adapter.vendor} GPU {adapter.device_id:04x}"
    if name:
        shown = name if name.startswith(adapter.vendor) else f"{adapter.vendor} {name}"
    now, most = _links(source, place, adapter)
    return GpuInfo(
        name=ok(shown, _BUS),
        vendor=adapter.vendor,
        uuid=f"pci-{adapter.slot}",
        vram_bytes=vram,
        driver=_driver(source, place),
        compute_capability=absent(Status.UNSUPPORTED, _BUS, "only NVIDIA GPUs have one"),
        power_limit_w=_power_cap(source, place),
        pcie=most,
        pcie_now=now,
        compute=_compute(source, adapter),
        gpu_id=row_id(match, name or "", vram.value),
    )


def _listed(source: Source, place: str, adapter: Adapter) -> str | None:
    if adapter.vendor == "AMD":
        revision = source.number(place, "revision", base=16) or 0
        known = amd_name(source, adapter.device_id, revision)
        if known:
            return known
    return device_name(source, adapter)


def _is_integrated(adapter: Adapter) -> bool:
    return adapter.vendor == "Intel" and adapter.slot.endswith(_INTEGRATED)


def _vram(source: Source, place: str, adapter: Adapter) -> Reading[int]:
    if _is_integrated(adapter):
        return absent(Status.UNSUPPORTED, _BUS, f"inside the processor; {SHARED}")
    for name in _VRAM_PLACES:
        total = source.number(place, name, base=0)
        if total and total > 0:
            return ok(total, f"{place}/{name}")
    why = "the driver does not say"
    if adapter.vendor == "NVIDIA":
        why = "only the NVIDIA driver tells, and it does not answer"
    return absent(Status.UNSUPPORTED, _BUS, why)


def _driver(source: Source, place: str) -> Reading[str]:
    name = source.real(place, "driver").rpartition("/")[2] if source.exists(place, "driver") else ""
    if not name:
        return absent(Status.UNSUPPORTED, _BUS, "no driver is bound to it")
    version = source.text("/sys/module", name, "version")
    return ok(f"{name} {version}" if version else f"{name} (of the kernel)", _BUS)


def _power_cap(source: Source, place: str) -> Reading[float]:
    for chip in source.names(place, "hwmon"):
        for name in ("power1_cap", "power1_max"):
            cap_uw = source.number(place, "hwmon", chip, name)
            if cap_uw and cap_uw > 0:
                return ok(cap_uw / 1e6, f"{place}/hwmon")
    return absent(Status.UNSUPPORTED, "hwmon", "the driver states no power limit")


def _links(source: Source, place: str, adapter: Adapter) -> tuple[Reading[str], Reading[str]]:
    if _is_integrated(adapter):
        inside: Reading[Any] = absent(Status.UNSUPPORTED, _BUS, "it is inside the processor")
        return inside, inside
    outer = outer_place(source, place)
    return link_words(source, outer, "current"), link_words(source, outer, "max")


def _compute(source: Source, adapter: Adapter) -> Reading[str]:
    if adapter.vendor == "AMD":
        return _rocm(source, adapter)
    if adapter.vendor == "Intel":
        how = "libze_intel_gpu in the usual places"
        names = [
            name for folder in _LIBRARIES for name in source.names(folder) if name in _LEVEL_ZERO
        ]
        why = "Intel's compute library (Level Zero) was not found"
        return ok("Level Zero", how) if names else absent(Status.UNSUPPORTED, how, why)
    return absent(Status.UNSUPPORTED, _BUS, "the driver does not answer")


def _rocm(source: Source, adapter: Adapter) -> Reading[str]:
    target = gfx_targets(source).get(adapter.slot, "")
    how = "/opt/rocm, /sys/class/kfd"
    version = next((found for place in _ROCM if (found := source.text(place))), "")
    if version:
        return ok(f"ROCm {version.partition('-')[0]}{f', {target}' if target else ''}", how)
    chip = f"; the GPU is {target}" if target else ""
    return absent(Status.UNSUPPORTED, how, f"ROCm is not installed in /opt/rocm{chip}")
