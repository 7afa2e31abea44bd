"""DCGM exporter's metrics: NVIDIA GPUs of a data centre.

Written after the exporter's own list of counters and DCGM's field documentation; it was never run
against a real exporter here. Instances of a split GPU (MIG) are left out: they are no whole GPU.
"""

from __future__ import annotations

from collections.abc import Mapping

from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.hosts.rule import Draft, Kind, Target

_MIB = float(2**20)
_MHZ = 1e6
_PERCENT = 0.01
_GROUP = "dcgm.gpu."
# Field -> quantity, factor to SI
VALUES: dict[str, tuple[str, float]] = {
    "DCGM_FI_DEV_GPU_UTIL": ("busy_share", _PERCENT),
    "DCGM_FI_DEV_MEM_COPY_UTIL": ("memory_busy_share", _PERCENT),
    "DCGM_FI_DEV_ENC_UTIL": ("encoder_share", _PERCENT),
    "DCGM_FI_DEV_DEC_UTIL": ("decoder_share", _PERCENT),
    "DCGM_FI_DEV_FB_USED": ("vram_used_bytes", _MIB),
    "DCGM_FI_DEV_FB_TOTAL": ("vram_total_bytes", _MIB),
    "DCGM_FI_DEV_GPU_TEMP": ("temperature_c", 1.0),
    "DCGM_FI_DEV_MEMORY_TEMP": ("memory_temperature_c", 1.0),
    "DCGM_FI_DEV_POWER_USAGE": ("power_w", 1.0),
    "DCGM_FI_DEV_POWER_MGMT_LIMIT": ("power_limit_w", 1.0),
    "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION": ("energy_j", 1e-3),
    "DCGM_FI_DEV_SM_CLOCK": ("sm_clock_hz", _MHZ),
    "DCGM_FI_DEV_MAX_SM_CLOCK": ("max_sm_clock_hz", _MHZ),
    "DCGM_FI_DEV_MEM_CLOCK": ("memory_clock_hz", _MHZ),
    "DCGM_FI_DEV_FAN_SPEED": ("fan_share", _PERCENT),
    "DCGM_FI_DEV_CLOCK_THROTTLE_REASONS": ("throttle_bits", 1.0),
    "DCGM_FI_DEV_CLOCKS_EVENT_REASONS": ("throttle_bits", 1.0),
    "DCGM_FI_DEV_PCIE_LINK_GEN": ("pcie_generation", 1.0),
    "DCGM_FI_DEV_PCIE_LINK_WIDTH": ("pcie_width", 1.0),
    "DCGM_FI_DEV_PCIE_MAX_LINK_GEN": ("pcie_max_generation", 1.0),
    "DCGM_FI_DEV_PCIE_MAX_LINK_WIDTH": ("pcie_max_width", 1.0),
    "DCGM_FI_PROF_PCIE_RX_BYTES": ("pcie_receive_bytes_per_s", 1.0),
    "DCGM_FI_PROF_PCIE_TX_BYTES": ("pcie_send_bytes_per_s", 1.0),
    "DCGM_FI_DEV_ECC_SBE_VOL_TOTAL": ("ecc_corrected_errors_count", 1.0),
    "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL": ("ecc_uncorrected_errors_count", 1.0),
}
# What is only used where the field above is not offered, or to work something out.
_PARTS = {
    "DCGM_FI_DEV_FB_FREE": ("free_bytes", _MIB),
    "DCGM_FI_DEV_FB_RESERVED": ("reserved_bytes", _MIB),
    "DCGM_FI_PROF_GR_ENGINE_ACTIVE": ("engine_share", 1.0),
    "DCGM_FI_PROF_DRAM_ACTIVE": ("dram_share", 1.0),
    "DCGM_FI_DEV_SLOWDOWN_TEMP": ("slowdown_c", 1.0),
}
# DCGM's words for "no value": the exporter has been seen to pass them on.
_BLANK_INT32, _BLANK_FP64 = 2147483632.0, 140737488355328.0


class DcgmFamily:
    """One GPU a label ``gpu``."""

    metrics = "DCGM_FI_(DEV|PROF)_.+"

    def target(self, name: str, labels: Mapping[str, str]) -> Target | None:
        """Return where a series goes."""
        if not name.startswith("DCGM_FI_") or labels.get("GPU_I_ID"):
            return None
        number = labels.get("gpu", "")
        if not number.isdigit():
            return None
        if name in VALUES:
            quantity, scale = VALUES[name]
        elif name in _PARTS:
            quantity, scale = _PARTS[name]
        else:
            return None
        return Target(Kind.PART, quantity, _GROUP + number, scale, labels)

    def finish(self, draft: Draft) -> None:
        """Drop what is no value, and work out what is not offered."""
        for group, numbers in draft.groups.items():
            if not group.startswith(_GROUP):
                continue
            device = f"gpu.{group.removeprefix(_GROUP)}"
            found = {q: value for q, value in numbers.items() if not is_blank(value, _SCALES[q])}
            _derive(found)
            draft.device(_device(device, draft, group, _limits(found)))
            for part, _ in _PARTS.values():
                found.pop(part, None)
            for quantity, value in found.items():
                draft.values.setdefault(f"{device}.{quantity}", value)


def _device(device: str, draft: Draft, group: str, limits: Mapping[str, float]) -> Device:
    labels = next(iter(draft.facts.get(group, {}).values()), {})
    facts = (
        ("Maker", "NVIDIA"),
        ("Driver", labels.get("DCGM_FI_DRIVER_VERSION", "")),
        ("PCI address", labels.get("pci_bus_id", "")),
        ("Serial (UUID)", labels.get("UUID", "")),
    )
    title = labels.get("modelName") or f"GPU {device.removeprefix('gpu.')}"
    return Device(device, title, "gpu", limits, tuple(fact for fact in facts if fact[1]))


_SCALES = dict((*VALUES.values(), *_PARTS.values()))


def is_blank(value: float, scale: float) -> bool:
    """Say whether a number is one of DCGM's words for "not supported" and the like."""
    raw = value / scale
    is_small = _BLANK_INT32 <= raw <= _BLANK_INT32 + 15
    is_middle = _BLANK_FP64 <= raw <= _BLANK_FP64 + 15
    return is_small or is_middle or raw >= 2.0**63 - 2048  # 0x7ffffffffffffff0 as a float


def _derive(found: dict[str, float]) -> None:
    used, free = found.get("vram_used_bytes"), found.get("free_bytes")
    if used is not None and free is not None:
        found.setdefault("vram_total_bytes", used + free + found.get("reserved_bytes", 0.0))
    for quantity, other in (("busy_share", "engine_share"), ("memory_busy_share", "dram_share")):
        if other in found:
            found.setdefault(quantity, found[other])


def _limits(found: Mapping[str, float]) -> dict[str, float]:
    pairs = (
        ("temperature_c", "slowdown_c"),
        ("power_w", "power_limit_w"),
        ("vram_used_bytes", "vram_total_bytes"),
        ("sm_clock_hz", "max_sm_clock_hz"),
    )
    return {quantity: found[limit] for quantity, limit in pairs if limit in found}
