"""Results in the Benchmark tab: side by side, over time, beside what is expected, as files."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QFileDialog

from hwstudio.core.bench.devices import Surroundings
from hwstudio.core.bench.launch import Interpreter
from hwstudio.core.bench.result_file import read_result_file, write_result_file
from hwstudio.core.project.expected_range import ExpectedRange
from hwstudio.gui.bench.details import COMPARISON, RUNS, TREND
from hwstudio.gui.bench.tables import EPOCH_COLUMN
from hwstudio.gui.bench.view import BenchView
from hwstudio.gui.bench.words import range_text
from tests.data.probe_results import product, step, triad

AROUND = Surroundings(Interpreter("py", "3.12", "2.13.0"))


def run(day, value, torch="2.12"):
    made = product(value, id=f"r{day}", taken_at=f"2026-11-{day:02d}T10:00:00Z")
    device = {**made.conditions["device"], "torch": torch}
    samples = {"fp32 2048": [value * (1 + n / 1e4) for n in range(-10, 11)]}
    return replace(made, samples=samples, conditions={**made.conditions, "device": device})


@pytest.fixture
def make(qtbot, context, monkeypatch):
    """Open the tab over a history of some results."""
    monkeypatch.setattr(
        "hwstudio.gui.bench.viewmodel.BenchViewModel.look", lambda self: self._on_looked(AROUND)
    )
    made = []

    def go(*results):
        for each in results:
            context.studio.history.add_result(each)
        view = BenchView(context)
        qtbot.addWidget(view)
        view.resize(1280, 640)
        view.show()
        qtbot.waitExposed(view)
        made.append(view)
        return view

    yield go
    for view in made:
        view.leave()


def cells(table):
    return [[column.shown(row) for column in table.model_.columns] for row in table.shown_rows()]


def test_that_ticked_runs_stand_side_by_side_with_a_word_for_each_point(qtbot, make):
    view = make(run(1, 1e12), run(2, 0.8e12), run(3, 1.001e12))
    assert "Tick 2 to 5 runs" in view.details.pairs._empty.text()
    view.details.tabs.setCurrentIndex(RUNS)
    with qtbot.waitSignal(view.comparing.found, timeout=10_000):
        for row in reversed(view.details.runs.shown_rows()):
            view.details.runs.model_.checked.emit(row, True)
    qtbot.waitUntil(lambda: len(view.details.pairs.shown_rows()) == 2, timeout=10_000)
    assert [row[4] for row in cells(view.details.pairs)] == ["SLOWER", "SAME"]
    view.details.tabs.setCurrentIndex(COMPARISON)
    assert "1 SLOWER" in view.details.said.text()
    assert view.details.tabs.tabText(COMPARISON) == "Comparison (3)"


def test_that_runs_of_different_tests_are_not_compared_and_it_says_so(qtbot, make):
    view = make(run(1, 1e12), triad(id="t"))
    for ident in ("r1", "t"):
        view.model.set_compared(ident, True)
    qtbot.waitUntil(lambda: "nothing in common" in view.details.pairs._empty.text(), timeout=10_000)


def test_that_the_trend_marks_what_changed_and_has_a_table_twin(qtbot, make):
    view = make(run(1, 1e12), run(2, 1e12), run(3, 1.5e12, torch="2.13"))
    with qtbot.waitSignal(view.trending.found, timeout=10_000):
        view.details.tabs.setCurrentIndex(TREND)
    panel = view.details.trend
    assert "torch 2.12 → 2.13" in panel.sentence.text()
    assert "torch 2.12 → 2.13" in panel.table.as_csv()
    (plot,) = panel._plots.values()
    assert plot._marks == ((2.0, "torch 2.12 → 2.13"),)
    assert "Days since 2026-11-01" in plot.as_csv()


def test_that_without_two_like_runs_the_trend_says_what_it_needs(qtbot, make):
    view = make(run(1, 1e12))
    with qtbot.waitSignal(view.trending.found, timeout=10_000):
        view.details.tabs.setCurrentIndex(TREND)
    assert "needs two runs" in view.details.trend.table._empty.text()
    assert not view.details.trend.choice.isVisible()


def test_that_the_expected_range_stands_beside_the_number(qtbot, make):
    view = make(run(1, 2e11))
    qtbot.waitUntil(lambda: bool(view.model.state.expected), timeout=20_000)
    (row,) = cells(view.details.points)
    assert "FLOP/s" in row[3]
    assert view.model.state.expected["fp32 2048"].word == "below"


def test_that_a_training_run_says_how_long_an_epoch_takes_and_others_have_no_such_column(make):
    view = make(replace(step(), id="s"), run(1, 1e12))
    view.model.choose_bench("torch_matmul")
    assert view.details.points.isColumnHidden(EPOCH_COLUMN)
    view.model.select("s")
    assert "all of ImageNet-1k, 1,281,167 pictures once, takes ResNet-18 11 h 52 min" in (
        view.answer.sentence.text()
    )
    assert not view.details.points.isColumnHidden(EPOCH_COLUMN)


def test_that_a_range_names_its_unit_once():
    both = ExpectedRange(1.8e11, 7e11, "", "")
    assert range_text(both, "FLOP/s") == "180 to 700 GFLOP/s"
    assert range_text(replace(both, high=2e12), "FLOP/s") == "180 GFLOP/s – 2.00 TFLOP/s"
    assert range_text(replace(both, low=None), "FLOP/s") == "at most 700 GFLOP/s"
    assert range_text(ExpectedRange(0.05, None, "", ""), "s") == "at least 50 ms"
    assert range_text(None, "FLOP/s") == "not known"


def test_that_results_go_out_into_a_file_and_those_of_others_come_in(
    qtbot, make, monkeypatch, tmp_path
):
    view = make(run(1, 1e12))
    out, come = tmp_path / "mine.json", tmp_path / "theirs.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    with qtbot.waitSignal(view.machines.said, timeout=10_000):
        view.choices.give_out.click()
    assert [each.id for each in read_result_file(out).results] == ["r1"]
    assert "1 results of" in view.frame.notice.accessibleName()

    write_result_file(come, [replace(run(2, 2e12), id="x", machine="lab7")], "lab7")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(come)], ""))
    with qtbot.waitSignal(view.machines.found, timeout=10_000):
        view.choices.take_in.click()
    assert [row[2] for row in cells(view.details.runs)] == ["lab7: Handmade Xeon", "Handmade Xeon"]
    view.model.select("x")
    assert "Handmade Xeon of lab7 does" in view.answer.sentence.text()


def test_that_a_file_that_cannot_be_written_is_said_in_place(qtbot, make, monkeypatch, tmp_path):
    view = make(run(1, 1e12))
    nowhere = tmp_path / "none" / "mine.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(nowhere), ""))
    with qtbot.waitSignal(view.machines.said, timeout=10_000):
        view.choices.give_out.click()
    assert "cannot be written" in view.frame.notice.accessibleName()
