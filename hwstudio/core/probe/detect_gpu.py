"""Every GPU, whoever made it, and how GPUs were looked for when there is none."""

from __future__ import annotations

from typing import Any

from hwstudio.core.base.safe_mode import NO_GPU, is_safe_mode
from hwstudio.core.model.machine import CANNOT_TELL, GpuInfo
from hwstudio.core.model.reading import Reading, Status, ok
from hwstudio.core.probe.deadline import TooSlowError, within
from hwstudio.core.probe.gpu_jetson import jetson_gpus
from hwstudio.core.probe.gpu_other import apple_gpus, mac_gpus, windows_gpus
from hwstudio.core.probe.gpu_pci import Found, Match, pci_gpus, row_id
from hwstudio.core.probe.nvml import Nvml, load_nvml
from hwstudio.core.probe.source import Source

__all__ = ["Match", "apple_gpus", "detect_gpus"]
_NVML_S = 6.0


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
        driver, cuda = ok(nvml.driver, "NVML"), nvml.cuda()
        found = [_nvidia_gpu(device, driver, cuda, match) for device in nvml.devices]
        return found, [f"NVML: driver {driver.value}, {len(found)} found"]
    finally:
        nvml.close()


def _nvidia_gpu(
    device: Any, driver: Reading[str], cuda: Reading[str], match: Match | None
) -> GpuInfo:
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
        pcie_now=device.link_now(),
        compute=cuda,
        gpu_id=row_id(match, device.name, vram.value),
    )


def _others(source: Source, match: Match | None, *, has_nvidia: bool) -> Found:
    if source.system == "Linux":
        found, looked = pci_gpus(source, match, has_nvidia=has_nvidia)
        boards, more = jetson_gpus(source, match) if not has_nvidia else ([], [])
        return found + boards, looked + more
    if source.system == "Darwin":
        return mac_gpus(source, match)
    if source.system == "Windows":
        return windows_gpus(source, match, has_nvidia=has_nvidia)
    return [], [f"PCI bus: not looked at on {source.system}"]
