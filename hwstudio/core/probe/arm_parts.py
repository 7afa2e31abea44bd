"""Names of ARM core designs by the maker's and part's number, which the processor itself states.

The numbers are those of the MIDR register, as Arm's and the makers' manuals list them.
"""

from __future__ import annotations

_ARM = {
    0xD03: "Cortex-A53",
    0xD04: "Cortex-A35",
    0xD05: "Cortex-A55",
    0xD07: "Cortex-A57",
    0xD08: "Cortex-A72",
    0xD09: "Cortex-A73",
    0xD0A: "Cortex-A75",
    0xD0B: "Cortex-A76",
    0xD0C: "Neoverse N1",
    0xD0D: "Cortex-A77",
    0xD40: "Neoverse V1",
    0xD41: "Cortex-A78",
    0xD42: "Cortex-A78AE",
    0xD44: "Cortex-X1",
    0xD46: "Cortex-A510",
    0xD47: "Cortex-A710",
    0xD48: "Cortex-X2",
    0xD49: "Neoverse N2",
    0xD4D: "Cortex-A715",
    0xD4E: "Cortex-X3",
    0xD4F: "Neoverse V2",
    0xD80: "Cortex-A520",
    0xD81: "Cortex-A720",
    0xD82: "Cortex-X4",
    0xD84: "Neoverse V3",
    0xD85: "Cortex-X925",
    0xD87: "Cortex-A725",
    0xD8E: "Neoverse N3",
}
_PARTS = {
    0x41: _ARM,
    0x46: {0x001: "A64FX"},
    0x4E: {0x004: "NVIDIA Carmel"},
    0x51: {0x001: "Qualcomm Oryon"},
    0x61: {0x022: "Apple Icestorm", 0x023: "Apple Firestorm"},
    0xC0: {0xAC3: "AmpereOne", 0xAC4: "AmpereOne"},
}


def part_name(implementer: str, part: str) -> str:
    """Return e.g. "Cortex-A76" for "0x41" and "0xd0b", or "" where the numbers are not known."""
    try:
        return _PARTS.get(int(implementer, 16), {}).get(int(part, 16), "")
    except ValueError:
        return ""
