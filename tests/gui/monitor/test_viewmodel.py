"""The Monitor viewmodel without a window: fresh state once a sample, quiet while hidden."""

from __future__ import annotations

import time

import pytest

from hwstudio.core.model.reading import Status, absent
from hwstudio.core.monitor.sampler import Sampler
from hwstudio.core.probe import fake_nvml
from hwstudio.core.probe.fake import FakeProbe, HangingProbe
from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.feed import Feed, ThreadFeed
from hwstudio.core.probe.live import (
    CpuUse,
    DiskUse,
    MemoryUse,
    NicUse,
    ProcessTable,
    ProcessUse,
    Temperature,
)
from hwstudio.core.probe.nvml import NO_LIBRARY, NvmlProbe
from hwstudio.gui.monitor.viewmodel import MonitorViewModel

NONE = absent(Status.UNSUPPORTED, "NVML", NO_LIBRARY)
CPU = CpuUse(0.5, (0.25, 0.75), NONE, NONE, NONE)


def feeds(*, gpus=None, cpu=CPU):
    """Feeds of a made-up machine, read in the sampler's thread."""
    probes = [
        FakeProbe("cpu", [cpu]),
        FakeProbe("memory", [MemoryUse(2**34, 2**33, 2**33, 0, 0)]),
        FakeProbe("disks", [(DiskUse("sda", 2e6, 1e6, NONE),)]),
        FakeProbe("network", [(NicUse("eth0", 1e5, 0.0, NONE),)]),
        FakeProbe("temperatures", [(Temperature("k10temp Tctl", 61.0, NONE, NONE),)]),
        FakeProbe("processes", [ProcessTable((ProcessUse(7, "train", "me", 0.9, 2**30),), 50)]),
        NvmlProbe(FakeNvml(*gpus)) if gpus else FakeProbe("gpus", [NONE]),
    ]
    return [Feed(probe) for probe in probes]


@pytest.fixture
def model(qtbot):
    """A viewmodel over fast fake sensors."""
    made = []

    def make(chosen, interval_s=0.02):
        made.append(MonitorViewModel(Sampler(chosen, interval_s=interval_s)))
        return made[-1]

    yield make
    for one in made:
        one.leave()


def _tiles(model):
    return {tile.id: tile for tile in model.state.tiles}


def test_showing_starts_the_sampler_and_a_state_arrives(qtbot, model):
    one = model(feeds())
    with qtbot.waitSignal(one.changed, timeout=5000):
        one.show()
    tiles = _tiles(one)
    assert list(tiles) == ["cpu", "memory", "disks", "network", "temperature", "gpu"]
    assert (tiles["cpu"].value, tiles["cpu"].unit) == ("50", "%")
    assert tiles["memory"].note == "8.00 GiB of 16.0 GiB"
    assert (tiles["disks"].value, tiles["disks"].unit) == ("3.00", "MB/s")
    assert tiles["temperature"].note == "k10temp Tctl, no limit stated"
    assert one.state.processes[0].name == "train"
    assert "50 processes" in one.state.process_note


def test_without_a_gpu_the_tile_and_the_detail_say_how_it_was_looked_for(qtbot, model):
    one = model(feeds())
    with qtbot.waitSignal(one.changed, timeout=5000):
        one.show()
    assert _tiles(one)["gpu"].value == "none"
    assert "no NVIDIA GPU found" in _tiles(one)["gpu"].note
    one.select("gpu")
    assert one.state.selected == "gpu"
    assert "Looked for with: NVML" in one.state.detail.absent
    assert one.state.detail.charts == ()


def test_every_gpu_has_a_tile_and_three_charts(qtbot, model):
    one = model(feeds(gpus=(FakeGpu(uuid="a"), FakeGpu(uuid="b", busy=5))))
    with qtbot.waitSignal(one.changed, timeout=5000):
        one.show()
    assert [_tiles(one)[f"gpu.{n}"].value for n in (0, 1)] == ["90", "5"]
    one.select("gpu.1")
    assert [chart.title for chart in one.state.detail.charts] == [
        "In use, %",
        "Power, W",
        "Temperature, °C",
    ]
    assert "power limit 450 W" in one.state.detail.facts


