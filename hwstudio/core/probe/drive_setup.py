"""How each drive is set up: TRIM, and the slot an NVMe drive sits in. Nothing is changed."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwstudio.core.model.machine import DriveInfo
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.deadline import output_of
from hwstudio.core.probe.pcie_link import PcieLink, link_at
from hwstudio.core.probe.source import Source

ON, OFF, BLOCKED, NOT_NEEDED = "on", "off", "blocked", "not needed"
_TIMER = "/etc/systemd/system/timers.target.wants/fstrim.timer"
_BLOCK = "/sys/class/block"
_PROFILER_S = 10.0
_WINDOWS_KEY = r"SYSTEM\CurrentControlSet\Control\FileSystem"


@dataclass(frozen=True, slots=True)
class DriveSetup:
    """One drive. ``trim``: on, off, blocked (a layer in between drops it) or not needed."""

    mount: str
    device: str
    model: str
    drive_kind: str  # SSD | HDD | virtual | network | ""
    trim: Reading[str]
    link: PcieLink | None = None


def drive_setups(
    drives: Iterable[DriveInfo], source: Source | None = None, system: str = ""
) -> tuple[DriveSetup, ...]:
    """Look at each drive; ``system`` as platform.system() says it."""
    where = source or Source()
    system = system or ("Linux" if not where.is_live else platform.system())
    if system == "Windows":
        trim = _windows()
        return tuple(_plain(each, trim) for each in drives)
    if system == "Darwin":
        trim = apple_trim(output_of(_APPLE, _PROFILER_S) or "")
        return tuple(_plain(each, trim) for each in drives)
    return tuple(_linux(each, where) for each in drives)


def _plain(drive: DriveInfo, trim: Reading[str]) -> DriveSetup:
    kind = drive.drive_kind.value or ""
    return DriveSetup(drive.mount, drive.device, "", kind, _no_need(kind) or trim)


def _no_need(kind: str) -> Reading[str] | None:
    if kind == "HDD":
        return ok(NOT_NEEDED, "a drive with platters")
    if kind in ("virtual", "network"):
        return absent(Status.UNSUPPORTED, "", f"a {kind} drive: its host decides")
    return None


def _linux(drive: DriveInfo, source: Source) -> DriveSetup:
    device = Path(drive.device)
    name = (device.resolve() if source.is_live else device).name
    disk = _disk_of(source, name)
    kind = drive.drive_kind.value or ""
    return DriveSetup(
        drive.mount,
        drive.device,
        source.text("/sys/block", disk, "device/model") or "",
        kind,
        _no_need(kind) or _linux_trim(source, drive, name, disk),
        link_at(source, "/sys/block", disk, "device/device") if disk.startswith("nvme") else None,
    )


def _disk_of(source: Source, name: str) -> str:
    """Return the drive that holds a partition, through encrypted and logical volumes."""
    for _ in range(4):
        below = source.names(_BLOCK, name, "slaves")
        if not below:
            break
        name = below[0]
    if source.path(_BLOCK, name, "partition").exists():
        return source.path(_BLOCK, name).resolve().parent.name
    return name


def _linux_trim(source: Source, drive: DriveInfo, name: str, disk: str) -> Reading[str]:
    how = f"/sys/block/{disk}/queue, mount options, fstrim.timer"
    accepts = source.number("/sys/block", disk, "queue/discard_max_bytes")
    if accepts is None:
        return absent(Status.UNSUPPORTED, how, "the system does not say which drive this is")
    if accepts == 0:
        return ok(BLOCKED, f"/sys/block/{disk}/queue/discard_max_bytes is 0")
    if source.number(_BLOCK, name, "queue/discard_max_bytes") == 0:
        return ok(BLOCKED, f"{_BLOCK}/{name}/queue/discard_max_bytes is 0")
    if drive.file_system == "zfs":
        return absent(Status.UNSUPPORTED, how, "ZFS has a switch of its own: zpool get autotrim")
    if "discard" in _mount_options(source, drive.mount):
        return ok(ON, "mount option discard")
    timer = source.path(_TIMER)
    return ok(ON if timer.is_symlink() or timer.exists() else OFF, how)


def _mount_options(source: Source, mount: str) -> set[str]:
    text = source.text("/proc/self/mounts") or source.text("/proc/mounts") or ""
    for line in text.splitlines():
        cells = line.split()
        if len(cells) > 3 and cells[1].replace("\\040", " ") == mount:
            return {each.partition("=")[0] for each in cells[3].split(",")}
    return set()


def _windows() -> Reading[str]:
    how = rf"registry, {_WINDOWS_KEY}\DisableDeleteNotification"
    try:
        import winreg

        registry: Any = winreg
        with registry.OpenKey(registry.HKEY_LOCAL_MACHINE, _WINDOWS_KEY) as key:
            is_off = registry.QueryValueEx(key, "DisableDeleteNotification")[0]
    except FileNotFoundError:
        return ok(ON, f"{how} (not set: Windows trims)")
    except (ImportError, OSError) as error:
        return absent(Status.LOST, how, str(error))
    return ok(OFF if is_off else ON, how)


_APPLE = ("system_profiler", "-json", "SPNVMeDataType", "SPSerialATADataType")


def apple_trim(text: str) -> Reading[str]:
    """Return what system_profiler says of TRIM: off as soon as one drive is without it."""
    how = "system_profiler"
    try:
        told = json.loads(text)
    except ValueError:
        return absent(Status.LOST, how, "no answer that can be read")
    said = [str(value) for key, value in _pairs(told) if key.endswith("trim_support")]
    if not said:
        return absent(Status.UNSUPPORTED, how, "it states no TRIM for any drive")
    return ok(ON if all(each.lower().endswith("yes") for each in said) else OFF, how)


def _pairs(told: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(told, dict):
        for key, value in told.items():
            yield str(key), value
            yield from _pairs(value)
    elif isinstance(told, list):
        for each in told:
            yield from _pairs(each)
