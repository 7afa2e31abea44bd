"""The search box takes what is typed, also where actions have shortcuts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from hwstudio.gui.shell.commands import Command, Commands
from hwstudio.gui.shell.palette import Palette


@pytest.fixture
def palette(qtbot, theme):
    commands = Commands()
    ran: list[str] = []
    for title, keys in (("Switch light or dark", "Ctrl+D"), ("Settings", "Ctrl+,"), ("About", "")):
        commands.add(Command(title, title, lambda title=title: ran.append(title), keys))
    made = Palette(commands)
    made.ran = ran
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.edit.setFocus()
    return made


def test_typing_several_letters_keeps_them_all(palette, qtbot):
    for letter in "dark":
        qtbot.keyClicks(palette.focusWidget() or palette.edit, letter)
    assert palette.edit.text() == "dark"
    assert palette.list.count() == 1


def test_enter_runs_the_action_found(palette, qtbot):
    qtbot.keyClicks(palette.edit, "about")
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert palette.ran == ["About"]


def test_arrows_move_through_the_list_while_the_text_field_keeps_the_focus(palette, qtbot):
    qtbot.keyClick(palette.edit, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 1
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert palette.ran == ["Settings"]


def test_what_is_typed_can_be_looked_for_in_parts(qtbot):
    found = []
    palette = Palette(Commands(), find_part=found.append)
    qtbot.addWidget(palette)
    palette.edit.setText("r")
    assert palette.list.count() == 0, "one letter means too much"
    palette.edit.setText("rtx4090")
    assert palette.list.item(0).text() == "Find “rtx4090” in Parts"
    palette._on_chosen()
    assert found == ["rtx4090"]
