"""Several computers: write them down, check them, train one model over all of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.bench.cluster.typed import TypedHosts
from hwstudio.gui.bench.hosts_model import CheckRow, HostsModel, HostsState
from hwstudio.gui.kit.card import Chip, Sentence
from hwstudio.gui.kit.fields import NumberField, labelled
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label

HOSTS_FILES = "Hosts files (*.toml *.csv);;All files (*)"
ABOUT = (
    "Trains one model over several computers at once and says how much of their speed is left, "
    "and whether the computers or the network take the rest. They need Python with PyTorch and a "
    "login by key through ssh; nothing is installed or left there."
)
HINT = "ada@10.0.0.1\nada@node2.lab:2222  node2\n\nor the text of a hosts file (TOML, CSV)"
_MARKS = {"ok": "ok", "warn": "look", "fail": "failed"}
_COLOURS = {"ok": "ok", "warn": "warn", "fail": "error"}
_NAMES = {
    "resolve": "Name",
    "login": "Login",
    "python": "Python",
    "torch": "PyTorch",
    "nccl": "NCCL",
    "gpu": "GPU",
    "clock": "Clock",
    "interface": "Network",
    "bind": "Listening",
    "connect": "Reaching",
    "mtu": "Packets",
}
_CHIPS = {"ok": "Fine", "info": "Note", "warn": "Look", "error": "Problem"}
_PARTS = 1000
_CHIP_W = 96


def _tip(row: CheckRow) -> str:
    return f"{row.what} {row.fix}".strip()


CHECKS = (
    Column("Computer", lambda row: row.host, width=110),
    Column(
        "State",
        lambda row: _MARKS.get(row.status, row.status),
        colour=lambda row: _COLOURS.get(row.status, "muted"),
        width=64,
    ),
    Column("Check", lambda row: _NAMES.get(row.check, row.check), width=84),
    Column("What was found", lambda row: row.what, tip=_tip, width=250),
    Column("What to do", lambda row: row.fix, tip=_tip, stretch=True),
)


class HostsDialog(QDialog):
    """The computers on the left, the answer and the checks on the right."""

    def __init__(self, model: HostsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Several computers")
        self.resize(1080, 600)
        self.model = model
        self._is_leaving = False
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(label("Several computers", "title"))
        box.addWidget(label(ABOUT, "muted", wrap=True))
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addLayout(self._fields())
        both.addLayout(self._found(), 1)
        box.addLayout(both, 1)
        box.addLayout(self._buttons())
        self._fill(model.state.typed)
        model.changed.connect(self._on_changed)
        self._on_changed(model.state)

    def _fields(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(8)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Computers, one a line")
        self.text.setPlaceholderText(HINT)
        self.text.setTabChangesFocus(True)
        self.text.setFixedWidth(300)
        self.python = QLineEdit()
        self.python.setAccessibleName("Python on each computer")
        self.slots = NumberField("Processes on each computer", low=0, high=64, value=0)
        self.slots.say_for_zero("One for each GPU, else one")
        self.from_file = QPushButton("Open hosts file…")
        box.addWidget(label("Computers, one a line", "small"))
        box.addWidget(self.text, 1)
        box.addWidget(self.from_file)
        box.addWidget(labelled("Python there", self.python))
        box.addWidget(
            labelled("Processes on each", self.slots, "Empty: one for each GPU, without a GPU one.")
        )
        self.text.textChanged.connect(self._on_typed)
        self.python.textChanged.connect(self._on_typed)
        self.slots.changed.connect(self._on_typed)
        self.from_file.clicked.connect(self._on_open)
        return box

    def _found(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(8)
        head = QHBoxLayout()
        self.chip = Chip("info")
        self.chip.setFixedWidth(_CHIP_W)
        self.answer = Sentence()
        head.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.answer, 1)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(4)
        self.checks = DataTable("Checks of the computers", CHECKS)
        box.addLayout(head)
        box.addWidget(self.progress)
        box.addWidget(self.checks, 1)
        return box

    def _buttons(self) -> QHBoxLayout:
        self.check = QPushButton("Check the computers")
        self.run = QPushButton("Train over all")
        self.run.setProperty("primary", True)
        self.run.setToolTip("Checks them first; takes about a minute")
        self.cancel = QPushButton("Cancel")
        self.shut = QPushButton("Close")
        row = QHBoxLayout()
        for button in (self.run, self.check, self.cancel):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.shut)
        for button in (self.run, self.check, self.cancel, self.shut, self.from_file):
            button.setAutoDefault(False)
        self.run.clicked.connect(self.model.run)
        self.check.clicked.connect(self.model.check)
        self.cancel.clicked.connect(self.model.stop)
        self.shut.clicked.connect(self.accept)
        return row

    def _fill(self, typed: TypedHosts) -> None:
        for field in (self.text, self.python):
            field.blockSignals(True)
        self.text.setPlainText(typed.text)
        self.python.setText(typed.python)
        self.slots.set_value(typed.slots)
        for field in (self.text, self.python):
            field.blockSignals(False)

    @Slot()
    def _on_typed(self) -> None:
        typed = TypedHosts(
            self.text.toPlainText(), self.python.text() or "python3", int(self.slots.value)
        )
        self.model.set_typed(typed)

    @Slot()
    def _on_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open hosts file", "", HOSTS_FILES)
        if name:
            self.model.open_file(Path(name))

    @Slot(object)
    def _on_changed(self, state: HostsState) -> None:
        if state.typed.text != self.text.toPlainText():
            self._fill(state.typed)
        is_busy = bool(state.busy)
        for widget in (self.text, self.python, self.slots, self.from_file, self.check, self.run):
            widget.setEnabled(not is_busy)
        self.cancel.setVisible(is_busy)
        self.cancel.setEnabled(state.busy != "stopping")
        self.progress.setVisible(is_busy)
        self.progress.setRange(0, _PARTS if state.share else 0)  # 0 to 0 moves by itself
        self.progress.setValue(round(state.share * _PARTS))
        self.progress.setAccessibleName(state.step)
        self.chip.setVisible(not is_busy)
        self.chip.show_status(state.kind, _CHIPS.get(state.kind, ""))
        step = f"{state.step[:1].upper()}{state.step[1:].rstrip('.')}."
        self.answer.setText(step if is_busy else state.words)
        self.checks.set_rows(state.checks, "No checks yet.")
        if self._is_leaving and not is_busy:
            super().done(int(QDialog.DialogCode.Accepted))

    def done(self, result: int) -> None:
        """Close; what is under way is ended first, so that nothing is left on any computer."""
        if self.model.is_busy:
            self._is_leaving = True
            self.shut.setEnabled(False)
            self.model.stop()
            return
        super().done(result)
