"""The drives people can put data on: mount point, size, free space, file system, SSD or HDD."""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwstudio.core.model.machine import DriveInfo
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.deadline import TooSlowError, output_of, within
from hwstudio.core.probe.source import Source

_ANSWER_S = 2.0  # a network drive whose server is away would hang for minutes
_NETWORK = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "ceph", "glusterfs", "afpfs")
_SKIPPED = ("squashfs", "iso9660", "udf", "overlay", "tmpfs", "devtmpfs", "erofs")
_NO_DATA = ("/boot", "/snap", "/System/Volumes", "/private/var", "/run", "/etc", "/proc", "/sys")
_PARENT = re.compile(r"^((?:nvme\d+n\d+|mmcblk\d+)|(?:sd|hd|vd|xvd)[a-z]+)")
_VIRTUAL = ("virtio", "qemu", "vmware", "vbox", "virtual", "msft", "amazon elastic", "google")


@dataclass(frozen=True, slots=True)
class Mount:
    """One mounted file system."""

    device: str
    point: str
    file_system: str


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
    found = tuple(Mount(row.device, row.mountpoint, row.fstype) for row in rows)
    return found or (Mount("", str(Path.home().anchor or "/"), ""),)


def _is_shown(mount: Mount) -> bool:
    if mount.file_system in _SKIPPED or mount.device.startswith("/dev/loop"):
        return False
    return not any(mount.point == p or mount.point.startswith(f"{p}/") for p in _NO_DATA)


def _drive(source: Source, mount: Mount) -> DriveInfo:
    total, free = _space(mount)
    return DriveInfo(
        mount=mount.point,
        device=mount.device or "unknown",
        file_system=mount.file_system or "unknown",
        total_bytes=total,
        free_bytes=free,
        drive_kind=drive_kind(source, mount),
    )


def _space(mount: Mount) -> tuple[Reading[int], Reading[int]]:
    how = "file system"
    try:
        usage = within(_ANSWER_S, lambda: _usage(mount.point))
    except TooSlowError as error:
        lost: Reading[int] = absent(Status.LOST, how, str(error))
        return lost, lost
    except PermissionError as error:
        denied: Reading[int] = absent(Status.DENIED, how, str(error))
        return denied, denied
    except OSError as error:
        gone: Reading[int] = absent(Status.LOST, how, str(error))
        return gone, gone
    return ok(int(usage.total), how), ok(int(usage.free), how)


def _usage(point: str) -> Any:
    import psutil

    return psutil.disk_usage(point)


def drive_kind(source: Source, mount: Mount) -> Reading[str]:
    """Return SSD, HDD, virtual or network."""
    if mount.file_system.startswith(_NETWORK):
        return ok("network", "file system type")
    system = platform.system()
    if source.is_live and system == "Darwin":
        return _apple_kind(mount.device)
    if source.is_live and system == "Windows":
        return absent(Status.UNSUPPORTED, "Windows", "needs administrator rights to tell")
    return _block_kind(source, _block_name(source, mount.device))


def _block_name(source: Source, device: str) -> str:
    """Return the drive under a partition, a logical volume or an encrypted layer."""
    name = Path(device).name
    if device.startswith("/dev/mapper/"):
        links = source.names("/sys/class/block")
        name = next((n for n in links if source.text("/sys/class/block", n, "dm/name") == name), "")
    for _ in range(4):
        below = source.names("/sys/class/block", name, "slaves") if name else ()
        if not below:
            break
        name = below[0]
    matched = _PARENT.match(name)
    return matched[1] if matched else name


def _block_kind(source: Source, block: str) -> Reading[str]:
    how = f"/sys/block/{block}" if block else "/sys/block"
    rotational = source.number("/sys/block", block, "queue/rotational") if block else None
    if rotational is None:
        return absent(Status.UNSUPPORTED, how, "the system does not say which drive this is")
    words = " ".join(
        source.text("/sys/block", block, place) or "" for place in ("device/vendor", "device/model")
    ).lower()
    if block.startswith(("vd", "xvd")) or any(word in words for word in _VIRTUAL):
        return ok("virtual", how)
    return ok("HDD" if rotational else "SSD", f"{how}/queue/rotational")


def _apple_kind(device: str) -> Reading[str]:
    how = "diskutil"
    text = output_of(("diskutil", "info", device), 3.0)
    solid = re.search(r"Solid State:\s*(\w+)", text or "")
    if not solid:
        return absent(Status.LOST, how, "diskutil gave no answer")
    return ok("SSD" if solid[1] == "Yes" else "HDD", how)
