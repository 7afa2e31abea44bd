"""Names of PCI devices from the list that Linux systems bring, and the display adapters found."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.probe.source import Source

LISTS = ("/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids")
VENDORS = {0x10DE: "NVIDIA", 0x1002: "AMD", 0x8086: "Intel", 0x1ED5: "Moore Threads"}
_DISPLAY = 0x03
_DEVICES = "/sys/bus/pci/devices"


@dataclass(frozen=True, slots=True)
class Adapter:
    """One display adapter on the PCI bus."""

    slot: str
    vendor_id: int
    device_id: int

    @property
    def vendor(self) -> str:
        """Return the maker's name, or its number."""
        return VENDORS.get(self.vendor_id, f"vendor {self.vendor_id:04x}")

    @property
    def can_compute(self) -> bool:
        """Say whether this maker's adapters are GPUs rather than a server's or VM's screen."""
        return self.vendor_id in VENDORS


def adapters(source: Source) -> tuple[Adapter, ...]:
    """Return every display adapter (PCI class 03) and AMD's compute-only boards (class 12)."""
    found = []
    for slot in source.names(_DEVICES):
        kind = (source.number(_DEVICES, slot, "class", base=16) or 0) >> 16
        vendor = source.number(_DEVICES, slot, "vendor", base=16) or 0
        if kind == _DISPLAY or (kind == 0x12 and vendor == 0x1002):
            device = source.number(_DEVICES, slot, "device", base=16) or 0
            found.append(Adapter(slot, vendor, device))
    return tuple(found)


def device_name(source: Source, adapter: Adapter) -> str | None:
    """Return the device's name in the system's PCI list, or None."""
    for place in LISTS:
        text = source.text(place)
        if text:
            return _named(text, adapter)
    return None


def _named(text: str, adapter: Adapter) -> str | None:
    start = text.find(f"\n{adapter.vendor_id:04x}  ")
    if start < 0:
        return None
    for line in text[start + 1 :].splitlines()[1:]:
        if line and not line.startswith(("\t", "#")):
            return None  # the next maker
        if line.startswith(f"\t{adapter.device_id:04x}  "):
            return line[7:].strip()
    return None
