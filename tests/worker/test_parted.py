"""Networks in parts: what the leads make of the ranks' answers, and two real small runs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hwstudio.core.bench.gather import Gathered
from hwstudio.core.bench.score import score
from hwstudio.core.bench.suites import bench
from hwstudio.worker.channel import Failure
from hwstudio.worker.kernels import fsdp, two_devices
from hwstudio.worker.kernels.part_rank import apart, state_bytes, status_bytes
from hwstudio.worker.kernels.parted import jobs_for, refuse_if_apart
from hwstudio.worker.rounds import CLEAN_ROUNDS, take_rounds
from hwstudio.worker.sampling import Progress


class Told:
    def __init__(self) -> None:
        self.events = []

    def emit(self, event, **data) -> None:
        self.events.append(SimpleNamespace(kind=event, data=data))

    def series(self) -> dict:
        return {e.data["series"]: e.data for e in self.events if e.kind == "series"}

    def scored(self, name):
        made = Gathered()
        for event in self.events:
            made.take(event)
        return score(bench(name), made, None)


class Answering:
    """Ranks whose answers are worked out: a step takes what the table says."""

    def __init__(self, seconds, apart=1e-7, peak=100, wait_s=0.0) -> None:
        self._seconds, self._apart, self._peak, self._wait_s = seconds, apart, peak, wait_s

    def order(self, who, **order):
        if order["do"] == "weigh":
            is_whole = not order.get("shared", order.get("pieces"))
            size = 1000 if is_whole else 500
            return [{"state_bytes": size, "peak_bytes": self._peak}] * len(who)
        if order["do"] in ("learn", "compare"):
            return [{"loss": 2.0, "expected_loss": 2.0, "apart": self._apart}] * len(who)
        way = order.get("pieces", order.get("shared"))
        seconds = self._seconds[way] * order["steps"]
        return [{"seconds": seconds, "wait_s": self._wait_s * seconds}] * len(who)


PARAMS = {"nproc": 2, "batch": 8, "pieces": 4, "has_cores": True, "phase_s": 0.01}


def sharded(**more) -> Told:
    told = Told()
    ranks = Answering({False: 0.1, True: 0.125}, **more)
    fsdp.measure(ranks, 3, Progress(told, 5, 1.0), told, PARAMS)
    return told


def halved(seconds, **more) -> Told:
    told = Told()
    two_devices.measure(Answering(seconds, **more), 3, Progress(told, 5, 1.0), told, PARAMS)
    return told


def test_sharding_is_told_as_speed_kept_and_as_the_share_one_process_holds():
    found = {m.name: m.median for m in sharded().scored("fsdp").metrics}
    assert found["efficiency"] == pytest.approx(0.8)
    assert found["sharded_rate"] == pytest.approx(2 * 8 / 0.125)
    assert found["state_share"] == 0.5
    assert (found["part_memory"], found["whole_memory"]) == (100, 100)


def test_memory_that_cannot_be_asked_is_absent_and_not_nought():
    names = set(sharded(peak=None).series())
    assert "state_share" in names
    assert not {"part_memory", "whole_memory"} & names


def test_a_pipeline_and_taking_turns_are_held_against_one_device():
    found = {m.name: m.median for m in halved({0: 0.1, 1: 0.11, 4: 0.06}).scored(
        "two_devices").metrics}  # fmt: skip
    assert found["pipeline"] == pytest.approx(0.1 / 0.06)
    assert found["model_parallel"] == pytest.approx(0.1 / 0.11)
    assert found["pipeline_rate"] == pytest.approx(8 / 0.06)


def test_two_devices_faster_than_twice_one_are_impossible_and_no_result():
    scored = halved({0: 0.1, 1: 0.11, 4: 0.03}).scored("two_devices")
    assert scored.verdict.word == "impossible"
    assert "pipeline" not in {m.name for m in scored.metrics}


def test_rounds_in_which_a_process_waited_for_a_core_give_no_speed():
    scored = sharded(wait_s=0.5).scored("fsdp")
    assert scored.verdict.word == "busy"
    assert {m.name for m in scored.metrics} == {"state_share", "part_memory", "whole_memory"}


@pytest.mark.parametrize("lead", [sharded, lambda **more: halved({0: 1, 1: 1, 4: 1}, **more)])
@pytest.mark.parametrize("distance", [0.01, float("nan")])
def test_parts_that_learn_another_network_are_no_result(lead, distance):
    with pytest.raises(Failure, match="another network"):
        lead(apart=distance)


def test_another_loss_is_another_network_too():
    refuse_if_apart([1e-6], (2.0, 2.0001))
    with pytest.raises(Failure, match="another network"):
        refuse_if_apart([1e-6], (2.0, 2.1))


def test_a_machine_that_stays_busy_ends_after_three_times_the_rounds():
    told = Told()
    rounds = iter(range(99))
    found, clean = take_rounds(
        lambda: ({"x": next(rounds)}, False), 3, {"x": "1"}, told, Progress(told, 3, 1.0)
    )
    assert [each["x"] for each in found] == list(range(9))
    assert sum(clean) < CLEAN_ROUNDS


def fake_torch(gpus):
    return SimpleNamespace(
        cuda=SimpleNamespace(is_available=lambda: gpus > 0, device_count=lambda: gpus),
        distributed=SimpleNamespace(is_nccl_available=lambda: True),
        get_num_threads=lambda: 8,
    )


def test_each_process_gets_a_gpu_of_its_own_when_there_are_enough():
    jobs = jobs_for(fake_torch(4), 2, "fsdp", {})
    assert [job["device"] for job in jobs] == ["cuda:0", "cuda:1"]
    assert jobs[0]["backend"] == "nccl"
    jobs = jobs_for(fake_torch(1), 2, "fsdp", {})
    assert [(job["device"], job["threads"]) for job in jobs] == [("cpu", 4)] * 2
    with pytest.raises(Failure, match="2 processes need 2 GPUs"):
        jobs_for(fake_torch(1), 2, "fsdp", {"device": "cuda"})


def test_the_systems_figure_of_memory_is_read_in_bytes(tmp_path):
    status = tmp_path / "status"
    status.write_text("Name:\tx\nVmHWM:\t   1024 kB\n")
    assert status_bytes("VmHWM", status) == 2**20
    assert status_bytes("VmRSS", status) is None
    assert status_bytes("VmHWM", tmp_path / "none") is None


def test_the_distance_of_weights_is_relative_to_their_length():
    torch = pytest.importorskip("torch")
    one = [torch.full((4,), 2.0)]
    assert apart(one, one) == 0
    assert apart([torch.full((4,), 2.02)], one) == pytest.approx(0.01, rel=1e-4)


def test_all_that_training_keeps_is_counted():
    torch = pytest.importorskip("torch")
    layer = torch.nn.Linear(10, 10, bias=False)
    optimiser = torch.optim.AdamW(layer.parameters())
    assert state_bytes(layer.parameters(), optimiser) == 400
    layer(torch.ones(1, 10)).sum().backward()
    optimiser.step()
    step_counter = 4
    assert state_bytes(layer.parameters(), optimiser) == 4 * 400 + step_counter


# --- real processes ---------------------------------------------------------------------------

SMALL = {"device": "cpu", "batch": 4, "hidden": 16, "depth": 3, "rounds": 3, "threads": 1,
         "phase_s": 0.01, "pieces": 2}  # fmt: skip


@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.parametrize("name", ["fsdp", "two_devices"])
def test_real_processes_train_the_same_network_in_parts(tmp_path, name):
    pytest.importorskip("torch")
    import os
    import sys
    import threading

    from hwstudio.core.bench.launch import Interpreter, clean_environment, command
    from hwstudio.core.bench.supervisor import Job, Limits, Supervisor
    from hwstudio.core.model.result import Outcome

    heard = []
    line = command(Interpreter(sys.executable, "3", "2"))
    environment = clean_environment(os.environ, frozen=False)
    job = Job(line, environment, name, SMALL, tmp_path / "run")
    ending = Supervisor(job, heard.append, threading.Event(), Limits(beat_s=60.0)).run()
    assert ending.outcome is Outcome.FINISHED, ending.words
    made = Gathered()
    for event in heard:
        made.take(event)
    assert made.conditions["weights differ by"] < 1e-5
    assert 0.4 < made.samples["state_share"][0] < 0.75
    assert min(made.samples["one_device_rate" if name == "two_devices" else "alone_rate"]) > 0
