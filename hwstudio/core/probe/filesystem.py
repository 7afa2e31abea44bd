"""How full the file systems on this computer's own drives are."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.live import FilesystemUse

# Network shares are left out on purpose: one whose server is gone hangs whoever asks.
_OWN = ("/dev/",)
_OWN_KINDS = frozenset({"zfs", "btrfs"})
_NOT_KEPT = ("/snap/", "/boot/efi", "/var/lib/docker/")
_MOST = 16
Sizes = Callable[[str], tuple[int, int]]


class FilesystemProbe:
    """Used and total bytes of each, every 30 s: they change slowly."""

    name = "filesystems"
    how = "statvfs" if sys.platform != "win32" else "operating system"
    cost_ms = 0.5
    cadence_s = 30.0
    is_slow = True

    def __init__(
        self, mounts: Path = Path("/proc/self/mounts"), sizes: Sizes | None = None
    ) -> None:
        self._mounts = mounts
        self._sizes = sizes or (_statvfs if mounts.is_file() else _psutil)

    def read(self, _now_s: float) -> Reading[tuple[FilesystemUse, ...]]:
        """Return what can be read; one that refuses is left out."""
        found = []
        for place in self._places():
            try:
                used, total = self._sizes(place)
            except OSError:
                continue
            if total > 0:
                found.append(FilesystemUse(place, used, total))
        if not found:
            return absent(Status.UNSUPPORTED, self.how, "no file system on an own drive was found")
        return ok(tuple(found[:_MOST]), self.how)

    def _places(self) -> Iterator[str]:
        """Yield where each is mounted; a drive that is mounted twice counts once."""
        if not self._mounts.is_file():
            import psutil

            yield from dict.fromkeys(part.mountpoint for part in psutil.disk_partitions())
            return
        seen: set[str] = set()
        for line in self._mounts.read_text("utf-8", errors="replace").splitlines():
            device, place, kind, *_ = [*line.split(" "), "", "", ""]
            is_own = device.startswith(_OWN) or kind in _OWN_KINDS
            place = place.replace("\\040", " ")
            if is_own and device not in seen and not place.startswith(_NOT_KEPT):
                seen.add(device)
                yield place

    def close(self) -> None:
        """Hold nothing."""


def _statvfs(place: str) -> tuple[int, int]:
    """Return used and total as df shows them: what only root may fill does not count as free."""
    told = os.statvfs(place)
    used = (told.f_blocks - told.f_bfree) * told.f_frsize
    return used, used + told.f_bavail * told.f_frsize


def _psutil(place: str) -> tuple[int, int]:
    import psutil

    told = psutil.disk_usage(place)
    return int(told.used), int(told.total)
