"""The runs' view model: lists, sums up, draws and watches, only while it is seen."""

from __future__ import annotations

import pytest

from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.history.runs import Runs
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.predicted import GPU_WATTS, Predicted, document_of
from hwstudio.gui.monitor.runs import viewmodel
from hwstudio.gui.monitor.runs.state import StartWish
from hwstudio.gui.monitor.runs.viewmodel import RunsSources, RunsViewModel

START = 1_760_000_000


class Clock:
    """Says what it is told."""

    now_s = START + 4000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def recorded(home):
    """An hour of a GPU that draws 360 W."""
    writer = ReadingWriter.open(home.monitor_file)
    writer.begin("boot", 1.0)
    for second in range(3601):
        values = {"gpu.0.energy_j": 1000.0 + 360 * second, "gpu.0.power_w": 360.0,
                  "gpu.0.busy_share": 0.5}  # fmt: skip
        writer.add(START + second, values)
    assert writer.flush()
    writer.close()


@pytest.fixture
def made(qtbot, studio, home, clock):
    """Makes a shown model over the real store; processes are told by a dictionary."""
    models = []

    def make(*runs, alive=None, is_shown=True):
        store = Runs(studio.history)
        for run in runs:
            store.put(run)
        alive = {} if alive is None else alive
        sources = RunsSources(store, home.monitor_file, started_of=alive.get, clock=clock)
        model = RunsViewModel(sources)
        models.append(model)
        if is_shown:
            model.show()
        return model

    yield make
    for model in models:
        model.hide()


def a_run(**more):
    values = {"id": "r1", "title": "Run", "started_s": START, "ended_s": START + 3600.0, **more}
    return Run(**values)


def test_a_run_is_summed_up_and_its_charts_are_drawn(qtbot, made, recorded):
    model = made(a_run())
    qtbot.waitUntil(lambda: model.picture.run_id == "r1", timeout=5000)
    row = model.state.row
    assert row.facts.summary.energy_j.value == 360 * 3600
    assert [chart.title for chart in model.state.page.charts] == ["GPU use", "Power"]
    assert len(model.picture.picture.traces["gpu.0.power_w"].times_s) > 100
    assert model.state.has_history


def test_a_run_that_ended_just_now_is_summed_up_again_once_all_is_written(
    qtbot, made, recorded, clock, monkeypatch
):
    monkeypatch.setattr(viewmodel, "_AGAIN_S", 0.0)
    monkeypatch.setattr(viewmodel, "_REST", 0)  # a busy computer would wait longer than this test
    clock.now_s = START + 3602.0
    model = made(a_run())
    qtbot.waitUntil(lambda: model._early == {"r1"}, timeout=5000)
    clock.now_s += 60
    model._on_tick()
    qtbot.waitUntil(lambda: not model._early, timeout=5000)


def test_nothing_is_worked_out_while_hidden(qtbot, made, recorded):
    model = made(a_run(), is_shown=False)
    model.reload()
    assert model.state.rows[0].facts is None
    assert not model._summing.is_busy
    model.show()
    qtbot.waitUntil(lambda: model.state.rows[0].facts is not None, timeout=5000)
    model.hide()
    assert not model._timer.isActive()


def test_a_run_begins_and_ends_by_hand(qtbot, made, clock):
    model = made()
    assert model.start(StartWish("By hand"))
    run = model.state.row.run
    assert (run.title, run.is_open, run.started_s) == ("By hand", True, clock.now_s)
    clock.now_s += 60
    model.end(run.id)
    assert model.state.row.run.ended_s == clock.now_s


def test_a_run_with_a_process_ends_when_the_process_does(qtbot, made, clock):
    alive = {77: 5.0}
    model = made(a_run(ended_s=None, pid=77, process_started_s=5.0), alive=alive)
    qtbot.waitUntil(lambda: not model._watching.is_busy, timeout=5000)
    assert model.state.row.run.is_open
    alive.clear()
    clock.now_s += 3
    model._on_tick()
    qtbot.waitUntil(lambda: not model.state.row.run.is_open, timeout=5000)
    assert model.state.row.run.ended_s == clock.now_s
    assert model.state.row.run.note == ""


