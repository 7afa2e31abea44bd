"""The folder to measure: which drive it lies on, whether it is one, and whether there is room."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hwstudio.worker.channel import Failure

MOUNTS = Path("/proc/self/mountinfo")
BLOCK_DEVICES = Path("/sys/dev/block")
IN_MEMORY = ("tmpfs", "ramfs", "devtmpfs", "hugetlbfs", "rootfs")
OVER_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "fuse.sshfs", "glusterfs")
OWN_COUNTS = Path("/proc/self/io")
COUNTED_BY_PROCESS = ("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs")  # others may leave it out
MIB, GIB = 2**20, 2**30
SPARE_BYTES = GIB  # left free for everybody else
SECTOR_BYTES = 512  # of the kernel's counters, whatever the drive's own sector is
OTHER_FOLDER = "Choose a folder on the drive that you want to measure"


@dataclass(frozen=True)
class Mount:
    """One line of the kernel's table of mounted file systems."""

    point: str
    kind: str
    source: str


@dataclass(frozen=True)
class Place:
    """A folder that can be measured. ``stat`` is the drive's counter file, None without one."""

    folder: Path
    kind: str = ""
    source: str = ""
    model: str = ""
    is_rotating: bool | None = None
    stat: Path | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        """Return the drive's name: "Samsung SSD 990 PRO (/dev/nvme0n1p2, ext4)"."""
        inside = ", ".join(part for part in (self.source, self.kind) if part)
        kind = "Network drive" if self.kind in OVER_NETWORK else "Drive"
        name = self.model or ("Virtual drive" if _is_virtual(self.source) else kind)
        return f"{name} ({inside or self.folder})"

    def moved_bytes(self) -> int | None:
        """Return what the drive has read and written so far; None where it is not counted."""
        if self.stat is None:
            return None
        try:
            columns = self.stat.read_text("ascii").split()
            return (int(columns[2]) + int(columns[6])) * SECTOR_BYTES
        except (OSError, ValueError, IndexError):
            return None

    def own_bytes(self, counts: Path = OWN_COUNTS) -> int | None:
        """Return what this process itself has moved on drives; None where it is not counted."""
        if self.kind not in COUNTED_BY_PROCESS:
            return None
        try:
            pairs = (line.split(":") for line in counts.read_text("ascii").splitlines())
            told = {name: int(value) for name, value in pairs}
            return told["read_bytes"] + told["write_bytes"]
        except (OSError, ValueError, KeyError):
            return None

    def about(self) -> dict[str, Any]:
        """Return what is known of the drive, for the conditions of the run."""
        told = {
            "device": "drive",
            "device_name": self.title,
            "folder": str(self.folder),
            "file_system": self.kind,
            "source": self.source,
            "model": self.model,
            "is_rotating": self.is_rotating,
            "is_network": self.kind in OVER_NETWORK,
        }
        return {name: value for name, value in told.items() if value not in ("", None)}


def find_place(wanted: str, mounts: Path = MOUNTS) -> Place:
    """Return the folder asked for ("" is the home folder) with the drive below it.

    Raises:
        Failure: it is no folder, cannot be written to, or lies in memory.
    """
    folder = Path(wanted).expanduser() if wanted.strip() else Path.home()
    if not folder.is_dir():
        raise Failure("unsupported", f"{folder} is not a folder", "", OTHER_FOLDER)
    folder = folder.resolve()
    mount = mount_of(folder, mounts)
    if mount is not None and mount.kind in IN_MEMORY:
        raise Failure(
            "unsupported",
            f"{folder} is no drive",
            f"it lies in memory ({mount.kind}), so its speed would be that of the memory",
            OTHER_FOLDER,
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Failure(
            "unsupported",
            f"Nothing can be written to {folder}",
            "you have no permission there",
            "Choose a folder of your own on that drive",
        )
    if mount is None:
        return Place(folder)
    drive = _drive_folder(folder)
    return Place(
        folder,
        mount.kind,
        mount.source,
        _text(drive / "device" / "model") if drive else "",
        None if _is_virtual(mount.source) else _is_rotating(drive),
        drive / "stat" if drive else None,
    )


def mount_of(folder: Path, mounts: Path = MOUNTS) -> Mount | None:
    """Return the file system of a folder; None where the system has no such table."""
    best: Mount | None = None
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    for line in lines:
        left, _, right = line.partition(" - ")
        words, about = left.split(), right.split()
        if len(words) < 5 or len(about) < 2:
            continue
        point = words[4].replace("\\040", " ")
        is_above = folder == Path(point) or Path(point) in folder.parents
        # Of two mounts on one point the later one covers the earlier.
        if is_above and (best is None or len(point) >= len(best.point)):
            best = Mount(point, about[0], about[1].replace("\\040", " "))
    return best


def _drive_folder(folder: Path) -> Path | None:
    """Return the kernel's folder of the whole drive, not of a partition."""
    number = folder.stat().st_dev
    found = BLOCK_DEVICES / f"{os.major(number)}:{os.minor(number)}"
    if sys.platform != "linux" or not found.exists():
        return None
    found = found.resolve()
    return found.parent if (found / "partition").exists() else found


def _is_virtual(source: str) -> bool:
    """Say whether a virtual machine's host gave this drive: it says nothing true of itself."""
    return source.startswith(("/dev/vd", "/dev/xvd"))


def _is_rotating(drive: Path | None) -> bool | None:
    text = _text(drive / "queue" / "rotational") if drive else ""
    return text == "1" if text else None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def refuse_if_full(place: Place, size_bytes: int) -> None:
    """Refuse a file that would fill the drive.

    Raises:
        Failure: there is not enough room for it and for everybody else.
    """
    free_bytes = shutil.disk_usage(place.folder).free
    if size_bytes + SPARE_BYTES > free_bytes:
        raise Failure(
            "unsupported",
            f"There is not enough room in {place.folder}",
            f"the test file takes {size_bytes / GIB:.1f} GiB, {SPARE_BYTES / GIB:.0f} GiB stays "
            f"free for others, and {free_bytes / GIB:.1f} GiB are free",
            "Choose a smaller test file, or make room",
        )
