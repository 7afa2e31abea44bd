"""The use the recorder saw, offered as the hours to reckon with; where it saw none it says so."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from hwstudio.core.monitor.recorded_use import RecordedUse, recorded_use
from hwstudio.gui.kit.task import Task
from hwstudio.gui.kit.text import label

NOT_RECORDED = "Your real use is not recorded. The recorder is switched on in Monitor."


def use_of(file: Path, now_s: float) -> RecordedUse | None:
    """Read the recorded use; called in a worker thread."""
    from hwstudio.core.history.readings.query import ReadingHistory

    history = ReadingHistory.open(file)
    try:
        return recorded_use(history, now_s)
    finally:
        history.close()


class RecordedHours(QWidget):
    """A line with the recorded use and a button that takes it; ``taken`` carries h a month."""

    taken = Signal(float)

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file
        self._use: RecordedUse | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        self.note = label("", "small", wrap=True)
        self.button = QPushButton("Use the recorded hours")
        self.button.clicked.connect(self._on_clicked)
        self.button.hide()
        box.addWidget(self.note)
        box.addWidget(self.button)
        self._task = Task(self)
        self._task.done.connect(self.show_use)
        self._task.failed.connect(self.note.setText)

    def look(self) -> None:
        """Read the history in the background."""
        self._task.start(partial(use_of, self._file, time.time()))

    @Slot(object)
    def show_use(self, use: object) -> None:
        """Show a use, or that there is none."""
        self._use = use if isinstance(use, RecordedUse) else None
        self.button.setVisible(self._use is not None)
        if self._use is None:
            self.note.setText(NOT_RECORDED)
            return
        self.note.setText(use_words(self._use))
        self.button.setText(f"Use these {self._use.hours_per_month:,.0f} h a month")

    @Slot()
    def _on_clicked(self) -> None:
        if self._use is not None:
            self.taken.emit(float(round(self._use.hours_per_month)))


def use_words(use: RecordedUse) -> str:
    """Return what was recorded: the share, the hours, and how much was seen at all."""
    span = "last month" if use.days >= 28 else f"of the last {_days(use.days)}"
    of = "of " if span == "last month" else ""
    return (
        f"You used the GPU {use.share_of_period:.0%} {of}{span}: {use.busy_hours:,.0f} busy hours "
        f"in {use.recorded_hours:,.0f} recorded ones."
    )


def _days(days: float) -> str:
    return "day" if days < 1.5 else f"{days:.0f} days"
