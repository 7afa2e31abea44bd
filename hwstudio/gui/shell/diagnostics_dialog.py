"""Shows what the diagnostics hold, file by file, before anything is saved."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.paths import Home
from hwstudio.core.report.diagnostics import Entry, bundle, gather
from hwstudio.gui.kit.task import Task
from hwstudio.gui.kit.text import label, set_role
from hwstudio.gui.shell.hand_on import copy_text, save_bytes

_WORDS = (
    "If something is wrong, these files help whoever mends it. Names, folders, addresses, serial "
    "numbers and keys are taken out; projects, prices and measured values are not in it. Look "
    "through it, then save it as one file. Nothing is sent."
)
_NAME = "hwstudio-diagnostics.zip"
_GATHERING = "Looking at versions, settings, machine, databases and logs…"


class DiagnosticsDialog(QDialog):
    """Gathers in the background, shows, and saves what was shown."""

    def __init__(self, home: Home, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save diagnostics")
        self.setMinimumSize(640, 400)
        self.resize(980, 580)
        self._entries: tuple[Entry, ...] = ()
        self._build()
        self._task = Task(self)
        self._task.done.connect(self.show_entries)
        self._task.failed.connect(self._on_failed)
        self._task.start(partial(gather, home))

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(label("Save diagnostics", "title"))
        box.addWidget(label(_WORDS, wrap=True))
        self.names = QListWidget()
        self.names.setAccessibleName("Files")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("What the file says")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.names)
        split.addWidget(self.text)
        split.setSizes([240, 680])
        box.addWidget(split, 1)
        self.said = label(_GATHERING, "muted", wrap=True)
        box.addWidget(self.said)
        box.addWidget(self._made_buttons())
        self.names.currentRowChanged.connect(self._on_chosen)

    def _made_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = QPushButton("Copy this file")
        self.save = QPushButton("Save all…")
        self.save.setProperty("primary", True)
        self.copy.clicked.connect(self._on_copy)
        self.save.clicked.connect(self._on_save)
        for button in (self.copy, self.save):
            button.setEnabled(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        return buttons

    @Slot(object)
    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show what was gathered."""
        self._entries = entries
        self.names.addItems([entry.name for entry in entries])
        self.names.setCurrentRow(0)
        size_kb = sum(len(entry.text.encode()) for entry in entries) / 1000
        self.said.setText(f"{len(entries)} files, {size_kb:,.0f} kB of text.")
        self.copy.setEnabled(True)
        self.save.setEnabled(True)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.said.setText(sentence)
        set_role(self.said, "error")

    @Slot(int)
    def _on_chosen(self, number: int) -> None:
        if 0 <= number < len(self._entries):
            self.text.setPlainText(self._entries[number].text)

    @Slot()
    def _on_copy(self) -> None:
        copy_text(self.text.toPlainText())

    @Slot()
    def _on_save(self) -> None:
        saved = save_bytes(self, "Save diagnostics", _NAME, bundle(self._entries))
        if saved is not None:
            self.said.setText(f"Saved as {saved}.")


def show_diagnostics(home: Home, parent: QWidget) -> None:
    """Gather and show what would be saved, until the dialog is closed."""
    dialog = DiagnosticsDialog(home, parent)
    dialog.exec()
    dialog.deleteLater()
