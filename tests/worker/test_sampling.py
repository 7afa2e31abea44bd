"""Which samples count as undisturbed, and when sampling ends."""

from __future__ import annotations

import sys

import pytest

from hwstudio.worker.channel import Stopped
from hwstudio.worker.clock import Clock, Sample
from hwstudio.worker.disturbance import (
    cpu_times,
    longest_wait_s,
    stolen_share,
    thread_waits_ns,
)
from hwstudio.worker.sampling import Sampler, Series, is_clean, summary
from hwstudio.worker.stopping import Budget


def sample(wall=0.1, cpu=0.2, switches=0, wait=None) -> Sample:
    return Sample(wall, wall, cpu, switches, wait)


def test_a_thread_that_waited_for_a_core_makes_a_sample_dirty():
    assert not is_clean(sample(wait=0.05), is_device=False)


def test_spinning_threads_do_not_hide_that_a_sibling_waited():
    """CPU time is full and no switch was counted, yet the product took twelve times as long."""
    assert not is_clean(sample(wall=0.008, cpu=0.016, switches=0, wait=0.004), is_device=False)


def test_a_wait_of_under_a_hundredth_is_forgiven():
    assert is_clean(sample(wait=0.0009, switches=2), is_device=False)


def test_where_waits_are_not_counted_a_forced_switch_decides():
    assert is_clean(sample(switches=0), is_device=False)
    assert not is_clean(sample(switches=1), is_device=False)


def test_where_nothing_is_counted_the_cpu_time_decides():
    assert is_clean(sample(cpu=0.1, switches=None), is_device=False)
    assert not is_clean(sample(cpu=0.05, switches=None), is_device=False)


def test_the_hosts_load_does_not_touch_what_the_gpu_timed_itself():
    assert is_clean(sample(cpu=0.0, switches=99, wait=1.0), is_device=True)


def test_the_longest_wait_of_any_thread_counts():
    assert longest_wait_s({"1": 100, "2": 0}, {"1": 150, "2": 2_000_000_000}) == 2.0
    assert longest_wait_s({"1": 0}, {"1": 0, "new": 500}) == 5e-7
    assert longest_wait_s(None, {"1": 5}) is None


@pytest.mark.skipif(sys.platform != "linux", reason="Linux keeps these counters")
def test_linux_counts_the_waits_of_this_process():
    before = thread_waits_ns()
    assert before is not None
    assert longest_wait_s(before, thread_waits_ns()) >= 0


def test_a_system_without_these_counters_says_so(tmp_path):
    assert thread_waits_ns(tmp_path / "none") is None
    assert cpu_times(tmp_path / "none") is None


def test_the_stolen_share_is_read_from_the_kernels_table(tmp_path):
    table = tmp_path / "stat"
    table.write_text("cpu 10 0 10 70 0 0 0 10 0 0\n")
    assert cpu_times(table) == (10, 100)
    assert stolen_share((10, 100), (20, 200)) == pytest.approx(0.1)
    assert stolen_share((10, 100), (10, 100)) is None


class Recorder:
    """Stands in for the channel."""

    def __init__(self, stop_after=None) -> None:
        self.events, self._left = [], stop_after

    def emit(self, event, **data) -> None:
        self.events.append((event, data))

    def check(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise Stopped


class ScriptedClock(Clock):
    """Gives prepared times instead of measuring."""

    def __init__(self, times) -> None:
        self._times, self.blocks = iter(times), []

    def time_block(self, call, count) -> Sample:
        self.blocks.append(count)
        wall = next(self._times) * count
        return Sample(wall / count, wall, wall, 0)


def run(times, budget, channel=None):
    channel = channel or Recorder()
    clock = ScriptedClock(times)
    series = Series("s", "FLOP/s", 100.0)
    Sampler(channel, clock, budget).run(lambda: None, series)
    return series, channel, clock


def test_steady_samples_end_at_the_floor():
    series, _, _ = run([0.01] * 99, Budget(cap_s=60, warmup_s=0))
    assert len(series.samples) == 10


def test_a_noisy_call_is_sampled_longer_than_a_steady_one():
    noisy = [0.01, 0.013, 0.0115, 0.012, 0.0105] * 2000
    series, _, _ = run(noisy, Budget(cap_s=60, warmup_s=0))
    assert len(series.samples) > 10


def test_short_calls_are_timed_in_blocks_of_a_millisecond():
    _, _, clock = run([1e-5] * 99, Budget(cap_s=60, warmup_s=0))
    assert clock.blocks[-1] == 100


def test_every_sample_is_sent_once_as_a_rate():
    series, channel, _ = run([0.01] * 99, Budget(cap_s=60, warmup_s=0))
    sent = [v for kind, data in channel.events if kind == "sample" for v in data["values"]]
    assert sent == pytest.approx([100.0 / 0.01] * len(series.samples))


def test_a_stop_is_obeyed_between_two_samples():
    with pytest.raises(Stopped):
        run([0.01] * 99, Budget(cap_s=60, warmup_s=0), Recorder(stop_after=3))


def test_the_summary_tells_the_share_of_clean_samples():
    series = Series("s", "FLOP/s", 1.0)
    series.samples = [sample(wait=0.0), sample(cpu=0.1, switches=5, wait=0.05)]
    series.clean = [True, False]
    told = summary(series)
    assert told["clean_share"] == 0.5
    assert told["switches"] == 5
    assert told["waited_share"] == pytest.approx(0.25)
    assert told["cpu_over_wall"] == pytest.approx(1.5)
