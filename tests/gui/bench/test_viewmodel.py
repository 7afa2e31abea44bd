"""The Benchmark tab without its window: runs, cancels, keeps, compares, deletes and takes back."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from hwstudio.core.bench import run as run_room
from hwstudio.core.bench.devices import Device, Surroundings
from hwstudio.core.bench.launch import Interpreter
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.supervisor import Limits
from hwstudio.core.history.store import History
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.gui.bench.state import Phase
from hwstudio.gui.bench.viewmodel import BenchStock, BenchViewModel
from hwstudio.gui.bench.worker import thin

FAKE = Path(__file__).parents[2] / "data" / "fake_worker.py"
HERE = Interpreter(sys.executable, "3", "9")
AROUND = Surroundings(HERE, (Device("cpu", "CPU", ("fp32",)),))
posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals")


def result(ident, median=2e11, taken_at="2026-11-20T10:00:00Z", **more) -> Result:
    made = Result(
        id=ident,
        bench="torch_matmul",
        method_version=1,
        taken_at=taken_at,
        machine="m",
        device="CPU",
        params={"device": "auto"},
        outcome=Outcome.FINISHED,
        words="",
        verdict="ok",
        verdict_reason="",
        metrics=(Metric("fp32 512", "FLOP/s", median, median * 0.99, median * 1.01, 20),),
        samples={"fp32 512": [median] * 3},
        conditions={"device": {"device": "cpu", "threads": 2}},
    )
    return replace(made, **more)


@pytest.fixture
def history(tmp_path):
    opened = History.open(tmp_path / "history.db")
    yield opened
    opened.close()


@pytest.fixture
def make(qtbot, history, tmp_path, monkeypatch):
    """Make a view-model whose worker behaves as told."""
    made = []

    def go(manner="finish", plan="chosen", limits=None):
        monkeypatch.setattr(
            run_room, "command", lambda _i: [sys.executable, "-I", str(FAKE), manner]
        )
        monkeypatch.setattr(run_room, "LISTEN_S", None)
        stock = BenchStock(history, tmp_path / "runs", lambda *_: None, tuple, str)
        model = BenchViewModel(replace(stock, limits=limits or Limits()))
        model._on_looked(AROUND)
        model.set_plan(plan)
        made.append(model)
        return model

    yield go
    for model in made:
        model.leave()


def run_to_end(qtbot, model):
    model.start()
    qtbot.waitUntil(lambda: model.state.phase is Phase.IDLE, timeout=20_000)


def test_a_run_ends_idle_with_its_result_shown_and_kept(qtbot, make, history):
    model = make()
    run_to_end(qtbot, model)
    assert model.state.shown is not None
    assert model.state.shown.outcome is Outcome.FINISHED
    assert [r.id for r in history.results()] == [model.state.shown.id]


def test_samples_are_told_while_it_runs(qtbot, make):
    model = make()
    seen = []
    model.changed.connect(lambda state: seen.append(state.live))
    run_to_end(qtbot, model)
    assert any(live.series and live.series[0].values == (1.0, 2.0, 3.0) for live in seen)


@posix_only
@pytest.mark.parametrize("manner", ["segfault", "killed", "raises", "out of memory"])
def test_a_worker_that_dies_ends_in_words_and_the_screen_lives_on(qtbot, make, manner):
    model = make(manner)
    run_to_end(qtbot, model)
    assert model.state.shown.outcome in (Outcome.CRASHED, Outcome.FAILED)
    assert model.state.shown.words
    assert model.state.can_run


def test_a_python_without_torch_is_said_in_place_and_nothing_is_stored(qtbot, make, history):
    model = make("no torch")
    run_to_end(qtbot, model)
    assert model.state.message.kind == "error"
    assert "Install it" in model.state.message.text
    assert history.results() == ()


@posix_only
def test_cancel_ends_the_run_and_keeps_what_was_measured(qtbot, make, history):
    model = make("busy")
    model.start()
    qtbot.waitUntil(lambda: bool(model.state.live.series), timeout=10_000)
    model.cancel()
    assert model.state.phase is Phase.STOPPING
    qtbot.waitUntil(lambda: model.state.phase is Phase.IDLE, timeout=10_000)
    assert [r.outcome for r in history.results()] == [Outcome.CANCELLED]
    assert history.results()[0].samples == {"s": [1.0, 2.0, 3.0]}


@posix_only
def test_leaving_the_window_ends_the_run_and_keeps_it(qtbot, make, history):
    model = make("busy")
    model.start()
    qtbot.waitUntil(lambda: bool(model.state.live.series), timeout=10_000)
    model.leave()
    assert [r.outcome for r in history.results()] == [Outcome.CANCELLED]


def test_a_flood_of_events_is_told_in_few_changes(qtbot, make):
    model = make("flood")
    count = []
    model.changed.connect(lambda _state: count.append(1))
    run_to_end(qtbot, model)
    assert len(count) < 1000, "10,000 events came"


def test_without_an_interpreter_no_run_starts(make):
    model = make()
    model._on_look_failed("No Python with torch was found.")
    model.start()
    assert model.state.phase is Phase.IDLE
    assert not model.state.can_run


def test_the_newest_run_of_a_benchmark_is_shown_at_the_start(make, history):
    history.add_result(result("old"))
    history.add_result(result("new", taken_at="2026-11-21T10:00:00Z"))
    assert make().state.shown.id == "new"


def test_a_run_is_compared_with_the_one_before(make, history):
    history.add_result(result("old", 1e11))
    history.add_result(result("new", 2e11, taken_at="2026-11-21T10:00:00Z"))
    assert [c.word for c in make().state.earlier] == ["faster"]


def test_selecting_a_run_of_another_benchmark_chooses_that_benchmark(make, history):
    history.add_result(result("a"))
    history.add_result(result("b", bench="ddp"))
    model = make()
    model.select("b")
    assert model.state.bench.id == "ddp"
    assert model.state.shown.id == "b"


def test_a_deleted_run_can_be_taken_back(make, history):
    history.add_result(result("a"))
    model = make()
    model.delete("a")
    assert model.state.shown is None
    assert model.state.message.action == "Undo"
    model.undo_delete()
    assert history.results() == (result("a"),)
    assert model.state.shown.id == "a"
    model.undo_delete()
    assert len(history.results()) == 1


def test_a_bad_value_is_refused_in_words_and_the_good_one_stays(make):
    model = make()
    model.set_value("sizes", "64, 128")
    model.set_value("sizes", "huge")
    assert "sizes cannot be 'huge'" in model.state.message.text
    assert model.state.values["sizes"] == [64, 128]
    model.set_value("sizes", "256")
    assert model.state.message is None


def test_no_precision_at_all_is_refused(make):
    model = make()
    model.set_value("precisions", [])
    assert "at least one" in model.state.message.text
    assert model.state.values["precisions"] == ["fp32", "bf16"]


def settled(model):
    """Return the parameters of the first test the button would start."""
    step = model.profile().steps[0]
    return bench(step.bench).settle(step.params, is_quick=step.is_quick)


def test_the_quick_profile_fills_what_was_not_chosen(make):
    model = make()
    model.set_value("sizes", "64")
    assert settled(model)["cap_s"] == 2.0
    model.set_quick(False)
    assert settled(model)["cap_s"] == 8.0
    assert settled(model)["sizes"] == [64]


def test_settings_of_several_tests_are_kept_while_one_moves_between_them(make):
    model = make()
    model.set_value("sizes", "64")
    model.set_chosen("memory_bandwidth", True)
    model.choose_bench("memory_bandwidth")
    model.choose_bench("torch_matmul")
    assert model.state.values["sizes"] == [64]
    steps = model.profile().steps
    assert [(s.bench, dict(s.params)) for s in steps] == [
        ("torch_matmul", {"sizes": [64]}),
        ("memory_bandwidth", {}),
    ]


def test_no_more_than_five_runs_are_put_side_by_side(make):
    model = make()
    for number in range(6):
        model.set_compared(str(number), True)
    assert model.state.compared == ("0", "1", "2", "3", "4")
    assert "at once" in model.state.message.text
    model.set_compared("0", False)
    assert model.state.compared == ("1", "2", "3", "4")


def test_a_history_that_cannot_be_written_is_said_at_the_start(qtbot, tmp_path):
    broken = History.open(tmp_path / "no folder" / "history.db")
    stock = BenchStock(broken, tmp_path, lambda *_: None, tuple, str)
    assert "cannot be kept" in BenchViewModel(stock).state.message.text
    broken.close()


def test_looking_for_a_python_happens_off_the_gui_thread(qtbot, make, monkeypatch):
    asked = []

    def look(interpreter, _log_dir, _cancel):
        asked.append(threading.current_thread() is threading.main_thread())
        return AROUND

    monkeypatch.setattr("hwstudio.gui.bench.look.choose_interpreter", lambda **_: HERE)
    monkeypatch.setattr("hwstudio.gui.bench.look.look_around", look)
    model = make()
    model.look()
    assert model.state.surroundings is None
    qtbot.waitUntil(lambda: model.state.surroundings == AROUND, timeout=5000)
    assert asked == [False]


def test_a_chosen_python_that_cannot_measure_is_named_with_the_one_used_instead(monkeypatch):
    from hwstudio.gui.bench.look import passed_over

    bare = replace(HERE, path="/opt/bare/python", torch="", why_not="it has no torch")
    monkeypatch.setattr("hwstudio.gui.bench.look.probe", lambda _path: bare)
    said = passed_over("/opt/bare/python", HERE)
    assert "it has no torch" in said
    assert HERE.path in said
    assert passed_over("", HERE) == ""


def test_long_series_are_thinned_evenly_for_the_chart():
    assert thin([1.0, 2.0]) == (1.0, 2.0)
    thinned = thin([float(n) for n in range(10_000)])
    assert len(thinned) == 240
    assert thinned[0] == 0.0
    assert thinned[-1] > 9_900
