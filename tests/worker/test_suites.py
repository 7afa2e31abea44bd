"""The kernels beside the product: real small runs, their checks, and what they leave behind."""

from __future__ import annotations

import json
import os
import sys
import threading
import zlib
from importlib.util import find_spec

import pytest

from hwstudio.core.bench.launch import Interpreter, clean_environment, command
from hwstudio.core.bench.scratch import FOLDER_PREFIX, remove_scratch
from hwstudio.core.bench.suites import benches
from hwstudio.core.bench.supervisor import Job, Limits, Supervisor
from hwstudio.core.model.result import Outcome
from hwstudio.worker.channel import Failure
from hwstudio.worker.crew import doublings, within
from hwstudio.worker.disturbance import usable_cores
from hwstudio.worker.drive.place import IN_MEMORY, mount_of
from hwstudio.worker.kernels.cpu_core import compressible, measured
from hwstudio.worker.kernels.data_loading import _tell_knee
from hwstudio.worker.kernels.picture_files import PREFIX, Endless, write_pictures
from hwstudio.worker.loop import KERNELS
from hwstudio.worker.others import Others
from hwstudio.worker.sampling import Series
from hwstudio.worker.stopping import Budget
from hwstudio.worker.windows import Shape, WindowSampler

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
FAST = {"cap_s": 0.3, "warmup_s": 0.0, "device": "cpu"}


class Run:
    """One supervised worker."""

    def __init__(self, tmp_path, kernel, params) -> None:
        self.events, self.cancel = [], threading.Event()
        line = command(Interpreter(sys.executable, "3", "2"))
        env = clean_environment(os.environ, frozen=False)
        self.job = Job(line, env, kernel, params, tmp_path / "run")

    def go(self):
        limits = Limits(beat_s=60.0)
        return Supervisor(self.job, self.events.append, self.cancel, limits).run()

    def series(self) -> dict:
        return {e.data["series"]: e.data for e in self.events if e.kind == "series"}

    def values(self, series) -> list[float]:
        found = [e for e in self.events if e.kind == "sample" and e.data["series"] == series]
        return [value for event in found for value in event.data["values"]]

    def condition(self, name):
        return next((e.data["value"] for e in self.events if e.data.get("name") == name), None)


def test_every_benchmark_has_a_kernel_and_says_what_it_is_for():
    for each in benches():
        assert each.kernel in KERNELS
        assert find_spec(KERNELS[each.kernel]) is not None
        assert each.purpose.endswith(".")


# --- numpy and the cores --------------------------------------------------------------------


def test_numpy_multiplies_in_both_precisions_and_names_its_library(tmp_path):
    run = Run(tmp_path, "numpy_matmul", {**FAST, "sizes": [48], "threads": 1})
    assert run.go().outcome is Outcome.FINISHED
    assert list(run.series()) == ["fp32 48", "fp64 48"]
    about = run.condition("device")
    assert about["threads"] == 1
    assert about["library"]
    assert min(run.values("fp32 48")) > 1e6


def test_all_cores_work_at_once_and_the_shares_are_of_what_one_does(tmp_path):
    run = Run(tmp_path, "cpu_cores", {**FAST, "jobs": ["compress"]})
    assert run.go().outcome is Outcome.FINISHED
    cores, found = usable_cores(), run.series()
    assert [name for name in found if " " in name] == [f"compress {n}" for n in doublings(cores)]
    if cores > 1:
        one, many = run.values("compress 1"), run.values(f"compress {cores}")
        shares = [b / a / cores for a, b in zip(one, many, strict=True)]
        assert found["compress_scaling"]["values"] == pytest.approx(shares)


def test_more_cores_than_there_are_is_refused_with_how_many_there_are(tmp_path):
    ending = Run(tmp_path, "cpu_cores", {**FAST, "counts": [4000]}).go()
    assert ending.outcome is Outcome.FAILED
    assert f"may use {usable_cores()}" in ending.words


def test_numbers_of_cores_double_and_end_with_all():
    assert doublings(1) == [1]
    assert doublings(6) == [1, 2, 4, 6]
    assert within([8, 2, 2, 99], 8) == [2, 8]


