"""What holds for every tab: it opens, it fits, everything in it has a name, it closes clean."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

from hwstudio.core.base.settings import load_settings
from hwstudio.gui.app import make_window
from hwstudio.gui.shell.tabs import TABS


@pytest.fixture
def window(qtbot, qapp, studio):
    made = make_window(qapp, studio)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    theme = qapp.property("hwstudio_theme")
    qapp.setProperty("hwstudio_theme", None)
    theme.deleteLater()


@pytest.mark.parametrize("tab", [tab.id for tab in TABS])
def test_a_tab_opens_and_fits_1280_by_720(window, qtbot, tab):
    window.open_tab(tab)
    qtbot.wait(300)
    view = window.view(tab)
    assert view is not None
    assert view.isVisible()
    wanted = view.minimumSizeHint()
    assert wanted.width() <= 1280
    assert wanted.height() <= 720 - 80, "top bar and status bar need the rest"
    assert window.width() == 1280
    assert window.height() == 720


@pytest.mark.parametrize("tab", [tab.id for tab in TABS])
def test_everything_that_takes_the_focus_has_a_name(window, qtbot, tab):
    window.open_tab(tab)
    qtbot.wait(300)
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in window.view(tab).findChildren(QWidget)
        if isinstance(widget, (QAbstractButton, QComboBox, QLineEdit))
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisibleTo(window)
        and not name_of(widget)
    ]
    assert nameless == []


def name_of(widget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def test_switching_the_scheme_with_every_tab_open_keeps_the_window_alive(window, qtbot):
    for tab in TABS:
        window.open_tab(tab.id)
        qtbot.wait(50)
    window.theme.set_mode("dark")
    qtbot.wait(100)
    window.theme.set_mode("light")
    assert window.isVisible()


def test_the_window_comes_back_on_the_tab_it_was_left_on(window, studio, qtbot):
    window.open_tab("cloud")
    window.close()
    store = QSettings(str(studio.home.window_file), QSettings.Format.IniFormat)
    assert store.value("tab") == "cloud"


def test_a_chosen_scheme_is_kept(window, studio):
    window._on_scheme()
    assert load_settings(studio.home.settings_file).theme == window.theme.mode


def test_the_search_finds_every_tab(window):
    for tab in TABS:
        found = [command.id for command in window.commands.find(tab.title)]
        assert f"tab.{tab.id}" in found


def test_the_first_questions_can_be_skipped_and_come_only_once(qtbot, theme, catalog):
    from hwstudio.core.base.settings import Settings
    from hwstudio.gui.shell.welcome import WelcomeDialog

    dialog = WelcomeDialog(Settings(), catalog.workloads())
    qtbot.addWidget(dialog)
    dialog.reject()
    kept = dialog.settings()
    assert kept.first_run_done
    assert kept.goal == Settings().goal
    assert dialog.first_tab() == "machine"


def test_the_first_answers_set_the_starting_values(qtbot, theme, catalog):
    from hwstudio.core.base.settings import Settings
    from hwstudio.gui.shell.welcome import WelcomeDialog

    dialog = WelcomeDialog(Settings(), catalog.workloads())
    qtbot.addWidget(dialog)
    dialog.audience.set_value("professional")
    dialog.mains.set_value("230V16A")
    dialog._on_answered()
    assert dialog.settings().mains == "230V16A"
    assert dialog.first_tab() == "monitor"


def test_the_answer_to_what_for_reaches_the_tab_that_is_already_open(window, monkeypatch):
    from hwstudio.gui.shell.welcome import WelcomeDialog

    def answered(dialog):
        dialog.goal.set_value("resnet50_train")
        dialog._on_answered()

    window.open_tab("machine")
    monkeypatch.setattr(WelcomeDialog, "exec", answered)
    window.ask_first_questions()
    machine = window.view("machine")
    assert machine.goal.value == machine.model.state.goal == "resnet50_train"


def test_a_project_named_at_the_start_is_opened(qtbot, window, tmp_path):
    from hwstudio.core.project.file import save_project
    from hwstudio.core.project.state import ProjectState
    from hwstudio.gui.shell.files import FileOpener

    file = tmp_path / "mine.hws"
    save_project(file, ProjectState(name="Mine"))
    FileOpener(window, str(file))._on_stands()
    assert window.view("configure").model.state.project.name == "Mine"


def test_a_message_in_the_status_line_goes_away_again(window, qtbot):
    window._message_timer.setInterval(10)
    window.say("Copied")
    assert window._message.text() == "Copied"
    qtbot.waitUntil(lambda: window._message.text() == "")


def test_a_window_smaller_than_the_screens_scrolls_instead_of_squashing(window, qtbot):
    window.open_tab("parts")
    window.resize(960, 600)
    qtbot.wait(50)
    assert window.view("parts").width() >= 1180


def test_the_first_window_is_never_larger_than_the_screen(qtbot, qapp, studio, monkeypatch):
    monkeypatch.setattr("hwstudio.gui.window._FIRST_H", 99_999)
    made = make_window(qapp, studio)
    qtbot.addWidget(made)
    theme = qapp.property("hwstudio_theme")
    assert made.height() <= made.screen().availableSize().height()
    qapp.setProperty("hwstudio_theme", None)
    theme.deleteLater()
