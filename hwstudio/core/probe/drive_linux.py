"""The drive under a mount on Linux, from /sys/block: kind, bus, model and TRIM."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from hwstudio.core.model.machine import TRIM_BLOCKED, TRIM_NOT_NEEDED, TRIM_OFF, TRIM_ON
from hwstudio.core.model.pcie_link import PcieLink
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.mount import Drive, Mount
from hwstudio.core.probe.pcie_link import link_at
from hwstudio.core.probe.source import Source

_PARENT = re.compile(r"^((?:nvme\d+n\d+|mmcblk\d+)|(?:sd|hd|vd|xvd)[a-z]+)")
_VIRTUAL = ("virtio", "qemu", "vmware", "vbox", "virtual", "msft", "amazon elastic", "google")
_NOT_SAID = "the system does not say which drive this is"
_TIMERS = "/etc/systemd/system/timers.target.wants/fstrim.timer"
_SYSTEMD = "/run/systemd/system"
_CARDS = {"SD": "SD card", "MMC": "eMMC"}


def linux_drive(source: Source, mount: Mount) -> Drive:
    """Return what the kernel tells of the drive."""
    layers = _layers(source, mount)
    block = _disk_of(layers)
    how = f"/sys/block/{block}" if block else "/sys/block"
    rotational = source.number("/sys/block", block, "queue/rotational") if block else None
    if rotational is None:
        none: Reading[Any] = absent(Status.UNSUPPORTED, how, _NOT_SAID)
        return Drive(none, none, none, _zfs() if mount.file_system == "zfs" else none)
    link = _nvme_link(source, block)
    model = source.text("/sys/block", block, "device/model")
    is_virtual = _is_virtual(source, block)
    return Drive(
        kind=_kind(source, block, rotational, is_virtual),
        bus=_bus(source, block, link, is_virtual=is_virtual),
        model=ok(" ".join(model.split()), how)
        if model
        else absent(Status.UNSUPPORTED, how, "the drive does not state its model"),
        trim=_no_trim(rotational, is_virtual=is_virtual) or _trim(source, layers, block, mount),
        link=link,
    )


def _layers(source: Source, mount: Mount) -> list[str]:
    """Return the block devices from a mount down: encrypted or logical volumes, the partition."""
    name = PurePosixPath(mount.device).name
    if mount.device.startswith("/dev/mapper/"):
        links = source.names("/sys/class/block")
        name = next((n for n in links if source.text("/sys/class/block", n, "dm/name") == name), "")
    found = [name]
    for _ in range(4):
        below = source.names("/sys/class/block", found[-1], "slaves") if found[-1] else ()
        if not below:
            break
        found.append(below[0])
    return found


def _disk_of(layers: list[str]) -> str:
    matched = _PARENT.match(layers[-1])
    return matched[1] if matched else layers[-1]


def _is_virtual(source: Source, block: str) -> bool:
    words = " ".join(
        source.text("/sys/block", block, place) or "" for place in ("device/vendor", "device/model")
    ).lower()
    return block.startswith(("vd", "xvd")) or any(word in words for word in _VIRTUAL)


def _kind(source: Source, block: str, rotational: int, is_virtual: bool) -> Reading[str]:
    how = f"/sys/block/{block}"
    if is_virtual:
        return ok("virtual", how)
    if block.startswith("mmcblk"):
        card = _CARDS.get(source.text("/sys/block", block, "device/type") or "", "flash card")
        return ok(card, f"{how}/device/type")
    if source.number("/sys/block", block, "removable") == 1:
        return ok(
            "removable", f"{how}/removable"
        )  # sticks and cards: their other flags are no help
    return ok("HDD" if rotational else "SSD", f"{how}/queue/rotational")


def _bus(source: Source, block: str, link: PcieLink | None, *, is_virtual: bool) -> Reading[str]:
    how = f"/sys/block/{block}"
    if block.startswith("nvme"):
        return ok(f"NVMe, {link.now}" if link else "NVMe", how)
    place = source.real("/sys/block", block)
    words = (
        ("/usb", "USB"),
        ("/ata", "SATA"),
        ("/virtio", "virtio"),
        ("/mmc", "MMC"),
        ("/ufs", "UFS"),
    )
    found = next((name for word, name in words if word in place), "")
    if not found and is_virtual:
        found = "virtual"
    if not found and "/host" in place and "/target" in place:
        found = "SCSI or SAS"
    if not found:
        return absent(Status.UNSUPPORTED, how, "the kernel does not say how it is connected")
    return ok(found, f"where {how} leads to")


def _nvme_link(source: Source, block: str) -> PcieLink | None:
    if not block.startswith("nvme"):
        return None
    return link_at(source, f"/sys/class/nvme/{block.rpartition('n')[0]}/device")


def _no_trim(rotational: int, *, is_virtual: bool) -> Reading[str] | None:
    if is_virtual:
        why = "a virtual drive: the computer under it decides"
        return absent(Status.UNSUPPORTED, "/sys/block", why)
    return ok(TRIM_NOT_NEEDED, "a drive with platters") if rotational else None


def _zfs() -> Reading[str]:
    why = "ZFS has a switch of its own: zpool get autotrim"
    return absent(Status.UNSUPPORTED, "file system", why)


def _trim(source: Source, layers: list[str], block: str, mount: Mount) -> Reading[str]:
    how = f"/sys/block/{block}/queue/discard_max_bytes, mount options, fstrim.timer"
    most = source.number("/sys/block", block, "queue/discard_max_bytes")
    if most is None:
        return absent(Status.UNSUPPORTED, how, "not stated there")
    for name, place in ((block, "/sys/block"), *((each, "/sys/class/block") for each in layers)):
        if source.number(place, name, "queue/discard_max_bytes") == 0:
            return ok(TRIM_BLOCKED, f"{place}/{name}/queue/discard_max_bytes is 0")
    if any(word.startswith("discard") for word in mount.options.split(",")):
        return ok(TRIM_ON, "at each deletion: mount option discard")
    if not source.exists(_SYSTEMD):  # in a container the file says nothing
        why = "systemd does not run here, so its timer says nothing"
        return absent(Status.UNSUPPORTED, how, why)
    if source.exists(_TIMERS):
        return ok(TRIM_ON, "weekly: fstrim.timer")
    return ok(TRIM_OFF, f"{how}: possible, but nothing does it")
