"""A whole check in the Benchmark tab: one button, a row of tests, one sentence, nothing silent."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.bench import run as run_room
from hwstudio.core.bench.devices import Device, Surroundings
from hwstudio.core.bench.launch import NO_TORCH, Interpreter
from hwstudio.core.bench.suites import benches
from hwstudio.core.bench.supervisor import Limits
from hwstudio.core.bench.turn import turn
from hwstudio.core.model.result import Outcome
from hwstudio.gui.bench.details import TESTS
from hwstudio.gui.bench.look import Look
from hwstudio.gui.bench.state import Phase
from hwstudio.gui.bench.view import BenchView

FAKE = Path(__file__).parents[2] / "data" / "fake_worker.py"
AROUND = Surroundings(
    Interpreter(sys.executable, "3.12", "2.13.0"), (Device("cpu", "CPU", ("fp32",)),)
)
BARE = Surroundings(Interpreter(sys.executable, "3.12", "", NO_TORCH))
posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals")


@pytest.fixture
def make(qtbot, context, monkeypatch):
    """Open the tab with a worker that behaves as told."""
    made = []

    def go(manner="finish", around=AROUND, limits=None):
        monkeypatch.setattr(
            run_room, "command", lambda _i: [sys.executable, "-I", str(FAKE), manner]
        )
        monkeypatch.setattr(run_room, "LISTEN_S", None)
        monkeypatch.setattr(
            "hwstudio.gui.bench.viewmodel.BenchViewModel.look",
            lambda self: self._on_looked(around),
        )
        view = BenchView(context)
        stock = view.model._stock
        view.model._stock = replace(stock, limits=limits or Limits(), expected=lambda _r: {})
        qtbot.addWidget(view)
        view.resize(1280, 640)
        view.show()
        qtbot.waitExposed(view)
        made.append(view)
        return view

    yield go
    for view in made:
        view.leave()


def choose(view, *tests):
    view.model.set_plan("chosen")
    view.model.set_chosen(view.model.state.chosen[0], False)
    for test in tests:
        view.model.set_chosen(test, True)


def to_end(qtbot, view):
    view.run_button.click()
    qtbot.waitUntil(lambda: view.model.state.phase is Phase.IDLE, timeout=60_000)


def verdicts(view):
    rows = view.details.tests.shown_rows()
    return [view.details.tests.model_.columns[3].shown(row) for row in rows]


def test_that_one_button_runs_the_whole_quick_check_and_keeps_every_result(qtbot, make):
    view = make()
    assert view.run_button.text() == "Run quick check"
    to_end(qtbot, view)
    assert len(view.model.state.results) == 8
    assert view.model.state.is_check_shown
    assert view.details.tabs.currentIndex() == TESTS
    assert len(view.details.tests.shown_rows()) == 8


def test_that_while_it_runs_each_test_says_where_it_is(qtbot, make):
    view = make("busy")
    choose(view, "memory_bandwidth", "storage")
    view.run_button.click()
    qtbot.waitUntil(lambda: bool(view.model.state.live.series), timeout=20_000)
    assert verdicts(view) == ["running now", "waiting"]
    assert view.answer.sentence.text().startswith("Test 1 of 2, Memory bandwidth")
    view.run_button.click()
    qtbot.waitUntil(lambda: view.model.state.phase is Phase.IDLE, timeout=20_000)
    assert verdicts(view) == ["Stopped by you", "not reached"]
    assert "You stopped the check" in view.answer.more.text()


@posix_only
@pytest.mark.parametrize(
    ("manner", "chip", "words"),
    [
        ("segfault", "Crashed", "segmentation fault"),
        ("killed", "Crashed", "most often the memory ran out"),
        ("raises", "Crashed", "the moon is full"),
        ("out of memory", "Failed", "The memory ran out: 8 GiB wanted"),
        ("half then dies", "Crashed", "1 of 2 points was finished before that and kept"),
        ("hang", "Took too long", "stopped responding"),
    ],
)
def test_that_each_bad_end_has_its_sentence_and_the_row_goes_on(qtbot, make, manner, chip, words):
    view = make(manner, limits=Limits(beat_s=1.0, ask_s=0.1, terminate_s=0.1))
    choose(view, "torch_matmul", "memory_bandwidth")
    to_end(qtbot, view)
    assert verdicts(view) == [chip, chip]
    assert words in view.answer.more.text()
    kept = view.model.state.results
    assert len(kept) == 2
    stored = view._context.studio.history.result(kept[0].id)
    assert sum(map(len, stored.samples.values())) >= 3, "partial samples are kept"
    assert view.model.state.can_run


def test_that_a_full_disk_loses_no_number_from_the_screen_and_is_said(qtbot, make, monkeypatch):
    view = make()
    choose(view, "memory_bandwidth")

    def full(_result):
        raise HostError("The result could not be saved", "the disk is full", "Make room")

    history = view.model._stock.history
    keep = history.add_result
    monkeypatch.setattr(history, "add_result", full)
    to_end(qtbot, view)
    assert "the disk is full. Make room." in view.frame.notice.accessibleName()
    assert view.model.state.shown.outcome is Outcome.FINISHED
    assert view.model.state.message.action == "Keep it now"
    view.frame.notice.acted.emit()
    assert view.model.state.message.action == "Keep it now"
    assert view.model.state.results == ()
    monkeypatch.setattr(history, "add_result", keep)  # somebody made room
    view.frame.notice.acted.emit()
    assert [kept.id for kept in view.model.state.results] == [view.model.state.shown.id]


def test_that_a_log_that_cannot_be_written_is_said(qtbot, make):
    view = make()
    choose(view, "memory_bandwidth")
    folder = view.model._stock.log_dir
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder should be", "utf-8")
    to_end(qtbot, view)
    assert "The log of the run could not be kept" in view.frame.notice.accessibleName()
    assert view.model.state.shown.outcome is Outcome.FINISHED


@posix_only
def test_that_a_closed_window_ends_the_row_and_keeps_what_was_measured(qtbot, make):
    view = make("busy")
    view.run_button.click()
    qtbot.waitUntil(lambda: bool(view.model.state.live.series), timeout=20_000)
    history = view._context.studio.history
    view.leave()
    (kept,) = history.results()
    assert kept.outcome is Outcome.CANCELLED
    assert kept.samples == {"s": [1.0, 2.0, 3.0]}


def test_that_a_second_start_is_refused_in_words_and_stores_nothing(qtbot, make):
    view = make()
    with turn("Burn-in"):
        to_end(qtbot, view)
    said = view.frame.notice.accessibleName()
    assert "Another measurement is running on this computer" in said
    assert "Burn-in" in said
    assert view.model.state.results == ()
    assert view.empty.isVisible()
    to_end(qtbot, view)
    said = view.answer.more.text()
    assert said, "once it is over, the same button works"
    with turn("Burn-in"):
        to_end(qtbot, view)
    assert view.answer.more.text() == said, "the check before stays on the screen"


def test_that_without_torch_the_rest_runs_and_what_lacks_says_what_to_do(qtbot, make):
    view = make(around=BARE)
    assert view.empty.button.isEnabled()
    assert "tests cannot run here" in view.choices.left_out.text()
    assert "Install it with" in view.choices.left_out.text()
    to_end(qtbot, view)
    assert {each.bench for each in view.model.state.results} == {"cpu_cores", "storage"}
    rows = {row.bench: row for row in view.details.tests.shown_rows()}
    assert "This Python has no PyTorch. Install it with" in rows["torch_matmul"].why
    assert "Left out: " in view.answer.more.text()


def test_that_only_tests_which_cannot_run_leave_the_button_off(make):
    view = make(around=BARE)
    choose(view, "torch_matmul")
    assert not view.empty.button.isEnabled()
    view.model.set_chosen("storage", True)
    assert view.empty.button.isEnabled()


def test_that_a_python_without_torch_is_taken_where_none_has_it(monkeypatch, tmp_path):
    def choose_one(setting="", needs=("torch",)):
        if "torch" in needs:
            raise HostError("No Python with torch was found")
        return BARE.interpreter

    monkeypatch.setattr("hwstudio.gui.bench.look.choose_interpreter", choose_one)
    monkeypatch.setattr("hwstudio.gui.bench.look.candidates", lambda *_: [])
    found = Look(str, tmp_path, None)()
    assert found.interpreter == BARE.interpreter
    assert not found.why_not


def test_that_a_torch_that_does_not_start_costs_only_what_needs_it(monkeypatch, tmp_path):
    broken = Surroundings(AROUND.interpreter, (), "libtorch.so is damaged.")
    monkeypatch.setattr(
        "hwstudio.gui.bench.look.choose_interpreter", lambda **_: AROUND.interpreter
    )
    monkeypatch.setattr("hwstudio.gui.bench.look.look_around", lambda *_: broken)
    monkeypatch.setattr("hwstudio.gui.bench.look.candidates", lambda *_: [])
    found = Look(str, tmp_path, None)().interpreter
    assert "libtorch.so is damaged" in found.lacks(("torch",))
    assert found.lacks(()) == ""


def test_that_run_again_repeats_the_row_or_the_one_test_as_it_was(qtbot, make):
    view = make()
    choose(view, "memory_bandwidth", "storage")
    to_end(qtbot, view)
    assert view.details.again.isEnabled()
    view.details.again.click()
    qtbot.waitUntil(lambda: view.model.state.phase is Phase.IDLE, timeout=30_000)
    assert len(view.model.state.results) == 4
    first = view.details.tests.shown_rows()[0].result
    view.details.tests.selectRow(0)
    assert view.model.state.shown.id == first.id
    view.details.again.click()
    qtbot.waitUntil(lambda: view.model.state.phase is Phase.IDLE, timeout=30_000)
    assert len(view.model.state.results) == 5
    assert view.model.state.results[0].params == first.params


def test_that_one_test_of_the_row_can_be_opened_and_left_again(qtbot, make):
    view = make()
    choose(view, "memory_bandwidth", "storage")
    to_end(qtbot, view)
    view.details.tests.selectRow(1)
    assert view.model.state.shown.bench == "storage"
    assert view.answer.back_button.isVisible()
    view.answer.back_button.click()
    assert view.model.state.is_check_shown
    assert not view.answer.back_button.isVisible()
    view.details.tests.selectRow(1)
    assert not view.model.state.is_check_shown, "the same test opens a second time"


def test_that_everything_to_press_is_named_and_reached_by_the_keyboard(make):
    view = make()
    view.model.set_plan("chosen")
    for widget in (view.choices.plan, view.choices.tests, view.details.runs, view.details.pairs):
        assert widget.accessibleName()
        assert widget.focusPolicy().value & 1, "Tab reaches it"
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    view.choices.tests.setFocus()
    view.choices.tests.setCurrentRow(1)
    QTest.keyClick(view.choices.tests, Qt.Key.Key_Space)
    assert benches()[1].id in view.model.state.chosen


def test_that_the_last_check_stands_there_when_the_window_opens_again(qtbot, make):
    view = make()
    to_end(qtbot, view)
    said = view.answer.more.text()
    again = make()
    assert again.model.state.is_check_shown
    assert again.answer.more.text() == said
    assert verdicts(again) == verdicts(view)


def test_that_a_check_stopped_before_its_first_number_says_who_stopped_it(qtbot, make):
    view = make("busy")
    choose(view, "memory_bandwidth", "cpu_cores")
    view.run_button.click()
    qtbot.waitUntil(lambda: view.model.state.phase is Phase.RUNNING)
    view.run_button.click()
    qtbot.waitUntil(lambda: view.model.state.phase is Phase.IDLE, timeout=20_000)
    assert view.answer.sentence.text() == "You stopped it before there was a number."
