"""Memory modules and drives on recorded trees, in the documented formats of kernel and systemd."""

from __future__ import annotations

import json
import struct

import pytest

from hwstudio.core.model.machine import DriveInfo
from hwstudio.core.model.reading import Status, ok
from hwstudio.core.probe.drive_setup import apple_trim, drive_setups
from hwstudio.core.probe.memory_modules import MemoryModule, memory_modules, modules_of_cim
from hwstudio.core.probe.source import Source

UDEV = """E:MEMORY_ARRAY_NUM_DEVICES=4
E:MEMORY_DEVICE_0_LOCATOR=DIMM_A2
E:MEMORY_DEVICE_0_SIZE=17179869184
E:MEMORY_DEVICE_0_SPEED_MTS=4800
E:MEMORY_DEVICE_0_CONFIGURED_SPEED_MTS=4800
E:MEMORY_DEVICE_0_PART_NUMBER=F5-6000J3038F16G
E:MEMORY_DEVICE_1_PRESENT=0
E:MEMORY_DEVICE_1_LOCATOR=DIMM_A1
"""


def _put(root, path, text):
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(text, bytes):
        file.write_bytes(text)
    else:
        file.write_text(text)


def _type_17(speed, configured, part="CMK32GX5M2B6000C36", size=16384):
    head = bytearray(0x5C)
    head[0:2] = bytes((17, len(head)))
    struct.pack_into("<H", head, 0x0C, size)
    head[0x10], head[0x1A] = 1, 2
    struct.pack_into("<H", head, 0x15, min(speed, 0xFFFF))
    struct.pack_into("<H", head, 0x20, min(configured, 0xFFFF))
    return bytes(head) + b"DIMM 0\0" + part.encode() + b"\0\0"


def test_systemd_shows_everybody_the_modules_and_empty_slots_are_left_out(tmp_path):
    _put(tmp_path, "/run/udev/data/+dmi:id", UDEV)
    found = memory_modules(Source(tmp_path))
    assert found.value == (MemoryModule("DIMM_A2", 4800, 4800, "F5-6000J3038F16G"),)
    assert found.value[0].printed_mts == 6000


def test_an_administrator_reads_the_firmwares_own_table(tmp_path):
    _put(tmp_path, "/sys/firmware/dmi/entries/17-0/raw", _type_17(6000, 4800))
    _put(tmp_path, "/sys/firmware/dmi/entries/17-1/raw", _type_17(0, 0, size=0))
    _put(tmp_path, "/sys/firmware/dmi/entries/17-2/raw", b"\x11\x22cut")
    assert memory_modules(Source(tmp_path)).value == (
        MemoryModule("DIMM 0", 6000, 4800, "CMK32GX5M2B6000C36"),
    )


def test_without_a_table_the_reason_stands_in_its_place(tmp_path):
    found = memory_modules(Source(tmp_path))
    assert (found.status, found.value) == (Status.UNSUPPORTED, None)
    assert "VM" in found.why
    assert "Apple" in memory_modules(Source(tmp_path), "Darwin").why


@pytest.mark.parametrize("is_list", [True, False])
def test_windows_tells_one_module_or_a_list(is_list):
    row = {"DeviceLocator": "DIMM 1", "PartNumber": "KF560C36-16 ", "Speed": 6000,
           "ConfiguredClockSpeed": 4800}  # fmt: skip
    assert modules_of_cim(json.dumps([row] if is_list else row)) == (
        MemoryModule("DIMM 1", 6000, 4800, "KF560C36-16"),
    )
    assert modules_of_cim("no JSON") == ()


def _drive(device, kind="SSD", system="ext4", mount="/"):
    size = ok(10**12, "file system")
    return DriveInfo(
        mount=mount, device=device, file_system=system, total_bytes=size, free_bytes=size,
        drive_kind=ok(kind, "kernel"),
    )  # fmt: skip


def _nvme(root, width="4", discard="2199023255040"):
    block = "/sys/block/nvme0n1"
    _put(root, f"{block}/queue/discard_max_bytes", discard)
    _put(root, f"{block}/device/model", "Samsung SSD 990 PRO 2TB  ")
    for name, text in (
        ("current_link_speed", "16.0 GT/s PCIe"), ("max_link_speed", "16.0 GT/s PCIe"),
        ("current_link_width", width), ("max_link_width", "4"),
    ):  # fmt: skip
        _put(root, f"{block}/device/device/{name}", text)


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
    tmp_path, options, has_timer, discard, trim
):
    _nvme(tmp_path, discard=discard)
    _put(tmp_path, "/proc/mounts", f"/dev/nvme0n1 / ext4 {options} 0 0\n")
    if has_timer:
        _put(tmp_path, "/etc/systemd/system/timers.target.wants/fstrim.timer", "")
    (found,) = drive_setups([_drive("/dev/nvme0n1")], Source(tmp_path))
    assert found.trim.value == trim
    assert found.model == "Samsung SSD 990 PRO 2TB"


def test_a_drive_in_a_narrow_slot_shows_both_widths(tmp_path):
    _nvme(tmp_path, width="2")
    (found,) = drive_setups([_drive("/dev/nvme0n1")], Source(tmp_path))
    assert found.link.words == "PCIe 4 x2 of PCIe 4 x4"


def test_platters_need_no_trim_and_a_virtual_drive_is_its_hosts_affair(tmp_path):
    drives = [_drive("/dev/sda", "HDD"), _drive("/dev/vda", "virtual")]
    disk, virtual = drive_setups(drives, Source(tmp_path))
    assert disk.trim.value == "not needed"
    assert (virtual.trim.value, "host" in virtual.trim.why) == (None, True)


def test_a_mac_tells_trim_of_every_drive():
    told = {"SPNVMeDataType": [{"_items": [{"spnvme_trim_support": "spnvme_yes"}]}]}
    assert apple_trim(json.dumps(told)).value == "on"
    told["SPSerialATADataType"] = [{"_items": [{"spsata_trim_support": "spsata_no"}]}]
    assert apple_trim(json.dumps(told)).value == "off"
    assert apple_trim("").value is None
