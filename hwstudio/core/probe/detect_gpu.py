"""Every GPU, whoever made it, and how GPUs were looked for when there is none."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from typing import Any, Protocol

from hwstudio.core.base.safe_mode import NO_GPU, is_safe_mode
from hwstudio.core.model.machine import CANNOT_TELL, GpuInfo
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.deadline import TooSlowError, output_of, within
from hwstudio.core.probe.nvml import Nvml, load_nvml
from hwstudio.core.probe.pci import Adapter, adapters, device_name
from hwstudio.core.probe.source import Source

_NVML_S = 6.0
_PROFILER_S = 8.0
Found = tuple[list[GpuInfo], list[str]]


class HasId(Protocol):
    """A catalogue row, as far as detection needs it."""

    @property
    def id(self) -> str:
        """Return the row's id."""
        ...


Match = Callable[[str, "int | None"], "HasId | None"]


def detect_gpus(source: Source, match: Match | None, nvml: Any = None) -> Found:
    """Return the GPUs and the list of ways they were looked for."""
    if source.is_live and is_safe_mode():
        return [], [f"{CANNOT_TELL}: {NO_GPU}"]
    found, looked = _nvidia(source, match, nvml)
    others, more = _others(source, match, has_nvidia=bool(found))
    return found + others, looked + more


def _nvidia(source: Source, match: Match | None, api: Any) -> Found:
    if api is None and not source.is_live:
        return [], ["NVML: not asked, this is a recorded machine"]
    try:
        return within(_NVML_S, lambda: _nvidia_now(match, api))
    except TooSlowError as error:
        return [], [f"NVML: {CANNOT_TELL}, {error}; the NVIDIA driver may be hanging"]
    except Exception as error:  # noqa: BLE001 - a vendor library's border
        return [], [f"NVML: {CANNOT_TELL}, {error}"]


def _nvidia_now(match: Match | None, api: Any) -> Found:
    nvml = Nvml(api if api is not None else load_nvml())
    nvml.open()
    try:
        if nvml.why:
            sure = nvml.status is Status.UNSUPPORTED
            return [], [f"NVML: {nvml.why}" if sure else f"NVML: {CANNOT_TELL}, {nvml.why}"]
        driver = ok(nvml.driver, "NVML")
        found = [_nvidia_gpu(device, driver, match) for device in nvml.devices]
        return found, [f"NVML: driver {driver.value}, {len(found)} found"]
    finally:
        nvml.close()


def _nvidia_gpu(device: Any, driver: Reading[str], match: Match | None) -> GpuInfo:
    vram = device.vram_total()
    return GpuInfo(
        name=ok(device.name, "NVML"),
        vendor="NVIDIA",
        uuid=device.uuid,
        vram_bytes=vram,
        driver=driver,
        compute_capability=device.compute_capability(),
        power_limit_w=device.power_limit_w(),
        pcie=device.link(),
        gpu_id=_row(match, device.name, vram.value),
    )


def _row(match: Match | None, name: str, vram_bytes: int | None) -> str | None:
    row = match(name, vram_bytes) if match is not None and name else None
    return row.id if row is not None else None


def _others(source: Source, match: Match | None, *, has_nvidia: bool) -> Found:
    if not source.is_live or platform.system() == "Linux":
        return _linux(source, match, has_nvidia=has_nvidia)
    if platform.system() == "Darwin":
        return _apple(match)
    if platform.system() == "Windows":
        return _windows(match, has_nvidia=has_nvidia)
    return [], [f"PCI bus: not looked at on {platform.system()}"]


# --- Linux: the PCI bus ----------------------------------------------------------------------


def _linux(source: Source, match: Match | None, *, has_nvidia: bool) -> Found:
    every = adapters(source)
    found = [
        _pci_gpu(source, adapter, match)
        for adapter in every
        if adapter.can_compute and not (has_nvidia and adapter.vendor == "NVIDIA")
    ]
    screens = [adapter for adapter in every if not adapter.can_compute]
    words = f"PCI bus: {len(every)} display adapter{'' if len(every) == 1 else 's'}"
    if screens:
        words += f", {len(screens)} of them only for a screen ({screens[0].vendor})"
    return found, [words]


def _pci_gpu(source: Source, adapter: Adapter, match: Match | None) -> GpuInfo:
    place = f"/sys/bus/pci/devices/{adapter.slot}"
    name = source.text(place, "product_name") or device_name(source, adapter)
    vram = _pci_vram(source, place, adapter)
    how = "PCI bus"
    shown = f"{adapter.vendor} {name}" if name else f"{adapter.vendor} GPU {adapter.device_id:04x}"
    return GpuInfo(
        name=ok(shown, how),
        vendor=adapter.vendor,
        uuid=f"pci-{adapter.slot}",
        vram_bytes=vram,
        driver=_driver(source, place),
        compute_capability=absent(Status.UNSUPPORTED, how, "only NVIDIA GPUs have one"),
        power_limit_w=_power_cap(source, place),
        pcie=_link(source, place),
        gpu_id=_row(match, name or "", vram.value),
    )


