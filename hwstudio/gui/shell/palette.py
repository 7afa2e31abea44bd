"""Search over every action: type, arrow, Enter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hwstudio.gui.kit.text import label
from hwstudio.gui.shell.commands import Command, Commands

_LEAST_LETTERS = 2


def _shortcut(keys: str) -> QLabel:
    """Return the keys of an action, for the right end of its row."""
    shown = label(keys, "small")
    shown.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    shown.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # typing must stay in the search field
    shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    shown.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    shown.setContentsMargins(0, 0, 8, 0)
    return shown


class Palette(QDialog):
    """A list of actions narrowed down by typing; what is typed can also be looked for in Parts."""

    def __init__(
        self,
        commands: Commands,
        parent: QWidget | None = None,
        *,
        find_part: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Search")
        self.setMinimumSize(480, 360)
        self._commands = commands
        self._find_part = find_part
        self._shown: tuple[Command, ...] = ()
        box = QVBoxLayout(self)
        self.edit = QLineEdit()
        self.edit.setPlaceholderText("Type what you want to do, or a part")
        self.edit.setAccessibleName("Search")
        self.list = QListWidget()
        self.list.setAccessibleName("Actions")
        box.addWidget(self.edit)
        box.addWidget(self.list, 1)
        self.edit.textChanged.connect(self._on_typed)
        self.edit.returnPressed.connect(self._on_chosen)
        self.list.itemActivated.connect(self._on_chosen)
        self.edit.installEventFilter(self)
        self._on_typed("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
        return bool(super().eventFilter(watched, event))

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self._shown = (*self._commands.find(text), *self._in_parts(text.strip()))
        self.list.clear()
        for command in self._shown:
            item = QListWidgetItem(command.title)
            item.setToolTip(command.shortcut)
            self.list.addItem(item)
            if command.shortcut:
                self.list.setItemWidget(item, _shortcut(command.shortcut))
        self.list.setCurrentRow(0)

    def _in_parts(self, text: str) -> tuple[Command, ...]:
        if self._find_part is None or len(text) < _LEAST_LETTERS:
            return ()
        look = partial(self._find_part, text)
        return (Command("parts.find", f"Find “{text}” in Parts", look),)

    @Slot()
    def _on_chosen(self) -> None:
        row = self.list.currentRow()
        self.accept()
        if 0 <= row < len(self._shown):
            self._shown[row].run()
