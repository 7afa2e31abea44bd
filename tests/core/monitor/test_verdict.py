"""The sentence about what limits the machine, on made-up stretches of readings."""

from __future__ import annotations

import pytest

from hwstudio.core.model.reading import Status, absent, ok
from hwstudio.core.monitor.flat import sample_of
from hwstudio.core.monitor.ring import Ring
from hwstudio.core.monitor.snapshot import snapshot_of
from hwstudio.core.monitor.verdict import verdict
from hwstudio.core.probe import fake_nvml
from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.live import CpuUse, DiskUse, MemoryUse, NicUse
from hwstudio.core.probe.nvml import NvmlProbe

NONE = absent(Status.UNSUPPORTED, "test", "not offered")


def _judge(cores=(0.1, 0.1, 0.1, 0.1), memory=0.3, disk=0.0, flow=0.0, gpus=()):
    readings = {
        "cpu": ok(CpuUse(sum(cores) / len(cores), cores, NONE, NONE, NONE)),
        "memory": ok(MemoryUse(1000, int(memory * 1000), 1000 - int(memory * 1000), 0, 0)),
        "disks": ok((DiskUse("sda", 5e6, 1e6, ok(disk)),)),
        "network": ok((NicUse("eth0", flow, 0.0, ok(125e6)),)),
        "gpus": NvmlProbe(FakeNvml(*gpus)).read(0.0),
    }
    ring = Ring(30)
    for second in range(12):
        snapshot = snapshot_of("", float(second), readings)
        ring.append(float(second), sample_of(snapshot, float(second)).values)
    return verdict(ring, snapshot)


@pytest.mark.parametrize(
    ("case", "kind", "limit", "words"),
    [
        ({"cores": (0.01,) * 4}, "ok", "cpu", "idle"),
        ({"cores": (0.3,) * 4}, "ok", "cpu", "Nothing limits"),
        ({"cores": (0.97,) * 4}, "warn", "cpu", "4 threads are 97 % busy"),
        ({"cores": (1.0, 0, 0, 0)}, "info", "cpu", "One core is full"),
        ({"memory": 0.95}, "warn", "memory", "nearly full"),
        ({"disk": 0.95}, "warn", "disks", "sda"),
        ({"flow": 120e6}, "warn", "network", "eth0"),
        ({"gpus": (FakeGpu(busy=97),)}, "ok", "gpu.0", "what you want"),
        ({"gpus": (FakeGpu(busy=97, reasons=4),)}, "warn", "gpu.0", "power limit at 320 W"),
        ({"gpus": (FakeGpu(busy=97, reasons=0x40),)}, "warn", "gpu.0", "temperature"),
        ({"gpus": (FakeGpu(busy=30),), "cores": (1.0, 0, 0, 0)}, "warn", "gpu.0", "waits"),
        (
            {"gpus": (FakeGpu(busy=3), FakeGpu(busy=60)), "cores": (0.96,) * 4},
            "warn",
            "gpu.1",
            "all 4 threads",
        ),
        ({"gpus": (FakeGpu(used=24 * 2**30 - 1),)}, "warn", "gpu.0", "out of memory"),
    ],
)
def test_the_limit_is_named_with_its_figures(case, kind, limit, words):
    found = _judge(**case)
    assert (found.kind, found.limit) == (kind, limit), found.sentence
    assert words in found.sentence


def test_a_lost_gpu_comes_before_everything_else():
    gone = FakeGpu(errors={"*": fake_nvml.NVMLError_GpuIsLost("x")})
    found = _judge(gpus=(gone,), memory=0.99, cores=(1.0,) * 4)
    assert found.kind == "error"
    assert "does not answer" in found.sentence


def test_the_thresholds_are_stated_beside_the_verdict():
    assert "85 %" in _judge().evidence


def test_before_the_first_values_nothing_is_claimed():
    assert verdict(Ring(5), None).kind == "info"
