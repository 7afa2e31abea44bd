"""The portable probes on this very machine, and on counters given to them."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import psutil
import pytest

from hwstudio.core.model.reading import Status
from hwstudio.core.probe.battery import BatteryProbe
from hwstudio.core.probe.cpu import CpuProbe
from hwstudio.core.probe.detect_system import detect_memory
from hwstudio.core.probe.disk import DiskProbe, is_drive
from hwstudio.core.probe.memory import MemoryProbe
from hwstudio.core.probe.network import NetworkProbe
from hwstudio.core.probe.probe import PROBES, all_probes
from hwstudio.core.probe.temperature import TemperatureProbe, hottest


def _times(**values):
    names = ("user", "system", "idle", "iowait", "guest")
    row = {name: values.get(name, 0.0) for name in names}
    return SimpleNamespace(**row, _fields=names)


def test_cpu_shares_are_busy_time_over_all_time_and_waiting_for_a_disk_is_not_busy(monkeypatch):
    reads = [
        [_times(), _times()],
        [_times(user=30, idle=70), _times(user=10, system=10, idle=50, iowait=30)],
    ]
    monkeypatch.setattr(psutil, "cpu_times", lambda percpu: reads.pop(0))
    probe = CpuProbe()
    assert probe.read(0.0).status is Status.STALE
    found = probe.read(1.0).value
    assert found.core_shares == pytest.approx((0.3, 0.2))
    assert found.busy_share == pytest.approx(0.25)
    assert found.wait_share.value == pytest.approx(0.15)


def test_a_processor_that_is_taken_away_does_not_break_the_reading(monkeypatch):
    reads = [[_times(), _times()], [_times(user=1)], [_times(user=2, idle=1)]]
    monkeypatch.setattr(psutil, "cpu_times", lambda percpu: reads.pop(0))
    probe = CpuProbe()
    probe.read(0.0)
    assert probe.read(1.0).status is Status.STALE
    assert len(probe.read(2.0).value.core_shares) == 1


def test_used_memory_is_total_less_available(monkeypatch):
    memory = SimpleNamespace(total=100, available=60, used=35)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(total=10, used=1))
    found = MemoryProbe().read(0.0).value
    assert (found.used_bytes, found.available_bytes, found.swap_used_bytes) == (40, 60, 1)


def test_memory_is_read_though_windows_performance_counters_are_off_and_tell_no_swap(monkeypatch):
    def refused():
        raise RuntimeError("PdhAddEnglishCounterW failed. Performance counters may be disabled.")

    monkeypatch.setattr(psutil, "swap_memory", refused)
    found = MemoryProbe().read(0.0).value
    assert found.total_bytes > 0
    assert (found.swap_total_bytes, found.swap_used_bytes) == (None, None)
    memory, swap = detect_memory(SimpleNamespace(system="Windows", is_live=True))
    assert memory.is_ok
    assert not swap.is_ok


def _disk(read, write, busy):
    return SimpleNamespace(read_bytes=read, write_bytes=write, busy_time=busy)


def test_disk_rates_are_bytes_over_the_time_between_reads(monkeypatch):
    reads = [{"sda": _disk(0, 0, 0)}, {"sda": _disk(4000, 1000, 500), "sdb": _disk(9, 9, 9)}]
    monkeypatch.setattr(psutil, "disk_io_counters", lambda **_: reads.pop(0))
    probe = DiskProbe()
    assert probe.read(10.0).status is Status.STALE
    (found,) = probe.read(12.0).value
    assert (found.read_bytes_per_s, found.write_bytes_per_s) == (2000, 500)
    assert found.busy_share.value == 0.25


def test_a_counter_that_was_reset_gives_zero_not_a_negative_rate(monkeypatch):
    reads = [{"sda": _disk(5000, 0, 0)}, {"sda": _disk(10, 0, 0)}]
    monkeypatch.setattr(psutil, "disk_io_counters", lambda **_: reads.pop(0))
    probe = DiskProbe()
    probe.read(0.0)
    assert probe.read(1.0).value[0].read_bytes_per_s == 0


def test_no_drive_counters_is_said_in_words(monkeypatch):
    monkeypatch.setattr(psutil, "disk_io_counters", lambda **_: None)
    assert "no drive" in DiskProbe().read(0.0).why


@pytest.mark.parametrize("name", ["sda", "nvme0n1", "vda", "mmcblk0", "PhysicalDrive0", "disk0"])
def test_whole_drives_are_shown(name):
    assert is_drive(name)


@pytest.mark.parametrize(
    "name", ["sda1", "nvme0n1p2", "loop3", "zram0", "dm-0", "md127", "mmcblk0p1", "disk0s1"]
)
def test_parts_and_layers_of_drives_are_not_shown(name):
    assert not is_drive(name)


def _nic(received, sent):
    return SimpleNamespace(bytes_recv=received, bytes_sent=sent)


def test_loopback_and_interfaces_that_are_down_are_left_out(monkeypatch):
    reads = [
        {"lo": _nic(0, 0), "eth0": _nic(0, 0), "eth1": _nic(0, 0)},
        {"lo": _nic(9, 9), "eth0": _nic(500, 100), "eth1": _nic(1, 1)},
    ]
    links = {
        "lo": SimpleNamespace(isup=True, speed=0),
        "eth0": SimpleNamespace(isup=True, speed=1000),
        "eth1": SimpleNamespace(isup=False, speed=0),
    }
    monkeypatch.setattr(psutil, "net_io_counters", lambda **_: reads.pop(0))
    monkeypatch.setattr(psutil, "net_if_stats", lambda: links)
    probe = NetworkProbe()
    probe.read(0.0)
    (found,) = probe.read(0.5).value
    assert (found.name, found.receive_bytes_per_s, found.send_bytes_per_s) == ("eth0", 1000, 200)
    assert found.link_bytes_per_s.value == 125e6


def _sensor(label, current, high=None, critical=None):
    return SimpleNamespace(label=label, current=current, high=high, critical=critical)


def test_temperatures_keep_the_limits_the_driver_states_and_drop_broken_sensors(monkeypatch):
    chips = {
        "nvme": [_sensor("Composite", 41.0, 84.8, 84.8)],
        "k10temp": [_sensor("Tctl", 63.5), _sensor("broken", 0.0), _sensor("mad", 65535.0)],
    }
    monkeypatch.setattr(psutil, "sensors_temperatures", lambda: chips, raising=False)
    found = TemperatureProbe().read(0.0).value
    assert [sensor.name for sensor in found] == ["k10temp Tctl", "nvme Composite"]
    assert found[1].critical_c.value == 84.8
    assert found[0].critical_c.value is None
    assert hottest(found).celsius == 63.5


def test_no_temperature_sensor_is_said_in_words(monkeypatch):
    monkeypatch.setattr(psutil, "sensors_temperatures", dict, raising=False)
    found = TemperatureProbe().read(0.0)
    assert found.status is Status.UNSUPPORTED
    assert "no sensor found" in found.why


def test_no_battery_is_said_in_words(monkeypatch):
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None, raising=False)
    assert BatteryProbe().read(0.0).why == "no battery found"


def test_a_charging_battery_has_no_time_left(monkeypatch):
    charging = SimpleNamespace(percent=50, power_plugged=True, secsleft=-2)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: charging, raising=False)
    found = BatteryProbe().read(0.0).value
    assert (found.charge_share, found.is_plugged.value, found.left_s.value) == (0.5, True, None)


def test_every_registered_probe_states_cost_and_cadence_and_has_its_own_name():
    probes = all_probes()
    assert [probe.name for probe in probes] == list(PROBES.names())
    assert all(probe.cadence_s >= 1.0 and probe.cost_ms >= 0 and probe.how for probe in probes)


def test_the_real_probes_answer_on_this_machine():
    for probe in all_probes():
        probe.read(0.0)
        found = probe.read(1.0)
        assert found.is_ok or found.why, probe.name
        probe.close()


def test_listing_probes_loads_no_vendor_library():
    import subprocess

    code = (
        "import sys; from hwstudio.core.probe import probe, machine; "
        "print([m for m in ('pynvml', 'cpuinfo', 'psutil', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
