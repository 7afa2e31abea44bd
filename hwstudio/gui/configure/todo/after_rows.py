"""The list after buying as rows: state, number, how it was found, what to do, and the tick."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from hwstudio.core.project.after.check import WORDS, Check, Point, State, words_of
from hwstudio.gui.configure.todo.after_model import AfterState
from hwstudio.gui.kit.card import Chip
from hwstudio.gui.kit.text import label

TITLE = "When it is built"
_CHIP_W = 128
_KINDS = {
    State.GOOD: "ok",
    State.LOOK: "warn",
    State.UNKNOWN: "unknown",
    State.NOT_NEEDED: "info",
}
_ACTIONS = {
    "bench": "Start the check",
    "setup": "Check my setup",
    "monitor": "Open Monitor",
}


class AfterRows(QObject):
    """Makes the rows. ``ticked``: item and whether; ``acted``: "bench", "setup" or "monitor"."""

    ticked = Signal(str, bool)
    acted = Signal(str)
    checked = Signal()  # Check now
    stopped = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.head: QWidget | None = None

    def fill(self, box: QVBoxLayout, checks: tuple[Check, ...], state: AfterState) -> None:
        """Add head and rows to a layout."""
        self.head = self._head(checks, state)
        box.addWidget(self.head)
        if state.problem:
            box.addWidget(label(state.problem, "error", wrap=True))
        box.addWidget(label(_about(state), "small", wrap=True))
        for each in checks:
            box.addLayout(self._row(each, is_looked=state.ground is not None))

    def _head(self, checks: tuple[Check, ...], state: AfterState) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(TITLE, "strong"))
        row.addWidget(label(words_of(checks), "small"))
        row.addStretch(1)
        anew = "Check again" if state.ground else "Check now"
        button = QPushButton("Stop" if state.step else anew)
        button.setToolTip("Look at drivers, memory, drives, cards and what was measured here")
        button.setAccessibleName("Stop the check" if state.step else "Check this computer now")
        button.clicked.connect(self.stopped if state.step else self.checked)
        row.addWidget(button)
        return holder

    def _row(self, check: Check, *, is_looked: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(_chip(check, is_looked=is_looked), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(check.text, wrap=True))
        for line in _lines(check):
            words.addWidget(label(line, "small", wrap=True))
        row.addLayout(words, 1)
        if check.action and check.state is not State.GOOD:
            button = QPushButton(_ACTIONS[check.action])
            button.setAccessibleName(f"{_ACTIONS[check.action]}: {check.text}")
            button.clicked.connect(partial(self.acted.emit, check.action))
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        if check.state not in (State.GOOD, State.NOT_NEEDED):
            row.addWidget(self._tick(check), 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _tick(self, check: Check) -> QCheckBox:
        box = QCheckBox("Ticked by you" if check.is_ticked else "Done")
        box.setChecked(check.is_ticked)
        box.setAccessibleName(f"Done: {check.text}")
        box.toggled.connect(partial(self.ticked.emit, check.id))
        return box


def _about(state: AfterState) -> str:
    if state.step:
        return state.step
    ground = state.ground
    if ground is None:
        return "On the new computer, press Check now: it changes nothing and sends nothing."
    day, _, time = ground.checked_at.rstrip("Z").partition("T")
    return f"{ground.host}, checked on {day} at {time[:5]} UTC."


def _chip(check: Check, *, is_looked: bool) -> Chip:
    word = WORDS[check.state]
    kind = _KINDS[check.state]
    if check.state is State.UNKNOWN and check.is_by_hand:
        kind, word = ("ok", "Done") if check.is_ticked else ("info", "For you")
    elif check.state is State.UNKNOWN and not is_looked:
        kind, word = ("ok", "Done") if check.is_ticked else ("unknown", "Not checked")
    chip = Chip(kind, word)
    chip.setFixedWidth(_CHIP_W)
    chip.setAccessibleName(f"{check.text}: {word}. {' '.join(_lines(check))}")
    return chip


def _lines(check: Check) -> tuple[str, ...]:
    lines = [_ended(check.number)] if check.number else []
    lines += [_point(each) for each in check.points]
    if check.how and not check.is_by_hand:
        lines.append(f"How: {check.how}.")
    if check.to_do:
        lines.append(check.to_do)
    return tuple(lines)


def _ended(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."


def _point(point: Point) -> str:
    return f"– {point.what}: {point.number} ({WORDS[point.state].lower()})"
