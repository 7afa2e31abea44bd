"""Memory modules and drives on recorded trees, in the documented formats of kernel and systemd."""

from __future__ import annotations

import struct

import pytest

from hwstudio.core.model.reading import Status
from hwstudio.core.probe.detect_drive import describe
from hwstudio.core.probe.detect_modules import detect_modules
from hwstudio.core.probe.mount import Mount
from hwstudio.core.probe.smbios import memory_devices
from hwstudio.core.probe.source import WrittenSource

UDEV = """E:MEMORY_ARRAY_NUM_DEVICES=4
E:MEMORY_DEVICE_0_LOCATOR=DIMM_A2
E:MEMORY_DEVICE_0_SIZE=17179869184
E:MEMORY_DEVICE_0_SPEED_MTS=4800
E:MEMORY_DEVICE_0_CONFIGURED_SPEED_MTS=4800
E:MEMORY_DEVICE_0_PART_NUMBER=F5-6000J3038F16G
E:MEMORY_DEVICE_1_PRESENT=0
E:MEMORY_DEVICE_1_LOCATOR=DIMM_A1
"""
NVME = "/sys/block/nvme0n1"
CLASS = "/sys/class/block/nvme0n1"
LUKS = "/sys/class/block/dm-0"


def _source(files):
    return WrittenSource(about={"system": "Linux"}, files=files)


def _type_17(speed, configured, part="CMK32GX5M2B6000C36", size=16384):
    head = bytearray(0x5C)
    head[0:2] = bytes((17, len(head)))
    struct.pack_into("<H", head, 0x0C, size)
    head[0x10], head[0x1A] = 1, 2
    for word, extended, value in ((0x15, 0x54, speed), (0x20, 0x58, configured)):
        struct.pack_into("<H", head, word, min(value, 0xFFFF))
        struct.pack_into("<I", head, extended, value)
    return bytes(head) + b"DIMM 0\0" + part.encode() + b"\0\0"


def test_the_part_number_tells_the_speed_that_the_board_leaves_out():
    found = detect_modules(_source({"/run/udev/data/+dmi:id": UDEV}))
    (module,) = found.each.value
    assert (module.slot, module.rated_mts, module.printed_mts) == ("DIMM_A2", 4800, 6000)
    assert (found.speed_mts.value, found.rated_mts.value) == (4800, 6000)
    assert (found.slots_used.value, found.slots_total.value) == (1, 4)


def test_the_firmwares_table_names_slot_and_part_and_speeds_beyond_a_word():
    cut = b"\x11\x17" + bytes(21)
    found, empty, short = memory_devices(_type_17(70000, 4800) + _type_17(0, 0, size=0) + cut)
    assert (found.slot, found.part_number) == ("DIMM 0", "CMK32GX5M2B6000C36")
    assert (found.rated_mts, found.speed_mts, found.best_mts) == (70000, 4800, 70000)
    assert empty.size_bytes is None
    assert (short.slot, short.rated_mts) == ("", None)


def test_a_table_for_administrators_alone_is_told_apart_from_none():
    closed = detect_modules(_source({"/sys/firmware/dmi/tables/DMI": ""}))
    assert (closed.each.status, closed.speed_mts.status) == (Status.DENIED, Status.DENIED)
    assert detect_modules(_source({})).each.status is Status.UNSUPPORTED


def _nvme(discard="2199023255040", width="4", has_timer=False, has_systemd=True, passes="1"):
    files = {
        f"{NVME}/queue/rotational": "0",
        f"{NVME}/queue/discard_max_bytes": discard,
        f"{NVME}/device/model": "Samsung SSD 990 PRO 2TB  ",
        f"{LUKS}/dm/name": "home",
        f"{LUKS}/slaves/nvme0n1": "",
        f"{LUKS}/queue/discard_max_bytes": passes,
        f"{CLASS}/queue/discard_max_bytes": discard,
    }
    for name, text in (
        ("current_link_speed", "16.0 GT/s PCIe"), ("max_link_speed", "16.0 GT/s PCIe"),
        ("current_link_width", width), ("max_link_width", "4"),
    ):  # fmt: skip
        files[f"/sys/class/nvme/nvme0/device/{name}"] = text
    if has_timer:
        files["/etc/systemd/system/timers.target.wants/fstrim.timer"] = ""
    if has_systemd:
        files["/run/systemd/system/x"] = ""
    return _source(files)


@pytest.mark.parametrize(
    ("options", "has_timer", "discard", "trim"),
    [
        ("rw,relatime", False, "4096", "off"),
        ("rw,relatime,discard", False, "4096", "on"),
        ("rw,discard=async", False, "4096", "on"),
        ("rw,relatime", True, "4096", "on"),
        ("rw,relatime", True, "0", "blocked"),
    ],
)
def test_trim_is_on_by_option_or_timer_and_blocked_where_it_does_not_get_through(
    options, has_timer, discard, trim
):
    mount = Mount("/dev/nvme0n1", "/", "ext4", options)
    found = describe(_nvme(discard, has_timer=has_timer), mount)
    assert (found.trim.value, found.model.value) == (trim, "Samsung SSD 990 PRO 2TB")


@pytest.mark.parametrize(("passes", "trim"), [("4096", "on"), ("0", "blocked")])
def test_an_encrypted_volume_passes_trim_on_or_blocks_it(passes, trim):
    mount = Mount("/dev/mapper/home", "/home", "ext4", "rw")
    found = describe(_nvme(has_timer=True, passes=passes), mount)
    assert (found.kind.value, found.trim.value) == ("SSD", trim)


def test_in_a_container_the_timers_file_says_nothing():
    source = _nvme(has_timer=True, has_systemd=False)
    assert describe(source, Mount("/dev/nvme0n1", "/", "ext4", "rw")).trim.value is None


def test_a_drive_in_a_narrow_slot_shows_both_widths():
    found = describe(_nvme(width="2"), Mount("/dev/nvme0n1", "/", "ext4", "rw"))
    assert found.link.words == "PCIe 4 x2 of PCIe 4 x4"
    assert found.bus.value == "NVMe, PCIe 4 x2"
