"""The bench commands: one JSON document, the right exit code, one line for every refusal."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
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
from hwstudio.core.model.result import Metric, Outcome, Result

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
        is_able = all(find_spec(need) is not None for need in each["needs"])
        assert each["available"] == is_able
        assert is_able or "pip install" in each["why_not"]


def test_the_list_is_a_table_without_json(run):
    code, out, _ = run("bench", "list")
    assert code == 0
    assert "torch_matmul" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "nothing"], "no benchmark 'nothing'"),
        (["run"], "No benchmark was named"),
        (["run", "--profile", "quik"], "Did you mean quick"),
        (["run", "storage", "--profile", "quick"], "a row of benchmarks of its own"),
        (["run", "torch_matmu"], "Did you mean torch_matmul."),
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
        launch, "probe", lambda path: Interpreter(path, "3.12", "", launch.NO_TORCH)
    )
    code, out, err = run("bench", "run", "torch_matmul", "--json")
    assert code == 3
    assert out == ""
    assert err.count("\n") == 1
    assert 'pip install "hwstudio[bench]"' in err


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
    # The first size is measured soon on any machine, and the others keep it going.
    sizes = "sizes=256,1024,1536,2048,3072,4096"
    process = subprocess.Popen(
        [*line, "torch_matmul", "--param", sizes, "--param", "cap_s=60", "--json"],
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
    assert told["outcome"] == "cancelled", told["words"]
    assert told["samples"]
    assert children
    _, alive = psutil.wait_procs(children, 3)
    assert not alive


@pytest.mark.parametrize("name", ["/nonexist", "/bin/ls", __file__])
def test_an_interpreter_that_is_no_python_is_exit_2_and_named(run, name):
    code, out, err = run("bench", "run", "torch_matmul", "--interpreter", name)
    assert code == 2
    assert out == ""
    assert f"{name} is not a Python that can be started" in err
    assert err.count("\n") == 1


def test_an_empty_interpreter_is_exit_2(run):
    code, _, err = run("bench", "run", "torch_matmul", "--interpreter", "")
    assert code == 2
    assert "--interpreter is empty" in err


def test_too_many_processes_are_exit_2_with_the_limit(run, fake, monkeypatch):
    fake("finish")
    monkeypatch.setattr("hwstudio.core.bench.crowd.usable_cores", lambda: 2)
    code, out, err = run("bench", "ddp", "--nproc", "64")
    assert (code, out) == (2, "")
    assert "the limit is 8 processes" in err
    code, _, err = run("bench", "ddp", "--nproc", "64", "--force")
    assert code == 1, "it ran, and the fake worker gave no efficiency"


def stored(home):
    store = History.open(home.history_file)
    found = store.results()
    store.close()
    return found


@posix_only
def test_a_partial_result_is_printed_with_its_finished_points(run, fake, home):
    fake("half then dies")
    code, out, _ = run("bench", "run", "torch_matmul")
    assert code == 1
    assert "1 of 2 points was finished" in out
    assert "fp32 64" in out
    code, out, _ = run("bench", "run", "torch_matmul", "--json")
    told = json.loads(out)
    assert told["is_partial"]
    assert [m["name"] for m in told["metrics"]] == ["fp32 64"]
    assert [len(each.metrics) for each in stored(home)] == [1, 1]


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_locked_history_costs_the_storing_but_not_the_answer(run, fake, home, monkeypatch, form):
    fake("finish")
    History.open(home.history_file).close()
    locker = sqlite3.connect(home.history_file, isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    connect = sqlite3.connect
    quick = lambda *a, **k: connect(*a, **{**k, "timeout": 0.01})  # noqa: E731
    monkeypatch.setattr("hwstudio.core.history.store.sqlite3.connect", quick)
    code, out, err = run("bench", "run", "torch_matmul", *form)
    locker.close()
    assert code == 3
    assert json.loads(out)["outcome"] == "finished" if form else "Clean" in out
    assert "was not stored: another program is using it." in err
    assert err.count("\n") == 1


def test_a_history_of_a_newer_hwstudio_costs_the_storing_but_not_the_answer(run, fake, home):
    fake("finish")
    History.open(home.history_file).close()
    db = sqlite3.connect(home.history_file)
    db.execute("INSERT INTO migration VALUES (99, '0099 tags', 'x')")
    db.commit()
    db.close()
    before = home.history_file.read_bytes()
    code, out, err = run("bench", "run", "torch_matmul", "--json")
    assert code == 3
    assert json.loads(out)["outcome"] == "finished"
    assert "from a newer hwstudio" in err
    assert home.history_file.read_bytes() == before


def test_an_unreadable_stored_row_does_not_end_a_run(run, fake, home):
    fake("finish")
    run("bench", "run", "torch_matmul", "--json")
    db = sqlite3.connect(home.history_file)
    db.execute("UPDATE result SET metrics = '{bad'")
    db.commit()
    db.close()
    code, out, _ = run("bench", "run", "torch_matmul", "--json")
    assert code == 0
    assert json.loads(out)["outcome"] == "finished"
    assert len(stored(home)) == 1


BUSY = Result(
    id="a",
    bench="ddp",
    method_version=1,
    taken_at="2026-11-20T10:00:00Z",
    machine="desk",
    device="CPU",
    params={},
    outcome=Outcome.FINISHED,
    words="The measurement finished.",
    verdict="busy",
    verdict_reason="Other programs ran.",
    metrics=(Metric("all_reduce", "B/s", 2e9, 1.9e9, 2.1e9, 10),),
    conditions={
        "verdicts": {"efficiency": {"verdict": "busy"}, "all_reduce": {"verdict": "ok"}},
        "ranks": [
            {
                "rank": 0,
                "alone_samples_per_s": 900.0,
                "crowd_samples_per_s": 500.0,
                "is_disturbed": True,
            }
        ],
    },
)


def test_a_busy_scaling_run_tells_what_is_clean_and_is_exit_1(run, fake, monkeypatch):
    fake("finish")
    monkeypatch.setattr("hwstudio.cli.bench.run_bench", lambda *_, **__: BUSY)
    code, out, _ = run("bench", "ddp", "--json")
    told = json.loads(out)
    assert code == 1
    assert told["efficiency"] is None
    assert told["busbw_gb_s"] == 2.0
    assert [(r["alone_samples_per_s"], r["verdict"]) for r in told["ranks"]] == [(900.0, "busy")]
    code, out, _ = run("bench", "ddp")
    assert code == 1
    assert "2.00 GB/s bus bandwidth" in out
    assert "Process 0: 900 samples/s alone" in out


STARTER = """
import signal, sys
# Whoever runs the tests may ignore it (nohup does); the program under test must not inherit that.
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
from hwstudio.core.bench.launch import Interpreter
import hwstudio.cli.bench, hwstudio.core.bench.run
here = Interpreter(sys.executable, "3", "9")
hwstudio.cli.bench.choose_interpreter = lambda *_: here
line = [sys.executable, "-I", *sys.argv[1:3]]
hwstudio.core.bench.run.command = lambda _: line
from hwstudio.cli.main import main
sys.exit(main(sys.argv[3:]))
"""


@posix_only
@pytest.mark.parametrize(
    "signals",
    [["SIGHUP"], ["SIGTERM"], ["SIGINT"] * 5, ["SIGINT", "SIGTERM", "SIGHUP", "SIGTERM"]],
)
def test_any_signal_to_stop_is_one_cancel_with_the_points_kept_and_printed(home, signals):
    starter = [sys.executable, "-c", STARTER, str(FAKE), "half then busy"]
    process = subprocess.Popen(
        [*starter, "--home", str(home.root), "bench", "run", "torch_matmul", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any(
        '"child"' in log.read_text() for log in home.run_dir.glob("*.jsonl")
    ):
        time.sleep(0.05)
    children = psutil.Process(process.pid).children(recursive=True)
    for name in signals:
        process.send_signal(getattr(signal, name))
        time.sleep(0.05)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1, err
    assert "Traceback" not in err
    assert err.count("Stopping") == 1
    told = json.loads(out)
    assert told["outcome"] == "cancelled"
    assert [m["name"] for m in told["metrics"]] == ["fp32 64"]
    assert [each.id for each in stored(home)] == [told["id"]]
    assert len(children) >= 2
    _, alive = psutil.wait_procs(children, 3)
    assert not alive
