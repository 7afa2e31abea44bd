"""A computer without NVIDIA's library, and one that gets it while hwstudio runs."""

from __future__ import annotations

from hwstudio.core.model.reading import Status
from hwstudio.core.probe.fake import FakeProbe
from hwstudio.core.probe.live import GpuSet
from hwstudio.core.probe.nvml_absent import AwaitedNvidia

EMPTY = GpuSet((), ())


def test_without_the_library_the_binding_is_never_made():
    made = []
    probe = AwaitedNvidia(lambda: made.append(1), lambda: False)
    found = probe.read(0.0)
    assert found.status is Status.UNSUPPORTED
    assert "not installed" in found.why
    assert made == []


def test_a_driver_that_is_installed_later_is_found_within_a_minute():
    is_there = [False]
    inner = FakeProbe("gpus", [EMPTY])
    probe = AwaitedNvidia(lambda: inner, lambda: is_there[0])
    assert probe.read(0.0).value is None
    is_there[0] = True
    assert probe.read(59.0).value is None  # it is not looked for every second
    assert probe.read(61.0).value is EMPTY
    probe.close()
    assert inner.is_closed


def test_the_wish_for_pcie_traffic_reaches_a_driver_that_comes_later():
    asked = []

    class Driver(FakeProbe):
        def sample_pcie(self, every_s):
            asked.append(every_s)

    is_there = [False]
    probe = AwaitedNvidia(lambda: Driver("gpus", [EMPTY]), lambda: is_there[0])
    probe.sample_pcie(10.0)
    probe.read(0.0)
    assert asked == []
    is_there[0] = True
    probe.read(61.0)
    probe.sample_pcie(None)
    assert asked == [10.0, None]
