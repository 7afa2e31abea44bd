"""The Monitor viewmodel without a window: fresh state once a sample, quiet while hidden."""

from __future__ import annotations

import time
from array import array

import pytest

from hwstudio.core.base.errors import HostError
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
from hwstudio.core.probe.nvml import NvmlProbe
from hwstudio.core.probe.nvml_absent import NO_LIBRARY
from hwstudio.gui.monitor.state import TimeRange, Trace
from hwstudio.gui.monitor.viewmodel import MonitorViewModel, Older, Sources, no_history

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

    def make(chosen, interval_s=0.02, lookup=no_history):
        sources = Sources(lookup=lookup)
        made.append(MonitorViewModel(Sampler(chosen, interval_s=interval_s), sources))
        return made[-1]

    yield make
    for one in made:
        one.leave()


def _tiles(model):
    return {tile.id: tile for tile in model.state.tiles}


def test_showing_starts_the_sampler_and_a_state_arrives(qtbot, model):
    one = model(feeds())
    one.show()
    qtbot.waitUntil(lambda: "disks" in _tiles(one), timeout=5000)
    tiles = _tiles(one)
    assert list(tiles) == ["cpu", "memory", "gpu", "disks", "network", "temperature"]
    assert (tiles["cpu"].value, tiles["cpu"].unit) == ("50", "%")
    assert tiles["memory"].note == "8.00 GiB of 16.0 GiB"
    assert (tiles["disks"].value, tiles["disks"].unit) == ("3.00", "MB/s")
    assert tiles["temperature"].note == "k10temp Tctl, no limit stated"
    assert one.state.processes[0].name == "train"
    assert one.state.process_note == "the 1 busiest and largest of 50"


def test_without_a_gpu_the_tile_and_the_detail_say_how_it_was_looked_for(qtbot, model):
    one = model(feeds())
    with qtbot.waitSignal(one.changed, timeout=5000):
        one.show()
    assert _tiles(one)["gpu"].value == "none"
    assert "no NVIDIA GPU found" in _tiles(one)["gpu"].note
    one.select("gpu")
    assert one.state.selected == "gpu"
    assert "Looked for with: NVML" in one.state.absent
    assert one.state.page.charts == ()


def test_every_gpu_has_a_tile_and_a_page_with_all_it_shows(qtbot, model):
    one = model(feeds(gpus=(FakeGpu(uuid="a"), FakeGpu(uuid="b", busy=5))))
    one.show()
    qtbot.waitUntil(lambda: "gpu.1" in _tiles(one), timeout=5000)
    assert [_tiles(one)[f"gpu.{n}"].value for n in (0, 1)] == ["90", "5"]
    one.select("gpu.1")
    titles = [chart.title for chart in one.state.page.charts]
    assert titles[:4] == ["In use", "Memory", "Power", "Temperature"]
    power = one.state.page.charts[2]
    assert (power.limit, power.limit_words) == (450.0, "limit")
    assert "slows down from 87 °C" in one.state.facts
    assert {name.rpartition(".")[2] for name in one.state.page.sensors} >= {"energy_j", "fan_share"}


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
    state, picture = one.state, one.picture
    assert state.page.id == device
    assert state.facts
    assert picture.to_s - picture.from_s == 60
    for chart in state.page.charts:
        for line in chart.lines:
            times = picture.traces[line.sensor].times_s
            assert list(times) == sorted(times)
            assert times[-1] <= picture.to_s + 1


def test_what_is_older_than_the_window_comes_from_the_history(qtbot, model):
    asked = []

    def lookup(names, from_s, to_s, points):
        asked.append((names, from_s, to_s))
        times = array("d", [from_s + 1, from_s + 2])
        line = Trace(times, array("d", [0.1, 0.2]), array("d", [0.0, 0.1]), array("d", [0.3, 0.4]))
        return Older(dict.fromkeys(names, line), ((from_s, from_s + 1, "not recorded"),))

    one = model(feeds(), lookup=lookup)
    one.show()
    qtbot.waitUntil(lambda: bool(one.picture.gaps), timeout=5000)
    trace = one.picture.traces["cpu.busy_share"]
    names, _from_s, to_s = asked[0]
    assert names == ("cpu.busy_share", "cpu.max_core_share")
    assert to_s <= trace.times_s[2]  # the history is asked only up to where the window begins
    assert list(trace.values[:3]) == [0.1, 0.2, 0.5]
    assert list(trace.high[:3]) == [0.3, 0.4, 0.5]


