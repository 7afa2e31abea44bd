"""Second starts, files from the system, bad ends and safe mode, in the window."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from hwstudio.__main__ import _take_safe_mode
from hwstudio.core.base.handover import leave_wish
from hwstudio.core.base.safe_mode import NO_GPU, set_safe_mode
from hwstudio.core.probe.detect_gpu import detect_gpus
from hwstudio.core.probe.gpu_set import GpuSetProbe
from hwstudio.core.probe.source import Source
from hwstudio.core.project.autosave import Session, write_autosave
from hwstudio.core.project.state import ProjectState
from hwstudio.gui.shell.after_crash import AfterCrash, clear_safe_leftovers
from hwstudio.gui.shell.crash_dialog import Answer
from hwstudio.gui.shell.files import FileOpener
from hwstudio.gui.shell.help import help_commands
from hwstudio.gui.shell.restart import program
from hwstudio.gui.shell.single import Door
from hwstudio.gui.window import MainWindow


@pytest.fixture
def safe():
    """Safe mode, for one test."""
    set_safe_mode(is_on=True)
    yield
    set_safe_mode(is_on=False)


@pytest.fixture
def window(qtbot, studio, theme):
    """The window, not shown: no tab is built."""
    made = MainWindow(studio, theme)
    qtbot.addWidget(made)
    return made


class Configure:
    """Stands in for the tab."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def open_file(self, file: str) -> None:
        self.opened.append(file)


@pytest.fixture
def configure(window, monkeypatch):
    """The Configure tab, as far as files are concerned."""
    made = Configure()
    monkeypatch.setattr(window, "open_tab", lambda _tab: None)
    monkeypatch.setattr(window, "view", {"configure": made}.get)
    return made


def test_the_open_window_hears_of_second_starts(qtbot, home):
    door, heard = Door(home.inbox_dir), []
    door.knocked.connect(heard.append)
    leave_wish(home.inbox_dir, "/a/early.hws")  # while the window was starting
    door.open()
    assert heard == ["/a/early.hws"]
    leave_wish(home.inbox_dir, None)
    qtbot.waitUntil(lambda: len(heard) == 2, timeout=10_000)
    assert heard[1] == ""
    assert list(home.inbox_dir.iterdir()) == []
    door.close()
    door.deleteLater()


def test_files_wait_for_the_window_and_then_open_in_turn(window, configure):
    opener = FileOpener(window, "/a/first.hws")
    QApplication.instance().installEventFilter(opener)
    event = QFileOpenEvent(QUrl.fromLocalFile("/a/double clicked.hws"))
    QApplication.sendEvent(QApplication.instance(), event)
    assert configure.opened == []
    opener._on_stands()
    opener.on_knocked("/a/second.hws")
    opener.on_knocked("")
    QApplication.instance().removeEventFilter(opener)
    assert configure.opened == ["/a/first.hws", "/a/double clicked.hws", "/a/second.hws"]


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS sends files to the application")
def test_no_event_passes_through_python_where_the_system_sends_no_files(window, configure):
    opener = FileOpener(window)
    opener._on_stands()
    opener.listen(QApplication.instance())
    QApplication.sendEvent(QApplication.instance(), QFileOpenEvent(QUrl.fromLocalFile("/a/b.hws")))
    opener.stop_listening(QApplication.instance())
    assert configure.opened == []


def test_after_a_native_crash_its_report_and_a_way_out_are_offered(window, home):
    write_autosave(home.autosave_file, Session(ProjectState()))
    seen: list[bool] = []
    after = AfterCrash(
        window, home, "Fatal Python error: Segmentation fault", lambda: seen.append(True)
    )
    after.show()
    assert list(after.dialog.buttons) == [Answer.SAFE, Answer.VERSIONS, Answer.GO_ON]
    assert "Segmentation fault" in after.dialog.text.toPlainText()
    assert len(list(home.log_dir.glob("crash-*.txt"))) == 1
    after.dialog.buttons[Answer.VERSIONS].click()
    assert seen == [True]


def test_a_power_cut_offers_the_project_and_its_versions_without_a_report(window, home):
    after = AfterCrash(window, home, "", lambda: None)
    after.show()
    assert after.dialog is None  # nothing was open, so nothing is missed
    write_autosave(home.autosave_file, Session(ProjectState()))
    after.show()
    assert list(after.dialog.buttons) == [Answer.VERSIONS, Answer.GO_ON]
    after.dialog.reject()


def test_safe_mode_leaves_project_and_window_place_alone(home, safe):
    set_safe_mode(is_on=False)
    usual = (home.autosave_file, home.window_file)
    for file in usual:
        file.write_bytes(b"mine")
    set_safe_mode(is_on=True)
    for file in (home.autosave_file, home.window_file):
        file.write_bytes(b"of an earlier safe run")
    clear_safe_leftovers(home)
    assert not home.autosave_file.exists()
    assert all(file.read_bytes() == b"mine" for file in usual)


def test_safe_mode_asks_no_gpu(safe):
    found, looked = detect_gpus(Source(), None)
    assert found == []
    assert NO_GPU in looked[0]
    probe = GpuSetProbe({"nvidia": lambda: 1 / 0})
    assert probe.read(0.0).why == NO_GPU


def test_safe_mode_is_a_switch_of_the_window_only(safe):
    set_safe_mode(is_on=False)
    assert _take_safe_mode(["--safe-mode", "lab.hws"]) == ["lab.hws"]
    assert _take_safe_mode(["assess", "--safe-mode"]) == ["assess", "--safe-mode"]


def test_the_search_finds_what_helps(window, home, safe):
    titles = [command.title for command in help_commands(window, home)]
    assert titles[-1] == "Leave safe mode"
    set_safe_mode(is_on=False)
    assert help_commands(window, home)[-1].title == "Restart in safe mode"


def test_an_appimage_starts_its_image_again(tmp_path, monkeypatch):
    image = tmp_path / "hwstudio.AppImage"
    image.write_bytes(b"")
    monkeypatch.setattr("hwstudio.gui.shell.restart.is_frozen", lambda: True)
    assert program({"APPIMAGE": str(image)}) == [str(image)]
    assert program({"APPIMAGE": str(tmp_path / "gone")}) != [str(tmp_path / "gone")]
