"""Usual tasks with the memory they ask of one GPU; one of them can be opened as the job."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from hwstudio.core.base.units import gib
from hwstudio.core.predict.tasks import TaskAnswer
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.task import Task
from hwstudio.gui.kit.text import label

WORDS = (
    "What usual work asks of one GPU at usual settings. Open a row to change the model, the batch "
    "and everything else."
)
CPU_ENOUGH = "a processor is enough"
NO_CARD = "no GPU of the catalogue"


def memory_text(row: TaskAnswer) -> str:
    """Return the range of memory over the models of a task."""
    if row.need_high_bytes is None or row.need_low_bytes is None:
        return CPU_ENOUGH if row.is_cpu_enough else "not known"
    return f"{gib(row.need_low_bytes)} to {gib(row.need_high_bytes)}"


def card_text(row: TaskAnswer) -> str:
    """Return the smallest card that holds every model of a task."""
    if row.is_cpu_enough:
        return CPU_ENOUGH
    return NO_CARD if row.card is None else f"{gib(row.card.vram_bytes)}: {row.card.name}"


def _models(row: TaskAnswer) -> str:
    """Return the names, with a word for weights that were never published."""
    return ", ".join(
        f"{model.name} (weights not published)" if model.is_public is False else model.name
        for model in row.models
    )


COLUMNS = (
    Column("Kind", lambda row: row.task.field, width=100),
    Column("Task", lambda row: row.task.title, tip=lambda row: row.task.note, width=290),
    Column("Models", _models, tip=_models, stretch=True),
    Column("Memory of one GPU", lambda row: row.need_high_bytes or 0, memory_text, width=164),
    Column(
        "Smallest card",
        lambda row: row.card.vram_bytes if row.card else 0,
        card_text,
        tip=lambda row: row.task.note,
        width=264,
    ),
)


class TasksDialog(QDialog):
    """``chosen`` is the task to open after ``accept``."""

    def __init__(
        self, answers: Callable[[], tuple[TaskAnswer, ...]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Usual tasks")
        self.chosen: TaskAnswer | None = None
        box = QVBoxLayout(self)
        box.setSpacing(12)
        box.addWidget(label(WORDS, "muted", wrap=True))
        self.table = DataTable("Usual tasks", COLUMNS)
        self.table.set_rows((), "Reckoning…")
        box.addWidget(self.table, 1)
        self.note = label("", "small", wrap=True)
        box.addWidget(self.note)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.opener = buttons.addButton("Open this task", QDialogButtonBox.ButtonRole.AcceptRole)
        self.opener.setEnabled(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)
        self.table.row_selected.connect(self._on_row)
        self.table.row_activated.connect(self._on_activated)
        self.resize(1240, 640)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._task = Task(self)
        self._task.done.connect(self._on_done)
        self._task.failed.connect(self._on_failed)
        self._task.start(answers)

    @Slot(object)
    def _on_done(self, rows: object) -> None:
        if isinstance(rows, tuple):
            self.table.set_rows(rows)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.table.set_rows((), sentence)

    @Slot(object)
    def _on_row(self, row: object) -> None:
        self.chosen = row if isinstance(row, TaskAnswer) else None
        chosen = self.chosen
        can_open = chosen is not None and (chosen.opens is not None or chosen.is_classic)
        self.opener.setEnabled(can_open)
        note = self.chosen.task.note if self.chosen else ""
        if self.chosen is not None and not can_open:
            note = "It needs no GPU, so there is nothing to reckon here"
        self.note.setText(f"{note[0].upper()}{note[1:]}." if note else "")

    @Slot(object)
    def _on_activated(self, row: object) -> None:
        self._on_row(row)
        if self.opener.isEnabled():
            self.accept()