def test_a_history_that_cannot_be_read_is_said_and_the_live_line_stays(qtbot, model):
    def lookup(*_):
        raise HostError("The history cannot be read", "the disk refuses", "Check the disk")

    one = model(feeds(), lookup=lookup)
    one.show()
    qtbot.waitUntil(lambda: "cannot be read" in one.picture.note, timeout=5000)
    assert len(one.picture.traces["cpu.busy_share"].values) >= 1


def test_lowest_mean_and_highest_are_kept_also_while_hidden(qtbot, model):
    shares = [CpuUse(v, (v,), NONE, NONE, NONE) for v in (0.2, 0.8, 0.5)]
    chosen = [Feed(FakeProbe("cpu", shares)), *feeds()[1:]]
    chosen[0].cadence_s = chosen[0].probe.cadence_s = 0.0  # a new value at every sample
    one = model(chosen)
    one.set_wants_sensors(True)
    one.show()
    one.hide()
    qtbot.waitUntil(lambda: one.sampler.ring.end > 5, timeout=5000)
    one.show()
    row = next(row for row in one.state.sensors if row.id == "cpu.busy_share")
    assert (row.low, row.high) == (0.2, 0.8)
    assert row.texts == ("50 %", "20 %", row.texts[2], "80 %")
    one.start_extremes_again()
    assert one.extremes.of("cpu.busy_share") is None or one.extremes.of("cpu.busy_share").count < 5


def test_a_page_of_ones_own_shows_the_chosen_sensors(qtbot, model):
    one = model(feeds())
    one.show()
    qtbot.waitUntil(lambda: one.sampler.ring.end > 2, timeout=5000)
    one.select_own(
        "own:Mine", "Mine", ("cpu.busy_share", "memory.used_bytes", "disks.read_bytes_per_s")
    )
    assert one.state.selected == "own:Mine"
    assert [chart.unit for chart in one.state.page.charts] == ["share", "bytes", "bytes_per_s"]
    one.select("cpu")
    assert one.state.page.id == "cpu"


def test_hidden_nothing_is_drawn_but_sampling_goes_on(qtbot, model):
    one = model(feeds())
    with qtbot.waitSignal(one.changed, timeout=5000):
        one.show()
    one.hide()
    assert not one.is_shown
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
        qtbot.waitUntil(
            lambda: "gpu" in _tiles(one) and _tiles(one)["gpu"].value == "lost", timeout=5000
        )
        assert _tiles(one)["cpu"].value == "50"
        qtbot.waitUntil(lambda: "no answer" in " ".join(one.state.verdict.unseen), timeout=5000)
        one.leave()  # nor would this
    finally:
        hanging.released.set()


def test_a_longer_span_shows_more_of_the_past(qtbot, model):
    one = model(feeds(), interval_s=0.01)
    one.show()
    qtbot.waitUntil(lambda: one.sampler.ring.end > 30, timeout=5000)
    one.set_range(TimeRange(300))
    assert one.state.range.span_s == 300
    assert one.picture.to_s - one.picture.from_s == 300
    assert len(one.picture.traces["cpu.busy_share"].times_s) >= 30


def test_a_stretch_of_the_past_stays_where_it_is(qtbot, model):
    one = model(feeds())
    one.show()
    qtbot.waitUntil(lambda: one.sampler.ring.end > 2, timeout=5000)
    one.set_range(TimeRange(60, 1_000_000.0))
    qtbot.waitUntil(lambda: one.sampler.ring.end > 6, timeout=5000)
    assert (one.picture.from_s, one.picture.to_s) == (999_940.0, 1_000_000.0)


def test_a_selected_gpu_that_disappears_gives_way_to_what_is_left(qtbot, model):
    nvml = FakeNvml(FakeGpu(uuid="a"))
    one = model([*feeds()[:-1], Feed(NvmlProbe(nvml))])
    one.show()
    qtbot.waitUntil(lambda: "gpu.0" in _tiles(one), timeout=5000)
    one.select("gpu.7")
    assert one.state.selected == "gpu.0"
    one.select("no such device")
    assert one.state.selected == "cpu"
