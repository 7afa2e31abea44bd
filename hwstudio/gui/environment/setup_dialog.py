"""Check my setup: what each Python is built for, whether the driver fits, and the exact fix."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.environment.setup_check import Setup, fix_lines, gpu_lines
from hwstudio.gui.configure.todo.scrolling import ScrollingPage
from hwstudio.gui.environment.setup_model import SetupModel, SetupState
from hwstudio.gui.kit.card import Chip, Notice, Sentence, rule
from hwstudio.gui.kit.text import label
from hwstudio.gui.shell.context import Context

_CHIPS = {
    "ok": ("ok", "Fits"),
    "info": ("info", "Note"),
    "warn": ("warn", "GPU unused"),
    "error": ("error", "No match"),
}
_SUPPORT: dict[bool | None, str] = {
    True: "this build has code for it",
    False: "this build has no code for it",
    None: "whether this build has code for it shows when PyTorch is tried",
}
_CHIP_W = 112


class SetupDialog(QDialog):
    """The answer above, every Python below; opens the environments to mend one."""

    def __init__(self, context: Context, parent: QWidget, model: SetupModel | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Check my setup")
        self.resize(920, 600)
        self._context, self._owner = context, parent
        self.model = model or SetupModel(context.studio, self)
        self._build()
        self.model.changed.connect(self._on_changed)
        self._on_changed(self.model.state)

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(label("Check my setup", "title"))
        head = QHBoxLayout()
        self.chip = Chip("info", "Note")
        self.answer = Sentence()
        head.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.answer, 1)
        box.addLayout(head)
        self.notice = Notice()
        box.addWidget(self.notice)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(4)
        self.step = label("", "small", wrap=True)
        box.addWidget(self.progress)
        box.addWidget(self.step)
        self.rows = ScrollingPage("Pythons of this computer")
        box.addWidget(self.rows, 1)
        box.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        self.mend = QPushButton("Python environments…")
        self.mend.setProperty("primary", True)
        self.mend.setToolTip("Install a PyTorch that fits, or choose another Python")
        self.copy = QPushButton("Copy as text")
        self.again = QPushButton("Check again")
        self.shut = QPushButton("Close")
        row = QHBoxLayout()
        for button in (self.mend, self.copy, self.again):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.shut)
        for button in (self.mend, self.copy, self.again, self.shut):
            button.setAutoDefault(False)
        self.mend.clicked.connect(self._on_mend)
        self.copy.clicked.connect(self._on_copy)
        self.again.clicked.connect(self.model.look)
        self.shut.clicked.connect(self.accept)
        return row

    def showEvent(self, event: QShowEvent) -> None:
        """Check as soon as it is seen."""
        super().showEvent(event)
        if not self.model.state.setups:
            self.model.look()

    def done(self, result: int) -> None:
        """A check does not outlive its window."""
        self.model.stop()
        super().done(result)

    @Slot(object)
    def _on_changed(self, state: SetupState) -> None:
        is_busy = bool(state.step)
        self.progress.setVisible(is_busy)
        self.step.setVisible(is_busy)
        self.step.setText(state.step)
        self.progress.setAccessibleName(state.step)
        self.again.setEnabled(not is_busy)
        self.copy.setEnabled(bool(state.setups))
        self.chip.setVisible(bool(state.words))
        self.chip.show_status(*_CHIPS.get(state.kind, _CHIPS["info"]))
        self.answer.setText(state.words or "Each Python here is asked what it holds.")
        if state.problem:
            self.notice.say("error", state.problem)
        else:
            self.notice.clear()
        self._show(state.setups)

    def _show(self, setups: tuple[Setup, ...]) -> None:
        box = self.rows.renewed(tuple(map(_said, setups)))
        if box is None:
            return
        for each in sorted(setups, key=_cannot_start):
            box.addLayout(_row(each))
            box.addWidget(rule())
        box.addStretch(1)

    @Slot()
    def _on_copy(self) -> None:
        state = self.model.state
        lines = [state.words]
        for each in state.setups:
            lines.append(f"\n{each.found.path}: {each.found.title}")
            lines += [f"  {line}" for line in _lines(each)]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self._context.status("Setup copied")

    @Slot()
    def _on_mend(self) -> None:
        from hwstudio.gui.environment.opening import open_environments

        self.accept()
        open_environments(self._context, self._owner)


def _cannot_start(setup: Setup) -> bool:
    return bool(setup.found.why_not)


def _said(setup: Setup) -> tuple[str, ...]:
    return (setup.found.path, setup.kind, *_lines(setup))


def _lines(setup: Setup) -> tuple[str, ...]:
    """Return what is said of one Python: what is, which GPU it has code for, what to do."""
    if setup.found.torch is None and not setup.found.why_not:
        return ()
    gpus = [
        f"{each.gpu}, compute capability {each.capability:.1f}: {_SUPPORT[each.is_supported]}"
        for each in setup.gpus
    ]
    known = (f"{each}." for each in gpu_lines(setup))
    return (f"{setup.words}.", *known, *(f"{each}." for each in gpus), *fix_lines(setup))


def _row(setup: Setup) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(12)
    has_torch = setup.found.torch is not None
    kind = _CHIPS[setup.kind] if has_torch else ("unknown", "No PyTorch")
    chip = Chip(*(("unknown", "Cannot run") if setup.found.why_not else kind))
    chip.setFixedWidth(_CHIP_W)
    row.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(2)
    found = setup.found
    built = f", built for {found.torch.title}" if found.torch else ""
    words.addWidget(label(found.path if found.why_not else f"{found.title}{built}", wrap=True))
    if not found.why_not:
        words.addWidget(label(found.path, "small", wrap=True))
    for line in _lines(setup):
        words.addWidget(label(line, "small", wrap=True))
    row.addLayout(words, 1)
    return row


def open_setup_check(context: Context, parent: QWidget) -> None:
    """Show it until it is closed."""
    dialog = SetupDialog(context, parent)
    dialog.exec()
    dialog.deleteLater()
