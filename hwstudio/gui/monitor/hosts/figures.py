"""The few numbers of a computer that stand in the list: worked out once for each sample."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.sample import Sample

BUSY_SHARE, HELD_SHARE = 0.05, 0.10  # from here on somebody uses a GPU: its time, its memory
IN_USE_WORDS = (
    f"A GPU counts as in use when it works over {BUSY_SHARE * 100:.0f} % of the time "
    f"or over {HELD_SHARE * 100:.0f} % of its memory is taken."
)
_HEAT = ("temperature_c", "celsius_c", "hottest_c")


@dataclass(frozen=True, slots=True)
class Figures:
    """None = it has no such number."""

    cpu_share: float | None = None
    memory_share: float | None = None
    gpus: int = 0
    gpus_used: int = 0
    hottest_c: float | None = None


def figures_of(sample: Sample) -> Figures:
    """Return the numbers for the list."""
    values = sample.values
    used, total = values.get("memory.used_bytes"), values.get("memory.total_bytes")
    gpus = [device.id for device in sample.devices if device.kind == "gpu"]
    return Figures(
        cpu_share=values.get("cpu.busy_share"),
        memory_share=used / total if used is not None and total else None,
        gpus=len(gpus),
        gpus_used=sum(is_used(gpu, sample) for gpu in gpus),
        hottest_c=max((v for name, v in values.items() if name.endswith(_HEAT)), default=None),
    )


def is_used(gpu: str, sample: Sample) -> bool:
    """Say whether somebody uses a GPU."""
    values = sample.values
    if values.get(f"{gpu}.busy_share", 0.0) >= BUSY_SHARE:
        return True
    device = sample.device(gpu)
    total = values.get(f"{gpu}.vram_total_bytes") or (
        device.limits.get("vram_used_bytes") if device is not None else None
    )
    return bool(total) and values.get(f"{gpu}.vram_used_bytes", 0.0) >= HELD_SHARE * (total or 0.0)
