"""The drive under a mount on Linux, from /sys/block: kind, bus, model and TRIM."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.mount import Drive, Mount
from hwstudio.core.probe.pci_link import link_words
from hwstudio.core.probe.source import Source

_PARENT = re.compile(r"^((?:nvme\d+n\d+|mmcblk\d+)|(?:sd|hd|vd|xvd)[a-z]+)")
_VIRTUAL = ("virtio", "qemu", "vmware", "vbox", "virtual", "msft", "amazon elastic", "google")
_NOT_SAID = "the system does not say which drive this is"
_TIMERS = "/etc/systemd/system/timers.target.wants/fstrim.timer"
_SYSTEMD = "/run/systemd/system"
_CARDS = {"SD": "SD card", "MMC": "eMMC"}


def linux_drive(source: Source, mount: Mount) -> Drive:
    """Return what the kernel tells of the drive."""
    block = _block_name(source, mount)
    how = f"/sys/block/{block}" if block else "/sys/block"
    rotational = source.number("/sys/block", block, "queue/rotational") if block else None
    if rotational is None:
        none: Reading[Any] = absent(Status.UNSUPPORTED, how, _NOT_SAID)
        return Drive(none, none, none, none)
    model = source.text("/sys/block", block, "device/model")
    is_virtual = _is_virtual(source, block)
    return Drive(
        kind=_kind(source, block, rotational, is_virtual),
        bus=_bus(source, block, is_virtual),
        model=ok(" ".join(model.split()), how)
        if model
        else absent(Status.UNSUPPORTED, how, "the drive does not state its model"),
        trim=_trim(source, block, mount),
    )


def _block_name(source: Source, mount: Mount) -> str:
    """Return the drive under a partition, a logical volume or an encrypted layer."""
    name = PurePosixPath(mount.device).name
    if mount.device.startswith("/dev/mapper/"):
        links = source.names("/sys/class/block")
        name = next((n for n in links if source.text("/sys/class/block", n, "dm/name") == name), "")
    for _ in range(4):
        below = source.names("/sys/class/block", name, "slaves") if name else ()
        if not below:
            break
        name = below[0]
    matched = _PARENT.match(name)
    return matched[1] if matched else name


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


def _bus(source: Source, block: str, is_virtual: bool) -> Reading[str]:
    how = f"/sys/block/{block}"
    if block.startswith("nvme"):
        return ok(_nvme_words(source, block), how)
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


def _nvme_words(source: Source, block: str) -> str:
    """Return "NVMe", with the PCIe link now where it is stated."""
    controller = block.rpartition("n")[0]
    link = link_words(source, f"/sys/class/nvme/{controller}/device", "current")
    return f"NVMe, {link.value}" if link.value else "NVMe"


def _trim(source: Source, block: str, mount: Mount) -> Reading[str]:
    how = f"/sys/block/{block}/queue/discard_max_bytes, mount options, fstrim.timer"
    most = source.number("/sys/block", block, "queue/discard_max_bytes")
    if most is None:
        return absent(Status.UNSUPPORTED, how, "not stated there")
    if not most:
        return ok("not offered by this drive", how)
    if any(word.startswith("discard") for word in mount.options.split(",")):
        return ok("on, at each deletion", how)
    if source.exists(_TIMERS) and source.exists(_SYSTEMD):  # in a container the file says nothing
        return ok("on, weekly", how)
    return ok("possible; no timer for it was found", how)
