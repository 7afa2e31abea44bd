"""Writes a piece of /sys, /proc and /dev as real files and links from short descriptions.

What these trees say follows the kernel's documentation and published listings. It is synthetic:
no test may claim from it that a real card works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Files = Mapping[str, str | bytes | int]


@dataclass(frozen=True)
class FakeCard:
    """One PCI graphics card. ``bridges`` stand between root port and card, outermost first."""

    slot: str
    ids: str  # "1002:744C"
    driver: str
    card: int
    revision: str = "0xc8"
    files: Files = field(default_factory=dict)  # of the PCI device
    card_files: Files = field(default_factory=dict)  # of /sys/class/drm/cardN
    hwmon: Files = field(default_factory=dict)
    bridges: tuple[tuple[str, Files], ...] = ()
    root_port: str = "0000:00:01.1"
    runtime_status: str = "active"


class Tree:
    """A root folder to be filled; every method may be called again to change what it wrote."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._chips = 0

    def write(self, place: str, files: Files) -> Path:
        """Write files into a folder; names may hold further folders."""
        folder = self.root / place.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                target.write_bytes(content)
            else:
                target.write_text(f"{content}\n", encoding="utf-8")
        return folder

    def link(self, place: str, target: Path) -> None:
        """Make a link to a folder of this tree."""
        at = self.root / place.lstrip("/")
        at.parent.mkdir(parents=True, exist_ok=True)
        at.unlink(missing_ok=True)
        at.symlink_to(target)

    def card(self, card: FakeCard) -> Path:
        """Write a graphics card with its bridges, its sensors and its nodes."""
        place = "/sys/devices/pci0000:00"
        inside = card.slot != "0000:00:02.0"
        if inside:
            place += f"/{card.root_port}"
            self.write(place, {"vendor": "0x8086", "class": "0x060400"})
        for slot, files in card.bridges:
            place += f"/{slot}"
            vendor = "0x" + card.ids.partition(":")[0].lower()
            self.write(place, {"vendor": vendor, "class": "0x060400", **files})
        place += f"/{card.slot}"
        vendor, _, device = card.ids.partition(":")
        uevent = f"DRIVER={card.driver}\nPCI_ID={card.ids}\nPCI_SLOT_NAME={card.slot}"
        own = {
            "uevent": uevent,
            "vendor": f"0x{vendor.lower()}",
            "device": f"0x{device.lower()}",
            "class": "0x030000",
            "revision": card.revision,
            "power/runtime_status": card.runtime_status,
        }
        folder = self.write(place, own | dict(card.files))
        node = f"renderD{128 + card.card}"
        shown = self.write(f"{place}/drm/card{card.card}", dict(card.card_files))
        self.write(f"{place}/drm/{node}", {"dev": f"226:{128 + card.card}"})
        self.link(f"{place}/drm/card{card.card}/device", folder)
        self.link(f"/sys/class/drm/card{card.card}", shown)
        if card.hwmon:
            self.chip(dict(card.hwmon), place)
        return folder

    def chip(self, files: Files, device: str = "") -> str:
        """Write a sensor chip, below its device where one is named; return its name."""
        name = f"hwmon{self._chips}"
        self._chips += 1
        place = f"{device}/hwmon/{name}" if device else f"/sys/devices/virtual/hwmon/{name}"
        folder = self.write(place, files)
        if device:
            self.link(f"{place}/device", self.root / device.lstrip("/"))
        self.link(f"/sys/class/hwmon/{name}", folder)
        return name

    def client(self, pid: int, number: int, node: str, fdinfo: str) -> None:
        """Write a process with one open graphics file."""
        self.write(f"/proc/{pid}/fdinfo", {str(number): fdinfo})
        at = self.root / f"proc/{pid}/fd/{number}"
        at.parent.mkdir(parents=True, exist_ok=True)
        at.unlink(missing_ok=True)
        at.symlink_to(f"/dev/dri/{node}")
