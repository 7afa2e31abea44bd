"""Reads a PCIe device's link in sysfs: now, and the best it can do by itself."""

from __future__ import annotations

from hwstudio.core.model.pcie_link import PcieLink
from hwstudio.core.probe.source import Source

# GT/s a lane of each generation, as the kernel writes them.
_GENERATION = {"2.5": 1, "5.0": 2, "8.0": 3, "16.0": 4, "32.0": 5, "64.0": 6}


def link_at(source: Source, *place: str) -> PcieLink | None:
    """Return the link of a PCI device's folder in sysfs; None where the kernel states none."""
    speeds = [source.text(*place, name) for name in ("current_link_speed", "max_link_speed")]
    widths = [source.number(*place, name) for name in ("current_link_width", "max_link_width")]
    now, most = (_GENERATION.get((speed or "").split(" ")[0]) for speed in speeds)
    width, max_width = (w if w and 0 < w <= 32 else None for w in widths)
    if width is None:
        return None
    return PcieLink(now, width, most, max_width)