def test_the_text_to_compress_shrinks_neither_to_nothing_nor_not_at_all():
    text = compressible(2**16)
    assert 0.2 < len(zlib.compress(text)) / len(text) < 0.9


def test_a_core_says_how_much_it_did_and_how_long_it_had_to_wait():
    told = measured(lambda: None, 10.0, 0.01)
    assert told["rate"] > 0
    assert told["wall_s"] >= 0.01
    if sys.platform == "linux":
        assert told["wait_s"] >= 0


# --- windows and others ---------------------------------------------------------------------


class Recorder:
    """Stands in for the channel."""

    def __init__(self) -> None:
        self.sent = []

    def emit(self, event, **data) -> None:
        if event == "condition":
            self.sent.append((data["name"], data["value"]))

    def check(self) -> None:
        pass


def test_windows_add_up_to_all_that_was_done_and_leave_no_gap():
    done = []

    def advance() -> int:
        done.append(1)
        return 3

    series = Series("s", "IOPS", 1.0)
    budget = Budget(cap_s=60, warmup_s=0, half_width=1e9)
    WindowSampler(Recorder(), budget, Shape(0.0, 300, 60.0)).run(advance, series)
    counted = [sample.wall_s / sample.call_s for sample in series.samples]
    assert sum(counted) == pytest.approx(3 * len(done))
    assert min(counted) >= 300


def test_a_window_that_others_disturbed_is_not_clean():
    answers = iter([False, True] + [False] * 99)
    series = Series("s", "IOPS", 1.0)
    budget = Budget(cap_s=60, warmup_s=0, half_width=1e9)
    sampler = WindowSampler(Recorder(), budget, Shape(0.0, 1, 60.0))
    sampler.run(lambda: 1, series, lambda _has_waited: next(answers))
    assert series.clean[0] is False  # the first question only begins to count
    assert all(series.clean[1:])


def test_a_drive_that_does_nothing_for_long_is_told(monkeypatch):
    monkeypatch.setattr("hwstudio.worker.windows.STALL_S", 0.0)
    sampler = WindowSampler(Recorder(), Budget(cap_s=1, warmup_s=0))
    with pytest.raises(Failure, match="Nothing moved"):
        sampler.run(lambda: 0, Series("s", "IOPS", 1.0))


def test_what_other_programs_use_is_what_is_left_after_our_own(tmp_path):
    stat = tmp_path / "stat"
    stat.write_text("cpu 100 0 0 900 0 0 0 0\n")
    others = Others(list, stat)
    stat.write_text("cpu 104 0 0 996 0 0 0 0\n")
    assert not others.are_busy()  # 4 of 100 ticks
    stat.write_text("cpu 304 0 0 996 0 0 0 0\n")
    assert others.are_busy()


def test_a_system_that_does_not_count_disturbs_nothing(tmp_path):
    assert not Others(list, tmp_path / "none").are_busy()


# --- loading --------------------------------------------------------------------------------


def series_of(rate) -> Series:
    from hwstudio.worker.clock import Sample

    made = Series("s", "samples/s", 1.0)
    made.samples, made.clean = [Sample(1 / rate, 1, 1, 0)] * 5, [True] * 5
    return made


def test_the_knee_is_the_fewest_processes_that_nearly_reach_the_best():
    told = Recorder()
    _tell_knee({n: series_of(r) for n, r in {1: 100, 2: 196, 4: 200, 8: 190}.items()}, told)
    assert told.sent == [("enough_workers", 2)]


def test_there_is_no_knee_while_one_of_the_points_is_missing():
    told, lost = Recorder(), series_of(100)
    lost.clean = [False] * 5
    _tell_knee({1: series_of(100), 2: lost}, told)
    assert told.sent == []


def test_the_order_of_the_pictures_visits_each_before_any_again():
    row = iter(Endless(16))
    first, second = ([next(row) for _ in range(16)] for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(16))
    assert first != second


def test_a_folder_left_behind_is_removed_unless_somebody_put_something_in_it(tmp_path):
    assert FOLDER_PREFIX == PREFIX
    ours, used = tmp_path / f"{PREFIX}1", tmp_path / f"{PREFIX}2"
    for folder in (ours, used):
        folder.mkdir()
        write_pictures(folder, 1)
    (used / "letter.txt").write_text("mine")
    for folder in (ours, used):
        remove_scratch(str(folder))
    assert not ours.exists()
    assert [each.name for each in used.iterdir()] == ["letter.txt"]