def test_a_lost_gpu_is_said_in_tile_and_verdict_and_the_rest_goes_on(qtbot, model):
    gone = FakeGpu(uuid="b", errors={"*": fake_nvml.NVMLError_GpuIsLost("x")})
    one = model(feeds(gpus=(FakeGpu(uuid="a"), gone)))
    one.show()
    qtbot.waitUntil(lambda: one.state.verdict.kind == "error", timeout=5000)
    tiles = _tiles(one)
    assert tiles["gpu.1"].value == "lost"
    assert tiles["gpu.0"].value == "90"
    assert tiles["cpu"].value == "50"


@pytest.mark.parametrize("device", ["cpu", "memory", "disks", "network", "temperature"])
def test_each_device_has_charts_on_one_time_axis_that_ends_now(qtbot, model, device):
    one = model(feeds())
    one.show()
    qtbot.waitUntil(lambda: one.sampler.ring.end > 5, timeout=5000)
    one.select(device)
    detail = one.state.detail
    assert detail.id == device
    assert detail.facts
    assert detail.times_s[-1] == 0.0
    assert list(detail.times_s) == sorted(detail.times_s)
    for chart in detail.charts:
        assert chart.top > 0
        assert all(len(line.values) == len(detail.times_s) for line in chart.lines)


def test_hidden_nothing_is_drawn_but_sampling_goes_on(qtbot, model):
    one = model(feeds())
    with qtbot.waitSignal(one.changed, timeout=5000):
        one.show()
    one.hide()
    assert not one.is_drawing
    seen, heard = one.sampler.ring.end, []
    one.changed.connect(lambda: heard.append(1))
    qtbot.waitUntil(lambda: one.sampler.ring.end > seen + 3, timeout=5000)
    assert heard == []


def test_pausing_freezes_the_readings_and_is_said(qtbot, model):
    one = model(feeds())
    with qtbot.waitSignal(one.changed, timeout=5000):
        one.show()
    one.toggle_pause()
    assert one.state.is_paused
    time.sleep(0.1)
    end = one.sampler.ring.end
    time.sleep(0.1)
    assert one.sampler.ring.end == end
    one.toggle_pause()
    assert not one.state.is_paused
    qtbot.waitUntil(lambda: one.sampler.ring.end > end + 2, timeout=5000)


def test_a_hanging_driver_never_holds_up_the_window(qtbot, model):
    hanging = HangingProbe("gpus")
    chosen = [*feeds()[:-1], ThreadFeed(hanging, deadline_s=0.1)]
    one = model(chosen)
    try:
        one.show()  # would never return if it waited for the sensor
        qtbot.waitUntil(lambda: _tiles(one).get("gpu") and _tiles(one)["gpu"].value == "lost")
        assert _tiles(one)["cpu"].value == "50"
        assert "no answer from the driver" in one.state.verdict.sentence
        one.leave()  # nor would this
    finally:
        hanging.released.set()


def test_a_longer_span_shows_more_of_the_past(qtbot, model):
    one = model(feeds(), interval_s=0.01)
    one.show()
    qtbot.waitUntil(lambda: one.sampler.ring.end > 30, timeout=5000)
    one.set_span(300)
    assert one.state.span_s == 300
    assert len(one.state.detail.times_s) >= 30


def test_a_selected_gpu_that_disappears_gives_way_to_what_is_left(qtbot, model):
    nvml = FakeNvml(FakeGpu(uuid="a"))
    one = model([*feeds()[:-1], Feed(NvmlProbe(nvml))])
    with qtbot.waitSignal(one.changed, timeout=5000):
        one.show()
    one.select("gpu.7")
    assert one.state.selected == "gpu.0"
    one.select("no such device")
    assert one.state.selected == "cpu"
