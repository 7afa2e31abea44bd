"""Whether this is a virtual machine, a container or WSL, and what it may use of the computer."""

from __future__ import annotations

import re

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe.mac_facts import SYSCTL, sysctl
from hwstudio.core.probe.source import Source

_WORDS = (
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
_CONTAINERS = ("docker", "containerd", "kubepods", "lxc", "podman", "libpod")
_BARE_METAL = (".metal",)  # Amazon's whole machines carry the same maker as its virtual ones
_LINUX_HOW = "/proc/version, /proc/cpuinfo, /sys/class/dmi/id, /sys/hypervisor, /proc/1/cgroup"
_CGROUP = "/sys/fs/cgroup"
_NO_LIMIT = 2**60  # an old kernel writes a huge number for "no limit"


def detect_virtual(source: Source) -> Reading[str]:
    """Return "none", or the virtual machine and container hwstudio runs in."""
    if source.system == "Darwin":
        guest = sysctl(source).get("kern.hv_vmm_present")
        if guest is None:
            return absent(Status.LOST, SYSCTL, "no answer")
        return ok("a virtual machine" if guest == "1" else "none", f"{SYSCTL} kern.hv_vmm_present")
    if source.system == "Windows":
        return _windows(source)
    parts = [words for words in (_machine_kind(source), _container(source)) if words]
    return ok(" in ".join(reversed(parts)) if parts else "none", _LINUX_HOW)


def _windows(source: Source) -> Reading[str]:
    how = "the maker's name in the Windows registry"
    try:
        words = " ".join(map(str, source.call("maker")))
    except (OSError, TypeError) as error:
        return absent(Status.LOST, how, str(error))
    named = _named(words)
    return ok(f"a virtual machine ({named})" if named else "none", how)


def _named(words: str) -> str:
    words = words.lower()
    if any(word in words for word in _BARE_METAL):
        return ""
    return next((name for word, name in _WORDS if word in words), "")


def _machine_kind(source: Source) -> str:
    version = (
        source.text("/proc/version") or source.text("/proc/sys/kernel/osrelease") or ""
    ).lower()
    if "microsoft" in version and ("wsl" in version or source.exists("/dev/dxg")):
        return "WSL 2, a virtual machine in Windows"
    places = ("product_name", "sys_vendor", "board_vendor")
    words = " ".join(source.text("/sys/class/dmi/id", place) or "" for place in places)
    words += " " + (source.text("/sys/hypervisor/type") or "")
    named = _named(words)
    if named:
        return f"a virtual machine ({named})"
    flags = re.search(r"^flags\s*:.*\bhypervisor\b", source.once("/proc/cpuinfo") or "", re.M)
    return "a virtual machine" if flags else ""


def _container(source: Source) -> str:
    if source.exists("/.dockerenv") or source.exists("/run/.containerenv"):
        return "a container"
    cgroup = source.text("/proc/1/cgroup") or ""
    return "a container" if any(word in cgroup for word in _CONTAINERS) else ""


# --- what the container or the service may use ----------------------------------------------------


def detect_limits(source: Source) -> Reading[str]:
    """Return the processor time and memory the system allows us, or "none"."""
    if source.system != "Linux":
        return absent(Status.UNSUPPORTED, "operating system", f"not looked for on {source.system}")
    processors, memory = _processors(source), _memory_bytes(source)
    said = []
    if processors is not None:
        said.append(f"{processors:g} processor{'' if processors == 1 else 's'}")
    if memory is not None:
        said.append(f"{memory / 2**30:.1f} GiB of memory")
    return ok(" and ".join(said) or "none", f"control groups in {_CGROUP}")


def _processors(source: Source) -> float | None:
    words = (source.text(_CGROUP, "cpu.max") or "").split()
    if len(words) != 2 or not all(word.isdecimal() for word in words):
        quota = source.number(_CGROUP, "cpu/cpu.cfs_quota_us")
        period = source.number(_CGROUP, "cpu/cpu.cfs_period_us")
    else:
        quota, period = int(words[0]), int(words[1])
    return round(quota / period, 2) if quota and period and quota > 0 and period > 0 else None


def _memory_bytes(source: Source) -> int | None:
    limit = source.number(_CGROUP, "memory.max")
    limit = limit or source.number(_CGROUP, "memory/memory.limit_in_bytes")
    return limit if limit and 0 < limit < _NO_LIMIT else None
