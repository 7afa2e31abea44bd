"""The drive under a mount on macOS (system_profiler) and on Windows (CIM)."""

from __future__ import annotations

import re
from typing import Any

from hwstudio.core.model.machine import TRIM_NOT_NEEDED, TRIM_OFF, TRIM_ON
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe import mac_facts, windows_cim
from hwstudio.core.probe.mount import Drive, Mount
from hwstudio.core.probe.source import Source

_MAC_KINDS = {"ssd": "SSD", "rotational": "HDD", "hdd": "HDD"}
_TRIM_KEYS = ("spnvme_trim_support", "spsata_trim_support")
# MediaType and BusType of MSFT_PhysicalDisk in Microsoft's documentation.
_KINDS = {3: "HDD", 4: "SSD", 5: "SSD"}
_BUSES = {
    1: "SCSI",
    3: "ATA",
    7: "USB",
    8: "RAID",
    9: "iSCSI",
    10: "SAS",
    11: "SATA",
    12: "SD card",
    13: "eMMC",
    14: "virtual",
    15: "virtual",
    16: "Storage Spaces",
    17: "NVMe",
    19: "UFS",
}


def _no_drive(how: str, why: str, status: Status = Status.UNSUPPORTED) -> Drive:
    none: Reading[Any] = absent(status, how, why)
    return Drive(none, none, none, none)


# --- macOS ----------------------------------------------------------------------------------------


def mac_drive(source: Source, mount: Mount) -> Drive:
    """Return what system_profiler tells of the drive of a volume."""
    how = mac_facts.PROFILER
    rows = mac_facts.profile(source, "SPStorageDataType")
    if rows is None:
        return _no_drive(how, mac_facts.NO_ANSWER, Status.LOST)
    row = next((row for row in rows if row.get("mount_point") == mount.point), None)
    drive = row.get("physical_drive") if row is not None else None
    if not isinstance(drive, dict):
        return _no_drive(how, "macOS does not say which drive this is")
    kind = _MAC_KINDS.get(str(drive.get("medium_type") or "").lower())
    bus, model = str(drive.get("protocol") or ""), str(drive.get("device_name") or "")
    none: Reading[Any] = absent(Status.UNSUPPORTED, how, "macOS does not state it")
    return Drive(
        kind=ok(kind, how) if kind else none,
        bus=ok(bus, how) if bus else none,
        model=ok(model, how) if model else none,
        trim=_trim_of_kind(kind, how) or _mac_trim(source, model),
    )


def _mac_trim(source: Source, model: str) -> Reading[str]:
    how = mac_facts.PROFILER
    for kind in ("SPNVMeDataType", "SPSerialATADataType"):
        for controller in mac_facts.profile(source, kind) or []:
            for row in mac_facts.items(controller):
                said = next((row[key] for key in _TRIM_KEYS if key in row), None)
                if (
                    said is not None
                    and model
                    and model in (row.get("_name"), row.get("device_model"))
                ):
                    return ok(TRIM_ON if str(said).lower().endswith("yes") else TRIM_OFF, how)
    return absent(Status.UNSUPPORTED, how, "macOS does not state it for this drive")


# --- Windows --------------------------------------------------------------------------------------


def windows_drive(source: Source, mount: Mount) -> Drive:
    """Return what Windows tells of the drive under a letter."""
    how = windows_cim.HOW
    disks = windows_cim.rows(source, "disks")
    if disks is None:
        return _no_drive(how, windows_cim.NO_ANSWER, Status.LOST)
    number = _disk_number(source, mount.point)
    row = next((row for row in disks if str(row.get("DeviceId")) == number), None)
    if row is None:
        return _no_drive(how, "Windows does not say which drive this is")
    whole = windows_cim.whole
    bus = _BUSES.get(whole(row.get("BusType")) or 0)
    kind = "virtual" if bus == "virtual" else _KINDS.get(whole(row.get("MediaType")) or 0)
    model = str(row.get("FriendlyName") or "")
    none: Reading[Any] = absent(Status.UNSUPPORTED, how, "Windows does not state it")
    return Drive(
        kind=ok(kind, how) if kind else none,
        bus=ok(bus, how) if bus else none,
        model=ok(model, how) if model else none,
        trim=_trim_of_kind(kind, how) or _windows_trim(source),
    )


def _trim_of_kind(kind: str | None, how: str) -> Reading[str] | None:
    if kind == "HDD":
        return ok(TRIM_NOT_NEEDED, "a drive with platters")
    if kind == "virtual":
        why = "a virtual drive: the computer under it decides"
        return absent(Status.UNSUPPORTED, how, why)
    return None


def _disk_number(source: Source, point: str) -> str:
    letter = point.rstrip("\\/").upper()
    for row in windows_cim.rows(source, "volumes") or []:
        if str(row.get("Letter") or "").upper() == letter:
            found = re.match(r"Disk #(\d+)", str(row.get("Partition") or ""))
            return found[1] if found else ""
    return ""


def _windows_trim(source: Source) -> Reading[str]:
    how = "DisableDeleteNotification in the Windows registry"
    try:
        switch = source.call("trim")
    except OSError as error:
        return absent(Status.LOST, how, str(error))
    if switch is None:
        return ok(TRIM_ON, f"{how} is not set: Windows trims")
    return ok(TRIM_ON if switch == 0 else TRIM_OFF, f"{how}, for every drive")
