"""The drives people can put data on: mount point, size, free space, file system, SSD or HDD."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.model.machine import DriveInfo
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.deadline import TooSlowError, within
from hwstudio.core.probe.drive_linux import linux_drive
from hwstudio.core.probe.drive_other import mac_drive, windows_drive
from hwstudio.core.probe.mount import Drive, Mount
from hwstudio.core.probe.source import Source

_ANSWER_S = 2.0  # a network drive whose server is away would hang for minutes
_NETWORK = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "ceph", "glusterfs", "afpfs")
_SKIPPED = ("squashfs", "iso9660", "udf", "overlay", "tmpfs", "devtmpfs", "erofs")
_NO_DATA = ("/boot", "/snap", "/System/Volumes", "/private/var", "/run", "/etc", "/proc", "/sys")


def detect_drives(source: Source, mounts: tuple[Mount, ...] | None = None) -> tuple[DriveInfo, ...]:
    """Return one entry per device, the shortest mount point first."""
    found = _mounts() if mounts is None else mounts
    chosen: dict[str, Mount] = {}
    for mount in sorted(found, key=lambda m: len(m.point)):
        if _is_shown(mount):
            chosen.setdefault(mount.device, mount)
    return tuple(_drive(source, mount) for mount in chosen.values())


def _mounts() -> tuple[Mount, ...]:
    import psutil

    rows = psutil.disk_partitions(all=False)
    found = tuple(Mount(row.device, row.mountpoint, row.fstype, row.opts) for row in rows)
    return found or (Mount("", str(Path.home().anchor or "/"), ""),)


def _is_shown(mount: Mount) -> bool:
    if mount.file_system in _SKIPPED or mount.device.startswith("/dev/loop"):
        return False
    return not any(mount.point == p or mount.point.startswith(f"{p}/") for p in _NO_DATA)


def _drive(source: Source, mount: Mount) -> DriveInfo:
    total, free = _space(source, mount)
    found = describe(source, mount)
    return DriveInfo(
        mount=mount.point,
        device=mount.device or "unknown",
        file_system=mount.file_system or "unknown",
        total_bytes=total,
        free_bytes=free,
        drive_kind=found.kind,
        bus=found.bus,
        model=found.model,
        trim=found.trim,
        link=found.link,
    )


def _space(source: Source, mount: Mount) -> tuple[Reading[int], Reading[int]]:
    how = "file system"
    try:
        total, free = within(_ANSWER_S, lambda: source.space(mount.point))
    except TooSlowError as error:
        lost: Reading[int] = absent(Status.LOST, how, str(error))
        return lost, lost
    except PermissionError as error:
        denied: Reading[int] = absent(Status.DENIED, how, str(error))
        return denied, denied
    except OSError as error:
        gone: Reading[int] = absent(Status.LOST, how, str(error))
        return gone, gone
    return ok(total, how), ok(free, how)


def drive_kind(source: Source, mount: Mount) -> Reading[str]:
    """Return SSD, HDD, flash card, virtual or network."""
    return describe(source, mount).kind


def describe(source: Source, mount: Mount) -> Drive:
    """Return what the system tells of the drive under a mount."""
    if mount.file_system.startswith(_NETWORK):
        how = "file system type"
        far: Reading[str] = absent(Status.UNSUPPORTED, how, "the drive is in another computer")
        return Drive(ok("network", how), ok("network", how), far, far)
    if source.system == "Darwin":
        return mac_drive(source, mount)
    if source.system == "Windows":
        return windows_drive(source, mount)
    return linux_drive(source, mount)
