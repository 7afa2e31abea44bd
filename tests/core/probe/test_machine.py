"""Detection on recorded trees (synthetic, in the kernel's documented formats) and on this PC."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from hwstudio.core.model.machine import CANNOT_TELL
from hwstudio.core.model.reading import Status
from hwstudio.core.probe import detect_cpu, detect_drive, detect_gpu, fake_nvml
from hwstudio.core.probe.deadline import TooSlowError, output_of, within
from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.machine import detect_machine
from hwstudio.core.probe.mount import Mount
from hwstudio.core.probe.source import Source
from hwstudio.core.probe.windows_adapters import video_adapters

AMD_CPU = """processor\t: 0
physical id\t: 0
core id\t\t: 0
model name\t: AMD Ryzen 9 7950X 16-Core Processor
flags\t\t: fpu sse4_2 avx avx2 avx512f avx512_bf16 amx_tile hypervisor

processor\t: 1
physical id\t: 0
core id\t\t: 0
model name\t: AMD Ryzen 9 7950X 16-Core Processor
"""
PI = """processor\t: 0
Features\t: fp asimd asimddp sve2
CPU part\t: 0xd0b

processor\t: 1
Features\t: fp asimd

Model\t\t: Raspberry Pi 5 Model B Rev 1.0
"""


def _tree(root: Path, files: dict[str, str]) -> Source:
    for place, text in files.items():
        file = root / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return Source(root)


def test_a_pc_is_read_from_the_kernels_own_files(tmp_path):
    source = _tree(
        tmp_path,
        {
            "proc/cpuinfo": AMD_CPU,
            "proc/meminfo": "MemTotal:       32777216 kB\nSwapTotal:       0 kB\n",
            "etc/os-release": 'NAME="Fedora"\nPRETTY_NAME="Fedora Linux 43"\n',
            "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq": "5881000\n",
            "sys/class/dmi/id/product_name": "VMware Virtual Platform",
            "sys/class/power_supply/BAT0/type": "Battery\n",
            "sys/class/accel/accel0/device/uevent": "DRIVER=intel_vpu\n",
        },
    )
    found = detect_machine(None, source, mounts=())
    assert found.cpu.name.value == "AMD Ryzen 9 7950X 16-Core Processor"
    assert (found.cpu.cores.value, found.cpu.threads.value) == (1, 2)
    assert found.cpu.max_mhz.value == 5881.0
    assert found.cpu.features.value == (
        "sse4.2", "avx", "avx2", "avx512f", "avx512-bf16", "amx",
    )  # fmt: skip
    assert found.cpu.features.how == "flags in /proc/cpuinfo"
    assert found.memory_bytes.value == 32777216 * 1024
    assert found.swap_bytes.value == 0
    assert found.os.value.startswith("Fedora Linux 43")
    assert found.virtual.value == "a virtual machine (VMware)"
    assert found.battery.value == "found"
    assert found.accelerators == ("Intel NPU (accel0)",)


def test_a_container_without_sys_is_assessed_and_its_battery_is_unknown(tmp_path):
    found = detect_machine(None, _tree(tmp_path, {"proc/cpuinfo": PI}), mounts=()).battery
    assert (found.value, found.status) == (None, Status.LOST)
    assert "no /sys" in found.why


def test_an_arm_board_gives_its_model_and_neon(tmp_path):
    cpu = detect_machine(None, _tree(tmp_path, {"proc/cpuinfo": PI}), mounts=()).cpu
    assert cpu.name.value == "Raspberry Pi 5 Model B Rev 1.0"
    assert cpu.features.value == ("neon", "neon-dot", "sve2")
    assert cpu.threads.value == 2
    assert cpu.cores.value is None


def test_an_empty_tree_gives_unknown_with_reasons_and_never_zero(tmp_path):
    found = detect_machine(None, Source(tmp_path), mounts=())
    for reading in (found.cpu.name, found.cpu.cores, found.cpu.features, found.memory_bytes):
        assert reading.value is None
        assert reading.why
        assert reading.how
    assert found.gpus == ()
    assert found.gpus_looked
    assert found.accelerators == ()
    assert found.accelerators_looked


def _display(slot: str, vendor: str, device: str, **more: str) -> dict[str, str]:
    place = f"sys/bus/pci/devices/{slot}"
    files = {f"{place}/class": "0x030000\n", f"{place}/vendor": vendor, f"{place}/device": device}
    return files | {f"{place}/{name}": text for name, text in more.items()}


PCI_IDS = (
    "# list\n1002  Advanced Micro Devices, Inc. [AMD/ATI]\n\t744c  Navi 31 [Radeon RX 7900 XTX]\n"
    "10de  NVIDIA Corporation\n\t2684  AD102 [GeForce RTX 4090]\n"
)


def test_an_amd_card_is_found_on_the_pci_bus_with_its_memory_and_link(tmp_path):
    files = _display(
        "0000:03:00.0",
        "0x1002",
        "0x744c",
        mem_info_vram_total="25753026560",
        max_link_speed="16.0 GT/s PCIe",
        max_link_width="16",
    )
    source = _tree(tmp_path, files | {"usr/share/misc/pci.ids": PCI_IDS})
    asked = []

    def match(name, vram):
        asked.append((name, vram))
        return SimpleNamespace(id="gpu-x")

    (found,) = detect_machine(match, source, mounts=()).gpus
    assert found.name.value == "AMD Navi 31 [Radeon RX 7900 XTX]"
    assert (found.vendor, found.vram_bytes.value, found.gpu_id) == ("AMD", 25753026560, "gpu-x")
    assert found.pcie.value == "PCIe 4 x16"
    assert asked == [("Navi 31 [Radeon RX 7900 XTX]", 25753026560)]
    assert found.driver.value is None


def test_an_nvidia_card_whose_driver_is_missing_is_still_found(tmp_path):
    files = _display("0000:01:00.0", "0x10de", "0x2684")
    source = _tree(tmp_path, files | {"usr/share/misc/pci.ids": PCI_IDS})
    (found,) = detect_machine(None, source, mounts=()).gpus
    assert found.name.value == "NVIDIA AD102 [GeForce RTX 4090]"
    assert "does not answer" in found.vram_bytes.why


def test_a_servers_screen_chip_is_not_a_gpu_but_is_mentioned(tmp_path):
    source = _tree(tmp_path, _display("0000:07:00.0", "0x1a03", "0x2000"))
    found = detect_machine(None, source, mounts=())
    assert found.gpus == ()
    assert any("only for a screen" in looked for looked in found.gpus_looked)


def test_nvidia_gpus_come_from_the_driver_and_are_not_counted_twice(tmp_path):
    source = _tree(tmp_path, _display("0000:01:00.0", "0x10de", "0x2684"))
    nvml = FakeNvml(FakeGpu(uuid="GPU-a"), FakeGpu(uuid="GPU-b"))
    found = detect_machine(None, source, nvml=nvml, mounts=())
    assert [gpu.uuid for gpu in found.gpus] == ["GPU-a", "GPU-b"]
    assert found.gpus[0].vram_bytes.value == 24 * 2**30
    assert found.gpus[0].compute_capability.value == "8.9"
    assert found.gpus[0].pcie.value == "PCIe 4 x16"
    assert found.gpus[0].driver.value == "580.95.05"
    assert nvml.open_count == 0


def test_a_hanging_driver_does_not_hang_detection(tmp_path, monkeypatch):
    monkeypatch.setattr(detect_gpu, "_NVML_S", 0.05)
    nvml = FakeNvml(FakeGpu(hangs={"nvmlDeviceGetName"}))
    try:
        found = detect_machine(None, Source(tmp_path), nvml=nvml, mounts=())
        assert found.gpus == ()
        assert CANNOT_TELL in found.gpus_looked[0]
    finally:
        nvml.released.set()


def test_a_missing_driver_library_is_a_sure_answer(tmp_path):
    nvml = FakeNvml(init_error=fake_nvml.NVMLError_LibraryNotFound("x"))
    looked = detect_machine(None, Source(tmp_path), nvml=nvml, mounts=()).gpus_looked
    assert "not installed" in looked[0]
    assert CANNOT_TELL not in looked[0]


def test_apple_gpus_are_read_from_the_profilers_json():
    text = '{"SPDisplaysDataType": [{"_name": "Apple M4 Max", "sppci_model": "Apple M4 Max"}]}'
    (found,), looked = detect_gpu.apple_gpus(text)
    assert (found.name.value, found.vendor) == ("Apple M4 Max", "Apple")
    assert "shares the main memory" in found.vram_bytes.why
    assert looked == ["system_profiler: 1 found"]


@pytest.mark.parametrize("text", ["", "[]", "null", "not json"])
def test_an_unreadable_profiler_answer_is_said(text):
    found, looked = detect_gpu.apple_gpus(text)
    assert found == []
    assert "could not be read" in looked[0]


class _Registry:
    """A Windows registry with two adapters, one of them only a remote screen."""

    HKEY_LOCAL_MACHINE = object()
    KEYS = {  # noqa: RUF012 - never changed
        "0000": {
            "DriverDesc": "AMD Radeon RX 7900 XTX",
            "HardwareInformation.qwMemorySize": 25753026560,
            "DriverVersion": "32.0.1",
        },
        "0001": {"DriverDesc": "Microsoft Remote Display Adapter"},
        "Properties": {},
    }

    class _Key:
        def __init__(self, name):
            self.name = name

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    def OpenKey(self, _root, name):
        return self._Key(name)

    def EnumKey(self, _key, number):
        try:
            return list(self.KEYS)[number]
        except IndexError:
            raise OSError("no more") from None

    def QueryValueEx(self, key, name):
        try:
            return self.KEYS[key.name][name], 1
        except KeyError:
            raise OSError("no such value") from None


def test_windows_adapters_are_read_from_the_registry_without_remote_screens():
    (found,), why = video_adapters(_Registry())
    assert (found.name, found.memory_bytes, found.driver) == (
        "AMD Radeon RX 7900 XTX",
        25753026560,
        "32.0.1",
    )
    assert why == ""


def _block(tmp_path, name, rotational, model=""):
    return _tree(
        tmp_path,
        {
            f"sys/block/{name}/queue/rotational": f"{rotational}\n",
            f"sys/block/{name}/device/model": model,
        },
    )


@pytest.mark.parametrize(
    ("device", "block", "rotational", "model", "kind"),
    [
        ("/dev/nvme0n1p2", "nvme0n1", 0, "Samsung SSD 990 PRO", "SSD"),
        ("/dev/sda1", "sda", 1, "WDC WD40EFRX", "HDD"),
        ("/dev/sdb", "sdb", 1, "QEMU HARDDISK", "virtual"),
        ("/dev/vda1", "vda", 1, "", "virtual"),
    ],
)
def test_drive_kinds(tmp_path, device, block, rotational, model, kind):
    source = _block(tmp_path, block, rotational, model)
    assert detect_drive.drive_kind(source, Mount(device, "/", "ext4")).value == kind


def test_an_encrypted_volume_is_traced_to_the_drive_under_it(tmp_path):
    source = _block(tmp_path, "nvme0n1", 0)
    _tree(
        tmp_path,
        {
            "sys/class/block/dm-0/dm/name": "luks-home\n",
            "sys/class/block/dm-0/slaves/nvme0n1p3/x": "",
        },
    )
    found = detect_drive.drive_kind(source, Mount("/dev/mapper/luks-home", "/home", "btrfs"))
    assert found.value == "SSD"


def test_a_network_drive_is_called_so_and_an_unknown_one_is_unknown(tmp_path):
    source = Source(tmp_path)
    assert detect_drive.drive_kind(source, Mount("srv:/x", "/mnt", "nfs4")).value == "network"
    unknown = detect_drive.drive_kind(source, Mount("/dev/foo", "/x", "ext4"))
    assert (unknown.value, unknown.status) == (None, Status.UNSUPPORTED)


def test_one_device_is_listed_once_and_packages_and_boot_files_not_at_all(tmp_path):
    mounts = (
        Mount("/dev/sda2", "/home/x/deep", "ext4"),
        Mount("/dev/sda2", str(tmp_path), "ext4"),
        Mount("/dev/loop1", "/snap/core/1", "squashfs"),
        Mount("/dev/sda1", "/boot/efi", "vfat"),
    )
    found = detect_drive.detect_drives(Source(tmp_path), mounts)
    assert [drive.device for drive in found] == ["/dev/sda2"]


def test_a_mount_that_went_away_is_lost_not_empty(tmp_path):
    (found,) = detect_drive.detect_drives(
        Source(tmp_path), (Mount("/dev/sdz1", str(tmp_path / "gone"), "ext4"),)
    )
    assert found.free_bytes.value is None
    assert found.free_bytes.status is Status.LOST


def test_a_container_is_told(tmp_path):
    source = _tree(tmp_path, {".dockerenv": "", "proc/cpuinfo": AMD_CPU})
    assert detect_machine(None, source, mounts=()).virtual.value == (
        "a container in a virtual machine"
    )


def test_this_machine_is_detected_with_a_reason_for_every_unknown():
    found = detect_machine(None)
    assert found.cpu.threads.value >= 1
    assert found.memory_bytes.value > 2**28
    assert found.drives
    for reading in (found.os, found.virtual, found.cpu.name, found.cpu.max_mhz, found.torch):
        assert reading.is_ok or reading.why
    assert found.gpus or found.gpus_looked


def test_our_memory_and_threads_equal_what_lscpu_and_the_kernel_say():
    if not Path("/proc/meminfo").is_file():
        pytest.skip("needs Linux")
    found = detect_machine(None)
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert abs(found.memory_bytes.value - pages) < 0.02 * pages
    assert found.cpu.threads.value == os.cpu_count()


def test_the_slow_library_is_asked_only_when_the_system_has_no_name(monkeypatch):
    asked = []
    monkeypatch.setattr(detect_cpu, "_library_name", lambda: asked.append(1) or "A chip")
    detect_machine(None)
    assert asked == []
    monkeypatch.setitem(
        detect_cpu._NAMERS, "Odd", lambda _s: (detect_cpu._lost(), detect_cpu._lost())
    )
    named = detect_cpu.detect_cpu(Source(), "Odd")
    assert named.name.value == "A chip"
    assert named.name.how == "py-cpuinfo"


def test_a_question_that_hangs_is_given_up():
    with pytest.raises(TooSlowError):
        within(0.01, lambda: time.sleep(0.2))
    assert within(5, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 / 0)


def test_a_missing_or_failing_program_has_no_output():
    assert output_of(("no-such-program-here",), 1.0) is None
    assert output_of(("false",), 1.0) is None


def test_detection_starts_no_program_on_linux(monkeypatch):
    if not Path("/proc/cpuinfo").is_file():
        pytest.skip("needs Linux")

    def refuse(*_args, **_kwargs):
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "run", refuse)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert detect_machine(None).cpu.threads.is_ok
