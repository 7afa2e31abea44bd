"""The readers that go straight to the kernel's files: on written files, and against psutil here."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil
import pytest

from hwstudio.core.model.reading import Status
from hwstudio.core.probe.cpu_linux import LinuxCpuProbe
from hwstudio.core.probe.disk_linux import LinuxDiskProbe
from hwstudio.core.probe.memory_linux import LinuxMemoryProbe
from hwstudio.core.probe.network_linux import LinuxNetworkProbe
from hwstudio.core.probe.pressure import PressureProbe

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel of Linux")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pread")


def _write(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def _stat(*cores: tuple[int, int, int, int]) -> str:
    lines = [f"cpu{n} {u} 0 {s} {i} {w} 0 0 0 0 0" for n, (u, s, i, w) in enumerate(cores)]
    return "cpu  0 0 0 0 0 0 0 0 0 0\n" + "\n".join(lines) + "\nintr 5 1 2\nctxt 9\n"


def test_cpu_shares_leave_out_idling_and_waiting_for_a_disk(tmp_path):
    _write(tmp_path / "loadavg", "1.25 0.80 0.40 1/64 999\n")
    _write(tmp_path / "cpuinfo", "cpu MHz : 2000.0\ncpu MHz : 3000.0\n")
    _write(tmp_path / "stat", _stat((0, 0, 0, 0), (0, 0, 0, 0)))
    probe = LinuxCpuProbe(tmp_path, tmp_path)
    assert probe.read(0.0).status is Status.STALE
    _write(tmp_path / "stat", _stat((30, 0, 70, 0), (10, 10, 50, 30)))
    found = probe.read(1.0).value
    assert found.core_shares == pytest.approx((0.3, 0.2))
    assert found.busy_share == pytest.approx(0.25)
    assert found.wait_share.value == pytest.approx(0.15)
    assert (found.load_1min.value, found.frequency_hz.value) == (1.25, 2.5e9)
    probe.close()


def test_a_processor_switched_off_while_running_costs_one_reading_only(tmp_path):
    _write(tmp_path / "loadavg", "0 0 0 1/1 1\n")
    _write(tmp_path / "cpuinfo", "")
    probe = LinuxCpuProbe(tmp_path, tmp_path)
    for cores, count in (((0, 0, 0, 0),) * 2, None), (((1, 0, 1, 0),), None), (((2, 0, 2, 0),), 1):
        _write(tmp_path / "stat", _stat(*cores))
        found = probe.read(float(len(cores))).value
        assert (len(found.core_shares) if found else None) == count
    assert found.frequency_hz.status is Status.UNSUPPORTED
    probe.close()


def test_idle_time_that_steps_back_never_makes_a_share_above_one(tmp_path):
    _write(tmp_path / "loadavg", "0 0 0 1/1 1\n")
    _write(tmp_path / "cpuinfo", "")
    _write(tmp_path / "stat", _stat((0, 0, 100, 0)))
    probe = LinuxCpuProbe(tmp_path, tmp_path)
    probe.read(0.0)
    _write(tmp_path / "stat", _stat((150, 0, 90, 0)))
    assert probe.read(1.0).value.busy_share == 1.0
    probe.close()


def test_memory_in_use_is_what_programs_can_not_have_back(tmp_path):
    _write(
        tmp_path / "meminfo",
        "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 600 kB\nBuffers: 1 kB\nCached: 400 kB\n"
        "SwapTotal: 50 kB\nSwapFree: 40 kB\n",
    )
    found = LinuxMemoryProbe(tmp_path).read(0.0).value
    assert (found.total_bytes, found.used_bytes) == (1000 * 1024, 400 * 1024)
    assert (found.swap_total_bytes, found.swap_used_bytes) == (50 * 1024, 10 * 1024)


def test_an_old_kernel_without_available_memory_counts_free_and_cached(tmp_path):
    _write(
        tmp_path / "meminfo",
        "MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nSwapCached: 7 kB\nCached: 250 kB\n",
    )
    assert LinuxMemoryProbe(tmp_path).read(0.0).value.available_bytes == 400 * 1024


def _disk(name: str, read: int, written: int, busy_ms: int) -> str:
    return f" 8 0 {name} 1 0 {read} 0 1 0 {written} 0 0 {busy_ms} 0 0 0 0 0 0 0\n"


def test_drive_rates_count_sectors_of_512_bytes_and_leave_partitions_out(tmp_path):
    file = tmp_path / "diskstats"
    _write(file, _disk("sda", 0, 0, 0) + _disk("sda1", 0, 0, 0) + _disk("loop0", 0, 0, 0))
    probe = LinuxDiskProbe(tmp_path)
    assert probe.read(0.0).status is Status.STALE
    _write(file, _disk("sda", 8, 4, 500) + _disk("sda1", 8, 4, 500) + _disk("loop0", 9, 0, 0))
    (found,) = probe.read(2.0).value
    assert (found.name, found.read_bytes_per_s, found.write_bytes_per_s) == ("sda", 2048, 1024)
    assert found.busy_share.value == 0.25


def _nics(**counters: tuple[int, int]) -> str:
    lines = [f" {n}: {r} 0 0 0 0 0 0 0 {s} 0 0 0 0 0 0 0\n" for n, (r, s) in counters.items()]
    return "Inter-| Receive\n face |bytes\n" + "".join(lines)


def test_interfaces_that_are_down_and_loopback_are_left_out(tmp_path):
    proc, sys_ = tmp_path / "proc", tmp_path / "sys"
    for name, state, speed in (("eth0", "up\n", "1000"), ("eth1", "down\n", "-1")):
        _write(sys_ / f"class/net/{name}/operstate", state)
        _write(sys_ / f"class/net/{name}/speed", speed)
    _write(proc / "net/dev", _nics(lo=(0, 0), eth0=(0, 0), eth1=(0, 0)))
    probe = LinuxNetworkProbe(proc, sys_)
    probe.read(0.0)
    _write(proc / "net/dev", _nics(lo=(9, 9), eth0=(500, 100), eth1=(7, 7)))
    (found,) = probe.read(0.5).value
    assert (found.name, found.receive_bytes_per_s, found.send_bytes_per_s) == ("eth0", 1000, 200)
    assert found.link_bytes_per_s.value == 125e6


def test_a_link_without_a_speed_says_so_instead_of_minus_one(tmp_path):
    proc, sys_ = tmp_path / "proc", tmp_path / "sys"
    _write(sys_ / "class/net/veth1/operstate", "unknown\n")
    _write(sys_ / "class/net/veth1/speed", "-1")
    probe = LinuxNetworkProbe(proc, sys_)
    for second, bytes_ in ((0.0, 0), (1.0, 10)):
        _write(proc / "net/dev", _nics(veth1=(bytes_, 0)))
        found = probe.read(second)
    assert found.value[0].link_bytes_per_s.status is Status.UNSUPPORTED


def _pressure(root: Path, cpu: int, memory: int, io: int) -> None:
    for name, total in (("cpu", cpu), ("memory", memory), ("io", io)):
        _write(
            root / "pressure" / name,
            f"some avg10=0.00 avg60=0.00 avg300=0.00 total={total}\nfull avg10=0 total=5\n",
        )


def test_waiting_is_the_growth_of_the_kernels_own_counter(tmp_path):
    _pressure(tmp_path, 0, 0, 0)
    probe = PressureProbe(tmp_path)
    assert probe.read(0.0).status is Status.STALE
    _pressure(tmp_path, 500_000, 0, 1_900_000)
    found = probe.read(2.0).value
    assert (found.cpu_share, found.memory_share, found.disk_share) == (0.25, 0.0, 0.95)
    probe.close()


def test_a_kernel_that_does_not_count_waiting_says_so(tmp_path):
    assert PressureProbe(tmp_path).read(0.0).status is Status.UNSUPPORTED


@on_linux
def test_the_direct_readers_agree_with_psutil_on_this_computer():
    memory = LinuxMemoryProbe().read(0.0).value
    other = psutil.virtual_memory()
    assert memory.total_bytes == other.total
    assert memory.available_bytes == pytest.approx(other.available, rel=0.05)
    disks, nics, cpu = LinuxDiskProbe(), LinuxNetworkProbe(), LinuxCpuProbe()
    for probe in (disks, nics, cpu):
        probe.read(0.0)
    time.sleep(0.05)
    assert len(cpu.read(0.05).value.core_shares) == psutil.cpu_count()
    known = psutil.disk_io_counters(perdisk=True) or {}
    assert {disk.name for disk in disks.read(0.05).value or ()} <= set(known)
    up = {name for name, link in psutil.net_if_stats().items() if link.isup}
    assert {nic.name for nic in nics.read(0.05).value or ()} <= up
