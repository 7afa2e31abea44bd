"""What only Windows' management service (CIM) tells: memory modules, drives, NPUs, the battery.

One question for everything, since starting PowerShell takes longer than all the answers.
"""

from __future__ import annotations

import json
from typing import Any

from hwstudio.core.probe.source import Source

HOW = "Windows management (CIM)"
ANSWER_S = 8.0
# What to ask for, by the name its rows get here; single quotes only, so nothing needs escaping.
_DISK = "-Namespace root/microsoft/windows/storage MSFT_PhysicalDisk"
_CORAL = " OR ".join(
    f"DeviceID LIKE ''USB\\\\VID_{maker}&PID_{product}%''"
    for maker, product in (("1A6E", "089A"), ("18D1", "9302"))
)
_ASKED = {
    "memory": (
        "Win32_PhysicalMemory",
        "Capacity,SMBIOSMemoryType,Speed,ConfiguredClockSpeed,FormFactor,DeviceLocator,PartNumber",
    ),
    "board": ("Win32_BaseBoard", "Manufacturer,Product"),
    "arrays": ("Win32_PhysicalMemoryArray", "MemoryDevices"),
    "disks": (_DISK, "DeviceId,FriendlyName,MediaType,BusType"),
    "volumes": (
        "Win32_LogicalDiskToPartition",
        "@{n='Partition';e={$_.Antecedent.DeviceID}},@{n='Letter';e={$_.Dependent.DeviceID}}",
    ),
    "npus": ("Win32_PnPEntity -Filter 'PNPClass=''ComputeAccelerator'''", "Name"),
    "usb": (f"Win32_PnPEntity -Filter '{_CORAL}'", "Name"),
    "battery": ("Win32_Battery", "EstimatedChargeRemaining"),
    "system": ("Win32_ComputerSystem", "TotalPhysicalMemory"),
    "processor": ("Win32_Processor", "MaxClockSpeed"),
}


def _script() -> str:
    asked = ";".join(
        f"{name}=@(Get-CimInstance {what}|Select-Object {columns})"
        for name, (what, columns) in _ASKED.items()
    )
    return (
        "$ErrorActionPreference='SilentlyContinue';"
        "[Console]::OutputEncoding=[Text.Encoding]::UTF8;"
        f"@{{{asked}}}|ConvertTo-Json -Depth 3 -Compress"
    )


COMMAND = ("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", _script())
NO_ANSWER = f"Windows gave no readable answer within {ANSWER_S:g} s"


def rows(source: Source, kind: str) -> list[dict[str, Any]] | None:
    """Return the rows of one kind, empty when there are none; None when there is no answer."""
    try:
        found = json.loads(source.output(COMMAND, ANSWER_S) or "")
    except ValueError:
        return None
    if not isinstance(found, dict) or kind not in found:
        return None
    listed = found[kind]
    listed = listed if isinstance(listed, list) else [listed]  # older PowerShell unpacks one row
    return [row for row in listed if isinstance(row, dict)]


def whole(value: Any) -> int | None:
    """Return a positive whole number, or None for whatever else stands there."""
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
