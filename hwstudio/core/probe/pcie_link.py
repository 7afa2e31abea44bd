"""How fast and wide a PCIe device is linked now, and the best it can do by itself."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.probe.source import Source

# GT/s a lane of each generation, as the kernel writes them.
_GENERATION = {"2.5": 1, "5.0": 2, "8.0": 3, "16.0": 4, "32.0": 5, "64.0": 6}


@dataclass(frozen=True, slots=True)
class PcieLink:
    """Generation and lanes, in use and of the device itself. None = not stated."""

    generation: int | None
    width: int | None
    max_generation: int | None
    max_width: int | None

    @property
    def words(self) -> str:
        """Return "PCIe 4 x8 of PCIe 4 x16"."""
        now = _shown(self.generation, self.width)
        return f"{now} of {_shown(self.max_generation, self.max_width)}"


def link_at(source: Source, *place: str) -> PcieLink | None:
    """Return the link of a PCI device's folder in sysfs; None where the kernel states none."""
    speeds = [source.text(*place, name) for name in ("current_link_speed", "max_link_speed")]
    widths = [source.number(*place, name) for name in ("current_link_width", "max_link_width")]
    now, most = (_GENERATION.get((speed or "").split(" ")[0]) for speed in speeds)
    width, max_width = (w if w and 0 < w <= 32 else None for w in widths)
    if width is None or max_width is None:
        return None
    return PcieLink(now, width, most, max_width)


def _shown(generation: int | None, width: int | None) -> str:
    return f"PCIe {generation or '?'} x{width or '?'}"
