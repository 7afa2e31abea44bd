"""Memory of AMD compute processes (ROCm) from the kernel's compute driver, /sys/class/kfd.

Work that ROCm submits does not pass through the graphics queues, so fdinfo knows little of it.
"""

from __future__ import annotations

from hwstudio.core.probe.source import Source

_PROCESSES = "/sys/class/kfd/kfd/proc"
_NODES = "/sys/class/kfd/kfd/topology/nodes"


def gfx_targets(source: Source) -> dict[str, str]:
    """Return what ROCm compiles for, such as "gfx942", by the PCI slot of each compute GPU."""
    found: dict[str, str] = {}
    for node in source.names(_NODES):
        facts = _properties(source, node)
        target, location = facts.get("gfx_target_version", ""), facts.get("location_id", "")
        domain = facts.get("domain", "0")
        if all(text.isdecimal() for text in (target, location, domain)) and int(target):
            number = int(target)  # major * 10000 + minor * 100 + step, the last in base 16
            name = f"gfx{number // 10000}{number // 100 % 100:x}{number % 100:x}"
            found[_slot(int(domain), int(location))] = name
    return found


def _properties(source: Source, node: str) -> dict[str, str]:
    lines = (source.text(_NODES, node, "properties") or "").splitlines()
    return {words[0]: words[1] for line in lines if len(words := line.split()) == 2}


def gpu_slots(source: Source) -> dict[str, str]:
    """Return the PCI slot of each compute GPU by the id the compute driver gives it."""
    slots: dict[str, str] = {}
    for node in source.names(_NODES):
        gpu_id = source.text(_NODES, node, "gpu_id")
        facts = _properties(source, node)
        if gpu_id and gpu_id != "0" and facts.get("location_id", "").isdigit():
            slots[gpu_id] = _slot(int(facts.get("domain", "0")), int(facts["location_id"]))
    return slots


def _slot(domain: int, location: int) -> str:
    """Return the address behind "location_id": bus, device and function in 16 bits."""
    return f"{domain:04x}:{location >> 8 & 0xFF:02x}:{location >> 3 & 0x1F:02x}.{location & 7}"


def compute_memory(source: Source, slots: dict[str, str]) -> dict[tuple[int, str], int]:
    """Return bytes of GPU memory by process and slot; processes with none are left out."""
    used: dict[tuple[int, str], int] = {}
    if not slots:
        return used
    for pid in source.names(_PROCESSES):
        for gpu_id, slot in slots.items():
            held = source.number(_PROCESSES, pid, f"vram_{gpu_id}") if pid.isdigit() else None
            if held:
                used[int(pid), slot] = held
    return used
