"""Hardware that is not a card of the catalogue: measured chips and modules, and this processor.

Apple computers, TPUs, Gaudi and processors were measured, and people ask about them; nobody sells
them as a card. They stand in the tables by the data sheet the measurements came with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hwstudio.core.base.units import GIB
from hwstudio.core.model.part import Gpu
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.fitted.room import room_bytes

SOURCE = "Data sheet of a measured device, gathered 2026-11-20"
SOURCE_DATE = "2026-11-20"
PREFIX = "measured-"
ALONE = ("soc", "cpu")  # there is one in a computer
PROCESSOR_SHARE = 0.8  # of a computer's memory: the rest is the system's and the program's

Device = tuple[Gpu, DeviceSheet]


def more_devices(model: SpeedModel, known: Iterable[DeviceSheet]) -> tuple[Device, ...]:
    """Return the measured devices that no GPU of the catalogue stands for.

    Args:
        known: the sheets of the catalogue's GPUs.
    """
    names = {sheet.name for sheet in known}
    missing = (sheet for name, sheet in model.devices.items() if name not in names)
    return tuple((as_gpu(sheet), sheet) for sheet in missing)


def as_gpu(sheet: DeviceSheet, source: str = SOURCE) -> Gpu:
    """Return a device as the tables take it; its memory is what a job may use of it."""
    is_cpu = sheet.kind == "cpu"
    share = PROCESSOR_SHARE if is_cpu else room_bytes(sheet) / (sheet.memory_bytes / 1e9 * GIB)
    whole = sheet.memory_bytes / 1e9 * GIB
    is_shared = sheet.kind in ALONE
    slug = re.sub(r"[^a-z0-9]+", "-", sheet.name.lower()).strip("-")
    return Gpu(
        id=PREFIX + slug,
        name=sheet.name,
        maker=sheet.vendor,
        source=source,
        source_date=SOURCE_DATE,
        release_year=round(sheet.year) if sheet.year else None,
        segment="system" if is_shared else sheet.kind,
        architecture=sheet.architecture,
        compute_capability=None,
        form_factor="SoC" if is_shared else "SXM",
        vram_bytes=round(whole * share) if is_shared else round(whole),
        bandwidth_bytes_per_s=sheet.bandwidth_bytes_per_s,
        ecc=False,
        fp32_flop_per_s=sheet.fp32_flop_per_s or None,
        fp16_vector_flop_per_s=None,
        fp16_tensor_flop_per_s=sheet.fp16_flop_per_s or None,
        bf16_tensor_flop_per_s=sheet.fp16_flop_per_s or None,
        tf32_tensor_flop_per_s=sheet.tf32_flop_per_s or None,
        fp8_tensor_flop_per_s=sheet.fp8_flop_per_s or None,
        fp4_tensor_flop_per_s=sheet.fp4_flop_per_s or None,
        int8_tensor_op_per_s=None,
        tdp_w=sheet.board_w,
        length_mm=None,
        slots=None,
        cooling="system",
        pcie_gen=None,
        pcie_lanes=None,
        conn_16pin=None,
        conn_8pin=None,
        conn_6pin=None,
        conn_eps8=None,
        vendor_min_psu_w=None,
        nvlink_bytes_per_s=0.0,
    )


def stands_alone(gpu: Gpu) -> bool:
    """Say whether there is only one of it in a computer."""
    return gpu.id.startswith(PREFIX) and gpu.form_factor == "SoC"
