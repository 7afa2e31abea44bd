"""The real worker with the real torch: numbers that hold, ends in words, nothing left behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from importlib.util import find_spec

import psutil
import pytest

from hwstudio.core.bench.event import Event
from hwstudio.core.bench.launch import Interpreter, clean_environment, command
from hwstudio.core.bench.supervisor import Job, Limits, Supervisor
from hwstudio.core.model.result import Outcome

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals")
TINY_DDP = {"nproc": 2, "rounds": 3, "repeats": 3, "buffer_mib": 1, "hidden": 64, "batch": 32}
TINY_DDP["phase_s"] = 0.02


class Run:
    """One supervised real worker."""

    def __init__(self, tmp_path, kernel, params) -> None:
        self.events: list[Event] = []
        self.cancel = threading.Event()
        self.react = lambda _event: None
        line = command(Interpreter(sys.executable, "3", "2"))
        env = clean_environment(os.environ, frozen=False)
        self.job = Job(line, env, kernel, params, tmp_path / "run")

    def take(self, event: Event) -> None:
        self.events.append(event)
        self.react(event)

    def go(self):
        return Supervisor(self.job, self.take, self.cancel, Limits(beat_s=60.0)).run()

    def condition(self, name):
        return next(e.data["value"] for e in self.events if e.data.get("name") == name)

    def series(self) -> dict:
        return {e.data["series"]: e.data for e in self.events if e.kind == "series"}

    def values(self, series) -> list[float]:
        found = [e for e in self.events if e.kind == "sample" and e.data["series"] == series]
        return [value for event in found for value in event.data["values"]]


def gone(pids) -> bool:
    for _ in range(100):
        left = [p for p in pids if psutil.pid_exists(p)]
        if not left:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.torch
@needs_torch
def test_a_matrix_product_is_sampled_checked_and_told_with_its_precision(tmp_path):
    params = {"sizes": [48, 96], "precisions": ["fp32", "fp64"], "cap_s": 0.3, "warmup_s": 0.05}
    run = Run(tmp_path, "torch_matmul", {**params, "device": "cpu"})
    assert run.go().outcome is Outcome.FINISHED
    found = run.series()
    assert list(found) == ["fp32 48", "fp32 96", "fp64 48", "fp64 96"]
    for name, data in found.items():
        assert data["precision_seen"] == data["precision_asked"]
        assert len(run.values(name)) == len(data["clean"]) == data["count"] >= 3
        assert min(run.values(name)) > 1e6
    assert run.condition("device")["threads"] >= 1


@pytest.mark.torch
@needs_torch
def test_a_precision_the_device_lacks_is_skipped_by_name(tmp_path):
    params = {"sizes": [32], "precisions": ["tf32", "fp32"], "cap_s": 0.1, "device": "cpu"}
    run = Run(tmp_path, "torch_matmul", params)
    assert run.go().outcome is Outcome.FINISHED
    assert "NVIDIA" in run.condition("skipped tf32")
    assert list(run.series()) == ["fp32 32"]


@pytest.mark.torch
@needs_torch
def test_a_size_that_cannot_fit_is_refused_before_memory_runs_out(tmp_path):
    ending = Run(tmp_path, "torch_matmul", {"sizes": [3_000_000], "device": "cpu"}).go()
    assert ending.outcome is Outcome.FAILED
    if sys.platform == "linux":
        assert ending.kind == "oom"
        assert "GiB are free" in ending.words


@pytest.mark.torch
@needs_torch
def test_a_gpu_that_is_not_there_is_refused_with_the_devices_there_are(tmp_path):
    ending = Run(tmp_path, "torch_matmul", {"device": "cuda:63"}).go()
    assert ending.outcome is Outcome.FAILED
    assert ending.kind == "unsupported"
    assert "cuda:63" in ending.words


@pytest.mark.torch
@needs_torch
def test_memory_bandwidth_knows_when_its_arrays_fit_the_cache(tmp_path):
    run = Run(tmp_path, "memory_bandwidth", {"array_mib": 1, "cap_s": 0.2, "device": "cpu"})
    assert run.go().outcome is Outcome.FINISHED
    from hwstudio.worker.memory import last_cache_bytes

    assert run.series()["triad"]["is_cached"] == (4 * last_cache_bytes() > 2**20)


@pytest.mark.torch
@needs_torch
def test_cancel_ends_a_long_product_and_its_process(tmp_path):
    run = Run(tmp_path, "torch_matmul", {"sizes": [4096], "cap_s": 60, "device": "cpu"})
    run.react = lambda event: run.cancel.set() if event.kind == "progress" else None
    assert run.go().outcome is Outcome.CANCELLED
    assert gone([run.events[0].data["pid"]])


@pytest.mark.torch
@pytest.mark.slow
@needs_torch
def test_two_processes_train_together_and_their_shares_multiply_to_the_efficiency(tmp_path):
    run = Run(tmp_path, "ddp", TINY_DDP)
    assert run.go().outcome is Outcome.FINISHED
    found = {name: data["values"] for name, data in run.series().items()}
    for whole, compute, talk in zip(
        found["efficiency"], found["compute_share"], found["communication_share"], strict=True
    ):
        assert whole == pytest.approx(compute * talk)
    assert all(rate > 0 for rate in found["all_reduce"])
    assert [each["rank"] for each in run.condition("ranks")] == [0, 1]
    assert gone(run.condition("rank pids"))


def hurt(run, how):
    """Do something to the second rank as soon as training has begun."""

    def react(event):
        if event.kind == "progress" and event.data["label"].startswith("round"):
            how(run.condition("rank pids")[1])
            run.react = lambda _event: None

    run.react = react


@pytest.mark.torch
@pytest.mark.slow
@needs_torch
@posix_only
@pytest.mark.parametrize(
    ("number", "words"),
    [(signal.SIGKILL, "was killed (signal 9)"), (signal.SIGSTOP, "stopped responding")],
)
def test_a_process_that_dies_or_stops_is_named_and_nothing_is_reported(tmp_path, number, words):
    run = Run(tmp_path, "ddp", {**TINY_DDP, "rounds": 200})
    hurt(run, lambda pid: os.kill(pid, number))
    ending = run.go()
    assert ending.outcome is Outcome.FAILED
    assert "Process 1 of 2" in ending.words or "Process 1 (pid" in ending.words
    assert words in ending.words
    assert run.series() == {}
    assert gone(run.condition("rank pids"))


@pytest.mark.torch
@pytest.mark.slow
@needs_torch
@posix_only
def test_the_ranks_end_when_the_worker_itself_is_killed(tmp_path):
    run = Run(tmp_path, "ddp", {**TINY_DDP, "rounds": 200})
    worker = []

    def react(event):
        if event.kind == "hello":
            worker.append(event.data["pid"])
        if event.kind == "progress" and event.data["label"].startswith("round"):
            os.kill(worker[0], signal.SIGKILL)
            run.react = lambda _event: None

    run.react = react
    ending = run.go()
    assert ending.outcome is Outcome.CRASHED
    assert gone(run.condition("rank pids"))


def test_a_job_of_another_protocol_is_refused_in_words(tmp_path):
    run = Run(tmp_path, "no such kernel", {})
    ending = run.go()
    assert ending.outcome is Outcome.FAILED
    assert "did not understand" in ending.words


def test_the_worker_needs_nothing_but_the_standard_library_until_a_kernel_runs(tmp_path):
    import subprocess

    code = (
        "import sys; import hwstudio.worker.loop, hwstudio.worker.kernels.torch_matmul;"
        "import hwstudio.worker.kernels.ddp, hwstudio.worker.kernels.ddp_rank;"
        "bad = [m for m in sys.modules if m.startswith("
        "('torch', 'numpy', 'PySide6', 'psutil', 'hwstudio.core'))];"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.torch
@needs_torch
def test_a_training_step_is_sampled_and_told_with_its_batch_and_precision(tmp_path):
    params = {"batch": 1, "cap_s": 2.0, "warmup_s": 0.0, "device": "cpu"}
    run = Run(tmp_path, "training_step", params)
    assert run.go().outcome is Outcome.FINISHED
    found = run.series()
    assert {name: data["unit"] for name, data in found.items()} == {
        "pictures": "samples/s", "text": "tokens/s",
    }  # fmt: skip
    assert found["pictures"]["parameters"] == 11_689_512  # ResNet-18, as published
    for name, data in found.items():
        assert (data["batch"], data["precision_asked"]) == (1, "fp32")
        assert len(run.values(name)) == data["count"] >= 1
        assert min(run.values(name)) > 0


@pytest.mark.torch
@needs_torch
def test_a_precision_the_device_cannot_train_in_is_refused(tmp_path):
    ending = Run(tmp_path, "training_step", {"precision": "fp16", "device": "cpu"}).go()
    assert (ending.outcome, ending.kind) == (Outcome.FAILED, "unsupported")
    assert "fp32" in ending.words
