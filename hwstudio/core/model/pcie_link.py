"""How fast and wide a PCIe device is linked now, and the best it can do by itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PcieLink:
    """Generation and lanes, in use and of the device itself. None = not stated."""

    generation: int | None
    width: int | None
    max_generation: int | None
    max_width: int | None

    @property
    def now(self) -> str:
        """Return "PCIe 4 x8"."""
        return _shown(self.generation, self.width)

    @property
    def words(self) -> str:
        """Return "PCIe 4 x8 of PCIe 4 x16"."""
        if self.max_width is None:
            return self.now
        return f"{self.now} of {_shown(self.max_generation, self.max_width)}"


def _shown(generation: int | None, width: int | None) -> str:
    return f"PCIe {generation or '?'} x{width or '?'}"
