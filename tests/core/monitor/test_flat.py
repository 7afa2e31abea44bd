"""From a snapshot to a flat sample: every number once, nothing made up."""

from __future__ import annotations

from hwstudio.core.model.reading import Status, absent, ok
from hwstudio.core.monitor.flat import Flattener, sample_of
from hwstudio.core.monitor.snapshot import snapshot_of
from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.hwmon import BoardSensor
from hwstudio.core.probe.live import (
    BatteryUse,
    CpuUse,
    DiskUse,
    MemoryUse,
    NicUse,
    PressureUse,
    Temperature,
)
from hwstudio.core.probe.nvml import NvmlProbe
from hwstudio.core.probe.rapl import PowerZone

NONE = absent(Status.UNSUPPORTED, "test", "not offered")


def _snapshot(**families):
    return snapshot_of("", 0.0, {name: ok(value) for name, value in families.items()})


def test_every_family_has_its_numbers_under_its_sensors_names():
    sample = sample_of(
        _snapshot(
            cpu=CpuUse(0.5, (0.25, 0.75), ok(0.1), ok(3e9), ok(1.5)),
            memory=MemoryUse(100, 40, 60, 10, 2),
            pressure=PressureUse(0.1, 0.2, 0.3),
            disks=(DiskUse("sda", 10.0, 20.0, ok(0.5)), DiskUse("sdb", 1.0, 2.0, ok(0.9))),
            network=(NicUse("eth0", 5.0, 6.0, ok(125e6)),),
            temperatures=(Temperature("k10temp Tctl", 61.0, NONE, ok(95.0)),),
            battery=BatteryUse(0.8, ok(True), NONE, ok(12.5)),
            board=(BoardSensor("nct Fan 1", "rpm", 900.0), BoardSensor("nct Temp", "c", 40.0)),
            cpu_power=(PowerZone("package-0", "Processor", 45.0, 1000.0),),
        ),
        50.0,
    )
    values = sample.values
    assert values["cpu.core.1.busy_share"] == 0.75
    assert values["cpu.max_core_share"] == 0.75
    assert values["memory.swap_used_bytes"] == 2.0
    assert values["disks.stall_share"] == 0.3
    assert (values["disks.read_bytes_per_s"], values["disks.busy_share"]) == (11.0, 0.9)
    assert values["network_all.send_bytes_per_s"] == 6.0
    assert values["temperature.k10temp Tctl.celsius_c"] == 61.0
    assert values["temperature_all.hottest_c"] == 61.0
    assert values["battery.power_w"] == 12.5
    assert values["board.nct Fan 1.speed_rpm"] == 900.0
    assert "board.nct Temp.celsius_c" not in values  # temperatures are a family of their own
    assert values["power.package-0.energy_j"] == 1000.0
    assert sample.words["battery.supply"] == "plugged in"
    assert sample.device("temperature.k10temp Tctl").limits == {"celsius_c": 95.0}
    assert sample.device("network.eth0").limits["receive_bytes_per_s"] == 125e6


def test_what_is_absent_has_a_reason_and_no_number():
    sample = sample_of(snapshot_of("", 0.0, {"cpu": absent(Status.LOST, "x", "gone")}), 0.0)
    assert sample.values == {}
    assert (sample.missing["cpu"].status, sample.missing["cpu"].why) == (Status.LOST, "gone")


def test_a_gpu_brings_its_limits_its_reasons_and_its_processes():
    probe = NvmlProbe(FakeNvml(FakeGpu(reasons=0x4, processes=((7, 2**30),))))
    sample = sample_of(snapshot_of("", 0.0, {"gpus": probe.read(0.0)}), 0.0)
    probe.close()
    assert sample.values["gpu.0.throttle_bits"] == 4.0
    assert sample.words["gpu.0.throttle"] == "power limit"
    limits = sample.device("gpu.0").limits
    assert limits["temperature_c"] == 87.0
    assert limits["vram_used_bytes"] == 24 * 2**30
    assert [(h.pid, h.gpu, h.vram_bytes) for h in sample.holders] == [(7, "gpu.0", 2**30)]


def test_two_sensors_of_one_name_are_told_apart():
    twins = tuple(Temperature("nvme Composite", 40.0 + n, NONE, NONE) for n in range(2))
    values = sample_of(_snapshot(temperatures=twins), 0.0).values
    assert values["temperature.nvme Composite.celsius_c"] == 40.0
    assert values["temperature.nvme Composite 2.celsius_c"] == 41.0


def test_devices_are_made_anew_when_one_comes_and_not_every_second():
    flatten = Flattener()
    one = _snapshot(disks=(DiskUse("sda", 0.0, 0.0, NONE),))
    two = _snapshot(disks=(DiskUse("sda", 0.0, 0.0, NONE), DiskUse("sdb", 0.0, 0.0, NONE)))
    first, again = flatten.sample(one, 0.0), flatten.sample(one, 1.0)
    assert again.devices is first.devices
    assert [device.id for device in flatten.sample(two, 2.0).devices] == ["disk.sda", "disk.sdb"]