def _pci_vram(source: Source, place: str, adapter: Adapter) -> Reading[int]:
    total = source.number(place, "mem_info_vram_total")
    if total:
        return ok(total, f"{place}/mem_info_vram_total")
    why = {
        "NVIDIA": "only the NVIDIA driver tells, and it does not answer",
        "Intel": "integrated graphics share the main memory; for a card the driver does not say",
    }.get(adapter.vendor, "the driver does not say")
    return absent(Status.UNSUPPORTED, "PCI bus", why)


def _driver(source: Source, place: str) -> Reading[str]:
    try:
        name = (source.path(place, "driver")).resolve(strict=True).name
    except OSError:
        return absent(Status.UNSUPPORTED, "PCI bus", "no driver is bound to it")
    return ok(name, "PCI bus")


def _power_cap(source: Source, place: str) -> Reading[float]:
    for chip in source.names(place, "hwmon"):
        cap_uw = source.number(place, "hwmon", chip, "power1_cap")
        if cap_uw:
            return ok(cap_uw / 1e6, f"{place}/hwmon")
    return absent(Status.UNSUPPORTED, "hwmon", "the driver states no power limit")


def _link(source: Source, place: str) -> Reading[str]:
    speed, width = source.text(place, "max_link_speed"), source.text(place, "max_link_width")
    generation = {"2.5": 1, "5.0": 2, "8.0": 3, "16.0": 4, "32.0": 5, "64.0": 6}
    known = generation.get((speed or "").split(" ")[0])
    if known is None or not width or not width.isdigit() or not 0 < int(width) <= 32:
        return absent(Status.UNSUPPORTED, "PCI bus", "the link is not stated")
    return ok(f"PCIe {known} x{width}", "PCI bus")


# --- macOS and Windows -----------------------------------------------------------------------


def _apple(match: Match | None) -> Found:
    command = ("system_profiler", "-json", "SPDisplaysDataType")
    text = output_of(command, _PROFILER_S)
    if text is None:
        return [], [f"system_profiler: no answer within {_PROFILER_S:g} s"]
    return apple_gpus(text, match)


def apple_gpus(text: str, match: Match | None = None) -> Found:
    """Return the GPUs in the JSON that system_profiler prints."""
    try:
        rows = json.loads(text).get("SPDisplaysDataType", [])
    except (ValueError, AttributeError):
        return [], ["system_profiler: its answer could not be read"]
    found = [_apple_gpu(row, match) for row in rows]
    return found, [f"system_profiler: {len(found)} found"]


def _apple_gpu(row: dict[str, Any], match: Match | None) -> GpuInfo:
    how = "system_profiler"
    name = str(row.get("sppci_model") or row.get("_name") or "GPU")
    stated = str(row.get("spdisplays_vram") or row.get("_spdisplays_vram") or "")
    number, _, unit = stated.partition(" ")
    vram: Reading[int] = absent(Status.UNSUPPORTED, how, "shares the main memory")
    if number.isdigit():
        vram = ok(int(number) * (2**30 if unit.upper().startswith("GB") else 2**20), how)
    vendor = next((v for v in ("Apple", "AMD", "Intel", "NVIDIA") if v in name), "unknown")
    unknown = absent(Status.UNSUPPORTED, how, "macOS does not state it")
    return GpuInfo(
        name=ok(name, how),
        vendor=vendor,
        uuid=f"apple-{name}",
        vram_bytes=vram,
        driver=unknown,
        compute_capability=absent(Status.UNSUPPORTED, how, "only NVIDIA GPUs have one"),
        power_limit_w=unknown,
        pcie=unknown,
        gpu_id=_row(match, name, vram.value),
    )


def _windows(match: Match | None, *, has_nvidia: bool) -> Found:
    from hwstudio.core.probe.windows_adapters import video_adapters

    rows, why = video_adapters()
    how = "Windows registry"
    found = []
    for row in rows:
        if has_nvidia and "NVIDIA" in row.name:
            continue
        vendor = next((v for v in ("NVIDIA", "AMD", "Intel") if v in row.name), "unknown")
        vram: Reading[int] = (
            ok(row.memory_bytes, how)
            if row.memory_bytes
            else absent(Status.UNSUPPORTED, how, "the driver does not state it")
        )
        found.append(
            GpuInfo(
                name=ok(row.name, how),
                vendor="AMD" if "Radeon" in row.name else vendor,
                uuid=f"windows-{row.key}",
                vram_bytes=vram,
                driver=ok(row.driver, how) if row.driver else absent(Status.LOST, how),
                compute_capability=absent(Status.UNSUPPORTED, how, "not stated there"),
                power_limit_w=absent(Status.UNSUPPORTED, how, "not stated there"),
                pcie=absent(Status.UNSUPPORTED, how, "not stated there"),
                gpu_id=_row(match, row.name, vram.value),
            )
        )
    return found, [f"{how}: {why or f'{len(rows)} video adapters'}"]
