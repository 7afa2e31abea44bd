"""Calibrating from the Workload tab: what will run, how far it is, stop, and what it changed."""

from __future__ import annotations

import threading

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.project.calibrating import moved, reference_jobs
from hwstudio.core.project.calibration import of_results
from hwstudio.core.project.own_measurements import Calibrated
from hwstudio.gui.workload.calibrate_dialog import (
    INTRO,
    NOTHING,
    RESULT,
    RUNNING,
    STOPPED,
    CalibrateDialog,
    change_words,
)
from hwstudio.gui.workload.calibrate_run import CalibrateRunner
from tests.data.probe_results import CPU_NAME, product, step, triad


@pytest.fixture
def calibrated(studio):
    """Return what a calibration of a processor gives."""
    results = (triad(), product(), step())
    found = of_results(results, studio.catalog, studio.speed_model)
    jobs = reference_jobs(studio.catalog)
    return Calibrated(results, found, moved(studio.speed_model, jobs, found.sheets[0], found))


class Measuring:
    """Stands in for the measuring: says one step and waits until it may go on."""

    def __init__(self, answer) -> None:
        self.answer, self.go_on = answer, threading.Event()
        self.was_cancelled = False
        self.thread = None

    def __call__(self, heard, cancel):
        self.thread = threading.current_thread()
        heard("Multiplying large matrices", 1, 3, 26.0)
        while not self.go_on.wait(0.01) and not cancel.is_set():
            pass
        self.was_cancelled = cancel.is_set()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def shown(qtbot):
    """Return a function that shows the dialog; whatever runs is ended afterwards."""
    runners = []

    def show(measuring, calibrated_at="", forget=lambda: None):
        runner = CalibrateRunner(measuring)
        runners.append(runner)
        dialog = CalibrateDialog(runner, calibrated_at, forget)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    yield show
    for runner in runners:
        runner.leave()


def ended(qtbot, dialog):
    qtbot.waitUntil(lambda: not dialog._runner.is_running, timeout=5000)


def test_nothing_runs_before_it_is_asked_for(shown):
    measuring = Measuring(None)
    dialog = shown(measuring)
    assert dialog.pages.currentIndex() == INTRO
    assert measuring.thread is None
    assert not dialog.stop.isVisible()
    assert not dialog.forget_button.isVisible()


def test_it_runs_beside_the_window_and_ends_with_both_ranges(shown, qtbot, calibrated):
    measuring = Measuring(calibrated)
    dialog = shown(measuring)
    dialog.start.click()
    qtbot.waitUntil(lambda: "2 of 3" in dialog.step.text(), timeout=5000)
    assert dialog.pages.currentIndex() == RUNNING
    assert dialog.bar.value() == 1
    assert dialog.left.text() == "About 26 s left."
    assert measuring.thread is not threading.main_thread()
    measuring.go_on.set()
    ended(qtbot, dialog)
    assert dialog.pages.currentIndex() == RESULT
    assert CPU_NAME in dialog.sentence.text()
    said = [dialog.jobs.itemAt(n).widget().text() for n in range(dialog.jobs.count())]
    assert said[1] == change_words(calibrated.changes[0])
    assert " → " in said[1]
    assert "60.0 GB/s" in dialog.measured.text()
    assert dialog.forget_button.isVisible()


def test_stop_ends_it_and_what_was_measured_counts(shown, qtbot, calibrated):
    measuring = Measuring(calibrated)
    dialog = shown(measuring)
    dialog.start.click()
    qtbot.waitUntil(lambda: measuring.thread is not None, timeout=5000)
    dialog.stop.click()
    assert not dialog.stop.isEnabled()
    ended(qtbot, dialog)
    assert measuring.was_cancelled
    assert dialog.sentence.text().startswith(STOPPED)
    assert dialog.start.text() == "Measure again"


def test_closing_stops_what_runs(shown, qtbot):
    measuring = Measuring(Calibrated(()))
    dialog = shown(measuring)
    dialog.start.click()
    qtbot.waitUntil(lambda: measuring.thread is not None, timeout=5000)
    dialog.close_button.click()
    ended(qtbot, dialog)
    assert measuring.was_cancelled
    assert not dialog.isVisible()


def test_a_busy_machine_is_told_without_a_number(shown, qtbot):
    busy = triad(metrics=(), verdict="busy", verdict_reason="Others ran. Close them.")
    measuring = Measuring(Calibrated((busy,)))
    measuring.go_on.set()
    dialog = shown(measuring)
    dialog.start.click()
    ended(qtbot, dialog)
    assert dialog.sentence.text() == NOTHING
    assert dialog.measured.text() == "Moving data in memory: not measured. Others ran."
    assert dialog.jobs.count() == 0


def test_what_keeps_it_from_running_is_said_in_place(shown, qtbot):
    measuring = Measuring(HostError("No Python with torch was found", "", "Install torch"))
    measuring.go_on.set()
    dialog = shown(measuring)
    dialog.start.click()
    ended(qtbot, dialog)
    assert dialog.sentence.text() == "No Python with torch was found. Install torch."


def test_an_earlier_calibration_is_named_and_can_be_forgotten(shown):
    calls = []
    dialog = shown(Measuring(None), "2026-12-01T10:00:00Z", lambda: calls.append(1))
    assert "2026-12-01" in dialog.known.text()
    dialog.forget_button.click()
    assert calls == [1]
    assert not dialog.forget_button.isVisible()
