"""A bug is shown once, with a report of what happened and nobody's name; then the user decides."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog

from hwstudio.core.base import redact
from hwstudio.core.base.crash_report import NATIVE, take_native
from hwstudio.gui.shell import crash as crash_room
from hwstudio.gui.shell.crash import Crash
from hwstudio.gui.shell.crash_dialog import Answer, CrashDialog


@pytest.fixture
def hooks(monkeypatch):
    """Give Python's hooks back after the test."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(redact, "identity", lambda: redact.Identity((), ("janedoe",), ()))


def test_a_bug_is_shown_once_and_written_down_without_names(qtbot, home, hooks, monkeypatch):
    shown: list[str] = []
    monkeypatch.setattr(Crash, "_show", lambda _crash, report: shown.append(report))
    crash = Crash(QGuiApplication.instance(), home.log_dir)
    for _ in range(3):
        crash.caught.emit("ValueError a.py:1", "Traceback of janedoe\nValueError: token=abc")
    crash.caught.emit("KeyError b.py:2", "Traceback\nKeyError: 'x'")
    assert len(shown) == 2
    assert "Traceback of <user>" in shown[0]
    assert "token=<taken out>" in shown[0]
    kept = sorted(home.log_dir.glob("crash-*.txt"))
    assert [file.read_text("utf-8") for file in kept] == shown
    crash.deleteLater()


def test_bugs_at_the_same_line_are_the_same_bug():
    def fail(wrong: str) -> str:
        try:
            return str(1 / len(wrong) + int(wrong))
        except (ValueError, ZeroDivisionError) as error:
            return crash_room._which(type(error), error.__traceback__)

    assert fail("a") == fail("b")
    assert fail("a") != fail("")


@pytest.fixture
def dialog(qtbot, theme):
    made = CrashDialog("It went wrong.", "the report", (Answer.RESTART, Answer.QUIT, Answer.GO_ON))
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("answer", [Answer.RESTART, Answer.QUIT, Answer.GO_ON])
def test_each_button_is_an_answer(dialog, answer):
    dialog.buttons[answer].click()
    assert dialog.answer is answer
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_closing_the_dialog_goes_on(dialog):
    dialog.reject()
    assert dialog.answer is Answer.GO_ON


def test_the_report_can_be_read_copied_and_saved(dialog, tmp_path, monkeypatch):
    assert dialog.text.toPlainText() == "the report"
    dialog.copy()
    assert QGuiApplication.clipboard().text() == "the report"
    file = tmp_path / "r.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    dialog._on_save()
    assert file.read_text("utf-8") == "the report"


def test_what_the_last_run_wrote_while_it_died_is_told_once(home):
    home.log_dir.mkdir()
    (home.log_dir / NATIVE).write_text("Fatal Python error: Segmentation fault\n", "utf-8")
    assert take_native(home.log_dir) == "Fatal Python error: Segmentation fault"
    assert take_native(home.log_dir) == ""
