"""Graphics cards as the Linux kernel lists them (/sys/class/drm), their names and their links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.pci import Adapter, device_name
from hwstudio.core.probe.source import Source

CLASS = "/sys/class/drm"
_CARD = re.compile(r"^card\d+$")
_SLOT = re.compile(r"^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$")
_BRIDGE = 0x0604
# Marketing names by device and revision, as Linux systems with AMD's graphics library bring them.
_AMD_NAMES = "/usr/share/libdrm/amdgpu.ids"
_GENERATIONS = {"2.5": 1, "5.0": 2, "8.0": 3, "16.0": 4, "32.0": 5, "64.0": 6}
_ASLEEP = ("suspended", "suspending")


@dataclass(frozen=True, slots=True)
class Card:
    """One PCI graphics card with a DRM driver."""

    name: str  # "card0"
    slot: str  # "0000:03:00.0"
    driver: str  # amdgpu, i915, xe, nvidia, ...
    vendor_id: int
    device_id: int
    revision: int
    nodes: tuple[str, ...]  # its files in /dev/dri: "card0", "renderD128"

    @property
    def place(self) -> str:
        """Return where the card's own files are (gt frequencies of i915)."""
        return f"{CLASS}/{self.name}"

    @property
    def device(self) -> str:
        """Return where its PCI device's files are."""
        return f"{CLASS}/{self.name}/device"


def cards(source: Source) -> tuple[Card, ...]:
    """Return the PCI cards in the order of their slots, which survives a restart."""
    found = [_card(source, name) for name in source.names(CLASS) if _CARD.match(name)]
    return tuple(sorted((card for card in found if card is not None), key=lambda c: c.slot))


def _card(source: Source, name: str) -> Card | None:
    device = f"{CLASS}/{name}/device"
    facts = dict(
        line.partition("=")[::2] for line in (source.text(device, "uevent") or "").splitlines()
    )
    slot = facts.get("PCI_SLOT_NAME", "").lower()
    vendor, _, kind = facts.get("PCI_ID", "").partition(":")
    if not _SLOT.match(slot) or not vendor or not kind:
        return None  # a display of the board, a virtual card: no PCI device behind it
    return Card(
        name=name,
        slot=slot,
        driver=facts.get("DRIVER", ""),
        vendor_id=int(vendor, 16),
        device_id=int(kind, 16),
        revision=source.number(device, "revision", base=16) or 0,
        nodes=source.names(device, "drm"),
    )


def is_asleep(source: Source, device: str) -> bool:
    """Say whether runtime power management has switched a device off; asking does not wake it."""
    return source.text(device, "power", "runtime_status") in _ASLEEP


def card_name(source: Source, card: Card) -> str:
    """Return the best name known: the card's own, AMD's list, the PCI list, its number."""
    stated = source.text(card.device, "product_name")
    adapter = Adapter(card.slot, card.vendor_id, card.device_id)
    name = stated or _amd_name(source, card) or device_name(source, adapter)
    if not name:
        return f"{adapter.vendor} GPU {card.device_id:04x}"
    return name if name.startswith(adapter.vendor) else f"{adapter.vendor} {name}"


def _amd_name(source: Source, card: Card) -> str | None:
    return amd_name(source, card.device_id, card.revision) if card.driver == "amdgpu" else None


def amd_name(source: Source, device_id: int, revision: int) -> str | None:
    """Return an AMD GPU's marketing name from AMD's own list, or None."""
    wanted = (f"{device_id:04X}", f"{revision:02X}")
    for line in (source.text(_AMD_NAMES) or "").splitlines():
        parts = [part.strip() for part in line.split(",", 2)]
        if len(parts) == 3 and (parts[0].upper(), parts[1].upper()) == wanted:
            return parts[2]
    return None


# --- the PCIe link ------------------------------------------------------------------------------


def link_place(source: Source, card: Card) -> Path:
    """Return the device whose link leads to the slot.

    Radeon and Arc cards hold a PCIe switch: the GPU's own link runs only inside the card and
    always looks the same. The one that counts is that of the switch's outer side, the topmost
    bridge of the same maker which is not a root port of the board.
    """
    best = source.path(card.device).resolve()
    above = best.parent
    while _SLOT.match(above.name) and _SLOT.match(above.parent.name):
        if _hex(above / "vendor") != card.vendor_id or _hex(above / "class") >> 8 != _BRIDGE:
            break
        best, above = above, above.parent
    return best


def _hex(file: Path) -> int:
    try:
        return int(file.read_text("utf-8").strip(), 16)
    except (OSError, ValueError):
        return 0


def link_of(place: Path, which: str) -> dict[str, Reading[int]]:
    """Return generation and width of a link; ``which`` is "current" or "max"."""
    how = f"{which}_link_speed"
    speed = _text(place / f"{which}_link_speed").partition(" ")[0]
    width = _text(place / f"{which}_link_width")
    unknown = absent(Status.UNSUPPORTED, how, "the link is not stated")
    generation = _GENERATIONS.get(speed)
    lanes = int(width) if width.isdigit() and 0 < int(width) <= 32 else None
    return {
        "generation": ok(generation, how) if generation else unknown,
        "width": ok(lanes, how) if lanes else unknown,
    }


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except OSError:
        return ""
