"""The GPU of NVIDIA's Jetson boards where NVML does not tell it: from the board's own files."""

from __future__ import annotations

import json
import re

from hwstudio.core.model.machine import SHARED, GpuInfo
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.gpu_pci import Found, Match, row_id
from hwstudio.core.probe.jetson import is_jetson
from hwstudio.core.probe.source import Source

_MODEL, _COMPATIBLE = "/proc/device-tree/model", "/proc/device-tree/compatible"
_RELEASE, _CUDA = "/etc/nv_tegra_release", "/usr/local/cuda/version.json"
# Compute capability by chip, from NVIDIA's list of CUDA GPUs.
_CHIPS = {
    "tegra210": "5.3",
    "tegra186": "6.2",
    "tegra194": "7.2",
    "tegra234": "8.7",
    "tegra264": "11.0",
}


def jetson_gpus(source: Source, match: Match | None) -> Found:
    """Return the board's GPU; nothing at all on other computers."""
    if not is_jetson(source):
        return [], []
    board = source.text(_MODEL) or "Jetson"
    name = f"{board} GPU"
    chip = re.search(r"tegra\d{3}", source.text(_COMPATIBLE) or "")
    capability = _CHIPS.get(chip[0], "") if chip else ""
    unknown = absent(Status.UNSUPPORTED, _COMPATIBLE, "the board does not state its chip")
    inside = absent(Status.UNSUPPORTED, _MODEL, "it is inside the processor")
    found = GpuInfo(
        name=ok(name, _MODEL),
        vendor="NVIDIA",
        uuid="jetson-gpu",
        vram_bytes=absent(Status.UNSUPPORTED, _MODEL, SHARED),
        driver=_driver(source),
        compute_capability=ok(capability, f"chip in {_COMPATIBLE}") if capability else unknown,
        power_limit_w=absent(Status.UNSUPPORTED, _MODEL, "the board has power modes instead"),
        pcie=inside,
        pcie_now=inside,
        compute=_cuda(source),
        gpu_id=row_id(match, board.removeprefix("NVIDIA "), None),
    )
    return [found], [f"Jetson board: {board}"]


def _driver(source: Source) -> Reading[str]:
    found = re.search(r"R(\d+) \(release\), REVISION: ([\d.]+)", source.text(_RELEASE) or "")
    if found is None:
        return absent(Status.UNSUPPORTED, _RELEASE, "not stated there")
    return ok(f"L4T {found[1]}.{found[2]}", _RELEASE)


def _cuda(source: Source) -> Reading[str]:
    why = "CUDA is not installed in /usr/local/cuda"
    try:
        version = json.loads(source.text(_CUDA) or "")["cuda"]["version"]
    except (ValueError, KeyError, TypeError):
        return absent(Status.UNSUPPORTED, _CUDA, why)
    return ok(f"CUDA {version}", _CUDA)
