"""The report of a crash, to read, copy and save; nothing is sent. And what to do now."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.gui.kit.text import label
from hwstudio.gui.shell.hand_on import copy_text, save_text

_PRIVATE = (
    "This is what hwstudio wrote down for whoever mends it. Your name, folders, computer name, "
    "addresses, serial numbers and keys are taken out. Nothing was sent; read it before you "
    "hand it on."
)


class Answer(StrEnum):
    """What the user wants now."""

    GO_ON = "Go on"
    RESTART = "Restart hwstudio"
    SAFE = "Restart in safe mode"
    VERSIONS = "Earlier versions…"
    QUIT = "Quit"


_TIPS = {
    Answer.RESTART: "Close and open again, with the project as it is now",
    Answer.SAFE: "Without recorder, tray, GPU readings and the last project",
    Answer.VERSIONS: "Look at how the project was before, and take a version back",
}


class CrashDialog(QDialog):
    """``answer`` is what was chosen; closing the dialog chooses the last of ``answers``."""

    def __init__(
        self,
        headline: str,
        report: str,
        answers: Sequence[Answer],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("hwstudio")
        self.answer = answers[-1]
        self._report = report
        self.resize(*((820, 520) if report else (560, 150)))
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(label(headline, "strong", wrap=True))
        if report:
            box.addWidget(label(_PRIVATE, wrap=True))
            box.addWidget(self._made_text(), 1)
        else:
            box.addStretch(1)
        box.addLayout(self._made_buttons(answers))
        self.buttons[answers[-1]].setFocus()

    def _made_text(self) -> QPlainTextEdit:
        self.text = QPlainTextEdit(self._report)
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Report")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        return self.text

    def _made_buttons(self, answers: Sequence[Answer]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        if self._report:
            for words, slot in (("Copy", self.copy), ("Save…", self._on_save)):
                button = QPushButton(words)
                button.setToolTip("Copy the report" if words == "Copy" else "Save it as a file")
                button.setAutoDefault(False)
                button.clicked.connect(slot)
                row.addWidget(button)
        row.addStretch(1)
        self.buttons = {answer: QPushButton(answer.value) for answer in answers}
        for answer, button in self.buttons.items():
            button.setToolTip(_TIPS.get(answer, ""))
            button.setProperty("answer", answer.value)
            button.clicked.connect(self._on_answered)
            row.addWidget(button)
        last = self.buttons[answers[-1]]
        last.setProperty("primary", True)
        last.setDefault(True)
        return row

    @Slot()
    def _on_answered(self) -> None:
        chosen = self.sender()
        if chosen is not None:
            self.answer = Answer(chosen.property("answer"))
        self.accept()

    @Slot()
    def copy(self) -> None:
        """Put the report on the clipboard."""
        copy_text(self._report)

    @Slot()
    def _on_save(self) -> None:
        save_text(self, "Save the report", "hwstudio-report.txt", self._report)
