"""Operating system, virtual machine or container, memory, battery, accelerators, torch."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import re

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.deadline import output_of
from hwstudio.core.probe.source import Source

_VIRTUAL_WORDS = (
    ("kvm", "KVM"),
    ("qemu", "QEMU"),
    ("vmware", "VMware"),
    ("virtualbox", "VirtualBox"),
    ("innotek", "VirtualBox"),
    ("xen", "Xen"),
    ("amazon ec2", "Amazon EC2"),
    ("google compute", "Google Compute Engine"),
    ("hyper-v", "Hyper-V"),
    ("virtual machine", "Hyper-V"),
    ("parallels", "Parallels"),
    ("firecracker", "Firecracker"),
    ("bhyve", "bhyve"),
)
_CONTAINER_WORDS = ("docker", "containerd", "kubepods", "lxc", "podman", "libpod")


def detect_os(source: Source) -> Reading[str]:
    """Return the system's name and version as people know it."""
    system = platform.system()
    if system == "Linux" or not source.is_live:
        rows = re.findall(r'^PRETTY_NAME="?([^"\n]+)', source.text("/etc/os-release") or "", re.M)
        name = rows[0] if rows else "Linux"
        return ok(f"{name} (Linux {platform.release()})", "/etc/os-release")
    if system == "Darwin":
        return ok(f"macOS {platform.mac_ver()[0]}", "operating system")
    if system == "Windows":
        release, version, *_ = platform.win32_ver()
        return ok(f"Windows {release} ({version})", "operating system")
    return ok(f"{system} {platform.release()}", "operating system")


def detect_virtual(source: Source) -> Reading[str]:
    """Return "none", or the virtual machine and container hwstudio runs in."""
    if source.is_live and platform.system() == "Darwin":
        guest = (output_of(("sysctl", "-n", "kern.hv_vmm_present"), 2.0) or "").strip()
        return ok("virtual machine" if guest == "1" else "none", "sysctl kern.hv_vmm_present")
    if source.is_live and platform.system() == "Windows":
        return absent(Status.UNSUPPORTED, "Windows", "not looked for on Windows")
    parts = [words for words in (_machine_kind(source), _container(source)) if words]
    how = "/proc/cpuinfo, /sys/class/dmi/id, /sys/hypervisor, /proc/1/cgroup"
    return ok(" in ".join(reversed(parts)) if parts else "none", how)


def _machine_kind(source: Source) -> str:
    places = ("product_name", "sys_vendor", "board_vendor")
    words = " ".join(source.text("/sys/class/dmi/id", place) or "" for place in places).lower()
    words += " " + (source.text("/sys/hypervisor/type") or "")
    named = next((name for word, name in _VIRTUAL_WORDS if word in words), "")
    if named:
        return f"a virtual machine ({named})"
    flags = re.search(r"^flags\s*:.*\bhypervisor\b", source.text("/proc/cpuinfo") or "", re.M)
    return "a virtual machine" if flags else ""


def _container(source: Source) -> str:
    if source.path("/.dockerenv").exists() or source.path("/run/.containerenv").exists():
        return "a container"
    cgroup = source.text("/proc/1/cgroup") or ""
    return "a container" if any(word in cgroup for word in _CONTAINER_WORDS) else ""


def detect_memory(source: Source) -> tuple[Reading[int], Reading[int]]:
    """Return main memory and swap in bytes."""
    if source.is_live and platform.system() != "Linux":
        import psutil

        memory, swap = psutil.virtual_memory(), psutil.swap_memory()
        return ok(int(memory.total), "operating system"), ok(int(swap.total), "operating system")
    text = source.text("/proc/meminfo") or ""
    return _meminfo(text, "MemTotal"), _meminfo(text, "SwapTotal")


def _meminfo(text: str, field: str) -> Reading[int]:
    found = re.search(rf"^{field}:\s+(\d+) kB", text, re.M)
    if not found:
        return absent(Status.LOST, "/proc/meminfo", f"no {field} there")
    return ok(int(found[1]) * 1024, "/proc/meminfo")


def detect_battery(source: Source) -> Reading[str]:
    """Return "none" or the charge; a battery tells a laptop."""
    how = "operating system power information"
    if not source.is_live:
        names = source.names("/sys/class/power_supply")
        kinds = [source.text("/sys/class/power_supply", n, "type") for n in names]
        return ok("found" if "Battery" in kinds else "none", "/sys/class/power_supply")
    import psutil

    try:
        found = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    except OSError as error:  # a container without /sys
        return absent(Status.LOST, how, error.strerror or str(error))
    if found is None:
        return ok("none", how)
    return ok(f"{found.percent:.0f} %{', charging' if found.power_plugged else ''}", how)


def detect_accelerators(source: Source) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the NPUs and TPUs found, and the places looked at."""
    if source.is_live and platform.system() != "Linux":
        return (), (f"device list: not looked for on {platform.system()}",)
    looked = ("/sys/class/accel", "/dev/accel", "/dev/apex_*", "PCI bus for TPUs")
    found = [_accel_words(source, name) for name in source.names("/sys/class/accel")]
    if not found:
        found = [f"accelerator {name}" for name in source.names("/dev/accel")]
    apex = [name for name in source.names("/dev") if name.startswith("apex_")]
    found += [f"Coral Edge TPU ({name})" for name in apex]
    found += ["Google TPU" for _ in _tpu_functions(source)]
    return tuple(found), looked


def _accel_words(source: Source, name: str) -> str:
    uevent = source.text("/sys/class/accel", name, "device/uevent") or ""
    driver = re.search(r"^DRIVER=(\S+)", uevent, re.M)
    known = {"intel_vpu": "Intel NPU", "amdxdna": "AMD NPU", "habanalabs": "Intel Gaudi"}
    word = known.get(driver[1], f"accelerator ({driver[1]})") if driver else "accelerator"
    return f"{word} ({name})"


def _tpu_functions(source: Source) -> list[str]:
    """Return the PCI functions of Google's own chips that are processing accelerators."""
    root = "/sys/bus/pci/devices"
    return [
        name
        for name in source.names(root)
        if source.number(root, name, "vendor", base=16) == 0x1AE0
        and (source.number(root, name, "class", base=16) or 0) >> 16 == 0x12
    ]


def detect_torch() -> Reading[str]:
    """Return the version of torch in this Python without importing it."""
    how = "installed packages of this Python"
    if importlib.util.find_spec("torch") is None:
        return absent(Status.UNSUPPORTED, how, "torch is not installed")
    try:
        return ok(importlib.metadata.version("torch"), how)
    except importlib.metadata.PackageNotFoundError:
        return absent(Status.LOST, how, "torch is there, but its version is not stated")
