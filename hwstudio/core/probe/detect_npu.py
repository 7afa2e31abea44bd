"""NPUs, TPUs and other accelerators that are no GPU, and everywhere they were looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hwstudio.core.probe import windows_cim
from hwstudio.core.probe.source import Source

Answer = tuple[tuple[str, ...], tuple[str, ...]]

_PCI, _USB, _ACCEL = "/sys/bus/pci/devices", "/sys/bus/usb/devices", "/sys/class/accel"
_DRIVERS = {
    "intel_vpu": "Intel NPU",
    "amdxdna": "AMD NPU",
    "habanalabs": "Intel Gaudi",
    "qaic": "Qualcomm Cloud AI 100",
    "rocket": "Rockchip NPU",
}
_PROCESSING = 0x12  # PCI class "processing accelerator"
# Accelerators by maker and device; from the lists of the drivers that serve them.
_PCI_DEVICES = {
    (0x8086, 0x7D1D): "Intel NPU",
    (0x8086, 0xAD1D): "Intel NPU",
    (0x8086, 0x643E): "Intel NPU",
    (0x8086, 0xB03E): "Intel NPU",
    (0x1022, 0x1502): "AMD NPU",
    (0x1022, 0x17F0): "AMD NPU",
    (0x1AC1, 0x089A): "Coral Edge TPU",
    (0x1E60, 0x2864): "Hailo-8",
}
_PCI_MAKERS = {0x1AE0: "Google TPU", 0x1DA3: "Intel Gaudi", 0x1D0F: "AWS accelerator"}
# The Coral stick has one number before its first use and another after it.
_CORAL_USB = {("1a6e", "089a"), ("18d1", "9302")}
_ROCKCHIP = re.compile(r"^[0-9a-f]+\.npu$")
_LINUX_LOOKED = (
    _ACCEL,
    "/dev/apex_*",
    "PCI bus by maker and device",
    "USB for Coral sticks",
    "/sys/class/devfreq/*.npu",
)


def detect_accelerators(source: Source) -> Answer:
    """Return the accelerators found, and the places looked at."""
    if source.system == "Linux":
        return _linux(source), _LINUX_LOOKED
    if source.system == "Darwin":
        return _mac(source)
    if source.system == "Windows":
        return _windows(source)
    return (), (f"device list: not looked for on {source.system}",)


def _linux(source: Source) -> tuple[str, ...]:
    nodes = [(name, _driver_of(source, name)) for name in source.names(_ACCEL)]
    found = [_accel_words(name, driver) for name, driver in nodes]
    if not nodes:
        found = [f"accelerator {name}" for name in source.names("/dev/accel")]
    served = {_DRIVERS.get(driver, "") for _, driver in nodes}
    apex = [name for name in source.names("/dev") if name.startswith("apex_")]
    found += [f"Coral Edge TPU ({name})" for name in apex]
    if apex:
        served.add("Coral Edge TPU")
    found += [word for name, word in _on_pci(source) if name not in served]
    found += ["Coral Edge TPU (USB)" for _ in _coral_sticks(source)]
    if "Rockchip NPU" not in served:
        devices = source.names("/sys/class/devfreq")
        found += ["Rockchip NPU" for name in devices if _ROCKCHIP.match(name)][:1]
    return tuple(found)


def _driver_of(source: Source, name: str) -> str:
    uevent = source.text(_ACCEL, name, "device/uevent") or ""
    driver = re.search(r"^DRIVER=(\S+)", uevent, re.M)
    return driver[1] if driver else ""


def _accel_words(name: str, driver: str) -> str:
    word = _DRIVERS.get(driver, f"accelerator ({driver})" if driver else "accelerator")
    return f"{word} ({name})"


def _on_pci(source: Source) -> Iterator[tuple[str, str]]:
    """Yield name and words of the functions on the bus that are known accelerators."""
    for slot in source.names(_PCI):
        vendor = source.number(_PCI, slot, "vendor", base=16) or 0
        device = source.number(_PCI, slot, "device", base=16) or 0
        kind = (source.number(_PCI, slot, "class", base=16) or 0) >> 16
        name = _PCI_DEVICES.get((vendor, device), "")
        if not name and kind == _PROCESSING:
            name = _PCI_MAKERS.get(vendor, "")
        if name:
            has_driver = source.exists(_PCI, slot, "driver")
            yield name, name if has_driver else f"{name} (no driver is in use)"


def _coral_sticks(source: Source) -> list[str]:
    return [
        name
        for name in source.names(_USB)
        if (source.text(_USB, name, "idVendor"), source.text(_USB, name, "idProduct")) in _CORAL_USB
    ]


def _mac(source: Source) -> Answer:
    if source.machine == "arm64":
        return ("Apple Neural Engine",), (
            "the chip: every Mac with Apple silicon has one (not probed)",
        )
    return (), ("the chip: Intel processors of Macs have none (USB was not looked at)",)


def _windows(source: Source) -> Answer:
    rows = windows_cim.rows(source, "npus")
    if rows is None:
        return (), (f"{windows_cim.HOW}: {windows_cim.NO_ANSWER}",)
    found = [str(row.get("Name") or "accelerator") for row in rows]
    found += ["Coral Edge TPU (USB)" for _ in windows_cim.rows(source, "usb") or ()]
    return tuple(found), (
        f"{windows_cim.HOW}: devices of the class ComputeAccelerator, Coral sticks",
    )
