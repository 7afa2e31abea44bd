"""Adding up over two real processes on the loopback, and what is told of it."""

from __future__ import annotations

import os
import sys
import threading
from importlib.util import find_spec

import psutil
import pytest

from hwstudio.core.bench.gather import Gathered
from hwstudio.core.bench.launch import Interpreter, clean_environment, command
from hwstudio.core.bench.scaling.inputs import forecast_of
from hwstudio.core.bench.score import score
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.supervisor import Job, Limits, Supervisor
from hwstudio.core.model.result import Outcome
from hwstudio.worker.kernels import all_reduce, scaling_inputs
from hwstudio.worker.stopping import Budget

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")


def run(tmp_path, kernel, params):
    """Run one supervised real worker; return how it ended and what was heard."""
    heard = Gathered()
    line = command(Interpreter(sys.executable, "3", "2"))
    job = Job(line, clean_environment(os.environ, frozen=False), kernel, params, tmp_path / "run")
    ending = Supervisor(job, heard.take, threading.Event(), Limits(beat_s=60.0)).run()
    return ending, heard


@pytest.mark.torch
@pytest.mark.slow
@needs_torch
def test_two_processes_add_up_every_size_and_say_how_the_rate_is_counted(tmp_path):
    params = {"nproc": 2, "device": "cpu", "sizes_kib": [4, 256], "cap_s": 0.2, "warmup_s": 0.0}
    ending, heard = run(tmp_path, "all_reduce", params)
    assert ending.outcome is Outcome.FINISHED, ending.words
    assert list(heard.series) == ["bus 4 KiB", "bus 256 KiB"]
    for name, data in heard.series.items():
        assert (data["nproc"], data["bus_factor"]) == (2, 1.0)
        assert data["algorithm_bytes_per_s"] == pytest.approx(data["bytes"] / data["seconds"])
        assert len(heard.samples[name]) == data["count"] == len(data["clean"])
    assert not [pid for pid in heard.conditions["rank pids"] if psutil.pid_exists(pid)]
    scored = score(bench("all_reduce"), heard, None)
    assert set(scored.by_series) == {"bus 4 KiB", "bus 256 KiB"}


@pytest.mark.torch
@pytest.mark.slow
@needs_torch
def test_a_data_parallel_run_measures_what_its_forecast_needs_before_it_trains(tmp_path):
    params = {"nproc": 2, "rounds": 3, "repeats": 3, "buffer_mib": 1, "hidden": 640, "batch": 8}
    ending, heard = run(tmp_path, "ddp", {**params, "phase_s": 0.02, "device": "cpu"})
    assert ending.outcome is Outcome.FINISHED, ending.words
    told = heard.conditions["scaling_inputs"]
    step = told["lone"][0][-1]
    gradients = (3 * (640 * 640 + 640) + 640 * 16 + 16) * 4
    assert sum(step["bucket_bytes"]) == gradients
    assert len(step["bucket_bytes"]) == 2, "DDP closes its first bucket at 1 MiB"
    assert step["ready_s"] == sorted(step["ready_s"])
    assert 0 < step["ready_s"][0] < step["ready_s"][-1] < step["step_s"]
    found = forecast_of(heard.conditions)
    assert found.nproc == 2
    assert 0 < found.low <= found.efficiency <= found.high


class ScriptedRanks:
    """Two ranks whose sums take 1 and 2 s, the second rank having waited for a core."""

    about = ({}, {})

    def __init__(self, wait_s) -> None:
        self.wait_s, self.orders = wait_s, []

    def order(self, _who, **order):
        self.orders.append(order)
        count = order["repeats"]
        return [
            {"seconds": [1.0] * count, "wait_s": 0.0},
            {"seconds": [2.0] * count, "wait_s": self.wait_s * 2.0 * count},
        ]


class Recorder(list):
    def emit(self, event, **data) -> None:
        self.append((event, data))


@pytest.mark.parametrize(
    ("wait_s", "has_cores", "mark"), [(0, True, 1), (1, True, 0), (1, False, 1)]
)
def test_the_slowest_rank_counts_and_waiting_for_a_core_is_marked(wait_s, has_cores, mark):
    heard = Recorder()
    budget = Budget(cap_s=0.0, warmup_s=0.0)
    all_reduce._size(ScriptedRanks(wait_s), 4096, budget, heard, has_cores=has_cores)
    event, told = heard[-1]
    assert event == "series"
    assert told["clean"] == [mark] * told["count"]
    assert heard[0][1]["values"] == [2048.0]  # 4096 bytes x 2(2-1)/2 in 2 s


def test_sizes_are_named_as_people_write_them():
    sizes = (64, 1000, 1024, 1536, 65536)
    words = [all_reduce.size_words(kib * 1024) for kib in sizes]
    assert words == ["64 KiB", "1000 KiB", "1 MiB", "1536 KiB", "64 MiB"]


class SlowLink(ScriptedRanks):
    def order(self, who, **order):
        self.orders.append(order)
        seconds = order["size_bytes"] / 1e6
        row = {"single_s": [seconds], "row_s": [4 * seconds], "beside_s": [seconds]}
        return [{"bytes": order["size_bytes"], "queue": 4, "slowed_share": [0.0], **row}] * 2


class EasyLink(SlowLink):
    def order(self, who, **order):
        answers = super().order(who, **order)
        return [{**answer, "single_s": [0.001]} for answer in answers]


def test_the_probe_of_a_slow_link_ends_at_the_first_sum_that_takes_long():
    ranks = SlowLink(0)
    points = scaling_inputs.probe(ranks, [0, 1], 0.01)
    sizes = [point["bytes"] for point in points]
    assert sizes == [16384, 65536, 262144, 1048576]
    assert all(order["repeats"] >= scaling_inputs.LEAST for order in ranks.orders)
    assert points[-1]["single_s"] == [pytest.approx(1.048576)]


def test_the_link_is_asked_for_each_bucket_itself_not_for_sizes_like_it_and_one_beyond():
    buckets = [2_120_000, 4_150_000]
    asked = [point["bytes"] for point in scaling_inputs.probe(EasyLink(0), [0, 1], 0.01, buckets)]
    assert asked == [16384, 65536, 262144, 1048576, 2_120_000, 4_150_000, 2**24]
