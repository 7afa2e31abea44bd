"""The memory modules as the firmware states them: rated speed, speed in use, part number.

Linux keeps the firmware's table for the administrator; systemd's device database (248 and later)
shows the same to everybody. SMBIOS reference specification 3.7 (DMTF DSP0134), structure type 17.
"""

from __future__ import annotations

import json
import platform
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.deadline import output_of
from hwstudio.core.probe.source import Source

_UDEV = "/run/udev/data/+dmi:id"
_ENTRIES = "/sys/firmware/dmi/entries"
_ADMIN = "the firmware's memory table is shown to an administrator only"
_WINDOWS_S = 15.0
_CIM = (
    "Get-CimInstance Win32_PhysicalMemory | Select-Object DeviceLocator,PartNumber,"
    "Speed,ConfiguredClockSpeed | ConvertTo-Json -Compress"
)
_WINDOWS = (
    "powershell", "-NoProfile", "-NonInteractive", "-Command",
    _CIM,
)  # fmt: skip
# Makers print the speed of the profile into the part number: F5-6000J…, CMK32GX5M2B6000C36.
_PRINTED = re.compile(r"(?<!\d)([1-9]\d{3}|1\d{4})(?!\d)")
_LEAST_MTS, _MOST_MTS = 2133, 12000
_IN_WORD, _IN_EXTENDED = 0xFFFF, 0x7FFFFFFF


@dataclass(frozen=True, slots=True)
class MemoryModule:
    """One module that is in. Speeds in MT/s (million transfers a second), None = not stated."""

    slot: str
    rated_mts: int | None
    configured_mts: int | None
    part_number: str = ""

    @property
    def printed_mts(self) -> int | None:
        """Return the speed in its part number: that of its XMP or EXPO profile, if there is one."""
        found = [int(each) for each in _PRINTED.findall(self.part_number)]
        fit = [each for each in found if _LEAST_MTS <= each <= _MOST_MTS]
        return fit[0] if fit else None


def memory_modules(
    source: Source | None = None, system: str = ""
) -> Reading[tuple[MemoryModule, ...]]:
    """Return the modules; without the right to look, or in a virtual machine, the reason."""
    where = source or Source()
    system = system or ("Linux" if not where.is_live else platform.system())
    if system == "Windows":
        how = "Windows (Win32_PhysicalMemory)"
        return _found(modules_of_cim(output_of(_WINDOWS, _WINDOWS_S) or ""), how, "no answer")
    if system != "Linux":
        apple = "Apple sets the speed of its memory; there is no profile"
        why = apple if system == "Darwin" else f"{system} does not state it"
        return absent(Status.UNSUPPORTED, system, why)
    from_udev = _of_udev(where.text(_UDEV) or "")
    if from_udev:
        return ok(from_udev, _UDEV)
    raw = [_bytes(where, name) for name in where.names(_ENTRIES) if name.startswith("17-")]
    if raw and all(each is None for each in raw):
        return absent(Status.DENIED, _ENTRIES, _ADMIN)
    modules = tuple(each for data in raw if data and (each := _of_smbios(data)) is not None)
    return _found(modules, _ENTRIES, "the firmware states no memory modules (usual in a VM)")


def _found(
    modules: tuple[MemoryModule, ...], how: str, why: str
) -> Reading[tuple[MemoryModule, ...]]:
    return ok(modules, how) if modules else absent(Status.UNSUPPORTED, how, why)


def _bytes(source: Source, name: str) -> bytes | None:
    try:
        return source.path(_ENTRIES, name, "raw").read_bytes()
    except OSError:
        return None


def _of_udev(text: str) -> tuple[MemoryModule, ...]:
    rows: dict[int, dict[str, str]] = {}
    for line in text.splitlines():
        if found := re.match(r"E:MEMORY_DEVICE_(\d+)_(\w+)=(.*)", line):
            rows.setdefault(int(found[1]), {})[found[2]] = found[3].strip()
    return tuple(
        MemoryModule(
            row.get("LOCATOR", f"slot {number}"),
            _number(row.get("SPEED_MTS")),
            _number(row.get("CONFIGURED_SPEED_MTS")),
            row.get("PART_NUMBER", ""),
        )
        for number, row in sorted(rows.items())
        if row.get("PRESENT") != "0" and _number(row.get("SIZE", "1"))
    )


def modules_of_cim(text: str) -> tuple[MemoryModule, ...]:
    """Return the modules in the JSON that Windows prints: one object, or a list of them."""
    try:
        told = json.loads(text)
    except ValueError:
        return ()
    rows: Iterable[Any] = told if isinstance(told, list) else [told]
    return tuple(
        MemoryModule(
            str(row.get("DeviceLocator") or f"slot {number}"),
            _number(row.get("Speed")),
            _number(row.get("ConfiguredClockSpeed")),
            str(row.get("PartNumber") or "").strip(),
        )
        for number, row in enumerate(rows)
        if isinstance(row, dict)
    )


def _number(value: object) -> int | None:
    try:
        return int(str(value)) or None
    except ValueError:
        return None


def _of_smbios(data: bytes) -> MemoryModule | None:
    """Return one structure of type 17; None for an empty slot or one cut short."""
    length = data[1] if len(data) > 1 else 0
    if length < 0x17 or len(data) < length or not struct.unpack_from("<H", data, 0x0C)[0]:
        return None
    words = [word.decode("latin-1").strip() for word in data[length:].split(b"\0")]
    return MemoryModule(
        _text(words, data[0x10]) or "slot",
        _speed(data, length, 0x15, 0x54),
        _speed(data, length, 0x20, 0x58),
        _text(words, data[0x1A]) if length > 0x1A else "",
    )


def _text(words: list[str], place: int) -> str:
    return words[place - 1] if 0 < place <= len(words) else ""


def _speed(data: bytes, length: int, place: int, extended: int) -> int | None:
    if length < place + 2:
        return None
    speed = int(struct.unpack_from("<H", data, place)[0])
    if speed == _IN_WORD:
        if length < extended + 4:
            return None
        speed = int(struct.unpack_from("<I", data, extended)[0]) & _IN_EXTENDED
    return speed or None
