"""What sockets and chipsets mean: names, channels, cooler mounts, processor generations."""

from __future__ import annotations

import re
from functools import lru_cache

from hwstudio.core.rules.bios_table import core_generation

# The planner asks about the same few names a thousand times.
_remembered = lru_cache(maxsize=1024)
# Memory channels of a socket's processors, where the processor's own row does not tell.
# Source: AMD and Intel platform descriptions (the same table as research, section 8).
CHANNELS = {
    "AM4": 2,
    "AM5": 2,
    "LGA1151": 2,
    "LGA1200": 2,
    "LGA1700": 2,
    "LGA1851": 2,
    "LGA2066": 4,
    "LGA2011-3": 4,
    "TR4": 4,
    "STRX4": 4,
    "LGA3647": 6,
    "SP6": 6,
    "SWRX8": 8,
    "SP3": 8,
    "LGA4677": 8,
    "LGA4189": 8,
    "SP5": 12,
}
# What cooler makers mean by a socket with an x in it.
_FAMILIES = {
    "LGA115X": ["LGA1150", "LGA1151", "LGA1155", "LGA1156"],
    "LGA17XX": ["LGA1700"],
    "LGA18XX": ["LGA1851"],
    "LGA20XX": ["LGA2011", "LGA2011-3", "LGA2066"],
}
# Sockets whose coolers screw on the same way. Source: cooler makers' mounting lists.
_MOUNTS = (
    {"LGA1150", "LGA1151", "LGA1155", "LGA1156", "LGA1200"},
    {"LGA2011-3", "LGA2011", "LGA2066"},
    {"TR4", "STRX4", "SWRX8", "SP3"},
    {"STR5", "SP6"},
)
# Same screws, but the maker's word is wanted: newer socket, taller or wider lid.
_NEAR_MOUNTS = (
    {"LGA1700", "LGA1851"},
    {"AM4", "AM5"},
    {"TR4", "STRX4", "SWRX8", "SP3", "STR5", "SP6"},
)
# The memory a socket takes, where neither board nor processor row tells. LGA1700 boards take
# DDR4 or DDR5, so it is not listed. Source: AMD and Intel platform descriptions.
MEM_TYPE = {
    **dict.fromkeys(("AM4", "LGA1151", "LGA1200", "LGA2011-3", "LGA2066", "LGA3647"), "DDR4"),
    **dict.fromkeys(("TR4", "STRX4", "SWRX8", "SP3", "LGA4189"), "DDR4"),
    **dict.fromkeys(("AM5", "LGA1851", "STR5", "SP5", "SP6", "LGA4677"), "DDR5"),
}
DIMM_TYPE = {
    **dict.fromkeys(("AM4", "AM5", "LGA1151", "LGA1200", "LGA1700", "LGA1851"), "UDIMM"),
    **dict.fromkeys(("TR4", "STRX4"), "UDIMM"),
    **dict.fromkeys(("STR5", "SP3", "SP5", "SP6", "LGA3647", "LGA4189", "LGA4677"), "RDIMM|LRDIMM"),
    "SWRX8": "RDIMM|UDIMM|LRDIMM",
}
WORKSTATION = {
    *("TR4", "STRX4", "SWRX8", "STR5", "SP3", "SP5", "SP6"),
    *("LGA2011-3", "LGA2066", "LGA3647", "LGA4189", "LGA4677", "LGA4710"),
}
# Only these platforms have boards for two processors. Source: AMD and Intel platform pages.
TWO_SOCKETS = {"SP3", "SP5", "LGA2011-3", "LGA3647", "LGA4189", "LGA4677", "LGA4710"}
LARGE_LID = {"TR4", "STRX4", "SWRX8", "STR5", "SP3", "SP5", "SP6"}
# Two platforms share the name LGA1151 and do not mix.
_FIRST_1151 = re.compile(r"^[ZHBQC]\d?(1[1-7]\d|2[357]\d)$")
_SECOND_1151 = re.compile(r"^[ZHBQC]\d?(3[016-9]\d|24\d)$")


@_remembered
def socket_key(name: str) -> str:
    """Return a socket's name in one spelling: "LGA 1700" and "Socket LGA1700" are equal."""
    key = re.sub(r"^SOCKET", "", re.sub(r"[\s_]+", "", name.upper()))
    key = re.sub(r"^FCLGA", "LGA", key)
    return {"TR5": "STR5", "TRX4": "STRX4", "WRX8": "SWRX8", "LGA2011-V3": "LGA2011-3"}.get(
        key, key
    )


@_remembered
def ddr_key(name: str) -> str:
    """Return a memory type in one spelling: "DDR5-6000" and "ddr5" are DDR5."""
    found = re.search(r"DDR\d", name.upper())
    return found[0] if found else name.upper().strip()


@_remembered
def dimm_key(name: str) -> str:
    """Return a module kind in one spelling: "ECC UDIMM" and "unbuffered" are UDIMM."""
    plain = re.sub(r"[\s_-]+", "", name.upper())
    for words, kind in (
        (("LRDIMM", "LOADREDUCED"), "LRDIMM"),
        (("SODIMM",), "SODIMM"),
        (("UDIMM", "UNBUFFERED"), "UDIMM"),
        (("RDIMM", "REGISTERED"), "RDIMM"),
    ):
        if any(word in plain for word in words):
            return kind
    return plain


@_remembered
def sockets_named(text: str) -> tuple[str, ...]:
    """Return the sockets a cooler's entry names: "LGA1700/1851", "sTR5/SP6", "LGA17xx"."""
    parts = [part.strip() for part in text.split("/") if part.strip()]
    is_lga = bool(parts) and "LGA" in parts[0].upper()
    full = [f"LGA{part}" if is_lga and part[:1].isdigit() else part for part in parts]
    return tuple(
        key for part in full for key in _FAMILIES.get(socket_key(part), [socket_key(part)])
    )


def is_same_mount(one: str, other: str) -> bool:
    """Return whether a cooler for one socket fits the other."""
    return one == other or any(one in group and other in group for group in _MOUNTS)


def is_near_mount(one: str, other: str) -> bool:
    """Return whether a cooler for one socket usually fits the other."""
    return any(one in group and other in group for group in _NEAR_MOUNTS)


def channels(socket: str, *, chipset: str = "", is_pro: bool | None = None) -> int | None:
    """Return the memory channels of a platform; None when not known."""
    key = socket_key(socket)
    if key == "STR5":
        return 8 if chipset.upper() == "WRX90" or (is_pro and not chipset) else 4
    return CHANNELS.get(key)


def platform_1151(chipset: str | None, cpu_name: str | None) -> tuple[int | None, int | None]:
    """Return which of the two LGA1151 platforms board and processor belong to (1, 2 or None)."""
    board = chipset.upper() if chipset else ""
    of_board = 1 if _FIRST_1151.match(board) else 2 if _SECOND_1151.match(board) else None
    generation = core_generation(cpu_name or "")
    of_cpu = {6: 1, 7: 1, 8: 2, 9: 2}.get(generation or 0)
    return of_board, of_cpu