def test_an_end_that_another_program_wrote_or_mended_is_shown(qtbot, made, clock, studio):
    alive = {77: 5.0}
    model = made(a_run(ended_s=None, pid=77, process_started_s=5.0), alive=alive)
    other = Runs(studio.history)
    ended = other.end("r1", clock.now_s, "Ended about then")
    qtbot.waitUntil(lambda: not model.state.row.run.is_open, timeout=8000)
    assert other.correct_end(ended, clock.now_s + 1, "")
    qtbot.waitUntil(lambda: model.state.row.run.ended_s == clock.now_s + 1, timeout=8000)


def test_a_run_whose_process_went_while_hwstudio_was_shut_ends_about_its_last_use(
    qtbot, made, recorded
):
    model = made(a_run(ended_s=None, pid=77, process_started_s=5.0))
    qtbot.waitUntil(lambda: not model.state.row.run.is_open, timeout=5000)
    run = model.state.row.run
    assert run.ended_s == pytest.approx(START + 3600, abs=10)
    assert "Ended about" in run.note
    assert "its GPUs were last in use then" in run.note


def test_a_run_without_a_process_goes_on_over_a_restart(qtbot, made):
    model = made(a_run(ended_s=None))
    model._on_tick()
    assert model.state.row.run.is_open


def test_a_refused_start_says_why_and_keeps_nothing(qtbot, made):
    model = made()
    with qtbot.waitSignal(model.failed) as told:
        assert not model.start(StartWish("x", pid=2**22 + 1))
    assert "There is no process" in told.args[0]
    with qtbot.waitSignal(model.failed) as told:
        assert not model.start(StartWish("x", log_path="/not/there"))
    assert model.state.rows == ()


def test_name_note_log_and_prediction_are_kept(qtbot, made, recorded, studio):
    model = made(a_run())
    model.describe("r1", " Better name ", "worked", "finished")
    model.attach_log("r1", "/logs")
    figure = Prediction(low=100.0, median=200.0, high=300.0, unit="W",
                        evidence=Evidence.ESTIMATED, formula="f")  # fmt: skip
    model.attach_prediction(
        "r1", document_of(Predicted("job", "card", 1, "2026-11-28", {GPU_WATTS: figure}))
    )
    kept = Runs(studio.history).get("r1")
    assert (kept.title, kept.note, kept.ending) == ("Better name", "worked", "finished")
    assert kept.log_path == "/logs"
    qtbot.waitUntil(lambda: "power_w" in model.picture.bands, timeout=5000)
    band = model.picture.bands["power_w"]
    assert (band.low, band.median, band.high) == (100.0, 200.0, 300.0)


def test_deleting_a_run_chooses_the_next(qtbot, made):
    model = made(a_run(), a_run(id="r2", started_s=START + 10.0))
    assert model.state.selected == "r2"
    model.delete("r2")
    assert model.state.selected == "r1"
    model.delete("r1")
    assert model.state.row is None


def test_a_log_is_looked_at_without_a_run_until_a_run_is_chosen(qtbot, made, tmp_path):
    model = made(a_run())
    model.open_log(tmp_path)
    assert (model.state.log, model.state.row) == (tmp_path, None)
    model.reload()
    assert model.state.log == tmp_path
    model.select("r1")
    assert (model.state.log, model.state.row.run.id) == (None, "r1")


def test_another_stretch_of_time_is_drawn_and_the_whole_run_again(qtbot, made, recorded):
    model = made(a_run())
    qtbot.waitUntil(lambda: model.picture.run_id == "r1", timeout=5000)
    model.set_window(START + 100.0, START + 200.0)
    assert not model.state.is_whole
    qtbot.waitUntil(lambda: model.picture.picture.to_s == START + 200, timeout=5000)
    model.show_whole()
    qtbot.waitUntil(lambda: model.picture.picture.to_s == START + 3600, timeout=5000)
    assert model.state.is_whole


def test_a_history_that_cannot_be_read_is_told_once_and_not_asked_without_end(qtbot, made, home):
    home.monitor_file.write_bytes(b"no database " * 1000)
    told = []
    model = made(a_run(), is_shown=False)
    model.failed.connect(told.append)
    model.show()
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    for _ in range(5):
        model._on_tick()
    qtbot.waitUntil(lambda: not model._summing.is_busy, timeout=5000)
    assert len(told) == 1
    assert model.state.rows[0].facts is None