@pytest.mark.torch
@needs_torch
def test_pictures_reach_the_training_and_no_folder_is_left(tmp_path):
    mount = mount_of(tmp_path)
    if mount is not None and mount.kind in IN_MEMORY:
        pytest.skip("the temporary folder lies in memory")
    drive = tmp_path / "drive"
    drive.mkdir()
    params = {**FAST, "folder": str(drive), "workers": [1], "files": 32, "batch": 4}
    run = Run(tmp_path, "data_loading", params)
    ending = run.go()
    assert ending.outcome is Outcome.FINISHED, ending.words
    assert run.series()["workers 1"]["batch"] == 4
    assert min(run.values("workers 1")) > 0
    assert list(drive.iterdir()) == []


# --- answers --------------------------------------------------------------------------------


@pytest.mark.torch
@needs_torch
def test_the_networks_have_the_weights_of_the_published_ones():
    import torch

    from hwstudio.worker.kernels import decoder, inference_models
    from hwstudio.worker.kernels.training_models import parameters_of

    with torch.device("meta"):
        assert parameters_of(inference_models.resnet50(torch)) == 25_557_032
        assert parameters_of(inference_models.bert_base(torch)) == 109_482_240
        small = decoder.build(torch, decoder.SIZES["small"], 1024)
        assert parameters_of(small) == 124_439_808  # GPT-2 small


@pytest.mark.torch
@needs_torch
def test_each_answer_is_timed_by_itself_and_told_in_seconds(tmp_path):
    params = {**FAST, "networks": ["resnet50"], "batches": [1, 2]}
    run = Run(tmp_path, "inference_latency", params)
    ending = run.go()
    assert ending.outcome is Outcome.FINISHED, ending.words
    found = run.series()
    assert list(found) == ["resnet50 1", "resnet50 2"]
    assert all(data["unit"] == "s" for data in found.values())
    assert 0 < min(run.values("resnet50 1")) < 60


@pytest.mark.torch
@needs_torch
def test_a_language_model_reads_and_writes_and_agrees_with_itself(tmp_path):
    run = Run(tmp_path, "llm_decode", {**FAST, "model": "tiny", "prompt": 16})
    ending = run.go()
    assert ending.outcome is Outcome.FINISHED, ending.words
    assert list(run.series()) == ["prompt", "decode"]
    assert min(run.values("decode")) > 0


@pytest.mark.torch
@needs_torch
def test_a_language_model_that_forgets_what_it_read_is_refused():
    import torch

    from hwstudio.worker.kernels import decoder
    from hwstudio.worker.kernels.llm_decode import Model

    with torch.inference_mode():
        model = Model(torch, "cpu", "fp32", decoder.SIZES["tiny"], {"prompt": 16})
        model.check()
        read = model.read_prompt

        def forget() -> None:
            read()
            model._kept.zero_()

        model.read_prompt = forget
        with pytest.raises(Failure, match="contradicts itself"):
            model.check()


def test_an_answer_that_differs_from_the_reference_is_refused():
    torch = pytest.importorskip("torch")
    from hwstudio.worker.kernels.inference_latency import Job, _check

    job, expected = Job("bert", "cpu", "fp32", 1), torch.ones(1, 8)
    _check(torch, job, expected + 1e-5, expected)
    with pytest.raises(Failure, match="is wrong"):
        _check(torch, job, expected * 1.01, expected)
    with pytest.raises(Failure, match="is wrong"):
        _check(torch, job, expected * float("nan"), expected)


def test_a_kernel_without_torch_needs_no_torch():
    import subprocess

    code = (
        "import sys, json, hwstudio.worker.kernels.cpu_cores, hwstudio.worker.kernels.numpy_matmul,"
        "hwstudio.worker.kernels.data_loading, hwstudio.worker.kernels.inference_latency,"
        "hwstudio.worker.kernels.llm_decode;"
        "print(json.dumps([m for m in sys.modules if m in ('torch', 'numpy', 'psutil')]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
