"""The bench commands: one JSON document, the right exit code, one line for every refusal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from hwstudio.cli.main import main
from hwstudio.core.bench import launch
from hwstudio.core.bench.launch import Interpreter
from hwstudio.core.history.store import History

FAKE = Path(__file__).parents[1] / "data" / "fake_worker.py"
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals")
TINY = ["--param", "sizes=32", "--param", "precisions=fp32", "--param", "cap_s=0.1"]


@pytest.fixture
def run(home, capsys):
    """Run a command and return exit code, stdout and stderr."""

    def go(*words):
        try:
            code = main(["--home", str(home.root), *words])
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


@pytest.fixture
def fake(monkeypatch):
    """Put the misbehaving worker in the place of ours."""

    def use(manner):
        here = Interpreter(sys.executable, "3", "9")
        monkeypatch.setattr("hwstudio.cli.bench.choose_interpreter", lambda *_: here)
        monkeypatch.setattr(
            "hwstudio.core.bench.run.command", lambda _: [sys.executable, "-I", str(FAKE), manner]
        )

    return use


def test_the_list_names_every_benchmark_and_whether_it_can_run(run):
    code, out, _ = run("bench", "list", "--json")
    assert code == 0
    listed = json.loads(out)
    assert {"torch_matmul", "ddp"} <= {each["id"] for each in listed}
    for each in listed:
        assert {"id", "title", "needs", "available"} <= set(each)
        assert each["available"] == (find_spec("torch") is not None)


def test_the_list_is_a_table_without_json(run):
    code, out, _ = run("bench", "list")
    assert code == 0
    assert "torch_matmul" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "nothing"], "no benchmark 'nothing'"),
        (["run", "torch_matmul", "--param", "colour=red"], "no parameter 'colour'"),
        (["run", "torch_matmul", "--param", "sizes=big"], "sizes cannot be 'big'"),
        (["run", "torch_matmul", "--param", "sizes"], "cannot be read"),
        (["ddp", "--nproc", "1"], "nproc cannot be '1'"),
        (["ddp", "--nproc", "many"], "nproc cannot be 'many'"),
    ],
)
def test_wrong_input_is_exit_2_with_one_line(run, words, said):
    code, out, err = run("bench", *words)
    assert code == 2
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_no_torch_is_exit_3_with_the_install_line(run, monkeypatch):
    monkeypatch.setattr(
        launch, "probe", lambda path: Interpreter(path, "3.12", "", "torch is not installed in it")
    )
    code, out, err = run("bench", "run", "torch_matmul", "--json")
    assert code == 3
    assert out == ""
    assert err.count("\n") == 1
    assert 'pip install "hwstudio[bench]"' in err


def test_an_interpreter_that_does_not_exist_is_exit_3(run, tmp_path):
    code, _, err = run("bench", "run", "torch_matmul", "--interpreter", str(tmp_path / "py"))
    assert code == 3
    assert "cannot run benchmarks" in err


@posix_only
def test_a_worker_that_dies_is_exit_1_and_its_samples_are_kept(run, fake, home):
    fake("killed")
    code, out, _ = run("bench", "run", "torch_matmul", "--json")
    assert code == 1
    told = json.loads(out)
    assert told["outcome"] == "crashed"
    assert told["metrics"] == []
    assert "memory" in told["words"]
    store = History.open(home.history_file)
    assert [r.samples for r in store.results()] == [{"s": [1.0, 2.0, 3.0]}]
    store.close()


def test_a_failed_data_parallel_run_gives_no_number(run, fake):
    fake("out of memory")
    code, out, _ = run("bench", "ddp", "--json")
    assert code == 1
    told = json.loads(out)
    assert told["outcome"] == "failed"
    assert told["efficiency"] is None
    assert told["busbw_gb_s"] is None
    assert told["ranks"] == []


@pytest.mark.torch
@needs_torch
def test_a_product_is_measured_judged_and_kept(run, home):
    code, out, _ = run("bench", "run", "torch_matmul", "--quick", *TINY, "--json")
    assert code == 0
    told = json.loads(out)
    assert told["outcome"] == "finished"
    assert told["verdict"]
    assert told["samples"][0]["series"] == "fp32 32"
    if told["metrics"]:
        metric = told["metrics"][0]
        assert metric["low"] <= metric["median"] <= metric["high"]
        assert metric["unit"] == "FLOP/s"
    store = History.open(home.history_file)
    assert [r.id for r in store.results("torch_matmul")] == [told["id"]]
    store.close()


@pytest.mark.torch
@needs_torch
def test_a_second_run_is_compared_with_the_first(run):
    run("bench", "run", "torch_matmul", "--quick", *TINY)
    code, out, _ = run("bench", "run", "torch_matmul", "--quick", *TINY, "--json")
    told = json.loads(out)
    assert code == 0
    if told["metrics"] and told["comparisons"]:
        assert told["comparisons"][0]["word"] in ("same", "faster", "slower", "unsure")


@pytest.mark.torch
@pytest.mark.slow
@needs_torch
@posix_only
def test_ctrl_c_ends_a_run_in_order_and_leaves_no_process(home):
    line = [sys.executable, "-m", "hwstudio", "--home", str(home.root), "bench", "run"]
    process = subprocess.Popen(
        [*line, "torch_matmul", "--param", "sizes=2048", "--param", "cap_s=60", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    logs = home.run_dir
    while time.monotonic() < deadline and not any(
        '"sample"' in log.read_text() for log in logs.glob("*.jsonl")
    ):
        time.sleep(0.1)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1, err
    told = json.loads(out)
    assert told["outcome"] == "cancelled"
    assert told["samples"]
    assert children
    _, alive = psutil.wait_procs(children, 3)
    assert not alive
