"""A mounted file system, and what is known of the drive under it."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.pcie_link import PcieLink
from hwstudio.core.model.reading import Reading


@dataclass(frozen=True, slots=True)
class Mount:
    """One mounted file system; ``options`` as the system lists them ("rw,discard")."""

    device: str
    point: str
    file_system: str
    options: str = ""


@dataclass(frozen=True, slots=True)
class Drive:
    """Kind (SSD, HDD ...), bus (NVMe, SATA ...), model, TRIM, and the link of an NVMe drive."""

    kind: Reading[str]
    bus: Reading[str]
    model: Reading[str]
    trim: Reading[str]
    link: PcieLink | None = None
