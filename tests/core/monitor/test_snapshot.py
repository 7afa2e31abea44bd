"""Snapshots: what the CLI prints and what the charts keep."""

from __future__ import annotations

import json

from hwstudio.core.model.reading import Status, absent, ok
from hwstudio.core.monitor.flat import sample_of
from hwstudio.core.monitor.once import take_snapshot
from hwstudio.core.monitor.snapshot import document, snapshot_of
from hwstudio.core.probe import fake_nvml
from hwstudio.core.probe.fake import FakeProbe, HangingProbe
from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.feed import Feed, ThreadFeed
from hwstudio.core.probe.live import (
    BatteryUse,
    CpuUse,
    DiskUse,
    NicUse,
    ProcessTable,
    ProcessUse,
    Temperature,
)
from hwstudio.core.probe.nvml import NvmlProbe

NONE = absent(Status.UNSUPPORTED, "test", "not offered")
MAIN = ("schema", "taken_at", "cpu", "memory", "disks", "network", "gpus", "processes")


def _full():
    gpu = FakeGpu(
        processes=((7, 3 * 2**30),),
        errors={"nvmlDeviceGetFanSpeed": fake_nvml.NVMLError_NotSupported("x")},
    )
    gone = FakeGpu(uuid="b", errors={"*": fake_nvml.NVMLError_GpuIsLost("x")})
    return snapshot_of(
        "2026-01-01T00:00:00Z",
        5.0,
        {
            "cpu": ok(CpuUse(0.5, (0.4, 0.6), ok(0.01), NONE, ok(1.5))),
            "disks": ok((DiskUse("sda", 10.0, 20.0, NONE),)),
            "network": ok((NicUse("eth0", 1.0, 2.0, ok(125e6)),)),
            "temperatures": ok((Temperature("k10temp Tctl", 61.5, NONE, ok(95.0)),)),
            "gpus": NvmlProbe(FakeNvml(gpu, gone)).read(0.0),
            "processes": ok(
                ProcessTable((ProcessUse(7, "a", "u", 1.5, 9), ProcessUse(8, "b", "u", 0, 1)), 99)
            ),
            "battery": ok(BatteryUse(0.5, ok(True), NONE)),
        },
    )


def test_the_document_has_every_promised_field_and_is_json():
    found = json.loads(json.dumps(document(_full()), allow_nan=False))
    assert set(MAIN) <= found.keys()
    assert found["cpu"]["busy_percent"] == 50.0
    assert found["cpu"]["cores_busy_percent"] == [40.0, 60.0]
    assert found["disks"][0]["write_bytes_per_s"] == 20
    assert found["processes"][0]["cpu_percent"] == 150.0
    assert found["process_count"] == 99


def test_absent_is_null_with_its_status_and_never_zero():
    found = document(_full())
    assert found["memory"] is None
    assert found["status"]["memory"] == {"status": "unsupported", "how": "", "why": "not read"}
    gpu, gone = found["gpus"]
    assert gpu["fan_percent"] is None
    assert gpu["absent"]["fan_percent"]["status"] == "unsupported"
    assert gone["power_w"] is None
    assert gone["absent"]["power_w"]["status"] == "lost"
    assert found["cpu"]["frequency_hz"] is None


def test_a_lost_gpu_leaves_a_gap_in_the_charts_not_a_zero():
    series = sample_of(_full(), 0.0).values
    assert series["gpu.0.busy_share"] == 0.9
    assert not [name for name in series if name.startswith("gpu.1.")]
    assert "memory.used_bytes" not in series


def test_gpu_memory_is_put_beside_the_process():
    table = _full().processes.value.processes
    assert [p.vram_bytes for p in table] == [3 * 2**30, None]


def test_a_single_snapshot_reads_twice_so_that_rates_are_real():
    first = absent(Status.STALE, "", "a rate needs two reads")
    probe = FakeProbe("network", [first, (NicUse("eth0", 1.0, 2.0, NONE),)], cadence_s=60.0)
    found = take_snapshot([Feed(probe)], interval_s=0.01)
    assert found.network.is_ok
    assert probe.is_closed


def test_a_hanging_sensor_delays_a_snapshot_only_so_long():
    hanging = HangingProbe("gpus")
    feeds = [ThreadFeed(hanging, deadline_s=0.05), Feed(FakeProbe("cpu", [1]))]
    try:
        found = take_snapshot(feeds, interval_s=0.01, patience_s=0.15)
        assert found.gpus.status is Status.LOST
        assert found.cpu.is_ok
    finally:
        hanging.released.set()


def test_the_real_sensors_give_a_snapshot_on_this_machine():
    found = take_snapshot(interval_s=0.05)
    assert 0 <= found.cpu.value.busy_share <= 1
    assert found.memory.value.total_bytes > found.memory.value.used_bytes > 0
    assert found.processes.is_ok
    json.dumps(document(found), allow_nan=False)
