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
